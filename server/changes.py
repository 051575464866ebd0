"""What follows from what becomes of a run: messages to destinations, chained agents, a schedule that pauses."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from podium.server.timetable import Timetable
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import NotFound, PodiumError
from podium.state.firings import Firing, RunChange
from podium.state.outbox import Destination, Message
from podium.state.runs import Run
from podium.state.stores import Stores
from podium.state.triggers import Chain, Trigger, chained_inputs

_LONG_ID = 80
AGAIN = "~"
"""Between the id of a chained run and the number of its further try; the id before it holds none."""

_log = logging.getLogger("podium.changes")


class _Notice(NamedTuple):
    """An event about what a change came to, told by whoever took it up."""

    agent: str
    kind: str
    data: JsonObject


@dataclass(frozen=True, slots=True)
class Changes:
    """Takes up run changes, each once, whoever looks: what follows is kept in the same transaction."""

    stores: Stores
    clock: Clock

    def take_up(self) -> int:
        """Take up what nobody has yet and return how many that were."""
        taken = 0
        while changes := self.stores.firings.changes():
            mine = [change for change in changes if self._take(change)]
            taken += len(mine)
            if not mine:
                break
        return taken

    def _take(self, change: RunChange) -> bool:
        try:
            run = self.stores.runs.get(change.run_id)
        except NotFound:
            return self.stores.firings.take_up(change) is not None
        followed = self._chained(change, run)
        failures = self.stores.firings.take_up(
            change,
            firings=tuple(item for item in followed if isinstance(item, Firing)),
            messages=self._messages(change, run),
            failed=_failed(change),
        )
        if failures is not None:
            for item in followed:
                if isinstance(item, _Notice):
                    Timetable(self.stores, self.clock).tell(*item)
        if failures:
            row = self.stores.schedules.row(change.agent)
            Timetable(self.stores, self.clock).paused_by_failures(row)
        return failures is not None

    # -- Chains ------------------------------------------------------------------------------------

    def _chained(self, change: RunChange, run: Run) -> tuple[Firing | _Notice, ...]:
        if change.status != "finished":
            return ()
        return tuple(
            item
            for trigger in self.stores.triggers.after(change.agent)
            if trigger.chain is not None and change.outcome in trigger.chain.outcomes
            for item in self._follow(trigger, trigger.chain, run)
        )

    def _follow(self, trigger: Trigger, chain: Chain, run: Run) -> Iterator[Firing | _Notice]:
        """Yield one firing, or one for each row of the run up to the chain's limit; and what is to be told."""
        if not chain.each:
            yield from self._firing(trigger, chain, run, "", None)
            return
        rows = self.stores.staging.rows(run.run_id, chain.each)
        for number, row in enumerate(rows[: chain.limit], 1):
            yield from self._firing(trigger, chain, run, f".{number}", dict(row))
        if len(rows) > chain.limit:
            data: JsonObject = {"after": run.run_id, "rows": len(rows), "limit": chain.limit}
            yield _Notice(trigger.agent, "trigger.limited", data)

    def _firing(
        self, trigger: Trigger, chain: Chain, run: Run, place: str, row: JsonObject | None
    ) -> Iterator[Firing | _Notice]:
        now = self.clock.now()
        firing = Firing(
            firing_id=f"chain:{trigger.trigger_id}:{run.run_id}{place}",
            agent=trigger.agent,
            cause="chain",
            run_id=followed_by(run.run_id, trigger.trigger_id) + place,
            due_at=now,
            parent=run.run_id,
            created_at=now,
        )
        try:
            inputs = chained_inputs(chain, run, row)
        except PodiumError as error:
            data: JsonObject = {"after": run.run_id, "message": error.message}
            yield _Notice(trigger.agent, "trigger.failed", data)
            yield firing.model_copy(update={"status": "failed", "note": error.message})
        else:
            yield firing.model_copy(update={"inputs": inputs})

    # -- Messages ----------------------------------------------------------------------------------

    def _messages(self, change: RunChange, run: Run) -> tuple[Message, ...]:
        event = event_of(change)
        if event == "run.waiting" and run.question is not None and run.question.timer:
            return ()  # for its moment, and not for a person
        return tuple(
            self._message(change, run, event, destination)
            for destination in self.stores.outbox.destinations(agent=change.agent)
            if destination.enabled and event in destination.events
        )

    def _message(
        self, change: RunChange, run: Run, event: str, destination: Destination
    ) -> Message:
        now = self.clock.now()
        # A run starts and ends once; it may wait, and go on, several times.
        which = f"{event}.{change.seq}" if event == "run.waiting" else event
        return Message(
            message_id=f"msg_{destination.destination_id}_{run.run_id}_{which}",
            destination_id=destination.destination_id,
            event=event,
            agent=change.agent,
            run_id=run.run_id,
            body={"type": event, "timestamp": now.isoformat(), "data": run_body(change, run)},
            next_at=now,
            created_at=now,
        )


def followed_by(run_id: str, trigger_id: str) -> str:
    """Return the id of the run that follows that one; the same whoever looks and however often."""
    before = run_id.removeprefix("run_")
    if len(before) > _LONG_ID or AGAIN in before:  # a chain of chains, or a further try
        before = hashlib.sha256(before.encode()).hexdigest()[:32]
    return f"run_{trigger_id}_{before}"


def event_of(change: RunChange) -> str:
    """Return the name under which a change goes out."""
    if change.status == "finished":
        good = change.outcome in {"success", "partial", "unverified"}
        return "run.completed" if good else "run.failed"
    return "run.waiting" if change.status == "waiting" else "run.started"


def run_body(change: RunChange, run: Run) -> JsonObject:
    """Return what is told of a run: what it is and came to, no paths of this machine."""
    question = run.question
    return {
        "run_id": run.run_id,
        "agent": change.agent,
        "version": run.version,
        "status": change.status,
        "outcome": change.outcome,
        "trigger": run.trigger,
        "question": question.title if question is not None and change.status == "waiting" else None,
        "error": run.error.to_json() if run.error is not None else None,
        "outputs": run.outputs if change.status == "finished" else {},
        "artifacts": [
            {"name": item.name, "sha256": item.sha256, "bytes": item.bytes}
            for item in run.artifacts
        ],
    }


def _failed(change: RunChange) -> bool | None:
    """Return what a scheduled run says about its schedule; nothing for others, or before it ended."""
    if change.trigger != "schedule" or change.status != "finished" or change.outcome == "cancelled":
        return None
    return change.outcome == "fail"
