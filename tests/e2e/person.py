"""A person at a page: trusted input by DevTools, and none of the product's own hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.tools.browser.keys import key_events, typing_events
from podium.tools.browser.page import BrowserPage
from podium.tools.browser.wire import dig, text

Send = Callable[[str, JsonObject], Awaitable[JsonObject]]
"""Sends a command to the tab that the person looks at."""


class Person:
    """Somebody at mouse and keyboard: input events on the tab, and nothing of the product's own hand."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def _where(self, selector: str) -> tuple[float, float]:
        expression = f"""(()=>{{const e=document.querySelector({selector!r});if(!e||document.readyState!=='complete')return null;
        const b=e.getBoundingClientRect();return [b.x+b.width/2,b.y+b.height/2]}})()"""
        for _ in range(200):
            answer = await self._send(
                "Runtime.evaluate", {"expression": expression, "returnByValue": True}
            )
            found: JsonValue = dig(answer, "result", "value")
            if isinstance(found, list):
                x, y = found
                assert isinstance(x, int | float)
                assert isinstance(y, int | float)
                return x, y
            await asyncio.sleep(0.05)
        raise AssertionError(f"{selector} never came")

    async def click(self, selector: str) -> None:
        await self.at(*await self._where(selector))

    async def at(self, x: float, y: float) -> None:
        """Click at a point of the window."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button: JsonObject = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            await self._send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **button})

    async def type(self, words: str) -> None:
        for event in typing_events(words):
            await self._send("Input.dispatchKeyEvent", event)

    async def press(self, key: str) -> None:
        for event in key_events(key):
            await self._send("Input.dispatchKeyEvent", event)

    async def sees(self, words: str) -> None:
        for _ in range(200):
            params: JsonObject = {
                "expression": "document.body?.innerText||''",
                "returnByValue": True,
            }
            if words in text(await self._send("Runtime.evaluate", params), "result", "value"):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{words!r} was never shown")


def person_at(page: BrowserPage) -> Person:
    """Return somebody at the session's active tab."""

    async def send(method: str, params: JsonObject) -> JsonObject:
        return await page.room.wire.send(method, params, (await page.room.tabs.session()).id)

    return Person(send)
