"""The port `Browser`: one Chromium per process, started when first needed, one isolated context per run."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Coroutine, Iterable
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
    """One Chromium of this process; sessions are isolated from each other.

    One that is old or has grown too large takes no new session: a fresh one does, while the worn one ends with its last session.
    """

    def __init__(self, settings: BrowserSettings | None = None) -> None:
        self._settings = settings or BrowserSettings()
        self._chromium: Chromium | None = None
        self._warden = Warden()
        self._started_s = 0.0
        self._grown = False
        """Whether Chromium held too much memory when its last session had ended."""
        self._retired: list[tuple[Chromium, Warden]] = []
        """Worn ones whose last sessions are still at work."""
        self._entering = 0
        """Sessions being opened in the present one."""
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
            self._entering += 1
        try:
            async with self._opening.setdefault(run_id, asyncio.Lock()):
                page = self._pages.get(run_id)
                if page is not None and not page.alive:
                    await page.close()
                    page = None
                if page is None:
                    page = self._pages[run_id] = await self._open(run_id, allowed)
                page.guard.gate.allowed |= allowed
                return page
        finally:
            self._entering -= 1

    async def widen(self, run_id: str, origin: str) -> None:
        """Let the run's session reach one more approved origin."""
        page = self._pages.get(run_id)
        if page is not None:
            page.guard.gate.allowed |= {origin_of(origin)}

    def has(self, run_id: str) -> bool:
        """Return whether the run has a live session in this process."""
        page = self._pages.get(run_id)
        return page is not None and page.alive

    async def release(self, run_id: str) -> None:
        """Close the run's session, if there is one."""
        page = self._pages.get(run_id)
        if page is not None:
            await page.close()
        self._opening.pop(run_id, None)

    async def settled(self) -> None:
        """Wait until what released sessions left behind is cleared away."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Close every session and the browser."""
        async with self._starting:
            self._closing = True
            await self._empty(self._pages.values())
            await self._down()
            for worn in self._retired:
                await _end(*worn)
            self._retired = []
            if self._proxy is not None:
                await self._proxy.close()
                self._proxy = None
            self._closing = False

    async def _empty(self, pages: Iterable[BrowserPage]) -> None:
        """Close these sessions and the spare one."""
        for page in tuple(pages):
            await page.close()
        await self.settled()
        await self._drop_spare()

    async def _drop_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            with suppress(Retryable):  # it was never ready
                await (await spare).close()

    # -- Chromium ----------------------------------------------------------------------------------

    async def _up(self) -> None:
        if self._chromium is not None and self._chromium.alive and not self._warden.wire.closed:
            if not self._worn or self._retired or self._entering:  # never more than two at a time
                return
            await self._retire()
        else:
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
        self._started_s, self._grown = time.monotonic(), False
        if self._proxy is None:
            self._proxy = EgressProxy()

    async def _bury(self) -> None:
        """Forget sessions of a Chromium that died."""
        await self._empty(self._living_in(self._chromium))
        await self._down()

    async def _down(self) -> None:
        chromium, self._chromium = self._chromium, None
        await _end(chromium, self._warden)

    @property
    def _worn(self) -> bool:
        return self._grown or time.monotonic() - self._started_s > self._settings.max_age_s

    def _living_in(self, chromium: Chromium | None) -> list[BrowserPage]:
        return [page for page in self._pages.values() if page.room.chromium is chromium]

    async def _retire(self) -> None:
        """Let the worn Chromium end with its last session, at once when it has none."""
        await self._drop_spare()
        chromium, warden = self._chromium, self._warden
        if chromium is not None and self._living_in(chromium):
            self._retired.append((chromium, warden))
            self._chromium, self._warden = None, Warden()
        else:
            await self._down()

    async def _end_retired(self) -> None:
        for worn in tuple(self._retired):
            if not self._living_in(worn[0]):
                self._retired.remove(worn)
                await _end(*worn)

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
        # Not in a thread of the loop: they may be gone already when the last session is closed.
        shutil.rmtree(room.downloads.folder, ignore_errors=True)
        await self._end_retired()
        if self._closing or room.chromium is not self._chromium:
            return
        await self._measure(room.chromium)
        if room.chromium is not self._chromium:
            return
        if self._spare is None and not self._closing and not self._worn:
            self._spare = asyncio.create_task(self._new_room())

    async def _measure(self, chromium: Chromium) -> None:
        """Note whether it holds too much although no run is at work in it: what runs hold for their pages is not its growth."""
        if self._living_in(chromium) or self._entering:
            return
        held_mb = await chromium.measured_mb()
        if chromium is self._chromium and not self._living_in(chromium):
            self._grown = held_mb > self._settings.max_memory_mb

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _end(chromium: Chromium | None, warden: Warden) -> None:
    """Chromium first: requests that are paused when their warden goes would be sent."""
    if chromium is not None:
        await chromium.stop()
    await warden.close()
