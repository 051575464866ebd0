from __future__ import annotations

import pytest

from podium.tools.offline.form_items import items_of
from podium.tools.offline.tokens import MASK


def pairs(text: str) -> dict[str, str]:
    return {item.label: text[item.value_start : item.end] for item in items_of(text, MASK)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "report a leak: where is it: Hall 2, urgency high, repair by 3 March 2027",
            {"where is it": "Hall 2", "urgency": "high", "repair by": "3 March 2027"},
        ),
        (
            "fill the form with badge number 77, tell us by letter and submit it",
            {"badge number": "77", "tell us by": "letter"},
        ),
        (
            "complete the form (name Ann Lee, notify: e-mail, pick up at North Gate), then send it",
            {"name": "Ann Lee", "notify": "e-mail", "pick up at": "North Gate"},
        ),
        (
            "enter what happened=It fell down, branch Old Town and send it",
            {"what happened": "It fell down", "branch": "Old Town"},
        ),
    ],
)
def test_items_of_a_form_are_fields_with_values_though_they_look_like_clauses(
    text: str, expected: dict[str, str]
) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "collect name, price and branch of all shops and tell me by mail",
        "download the report and notify me by e-mail",
        "watch the page and tell me when the price drops",
    ],
)
def test_requests_that_fill_nothing_have_no_items(text: str) -> None:
    assert pairs(text) == {}


def test_a_box_to_agree_to_and_a_payment_rhythm_are_fields_and_an_amount_is_an_act() -> None:
    said = "apply for a berth: boat Teal, pay monthly, accept the harbour rules"

    assert pairs(said) == {"pay": "monthly", "accept the harbour rules": ""}
    assert "pay" not in pairs("open the bill at the form page, pay 30 EUR and submit it")
