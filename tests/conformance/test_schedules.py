from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from podium.state.stores import Stores
from podium.state.triggers import Schedule
from tests.builders import NOON, a_program, a_spec

DAILY = Schedule(cron="0 8 * * *", timezone="Europe/Berlin", words="every day at 8")


def deploy(stores: Stores, name: str = "prices") -> None:
    stores.agents.create(name=name, spec=a_spec(name), program=a_program(), reason="", author="me")
    stores.agents.activate(name, 1)


def test_an_agent_has_one_schedule(stores: Stores) -> None:
    hourly = Schedule(cron="0 * * * *")
    stores.schedules.set("prices", hourly, next_at=NOON)

    stores.schedules.set("prices", DAILY, next_at=None)

    assert stores.schedules.get("prices") == DAILY
    assert [(row.agent, row.next_at) for row in stores.schedules.list()] == [("prices", None)]


def test_a_schedule_is_due_at_its_moment_and_not_before(stores: Stores) -> None:
    deploy(stores)
    stores.schedules.set("prices", DAILY, next_at=NOON)

    assert stores.schedules.due(NOON - timedelta(seconds=1)) == ()
    (row,) = stores.schedules.due(NOON)
    assert (row.agent, row.schedule, row.next_at, row.paused) == ("prices", DAILY, NOON, False)


def test_only_deployed_agents_are_due(stores: Stores) -> None:
    for name in ("a", "b", "c"):
        deploy(stores, name)
        stores.schedules.set(name, DAILY, next_at=NOON)
    stores.agents.set_state("a", "paused")
    stores.agents.set_state("b", "draft")
    stores.schedules.set("nobody", DAILY, next_at=NOON)

    assert [row.agent for row in stores.schedules.due(NOON)] == ["c"]
    assert [row.paused for row in stores.schedules.list()] == [True, False, False, False]


def test_the_longest_waiting_comes_first(stores: Stores) -> None:
    for name, minutes in (("a", 1), ("b", 3), ("c", 2)):
        deploy(stores, name)
        stores.schedules.set(name, DAILY, next_at=NOON - timedelta(minutes=minutes))

    assert [row.agent for row in stores.schedules.due(NOON)] == ["b", "c", "a"]


def test_of_many_claims_of_one_firing_one_wins(stores: Stores) -> None:
    deploy(stores)
    stores.schedules.set("prices", DAILY, next_at=NOON)
    later = NOON + timedelta(days=1)

    def claim(_: int) -> bool:
        return stores.schedules.claim("prices", fired=NOON, next_at=later)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(claim, range(16)))

    assert won.count(True) == 1
    assert stores.schedules.due(NOON) == ()
    assert [row.next_at for row in stores.schedules.list()] == [later]


def test_a_schedule_that_is_not_there_cannot_be_claimed(stores: Stores) -> None:
    assert not stores.schedules.claim("prices", fired=NOON, next_at=None)


def test_a_deleted_schedule_is_forgotten(stores: Stores) -> None:
    stores.schedules.set("prices", DAILY, next_at=NOON)

    stores.schedules.delete("prices")
    stores.schedules.delete("prices")

    assert stores.schedules.get("prices") is None
    assert stores.schedules.list() == ()
