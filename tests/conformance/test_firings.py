from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from podium.state.errors import NotFound
from podium.state.firings import Firing, Wake
from podium.state.outbox import Message
from podium.state.stores import Stores
from podium.state.triggers import Schedule
from tests.builders import NOON, a_run

DAILY = Schedule(cron="0 8 * * *")
EARLIER = NOON - timedelta(minutes=1)
LATER = NOON + timedelta(minutes=1)


def a_firing(firing_id: str = "f1", **changes: object) -> Firing:
    firing = Firing(
        firing_id=firing_id,
        agent="prices",
        cause="schedule",
        run_id=f"run_{firing_id}",
        due_at=NOON,
        inputs={"month": "May"},
        created_at=NOON,
    )
    return firing.model_copy(update=changes)


def a_message(message_id: str = "m1") -> Message:
    return Message(
        message_id=message_id,
        destination_id="d1",
        event="run.failed",
        agent="prices",
        body={"type": "run.failed"},
        next_at=NOON,
        created_at=NOON,
    )


def test_a_firing_is_kept_once(stores: Stores) -> None:
    assert stores.firings.add(a_firing())
    assert not stores.firings.add(a_firing(agent="other"))

    assert stores.firings.get("f1") == a_firing()
    with pytest.raises(NotFound):
        stores.firings.get("f2")


def test_what_waits_is_due_and_pending_the_longest_first(stores: Stores) -> None:
    for name, due_at, status in (
        ("late", NOON, "pending"),
        ("early", EARLIER, "pending"),
        ("future", LATER, "pending"),
        ("begun", EARLIER, "begun"),
    ):
        stores.firings.add(a_firing(name, due_at=due_at, status=status))

    assert [item.firing_id for item in stores.firings.waiting(NOON, stale=EARLIER)] == [
        "early",
        "late",
    ]
    assert [item.firing_id for item in stores.firings.waiting(NOON, stale=EARLIER, limit=1)] == [
        "early"
    ]


def test_of_many_claims_of_one_firing_one_wins_until_it_is_stale(stores: Stores) -> None:
    stores.firings.add(a_firing())

    def claim(_: int) -> bool:
        return stores.firings.claim(a_firing(), at=NOON)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(claim, range(16)))

    assert won.count(True) == 1
    assert stores.firings.waiting(LATER, stale=NOON) == ()
    (forgotten,) = stores.firings.waiting(LATER, stale=LATER)
    assert forgotten.claimed_at == NOON
    assert stores.firings.claim(forgotten, at=LATER)
    assert not stores.firings.claim(forgotten, at=LATER), "it is no longer as it was seen"


def test_only_who_holds_a_firing_settles_it(stores: Stores) -> None:
    stores.firings.add(a_firing())
    stores.firings.claim(a_firing(), at=NOON)
    taken_over = stores.firings.get("f1")
    stores.firings.claim(taken_over, at=LATER)

    assert not stores.firings.settle(a_firing(), "begun", at=NOON)
    assert stores.firings.settle(a_firing(), "begun", at=LATER, note="made up for")

    kept = stores.firings.get("f1")
    assert (kept.status, kept.note, kept.claimed_at) == ("begun", "made up for", None)


def test_a_pending_firing_can_be_left_out(stores: Stores) -> None:
    stores.firings.add(a_firing())

    assert stores.firings.settle(a_firing(), "skipped", note="the run before goes on")
    assert not stores.firings.settle(a_firing(), "skipped")
    assert stores.firings.waiting(LATER, stale=EARLIER) == ()


def test_firings_are_listed_newest_first_by_agent(stores: Stores) -> None:
    stores.firings.add(a_firing("a", created_at=EARLIER))
    stores.firings.add(a_firing("b"))
    stores.firings.add(a_firing("c", agent="other"))

    assert [item.firing_id for item in stores.firings.list(agent="prices")] == ["b", "a"]
    assert [item.firing_id for item in stores.firings.list(limit=1)] == ["c"]


def test_a_claimed_schedule_keeps_its_firings_with_it(stores: Stores) -> None:
    stores.schedules.set("prices", DAILY, next_at=NOON)

    assert stores.schedules.claim("prices", fired=NOON, next_at=LATER, firings=[a_firing()])
    assert not stores.schedules.claim("prices", fired=NOON, next_at=LATER, firings=[a_firing("f2")])

    assert [item.firing_id for item in stores.firings.list()] == ["f1"]


def test_a_live_run_tells_what_becomes_of_it(stores: Stores) -> None:
    run = stores.runs.create(a_run("r1"))
    run = stores.runs.replace(run.move("running"))
    run = stores.runs.replace(run.model_copy(update={"healed": 1}))
    run = stores.runs.replace(run.move("waiting"))
    stores.runs.replace(run.move("finished", outcome="fail", finished_at=NOON))

    told = stores.firings.changes()

    assert [(item.run_id, item.status, item.outcome) for item in told] == [
        ("r1", "running", None),
        ("r1", "waiting", None),
        ("r1", "finished", "fail"),
    ]
    assert stores.firings.changes(limit=1) == told[:1]


def test_a_test_run_tells_nothing(stores: Stores) -> None:
    run = stores.runs.create(a_run("r1").model_copy(update={"mode": "test"}))
    stores.runs.replace(run.move("running"))

    assert stores.firings.changes() == ()


def test_a_change_is_taken_up_once_with_all_that_follows(stores: Stores) -> None:
    run = stores.runs.create(a_run("r1"))
    stores.runs.replace(run.move("running"))
    (change,) = stores.firings.changes()

    def take_up(_: int) -> int | None:
        return stores.firings.take_up(change, firings=[a_firing()], messages=[a_message()])

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(take_up, range(8)))

    assert [count for count in counts if count is not None] == [0]
    assert stores.firings.changes() == ()
    assert stores.firings.get("f1").run_id == "run_f1"
    assert stores.outbox.message("m1") == a_message()


def test_failures_in_a_row_are_counted_on_the_schedule(stores: Stores) -> None:
    stores.schedules.set("prices", DAILY, next_at=NOON)
    run = stores.runs.create(a_run("r1").model_copy(update={"agent": "prices"}))
    run = stores.runs.replace(run.move("running"))
    run = stores.runs.replace(run.move("queued"))
    stores.runs.replace(run.move("running"))
    run = stores.runs.create(a_run("r2").model_copy(update={"agent": "prices"}))
    stores.runs.replace(run.move("running"))
    one, two, three = stores.firings.changes()

    assert stores.firings.take_up(one, failed=True) == 1
    assert stores.firings.take_up(two, failed=True) == 2
    assert stores.schedules.row("prices").failures == 2
    assert stores.firings.take_up(three, failed=False) == 0
    assert stores.schedules.row("prices").failures == 0


def test_a_thread_is_woken_once_at_its_last_wish(stores: Stores) -> None:
    wake = Wake(thread_id="r1", due_at=NOON, question_id="q")
    stores.firings.wake_at(wake.model_copy(update={"due_at": EARLIER}))
    stores.firings.wake_at(wake)

    assert stores.firings.awake(EARLIER) == ()
    assert stores.firings.awake(NOON) == (wake,)
    assert stores.firings.put_off(wake, to=LATER)
    assert not stores.firings.woken(wake)
    (again,) = stores.firings.awake(LATER)
    assert stores.firings.woken(again)
    assert not stores.firings.woken(again)
    assert stores.firings.awake(LATER) == ()
