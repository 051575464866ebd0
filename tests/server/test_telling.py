"""Answers about the past say how far they looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from podium.server.telling import Telling
from podium.state.memory import memory_stores
from podium.state.memory.data import MemoryDatasets
from tests.builders import a_run
from tests.doubles import a_request
from tests.fakes import CountingIds, FakeClock


@pytest.mark.parametrize(("count", "told"), [(499, False), (600, True)])
def test_an_answer_about_the_past_says_when_older_runs_were_not_looked_at(
    count: int, told: bool
) -> None:
    clock = FakeClock()
    stores = memory_stores(CountingIds(), clock)
    for number in range(count):
        at = clock.moment - timedelta(minutes=number)
        run = a_run(f"run_{number:03}", created_at=at, status="running")
        stores.runs.create(run.move("finished", outcome="success", finished_at=at))
    telling = Telling(stores, MemoryDatasets(), clock, "UTC")

    week = telling.failures(
        a_request("inspect").model_copy(update={"text": "what failed in the last 7 days?"})
    )
    hour = telling.failures(
        a_request("inspect").model_copy(update={"text": "what failed in the last 2 hours?"})
    )
    changed = telling.workspace(
        a_request("inspect").model_copy(update={"text": "what changed in the last 7 days?"})
    )

    assert week.reply.startswith("Nothing failed since")
    assert ("Only the last 500 runs were looked at" in week.reply) == told
    assert ("Only the last 500 runs were looked at" in changed.reply) == told
    assert "looked at" not in hour.reply
