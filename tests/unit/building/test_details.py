"""Wanted columns that only each row's own page has: found by the build, joined by every run, on scripted sites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import EachStep, ExtractStep, Program, Step, check_program
from podium.state.stores import Row
from podium.tools.builder import BuildResult, Draft
from podium.tools.building import SiteBuilder
from podium.tools.scripted import Cell, Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench

SHIPS = {
    "Aurora": ("Bergen", "4.200,00 €", "03/04/2025"),
    "Borealis": ("Oslo", "1.050,50 €", "21/04/2025"),
    "Cirrus": ("Turku", "", "02/05/2025"),
    "Dorado": ("Vaasa", "980,00 €", "30/06/2025"),
}


class Harbour:
    """A list of ships whose pages say more of each."""

    def __init__(self, *, by: str = "Details") -> None:
        self.by = by
        self.lacking: set[str] = {"Cirrus"}
        self.gone: set[str] = set()
        self.label = "Harbour dues"
        self.site = ScriptedSite()
        self.site.pages = {"/ships": self.ships}
        for name in SHIPS:
            self.site.pages[f"/ships/{name.lower()}"] = self._page(name)

    def ships(self, _: Visit) -> Screen:
        if self.by == "name":
            rows = [(Cell(n, f"/ships/{n.lower()}"), port) for n, (port, *_) in SHIPS.items()]
            return Screen("Ships").table(("Ship", "Port"), rows)
        linked = [
            (n, port, Cell(self.by, f"/ships/{n.lower()}")) for n, (port, *_) in SHIPS.items()
        ]
        return Screen("Ships").table(("Ship", "Port", ""), linked)

    def _page(self, name: str) -> Callable[[Visit], Screen]:
        def page(_: Visit) -> Screen:
            port, dues, day = SHIPS[name]
            if name in self.gone:
                return Screen("Gone", status=404).text("There is no such ship any more.")
            pairs = {"Home port": port, "Registered": day, "Flag": "FI", "Crew": "9"}
            if name not in self.lacking:
                pairs[self.label] = dues
            return Screen(name).table(tuple(pairs), [tuple(pairs.values())], kind="record")

        return page


async def build(
    bench: Bench, *fields: str, implied: tuple[str, ...] = ()
) -> tuple[tuple[Step, ...], BuildResult]:
    steps = (
        PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/ships"),
        PlannedStep(
            id="read", op="extract", title="Read", thing="ships", fields=fields, implied=implied
        ),
        PlannedStep(id="store", op="store", title="Store", dataset="ships"),
    )
    agent = PlannedAgent(name="harbour", goal="Ships", origins=(ORIGIN,), steps=steps)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    draft = Draft(build_id="build_1", agent="harbour", origins=(ORIGIN,))
    result = None
    for planned in steps:
        result = await builder.build_step(planned, agent, draft)
        assert not result.error, result.error
        if result.question is not None:
            return (), result
        draft = result.draft
    assert result is not None
    check_program(Program(steps=draft.steps))
    return draft.steps, result


def stored(bench: Bench) -> dict[object, Row]:
    return {row["ship"]: row for row in bench.datasets.rows("ships")}


async def test_what_the_list_lacks_is_read_on_each_row_s_own_page(tmp_path: Path) -> None:
    for by in ("Details", "name"):
        bench = Bench(tmp_path / by, Harbour(by=by).site)
        steps, _ = await build(bench, "ship", "harbour dues", "registered")

        await bench.run(*steps)

        rows = stored(bench)
        assert list(rows) == list(SHIPS)
        assert (rows["Aurora"]["harbour_dues"], rows["Borealis"]["harbour_dues"]) == (
            4200.0,
            1050.5,
        )
        assert rows["Aurora"]["harbour_dues_currency"] == "EUR"
        # `21/04` on another page tells that days come first on all of them.
        assert rows["Aurora"]["registered"] == "2025-04-03"


async def test_a_column_is_called_as_asked_and_not_as_the_planner_guessed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Harbour(by="name").site)

    steps, _ = await build(bench, "ship name", "ship", implied=("ship name",))

    read = next(step for step in steps if isinstance(step, ExtractStep))
    assert [column.name for column in read.args.list.columns] == ["ship", "port"]


async def test_a_row_s_page_is_found_where_its_link_s_column_is_called_as_the_user_says(
    tmp_path: Path,
) -> None:
    harbour = Harbour(by="name")
    bench = Bench(tmp_path, harbour.site)

    steps, _ = await build(bench, "name", "harbour dues")
    bench.run_id, bench.mode = "run_live", "live"
    await bench.run(*steps)

    rows = {row["name"]: row["harbour_dues"] for row in bench.datasets.rows("ships")}
    assert rows["Dorado"] == 980


async def test_a_row_whose_page_lacks_the_value_keeps_an_empty_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Harbour().site)
    steps, _ = await build(bench, "ship", "harbour dues")

    results = await bench.run(*steps)

    assert {result.record.status for result in results} == {"done"}
    assert stored(bench)["Cirrus"]["harbour_dues"] is None


async def test_a_row_whose_page_is_gone_is_said_and_the_others_are_kept(tmp_path: Path) -> None:
    harbour = Harbour()
    bench = Bench(tmp_path, harbour.site)
    steps, _ = await build(bench, "ship", "harbour dues")
    harbour.gone = {"Borealis"}

    results = await bench.run(*steps)

    failed = [one.record for one in results if one.record.status == "failed"]
    assert failed[0].item == "Borealis"
    rows = stored(bench)
    assert (rows["Borealis"]["harbour_dues"], rows["Dorado"]["harbour_dues"]) == (None, 980.0)


async def test_a_label_that_no_page_has_any_more_is_no_list_of_empty_values(tmp_path: Path) -> None:
    harbour = Harbour()
    bench = Bench(tmp_path, harbour.site)
    steps, _ = await build(bench, "ship", "harbour dues")
    harbour.lacking = set(SHIPS)

    last = (await bench.run(*steps))[-1]

    assert (last.record.op, last.error_code) == ("join", "not_found_on_page")


async def test_a_killed_run_goes_on_with_the_rows_that_are_left(tmp_path: Path) -> None:
    harbour = Harbour()
    bench = Bench(tmp_path, harbour.site)
    steps, _ = await build(bench, "ship", "harbour dues")
    bench.steps = steps
    loop = next(step for step in steps if isinstance(step, EachStep))
    ahead = steps[: steps.index(loop)]
    for step in ahead:
        await bench.do(step)
    for place in (0, 1):
        row = bench.runner.item(loop.args.rows, place, bench.context)
        for inner in loop.args.steps:
            await bench.do(inner, item=row)
    bench.restart()
    fetched = len(harbour.site.fetched)
    for place in (2, 3):
        row = bench.runner.item(loop.args.rows, place, bench.context)
        for inner in loop.args.steps:
            await bench.do(inner, item=row)
    for step in steps[steps.index(loop) + 1 :]:
        await bench.do(step)

    assert stored(bench)["Aurora"]["harbour_dues"] == 4200.0
    assert stored(bench)["Dorado"]["harbour_dues"] == 980.0
    assert "/ships/aurora" not in harbour.site.fetched[fetched:]


async def test_what_neither_list_nor_pages_have_stays_a_question(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Harbour().site)

    _, result = await build(bench, "ship", "tonnage")

    assert result.question is not None
    assert "tonnage" in result.question.title


async def test_what_every_page_says_of_the_site_is_not_said_of_its_row(tmp_path: Path) -> None:
    harbour = Harbour()
    office = ("Phone", "Office hours"), [("01 555", "9-17")]
    for name in SHIPS:
        page = Screen(name).text("A ship.").table(office[0], office[1], kind="record")
        harbour.site.pages[f"/ships/{name.lower()}"] = lambda _, page=page: page
    bench = Bench(tmp_path, harbour.site)

    _, result = await build(bench, "ship", "phone")

    assert result.question is not None
    assert "phone" in result.question.title


async def test_more_rows_than_may_be_opened_are_refused_and_the_bound_is_said(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, Harbour().site)
    steps, _ = await build(bench, "ship", "harbour dues")
    narrow = tuple(
        step.model_copy(update={"args": step.args.model_copy(update={"limit": 3})})
        if isinstance(step, EachStep)
        else step
        for step in steps
    )

    last = (await bench.run(*narrow))[-1]

    assert last.record.status == "failed"
    assert "at most 3" in last.record.message
