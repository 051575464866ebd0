"""The port `Browser`: one Chromium per process, started when first needed, one isolated context per run."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

from podium.state.document import JsonObject
from podium.state.errors import PodiumError, Retryable
from podium.tools.browser.chromium import Chromium, launch
from podium.tools.browser.downloads import Downloads
from podium.tools.browser.engine import load_engine, open_session, prepare_environment
from podium.tools.browser.hold import RunGuard, Warden
from podium.tools.browser.origins import Origin, origin_of
from podium.tools.browser.page import BrowserPage
from podium.tools.browser.proxy import EgressProxy, Gate
from podium.tools.browser.settings import BrowserSettings
from podium.tools.browser.tabs import Tabs
from podium.tools.browser.wire import DevToolsError, Wire, text


class PodiumBrowser:
    """One Chromium of this process; sessions are isolated from each other."""

    def __init__(self, settings: BrowserSettings | None = None) -> None:
        self._settings = settings or BrowserSettings()
        self._chromium: Chromium | None = None
        self._warden = Warden()
        self._proxy: EgressProxy | None = None
        self._pages: dict[str, BrowserPage] = {}
        self._opening = asyncio.Lock()

    async def session(self, run_id: str, *, origins: tuple[str, ...]) -> BrowserPage:
        """Return the run's live session, opening one when there is none.

        Raises:
            SetupError: If no Chromium can be started; the hint says what to install.
        """
        allowed = frozenset(origin_of(origin) for origin in origins)
        async with self._opening:
            await self._up()
            page = self._pages.get(run_id)
            if page is not None and not page.alive:
                await page.close()
                page = None
            if page is None:
                page = self._pages[run_id] = await self._open(run_id, allowed)
            page.guard.gate.allowed |= allowed
            return page

    async def widen(self, run_id: str, origin: str) -> None:
        """Let the run's session reach one more approved origin."""
        page = self._pages.get(run_id)
        if page is not None:
            page.guard.gate.allowed |= {origin_of(origin)}

    def has(self, run_id: str) -> bool:
        """Return whether the run has a live session in this process."""
        page = self._pages.get(run_id)
        return (
            page is not None and page.alive and self._chromium is not None and self._chromium.alive
        )

    async def release(self, run_id: str) -> None:
        """Close the run's session, if there is one."""
        page = self._pages.get(run_id)
        if page is not None:
            await page.close()

    async def close(self) -> None:
        """Close every session and the browser."""
        async with self._opening:
            for page in list(self._pages.values()):
                await page.close()
            await self._down()
            if self._proxy is not None:
                await self._proxy.close()
                self._proxy = None

    # -- Chromium ----------------------------------------------------------------------------------

    async def _up(self) -> None:
        if self._chromium is not None and self._chromium.alive and not self._warden.wire.closed:
            return
        await self._bury()
        prepare_environment(self._settings.folder)
        # The library takes seconds to import the first time: Chromium starts meanwhile.
        chromium, _ = await asyncio.gather(launch(self._settings), asyncio.to_thread(load_engine))
        warden = Warden()
        try:
            await warden.connect(chromium.address)
        except (DevToolsError, PodiumError, OSError) as error:
            await chromium.stop()
            raise Retryable(
                "Chromium went away while it was started", code="browser_gone"
            ) from error
        warden.on_lost(chromium.kill)
        self._chromium, self._warden = chromium, warden
        if self._proxy is None:
            self._proxy = EgressProxy()

    async def _bury(self) -> None:
        """Forget sessions of a Chromium that died."""
        for page in list(self._pages.values()):
            await page.close()
        await self._down()

    async def _down(self) -> None:
        # Chromium first: requests that are paused when their warden goes would be sent.
        if self._chromium is not None:
            await self._chromium.stop()
            self._chromium = None
        await self._warden.close()

    # -- sessions ----------------------------------------------------------------------------------

    async def _open(self, run_id: str, allowed: frozenset[Origin]) -> BrowserPage:
        chromium, proxy = self._chromium, self._proxy
        if chromium is None or proxy is None:
            raise Retryable("The browser has gone away", code="browser_gone")
        gate = await proxy.open(allowed)
        wire = Wire()
        tabs = Tabs(wire, self._settings.viewport)
        folder = Path(tempfile.mkdtemp(prefix="files-", dir=chromium.profile))
        downloads = Downloads(wire, folder, max_bytes=self._settings.max_download_bytes)
        context = await self._context(gate)
        guard = RunGuard(run_id, context, gate, tabs)
        self._warden.add(guard)
        await self._warden.wire.send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": context}
        )
        engine = await open_session(self._settings, chromium.address, context, wire, folder)
        tabs.started = True
        await tabs.wait_active()
        await asyncio.gather(downloads.enable(), tabs.session())
        return BrowserPage(
            run_id,
            wire=wire,
            tabs=tabs,
            downloads=downloads,
            guard=guard,
            engine=engine,
            context=context,
            max_bytes=self._settings.max_download_bytes,
            on_close=self._dispose,
        )

    async def _context(self, gate: Gate) -> str:
        params: JsonObject = {
            "disposeOnDetach": False,
            "proxyServer": f"http://127.0.0.1:{gate.port}",
            "proxyBypassList": "<-loopback>",
        }
        return text(
            await self._warden.wire.send("Target.createBrowserContext", params), "browserContextId"
        )

    async def _dispose(self, page: BrowserPage) -> None:
        self._pages.pop(page.run_id, None)
        if self._proxy is not None:
            await self._proxy.close_gate(page.guard.gate)
        if self._chromium is not None and self._chromium.alive:
            params: JsonObject = {"browserContextId": page.context}
            with suppress(
                DevToolsError, Retryable
            ):  # Chromium died: there is nothing left to dispose of
                await self._warden.wire.send("Target.disposeBrowserContext", params, timeout_s=5)
        self._warden.remove(page.guard)
        await page.engine.stop()
