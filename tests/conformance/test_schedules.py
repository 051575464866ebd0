from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from podium.state.errors import NotFound
from podium.state.recurrence import Days, Part, Rule
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


def test_a_paused_schedule_is_not_due_and_its_time_passes(stores: Stores) -> None:
    deploy(stores)
    stores.schedules.set("prices", DAILY, next_at=NOON)

    assert stores.schedules.pause("prices", note="five failures")
    assert not stores.schedules.pause("prices", note="again")

    row = stores.schedules.row("prices")
    assert (row.paused, row.stopped, row.note) == (True, True, "five failures")
    assert stores.schedules.due(NOON) == ()
    assert stores.schedules.passed(NOON) == (row,)


def test_the_time_of_a_paused_agent_passes_too(stores: Stores) -> None:
    for name in ("a", "b", "c"):
        deploy(stores, name)
        stores.schedules.set(name, DAILY, next_at=NOON)
    stores.agents.set_state("a", "paused")
    stores.agents.set_state("b", "draft")

    assert [row.agent for row in stores.schedules.passed(NOON)] == ["a"]
    assert stores.schedules.passed(NOON - timedelta(seconds=1)) == ()


def test_a_resumed_schedule_goes_on_from_where_it_is_told(stores: Stores) -> None:
    deploy(stores)
    stores.schedules.set("prices", DAILY, next_at=NOON)
    stores.schedules.pause("prices", note="holidays")
    later = NOON + timedelta(days=1)

    stores.schedules.resume("prices", next_at=later)

    row = stores.schedules.row("prices")
    assert (row.paused, row.stopped, row.note, row.failures, row.next_at) == (
        False,
        False,
        "",
        0,
        later,
    )


def test_what_has_no_schedule_can_be_neither_paused_nor_resumed(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.schedules.row("prices")
    with pytest.raises(NotFound):
        stores.schedules.pause("prices", note="")
    with pytest.raises(NotFound):
        stores.schedules.resume("prices", next_at=None)


def test_a_rule_that_cron_cannot_say_is_kept_whole(stores: Stores) -> None:
    days = Days(weekdays=(2,), every=2, unit="week", anchor="2026-12-01")
    rule = Rule(parts=(Part(times=("09:00",), days=days, but_not=(Days(months=(8,)),)),))
    schedule = Schedule(rule=rule, missed="all", overlap="queue", cap=3, exclusive=True)
    stores.schedules.set("prices", schedule, next_at=NOON)

    assert stores.schedules.get("prices") == schedule
