"""A page that measures how long the browser and the site take, so that our own overhead is known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Literal, TypeVar

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.tools.page import DialogAnswer, Download, Page, Snapshot, StepPolicy, Tab, Traffic

T = TypeVar("T")


class TimedPage:
    """The `Page` port around another page; `spent_s` grows with every call and every wait."""

    def __init__(self, page: Page, clock: Clock, *, spent_s: float = 0.0) -> None:
        self._page = page
        self._clock = clock
        self.run_id = page.run_id
        self.spent_s = spent_s
        self.policy = StepPolicy()
        """What is in force since the last `begin`."""

    async def _timed(self, call: Awaitable[T]) -> T:
        started = self._clock.monotonic_s()
        try:
            return await call
        finally:
            self.spent_s += self._clock.monotonic_s() - started

    async def pause(self, seconds: float) -> None:
        """Wait for the page to move on; counts as the site's time."""
        await self._timed(asyncio.sleep(seconds))

    async def begin(self, policy: StepPolicy) -> None:
        """See `Page`."""
        self.policy = policy
        await self._timed(self._page.begin(policy))

    def traffic(self) -> Traffic:
        """See `Page`."""
        return self._page.traffic()

    async def goto(self, url: str, *, timeout_s: float = 30.0) -> None:
        """See `Page`."""
        await self._timed(self._page.goto(url, timeout_s=timeout_s))

    async def back(self) -> None:
        """See `Page`."""
        await self._timed(self._page.back())

    async def settle(self, *, timeout_s: float = 10.0) -> bool:
        """See `Page`."""
        return await self._timed(self._page.settle(timeout_s=timeout_s))

    async def snapshot(self) -> Snapshot:
        """See `Page`."""
        return await self._timed(self._page.snapshot())

    async def url(self) -> str:
        """See `Page`."""
        return await self._timed(self._page.url())

    async def click(self, ref: str, *, timeout_s: float = 10.0) -> None:
        """See `Page`."""
        await self._timed(self._page.click(ref, timeout_s=timeout_s))

    async def hover(self, ref: str) -> None:
        """See `Page`."""
        await self._timed(self._page.hover(ref))

    async def fill(self, ref: str, text: str) -> None:
        """See `Page`."""
        await self._timed(self._page.fill(ref, text))

    async def fill_secret(self, ref: str, text: str, *, origin: str) -> None:
        """See `Page`."""
        await self._timed(self._page.fill_secret(ref, text, origin=origin))

    async def authenticate(self, user: str, text: str, *, origin: str) -> None:
        """See `Page`."""
        await self._timed(self._page.authenticate(user, text, origin=origin))

    async def select(self, ref: str, option: str) -> None:
        """See `Page`."""
        await self._timed(self._page.select(ref, option))

    async def set_checked(self, ref: str, *, checked: bool) -> None:
        """See `Page`."""
        await self._timed(self._page.set_checked(ref, checked=checked))

    async def press(self, key: str, *, ref: str | None = None) -> None:
        """See `Page`."""
        await self._timed(self._page.press(key, ref=ref))

    async def upload(self, ref: str, path: Path) -> None:
        """See `Page`."""
        await self._timed(self._page.upload(ref, path))

    async def drag(self, ref: str, onto: str) -> None:
        """See `Page`."""
        await self._timed(self._page.drag(ref, onto))

    async def scroll(self, ref: str | None, *, to: Literal["view", "end", "start"]) -> None:
        """See `Page`."""
        await self._timed(self._page.scroll(ref, to=to))

    async def scroll_on(self, ref: str) -> bool:
        """See `Page`."""
        return await self._timed(self._page.scroll_on(ref))

    async def tabs(self) -> tuple[Tab, ...]:
        """See `Page`."""
        return await self._timed(self._page.tabs())

    async def switch_tab(self, tab: str, *, close: bool = False) -> None:
        """See `Page`."""
        await self._timed(self._page.switch_tab(tab, close=close))

    async def answer_dialogs(self, answer: DialogAnswer | None) -> None:
        """See `Page`."""
        await self._timed(self._page.answer_dialogs(answer))

    async def scroll_end(self) -> None:
        """See `Page`."""
        await self._timed(self._page.scroll_end())

    async def download(self, ref: str, *, timeout_s: float = 60.0) -> Download:
        """See `Page`."""
        return await self._timed(self._page.download(ref, timeout_s=timeout_s))

    async def fetch(self, url: str, *, timeout_s: float = 60.0) -> Download:
        """See `Page`."""
        return await self._timed(self._page.fetch(url, timeout_s=timeout_s))

    async def screenshot(self) -> bytes:
        """See `Page`."""
        return await self._timed(self._page.screenshot())

    async def storage(self) -> JsonObject:
        """See `Page`."""
        return await self._timed(self._page.storage())

    async def restore(self, storage: JsonObject) -> None:
        """See `Page`."""
        await self._timed(self._page.restore(storage))

    async def close(self) -> None:
        """See `Page`."""
        await self._timed(self._page.close())
