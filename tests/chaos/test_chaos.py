"""A small share of `make chaos`: a few kills on SQLite, always the same ones."""

from __future__ import annotations

import pytest

from tests.chaos.campaign import Batch, Results

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_killed_runs_end_and_write_exactly_once() -> None:
    results = Results()

    Batch(5, results, runs=2, kills=3).play()

    assert results.kills >= 1
    assert results.finished == results.runs == 2
    assert (results.duplicate_writes, results.lost_writes, results.orphan_browsers) == (0, 0, 0), (
        results.trouble
    )
    assert results.outcomes.get("fail", 0) == results.ended_by_themselves == 0, results.trouble
