"""From a sentence with a threshold to a program that compares a run with the run before, on a scripted site."""

from __future__ import annotations

from pathlib import Path

from podium.state.program import ChangedStep, Program, Step, check_program
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.offline.planner import OfflinePlanner
from podium.tools.planner import WorkspaceView
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.offline.labels import NOW
from tests.unit.running.harness import ORIGIN, Bench


class Market:
    """A list of fish, what a kilo costs, and how many boxes there are."""

    def __init__(self) -> None:
        self.prices = {"Cod": ("€20.00", "40"), "Eel": ("€30.00", "12"), "Ray": ("€12.50", "7")}
        self.site = ScriptedSite()
        self.site.pages = {"/fish": lambda _: self._page()}

    def _page(self) -> Screen:
        rows = [(name, *values) for name, values in self.prices.items()]
        return Screen("Fish").table(("Fish", "Price", "Boxes"), rows)


async def build(bench: Bench, text: str) -> tuple[tuple[Step, ...], list[str]]:
    planner, view = OfflinePlanner(), WorkspaceView(now=NOW)
    (request,) = (await planner.understand(text, workspace=view)).requests
    agent = (await planner.plan(request, goal=text, answers={}, workspace=view)).agents[0]
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    draft, notes = Draft(build_id="build_1", agent=agent.name, origins=(ORIGIN,)), list[str]()
    for planned in agent.steps:
        result = await builder.build_step(planned, agent, draft)
        assert not result.error, result.error
        assert result.question is None
        draft = result.draft
        notes += result.notes
    check_program(Program(steps=draft.steps))
    return draft.steps, notes


async def _kept(bench: Bench, steps: tuple[Step, ...]) -> list[str]:
    await bench.run(*steps)
    changed = next(step for step in steps if isinstance(step, ChangedStep))
    kept = [str(row["fish"]) for row in bench.stores.staging.rows(bench.run_id, changed.id)]
    await bench.next_run()
    return kept


async def test_a_threshold_in_per_cent_is_compiled_and_run(tmp_path: Path) -> None:
    market = Market()
    bench = Bench(tmp_path, market.site)
    steps, notes = await build(
        bench,
        f"store the fish at {ORIGIN}/fish whose price dropped by more than 5 % since the last run",
    )

    assert any("nothing to compare with" in note for note in notes)
    assert await _kept(bench, steps) == []
    market.prices |= {"Cod": ("€19.00", "40"), "Eel": ("€28.00", "12"), "Ray": ("€15.00", "7")}
    assert await _kept(bench, steps) == ["Eel"]


async def test_an_absolute_threshold_of_a_named_column_is_compiled_and_run(tmp_path: Path) -> None:
    market = Market()
    bench = Bench(tmp_path, market.site)
    steps, _ = await build(
        bench, f"store all fish at {ORIGIN}/fish whose boxes changed by at least 3"
    )

    assert await _kept(bench, steps) == []
    market.prices |= {"Cod": ("€1.00", "37"), "Eel": ("€30.00", "14"), "Ray": ("€99.00", "11")}
    assert await _kept(bench, steps) == ["Cod", "Ray"]
