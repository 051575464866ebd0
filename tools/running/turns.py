"""A run's turn at a site that has a rate: it ends here until then, as a wait does, and holds no worker."""

from __future__ import annotations

import asyncio
from datetime import datetime

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.questions import FieldSpec, Question
from podium.state.sites import SiteRates, SiteStore
from podium.tools.runner import RunContext
from podium.tools.running.finding import Asked, question_id
from podium.tools.running.task import Task

_TURN = "turn"
_GO, _STOP = "go on", "stop"


class Turns:
    """When live runs may begin at their sites. A run has one turn, at its first step with a page."""

    def __init__(self, store: SiteStore, rates: SiteRates, clock: Clock) -> None:
        self._store = store
        self._rates = rates
        self._clock = clock
        self._come: set[str] = set()
        """Runs of this process whose turn has come."""

    async def check(self, task: Task) -> JsonObject | None:
        """Return the step's answer when the run's turn has come.

        Raises:
            Asked: To stop until then.
            Fatal: If a person ended the waiting (`cancelled`).
        """
        context, answer = task.context, task.answer
        if answer is not None and _TURN in answer:
            if answer[_TURN] == _STOP:
                raise Fatal("Waiting for a site was ended by an answer", code="cancelled")
            # The turn is over; what else the step was told still holds.
            answer = {name: said for name, said in answer.items() if name != _TURN} or None
        if not self._counts(context) or context.run_id in self._come:
            return answer
        now = self._clock.now()
        at = await asyncio.to_thread(
            self._store.take, context.run_id, context.origins, self._rates, now=now
        )
        if at > now and answer is None:
            raise Asked(_until(task, at, self._rates.limited(context.origins)))
        self._come.add(context.run_id)
        return answer

    async def give_back(self, context: RunContext) -> None:
        """Let others have the turn of a run that has ended before it came."""
        self._come.discard(context.run_id)
        if self._counts(context):
            now = self._clock.now()
            await asyncio.to_thread(self._store.give_back, context.run_id, now=now)

    def leave(self, run_id: str) -> None:
        """Forget the run in this process; its turn stays its own."""
        self._come.discard(run_id)

    def _counts(self, context: RunContext) -> bool:
        return context.mode == "live" and bool(self._rates.limited(context.origins))


def _until(task: Task, at: datetime, sites: tuple[str, ...]) -> Question:
    return Question(
        id=question_id(task, f"turn-{at:%Y%m%dT%H%M%S%f}"),
        kind="choice",
        title=f"Waiting for a turn at {', '.join(sites)}",
        text=f"Runs at this rate are let go one after the other; this one goes on at {at:%Y-%m-%d %H:%M:%S} UTC.",
        fields=(
            FieldSpec(
                name=_TURN, title="What now?", type="choice", choices=(_GO, _STOP), default=_GO
            ),
        ),
        expires_at=at,
        timer=True,
    )
