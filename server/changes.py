"""What follows from what becomes of a run: messages to destinations, chained agents, a schedule that pauses."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from podium.server.timetable import Timetable
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import NotFound, PodiumError
from podium.state.firings import Firing, RunChange
from podium.state.outbox import Destination, Message
from podium.state.runs import Run
from podium.state.stores import Stores
from podium.state.triggers import Trigger, chained_inputs

_log = logging.getLogger("podium.changes")


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
        failures = self.stores.firings.take_up(
            change,
            firings=self._chained(change, run),
            messages=self._messages(change, run),
            failed=_failed(change),
        )
        if failures:
            row = self.stores.schedules.row(change.agent)
            Timetable(self.stores, self.clock).paused_by_failures(row)
        return failures is not None

    # -- Chains ------------------------------------------------------------------------------------

    def _chained(self, change: RunChange, run: Run) -> tuple[Firing, ...]:
        if change.status != "finished":
            return ()
        found = [
            self._follow(trigger, run)
            for trigger in self.stores.triggers.after(change.agent)
            if trigger.chain is not None and change.outcome in trigger.chain.outcomes
        ]
        return tuple(firing for firing in found if firing is not None)

    def _follow(self, trigger: Trigger, run: Run) -> Firing | None:
        assert trigger.chain is not None, "only chains follow"
        now = self.clock.now()
        firing = Firing(
            firing_id=f"chain:{trigger.trigger_id}:{run.run_id}",
            agent=trigger.agent,
            cause="chain",
            run_id=f"run_{trigger.trigger_id}_{run.run_id.removeprefix('run_')}",
            due_at=now,
            created_at=now,
        )
        try:
            inputs = chained_inputs(trigger.chain, run)
        except PodiumError as error:
            data: JsonObject = {"after": run.run_id, "message": error.message}
            Timetable(self.stores, self.clock).tell(trigger.agent, "trigger.failed", data)
            changes = {"status": "failed", "note": error.message}
            return firing.model_copy(update=changes)
        return firing.model_copy(update={"inputs": inputs})

    # -- Messages ----------------------------------------------------------------------------------

    def _messages(self, change: RunChange, run: Run) -> tuple[Message, ...]:
        event = event_of(change)
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
