from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from podium.state.errors import NotFound
from podium.state.outbox import Destination, Message
from podium.state.stores import Stores
from tests.builders import NOON
from tests.conformance.test_firings import EARLIER, LATER, a_message


def a_destination(destination_id: str = "d1", *, agent: str = "prices") -> Destination:
    return Destination(
        destination_id=destination_id,
        kind="webhook",
        agent=agent,
        shown="https://example.org/…",
        created_at=NOON,
    )


def test_destinations_are_kept_with_their_sealed_address(stores: Stores) -> None:
    stores.outbox.add_destination(a_destination(), sealed=b"address")
    stores.outbox.add_destination(a_destination("d2", agent=""), sealed=b"")
    stores.outbox.add_destination(a_destination("d3", agent="other"), sealed=b"")

    assert stores.outbox.destination("d1") == a_destination()
    assert stores.outbox.sealed("d1") == b"address"
    assert [item.destination_id for item in stores.outbox.destinations()] == ["d1", "d2", "d3"]
    assert [item.destination_id for item in stores.outbox.destinations(agent="prices")] == [
        "d1",
        "d2",
    ]


def test_a_deleted_destination_is_unknown_and_its_log_stays(stores: Stores) -> None:
    stores.outbox.add_destination(a_destination(), sealed=b"address")
    stores.outbox.put(a_message())

    stores.outbox.delete_destination("d1")

    assert stores.outbox.messages(destination_id="d1") == (a_message(),)
    for call in (stores.outbox.destination, stores.outbox.sealed, stores.outbox.delete_destination):
        with pytest.raises(NotFound):
            call("d1")


def test_a_message_is_kept_once(stores: Stores) -> None:
    assert stores.outbox.put(a_message())
    assert not stores.outbox.put(a_message().model_copy(update={"event": "other"}))

    assert stores.outbox.message("m1") == a_message()
    with pytest.raises(NotFound):
        stores.outbox.message("m2")


def test_pending_messages_are_due_the_longest_waiting_first(stores: Stores) -> None:
    for name, next_at in (("late", NOON), ("early", EARLIER), ("future", LATER)):
        stores.outbox.put(a_message(name).model_copy(update={"next_at": next_at}))
    stores.outbox.put(a_message("done").after_delivery(now=EARLIER))

    assert [item.message_id for item in stores.outbox.due(NOON)] == ["early", "late"]


def test_of_many_who_take_a_message_one_gets_it(stores: Stores) -> None:
    stores.outbox.put(a_message())

    def take(_: int) -> Message | None:
        return stores.outbox.take(a_message(), until=LATER)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(16)))

    (held,) = [item for item in taken if item is not None]
    assert stores.outbox.due(NOON) == ()
    assert stores.outbox.due(LATER) == (held,), "who dies with it leaves it to the next"


def test_a_changed_message_is_kept_only_as_it_was_seen(stores: Stores) -> None:
    stores.outbox.put(a_message())
    held = stores.outbox.take(a_message(), until=LATER)
    assert held is not None
    failed = held.after_failure("503", now=NOON)

    assert stores.outbox.keep(failed, seen=held)
    assert not stores.outbox.keep(held.after_delivery(now=NOON), seen=held)

    kept = stores.outbox.message("m1")
    assert (kept.status, kept.attempts, kept.error) == ("pending", 1, "503")
    assert kept.next_at == NOON + timedelta(seconds=5)


def test_messages_are_listed_newest_first(stores: Stores) -> None:
    stores.outbox.put(a_message("a").model_copy(update={"created_at": EARLIER}))
    stores.outbox.put(a_message("b"))
    stores.outbox.put(a_message("c").model_copy(update={"agent": "other"}))

    assert [item.message_id for item in stores.outbox.messages(agent="prices")] == ["b", "a"]
    assert [item.message_id for item in stores.outbox.messages(limit=1)] == ["c"]
