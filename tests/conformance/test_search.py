from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from podium.state.search import Entry, EntryKind, words_of
from podium.state.stores import Stores, Turn
from tests.builders import NOON, a_program, a_run, a_spec


def an_entry(
    ref: str, text: str, *, kind: EntryKind = "row", agent: str = "prices", minutes: int = 0
) -> Entry:
    at = NOON + timedelta(minutes=minutes)
    return Entry(kind=kind, ref=ref, agent=agent, run_id="r1", step="keep", at=at, title="", text=text)  # fmt: skip


def refs(stores: Stores, words: str, *, agent: str = "") -> list[str]:
    return [item.ref for item in stores.search.find(words_of(words), agent=agent)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("acme", ["b", "a"]),
        ("ACME invoices", ["b"]),
        ("inv-4711", ["a"]),
        ("4711 ACME", ["a"]),
        ("471", ["a"]),
        ("711", []),
        ("muller", ["b"]),
        ("Müller strasse", ["b"]),
        ("acme 4712", []),
        ("'; drop table podium_search; --", []),
        ('" OR *', []),
        ("", []),
    ],
)
def test_words_are_found_as_beginnings_whatever_their_case_and_accents(
    stores: Stores, words: str, found: list[str]
) -> None:
    stores.search.put(
        [
            an_entry("a", "INV-4711 of ACME Ltd. over 12.50 EUR"),
            an_entry("b", "Invoices: Müller, Straße 3, acme@shop.test", minutes=1),
        ]
    )

    assert refs(stores, words) == found


def test_an_entry_that_is_kept_again_replaces_itself(stores: Stores) -> None:
    stores.search.put([an_entry("a", "first"), an_entry("b", "other")])
    stores.search.put([an_entry("a", "second"), an_entry("a", "third", minutes=3)])

    assert (refs(stores, "first"), refs(stores, "second"), refs(stores, "third")) == ([], [], ["a"])
    assert stores.search.entries("row") == {"a": NOON + timedelta(minutes=3), "b": NOON}


def test_two_that_keep_the_same_entries_in_other_orders_do_not_block_each_other(
    stores: Stores,
) -> None:
    entries = [an_entry(f"r{number}", "word") for number in range(200)]
    start = Barrier(2)

    def keep(order: list[Entry]) -> None:
        start.wait(timeout=20)
        for _ in range(5):
            stores.search.put(order)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(keep, order) for order in (entries, entries[::-1])]
        for one in done:
            one.result(timeout=60)

    assert len(stores.search.entries("row")) == 200


def test_finished_live_runs_and_turns_wait_to_be_indexed_once(stores: Stores) -> None:
    for run_id, mode in (("r1", "live"), ("r2", "test"), ("r3", "live")):
        run = stores.runs.create(a_run(run_id).model_copy(update={"mode": mode}))
        if run_id != "r3":
            run = stores.runs.replace(run.move("running"))
            stores.runs.replace(run.move("finished", outcome="success"))
    stores.conversation.add(Turn(thread_id="c1", role="user", text="hello", at=NOON))
    (run,), (turn,) = stores.search.unindexed_runs(), stores.search.unindexed_turns()

    stores.search.put(
        [an_entry(run.run_id, "x", kind="run"), an_entry(str(turn.seq), "x", kind="turn")]
    )

    assert (run.run_id, turn.text) == ("r1", "hello")
    assert (stores.search.unindexed_runs(), stores.search.unindexed_turns()) == ((), ())


def test_what_is_found_names_a_renamed_agent_as_it_is_called_now(stores: Stores) -> None:
    stores.agents.create(
        name="prices", spec=a_spec(), program=a_program(), reason="built", author="you"
    )
    stores.search.put([an_entry("a", "word"), an_entry("b", "word", agent="stock")])

    stores.agents.rename("prices", "offers")

    assert [item.agent for item in stores.search.find(("word",), agent="offers")] == ["offers"]
    assert refs(stores, "word", agent="prices") == []
