from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from podium.state.errors import Conflict, NotFound
from podium.state.stores import Stores
from podium.state.triggers import Chain, Trigger
from tests.builders import NOON
from tests.conformance.test_firings import a_firing


def a_hook(trigger_id: str = "hook_1") -> Trigger:
    return Trigger(trigger_id=trigger_id, agent="prices", kind="webhook", created_at=NOON)


def a_chain(trigger_id: str = "chain_1", *, after: str = "invoices") -> Trigger:
    chain = Chain(after=after, inputs={"file": "{outputs.file}"})
    return Trigger(
        trigger_id=trigger_id, agent="prices", kind="chain", chain=chain, created_at=NOON
    )


def test_triggers_are_kept_with_their_sealed_keys(stores: Stores) -> None:
    stores.triggers.add(a_hook(), sealed=b"one")
    stores.triggers.set_sealed("hook_1", b"two")

    assert stores.triggers.get("hook_1") == a_hook()
    assert stores.triggers.sealed("hook_1") == b"two"
    with pytest.raises(Conflict):
        stores.triggers.add(a_hook())


def test_triggers_are_found_by_what_they_start_and_what_they_follow(stores: Stores) -> None:
    stores.triggers.add(a_hook())
    stores.triggers.add(a_chain())
    stores.triggers.add(a_chain("chain_2", after="other"))

    assert [item.trigger_id for item in stores.triggers.list(agent="prices", kind="chain")] == [
        "chain_1",
        "chain_2",
    ]
    assert stores.triggers.list(agent="nobody") == ()
    assert stores.triggers.after("invoices") == (a_chain(),)


def test_a_trigger_that_is_off_follows_nothing(stores: Stores) -> None:
    stores.triggers.add(a_chain())

    assert not stores.triggers.enable("chain_1", enabled=False).enabled

    assert stores.triggers.after("invoices") == ()
    assert not stores.triggers.get("chain_1").enabled


def test_a_chain_that_is_wired_anew_keeps_its_id_and_is_on(stores: Stores) -> None:
    stores.triggers.add(a_chain())
    stores.triggers.enable("chain_1", enabled=False)
    other = Chain(after="orders", limit=7)

    changed = stores.triggers.rewire("chain_1", other)

    assert (changed.trigger_id, changed.chain, changed.enabled) == ("chain_1", other, True)
    assert stores.triggers.after("orders") == (changed,)
    assert stores.triggers.after("invoices") == ()
    with pytest.raises(NotFound):
        stores.triggers.rewire("chain_9", other)


def test_a_message_is_received_once(stores: Stores) -> None:
    stores.triggers.add(a_hook())

    def receive(_: int) -> bool:
        return stores.triggers.receive("hook_1", "msg_1", a_firing())

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(receive, range(8)))

    assert came.count(True) == 1
    assert [item.firing_id for item in stores.firings.list()] == ["f1"]
    assert stores.triggers.receive("hook_2", "msg_1", a_firing("f2")), "ids are the sender's own"


def test_a_deleted_trigger_is_unknown(stores: Stores) -> None:
    stores.triggers.add(a_hook())
    stores.triggers.delete("hook_1")

    assert stores.triggers.list() == ()
    with pytest.raises(NotFound):
        stores.triggers.get("hook_1")
    with pytest.raises(NotFound):
        stores.triggers.sealed("hook_1")
    with pytest.raises(NotFound):
        stores.triggers.set_sealed("hook_1", b"")
    with pytest.raises(NotFound):
        stores.triggers.delete("hook_1")


def test_of_two_that_chain_the_same_at_once_one_is_refused(stores: Stores) -> None:
    def add(number: int) -> bool:
        try:
            stores.triggers.add(a_chain(f"chain_{number}"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(add, range(4)))

    assert added.count(True) == len(stores.triggers.list(kind="chain")) == 1
