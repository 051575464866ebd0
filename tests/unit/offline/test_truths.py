"""A request with conditions means the rows it says, or asks; it never silently means others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from podium.tools.building.fields import Row
from tests.unit.offline.truth_tables import TABLES
from tests.unit.offline.truths import Table, Trial, each_way, requests_of, tried

_RIGHT = 0.9
"""Least share that is read as meant: asking about everything would be no reading."""


def _judged(which: Table, said: Iterator[tuple[str, Callable[[Row], bool]]]) -> list[Trial]:
    return [tried(which, text, keeps) for text, keeps in said]


def _check(trials: list[Trial]) -> None:
    wrong = [f"{trial.text}\n    {trial.detail}" for trial in trials if trial.verdict == "wrong"]
    assert not wrong, "\n".join(wrong)
    counted = Counter(trial.verdict for trial in trials)
    assert counted["right"] >= _RIGHT * len(trials), counted


@pytest.mark.parametrize("which", TABLES, ids=lambda which: which.things)
def test_every_way_to_say_a_condition_means_its_rows_or_asks(which: Table) -> None:
    _check(_judged(which, each_way(which)))


@pytest.mark.parametrize("seed", [1, 2, 11, 24])
@pytest.mark.parametrize("which", TABLES, ids=lambda which: which.things)
def test_conditions_in_any_order_and_form_mean_their_rows_or_ask(which: Table, seed: int) -> None:
    _check(_judged(which, requests_of(which, seed=seed, count=60)))
