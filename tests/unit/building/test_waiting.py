"""How a wait for rows is compiled: the list as the next steps read it, looked at again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.state.plan import MatchRule, PlannedAgent, PlannedStep
from podium.state.program import Condition, ExtractStep, WaitStep, parse_step
from podium.tools.builder import BuildResult, Draft
from podium.tools.building import SiteBuilder
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench

ROWS = [("P-1", "Ada", "Packed"), ("P-2", "Bo", "Packed"), ("P-3", "Cy", "Collected")]
READ = PlannedStep(id="read", op="extract", title="Read the parcels", thing="parcels")
NUMBER = MatchRule(phrase="whose parcel is P-2", column="parcel", value="P-2")
WAIT = PlannedStep(id="wait", op="wait", title="Wait until", every_s=600, within_s=7200)
OPEN = PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/parcels")


async def built(folder: Path, *steps: PlannedStep) -> BuildResult:
    site = ScriptedSite()
    site.pages = {
        "/parcels": lambda _: Screen("Parcels").table(("Parcel", "Owner", "Status"), ROWS)
    }
    bench = Bench(folder, site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    agent = PlannedAgent(name="watch", goal="Watch", origins=(ORIGIN,), steps=steps)
    result = BuildResult(draft=Draft(build_id="build_1", agent="watch", origins=(ORIGIN,)))
    for planned in steps:
        result = await builder.build_step(planned, agent, result.draft)
        if result.error or result.question is not None:
            break
    return result


@pytest.mark.parametrize("state", ["Collected", "Lost"])
async def test_the_look_reads_what_the_next_steps_keep_also_a_value_that_no_row_has_yet(
    tmp_path: Path, state: str
) -> None:
    status = MatchRule(phrase=f"whose status is {state}", column="status", value=state)
    keep = PlannedStep(id="keep", op="filter", title="Keep", rules=(NUMBER, status))

    result = await built(tmp_path, OPEN, WAIT, READ, keep)

    assert (result.error, result.question) == ("", None)
    steps = result.draft.steps
    assert [(step.id, step.op) for step in steps] == [
        ("open", "open"), ("wait", "wait"), ("read", "extract"), ("keep", "where"),
    ]  # fmt: skip
    wait = steps[1]
    assert isinstance(wait, WaitStep)
    assert (wait.args.every_s, wait.args.timeout_s) == (600, 7200)
    assert wait.args.until is not None
    look = parse_step(wait.args.until)
    assert isinstance(look, ExtractStep)
    assert look.args.url == f"{ORIGIN}/parcels"
    assert look.args.conditions == (
        Condition(column="parcel", cmp="=", value="P-2"),
        Condition(column="status", cmp="=", value=state),
    )


async def test_a_wait_that_nothing_is_read_after_is_refused_with_what_to_say(
    tmp_path: Path,
) -> None:
    result = await built(tmp_path, OPEN, WAIT)

    assert result.error_code == "not_found_on_page"
    assert "order 1042 is shipped" in result.error
