"""Events, effects, threads, staged rows and memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from podium.state.errors import Conflict, NotFound
from podium.state.stores import Row, Stores
from tests.builders import NOON, a_thread, an_effect, an_event


def test_events_are_numbered_in_order(stores: Stores) -> None:
    kept = [stores.events.append(an_event(kind)) for kind in ("a", "b", "c")]

    assert [event.kind for event in stores.events.after(0)] == ["a", "b", "c"]
    assert stores.events.after(kept[0].seq) == tuple(kept[1:])
    assert stores.events.after(kept[2].seq) == ()
    assert stores.events.newest() == kept[2].seq


def test_before_anything_happened_the_newest_number_is_0(stores: Stores) -> None:
    assert stores.events.newest() == 0
    assert stores.events.after(0) == ()


def test_events_can_be_read_by_thread_and_in_portions(stores: Stores) -> None:
    for thread_id in ("x", "y", "x", "x"):
        stores.events.append(an_event(thread_id=thread_id))

    first = stores.events.after(0, thread_id="x", limit=2)

    assert len(first) == 2
    rest = stores.events.after(first[-1].seq, thread_id="x", limit=2)
    assert len(rest) == 1
    assert {event.thread_id for event in (*first, *rest)} == {"x"}


def test_no_two_events_get_one_number(stores: Stores) -> None:
    def append(_: int) -> int:
        return stores.events.append(an_event()).seq

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(append, range(40)))

    assert sorted(numbers) == sorted(set(numbers))


def test_the_journal_returns_the_newest_record_of_a_write(stores: Stores) -> None:
    assert stores.effects.get("prices/submit/42") is None

    stores.effects.put(an_effect("intended"))
    stores.effects.put(an_effect("sent"))
    stores.effects.put(an_effect("intended", key="another"))

    assert stores.effects.get("prices/submit/42") == an_effect("sent")


def test_a_done_write_stays_done(stores: Stores) -> None:
    stores.effects.put(an_effect("done"))

    for status in ("intended", "sent", "answered", "held"):
        with pytest.raises(Conflict, match="is done"):
            stores.effects.put(an_effect(status, run_id="run_2"))
    stores.effects.put(an_effect("done", run_id="run_2"))

    kept = stores.effects.get("prices/submit/42")
    assert kept is not None
    assert kept.status == "done"


def test_a_probe_that_found_nothing_lets_a_write_be_tried_again(stores: Stores) -> None:
    for status in ("intended", "sent", "intended", "sent", "answered", "done"):
        stores.effects.put(an_effect(status))

    assert stores.effects.get("prices/submit/42") == an_effect("done")


def test_a_thread_is_replaced_by_its_newer_state(stores: Stores) -> None:
    stores.threads.put(a_thread())
    changed = a_thread().model_copy(
        update={"status": "done", "updated_at": NOON + timedelta(hours=1), "data": {"runs": ["r"]}}
    )

    stores.threads.put(changed)

    assert stores.threads.get("thread_1") == changed
    assert stores.threads.list() == (changed,)


def test_threads_are_listed_newest_first(stores: Stores) -> None:
    for number in range(3):
        stores.threads.put(a_thread(f"t{number}", created_at=NOON + timedelta(minutes=number)))

    assert [thread.thread_id for thread in stores.threads.list(limit=2)] == ["t2", "t1"]


def test_threads_are_listed_by_kind(stores: Stores) -> None:
    for number, kind in enumerate(("chat", "run", "chat")):
        at = NOON + timedelta(minutes=number)
        thread = a_thread(f"t{number}", created_at=at)
        stores.threads.put(thread.model_copy(update={"data": {"kind": kind}}))

    found = stores.threads.list(kind="chat", limit=2)

    assert [thread.thread_id for thread in found] == ["t2", "t0"]


def test_an_unknown_thread_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound, match="'thread_9'"):
        stores.threads.get("thread_9")


def test_staged_rows_keep_their_order_and_types(stores: Stores) -> None:
    rows: list[Row] = [
        {"n": number, "price": 1.5, "tags": ["a"], "gone": None} for number in range(25)
    ]

    stores.staging.put("run_1", "list", rows)

    assert stores.staging.rows("run_1", "list") == tuple(rows)
    assert stores.staging.rows("run_1", "other") == ()


def test_staging_a_step_again_replaces_its_rows(stores: Stores) -> None:
    stores.staging.put("run_1", "list", [{"n": 1}, {"n": 2}])

    stores.staging.put("run_1", "list", [{"n": 3}])
    assert stores.staging.rows("run_1", "list") == ({"n": 3},)

    stores.staging.put("run_1", "list", [])
    assert stores.staging.rows("run_1", "list") == ()


def test_a_run_s_staged_rows_can_be_dropped(stores: Stores) -> None:
    stores.staging.put("run_1", "list", [{"n": 1}])
    stores.staging.put("run_2", "list", [{"n": 2}])

    stores.staging.drop("run_1")

    assert stores.staging.rows("run_1", "list") == ()
    assert stores.staging.rows("run_2", "list") == ({"n": 2},)


def test_an_agent_remembers_rows_by_key(stores: Stores) -> None:
    stores.memory.remember("prices", "list", {"a": {"n": 1}, "b": {"n": 2}})
    stores.memory.remember("prices", "list", {"b": {"n": 3}, "c": {"n": 4}})
    stores.memory.remember("other", "list", {"z": {"n": 9}})
    stores.memory.remember("prices", "list", {})

    assert stores.memory.seen("prices", "list") == {"a": {"n": 1}, "b": {"n": 3}, "c": {"n": 4}}
    assert stores.memory.seen("prices", "another") == {}
