from __future__ import annotations

from tests.unit.offline.labels import load
from tests.unit.offline.measure import SETS, measure


def test_there_are_hundreds_of_labelled_requests_and_every_verb_is_among_them() -> None:
    cases = [case for name in SETS for case in load(name)]
    verbs = {expected.verb for case in cases for expected in case.requests}

    assert len({case.text for case in cases}) >= 300
    assert len(verbs) == 20


def test_planted_gaps_are_asked_and_hardly_anything_else_is() -> None:
    """On the pairs alone; `make requests` measures all sets."""
    score = measure(["gaps.txt"])

    assert score.gaps_asked / score.gaps >= 0.9
    assert score.needless / score.questions <= 0.1
    assert score.rounds_max <= 2
    assert score.questions_max <= 3
