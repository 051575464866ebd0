from __future__ import annotations

import random

import pytest

from podium.tools.suggestions import suggest
from tests.unit.suggestions.measure import facts_of, measure
from tests.unit.suggestions.scenarios import HEALTHY, Planter, in_the_way, useless_ticks
from tests.unit.suggestions.world import HISTORY, START, World


def test_planted_defects_are_found_and_their_effect_comes_true() -> None:
    """A few workspaces; `make suggestions` takes sixty."""
    score = measure(4)

    assert score.wrong == []
    assert score.missed == []
    assert sum(score.errors) / len(score.errors) <= 0.1


@pytest.mark.parametrize("planter", HEALTHY, ids=[planter.__name__ for planter in HEALTHY])
def test_nothing_is_said_about_a_healthy_workspace(planter: Planter) -> None:
    scene = planter(random.Random(5), "fine")
    world = World(scene.agents, random.Random(5))

    assert suggest(facts_of(world, [scene], world.live(START, START + HISTORY))) == ()


@pytest.mark.parametrize("days", ["SUN-SAT", "MON-SAT,0", "0-6", "*/1"])
def test_useless_ticks_are_found_however_the_weekdays_are_written(days: str) -> None:
    scene = useless_ticks(random.Random(5), "idle")
    scene.agents[0].cron = f"0 * * * {days}"
    world = World(scene.agents, random.Random(5))

    (suggestion,) = suggest(facts_of(world, [scene], world.live(START, START + HISTORY)))

    assert suggestion.kind == "fewer_ticks"


def test_the_last_friday_stays_the_last_friday() -> None:
    """A list of weekdays would say every Friday."""
    scene = useless_ticks(random.Random(5), "idle")
    scene.agents[0].cron = "*/10 * * * 5L"
    world = World(scene.agents, random.Random(5))

    (suggestion,) = suggest(facts_of(world, [scene], world.live(START, START + HISTORY)))

    assert str(suggestion.change["schedule"]).count("5L") == 1


@pytest.mark.parametrize("hours", ["8-18", "*/3", "6,12"])
def test_a_start_moves_into_the_next_hour_of_any_list_of_hours(hours: str) -> None:
    scene = in_the_way(random.Random(5), "met")
    for agent in scene.agents:
        agent.cron = f"58 {hours} * * MON-FRI"
    world = World(scene.agents, random.Random(5))

    found = suggest(facts_of(world, [scene], world.live(START, START + HISTORY)))

    (moved,) = [one.change["schedule"] for one in found if one.kind == "stagger"]
    assert str(moved).endswith("* * MON-FRI'}")


def test_a_decision_silences_a_proposal_and_never_its_kind() -> None:
    scene = useless_ticks(random.Random(5), "idle")
    world = World(scene.agents, random.Random(5))
    facts = facts_of(world, [scene], world.live(START, START + HISTORY))
    (suggestion,) = suggest(facts)

    assert suggest(facts, decisions={suggestion.suggestion_id: "dismissed"}) == ()
    assert suggest(facts, decisions={"fewer_ticks": "never"}) == ()
    assert suggest(facts, decisions={"split": "never"}) == (suggestion,)
