"""What keeps an agent from being changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from podium.server.roster import Roster
from podium.state.errors import Conflict
from podium.state.memory import memory_stores
from podium.state.runs import Run
from tests.builders import NOON, a_program, a_spec
from tests.fakes import CountingIds, FakeClock


def test_a_live_run_keeps_its_agent_from_a_rename_however_many_came_after_it() -> None:
    clock = FakeClock(NOON)
    stores = memory_stores(CountingIds(), clock)
    stores.agents.create(
        name="prices", spec=a_spec(), program=a_program(), reason="made", author="test"
    )
    for number in range(600):
        stores.runs.create(
            Run(
                run_id=f"r{number}",
                thread_id=f"r{number}",
                agent="prices",
                version=1,
                status="finished" if number else "waiting",
                outcome="success" if number else None,
                created_at=NOON + timedelta(minutes=number),
            )
        )

    with pytest.raises(Conflict, match="r0 is waiting"):
        Roster(stores, clock).rename("prices", "costs")
