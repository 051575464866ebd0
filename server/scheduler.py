"""Starts what is due: one run for each firing, whoever looks and whenever it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from podium.state.clock import Clock
from podium.state.errors import PodiumError
from podium.state.events import Event
from podium.state.runs import Run
from podium.state.stores import ScheduleRow, Stores
from podium.state.triggers import next_fires

POLL_S = 1.0

_log = logging.getLogger("podium.scheduler")


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Looks at the schedules and starts what is due.

    A firing is opened under an id of its own before it is claimed, and begun after: whoever dies in between leaves
    a run that the next one finds, never a second one. After downtime one run makes up for all missed firings.
    """

    stores: Stores
    clock: Clock
    open_run: Callable[[str, str], Awaitable[Run]]
    """(agent, run id) -> the opened run."""
    begin_run: Callable[[str], Awaitable[None]]

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
        """Start what is due now and return the ids of the runs begun."""
        now = self.clock.now()
        await asyncio.to_thread(self._pass_paused, now)
        begun: list[str] = []
        for row in await asyncio.to_thread(self.stores.schedules.due, now):
            run_id = await self._fire(row, now)
            if run_id is not None:
                begun.append(run_id)
        return tuple(begun)

    async def _fire(self, row: ScheduleRow, now: datetime) -> str | None:
        fired = row.next_at
        if fired is None:
            return None
        try:
            agent = await asyncio.to_thread(self.stores.agents.get, row.agent)
            run_id = f"run_{agent.agent_id}_{fired.astimezone(UTC):%Y%m%dT%H%M%S}"
            run = await self.open_run(row.agent, run_id)
        except PodiumError as error:
            await asyncio.to_thread(self._told, row, error)
            await asyncio.to_thread(self._claim, row, now)
            return None
        if not await asyncio.to_thread(self._claim, row, now) or run.status != "queued":
            return None
        await self.begin_run(run.run_id)
        return run.run_id

    def _claim(self, row: ScheduleRow, now: datetime) -> bool:
        assert row.next_at is not None
        following = next_fires(row.schedule, after=now, count=1)
        return self.stores.schedules.claim(
            row.agent, fired=row.next_at, next_at=following[0] if following else None
        )

    def _pass_paused(self, now: datetime) -> None:
        """Move paused schedules on, so that resuming an agent starts no run for the time it was paused."""
        for row in self.stores.schedules.list():
            if row.paused and row.next_at is not None and row.next_at <= now:
                self._claim(row, now)

    def _told(self, row: ScheduleRow, error: PodiumError) -> None:
        _log.warning("schedule.failed agent=%s %s", row.agent, error.message)
        event = Event(
            thread_id=f"schedule_{row.agent}",
            kind="schedule.failed",
            at=self.clock.now(),
            data={"agent": row.agent, "code": error.code, "message": error.message},
        )
        self.stores.events.append(event)
