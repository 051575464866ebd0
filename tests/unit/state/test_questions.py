from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.questions import FieldSpec, Question

KEY = FieldSpec(
    name="key",
    title="Key",
    type="choice",
    choices=(
        "title (such as Job #3100, Job #3101)",
        "text (such as Bo Ek)",
        "text 2 (such as In repair)",
        "Total",
        "Title of owner",
        "None of these",
    ),
)
YEARS = FieldSpec(name="year", title="Year", type="choice", choices=("2025", "2026"))


def asking(*fields: FieldSpec) -> Question:
    return Question(id="q", kind="choice", title="Which?", fields=fields)


URL = FieldSpec(name="url", title="Address")
PAID = FieldSpec(name="status", title="Status", type="choice", choices=("Open", "Paid, in part"))
MANY = FieldSpec(name="many", title="Many", type="choices", choices=("Open", "Paid, in part"))
COUNT = FieldSpec(name="count", title="How many", type="number")
YES = FieldSpec(name="yes", title="Sure", type="boolean")
SECRET = FieldSpec(name="login", title="Login", type="secret", origin="https://shop.test")


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        (URL, "https://a.test", "https://a.test"),
        (PAID, "open", "Open"),
        (PAID, " Paid, in part ", "Paid, in part"),
        (MANY, ["open", "Paid, in part"], ["Open", "Paid, in part"]),
        (MANY, "Paid, in part", ["Paid, in part"]),
        (MANY, "open,", ["Open"]),
        (COUNT, 3, 3),
        (COUNT, "2.5", 2.5),
        (COUNT, 0, 0),
        (YES, False, False),
        (YES, "No", False),
        (YES, "true", True),
        (SECRET, {"stored": "shop"}, {"stored": "shop"}),
        (SECRET, {"stored": "shop", "password": "x"}, {"stored": "shop"}),
    ],
)
def test_an_answer_that_fits_is_kept_in_its_field_s_type(
    field: FieldSpec, given: JsonValue, kept: JsonValue
) -> None:
    assert asking(field).check({field.name: given}) == {field.name: kept}


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (URL, 3),
        (URL, "  "),
        (URL, None),
        (PAID, "Overdue"),
        (PAID, 1),
        (MANY, "Open,Overdue"),
        (MANY, []),
        (MANY, ","),
        (MANY, 3),
        (COUNT, "many"),
        (COUNT, "nan"),
        (COUNT, True),
        (COUNT, [1]),
        (YES, "perhaps"),
        (YES, 1),
        (SECRET, "hunter2"),
        (SECRET, {"stored": ""}),
        (SECRET, {"password": "x"}),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_what_would(
    field: FieldSpec, given: JsonValue
) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        asking(field).check({field.name: given})

    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_a_field_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match="no field 'extra'") as caught:
        asking(URL).check({"url": "a", "extra": 1})
    assert caught.value.hint == "Its fields: url."
    with pytest.raises(InvalidAnswer, match="no field 'x'"):
        asking().check({"x": 1})


def test_what_is_left_out_takes_its_default() -> None:
    question = asking(
        URL,
        FieldSpec(name="table", title="Table", default="invoices"),
        FieldSpec(name="note", title="Note", required=False),
    )

    assert question.check({"url": "a"}) == {"url": "a", "table": "invoices", "note": None}


def test_decide_for_me_needs_a_default_for_every_required_field() -> None:
    table = FieldSpec(name="table", title="Table", default="invoices")
    note = FieldSpec(name="note", title="Note", required=False)

    assert asking(table, note).default == {"table": "invoices", "note": None}
    assert asking(table, URL).default is None


def test_the_schema_says_what_may_be_answered() -> None:
    schema = asking(URL, PAID, MANY, COUNT, YES, SECRET).json_schema()

    assert schema["additionalProperties"] is False
    assert schema["required"] == ["url", "status", "many", "count", "yes", "login"]
    assert schema["properties"] == {
        "url": {"title": "Address", "type": "string"},
        "status": {"title": "Status", "type": "string", "enum": ["Open", "Paid, in part"]},
        "many": {
            "title": "Many",
            "type": "array",
            "items": {"enum": ["Open", "Paid, in part"]},
            "minItems": 1,
        },
        "count": {"title": "How many", "type": "number"},
        "yes": {"title": "Sure", "type": "boolean"},
        "login": {
            "title": "Login",
            "type": "object",
            "properties": {"stored": {"type": "string"}},
            "required": ["stored"],
            "x-podium-secret": "https://shop.test",
        },
    }


def test_the_schema_shows_defaults() -> None:
    schema = asking(FieldSpec(name="table", title="Table", default="invoices")).json_schema()

    assert schema["properties"] == {
        "table": {"title": "Table", "type": "string", "default": "invoices"}
    }


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from([URL, PAID, MANY, COUNT, YES, SECRET]), values)
def test_whatever_is_answered_it_fits_or_is_refused(field: FieldSpec, value: JsonValue) -> None:
    question = asking(field)
    try:
        kept = question.check({field.name: value})
    except InvalidAnswer:
        return

    # A checked answer is stable: every door may check it again.
    assert question.check(kept) == kept


@given(st.dictionaries(st.text(max_size=4), values, max_size=3))
def test_no_field_that_was_not_asked_for_gets_through(answer: JsonObject) -> None:
    try:
        kept = asking(FieldSpec(name="note", title="Note", required=False)).check(answer)
    except InvalidAnswer:
        return

    assert set(kept) == {"note"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("text", KEY.choices[1]),
        ("Text 2", KEY.choices[2]),
        ("tot", "Total"),
        ("none", "None of these"),
        ("4", "Total"),
        ("title", KEY.choices[0]),
    ],
)
def test_a_choice_may_be_said_by_its_name_its_beginning_or_its_number(
    said: str, meant: str
) -> None:
    assert asking(KEY).check({"key": said}) == {"key": meant}


@pytest.mark.parametrize("said", ["t", "te", "0", "7", "x"])
def test_what_may_be_several_choices_or_none_is_refused(said: str) -> None:
    with pytest.raises(InvalidAnswer):
        asking(KEY).check({"key": said})


def test_a_number_that_is_itself_a_choice_counts_nothing() -> None:
    assert asking(YEARS).check({"year": "2026"}) == {"year": "2026"}
    with pytest.raises(InvalidAnswer):
        asking(YEARS).check({"year": "20"})


def test_several_choices_may_be_said_by_their_numbers() -> None:
    field = FieldSpec(name="v", title="V", type="choices", choices=("Open", "Paid", "Overdue"))

    assert asking(field).check({"v": "1,3"}) == {"v": ["Open", "Overdue"]}


@pytest.mark.parametrize("said", ["a", "1"])
def test_an_approval_is_said_in_full(said: str) -> None:
    decision = FieldSpec(name="decision", title="Go?", type="choice", choices=("approve", "reject"))
    question = Question(id="q", kind="approval", title="Go?", fields=(decision,))

    with pytest.raises(InvalidAnswer):
        question.check({"decision": said})
