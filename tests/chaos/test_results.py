"""When a campaign counts as good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.campaign import Results

GOOD = Results(kills=900, runs=200, finished=198, parked=2, outcomes={"success": 198, "waiting": 2})


def test_a_campaign_is_good_when_all_runs_went_on_and_nothing_was_doubled_or_lost() -> None:
    assert GOOD.good


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, outcomes={"success": 197, "fail": 1, "waiting": 2}),
        replace(GOOD, ended_by_themselves=1),
        replace(GOOD, duplicate_writes=1),
        replace(GOOD, lost_writes=1),
        replace(GOOD, orphan_browsers=1),
        replace(GOOD, finished=190),
        replace(GOOD, finished=190, parked=10),
        replace(GOOD, resumed_s=[12.0]),
    ],
    ids=["failed", "went down", "doubled", "lost", "orphan", "not ended", "parked", "slow"],
)
def test_one_flaw_is_enough_to_be_not_good(worse: Results) -> None:
    assert not worse.good
