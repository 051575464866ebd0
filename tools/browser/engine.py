"""browser-use as the engine: its session, bound to one browser context of the Chromium that is already there.

browser-use knows no browser contexts: two sessions on one Chromium share cookies and focus. Its DevTools client is therefore
narrowed to one context. Its watchdogs accept every confirm(), save files twice and draw on empty tabs, so that only those its
agent needs are attached.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, cast

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.wire import Wire

_ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "false",
    "BROWSER_USE_CLOUD_SYNC": "false",
    "BROWSER_USE_VERSION_CHECK": "false",
    "BROWSER_USE_CLOUD_HINTS": "false",
    "BROWSER_USE_DISABLE_EXTENSIONS": "1",
    "BROWSER_USE_SETUP_LOGGING": "false",
    "SKIP_LLM_API_KEY_VERIFICATION": "true",
}


class EngineSession(Protocol):
    """browser-use's session, as far as it is used outside its own agent."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Disconnect, leaving Chromium alone."""
        ...

    async def get_current_page_url(self) -> str:
        """Return the address of the tab it looks at."""
        ...


class BrowserClient(Protocol):
    """A connection to the whole Chromium."""

    async def stop(self) -> None:
        """Disconnect."""
        ...


def prepare_environment(folder: Path) -> None:
    """Silence browser-use before its first import: it phones home from import and start otherwise."""
    os.environ.update(_ENVIRONMENT)
    os.environ.setdefault("BROWSER_USE_CONFIG_DIR", str(folder / "browser-use"))
    for logger in ("browser_use", "bubus", "cdp_use", "websockets.client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)


def load_client() -> None:
    """Import browser-use's DevTools client, in tenths of a second. `prepare_environment` must have been called."""
    import podium.tools.browser.client  # pyright: ignore[reportUnusedImport]  # noqa: F401


async def open_client(address: str, wire: Wire) -> BrowserClient:
    """Return a started connection to the whole Chromium, spreading its events on the wire."""
    from podium.tools.browser.client import BrowserWideClient

    client = BrowserWideClient(address, wire)
    async with _reaching():
        await client.connect()
    wire.attach(client)
    return cast("BrowserClient", client)


@asynccontextmanager
async def _reaching() -> AsyncGenerator[None]:
    """Translate what connecting raises when Chromium dies meanwhile."""
    from websockets.exceptions import WebSocketException

    try:
        yield
    except (OSError, WebSocketException) as error:
        raise Retryable("The browser has gone away", code="browser_gone") from error


def watch_connection(client: object, lost: Callable[[], None]) -> None:
    """Call back when the connection ends, for whatever reason."""
    reader = cast("asyncio.Task[None] | None", getattr(client, "_message_handler_task", None))
    if reader is not None:
        reader.add_done_callback(lambda _: lost())


async def open_scope(address: str, context: str, wire: Wire) -> BrowserClient:
    """Return a started connection of one browser context; the wire sends on it and gets its events."""
    from podium.tools.browser.client import ScopedClient, scopes

    scopes[context] = wire
    try:
        client = ScopedClient(f"{address}#context={context}")
        async with _reaching():
            await client.start()
    finally:
        scopes.pop(context, None)
    return cast("BrowserClient", client)


async def open_session(
    address: str, context: str, downloads: Path, *, headful: bool
) -> EngineSession:
    """Return a started browser-use session of that context. Imports browser-use: seconds, the first time."""
    from podium.tools.browser.client import scopes
    from podium.tools.browser.scoped import scoped_session

    profile: JsonObject = {
        "headless": not headful,
        "user_data_dir": str(downloads / "unused"),
        "downloads_path": str(downloads),
        "accept_downloads": True,
        "auto_download_pdfs": False,
        "enable_default_extensions": False,
        "captcha_solver": False,
        "demo_mode": False,
        "highlight_elements": False,
        "keep_alive": True,
        "no_viewport": True,
        "viewport": None,
    }
    scopes[context] = Wire()  # its events are its own: ours has seen them already
    try:
        session: EngineSession = await asyncio.to_thread(scoped_session, address, context, profile)
        await session.start()
    finally:
        scopes.pop(context, None)
    return session
