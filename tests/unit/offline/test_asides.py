"""What a request says beside the work is read as what it is, or named; it never becomes another act."""

from __future__ import annotations

import pytest

from tests.unit.offline.labels import understand

SITE = "https://x.example/items"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"Make an agent called Bin Watch that collects all items from {SITE}", "bin-watch"),
        (f"collect all items from {SITE}. Call it job radar.", "job-radar"),
        (f'collect all items from {SITE} and call the agent "Item reader"', "item-reader"),
    ],
)
def test_an_agent_is_called_as_the_request_says(text: str, name: str) -> None:
    reading = understand(text)

    assert [request.agents for request in reading.requests] == [(name,)]
    assert reading.unexplained == ()


def test_a_table_that_is_given_a_name_does_not_name_the_agent() -> None:
    (request,) = understand(
        f"collect all items from {SITE} into a table and call it recent"
    ).requests

    assert request.agents != ("recent",)


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("before you delete support-tickets, export it", ["export", "delete"]),
        ("run product-prices and if it fails tell me why", ["run"]),
        ("from now on call product-prices shop-watch", ["rename"]),
        ("put product-prices back to how it was before yesterday's change", ["rollback"]),
    ],
)
def test_what_stands_around_a_verb_adds_no_other(text: str, verbs: list[str]) -> None:
    assert [request.verb for request in understand(text).requests] == verbs


@pytest.mark.parametrize(
    "text",
    [
        "run product-prices on Friday",
        "resume product-prices tomorrow at 8",
        "unpaid-invoices doesn't need to run on weekends any more",
        "stop unpaid-invoices from running on Sundays",
    ],
)
def test_what_is_not_meant_for_now_or_for_all_days_does_nothing_now(text: str) -> None:
    reading = understand(text)

    assert reading.confidence < 0.5
    assert reading.unexplained


def test_how_many_there_are_is_told_by_the_rows() -> None:
    (request,) = understand(
        "how many parcels at https://x.example/parcels are in transit?"
    ).requests

    assert [rule.phrase for step in request.steps for rule in step.rules] == ["in transit"]


def test_the_first_by_a_column_are_picked_by_it() -> None:
    (request,) = understand(f"first 5 shelters by capacity from {SITE}").requests
    pick = next(step for step in request.steps if step.op == "pick")

    assert (pick.which, pick.count, pick.fields) == ("lowest", 5, ("capacity",))
