from __future__ import annotations

import asyncio

from podium.tools.chooser import Candidate, Choice
from podium.tools.offline import OfflineChooser


def choose(*scores: float) -> Choice:
    candidates = [
        Candidate(ref=f"e{index}", summary=f"button {index}", score=score)
        for index, score in enumerate(scores)
    ]
    return asyncio.run(OfflineChooser().choose("Save", candidates, page="A page"))


def test_a_clear_leader_is_chosen() -> None:
    assert choose(0.4, 0.95).ref == "e1"


def test_a_narrow_lead_is_no_decision() -> None:
    assert choose(0.9, 0.85).ref is None


def test_a_weak_best_is_no_decision() -> None:
    assert choose(0.5, 0.1).ref is None


def test_no_candidates_are_no_decision() -> None:
    assert choose().ref is None


def test_it_never_calls_a_model() -> None:
    assert choose(0.95).model_calls == 0
