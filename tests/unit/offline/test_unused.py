"""What is said and comes to nothing is named, whatever the planner took it for."""

from __future__ import annotations

import asyncio

import pytest

from podium.state.plan import Plan, PlannedAgent, PlannedStep
from podium.tools.offline import OfflinePlanner
from podium.tools.unused import unused_words
from tests.unit.offline.labels import WORKSPACE, understand


def plan_of(goal: str) -> Plan:
    request = understand(goal).requests[0]
    return asyncio.run(OfflinePlanner().plan(request, goal=goal, answers={}, workspace=WORKSPACE))


@pytest.mark.parametrize(
    "goal",
    [
        "log into https://ledger.example, download all unpaid invoices as CSV, and store them every Monday at 9",
        "every weekday at half past eight collect the name and price of all products in the catalogue at https://shop.example into a table, keyed by SKU",
        'fill the ticket form at https://help.example with subject "Printer broken" and text "It does not print", and submit it',
        "grab titles and prices of the three cheapest books on https://books.example",
    ],
)
def test_a_request_that_is_planned_as_a_whole_has_no_word_left(goal: str) -> None:
    assert unused_words(goal, plan_of(goal).agents) == ()


def test_words_that_no_step_holds_are_named_as_they_were_written() -> None:
    agents = plan_of("collect the name of all ferries on https://port.example").agents
    said = (
        "collect the name of all ferries to Stavanger on https://port.example, but not Tidal Basin"
    )

    assert unused_words(said, agents) == ("Stavanger", "not Tidal Basin")


def test_a_number_that_no_step_holds_is_named() -> None:
    agents = plan_of("collect the name of all ferries on https://port.example").agents

    assert unused_words("collect the name of 40 ferries", agents) == ("40",)


def test_what_the_program_holds_was_used() -> None:
    agents = plan_of("collect the name of all ferries on https://port.example").agents
    said = "collect the name of all ferries to Stavanger"

    assert unused_words(said, agents, further=["Destination = Stavanger"]) == ()


def test_a_state_beside_a_noun_is_no_filler() -> None:
    agents = plan_of("collect the name of all ferries on https://port.example").agents

    assert unused_words("collect the name of all available ferries", agents) == ("available",)


def test_what_only_keeps_its_opposite_is_named() -> None:
    agents = plan_of("collect the name of all late ferries on https://port.example").agents

    assert unused_words("collect the name of all ferries that are not late", agents) == (
        "not late",
    )
    assert unused_words("collect the name of all late ferries", agents) == ()


def test_what_was_not_read_where_it_stands_is_named_though_it_stands_elsewhere() -> None:
    said = "collect the name of all ferries on https://port.example, ferries last"
    agents = plan_of("collect the name of all ferries on https://port.example").agents

    assert unused_words(said, agents, not_read=["ferries last"]) == ("ferries last",)
    assert unused_words(said, agents, not_read=["please", "the"]) == ()


@pytest.mark.parametrize(
    ("said", "day", "left"),
    [
        ("tomorrow", "{date.today+1}", ()),
        ("next Friday", "{date.friday}", ()),
        ("yesterday", "{date.today-1}", ()),
        ("the day after tomorrow", "{date.today+2}", ()),
        ("tomorrow", "2027-01-02", ("tomorrow",)),
        ("yesterday", "{date.today+1}", ("yesterday",)),
    ],
)
def test_a_day_relative_to_today_is_used_where_its_template_stands(
    said: str, day: str, left: tuple[str, ...]
) -> None:
    fill = PlannedStep(id="fill", op="fill", title="Fill", values={"date": day})
    agent = PlannedAgent(name="booker", goal="g", origins=("https://a.example",), steps=(fill,))

    assert unused_words(f"fill the form with date {said}", (agent,)) == left
