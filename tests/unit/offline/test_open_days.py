"""Days that only the person who asks can tell."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from podium.state.errors import InvalidAnswer
from podium.tools.offline import OfflinePlanner
from tests.unit.offline.labels import WORKSPACE, understand


def _rules(text: str, day: str) -> list[tuple[str, object]]:
    request = understand(text).requests[0]
    plan = asyncio.run(
        OfflinePlanner().plan(request, goal=text, answers={"day": day}, workspace=WORKSPACE)
    )
    return [(rule.cmp, rule.value) for step in plan.agents[0].steps for rule in step.rules]


def test_a_date_that_may_be_two_is_asked_with_both() -> None:
    reading = understand("list the loans due before 10/11/2026 at https://library.example")

    (asked,) = reading.requests[0].missing
    assert (asked.field, asked.kind, asked.choices) == ("day", "choice", ("2026-11-10", "2026-10-11"))  # fmt: skip
    assert asked.default == "2026-11-10"


def test_months_come_first_by_default_where_they_are_written_first() -> None:
    here = replace(WORKSPACE, timezone="America/Chicago")

    reading = understand("list the loans due before 10/11/2026 at https://library.example", here)

    assert reading.requests[0].missing[0].default == "2026-10-11"


@pytest.mark.parametrize("day", ["25/12/2026", "12/25/2026", "5/5/2026"])
def test_a_date_that_can_only_be_one_is_not_asked(day: str) -> None:
    assert understand(f"list the loans due before {day} at https://library.example").requests[0].missing == ()  # fmt: skip


def test_another_date_that_can_only_be_one_tells_which_comes_first() -> None:
    text = "list the invoices dated between 01/02/2026 and 28/02/2026 at https://bills.example"
    (request,) = understand(text).requests

    assert request.missing == ()
    assert [rule.value for step in request.steps for rule in step.rules] == ["2026-02-01", "2026-02-28"]  # fmt: skip


def test_the_answer_takes_the_place_of_the_day() -> None:
    text = "list the loans due before 10/11/2026 at https://library.example"

    assert _rules(text, "2026-10-11") == [("<", "2026-10-11")]


def test_a_feast_that_moves_is_asked_and_its_answer_is_read() -> None:
    text = "list all bookings since Easter Monday at https://hall.example"

    assert [missing.field for missing in understand(text).requests[0].missing] == ["day"]
    assert _rules(text, "6 April 2026") == [(">=", "2026-04-06")]


def test_an_answer_that_is_no_day_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match="day"):
        _rules("list all bookings since Easter Monday at https://hall.example", "some time ago")


def test_a_feast_in_a_name_is_no_day() -> None:
    assert understand("list all Easter eggs at https://shop.example").requests[0].missing == ()


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("in the last six months", "{date.today-6m}"),
        ("from the last 2 years", "{date.today-24m}"),
        ("in the past 3 weeks", "{date.today-21}"),
    ],
)
def test_months_and_years_back_are_those_of_the_calendar(said: str, first: str) -> None:
    rules = [rule for step in understand(f"list all loans {said} at https://library.example").requests[0].steps for rule in step.rules]  # fmt: skip

    assert rules[0].value == first
