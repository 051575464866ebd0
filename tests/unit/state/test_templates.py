from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.templates import Scope, names_in, render

SCOPE = Scope(
    inputs={"city": "Ulm", "n": 3, "empty": None},
    steps={"list": {"count": 2, "first": {"sku": "A"}}},
    item={"no": "INV-1", "paid": False},
)


def test_names_are_replaced_by_their_values() -> None:
    text = (
        "{inputs.city}/{inputs.n}/{steps.list.count}/{steps.list.first.sku}/{item.no}/{item.paid}"
    )

    assert render(text, SCOPE) == "Ulm/3/2/A/INV-1/false"


def test_a_value_that_is_null_is_empty_text() -> None:
    assert render("[{inputs.empty}]", SCOPE) == "[]"
    assert render("{item.ok}", Scope(item={"ok": True})) == "true"


def test_a_name_that_is_nothing_s_fails_the_step() -> None:
    for text in ("{inputs.town}", "{steps.list.count.x}", "{item.}x{item.gone}"):
        with pytest.raises(Fatal, match="Nothing is called") as caught:
            render(text, SCOPE)
        assert caught.value.code == "unknown_name"


def test_a_secret_never_enters_a_text() -> None:
    with pytest.raises(Fatal, match="'PASSWORD' may only be typed") as caught:
        render("x{secrets.PASSWORD}", SCOPE)
    assert caught.value.code == "secret_in_text"


def test_a_value_is_not_read_as_a_template_again() -> None:
    scope = Scope(inputs={"a": "{inputs.b} {secrets.X}", "b": "no"})

    assert render("{inputs.a}", scope) == "{inputs.b} {secrets.X}"


@pytest.mark.parametrize(
    "text", ["{{7*7}}", "{item.__class__}x", "{0}", "{inputs}", "{inputs .x}", "%s", "$x", "{}"]
)
def test_nothing_else_is_ever_evaluated(text: str) -> None:
    if "__class__" in text:
        with pytest.raises(Fatal):
            render(text, SCOPE)
    else:
        assert render(text, SCOPE) == text


@given(st.text())
def test_text_without_names_stays_as_it_is(text: str) -> None:
    if not names_in(text):
        assert render(text, Scope()) == text


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text(), max_size=4))
def test_every_value_appears_where_its_name_stood(values: dict[str, str]) -> None:
    inputs: JsonObject = dict(values)
    text = "|".join(f"{{inputs.{name}}}" for name in values)

    assert names_in(text) == tuple(("inputs", name) for name in values)
    assert render(text, Scope(inputs=inputs)) == "|".join(values.values())
