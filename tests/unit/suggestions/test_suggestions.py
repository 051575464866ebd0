from __future__ import annotations

import random

import pytest

from podium.tools.suggestions import suggest
from tests.unit.suggestions.measure import facts_of, measure
from tests.unit.suggestions.scenarios import HEALTHY, Planter, useless_ticks
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


def test_a_decision_silences_a_proposal_and_never_its_kind() -> None:
    scene = useless_ticks(random.Random(5), "idle")
    world = World(scene.agents, random.Random(5))
    facts = facts_of(world, [scene], world.live(START, START + HISTORY))
    (suggestion,) = suggest(facts)

    assert suggest(facts, decisions={suggestion.suggestion_id: "dismissed"}) == ()
    assert suggest(facts, decisions={"fewer_ticks": "never"}) == ()
    assert suggest(facts, decisions={"split": "never"}) == (suggestion,)
