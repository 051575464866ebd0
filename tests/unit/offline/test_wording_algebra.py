"""What must not change a reading, and what must change exactly one thing of it."""

from __future__ import annotations

import itertools

import pytest
from pydantic import JsonValue

from podium.state.plan import MatchRule, PlannedStep
from tests.unit.offline.labels import understand

_POLITE = (
    "please {}",
    "I'd be ever so grateful if you could {}",
    "I was wondering if you could possibly {}",
    "Would it be possible to {}",
    "Good morning! Could you be so kind as to {}",
    "I'm the school secretary. {}",
    "{}. Thanks so much in advance!",
    "If it's not too much trouble, {}",
    "When you have a minute, {}",
    "We are a small car workshop. It would be great if you could {}",
)
_WORK = (
    "list all boats longer than 8 metres at https://harbour.example with name and berth",
    "download all unpaid invoices from https://bills.example as PDF every Monday at 9",
    "get the members who joined after 2020 from https://club.example, name and phone, save as members",
)


def _plan(text: str) -> list[JsonValue]:
    request = understand(text).requests[0]
    said = [step.model_dump(mode="json", exclude={"id", "title", "post"}) for step in request.steps]
    return [*said, request.schedule.cron if request.schedule else ""]


@pytest.mark.parametrize(("frame", "work"), list(itertools.product(_POLITE, _WORK)))
def test_politeness_changes_nothing(frame: str, work: str) -> None:
    reading = understand(frame.format(work))

    assert _plan(frame.format(work)) == _plan(work)
    assert reading.confidence >= 0.5
    assert reading.unexplained == ()


def _rules(text: str) -> list[MatchRule]:
    steps: tuple[PlannedStep, ...] = understand(text).requests[0].steps
    return [rule for step in steps for rule in step.rules]


@pytest.mark.parametrize("unit", ["kg", "km", "m", "l", "cm", "g"])
@pytest.mark.parametrize("comparison", ["over", "at least", "less than", "up to"])
def test_a_unit_is_read_alike_glued_or_apart(comparison: str, unit: str) -> None:
    text = f"list all parcels {comparison} 12{{}}{unit} at https://depot.example"
    glued, apart = _rules(text.format("")), _rules(text.format(" "))

    plain = [rule.model_copy(update={"phrase": ""}) for rule in glued]
    assert plain == [rule.model_copy(update={"phrase": ""}) for rule in apart]
    assert [rule.value for rule in glued] == [12]


@pytest.mark.parametrize("other", ["open", "over 100 EUR", "with status Paid"])
def test_not_turns_the_one_condition_that_it_stands_before(other: str) -> None:
    plain = _rules(f"list all orders that are cancelled, {other}, at https://shop.example")
    denied = _rules(f"list all orders that are not cancelled, {other}, at https://shop.example")

    assert len(plain) == len(denied)
    turned = [(one, two) for one, two in zip(plain, denied, strict=True) if one != two]
    assert [(one.phrase, two.phrase) for one, two in turned] == [("cancelled", "not cancelled")]


_MODIFIERS = ("from https://shop.example", "over 100 EUR", "as CSV", "every Monday at 9")


def test_the_order_of_what_is_said_behind_the_object_changes_nothing() -> None:
    plans = [_plan(" ".join(["list all unpaid invoices", *order])) for order in itertools.permutations(_MODIFIERS)]  # fmt: skip

    assert all(plan == plans[0] for plan in plans)


@pytest.mark.parametrize("order", list(itertools.permutations(["list all animals at https://shelter.example", "don't include cats"])))  # fmt: skip
def test_what_shall_not_be_included_is_left_out_wherever_it_is_said(order: tuple[str, str]) -> None:
    rules = _rules(". ".join(order).capitalize())

    assert [(rule.phrase, rule.cmp) for rule in rules] == [("not cats", "!=")]
