"""`changed` with a threshold: a number must have moved so far since the run before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from podium.state.program import (
    ChangedArgs,
    ChangedStep,
    ExtractArgs,
    ExtractStep,
    Move,
    OpenArgs,
    OpenStep,
    StoreArgs,
    StoreStep,
)
from podium.tools.grounding.lists import describe_list
from podium.tools.grounding.values import has_moved
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench

OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/list"))
FALLEN = ChangedStep(
    id="moved",
    title="Keep what fell",
    args=ChangedArgs(
        rows="rows",
        columns=("price",),
        move=Move(direction="down", by=5, percent=True, reached=False),
    ),
)
STORE = StoreStep(
    id="store", title="Store", args=StoreArgs(rows="moved", dataset="fallen", key=("name",))
)


def _screen(prices: Sequence[tuple[str, str]]) -> Screen:
    return Screen("Lamps").table(("Name", "Price"), list(prices))


def _extract() -> ExtractStep:
    snapshot = _screen([("Arc", "€100.00"), ("Bow", "€40.00")]).snapshot(f"{ORIGIN}/list", {})
    described = describe_list(snapshot.collections[0], snapshot)
    return ExtractStep(
        id="rows",
        title="Read",
        args=ExtractArgs(list=described.model_copy(update={"key": ("name",)})),
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(folder=tmp_path, site=ScriptedSite(ORIGIN))


async def _look(bench: Bench, *prices: tuple[str, str]) -> list[str]:
    bench.site.pages = {"/list": lambda _: _screen(prices)}
    await bench.run(OPEN, _extract(), FALLEN, STORE)
    kept = [str(row["name"]) for row in bench.stores.staging.rows(bench.run_id, "moved")]
    await bench.next_run()
    return kept


async def test_the_first_run_has_nothing_to_compare_with_and_says_so(bench: Bench) -> None:
    assert await _look(bench, ("Arc", "€100.00"), ("Bow", "€40.00")) == []
    moved = next(result for result in bench.results if result.record.id == "moved")

    assert "nothing to compare with" in str(moved.record.evidence["first"])


async def test_only_what_fell_far_enough_since_the_run_before_is_kept(bench: Bench) -> None:
    await _look(bench, ("Arc", "€100.00"), ("Bow", "€40.00"), ("Cup", "€10.00"))

    assert await _look(bench, ("Arc", "€95.00"), ("Bow", "€37.00"), ("Cup", "€20.00")) == ["Bow"]
    # Arc is compared with 95 now, Bow with 37.
    assert await _look(bench, ("Arc", "€90.00"), ("Bow", "€36.00"), ("Cup", "€20.00")) == ["Arc"]


async def test_a_row_seen_for_the_first_time_is_only_remembered(bench: Bench) -> None:
    await _look(bench, ("Arc", "€100.00"))

    assert await _look(bench, ("Arc", "€100.00"), ("Dot", "€80.00")) == []
    assert await _look(bench, ("Arc", "€100.00"), ("Dot", "€60.00")) == ["Dot"]


async def test_a_move_that_a_killed_run_did_not_use_is_found_again(bench: Bench) -> None:
    await _look(bench, ("Arc", "€100.00"))
    bench.site.pages = {"/list": lambda _: _screen([("Arc", "€50.00")])}
    bench.steps = (OPEN, _extract(), FALLEN, STORE)
    for step in bench.steps[:3]:
        await bench.do(step)
    await bench.next_run()

    assert await _look(bench, ("Arc", "€50.00")) == ["Arc"]


@pytest.mark.parametrize(
    ("before", "now", "move", "moved"),
    [
        (100, 95, Move(by=5, percent=True), True),
        (100, 95, Move(by=5, percent=True, reached=False), False),
        (0.3, 0.2, Move(by=0.1), True),
        (12, 15, Move(by=3, direction="up"), True),
        (12, 15, Move(by=3, direction="down"), False),
        (0, 4, Move(by=50, percent=True), True),
        (7, 7, Move(by=0), False),
        ("5 kg", "8 kg", Move(by=3), True),
        ("5 kg", "8 lb", Move(by=1), False),
        (5, "sold out", Move(by=1), False),
        (-10, -12, Move(by=20, percent=True, direction="down"), True),
    ],
)
def test_how_far_is_far_enough(
    before: float | str, now: float | str, move: Move, moved: bool
) -> None:
    assert has_moved(before, now, move) is moved
