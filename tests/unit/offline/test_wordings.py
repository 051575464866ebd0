"""Ways to say an order, the columns, the button and the records, each meant for what it says."""

from __future__ import annotations

from typing import cast

import pytest

from podium.state.plan import PlannedStep
from tests.unit.offline.labels import understand

SITE = "https://boats.example/all"


def steps(goal: str) -> tuple[PlannedStep, ...]:
    return understand(goal).requests[0].steps


def the(op: str, goal: str) -> PlannedStep:
    [step] = [step for step in steps(goal) if step.op == op]
    return step


@pytest.mark.parametrize(
    ("said", "which", "by", "count"),
    [
        (", sort by rating, best first, keep the top ten", "highest", "rating", 10),
        (" sorted by length descending, first 5", "highest", "length", 5),
        (", sort them by length and keep the first 4", "lowest", "length", 4),
        (" ordered by crew from high to low and save the first 3", "highest", "crew", 3),
        (", rank them by crew, keep the top 3", "highest", "crew", 3),
    ],
)
def test_an_order_says_which_are_picked(said: str, which: str, by: str, count: int) -> None:
    pick = the("pick", f"collect all boats from {SITE}{said}")

    assert (pick.which, pick.fields, pick.count) == (which, (by,), count)
    assert all(step.op != "filter" for step in steps(f"collect all boats from {SITE}{said}"))


def test_an_order_that_may_mean_either_way_is_not_understood() -> None:
    said = f"collect all boats from {SITE}, sort by price, best first, keep the first 3"

    assert understand(said).unexplained != ()


@pytest.mark.parametrize("said", ["sort them by length", "cheapest first", "newest first"])
def test_an_order_that_nothing_is_picked_by_is_told_and_picks_nothing(said: str) -> None:
    (request,) = understand(f"collect all boats from {SITE}, {said}").requests

    (note,) = cast("list[str]", request.arguments["notes"])
    assert "is not done" in note
    assert all(step.op != "pick" for step in request.steps)


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("all houses with 3 or more bedrooms", [("bedrooms", ">=", 3)]),
        ("all patients older than 65", [("age", ">", 65)]),
        ("all hymns numbered 100 to 150", [("number", ">=", 100), ("number", "<=", 150)]),
        ("all dogs aged 3 to 5", [("age", ">=", 3), ("age", "<=", 5)]),
        ("all books from the 1990s", [("date", ">=", "1990-01-01"), ("date", "<=", "1999-12-31")]),
        ("all beams over 10m long", [("length", ">", 10)]),
        ("all rooms on the 2nd floor", []),
        ("all tools which nobody has borrowed this year", [("date", "<", "{date.year}")]),
    ],
)
def test_ages_counts_and_numbers_are_conditions_of_their_own_columns(
    said: str, rules: list[tuple[str, str, object]]
) -> None:
    (request,) = understand(f"list {said} at {SITE}").requests

    read = [(rule.column, rule.cmp, rule.value) for step in request.steps for rule in step.rules]
    assert read == rules
    assert request.schedule is None


@pytest.mark.parametrize(
    "goal",
    [
        f"get all events from {SITE} and, separately, all clubs from https://clubs.example",
        f"list all events at {SITE} and also all clubs at https://clubs.example",
    ],
)
def test_lists_of_two_sites_in_one_sentence_are_two(goal: str) -> None:
    read = [step.thing for step in steps(goal) if step.op == "extract"]

    assert read == ["events", "clubs"]


def test_what_is_said_of_search_results_is_read_from_them() -> None:
    goal = f"look for prams under 100 euro at {SITE}, title, price"

    assert [step.op for step in steps(goal)] == ["open", "search", "extract", "filter", "store"]


def test_the_newest_of_each_is_nothing_that_a_step_picks() -> None:
    reading = understand(f"download the newest report of every van from {SITE}")

    assert reading.confidence < 0.5


@pytest.mark.parametrize(
    "goal",
    [
        f"From {SITE} collect for all boats:\n- name\n- berth\n- length\n",
        f"collect all boats from {SITE} with these columns:\n* name\n* berth\n* length",
        f"collect these columns of all boats at {SITE}:\n\n- name\n- berth\n- length",
        f"read {SITE} to a table: name, berth, length",
    ],
)
def test_columns_on_lines_of_their_own_or_behind_a_table_are_columns(goal: str) -> None:
    assert the("extract", goal).fields[-3:] == ("name", "berth", "length")
    assert all(step.op != "filter" for step in steps(goal))


def test_bullets_that_say_what_to_do_are_no_columns() -> None:
    said = steps(f"{SITE}:\n- open the list\n- collect all boats")

    assert [step.op for step in said][-2:] == ["extract", "store"]
    assert the("extract", f"{SITE}:\n- open the list\n- collect all boats").fields == ()


@pytest.mark.parametrize(
    ("said", "without"),
    [
        (f"collect all boats from {SITE}, leave out the berth column", ("berth",)),
        (f"collect all boats from {SITE} without the berth and home port columns", ("berth", "home port")),
        (f"collect everything except the notes column from {SITE}", ("notes",)),
        (f"collect all columns except notes from {SITE}", ("notes",)),
    ],
)  # fmt: skip
def test_a_column_that_is_not_wanted_is_left_out_and_no_row(
    said: str, without: tuple[str, ...]
) -> None:
    assert the("extract", said).without == without
    assert all(step.op != "filter" for step in steps(said))


def test_what_lacks_something_is_still_a_condition() -> None:
    [rule] = the("filter", f"collect all boats without a berth from {SITE}").rules

    assert (rule.column, rule.cmp, rule.value) == ("berth", "=", "")


@pytest.mark.parametrize(
    ("said", "button"),
    [
        ("submit it with Aufnehmen", "Aufnehmen"),
        ('submit it using the "Save it" button', "Save it"),
        ("submit it via the send button", "send"),
        ("submit it", ""),
        ('submit it with comment "Ahoy"', ""),
    ],
)
def test_what_it_is_submitted_with_is_the_button_and_no_value(said: str, button: str) -> None:
    goal = f"at {SITE} fill the intake form: animal Rex, kind dog, and {said}"

    assert the("submit", goal).press == button
    assert {"with", "intake form"} & set(the("fill", goal).values) == set()
    assert {"animal", "kind"} <= set(the("fill", goal).values)


@pytest.mark.parametrize("verb", ["give me", "show me", "get me", "bring me", "find me", "send me"])
def test_to_be_told_the_records_hands_nothing_in(verb: str) -> None:
    assert {step.effect for step in steps(f"{verb} the sloops from {SITE}")} == {"read"}


def test_the_last_one_with_what_it_has_is_a_record() -> None:
    goal = "get the last order with its total from https://shop.example/orders"

    assert the("extract", goal).fields == ("total",)
    assert the("pick", goal).which == "last"


def test_what_the_records_do_so_much_of_is_a_column() -> None:
    [rule] = the("filter", "collect the jobs of https://jobs.example/all which pay 30k").rules

    assert (rule.column, rule.cmp, rule.value) == ("pay", "=", 30000)


@pytest.mark.parametrize(
    ("said", "or_empty"),
    [
        ("not inspected in the last 30 days", True),
        ("except those inspected in the last 30 days", True),
        ("inspected more than 30 days ago", False),
        ("inspected before May 2025", False),
    ],
)
def test_what_never_happened_did_not_happen_since_then(said: str, or_empty: bool) -> None:
    [rule] = the("filter", f"collect all hives {said} from {SITE}").rules

    assert rule.cmp == "<"
    assert rule.or_empty is or_empty


def test_none_of_several_is_none_of_each() -> None:
    goal = f"list the orders at {SITE} that are open and not (late or cancelled)"

    assert [rule.phrase for step in steps(goal) for rule in step.rules] == ["open", "not late", "not cancelled"]  # fmt: skip


def test_not_both_of_two_is_nothing_that_conditions_say() -> None:
    assert understand(f"list the cars at {SITE} that are not (insured and in transit)").confidence < 0.5  # fmt: skip


@pytest.mark.parametrize(
    "goal",
    [
        f"list all boats at {SITE}, all columns but not the notes",
        f"list all boats at {SITE}, don't include the notes column",
        f"Don't include the notes column. List all boats at {SITE}.",
    ],
)
def test_columns_that_are_not_wanted_are_left_out_wherever_it_is_said(goal: str) -> None:
    read = the("extract", goal)

    assert (read.thing, read.without) == ("boats", ("notes",))
    assert all(step.op != "filter" for step in steps(goal))


def test_what_is_pressed_to_submit_is_the_button_of_one_submit() -> None:
    goal = f"fill the form at {SITE} with name Ann and submit it by pressing Senden"

    assert [(step.op, step.press) for step in steps(goal) if step.op in {"submit", "click"}] == [("submit", "Senden")]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        ("Which boats from Chile cost more than 1000 at {site}?", [("", "Chile"), ("price", 1000)]),
        ("which boats from Chile are late at {site} ?", [("", "Chile"), ("", None)]),
        ("which boats at {site} are longer than 15? put them into a table", [("", 15)]),
    ],
)
def test_a_question_may_say_where_its_things_are_from(asked: str, rules: list[object]) -> None:
    requests = understand(asked.format(site=SITE)).requests

    assert [request.verb for request in requests] == ["create"]
    assert {step.thing for step in requests[0].steps if step.op == "extract"} == {"boats"}
    assert [(rule.column, rule.value) for step in requests[0].steps for rule in step.rules] == rules


@pytest.mark.parametrize("things", ["every boat", "all boats"])
def test_who_did_it_is_no_part_of_the_things_name(things: str) -> None:
    goal = f"collect {things} driven by Pim at {SITE} into a table"

    assert the("extract", goal).thing == "boats"
    assert [rule.phrase for rule in the("filter", goal).rules] == ["driven by Pim"]
