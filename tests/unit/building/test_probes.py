"""Which look a build compiles for a write, on scripted sites."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from podium.state.plan import InputSpec, PlannedAgent, PlannedStep
from podium.state.program import ExtractStep, Step, parse_step
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench

TALK = "Everything that we keep has a place. " * 4
VALUES = {"Item": "{inputs.item}", "Shelf": "B4"}


@dataclass
class Store:
    """A site that keeps what its form is given, and shows it where a test says."""

    kept: list[tuple[str, str]] = field(default_factory=lambda: [("Bolts", "A1"), ("Nuts", "A2")])
    headers: tuple[str, ...] = ("No.", "Item", "Shelf")
    shows: bool = True
    site: ScriptedSite = field(default_factory=ScriptedSite)

    def __post_init__(self) -> None:
        self.site.pages = {"/": self.start, "/stock/new": self.form, "/stock": self.stock}
        self.site.posts = {"/stock": self.keep}

    def start(self, _: Visit) -> Screen:
        return Screen("Store").link("Add stock", "/stock/new").text(TALK)

    def form(self, _: Visit) -> Screen:
        screen = Screen("Add stock").link("Stock", "/stock", region="navigation").text(TALK)
        return screen.form("/stock", (("Item", "text"), ("Shelf", "text")), submit="Add")

    def stock(self, _: Visit) -> Screen:
        rows = [(f"{n}", *one) for n, one in enumerate(self.kept, 1)]
        screen = Screen("Stock").link("Add stock", "/stock/new")
        return screen.table(self.headers, rows) if self.shows else screen.text("In our hall")

    def keep(self, visit: Visit) -> Screen:
        self.kept.append((visit.fields["item"], visit.fields["shelf"]))
        return Screen("Thanks").message("It was added.").text(TALK)


async def built(store: Store, folder: Path, *, release: bool) -> tuple[Step, Bench]:
    bench = Bench(folder, store.site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    steps = (
        PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/stock/new"),
        PlannedStep(id="fill", op="fill", title="Fill", thing="stock", values=VALUES),
        PlannedStep(id="send", op="submit", title="Add it", thing="stock", effect="write"),
    )
    agent = PlannedAgent(
        name="stocker",
        goal="Add stock",
        origins=(ORIGIN,),
        steps=steps,
        inputs=(InputSpec(name="item", default="Washers M8"),),
    )
    draft = Draft(build_id="build_1", agent="stocker", origins=(ORIGIN,), release_writes=release)
    for planned in steps:
        result = await builder.build_step(planned, agent, draft)
        assert not result.error, result.error
        assert result.question is None, result.question
        draft = result.draft
    return draft.steps[-1], bench


def look_of(step: Step) -> ExtractStep:
    assert step.probe is not None
    probe = parse_step(step.probe)
    assert isinstance(probe, ExtractStep)
    return probe


def asked_of(step: Step) -> dict[str, object]:
    return {one.column: one.value for one in look_of(step).args.conditions}


async def test_a_released_write_is_looked_for_where_it_came_to_be(tmp_path: Path) -> None:
    store = Store()

    step, _ = await built(store, tmp_path, release=True)

    assert store.kept[-1] == ("Washers M8", "B4")
    assert step.probe_proven
    assert look_of(step).args.url == f"{ORIGIN}/stock"
    assert asked_of(step) == {"item": "{inputs.item}", "shelf": "B4"}


async def test_values_are_known_under_other_headers_once_they_were_seen(tmp_path: Path) -> None:
    store = Store(headers=("Row", "Alpha", "Beta"))

    released, _ = await built(store, tmp_path / "released", release=True)
    held, _ = await built(Store(headers=store.headers), tmp_path / "held", release=False)

    assert asked_of(released) == {"alpha": "{inputs.item}", "beta": "B4"}
    assert held.probe is None


async def test_a_held_write_s_probe_is_not_proven_until_a_run_found_it(tmp_path: Path) -> None:
    store = Store()

    step, _ = await built(store, tmp_path, release=False)

    assert len(store.kept) == 2
    assert not step.probe_proven
    assert asked_of(step) == {"item": "{inputs.item}", "shelf": "B4"}


@pytest.mark.parametrize("release", [True, False])
async def test_a_site_that_shows_nothing_of_it_gives_no_probe(
    tmp_path: Path, *, release: bool
) -> None:
    step, _ = await built(Store(shows=False), tmp_path, release=release)

    assert step.probe is None


async def test_the_form_stays_as_it_was_filled_while_pages_are_looked_at(tmp_path: Path) -> None:
    store = Store()

    await built(store, tmp_path, release=True)

    assert store.site.received == [("/stock", {"item": "Washers M8", "shelf": "B4"})]
