"""A share of `make schedules`: every rule in the zones whose clocks change most oddly, for one year."""

from __future__ import annotations

import pytest

from tests.schedules.arithmetic import walk
from tests.schedules.oracle import CASES, ZONES, Case

_ODD = ("Australia/Lord_Howe", "America/Santiago")


def test_forty_rules_are_walked_in_six_zones() -> None:
    assert (len(CASES), len(ZONES)) == (40, 6)


@pytest.mark.parametrize("case", CASES, ids=[case.said for case in CASES])
def test_nothing_is_missed_and_nothing_fires_twice(case: Case) -> None:
    for zone in _ODD:
        tally = walk(case, zone, 1)

        assert (tally.missed, tally.double, tally.wrong) == (0, 0, 0), zone
