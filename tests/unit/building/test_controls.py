"""Controls that are drawn, counted or taken apart, and options that only look alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from podium.state.errors import Fatal
from podium.tools.building.acts.required import refuse_captcha
from podium.tools.building.forms import (
    best_option,
    day_lists,
    group_name,
    groups,
    is_control,
    map_control,
    repeated,
    steppers,
    submit_of,
)
from podium.tools.page import Node
from tests.unit.building.pages import a_page


def a_node(ref: str, role: str, label: str = "", **fields: Any) -> Node:
    tag = {"button": "button", "combobox": "select"}.get(role, "input")
    return replace(Node(ref=ref, tag=tag, role=role, name=label, label=label), **fields)


@pytest.mark.parametrize("role", ["radio", "switch", "checkbox", "combobox"])
def test_a_button_that_is_drawn_as_a_choice_is_a_control(role: str) -> None:
    drawn = a_node("a", role, "High", tag="button", input_type="button")

    assert is_control(drawn)
    assert not is_control(a_node("b", "button", "High", input_type="button"))
    assert not is_control(a_node("c", "textbox", "Go", input_type="submit"))


def test_drawn_radios_of_two_questions_under_one_heading_are_two_groups() -> None:
    stars = a_node("a", "radio", "4 stars", tag="span", anchors=("Rating",), heading="Review")
    yes = a_node("b", "radio", "Yes", tag="button", anchors=("Recommend?",), heading="Review")

    assert group_name(stars) != group_name(yes)


def test_a_pair_of_buttons_counts_what_stands_before_it() -> None:
    page = a_page(
        *(
            a_node("less", "button", "-", anchors=("Children", "Adults")),
            a_node("more", "button", "+", anchors=("0", "-")),
            a_node("other", "button", "Fewer", anchors=("Beds",)),
            a_node("link", "link", "More", anchors=("2",)),
        )
    )
    (stepper,) = steppers(page)

    assert (stepper.ref, stepper.label, stepper.value) == ("less", "Children", "0")
    match = map_control("children", groups(page)[""], "2")
    assert match.node is not None
    assert match.node.ref == "less"


def a_date() -> tuple[Node, ...]:
    months = tuple(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )
    days = tuple(str(day) for day in range(1, 32))
    lists = (("d", "Day", days), ("m", "Month", months), ("y", "Year", ("2026", "2027")))
    return tuple(
        a_node(ref, "combobox", label, options=options, heading="Date of birth")
        for ref, label, options in lists
    )


def test_three_lists_under_one_legend_are_one_date() -> None:
    controls = (a_node("n", "textbox", "Name"), *a_date())

    match = map_control("date of birth", controls, "2027-03-04")

    assert match.node is not None
    assert [one.label for one in day_lists(match.node, controls)] == ["Day", "Month", "Year"]
    assert day_lists(controls[0], controls) == ()
    assert day_lists(controls[1], controls[:3]) == ()


@pytest.mark.parametrize(
    ("own", "other", "same"),
    [
        ("E-mail", "Repeat e-mail", True),
        ("Your e-mail", "E-mail (again)", True),
        ("Phone", "Confirm phone *", True),
        ("E-mail", "Repeat password hint", False),
        ("Name", "E-mail", False),
    ],
)
def test_a_field_that_asks_for_the_same_once_more_is_known(
    own: str, other: str, *, same: bool
) -> None:
    node = a_node("a", "textbox", own)
    again = a_node("b", "textbox", other)

    assert (repeated(node, (node, again)) == again) is same


ROOMS = ("Standard room from 80", "Sea view from 120", "Suite from 210")


@pytest.mark.parametrize(
    ("said", "about", "chosen"),
    [
        ("standard room", "Room", ROOMS[0]),
        ("sea view room", "Room", ROOMS[1]),
        ("suite", "Room", ROOMS[2]),
        ("view room", "", None),
        ("sea view room", "", None),
    ],
)
def test_a_word_that_only_another_option_has_tells_against_the_best_one(
    said: str, about: str, chosen: str | None
) -> None:
    assert best_option(said, ROOMS, about=about)[0] == chosen


def test_the_button_of_a_group_that_repeats_sends_nothing_and_neither_does_a_covered_one() -> None:
    add = a_node("a", "button", "Add another guest", form="f", input_type="button")
    send = a_node("b", "button", "Sign me up", form="f", input_type="submit")
    below = a_node("c", "button", "New ticket", form="f", input_type="submit", covered=True)
    page = a_page(add, send, below)

    assert [one.ref for one in submit_of(page, "f")] == ["b"]


PROVE = "To prove that you are human, type the characters you see"


@pytest.mark.parametrize(
    ("label", "text", "guarded"),
    [
        ("Security code *", PROVE, True),
        ("I'm not a robot", "", True),
        ("Security code *", "The three digits on the back of your card", False),
        ("Town *", PROVE, False),
    ],
)
def test_a_field_against_programs_is_said_and_no_other(
    label: str, text: str, *, guarded: bool
) -> None:
    field = a_node("a", "textbox", label)
    page = a_page(field, text=text)

    if guarded:
        with pytest.raises(Fatal, match="guarded against programs"):
            refuse_captcha(field, page)
    else:
        refuse_captcha(field, page)
