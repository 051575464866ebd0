"""A tab that is just changing its document has no history to read for a moment."""

from __future__ import annotations

import pytest

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.history import History
from podium.tools.browser.wire import Wire

INACTIVE = "Not attached to an active page"


class Chromium:
    """Refuses the first commands with that message, then tells a history of two entries."""

    def __init__(self, refusals: int, message: str = INACTIVE) -> None:
        self.refusals = refusals
        self.message = message
        self.done: list[tuple[str, JsonObject]] = []

    async def send_raw(
        self, method: str, params: JsonObject | None = None, session_id: str | None = None
    ) -> JsonObject:
        assert session_id == "s1"
        if self.refusals:
            self.refusals -= 1
            raise RuntimeError({"code": -32000, "message": self.message})
        self.done.append((method, params or {}))
        entries: list[JsonObject] = [
            {"id": 4, "url": "http://127.0.0.1/#/a"},
            {"id": 7, "url": "http://127.0.0.1/#/b"},
        ]
        return {"currentIndex": 1, "entries": [*entries]}

    def abandon(self, session: str) -> None:
        pass


def history_on(chromium: Chromium, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setattr("podium.tools.browser.history._PAUSE_S", 0.0)
    wire = Wire()
    wire.attach(chromium)

    async def session() -> str:
        return "s1"

    return History(wire, session)


async def test_a_page_that_is_being_replaced_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = history_on(Chromium(3), monkeypatch)

    assert await history.stands_at("http://127.0.0.1/#/b")
    assert not await history.stands_at("http://127.0.0.1/#/a")


async def test_going_back_survives_a_page_that_is_being_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chromium = Chromium(2)
    history = history_on(chromium, monkeypatch)

    entry = await history.previous()
    assert entry == 4
    chromium.refusals = 2
    await history.show(entry)

    assert chromium.done[-1] == ("Page.navigateToHistoryEntry", {"entryId": 4})


@pytest.mark.parametrize("message", [INACTIVE, "Internal error"])
async def test_a_history_that_stays_closed_is_an_error_of_the_step_that_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    history = history_on(Chromium(100, message), monkeypatch)

    with pytest.raises(Retryable) as caught:
        await history.stands_at("http://127.0.0.1/#/b")

    assert caught.value.code == "browser_gone"
