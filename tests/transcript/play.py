"""Plays the turns on one workspace, with restarts between them, and says what was not right."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
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
    verbs: set[str] = field(default_factory=set[str])

    def to_json(self) -> JsonObject:
        """Return the counts, and what was wrong."""
        return {"turns": self.turns, "verbs": len(self.verbs), "restarts": self.restarts, "wrong": [*self.wrong]}  # fmt: skip

    def __add__(self, other: Played) -> Played:
        """Return both together."""
        return Played(
            turns=self.turns + other.turns,
            restarts=self.restarts + other.restarts,
            wrong=self.wrong + other.wrong,
            verbs=self.verbs | other.verbs,
        )


def sites() -> Sites:
    """Return what the sites show."""
    return Sites(
        rows={
            "invoices": [
                {"number": "INV-1", "customer": "ACME", "amount": 10},
                {"number": "INV-2", "customer": "Beta", "amount": 20},
            ],
            "products": [{"sku": "A1", "price": 5}, {"sku": "B2", "price": 6}],
            "stock": [{"sku": "A1", "stock": 2}],
            "report": [{"week": "48", "total": 9}],
        }
    )


async def play(
    home: Path,
    *,
    restart_before: Collection[int],
    turns: Sequence[Turn] = TURNS,
    begin: Callable[[Podium], None] | None = None,
) -> Played:
    """Play the turns on one workspace; before those of these numbers the process is another one.

    A workspace that begins with a past is talked to in one thread.
    """
    played, shown, thread = Played(verbs={turn.verb for turn in turns}), sites(), ""
    async with AsyncExitStack() as life:
        podium = await life.enter_async_context(opened(home, shown))
        if begin is not None:
            begin(podium)
        for number, turn in enumerate(turns):
            if number in restart_before:
                await life.aclose()
                podium = await life.enter_async_context(opened(home, shown))
                await podium.recover()
                played.restarts += 1
            if turn.away:
                shown.away = set() if turn.away == "-" else {turn.away}
            segment = await podium.chat(turn.say, thread_id=thread or None, approve_all=turn.yes)
            thread = segment.thread_id if begin is not None else ""
            wrong = await _take(podium, turn, segment.thread_id)
            played.wrong += [f"{number} {turn.say!r}: {text}" for text in wrong]
            played.turns += 1
    return played


async def _take(podium: Podium, turn: Turn, thread_id: str) -> list[str]:
    await podium.settle(thread_id)
    for answer in turn.answers:
        view = podium.chat_view(thread_id)
        if view["status"] != "waiting":
            return [f"asks nothing where {answer} is the answer: {view['reply']}"]
        await podium.answer(thread_id, answer)
        await podium.settle(thread_id)
    view = podium.chat_view(thread_id)
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
        wanted = re.sub(r"<([\w-]+)>", lambda match: last_run(podium, match[1]), text)
        if wanted not in reply:
            found.append(f"does not tell {wanted!r}: {reply}")
    if turn.true is not None and not turn.true(podium):
        found.append("what should be so now is not")
    return found


def last_run(podium: Podium, agent: str) -> str:
    """Return the id of the agent's newest live run."""
    live = [run for run in podium.stores.runs.list(agent=agent, limit=50) if run.mode == "live"]
    return live[0].run_id if live else "(no run)"
