"""A browser context of its own, ready for a run before there is one: proxy, connection, first tab."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.chromium import Chromium
from podium.tools.browser.downloads import Downloads
from podium.tools.browser.engine import BrowserClient, EngineSession, open_scope, open_session
from podium.tools.browser.hold import RunGuard, Warden
from podium.tools.browser.proxy import EgressProxy
from podium.tools.browser.settings import BrowserSettings
from podium.tools.browser.sockets import Sockets
from podium.tools.browser.tabs import Tabs
from podium.tools.browser.wire import DevToolsError, Wire, text


@dataclass(slots=True)
class Room:
    """What one run has to itself. It may go nowhere until its gate is told where."""

    context: str
    wire: Wire
    tabs: Tabs
    downloads: Downloads
    guard: RunGuard
    sockets: Sockets
    chromium: Chromium
    warden: Warden
    proxy: EgressProxy
    client: BrowserClient
    headful: bool
    engine: EngineSession | None = None

    @property
    def alive(self) -> bool:
        """Whether there is still a page to act on."""
        return self.chromium.alive and not self.wire.closed and self.tabs.usable

    async def browser_use(self) -> EngineSession:
        """Return browser-use's own session of the same tabs, started when first asked for."""
        if self.engine is None:
            self.engine = await open_session(
                self.chromium.address, self.context, self.downloads.folder, headful=self.headful
            )
        return self.engine

    async def close(self) -> None:
        """Dispose of the context and all that belongs to it."""
        self.sockets.close()
        await self.tabs.close()
        await self.proxy.close_gate(self.guard.gate)
        if self.chromium.alive:
            params: JsonObject = {"browserContextId": self.context}
            # Chromium may die on the way: then there is nothing left to dispose of.
            with suppress(DevToolsError, Retryable):
                await self.warden.wire.send("Target.disposeBrowserContext", params, timeout_s=5)
        self.warden.remove(self.guard)
        if self.engine is not None:
            await self.engine.stop()
        self.wire.closed = True
        await self.client.stop()


async def open_room(
    settings: BrowserSettings, chromium: Chromium, warden: Warden, proxy: EgressProxy
) -> Room:
    """Return a room on an empty page.

    Raises:
        Retryable: If Chromium goes away.
        DevToolsError: If it refuses.
    """
    gate = await proxy.open(frozenset())
    params: JsonObject = {
        "disposeOnDetach": False,
        "proxyServer": f"http://127.0.0.1:{gate.port}",
        "proxyBypassList": "<-loopback>",
    }
    context = text(
        await warden.wire.send("Target.createBrowserContext", params), "browserContextId"
    )
    wire = Wire()
    tabs = Tabs(wire, settings.viewport)
    folder = Path(tempfile.mkdtemp(prefix="files-", dir=chromium.profile))
    downloads = Downloads(wire, folder, max_bytes=settings.max_download_bytes)
    guard = RunGuard(context, gate, tabs)
    sockets = Sockets(wire, guard.leave_for, guard.heard)
    warden.add(guard)
    client = await open_scope(chromium.address, context, wire)
    tabs.started = True
    await wire.send("Target.setDiscoverTargets", {"discover": True})
    await wire.send("Target.createTarget", {"url": "about:blank"})
    await tabs.wait_active()
    await asyncio.gather(downloads.enable(), tabs.session())
    return Room(
        context=context,
        wire=wire,
        tabs=tabs,
        downloads=downloads,
        guard=guard,
        sockets=sockets,
        chromium=chromium,
        warden=warden,
        proxy=proxy,
        client=client,
        headful=settings.headful,
    )
