"""What starts and wakes runs by itself, on the real service with its real engine."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from podium.server.composition import Hands, assemble
from podium.server.following import scheduler
from podium.server.records import open_records
from podium.server.roster import Roster
from podium.server.service import Podium
from podium.server.timetable import Timetable, schedule_thread
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.plan import InputSpec
from podium.state.program import OpenArgs, OpenStep, Program, TextShown, WaitArgs, WaitStep
from podium.state.questions import OpenQuestion
from podium.state.sealed import SealedFolder
from podium.state.sql.questions import SqlQuestions
from podium.state.triggers import Chain, Schedule, Trigger
from podium.tools.offline.chooser import OfflineChooser
from podium.tools.running import LocalStepRunner, Patience
from podium.tools.scripted import Screen, ScriptedBrowser, ScriptedSite
from tests.builders import NOON, a_spec
from tests.doubles import ScriptedBuilder, ScriptedPlanner, a_choice
from tests.server.harness import Doubles, deploy, opened, settings_in

DAILY = Schedule(cron="0 8 * * *", words="every day at 8")


async def test_what_is_due_runs_once_though_two_look_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        due = podium.clock.now() - timedelta(seconds=10)
        podium.stores.schedules.set("prices", DAILY, next_at=due)

        begun = await asyncio.gather(*(scheduler(podium).tick() for _ in range(3)))

        (run_id,) = [run for runs in begun for run in runs]
        await podium.settle(run_id)
        (run,) = podium.stores.runs.list()
        assert (run.run_id, run.trigger, run.outcome) == (run_id, "schedule", "success")
        assert podium.stores.firings.list()[0].status == "begun"


async def test_an_agent_follows_another_through_the_engine(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        chain = Trigger(
            trigger_id="chain_1", agent="prices", kind="chain", created_at=NOON,
            chain=Chain(after="prices"),
        )  # fmt: skip
        podium.stores.triggers.add(chain)
        first = await podium.start_run("prices", {}, None)
        await podium.settle(first.thread_id)
        podium.stores.triggers.delete("chain_1")
        assert await scheduler(podium).tick() == (), "the chain was gone when the end was taken up"

        podium.stores.triggers.add(chain)
        second = await podium.start_run("prices", {}, None)
        await podium.settle(second.thread_id)
        (follower,) = await scheduler(podium).tick()
        podium.stores.triggers.delete("chain_1")
        await podium.settle(follower)

        assert podium.stores.runs.get(follower).trigger == "chain"
        assert podium.stores.runs.get(follower).outcome == "success"


async def test_a_question_whose_time_has_come_takes_its_default_and_the_run_goes_on(
    tmp_path: Path,
) -> None:
    asked = a_choice()
    field = asked.fields[0].model_copy(update={"default": asked.fields[0].choices[0]})
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    doubles = Doubles()
    doubles.runner.asks = {
        "two": asked.model_copy(update={"fields": (field,), "expires_at": long_ago})
    }
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)
        assert podium.stores.runs.get(run.run_id).status == "waiting"

        await asyncio.gather(scheduler(podium).tick(), scheduler(podium).tick())
        await podium.settle(run.thread_id)

        kept = podium.stores.runs.get(run.run_id)
        assert (kept.status, kept.outputs["two"]) == ("finished", {field.name: field.default})
        assert podium.stores.questions.open() == ()


async def test_a_run_that_looks_again_later_is_woken_in_another_process(tmp_path: Path) -> None:
    said = ["Running"]
    site = ScriptedSite()
    site.pages = {"/job": lambda _: Screen("Job").text(f"Status: {said[0]}")}
    look = OpenStep(
        id="look",
        title="Look",
        args=OpenArgs(url=f"{site.origin}/job"),
        expect=(TextShown(text="Status: Done"),),
    )
    wait = WaitStep(
        id="wait",
        title="Wait for the job",
        args=WaitArgs(until=look.to_json(), every_s=0.01, timeout_s=600),
    )
    async with on_site(tmp_path, site) as podium:
        spec = a_spec("prices").model_copy(update={"origins": (site.origin,)})
        deploy(podium, spec=spec, program=Program(steps=(wait,)))
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)
        assert podium.stores.runs.get(run.run_id).status == "waiting"
        await scheduler(podium).tick()
        await podium.settle(run.thread_id)
        assert podium.stores.runs.get(run.run_id).status == "waiting", "it is not so yet"

    said[0] = "Done"
    async with on_site(tmp_path, site) as podium:
        await asyncio.gather(scheduler(podium).tick(), scheduler(podium).tick())
        await podium.settle(run.thread_id)

        kept = podium.stores.runs.get(run.run_id)
        assert (kept.status, kept.outcome) == ("finished", "success")
        assert [event.kind for event in podium.stores.events.after(0, thread_id=run.run_id)].count(
            "question.asked"
        ) == 0


@asynccontextmanager
async def on_site(home: Path, site: ScriptedSite) -> AsyncGenerator[Podium]:
    """Yield a process whose runs act on the scripted site."""
    records = open_records(settings_in(home))
    runner = LocalStepRunner(
        browser=ScriptedBrowser(site),
        stores=records.stores,
        artifacts=records.artifacts,
        datasets=records.datasets,
        vault=records.vault,
        chooser=OfflineChooser(),
        clock=records.clock,
        sealed=SealedFolder(home / "sessions"),
        patience=Patience(target_s=0.4, fuzzy_s=0.1, expect_s=0.3, poll_s=0.01),
    )
    hands = Hands(planner=ScriptedPlanner(), builder=ScriptedBuilder(), runner=runner)
    try:
        async with assemble(records, hands, serve=True) as podium:
            yield podium
    finally:
        records.close()


async def test_the_question_of_a_paused_schedule_is_answered_like_any_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        podium.stores.schedules.set("prices", DAILY, next_at=podium.clock.now())
        row = podium.stores.schedules.row("prices").model_copy(update={"failures": 5})
        assert Timetable(podium.stores, podium.clock).paused_by_failures(row)
        thread = schedule_thread(podium.stores.agents.get("prices").agent_id)
        assert [item.agent for item in podium.stores.questions.open()] == ["prices"]

        await podium.answer(thread, {"decision": "resume"})
        await podium.settle(thread)

        assert not podium.stores.schedules.row("prices").stopped
        assert podium.stores.questions.open() == ()
        assert podium.chat_view(thread)["reply"] == "prices goes on by its schedule."


class Dies(Exception):
    """Stands for a process that is killed."""


class DyingQuestions(SqlQuestions):
    """Dies as often as it is told to before it keeps an answer."""

    deaths = 1

    def answer(
        self, question_id: str, answer: JsonObject, *, connection: sa.Connection | None = None
    ) -> OpenQuestion:
        if self.deaths:
            self.deaths -= 1
            raise Dies
        return super().answer(question_id, answer, connection=connection)


async def test_the_question_of_a_paused_schedule_outlives_a_renaming_and_a_death_in_its_answer(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        podium.stores.schedules.set("prices", DAILY, next_at=podium.clock.now())
        row = podium.stores.schedules.row("prices").model_copy(update={"failures": 5})
        Timetable(podium.stores, podium.clock).paused_by_failures(row)
        (asked,) = podium.stores.questions.open()

        Roster(podium.stores, podium.clock).rename("prices", "costs")
        dying = DyingQuestions(podium.stores.engine, clock=podium.clock)
        mortal = Timetable(dataclasses.replace(podium.stores, questions=dying), podium.clock)
        with pytest.raises(Dies):
            mortal.answer(asked, {"decision": "resume"})
        assert [item.question.id for item in podium.stores.questions.open()] == [asked.question.id]
        await podium.answer(asked.thread_id, {"decision": "resume"})

        assert not podium.stores.schedules.row("costs").stopped
        assert podium.stores.questions.open() == ()
        assert podium.chat_view(asked.thread_id)["reply"] == "costs goes on by its schedule."
        with pytest.raises(Conflict):
            mortal.answer(asked, {"decision": "run only when asked"})
        assert podium.stores.schedules.get("costs") == DAILY


async def test_a_day_said_relative_to_today_is_the_run_s_own_unless_one_is_given(
    tmp_path: Path,
) -> None:
    moving = InputSpec(name="day", type="date", default="{date.today-1}")
    note = InputSpec(name="note", default="-")
    spec = a_spec("harvest").model_copy(update={"inputs": (moving, note)})
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium, "harvest", spec=spec)
        given: list[JsonObject] = [{}, {"day": "2026-01-02", "note": "{date.today}"}]
        for inputs in given:
            run = await podium.start_run("harvest", inputs, None)
            await podium.settle(run.thread_id)

    first, last = doubles.runner.contexts[0], doubles.runner.contexts[-1]
    assert first.inputs["day"] == (first.today - timedelta(days=1)).isoformat()
    assert last.inputs == {"day": "2026-01-02", "note": "{date.today}"}


async def test_words_for_a_day_given_to_a_date_are_read_and_others_are_refused_by_the_input_s_name(
    tmp_path: Path,
) -> None:
    day = InputSpec(name="day", type="date")
    called = InputSpec(name="DATE", default="x")
    spec = a_spec("harvest").model_copy(update={"inputs": (day, called)})
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium, "harvest", spec=spec)
        run = await podium.start_run("harvest", {"day": "tomorrow", "DATE": "today"}, None)
        await podium.settle(run.thread_id)
        with pytest.raises(UserError, match="'day' must be a date"):
            await podium.start_run("harvest", {"day": "whenever it suits"}, None)

    seen = doubles.runner.contexts[-1]
    assert seen.inputs == {
        "day": (seen.today + timedelta(days=1)).isoformat(),
        "DATE": seen.today.isoformat(),
    }
