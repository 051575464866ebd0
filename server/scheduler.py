"""Starts what is due: one run for each firing, whoever looks and whenever it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from podium.server.changes import Changes
from podium.server.timetable import Timetable
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import NotFound, PodiumError
from podium.state.firings import Firing, FiringStatus, Wake
from podium.state.runs import Run
from podium.state.stores import ScheduleRow, Stores
from podium.state.triggers import Schedule, next_fire, recent_fires

POLL_S = 1.0
LATE_S = 90
"""A firing that is looked at later than this was missed."""
_MOST_WAITING = 5000
STALE_S = 60
"""Who claimed a firing and did not begin its run for so long is taken to be dead."""

_log = logging.getLogger("podium.scheduler")


@dataclass(frozen=True, slots=True)
class Scheduler:
    """One loop over the tables; any number of them, in any number of processes, may look at once.

    A firing is written down in the transaction that moves its schedule on, and begun after: whoever dies in between
    leaves a firing that the next one finds, under the run id it was given, never a second one.
    """

    stores: Stores
    clock: Clock
    open_run: Callable[[Firing], Awaitable[Run]]
    """Keeps the run of a firing under its id; the same firing twice is the same run."""
    begin_run: Callable[[str], Awaitable[None]]
    """Queues the first segment of a run; a second time it does nothing."""
    cancel_run: Callable[[str], Awaitable[object]]
    wake: Callable[[Wake], Awaitable[None]]

    async def run(self, stopping: asyncio.Event, *, poll_s: float = POLL_S) -> None:
        """Tick until told to stop."""
        while not stopping.is_set():
            try:
                await self.tick()
            except PodiumError as error:
                # Such as a database that is locked for long: the next tick finds the same firings.
                _log.warning("scheduler.tick_failed %s", error.message)
            try:
                await asyncio.wait_for(stopping.wait(), timeout=poll_s)
            except TimeoutError:
                continue

    async def tick(self) -> tuple[str, ...]:
        """Do what is due now and return the ids of the runs begun."""
        await asyncio.to_thread(Changes(self.stores, self.clock).take_up)
        now = self.clock.now()  # after it: what follows from a change is due already
        await asyncio.to_thread(self._write_down, now)
        begun = [firing for firing in await self._promising(now) if await self._start(firing, now)]
        for wake in await asyncio.to_thread(self.stores.firings.awake, now):
            await self._wake(wake, now)
        return tuple(firing.run_id for firing in begun)

    async def start(self, firings: Sequence[Firing]) -> None:
        """Start those that wait, also after somebody who claimed them and died, whatever else is due."""
        now = self.clock.now()
        for firing in firings:
            if is_free(firing, now=now):
                await self._start(firing, now)

    async def _promising(self, now: datetime) -> tuple[Firing, ...]:
        """Return what waits to start, without that which a look at the unfinished runs holds back."""
        stale = now - timedelta(seconds=STALE_S)
        waiting = await asyncio.to_thread(
            self.stores.firings.waiting, now, stale=stale, limit=_MOST_WAITING
        )
        if not waiting:
            return ()
        unfinished = await asyncio.to_thread(self.stores.runs.unfinished)
        busy = {run.agent for run in unfinished}
        held = {
            name
            for name in busy & {firing.agent for firing in waiting if firing.cause == "schedule"}
            if (schedule := await asyncio.to_thread(self.stores.schedules.get, name)) is not None
            and schedule.overlap == "queue"
        }
        known = {run.run_id for run in unfinished}
        in_line: dict[str, int] = {}
        found: list[Firing] = []
        for firing in waiting:
            in_line[firing.agent] = in_line.get(firing.agent, 0) + 1
            if firing.agent not in held or firing.run_id in known or in_line[firing.agent] > 1:
                found.append(firing)
        return tuple(found)

    # -- Writing down what fires ---------------------------------------------------------------------

    def _write_down(self, now: datetime) -> None:
        for row in self.stores.schedules.passed(now):
            self._move_on(row, now, ())
        timetable = Timetable(self.stores, self.clock)
        for row in self.stores.schedules.due(now):
            try:
                if timetable.paused_by_failures(row):
                    continue
                self._fire(row, now)
            except PodiumError as error:
                # Such as an agent that was deleted just now: the others are due all the same.
                timetable.tell(row.agent, "schedule.failed", {"message": error.message})

    def _fire(self, row: ScheduleRow, now: datetime) -> None:
        assert row.next_at is not None, "what is due has a moment"
        wanted, missed = occasions(row.schedule, since=row.next_at, now=now)
        agent = self.stores.agents.get(row.agent)
        firings = tuple(
            Firing(
                firing_id=f"schedule:{agent.agent_id}:{_stamp(moment)}",
                agent=row.agent,
                cause="schedule",
                run_id=f"run_{agent.agent_id}_{_stamp(moment)}",
                due_at=moment,
                created_at=now,
            )
            for moment in wanted
        )
        if self._move_on(row, now, firings) and missed:
            self._tell(row.agent, "schedule.missed", {"policy": row.schedule.missed})

    def _move_on(self, row: ScheduleRow, now: datetime, firings: tuple[Firing, ...]) -> bool:
        assert row.next_at is not None, "what is due has a moment"
        return self.stores.schedules.claim(
            row.agent,
            fired=row.next_at,
            next_at=next_fire(row.schedule, after=now),
            firings=firings,
        )

    # -- Starting --------------------------------------------------------------------------------------

    async def _start(self, firing: Firing, now: datetime) -> bool:
        if not await asyncio.to_thread(self.stores.firings.claim, firing, at=now):
            return False
        try:
            obstacle = await asyncio.to_thread(self._obstacle, firing, now)
            if obstacle is not None:
                await asyncio.to_thread(self._step_back, firing, now, obstacle)
                return False
            for run in await asyncio.to_thread(self._to_cancel, firing):
                await self.cancel_run(run.run_id)
            run = await self.open_run(firing)
            if run.status == "queued":
                await self.begin_run(run.run_id)
        except PodiumError as error:
            await asyncio.to_thread(self._failed, firing, now, error)
            return False
        return await asyncio.to_thread(self.stores.firings.settle, firing, "begun", at=now)

    def _obstacle(self, firing: Firing, now: datetime) -> Obstacle | None:
        schedule = self._schedule_of(firing)
        if schedule is None or self._opened(firing):
            return None
        ahead = self._ahead_of(firing, now)
        if schedule.overlap != "cancel_previous" and self._same_agent_busy(firing, ahead):
            if schedule.overlap == "skip":
                return Obstacle(final=True, note="the run before is not finished")
            return self._in_line(firing, schedule)
        if schedule.exclusive and self._credential_busy(firing, ahead):
            return Obstacle(final=False, note="another run uses the same credential")
        return None

    def _opened(self, firing: Firing) -> bool:
        """Return whether somebody who died since had opened its run."""
        try:
            self.stores.runs.get(firing.run_id)
        except NotFound:
            return False
        return True

    def _schedule_of(self, firing: Firing) -> Schedule | None:
        return self.stores.schedules.get(firing.agent) if firing.cause == "schedule" else None

    def _ahead_of(self, firing: Firing, now: datetime) -> tuple[Firing, ...]:
        """Return what others hold and began to start before this one: of two that look at once one goes first."""
        mine = (now, firing.firing_id)
        return tuple(
            item
            for item in self.stores.firings.claimed()
            if item.firing_id != firing.firing_id
            and item.claimed_at is not None
            and (item.claimed_at, item.firing_id) < mine
        )

    def _same_agent_busy(self, firing: Firing, ahead: tuple[Firing, ...]) -> bool:
        unfinished = self.stores.runs.unfinished(agent=firing.agent)
        return any(run.run_id != firing.run_id for run in unfinished) or any(
            item.agent == firing.agent for item in ahead
        )

    def _in_line(self, firing: Firing, schedule: Schedule) -> Obstacle:
        line = [
            item
            for item in self.stores.firings.list(agent=firing.agent, limit=schedule.cap + 50)
            if item.status in {"pending", "claimed"} and item.cause == "schedule"
        ]
        place = sum(
            (item.due_at, item.firing_id) < (firing.due_at, firing.firing_id) for item in line
        )
        if place >= schedule.cap:
            return Obstacle(final=True, note=f"{schedule.cap} firings wait already")
        return Obstacle(final=False, note="the run before is not finished")

    def _credential_busy(self, firing: Firing, ahead: tuple[Firing, ...]) -> bool:
        mine = set(self.stores.agents.version(firing.agent).spec.secrets)
        if not mine:
            return False
        running = {
            run.agent
            for run in self.stores.runs.unfinished()
            if run.status in {"queued", "running"} and run.run_id != firing.run_id
        }
        others = (running | {item.agent for item in ahead}) - {firing.agent}
        return any(mine & set(self.stores.agents.version(name).spec.secrets) for name in others)

    def _to_cancel(self, firing: Firing) -> tuple[Run, ...]:
        schedule = self._schedule_of(firing)
        if schedule is None or schedule.overlap != "cancel_previous":
            return ()
        unfinished = self.stores.runs.unfinished(agent=firing.agent)
        return tuple(run for run in unfinished if run.run_id != firing.run_id)

    def _step_back(self, firing: Firing, now: datetime, obstacle: Obstacle) -> None:
        status: FiringStatus = "skipped" if obstacle.final else "pending"
        settled = self.stores.firings.settle(firing, status, at=now, note=obstacle.note)
        if settled and obstacle.final:
            data: JsonObject = {"due_at": firing.due_at.isoformat(), "reason": obstacle.note}
            self._tell(firing.agent, "schedule.skipped", data)

    def _failed(self, firing: Firing, now: datetime, error: PodiumError) -> None:
        _log.warning("firing.failed agent=%s %s", firing.agent, error.message)
        if self.stores.firings.settle(firing, "failed", at=now, note=error.message):
            data: JsonObject = {
                "agent": firing.agent, "cause": firing.cause, "code": error.code, "message": error.message,
            }  # fmt: skip
            self._tell(firing.agent, f"{_event_of(firing)}.failed", data)

    async def _wake(self, wake: Wake, now: datetime) -> None:
        # Held for a while first: who dies while waking leaves it to the next.
        later = now + timedelta(seconds=STALE_S)
        if not await asyncio.to_thread(self.stores.firings.put_off, wake, to=later):
            return
        try:
            await self.wake(wake)
        except PodiumError as error:
            _log.warning("wake.failed thread=%s %s", wake.thread_id, error.message)
        held = wake.model_copy(update={"due_at": later})
        await asyncio.to_thread(self.stores.firings.woken, held)

    def _tell(self, agent: str, kind: str, data: JsonObject) -> None:
        Timetable(self.stores, self.clock).tell(agent, kind, data)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a firing cannot start now."""

    final: bool
    """It is left out; otherwise it waits."""
    note: str


def is_free(firing: Firing, *, now: datetime) -> bool:
    """Return whether a firing waits to start and nobody is at it; who claimed it long ago is dead."""
    if firing.status == "claimed" and firing.claimed_at is not None:
        return firing.claimed_at < now - timedelta(seconds=STALE_S)
    return firing.status == "pending"


def occasions(
    schedule: Schedule, *, since: datetime, now: datetime
) -> tuple[tuple[datetime, ...], bool]:
    """Return which of the moments from `since` to `now` shall start a run, and whether any was missed."""
    most = schedule.cap if schedule.missed == "all" else 1
    # None when the rule changed under a time that was kept.
    found = recent_fires(schedule, since=since, until=now, most=most + 1)
    latest = found[-1] if found else since
    on_time = now - latest <= timedelta(seconds=LATE_S)
    missed = len(found) > 1 or not on_time
    if schedule.missed == "skip":
        return ((latest,) if on_time else ()), missed
    return (found[-most:] or (since,)), missed


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S}"


def _event_of(firing: Firing) -> str:
    return "schedule" if firing.cause == "schedule" else "trigger"
