"""A search for one record: by its kind and code, and what is asked when nothing is found; on scripted sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import FillStep
from podium.state.triggers import Schedule
from podium.tools.builder import BuildResult, Draft
from podium.tools.building import SiteBuilder
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench

CHARTERS = [(f"CH-{number}", f"Skipper {number}") for number in range(40, 49)]


def harbour() -> ScriptedSite:
    """Return a site that finds a charter by what its reference says, and nothing by the word `charter`."""

    def page(visit: Visit) -> Screen:
        asked = visit.query.get("search", "")
        rows = [row for row in CHARTERS if asked in row[0]]
        screen = Screen("Charters").form(
            "/charters", (("Search", "search"),), submit="Search", method="get"
        )
        return screen.table(("Reference", "Skipper"), rows) if rows else screen.text("No charters.")

    site = ScriptedSite()
    site.pages = {"/charters": page}
    return site


async def build(folder: Path, words: str, *, daily: bool = False) -> BuildResult:
    bench = Bench(folder, harbour())
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    steps = (
        PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/charters"),
        PlannedStep(id="search", op="search", title="Search", thing=words),
    )
    schedule = Schedule(cron="0 8 * * *", timezone="UTC", words="daily") if daily else None
    agent = PlannedAgent(
        name="finder", goal="Find", origins=(ORIGIN,), steps=steps, schedule=schedule
    )
    result = BuildResult(draft=Draft(build_id="build_1", agent="finder", origins=(ORIGIN,)))
    for planned in steps:
        result = await builder.build_step(planned, agent, result.draft)
        assert not result.error, result.error
    return result


def searched(result: BuildResult) -> list[str]:
    return [step.args.value for step in result.draft.steps if isinstance(step, FillStep)]


@pytest.mark.parametrize("words", ["charter CH-42", "CH-42"])
async def test_a_record_called_by_its_kind_and_code_is_searched_by_its_code(
    tmp_path: Path, words: str
) -> None:
    assert searched(await build(tmp_path, words)) == ["CH-42"]


async def test_a_search_that_finds_nothing_asks_for_other_words(tmp_path: Path) -> None:
    result = await build(tmp_path, "CH-99")

    assert result.question is not None
    assert result.question.title.startswith("Searching for 'CH-99' finds nothing")


async def test_a_search_that_repeats_may_find_nothing_today(tmp_path: Path) -> None:
    result = await build(tmp_path, "CH-99", daily=True)

    assert result.question is None
    assert searched(result) == ["CH-99"]
