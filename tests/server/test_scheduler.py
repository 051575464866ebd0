"""Schedules fire once: with a clock that is told what time it is, and stores of both kinds."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.server.scheduler import Scheduler
from podium.state.errors import UserError
from podium.state.ids import TimeIds
from podium.state.memory import memory_stores
from podium.state.runs import Run
from podium.state.sql import open_stores
from podium.state.stores import Stores
from podium.state.triggers import Schedule, next_fires
from tests.builders import a_program, a_spec
from tests.doubles import Killed
from tests.fakes import CountingIds, FakeClock

MONDAY_8 = datetime(2026, 11, 2, 8, tzinfo=UTC)
WEEKDAYS_8 = Schedule(cron="0 8 * * 1-5")


class Runs:
    """Opens and begins runs in the stores, as the service does; may die in between."""

    def __init__(self, stores: Stores, clock: FakeClock) -> None:
        self._stores = stores
        self._clock = clock
        self.begun: list[str] = []
        self.opened: list[str] = []
        self.dies_before_begin = False
        self.refuses = False

    async def open(self, agent: str, run_id: str) -> Run:
        if self.refuses:
            raise UserError("It needs the input 'month'")
        self.opened.append(run_id)
        run = Run(
            run_id=run_id,
            thread_id=run_id,
            agent=agent,
            version=1,
            trigger="schedule",
            created_at=self._clock.now(),
        )
        return self._stores.runs.create(run)

    async def begin(self, run_id: str) -> None:
        if self.dies_before_begin:
            raise Killed
        self.begun.append(run_id)


class World:
    """A workspace with one agent and a clock."""

    def __init__(self, stores: Stores, clock: FakeClock) -> None:
        self.stores = stores
        self.clock = clock
        self.runs = Runs(stores, clock)

    def schedule(
        self, name: str = "prices", rule: Schedule = WEEKDAYS_8, *, deployed: bool = True
    ) -> None:
        self.stores.agents.create(
            name=name, spec=a_spec(name), program=a_program(), reason="built", author="you"
        )
        if deployed:
            self.stores.agents.activate(name, 1)
        first = next_fires(rule, after=self.clock.now(), count=1)[0]
        self.stores.schedules.set(name, rule, next_at=first)

    def scheduler(self) -> Scheduler:
        return Scheduler(
            stores=self.stores,
            clock=self.clock,
            open_run=self.runs.open,
            begin_run=self.runs.begin,
        )

    async def tick(self) -> tuple[str, ...]:
        return await self.scheduler().tick()

    def next_at(self, agent: str = "prices") -> datetime | None:
        return next(row.next_at for row in self.stores.schedules.list() if row.agent == agent)


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[World]:
    clock = FakeClock(MONDAY_8 - timedelta(hours=1))
    if request.param == "memory":
        yield World(memory_stores(ids=CountingIds(), clock=clock), clock)
        return
    stores = open_stores(f"sqlite:///{tmp_path / 'podium.db'}", TimeIds(), clock)
    yield World(stores, clock)
    stores.close()


async def test_nothing_runs_before_its_time(world: World) -> None:
    world.schedule()

    assert await world.tick() == ()


async def test_what_is_due_runs_once_and_its_next_time_is_kept(world: World) -> None:
    world.schedule()
    world.clock.advance(hours=1)

    first, second = await world.tick(), await world.tick()

    assert len(first) == 1
    assert second == ()
    assert world.runs.begun == list(first)
    assert world.next_at() == MONDAY_8 + timedelta(days=1)
    assert world.stores.runs.get(first[0]).trigger == "schedule"


async def test_every_firing_of_a_week_runs_once(world: World) -> None:
    world.schedule()

    for _ in range(7 * 24 * 4):
        world.clock.advance(minutes=15)
        await world.tick()

    assert len(world.runs.begun) == 5
    assert len(set(world.runs.begun)) == 5


async def test_after_downtime_one_run_makes_up_for_all(world: World) -> None:
    world.schedule()
    world.clock.advance(days=10)

    first, second = await world.tick(), await world.tick()

    assert (len(first), second) == (1, ())
    following = world.next_at()
    assert following is not None
    assert following > world.clock.now()


async def test_of_two_schedulers_one_begins_the_run(world: World) -> None:
    world.schedule()
    world.clock.advance(hours=1)
    rows = world.stores.schedules.due(world.clock.now())
    one, two = world.scheduler(), world.scheduler()

    begun = [await scheduler._fire(rows[0], world.clock.now()) for scheduler in (one, two)]  # pyright: ignore[reportPrivateUsage]  both saw the same row

    assert len(world.runs.begun) == 1
    assert begun[1] is None


async def test_who_dies_before_the_claim_leaves_one_run_to_the_next(world: World) -> None:
    world.schedule()
    world.clock.advance(hours=1)
    row = world.stores.schedules.due(world.clock.now())[0]
    agent = world.stores.agents.get("prices")
    await world.runs.open("prices", f"run_{agent.agent_id}_20261102T080000")

    begun = await world.tick()

    assert row.next_at == MONDAY_8
    assert len(world.stores.runs.list()) == 1
    assert begun == (world.stores.runs.list()[0].run_id,)


async def test_who_dies_after_the_claim_leaves_the_run_queued(world: World) -> None:
    """The service's `recover` begins what is queued and was never begun."""
    world.schedule()
    world.clock.advance(hours=1)
    world.runs.dies_before_begin = True
    with pytest.raises(Killed):
        await world.tick()
    world.runs.dies_before_begin = False

    assert await world.tick() == ()
    assert [run.status for run in world.stores.runs.list()] == ["queued"]


async def test_a_paused_agent_is_passed_over_and_not_made_up_for(world: World) -> None:
    world.schedule()
    world.stores.agents.set_state("prices", "paused")
    world.clock.advance(days=3)

    paused = await world.tick()
    world.stores.agents.set_state("prices", "deployed")
    resumed = await world.tick()
    world.clock.advance(days=1)
    later = await world.tick()

    assert (paused, resumed) == ((), ())
    assert len(later) == 1


async def test_a_draft_does_not_run(world: World) -> None:
    world.schedule(deployed=False)
    world.clock.advance(days=1)

    assert await world.tick() == ()


async def test_an_agent_that_cannot_start_is_told_and_the_others_run(world: World) -> None:
    world.schedule("prices")
    world.clock.advance(hours=1)
    world.runs.refuses = True

    assert await world.tick() == ()
    world.runs.refuses = False
    assert await world.tick() == (), "the firing is used up"

    events = world.stores.events.after(0, thread_id="schedule_prices")
    assert [event.kind for event in events] == ["schedule.failed"]
    assert "month" in str(events[0].data["message"])


@pytest.mark.parametrize(
    ("zone", "day", "count"),
    [("Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC), 3), ("Europe/Berlin", datetime(2026, 10, 24, tzinfo=UTC), 3)],
)  # fmt: skip
async def test_a_night_job_runs_once_in_each_night_of_a_clock_change(
    world: World, zone: str, day: datetime, count: int
) -> None:
    world.clock.moment = day
    world.schedule(rule=Schedule(cron="30 2 * * *", timezone=zone))

    for _ in range(3 * 24 * 4):
        world.clock.advance(minutes=15)
        await world.tick()

    assert len(world.runs.begun) == count


async def test_a_clock_that_goes_back_repeats_nothing(world: World) -> None:
    world.schedule()
    world.clock.advance(hours=1)
    await world.tick()

    world.clock.advance(hours=-2)
    await world.tick()
    world.clock.advance(hours=2)
    await world.tick()

    assert len(world.runs.begun) == 1
