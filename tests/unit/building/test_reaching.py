"""How a build finds a list and reads it, on scripted sites."""

from __future__ import annotations

from pathlib import Path

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import ExtractStep, RowCount, WhereStep
from podium.tools.builder import BuildResult, Draft
from podium.tools.building import SiteBuilder
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench

BOOKS = (("العنوان", "السعر"), [("كتاب", "10"), ("كتب", "12")])


STORE = PlannedStep(id="store", op="store", title="Store", dataset="rows")


async def build(
    folder: Path, screen: Screen, thing: str, *, path: str = "/x", then: PlannedStep = STORE
) -> BuildResult:
    site = ScriptedSite()
    site.pages = {path: lambda _: screen}
    bench = Bench(folder, site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    steps = (
        PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}{path}"),
        PlannedStep(id="reach", op="reach", title="Find", thing=thing, kind="list"),
        PlannedStep(id="read", op="extract", title=f"Read the {thing}", thing=thing),
        then,
    )
    agent = PlannedAgent(name="reader", goal="Read", origins=(ORIGIN,), steps=steps)
    result = BuildResult(draft=Draft(build_id="build_1", agent="reader", origins=(ORIGIN,)))
    for planned in steps:
        result = await builder.build_step(planned, agent, result.draft)
        if result.error or result.question is not None:
            break
    return result


async def test_the_one_list_at_the_given_address_is_taken_whatever_its_language(
    tmp_path: Path,
) -> None:
    result = await build(tmp_path, Screen("الكتب").table(*BOOKS), "books")

    assert result.question is None
    assert [step.op for step in result.draft.steps] == ["open", "extract", "store"]


async def test_a_list_that_is_called_otherwise_in_known_words_is_asked_about(
    tmp_path: Path,
) -> None:
    people = (("Name", "City"), [("Ann", "Rome"), ("Bob", "Oslo")])

    named = await build(tmp_path / "a", Screen("Customers").table(*people), "invoices")
    start = await build(tmp_path / "b", Screen("الكتب").table(*BOOKS), "books", path="/")

    assert named.question is not None
    assert start.question is not None


async def test_a_list_that_is_empty_today_is_built_from_its_heads(tmp_path: Path) -> None:
    empty = Screen("Alerts").table(("Alert", "Since"), []).text("No alerts.")

    result = await build(tmp_path, empty, "alerts")

    assert result.error == ""
    step = next(step for step in result.draft.steps if isinstance(step, ExtractStep))
    assert [column.header for column in step.args.list.columns] == ["Alert", "Since"]
    assert step.expect == (RowCount(at_least=0),)


async def test_an_empty_list_without_heads_cannot_be_built_and_that_is_said(tmp_path: Path) -> None:
    empty = Screen("Alerts").text("There are no alerts at the moment.")

    result = await build(tmp_path, empty, "alerts")

    assert "There are no alerts" in result.error
    assert "at least one row" in result.error


async def test_rows_that_say_the_place_are_meant_where_no_page_is_called_like_it(
    tmp_path: Path,
) -> None:
    rows = [("Mill 1", "Coast"), ("Mill 2", "Hills"), ("Mill 3", "Hills"), ("Mill 4", "Coast")]
    site = ScriptedSite()
    site.pages = {"/x": lambda _: Screen("Mills").table(("Mill", "Region"), rows)}
    bench = Bench(tmp_path, site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    steps = (
        PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/x"),
        PlannedStep(id="reach", op="reach", title="Find the Hills", thing="Hills", kind="list"),
        PlannedStep(id="read", op="extract", title="Read the mills", thing="mills"),
    )
    agent = PlannedAgent(name="reader", goal="Read", origins=(ORIGIN,), steps=steps)
    result = BuildResult(draft=Draft(build_id="build_1", agent="reader", origins=(ORIGIN,)))

    for planned in steps:
        result = await builder.build_step(planned, agent, result.draft)

    kept = result.draft.steps[-1]
    assert isinstance(kept, WhereStep)
    assert [(one.column, one.value) for one in kept.args.conditions] == [("region", "Hills")]


async def test_a_word_that_nothing_on_the_page_says_is_asked_about_where_the_rows_are_acted_on(
    tmp_path: Path,
) -> None:
    rows = (("Name", "Days"), [("Ann", "3"), ("Bob", "5")])
    screen = Screen("Requests").table(*rows)
    act = PlannedStep(
        id="act", op="click", title="Approve", thing="approve", per_row=True, effect="write"
    )

    read = await build(tmp_path / "a", screen, "upstairs requests")
    asked = await build(tmp_path / "b", screen, "upstairs requests", then=act)

    assert read.question is None
    assert asked.question is not None
    assert "upstairs" in asked.question.title
