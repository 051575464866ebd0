"""`wait` between looks: each look ends, and the next one finds the page as it is then."""

from __future__ import annotations

import pytest

from podium.state.errors import InvalidProgram
from podium.state.program import (
    ExtractArgs,
    ExtractStep,
    OpenArgs,
    OpenStep,
    Program,
    TextShown,
    WaitArgs,
    WaitStep,
    check_program,
)
from podium.state.stores import Row
from podium.tools.grounding.lists import describe_list
from podium.tools.runner import StepResult
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench, target

OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/"))
LOOK = OpenStep(
    id="look",
    title="Look",
    args=OpenArgs(url=f"{ORIGIN}/job"),
    expect=(TextShown(text="Status: Done"),),
)


@pytest.fixture
def status(site: ScriptedSite) -> list[str]:
    """Serve a job whose status a test changes."""
    said = ["Running"]

    def job(_: Visit) -> Screen:
        screen = Screen("Job").text(f"Status: {said[0]}")
        return screen.link("Download the result", "/file") if said[0] == "Done" else screen

    site.pages = {"/": job, "/job": job}
    return said


def watching(**args: object) -> WaitStep:
    given = {"until": LOOK.to_json(), "every_s": 600, "timeout_s": 172_800, **args}
    return WaitStep(id="wait", title="Wait for the job", args=WaitArgs.model_validate(given))


def parked(result: StepResult) -> bool:
    return result.question is not None and result.question.timer


async def test_what_is_not_there_yet_is_looked_for_again_later(
    bench: Bench, status: list[str]
) -> None:
    first = (await bench.run(OPEN, watching()))[-1]
    assert first.question is not None
    assert first.question.expires_at is not None
    assert (first.question.expires_at - bench.clock.now()).total_seconds() == 600
    assert first.question.default == {"next": "look again"}

    bench.restart()
    bench.clock.advance(minutes=10)
    again = await bench.do(watching(), answer={"next": "look again"})
    status[0] = "Done"
    bench.restart()
    bench.clock.advance(minutes=10)
    last = await bench.do(watching(), answer={"next": "look again"})

    assert parked(again)
    assert last.record.status == "done"
    assert last.record.evidence["waited_s"] == 1200


async def test_rows_with_long_keys_that_begin_alike_have_a_clock_each(
    bench: Bench, status: list[str]
) -> None:
    await bench.run(OPEN)
    address = "https://shop.test/jobs/" * 5
    one: Row = {"_key": f"{address}1"}
    other: Row = {"_key": f"{address}2"}

    await bench.do(watching(), item=one)
    bench.clock.advance(minutes=10)
    await bench.do(watching(), item=other)
    status[0] = "Done"
    bench.clock.advance(minutes=10)
    ends = [await bench.do(watching(), item=row) for row in (one, other)]

    assert [end.record.evidence["waited_s"] for end in ends] == [1200, 600]


async def test_a_look_of_a_timer_keeps_no_picture(bench: Bench, status: list[str]) -> None:
    look = (await bench.run(OPEN, watching()))[-1]

    assert look.question is not None
    assert look.question.evidence == ()
    assert "screenshot" not in look.record.evidence


async def test_each_look_loads_the_page_anew(bench: Bench, status: list[str]) -> None:
    done = Screen("Job").link("Download the result", "/file")
    step = watching(until=None, target=target(done, "Download the result"))

    first = (await bench.run(OPEN, step))[-1]
    status[0] = "Done"
    second = await bench.do(step, answer={"next": "look again"})

    assert parked(first)
    assert second.record.status == "done"


async def test_a_list_is_looked_at_for_a_row(bench: Bench, site: ScriptedSite) -> None:
    rows = [("A-1", "Open")]
    site.pages = {"/": lambda _: Screen("Orders").table(("Number", "Status"), rows)}
    snapshot = Screen("Orders").table(("Number", "Status"), rows).snapshot(f"{ORIGIN}/", {})
    look = ExtractStep(
        id="look",
        title="Look",
        args=ExtractArgs.model_validate(
            {
                "list": describe_list(snapshot.collections[0], snapshot),
                "url": f"{ORIGIN}/",
                "conditions": [
                    {"column": "number", "cmp": "=", "value": "A-1"},
                    {"column": "status", "cmp": "=", "value": "Shipped"},
                ],
            }
        ),
    )
    step = watching(until=look.to_json())

    first = (await bench.run(OPEN, step))[-1]
    rows[0] = ("A-1", "Shipped")
    second = await bench.do(step, answer={"next": "look again"})

    assert parked(first)
    assert second.record.status == "done"


async def test_it_ends_when_its_time_is_up(bench: Bench, status: list[str]) -> None:
    await bench.run(OPEN, watching())
    bench.clock.advance(days=2, minutes=1)

    late = await bench.do(watching(), answer={"next": "look again"})

    assert (late.record.status, late.error_code) == ("failed", "timeout")


async def test_a_person_may_end_it(bench: Bench, status: list[str]) -> None:
    await bench.run(OPEN, watching())

    assert (await bench.do(watching(), answer={"next": "stop waiting"})).error_code == "cancelled"


async def test_a_look_that_fails_is_no_look_that_found_nothing(
    bench: Bench, site: ScriptedSite, status: list[str]
) -> None:
    del site.pages["/job"]

    assert (await bench.run(OPEN, watching()))[-1].error_code == "http_status"


@pytest.mark.parametrize(
    "args",
    [
        {"every_s": 1},
        {"every_s": 0},
        {"target": {"role": "button", "name": "Go"}},
        {"until": None},
        {"until": {**LOOK.to_json(), "effect": "write"}},
    ],
    ids=["too often", "never", "both", "neither", "a write"],
)
def test_a_wait_that_makes_no_sense_is_no_program(args: dict[str, object]) -> None:
    with pytest.raises(InvalidProgram):
        check_program(Program(steps=(watching(**args),)))


async def test_a_test_looks_once_and_goes_on(bench: Bench, status: list[str]) -> None:
    bench.mode = "test"

    last = (await bench.run(OPEN, watching()))[-1]

    assert last.question is None
    assert last.record.status == "done"
    assert "not so yet" in last.record.message
