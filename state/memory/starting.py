"""Schedules, firings, triggers and the outbox in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from podium.state.errors import Conflict, NotFound
from podium.state.firings import Firing, FiringStatus, RunChange, Wake
from podium.state.outbox import Destination, Message
from podium.state.runs import Run
from podium.state.spec import AgentState
from podium.state.stores import ScheduleRow
from podium.state.triggers import Chain, Schedule, Trigger, TriggerKind, refuse_second


class MemoryOutbox:
    """The `OutboxStore` in memory."""

    def __init__(self) -> None:
        self._destinations: dict[str, tuple[Destination, bytes]] = {}
        self._messages: dict[str, Message] = {}
        self._lock = threading.Lock()

    def add_destination(self, destination: Destination, *, sealed: bytes) -> None:
        """Keep a destination with its sealed address and keys, replacing the one of that id."""
        self._destinations[destination.destination_id] = (destination, sealed)

    def destination(self, destination_id: str) -> Destination:
        """Return the destination. Raises: NotFound."""
        return self._one(destination_id)[0]

    def sealed(self, destination_id: str) -> bytes:
        """Return its sealed address and keys. Raises: NotFound."""
        return self._one(destination_id)[1]

    def destinations(self, *, agent: str | None = None) -> tuple[Destination, ...]:
        """Return the destinations, oldest first; with `agent` those of that agent and of all agents."""
        found = (item for item, _ in self._destinations.values())
        wanted = (item for item in found if agent is None or item.agent in {"", agent})
        return tuple(sorted(wanted, key=lambda item: (item.created_at, item.destination_id)))

    def delete_destination(self, destination_id: str) -> None:
        """Forget the destination; its messages stay as the log. Raises: NotFound."""
        self._one(destination_id)
        del self._destinations[destination_id]

    def put(self, message: Message) -> bool:
        """Keep the message; false when it is known already."""
        with self._lock:
            return self._messages.setdefault(message.message_id, message) is message

    def message(self, message_id: str) -> Message:
        """Return the message. Raises: NotFound."""
        if message_id not in self._messages:
            raise NotFound(f"There is no message {message_id!r}")
        return self._messages[message_id]

    def due(self, now: datetime, *, limit: int = 50) -> tuple[Message, ...]:
        """Return pending messages whose next attempt is due, the longest waiting first."""
        found = [
            item
            for item in self._messages.values()
            if item.status == "pending" and item.next_at <= now
        ]
        return tuple(sorted(found, key=lambda item: (item.next_at, item.message_id))[:limit])

    def take(self, message: Message, *, until: datetime) -> Message | None:
        """Hold the message as it was seen until that moment; only one caller gets it."""
        held = message.model_copy(update={"next_at": until})
        return held if self.keep(held, seen=message) else None

    def keep(self, message: Message, *, seen: Message) -> bool:
        """Keep the changed message; false when it is no longer as it was seen."""
        with self._lock:
            kept = self._messages.get(seen.message_id)
            if kept is None or _sight(kept) != _sight(seen):
                return False
            self._messages[seen.message_id] = message
            return True

    def messages(
        self, *, agent: str | None = None, destination_id: str | None = None, limit: int = 50
    ) -> tuple[Message, ...]:
        """Return messages, newest first."""
        found = [
            item
            for item in self._messages.values()
            if (agent is None or item.agent == agent)
            and (destination_id is None or item.destination_id == destination_id)
        ]
        found.sort(key=lambda item: (item.created_at, item.message_id), reverse=True)
        return tuple(found[:limit])

    def _one(self, destination_id: str) -> tuple[Destination, bytes]:
        if destination_id not in self._destinations:
            raise NotFound(f"There is no destination {destination_id!r}")
        return self._destinations[destination_id]


def _sight(message: Message) -> tuple[str, int, datetime]:
    return message.status, message.attempts, message.next_at


class MemorySchedules:
    """The `ScheduleStore` in memory. `states` is what it knows of the agents, kept up to date by their store."""

    def __init__(self) -> None:
        self._rows: dict[str, ScheduleRow] = {}
        self.lock = threading.RLock()
        self.states: dict[str, AgentState] = {}
        self.firings: dict[str, Firing] = {}

    def set(self, agent: str, schedule: Schedule, *, next_at: datetime | None) -> None:
        """Keep the agent's schedule, replacing the one before; it is not paused and has no failures."""
        self._rows[agent] = ScheduleRow(agent=agent, schedule=schedule, next_at=next_at)

    def get(self, agent: str) -> Schedule | None:
        """Return the agent's schedule."""
        row = self._rows.get(agent)
        return None if row is None else row.schedule

    def row(self, agent: str) -> ScheduleRow:
        """Return the agent's schedule with where it stands. Raises: NotFound."""
        return self._shown(self._kept(agent))

    def list(self) -> tuple[ScheduleRow, ...]:
        """Return all schedules, by agent."""
        return tuple(self._shown(row) for _, row in sorted(self._rows.items()))

    def due(self, now: datetime, *, limit: int = 500) -> tuple[ScheduleRow, ...]:
        """Return schedules whose next firing is not later than `now`, of deployed agents; none that is paused."""
        return tuple(
            row
            for row in self._late(now)
            if self.states.get(row.agent) == "deployed" and not row.stopped
        )[:limit]

    def passed(self, now: datetime, *, limit: int = 500) -> tuple[ScheduleRow, ...]:
        """Return those that would be due if they or their agents were not paused."""
        return tuple(row for row in self._late(now) if row.paused)[:limit]

    def claim(
        self,
        agent: str,
        *,
        fired: datetime,
        next_at: datetime | None,
        firings: Sequence[Firing] = (),
    ) -> bool:
        """Move the schedule on from `fired` and keep what fires, all or nothing; only one caller gets true."""
        with self.lock:
            row = self._rows.get(agent)
            if row is None or row.next_at != fired:
                return False
            self._rows[agent] = row.model_copy(update={"next_at": next_at})
            for firing in firings:
                self.firings.setdefault(firing.firing_id, firing)
            return True

    def pause(self, agent: str, *, note: str) -> bool:
        """Stop the schedule; false when it was stopped already. Raises: NotFound."""
        with self.lock:
            row = self._kept(agent)
            if row.stopped:
                return False
            self._rows[agent] = row.model_copy(update={"stopped": True, "note": note})
            return True

    def resume(self, agent: str, *, next_at: datetime | None) -> None:
        """Let it go on from there, with no failures counted. Raises: NotFound."""
        with self.lock:
            changes = {"stopped": False, "note": "", "failures": 0, "next_at": next_at}
            self._rows[agent] = self._kept(agent).model_copy(update=changes)

    def count_failure(self, agent: str, *, failed: bool) -> int:
        """Count a failed run, or start counting anew."""
        row = self._rows.get(agent)
        if row is None:
            return 0
        count = row.failures + 1 if failed else 0
        self._rows[agent] = row.model_copy(update={"failures": count})
        return count

    def delete(self, agent: str) -> None:
        """Forget the agent's schedule."""
        self._rows.pop(agent, None)

    def take(self, agent: str) -> ScheduleRow | None:
        """Return the agent's schedule and forget it."""
        return self._rows.pop(agent, None)

    def renamed(self, old: str, new: str) -> None:
        """Let the schedule of an agent name it anew."""
        row = self._rows.pop(old, None)
        if row is not None:
            self._rows[new] = row.model_copy(update={"agent": new})

    def _kept(self, agent: str) -> ScheduleRow:
        if agent not in self._rows:
            raise NotFound(f"{agent!r} has no schedule")
        return self._rows[agent]

    def _shown(self, row: ScheduleRow) -> ScheduleRow:
        paused = row.stopped or self.states.get(row.agent) == "paused"
        return row.model_copy(update={"paused": paused})

    def _late(self, now: datetime) -> tuple[ScheduleRow, ...]:
        found = [
            (row.next_at, row)
            for row in self.list()
            if row.next_at is not None and row.next_at <= now
        ]
        return tuple(row for _, row in sorted(found, key=lambda pair: pair[0]))


class MemoryFirings:
    """The `FiringStore` in memory."""

    def __init__(self, schedules: MemorySchedules, outbox: MemoryOutbox) -> None:
        self._schedules = schedules
        self._outbox = outbox
        self._changes: dict[int, RunChange] = {}
        self._wakes: dict[str, Wake] = {}
        self._seq = 0

    def tell(self, run: Run) -> None:
        """Write down that a live run changed."""
        if run.mode == "live" and run.status != "queued":
            self._seq += 1
            self._changes[self._seq] = RunChange(
                seq=self._seq,
                run_id=run.run_id,
                agent=run.agent,
                status=run.status,
                outcome=run.outcome,
                trigger=run.trigger,
            )

    def add(self, firing: Firing) -> bool:
        """Keep the firing; false when it is known already."""
        with self._schedules.lock:
            return self._rows.setdefault(firing.firing_id, firing) is firing

    def get(self, firing_id: str) -> Firing:
        """Return the firing. Raises: NotFound."""
        if firing_id not in self._rows:
            raise NotFound(f"There is no firing {firing_id!r}")
        return self._rows[firing_id]

    def waiting(self, now: datetime, *, stale: datetime, limit: int = 200) -> tuple[Firing, ...]:
        """Return what is due and pending, or was claimed before `stale` and never begun; the longest waiting first."""
        found = [
            item
            for item in self._rows.values()
            if (item.status == "pending" and item.due_at <= now)
            or (
                item.status == "claimed" and item.claimed_at is not None and item.claimed_at < stale
            )
        ]
        return tuple(sorted(found, key=lambda item: (item.due_at, item.firing_id))[:limit])

    def claimed(self) -> tuple[Firing, ...]:
        """Return what is held by whoever starts it at this moment."""
        held = (item for item in self._rows.values() if item.status == "claimed")
        return tuple(sorted(held, key=lambda item: (str(item.claimed_at), item.firing_id)))

    def claim(self, firing: Firing, *, at: datetime) -> bool:
        """Take a waiting firing as it was seen; only one caller gets true."""
        return self._move(firing, {"status": "claimed", "claimed_at": at})

    def settle(
        self, firing: Firing, status: FiringStatus, *, at: datetime | None = None, note: str = ""
    ) -> bool:
        """Move on a firing that was claimed at `at` (or is pending, with none); false when somebody else has it now."""
        seen = firing
        if at is not None:
            seen = firing.model_copy(update={"status": "claimed", "claimed_at": at})
        return self._move(seen, {"status": status, "note": note, "claimed_at": None})

    def list(self, *, agent: str | None = None, limit: int = 50) -> tuple[Firing, ...]:
        """Return firings, newest first."""
        found = [item for item in self._rows.values() if agent is None or item.agent == agent]
        found.sort(key=lambda item: (item.created_at, item.due_at, item.firing_id), reverse=True)
        return tuple(found[:limit])

    def following(self, run_id: str) -> tuple[Firing, ...]:
        """Return what follows from that run, oldest first."""
        found = [item for item in self._rows.values() if item.parent == run_id]
        return tuple(sorted(found, key=lambda item: (item.created_at, item.firing_id)))

    def changes(self, *, limit: int = 100) -> tuple[RunChange, ...]:
        """Return run changes nobody took up yet, oldest first."""
        return tuple(self._changes.values())[:limit]

    def take_up(
        self,
        change: RunChange,
        *,
        firings: Sequence[Firing] = (),
        messages: Sequence[Message] = (),
        failed: bool | None = None,
    ) -> int | None:
        """Drop the change and keep what follows from it, all or nothing; none when somebody else did.

        With `failed` the agent's schedule counts a failure or starts counting anew; its count is returned.
        """
        with self._schedules.lock:
            if self._changes.pop(change.seq, None) is None:
                return None
            for firing in firings:
                self._rows.setdefault(firing.firing_id, firing)
            for message in messages:
                self._outbox.put(message)
            if failed is None:
                return 0
            return self._schedules.count_failure(change.agent, failed=failed)

    def wake_at(self, wake: Wake) -> None:
        """Wake the thread at that moment, instead of any earlier wish."""
        self._wakes[wake.thread_id] = wake

    def awake(self, now: datetime, *, limit: int = 200) -> tuple[Wake, ...]:
        """Return what is due to be woken."""
        found = [wake for wake in self._wakes.values() if wake.due_at <= now]
        return tuple(sorted(found, key=lambda wake: wake.due_at)[:limit])

    def woken(self, wake: Wake) -> bool:
        """Drop the wish as it was seen; only one caller gets true."""
        with self._schedules.lock:
            if self._wakes.get(wake.thread_id) != wake:
                return False
            del self._wakes[wake.thread_id]
            return True

    def put_off(self, wake: Wake, *, to: datetime) -> bool:
        """Move the wish as it was seen to a later moment; only one caller gets true."""
        with self._schedules.lock:
            if self._wakes.get(wake.thread_id) != wake:
                return False
            self._wakes[wake.thread_id] = wake.model_copy(update={"due_at": to})
            return True

    @property
    def _rows(self) -> dict[str, Firing]:
        return self._schedules.firings

    def _move(self, seen: Firing, changes: dict[str, object]) -> bool:
        with self._schedules.lock:
            kept = self._rows.get(seen.firing_id)
            if kept is None or (kept.status, kept.claimed_at) != (seen.status, seen.claimed_at):
                return False
            self._rows[seen.firing_id] = kept.model_copy(update=changes)
            return True


class MemoryTriggers:
    """The `TriggerStore` in memory."""

    def __init__(self, firings: MemoryFirings) -> None:
        self._firings = firings
        self._rows: dict[str, tuple[Trigger, bytes]] = {}
        self._received: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def add(self, trigger: Trigger, *, sealed: bytes = b"") -> None:
        """Keep a trigger with its sealed keys. Raises: Conflict when the id is taken, or a chain is there already."""
        with self._lock:
            refuse_second(trigger, [kept for kept, _ in self._rows.values()])
            if trigger.trigger_id in self._rows:
                raise Conflict(f"There is a trigger {trigger.trigger_id!r} already")
            self._rows[trigger.trigger_id] = (trigger, sealed)

    def get(self, trigger_id: str) -> Trigger:
        """Return the trigger. Raises: NotFound."""
        return self._one(trigger_id)[0]

    def sealed(self, trigger_id: str) -> bytes:
        """Return its sealed keys. Raises: NotFound."""
        return self._one(trigger_id)[1]

    def set_sealed(self, trigger_id: str, sealed: bytes) -> None:
        """Replace its sealed keys. Raises: NotFound."""
        self._rows[trigger_id] = (self._one(trigger_id)[0], sealed)

    def list(
        self, *, agent: str | None = None, kind: TriggerKind | None = None
    ) -> tuple[Trigger, ...]:
        """Return triggers, oldest first; with `agent` those that start it."""
        found = [
            item
            for item, _ in self._rows.values()
            if (agent is None or item.agent == agent) and (kind is None or item.kind == kind)
        ]
        return tuple(sorted(found, key=lambda item: (item.created_at, item.trigger_id)))

    def after(self, agent: str) -> tuple[Trigger, ...]:
        """Return the enabled chains that follow that agent."""
        return tuple(
            item
            for item in self.list(kind="chain")
            if item.enabled and item.chain is not None and item.chain.after == agent
        )

    def enable(self, trigger_id: str, *, enabled: bool) -> Trigger:
        """Switch it on or off. Raises: NotFound."""
        kept, sealed = self._one(trigger_id)
        changed = kept.model_copy(update={"enabled": enabled})
        self._rows[trigger_id] = (changed, sealed)
        return changed

    def rewire(self, trigger_id: str, chain: Chain) -> Trigger:
        """Let the chain be another one, switched on, under its id. Raises: NotFound."""
        kept, sealed = self._one(trigger_id)
        changed = kept.model_copy(update={"chain": chain, "enabled": True})
        self._rows[trigger_id] = (changed, sealed)
        return changed

    def delete(self, trigger_id: str) -> None:
        """Forget the trigger. Raises: NotFound."""
        self._one(trigger_id)
        del self._rows[trigger_id]
        self._received = {pair for pair in self._received if pair[0] != trigger_id}

    def receive(self, trigger_id: str, message_id: str, firing: Firing) -> bool:
        """Keep a webhook's message id and what it fires, all or nothing; false when the id came before."""
        with self._lock:
            if (trigger_id, message_id) in self._received:
                return False
            self._received.add((trigger_id, message_id))
            self._firings.add(firing)
            return True

    def renamed(self, old: str, new: str) -> None:
        """Let triggers name an agent anew, also those that wait for it."""
        for key, (item, sealed) in list(self._rows.items()):
            if item.agent == old:
                item = item.model_copy(update={"agent": new})
            if item.chain is not None and item.chain.after == old:
                chain = item.chain.model_copy(update={"after": new})
                item = item.model_copy(update={"chain": chain})
            self._rows[key] = (item, sealed)

    def take(self, agent: str) -> tuple[tuple[Trigger, bytes], ...]:
        """Return what starts the agent and forget it."""
        found = [pair for pair in self._rows.values() if pair[0].agent == agent]
        for item, _ in found:
            del self._rows[item.trigger_id]
        return tuple(found)

    def _one(self, trigger_id: str) -> tuple[Trigger, bytes]:
        if trigger_id not in self._rows:
            raise NotFound(f"There is no trigger {trigger_id!r}")
        return self._rows[trigger_id]
