"""Schedules fire once: with a clock that is told what time it is, and stores of both kinds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.server.scheduler import STALE_S, Scheduler
from podium.server.timetable import Timetable, schedule_thread
from podium.state.document import JsonObject
from podium.state.errors import NotFound, UserError
from podium.state.events import Event
from podium.state.firings import Firing, Wake
from podium.state.ids import TimeIds
from podium.state.memory import memory_stores
from podium.state.recurrence import Days, Part, Rule
from podium.state.runs import Outcome, Run
from podium.state.sql import open_stores
from podium.state.stores import Stores
from podium.state.triggers import Chain, Schedule, Trigger, next_fires
from tests.builders import NOON, a_program, a_spec
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
        self.woken: list[str] = []
        self.dies_before_open = False
        self.dies_before_begin = False
        self.refuses = False
        self.finishes = True
        """Whether a run is done as soon as it is begun."""

    async def open(self, firing: Firing) -> Run:
        if self.dies_before_open:
            raise Killed
        if self.refuses:
            raise UserError("It needs the input 'month'")
        run = Run(
            run_id=firing.run_id,
            thread_id=firing.run_id,
            agent=firing.agent,
            version=1,
            inputs=firing.inputs,
            trigger=firing.cause,
            created_at=self._clock.now(),
        )
        return self._stores.runs.create(run)

    async def begin(self, run_id: str) -> None:
        if self.dies_before_begin:
            raise Killed
        if run_id in self.begun:
            return
        self.begun.append(run_id)
        self._stores.runs.replace(self._stores.runs.get(run_id).move("running"))
        if self.finishes:
            self.finish(run_id)

    def finish(self, run_id: str, outcome: Outcome = "success") -> None:
        run = self._stores.runs.get(run_id)
        self._stores.runs.replace(
            run.move("finished", outcome=outcome, finished_at=self._clock.now())
        )

    async def cancel(self, run_id: str) -> None:
        self.finish(run_id, "cancelled")

    async def wake(self, wake: Wake) -> None:
        self.woken.append(wake.thread_id)


class World:
    """A workspace with one agent and a clock."""

    def __init__(self, stores: Stores, clock: FakeClock) -> None:
        self.stores = stores
        self.clock = clock
        self.runs = Runs(stores, clock)

    def schedule(
        self,
        name: str = "prices",
        rule: Schedule = WEEKDAYS_8,
        *,
        deployed: bool = True,
        secrets: tuple[str, ...] = (),
    ) -> None:
        spec = a_spec(name).model_copy(update={"secrets": secrets})
        self.stores.agents.create(
            name=name, spec=spec, program=a_program(), reason="built", author="you"
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
            cancel_run=self.runs.cancel,
            wake=self.runs.wake,
        )

    def timetable(self) -> Timetable:
        return Timetable(self.stores, self.clock)

    def events(self, agent: str = "prices") -> tuple[Event, ...]:
        thread = schedule_thread(self.stores.agents.get(agent).agent_id)
        return self.stores.events.after(0, thread_id=thread)

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


async def test_schedulers_that_look_at_once_begin_every_run_once(world: World) -> None:
    names = [f"prices-{number}" for number in range(12)]
    for name in names:
        world.schedule(name)
    world.clock.advance(hours=1)

    begun = await asyncio.gather(*(world.tick() for _ in range(4)))

    assert sorted(run for runs in begun for run in runs) == sorted(set(world.runs.begun))
    assert len(world.runs.begun) == len(names)
    assert len(world.stores.runs.list()) == len(names)


async def test_who_dies_before_the_run_is_opened_leaves_it_to_the_next(world: World) -> None:
    world.schedule()
    world.clock.advance(hours=1)
    world.runs.dies_before_open = True
    with pytest.raises(Killed):
        await world.tick()
    world.runs.dies_before_open = False

    assert await world.tick() == (), "the dead one may only be slow"
    world.clock.advance(seconds=STALE_S + 1)
    assert len(await world.tick()) == 1
    assert len(world.runs.begun) == 1


async def test_who_dies_before_the_run_is_begun_leaves_that_run_to_the_next(world: World) -> None:
    world.schedule()
    world.clock.advance(hours=1)
    world.runs.dies_before_begin = True
    with pytest.raises(Killed):
        await world.tick()
    world.runs.dies_before_begin = False
    world.clock.advance(seconds=STALE_S + 1)

    begun = await world.tick()

    assert [run.run_id for run in world.stores.runs.list()] == list(begun)
    assert world.runs.begun == list(begun)


async def test_after_downtime_nothing_is_made_up_for_when_it_shall_not(world: World) -> None:
    world.schedule(rule=WEEKDAYS_8.model_copy(update={"missed": "skip"}))
    world.clock.advance(days=10)

    assert await world.tick() == ()
    kinds = [event.kind for event in world.events()]
    assert kinds == ["schedule.missed"]

    world.clock.moment = datetime(2026, 11, 12, 8, 0, 30, tzinfo=UTC)
    assert len(await world.tick()) == 1, "half a minute late is not missed"


async def test_after_downtime_all_are_made_up_for_up_to_the_cap(world: World) -> None:
    rule = WEEKDAYS_8.model_copy(update={"missed": "all", "cap": 3, "overlap": "queue"})
    world.schedule(rule=rule)
    world.clock.advance(days=10)

    for _ in range(5):
        await world.tick()

    days = [run.run_id[-15:-7] for run in world.stores.runs.list()]
    assert sorted(days) == ["20261109", "20261110", "20261111"]


async def test_a_firing_is_left_out_while_the_run_before_goes_on(world: World) -> None:
    world.schedule()
    world.runs.finishes = False
    world.clock.advance(hours=1)
    (first,) = await world.tick()
    world.clock.advance(days=1)

    assert await world.tick() == ()

    assert [item.status for item in world.stores.firings.list()] == ["skipped", "begun"]
    assert world.events()[-1].kind == "schedule.skipped"
    world.runs.finish(first)
    world.clock.advance(days=1)
    assert len(await world.tick()) == 1


async def test_firings_wait_in_line_while_the_run_before_goes_on(world: World) -> None:
    world.schedule(rule=WEEKDAYS_8.model_copy(update={"overlap": "queue", "cap": 2}))
    world.runs.finishes = False
    world.clock.advance(hours=1)
    (first,) = await world.tick()
    for _ in range(3):
        world.clock.advance(days=1)
        assert await world.tick() == ()

    statuses = [item.status for item in world.stores.firings.list()]
    assert statuses == ["skipped", "pending", "pending", "begun"], "two may wait"
    world.runs.finish(first)
    (second,) = await world.tick()
    assert await world.tick() == (), "one at a time"
    world.runs.finish(second)
    assert len(await world.tick()) == 1


async def test_the_run_before_is_cancelled_when_it_shall_be(world: World) -> None:
    world.schedule(rule=WEEKDAYS_8.model_copy(update={"overlap": "cancel_previous"}))
    world.runs.finishes = False
    world.clock.advance(hours=1)
    (first,) = await world.tick()
    world.clock.advance(days=1)

    (second,) = await world.tick()

    assert world.stores.runs.get(first).outcome == "cancelled"
    assert world.stores.runs.get(second).status == "running"


async def test_runs_that_share_a_credential_follow_each_other(world: World) -> None:
    rule = WEEKDAYS_8.model_copy(update={"exclusive": True})
    world.schedule("invoices", rule, secrets=("portal",))
    world.schedule("orders", rule, secrets=("portal", "other"))
    world.schedule("weather", rule, secrets=("sky",))
    world.runs.finishes = False
    world.clock.advance(hours=1)

    begun = [run for runs in await asyncio.gather(world.tick(), world.tick()) for run in runs]

    agents = sorted(world.stores.runs.get(run).agent for run in begun)
    assert len(agents) == 2
    assert "weather" in agents
    first = next(run for run in begun if world.stores.runs.get(run).agent != "weather")
    world.runs.finish(first)
    (then,) = await world.tick()
    assert {world.stores.runs.get(run).agent for run in (first, then)} == {"invoices", "orders"}


async def test_a_schedule_whose_runs_keep_failing_pauses_and_asks(world: World) -> None:
    world.schedule(rule=WEEKDAYS_8.model_copy(update={"pause_after": 2}))
    world.runs.finishes = False
    world.clock.advance(hours=1)
    for _ in range(2):
        (run,) = await world.tick()
        world.runs.finish(run, "fail")
        world.clock.advance(days=1)

    assert await world.tick() == ()

    row = world.stores.schedules.row("prices")
    assert (row.stopped, row.failures) == (True, 2)
    (opened,) = world.stores.questions.open()
    assert opened.agent == "prices"
    assert "2 times in a row" in opened.question.title
    world.timetable().answer(opened, {"decision": "resume"})
    assert world.stores.questions.open() == ()
    world.clock.advance(days=1)
    assert len(await world.tick()) == 1, "it starts counting anew"


async def test_a_good_run_in_between_keeps_the_schedule_on(world: World) -> None:
    world.schedule(rule=WEEKDAYS_8.model_copy(update={"pause_after": 2}))
    world.runs.finishes = False
    world.clock.advance(hours=1)
    for outcome in ("fail", "success", "fail", "cancelled", "partial"):
        (run,) = await world.tick()
        world.runs.finish(run, outcome)
        await world.tick()
        world.clock.advance(days=1 if world.clock.now().weekday() < 4 else 3)

    assert not world.stores.schedules.row("prices").stopped


async def test_a_schedule_can_be_paused_resumed_and_skipped(world: World) -> None:
    world.schedule()
    timetable = world.timetable()
    timetable.pause("prices")
    world.clock.advance(days=3)
    assert await world.tick() == ()

    timetable.resume("prices")
    assert await world.tick() == (), "what passed is not made up for"
    assert world.next_at() == datetime(2026, 11, 5, 8, tzinfo=UTC)

    row = timetable.skip("prices")
    assert row.next_at == datetime(2026, 11, 6, 8, tzinfo=UTC)
    world.clock.advance(hours=2)
    assert await world.tick() == ()
    with pytest.raises(NotFound):
        timetable.pause("nobody")


async def test_a_single_moment_fires_once_and_never_again(world: World) -> None:
    rule = Rule(parts=(Part(times=("08:00",), days=Days(dates=("2026-11-03",))),))
    world.schedule(rule=Schedule(rule=rule))
    world.clock.advance(days=1, hours=1)

    assert len(await world.tick()) == 1
    assert world.next_at() is None
    world.clock.advance(days=400)
    assert await world.tick() == ()


async def test_another_agent_follows_a_good_run_with_its_outputs(world: World) -> None:
    world.schedule()
    world.schedule("report", deployed=True)
    world.stores.schedules.delete("report")
    chain = Chain(
        after="prices", inputs={"file": "{outputs.file}", "title": "Prices of {outputs.day}"}
    )
    world.stores.triggers.add(
        Trigger(trigger_id="trg", agent="report", kind="chain", chain=chain, created_at=NOON)
    )
    world.runs.finishes = False
    world.clock.advance(hours=1)
    (first,) = await world.tick()
    run = world.stores.runs.get(first)
    outputs: JsonObject = {"file": {"name": "a.csv"}, "day": "Monday"}
    world.stores.runs.replace(
        run.move("finished", outcome="success", outputs=outputs, finished_at=NOON)
    )

    begun = await asyncio.gather(world.tick(), world.tick())

    (follower,) = [run for runs in begun for run in runs]
    kept = world.stores.runs.get(follower)
    assert (kept.agent, kept.trigger) == ("report", "chain")
    assert kept.inputs == {"file": {"name": "a.csv"}, "title": "Prices of Monday"}


async def test_nobody_follows_a_run_that_failed_or_lacks_the_output(world: World) -> None:
    world.schedule()
    chain = Chain(after="prices", inputs={"file": "{outputs.file}"})
    world.stores.triggers.add(
        Trigger(trigger_id="trg", agent="report", kind="chain", chain=chain, created_at=NOON)
    )
    world.runs.finishes = False
    for outcome in ("fail", "success"):
        world.clock.advance(days=1 if outcome == "success" else 0, hours=1)
        (run,) = await world.tick()
        world.runs.finish(run, outcome)
        assert await world.tick() == ()

    (event,) = world.stores.events.after(0, thread_id=schedule_thread("report"))
    assert (event.kind, event.data["message"]) == (
        "trigger.failed",
        "The run before has no output 'file'",
    )


async def test_what_waits_for_a_moment_is_woken_once(world: World) -> None:
    wake = Wake(thread_id="run_1", due_at=world.clock.now() + timedelta(hours=1), question_id="q")
    world.stores.firings.wake_at(wake)
    await world.tick()
    assert world.runs.woken == []
    world.clock.advance(hours=1)

    await asyncio.gather(world.tick(), world.tick())
    await world.tick()

    assert world.runs.woken == ["run_1"]


async def test_a_year_of_downtime_is_looked_through_quickly(world: World) -> None:
    world.schedule(rule=Schedule(cron="* * * * *", missed="all", cap=5, overlap="queue"))
    world.clock.advance(days=365)

    started = time.process_time()
    await world.tick()

    assert len(world.stores.firings.list()) == 5
    assert time.process_time() - started < 5


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

    events = world.events()
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
