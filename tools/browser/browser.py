"""The port `Browser`: one Chromium per process, started when first needed, one isolated context per run."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import suppress

from podium.state.errors import PodiumError, Retryable
from podium.tools.browser.chromium import Chromium, launch
from podium.tools.browser.engine import load_client, prepare_environment
from podium.tools.browser.hold import Warden
from podium.tools.browser.origins import Origin, origin_of
from podium.tools.browser.page import BrowserPage
from podium.tools.browser.proxy import EgressProxy
from podium.tools.browser.room import Room, open_room
from podium.tools.browser.settings import BrowserSettings
from podium.tools.browser.wire import DevToolsError


class PodiumBrowser:
    """One Chromium of this process; sessions are isolated from each other."""

    def __init__(self, settings: BrowserSettings | None = None) -> None:
        self._settings = settings or BrowserSettings()
        self._chromium: Chromium | None = None
        self._warden = Warden()
        self._proxy: EgressProxy | None = None
        self._pages: dict[str, BrowserPage] = {}
        self._spare: asyncio.Task[Room] | None = None
        """A room for the next run, prepared while nobody waits."""
        self._starting = asyncio.Lock()
        self._opening: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def session(self, run_id: str, *, origins: tuple[str, ...]) -> BrowserPage:
        """Return the run's live session, opening one when there is none.

        Raises:
            SetupError: If no Chromium can be started; the hint says what to install.
        """
        allowed = frozenset(origin_of(origin) for origin in origins)
        async with self._starting:
            await self._up()
        async with self._opening.setdefault(run_id, asyncio.Lock()):
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
        self._opening.pop(run_id, None)

    async def close(self) -> None:
        """Close every session and the browser."""
        async with self._starting:
            self._closing = True
            await self._empty()
            await self._down()
            if self._proxy is not None:
                await self._proxy.close()
                self._proxy = None
            self._closing = False

    async def _empty(self) -> None:
        """Close every session and the spare one."""
        for page in list(self._pages.values()):
            await page.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        spare, self._spare = self._spare, None
        if spare is not None:
            with suppress(Retryable):  # it was never ready
                await (await spare).close()

    # -- Chromium ----------------------------------------------------------------------------------

    async def _up(self) -> None:
        if self._chromium is not None and self._chromium.alive and not self._warden.wire.closed:
            return
        await self._bury()
        prepare_environment(self._settings.folder)
        # The library's import takes a moment the first time: Chromium starts meanwhile.
        chromium, _ = await asyncio.gather(launch(self._settings), asyncio.to_thread(load_client))
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
        await self._empty()
        await self._down()

    async def _down(self) -> None:
        # Chromium first: requests that are paused when their warden goes would be sent.
        if self._chromium is not None:
            await self._chromium.stop()
            self._chromium = None
        await self._warden.close()

    # -- sessions ----------------------------------------------------------------------------------

    async def _open(self, run_id: str, allowed: frozenset[Origin]) -> BrowserPage:
        room = await self._prepared() or await self._new_room()
        room.guard.gate.allowed = allowed
        return BrowserPage(
            run_id, room, max_bytes=self._settings.max_download_bytes, on_close=self._left
        )

    async def _prepared(self) -> Room | None:
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        try:
            room = await spare
        except Retryable:
            return None
        if room.alive:
            return room
        self._spawn(room.close())
        return None

    async def _new_room(self) -> Room:
        chromium, proxy = self._chromium, self._proxy
        if chromium is None or proxy is None:
            raise Retryable("The browser has gone away", code="browser_gone")
        try:
            return await open_room(self._settings, chromium, self._warden, proxy)
        except DevToolsError as error:
            raise Retryable("The browser has gone away", code="browser_gone") from error

    def _left(self, page: BrowserPage) -> None:
        """Let go of a session, and prepare a room for the next run while nobody waits."""
        if self._pages.get(page.run_id) is page:
            del self._pages[page.run_id]
        self._spawn(self._turn_over(page.room))

    async def _turn_over(self, room: Room) -> None:
        await room.close()
        # Not in a thread: the loop's threads may be gone already when the last session is closed.
        shutil.rmtree(room.downloads.folder, ignore_errors=True)
        if self._spare is None and not self._closing and room.chromium is self._chromium:
            self._spare = asyncio.create_task(self._new_room())

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
