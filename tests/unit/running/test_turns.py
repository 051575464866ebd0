"""A site's rate: a run whose turn comes later ends until then, and nothing of the site is touched before."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from podium.state.program import OpenArgs, OpenStep
from podium.state.sites import SiteRates
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench

OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/"))
GO_ON = {"turn": "go on"}


@pytest.fixture(autouse=True)
def _limited(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: Screen("Home").text("Welcome")}
    bench.rates = SiteRates(per_minute=1)
    bench.restart()


@dataclass
class Start:
    """What the first step of a run came to."""

    waits_s: float | None
    status: str


async def start(bench: Bench, run_id: str, *, answer: dict[str, str] | None = None) -> Start:
    bench.run_id = run_id
    result = await bench.do(OPEN, answer=dict(answer) if answer else None)
    question = result.question
    if question is None or question.expires_at is None:
        return Start(None, result.record.status)
    assert question.timer
    return Start(
        round((question.expires_at - bench.clock.now()).total_seconds()), result.record.status
    )


async def test_the_second_run_of_a_minute_waits_without_a_page(bench: Bench) -> None:
    first = await start(bench, "run_1")
    second = await start(bench, "run_2")

    assert first.status == "done"
    assert second.status == "waiting"
    assert second.waits_s in {59, 60}
    assert not bench.browser.has("run_2")


async def test_its_turn_comes_in_any_process(bench: Bench) -> None:
    await start(bench, "run_1")
    await start(bench, "run_2")

    bench.restart()
    bench.clock.advance(seconds=60)

    assert (await start(bench, "run_2", answer=GO_ON)).status == "done"


async def test_hastening_it_does_not_make_it_come_earlier(bench: Bench) -> None:
    await start(bench, "run_1")
    await start(bench, "run_2")

    assert (await start(bench, "run_2", answer=GO_ON)).status == "waiting"


async def test_waiting_for_a_turn_can_be_ended(bench: Bench) -> None:
    await start(bench, "run_1")
    await start(bench, "run_2")

    await start(bench, "run_2", answer={"turn": "stop"})

    assert bench.results[-1].error_code == "cancelled"


async def test_who_ends_before_its_turn_leaves_it_to_the_next(bench: Bench) -> None:
    await start(bench, "run_1")
    await start(bench, "run_2")
    await bench.runner.finish(bench.context)

    assert (await start(bench, "run_3")).waits_s in {59, 60}


async def test_what_goes_on_after_a_kill_takes_no_second_turn(bench: Bench) -> None:
    await start(bench, "run_1")
    bench.restart()

    assert (await start(bench, "run_1")).status == "done"


async def test_a_test_run_neither_waits_nor_counts(bench: Bench) -> None:
    await start(bench, "run_1")
    bench.mode = "test"

    assert (await start(bench, "run_2")).status == "done"

    bench.mode = "live"
    assert (await start(bench, "run_3")).waits_s in {59, 60}


async def test_what_the_step_was_told_beside_its_turn_still_holds(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {}
    step = OPEN.model_copy(update={"on_error": "ask"})
    await start(bench, "run_1")
    await start(bench, "run_2")
    bench.restart()
    bench.clock.advance(seconds=60)
    bench.run_id = "run_2"
    asked = await bench.do(step, answer={"turn": "go on"})
    assert asked.question is not None
    assert [field.name for field in asked.question.fields] == ["next"]

    ended = await bench.do(step, answer={"turn": "go on", "next": "stop"})

    assert ended.question is None
    assert ended.record.status == "failed"
