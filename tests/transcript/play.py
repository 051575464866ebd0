"""Plays the turns on one workspace, with restarts between them, and says what was not right."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from podium.server.service import Podium
from podium.state.document import JsonObject
from tests.transcript.turns import TURNS, Turn
from tests.transcript.world import Sites, opened


@dataclass
class Played:
    """What came of a transcript."""

    turns: int = 0
    restarts: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def to_json(self) -> JsonObject:
        """Return the counts, and what was wrong."""
        verbs = sorted({turn.verb for turn in TURNS})
        return {"turns": self.turns, "verbs": len(verbs), "restarts": self.restarts, "wrong": [*self.wrong]}  # fmt: skip


def sites() -> Sites:
    """Return what the sites show."""
    return Sites(
        rows={
            "invoices": [
                {"number": "INV-1", "customer": "ACME", "amount": 10},
                {"number": "INV-2", "customer": "Beta", "amount": 20},
            ],
            "products": [{"sku": "A1", "price": 5}, {"sku": "B2", "price": 6}],
        }
    )


async def play(home: Path, *, restart_before: Collection[int]) -> Played:
    """Play all turns; before those of these numbers the process is another one."""
    played, shown = Played(), sites()
    async with AsyncExitStack() as life:
        podium = await life.enter_async_context(opened(home, shown))
        for number, turn in enumerate(TURNS):
            if number in restart_before:
                await life.aclose()
                podium = await life.enter_async_context(opened(home, shown))
                await podium.recover()
                played.restarts += 1
            if turn.away:
                shown.away = set() if turn.away == "-" else {turn.away}
            played.wrong += [f"{number} {turn.say!r}: {text}" for text in await _take(podium, turn)]
            played.turns += 1
    return played


async def _take(podium: Podium, turn: Turn) -> list[str]:
    segment = await podium.chat(turn.say, approve_all=turn.yes)
    await podium.settle(segment.thread_id)
    for answer in turn.answers:
        view = podium.chat_view(segment.thread_id)
        if view["status"] != "waiting":
            return [f"asks nothing where {answer} is the answer: {view['reply']}"]
        await podium.answer(segment.thread_id, answer)
        await podium.settle(segment.thread_id)
    view = podium.chat_view(segment.thread_id)
    started = view["runs"]
    for run_id in started if isinstance(started, list) else []:
        await podium.settle(str(run_id))
    return _wrong(podium, turn, view)


def _wrong(podium: Podium, turn: Turn, view: JsonObject) -> list[str]:
    found: list[str] = []
    reply = str(view["reply"])
    if view["status"] != turn.status:
        asked = view["question"]
        found.append(f"is {view['status']}, not {turn.status}: {asked or reply}")
    for text in turn.told:
        wanted = re.sub(r"<([\w-]+)>", lambda match: _last_run(podium, match[1]), text)
        if wanted not in reply:
            found.append(f"does not tell {wanted!r}: {reply}")
    if turn.true is not None and not turn.true(podium):
        found.append("what should be so now is not")
    return found


def _last_run(podium: Podium, agent: str) -> str:
    live = [run for run in podium.stores.runs.list(agent=agent, limit=50) if run.mode == "live"]
    return live[0].run_id if live else "(no run)"
