from __future__ import annotations

import pytest

from podium.state.plan import MatchRule
from podium.state.program import Column, ColumnType, Comparison, Condition
from podium.tools.building.fields import Row
from podium.tools.building.filters import (
    ColumnChoice,
    Reading,
    Unknown,
    ValueChoice,
    matching,
    read_rule,
    said_besides,
    still_open,
)


def column(name: str, type_: ColumnType = "text", header: str = "") -> Column:
    return Column(name=name, header=header or name.title(), type=type_)


COLUMNS = (
    column("number"),
    column("customer"),
    column("issued", "date"),
    column("amount", "money"),
    column("status"),
)


def rows(*states: str) -> list[Row]:
    return [
        {
            "number": f"R{place}",
            "customer": "Ames Ltd" if place % 2 else "Bell Berlin",
            "issued": f"2026-10-{place + 1:02}",
            "amount": 10.0 * place,
            "status": state,
        }
        for place, state in enumerate(states)
    ]


def read(rule: MatchRule, *states: str) -> Reading:
    values = {"status": sorted(set(states)), "customer": ["Ames Ltd", "Bell Berlin"]}
    return read_rule(rule, COLUMNS, rows(*states), values)


def said(phrase: str) -> MatchRule:
    return MatchRule(phrase=phrase)


def test_a_value_that_says_the_word_needs_no_question() -> None:
    assert read(said("overdue"), "Open", "Paid", "Overdue") == Condition(
        column="status", cmp="=", value="Overdue"
    )


def test_unpaid_among_open_paid_and_overdue_is_a_question_with_a_sensible_default() -> None:
    reading = read(said("unpaid"), "Open", "Paid", "Overdue")

    assert isinstance(reading, ValueChoice)
    assert reading.values == ("Open", "Overdue", "Paid")
    assert reading.default == ("Open", "Overdue")


def test_an_unknown_state_leaves_the_question_without_a_default() -> None:
    reading = read(said("unpaid"), "Open", "Paid", "Zeta")

    assert isinstance(reading, ValueChoice)
    assert reading.default == ()


def test_of_two_values_the_opposite_decides() -> None:
    assert read(said("unpaid"), "Open", "Paid") == Condition(column="status", cmp="=", value="Open")


@pytest.mark.parametrize("word", ["unread", "new", "active", "open"])
def test_common_states_are_found_by_their_own_name(word: str) -> None:
    reading = read(said(word), word.title(), "Archived", "Other")

    assert reading == Condition(column="status", cmp="=", value=word.title())


def test_more_than_an_amount_goes_to_the_money_column() -> None:
    rule = MatchRule(phrase="over 100 EUR", cmp=">", value=100)

    assert read(rule, "Open") == Condition(column="amount", cmp=">", value=100)


def test_since_a_day_goes_to_the_date_column() -> None:
    rule = MatchRule(phrase="since October", cmp=">=", value="2026-10-01")

    assert read(rule, "Open") == Condition(column="issued", cmp=">=", value="2026-10-01")


def test_two_date_columns_are_asked_about_unless_the_words_name_one() -> None:
    columns = (column("sent", "date", "Sent on"), column("issued", "date", "Issued on"))
    day = {"cmp": "<", "value": "2026-11-01"}
    vague = MatchRule.model_validate({"phrase": "before November", **day})
    named = MatchRule.model_validate({"phrase": "sent before November", **day})

    assert isinstance(read_rule(vague, columns, [], {}), ColumnChoice)
    assert read_rule(named, columns, [], {}) == Condition(
        column="sent", cmp="<", value="2026-11-01"
    )


def test_a_deadline_is_no_answer_to_when_unless_the_words_speak_of_it() -> None:
    columns = (column("due", "date", "Due date"), column("issued", "date", "Issued on"))
    day = {"cmp": ">=", "value": "2026-10-01"}
    plain = MatchRule.model_validate({"phrase": "since October", **day})
    due = MatchRule.model_validate({"phrase": "due since October", **day})

    assert read_rule(plain, columns, [], {}) == Condition(
        column="issued", cmp=">=", value="2026-10-01"
    )
    assert read_rule(due, columns, [], {}) == Condition(column="due", cmp=">=", value="2026-10-01")


def test_a_text_is_looked_for_where_it_occurs() -> None:
    rule = MatchRule(phrase="from Berlin", value="Berlin", cmp="contains")

    assert read(rule, "Open", "Paid") == Condition(
        column="customer", cmp="contains", value="Berlin"
    )


def test_a_named_column_and_value_hold_though_no_row_has_it_today() -> None:
    rule = MatchRule(phrase="of customer Zed", column="customer", value="Zed")

    assert read(rule, "Open") == Condition(column="customer", cmp="=", value="Zed")


def test_words_that_nothing_explains_are_unknown() -> None:
    assert isinstance(read_rule(said("purple"), COLUMNS, rows("Open", "Paid"), {}), Unknown)
    assert read(said("from last month"), "Open", "Paid") == Unknown(relative=True)


def test_an_input_stays_a_template() -> None:
    rule = MatchRule(phrase="with the given status", value="{inputs.status}")
    reading = read_rule(
        rule, COLUMNS, rows("Open", "Paid"), {"status": ["Open", "Paid"]}, example="Paid"
    )

    assert reading == Condition(column="status", cmp="=", value="{inputs.status}")


def test_a_state_within_the_words_is_found_and_its_negation_too() -> None:
    assert read(said("still waiting"), "Waiting", "Done", "Other") == Condition(
        column="status", cmp="=", value="Waiting"
    )
    assert read(said("not yet done"), "Waiting", "Done", "Other") == Condition(
        column="status", cmp="!=", value="Done"
    )


def test_words_for_no_value_are_asked_against_the_list_s_states() -> None:
    reading = read(said("urgent-ish"), "Open", "Paid")

    assert isinstance(reading, ValueChoice)
    assert reading.default == ()


@pytest.mark.parametrize(
    ("cmp", "value", "year"),
    [("<", "1990-01-01", 1990), (">", "1990-12-31", 1990), (">=", "2019-01-01", 2019)],
)
def test_a_year_is_compared_with_a_column_of_bare_years(
    cmp: Comparison, value: str, year: int
) -> None:
    albums = (column("title"), column("year", "number"), column("price", "number"))
    known: list[Row] = [
        {"title": "Rooms", "year": 1988, "price": 12.5},
        {"title": "Fires", "year": 2021, "price": 1400},
    ]
    rule = MatchRule(phrase="before 1990", column="date", cmp=cmp, value=value)

    assert read_rule(rule, albums, known, {}) == Condition(column="year", cmp=cmp, value=year)


def test_a_day_within_a_year_is_not_taken_for_the_year() -> None:
    known: list[Row] = [{"title": "Rooms", "year": 1988}]
    rule = MatchRule(phrase="before 1 May 1990", column="date", cmp="<", value="1990-05-01")

    reading = read_rule(rule, (column("title"), column("year", "number")), known, {})

    assert not isinstance(reading, Condition)


LOANS = (column("loan"), column("returned", "date"), column("done", "boolean"), column("state"))
LENT: list[Row] = [
    {"loan": "L1", "returned": None, "done": False, "state": "Open"},
    {"loan": "L2", "returned": "2026-03-02", "done": True, "state": "Closed"},
]


@pytest.mark.parametrize(
    ("rule", "cmp"),
    [
        (MatchRule(phrase="not returned yet"), "="),
        (MatchRule(phrase="whose Returned is empty", column="returned", value="empty"), "="),
        (MatchRule(phrase="without a returned", cmp="!="), "="),
        (MatchRule(phrase="already returned"), "!="),
        (MatchRule(phrase="Returned is not empty", column="returned", value="empty"), "!="),
    ],
)
def test_a_cell_that_is_left_empty_is_an_answer(rule: MatchRule, cmp: Comparison) -> None:
    assert read_rule(rule, LOANS, LENT, {}) == Condition(column="returned", cmp=cmp, value="")


def test_a_column_that_is_always_filled_says_nothing_about_what_is_missing() -> None:
    filled = [{**row, "returned": "2026-03-02"} for row in LENT]
    assert not isinstance(read_rule(said("not returned yet"), LOANS, filled, {}), Condition)


@pytest.mark.parametrize(
    ("phrase", "holds"), [("done", True), ("not done", False), ("open", False)]
)
def test_a_yes_or_no_column_answers_by_its_name(phrase: str, holds: bool) -> None:
    flags = LOANS[:3]
    assert read_rule(said(phrase), flags, LENT, {}) == Condition(
        column="done", cmp="=", value=holds
    )


def test_a_state_that_is_said_along_with_a_date_is_kept() -> None:
    rule = MatchRule(
        phrase="that are closed since March", column="date", cmp=">=", value="2026-03-01"
    )
    known = {"state": ["Closed", "Open"]}
    assert said_besides(rule, LOANS, known) == Condition(column="state", cmp="=", value="Closed")
    plain = MatchRule(phrase="since March", column="date", cmp=">=", value="2026-03-01")
    assert said_besides(plain, LOANS, known) is None


def test_what_is_overdue_was_due_before_the_run_and_is_not_done_with() -> None:
    columns = (column("loan"), column("reader"), column("due", "date", "Due back"), LOANS[1])
    rows: list[Row] = [{**row, "reader": "Okafor", "due": "2026-10-01"} for row in LENT]
    values = {"reader": ["Okafor", "Reyes"]}
    assert read_rule(said("overdue"), columns, rows, values) == Condition(
        column="due", cmp="<", value="{date.today}"
    )
    assert still_open(said("overdue"), columns, rows) == Condition(
        column="returned", cmp="=", value=""
    )


def test_people_are_never_offered_as_states() -> None:
    columns, values = (column("loan"), column("reader")), {"reader": ["Okafor", "Reyes"]}
    assert read_rule(said("frobbed"), columns, LENT, values) == Unknown()


def test_what_has_no_day_at_all_meets_what_did_not_happen_since() -> None:
    rule = MatchRule(
        phrase="not issued since June", column="date", cmp="<", value="2026-06-01", or_empty=True
    )
    reading = read(rule, "Open", "Paid")

    assert isinstance(reading, Condition)
    assert reading == Condition(column="issued", cmp="<", value="2026-06-01", or_empty=True)
    kept = matching([{"issued": None}, {"issued": ""}, {"issued": "2026-05-31"}, {"issued": "2026-06-02"}], [reading])  # fmt: skip
    assert kept == [{"issued": None}, {"issued": ""}, {"issued": "2026-05-31"}]
    plain = reading.model_copy(update={"or_empty": False})
    assert matching([{"issued": None}, {"issued": "2026-05-31"}], [plain]) == [
        {"issued": "2026-05-31"}
    ]
    assert Condition.model_validate(reading.to_json()) == reading
