from __future__ import annotations

from dataclasses import replace

import pytest

from podium.state.target import Target
from podium.tools.building.acts.controls import is_prompt
from podium.tools.building.acts.given import for_any
from podium.tools.building.acts.going_on import more_follows
from podium.tools.building.acts.required import missing_required
from podium.tools.building.acts.signs import complaint_of, success_signs
from podium.tools.building.acts.submitting import called
from podium.tools.building.forms import (
    best_option,
    boxes_meant,
    choose_form,
    is_control,
    label_of,
    map_control,
    submit_of,
)
from podium.tools.page import Node, Snapshot
from tests.unit.building.pages import a_button, a_field, a_form, a_page


def ticket_page() -> Snapshot:
    find = a_field("Search", form="s", kind="search", role="searchbox", region="search")
    mail = a_field("E-mail", form="n", kind="email", region="footer")
    title = a_field("Title *", required=True)
    text = a_field("Details", tag="textarea", kind="")
    level = a_field(
        "Priority",
        tag="select",
        kind="",
        role="combobox",
        options=("Please choose", "Low", "High"),
        value="Please choose",
        required=True,
    )
    own = (title, text, level)
    cancel, draft, create = (
        a_button(name, form="f") for name in ("Cancel", "Save draft", "Create ticket")
    )
    return a_page(
        find,
        mail,
        a_button("Subscribe", form="n"),
        *own,
        cancel,
        draft,
        create,
        forms=(a_form(find, ref="s"), a_form(mail, ref="n"), a_form(*own, name="New ticket")),
    )


def test_the_form_whose_fields_fit_is_chosen() -> None:
    choice = choose_form(ticket_page(), {"subject": "a", "text": "b"}, "ticket")

    assert choice is not None
    assert choice.ref == "f"
    assert choice.coverage == 1.0


def test_field_words_find_their_controls_by_meaning() -> None:
    choice = choose_form(ticket_page(), {"subject": "a", "text": "b"}, "ticket")
    assert choice is not None

    def label(word: str) -> str:
        node = map_control(word, choice.controls).node
        return node.label if node else ""

    assert label("subject") == "Title *"
    assert label("text") == "Details"
    assert label("message") == "Details"
    assert label("priority") == "Priority"
    assert label("colour") == ""


def test_the_button_that_submits_is_neither_cancel_nor_draft() -> None:
    assert [node.name for node in submit_of(ticket_page(), "f", "ticket")] == ["Create ticket"]


def test_what_is_required_and_empty_is_missing() -> None:
    choice = choose_form(ticket_page(), {"subject": "a"}, "ticket")
    assert choice is not None

    assert [node.label for node in missing_required(choice.controls)] == ["Title *", "Priority"]


@pytest.mark.parametrize(
    ("shown", "asked"),
    [("Choose a category", True), ("-- Please select --", True), ("---", False), ("Low", False)],
)
def test_a_list_that_still_asks_to_choose_is_missing_though_unmarked(
    shown: str, *, asked: bool
) -> None:
    control = a_field(
        "Category", tag="select", kind="", role="combobox", options=(shown, "A"), value=shown
    )

    assert [node.label for node in missing_required([control])] == (["Category"] if asked else [])


def a_box(name: str, *, sent_as: str = "", legend: str = "", checked: bool = False) -> Node:
    box = a_field(name.rstrip(" *"), kind="checkbox", role="checkbox", name=sent_as)
    return replace(box, name=name, checked=checked, anchors=(legend,) if legend else ())


def test_a_box_that_only_its_star_marks_is_missing_until_it_is_ticked() -> None:
    terms, news = a_box("I accept the terms *", sent_as="terms"), a_box("Send me news")

    assert missing_required((terms, news)) == [terms]
    assert missing_required((replace(terms, checked=True), news)) == []


@pytest.mark.parametrize(("sent_as", "legend"), [("extra", ""), ("", "Extras *")])
def test_of_boxes_that_are_one_required_question_one_is_enough(sent_as: str, legend: str) -> None:
    gps, seat = (
        replace(a_box(name, sent_as=sent_as, legend=legend), required=True)
        for name in ("GPS", "Seat")
    )

    assert missing_required((gps, seat)) == [gps]
    assert missing_required((gps, replace(seat, checked=True))) == []


def test_options_are_chosen_by_meaning_and_never_between_two() -> None:
    assert best_option("high", ("Low", "High"))[0] == "High"
    assert best_option("purple", ("Low", "High")) == (None, ())
    assert is_prompt("-- Please choose --")
    assert not is_prompt("Low")


def test_what_a_page_says_after_a_write_is_kept_without_its_numbers() -> None:
    before = a_page(path="/tickets/new")
    after = a_page(path="/tickets/4711", messages=("Ticket 4711 was created.",))
    signs = success_signs(before, after)

    assert [sign.kind for sign in signs] == ["text", "url"]
    assert "Ticket # was created." in str(signs[0])


def test_of_several_ways_to_save_the_plain_one_is_meant() -> None:
    field = a_field("Title")
    names = ("Save and continue editing", "Save", "Save and add another")
    buttons = [a_button(name, form="f") for name in names]
    page = a_page(field, *buttons, forms=(a_form(field, *buttons),))

    assert [node.name for node in submit_of(page, "f")] == ["Save"]


def test_two_buttons_that_only_begin_alike_stay_a_question() -> None:
    field = a_field("Title")
    buttons = [a_button(name, form="f") for name in ("Send to office", "Send to warehouse")]
    page = a_page(field, *buttons, forms=(a_form(field, *buttons),))

    assert len(submit_of(page, "f")) == 2


def test_a_form_that_comes_back_with_an_objection_was_not_taken() -> None:
    field = a_field("SKU")
    form = a_form(field)
    before = a_page(field, forms=(form,), text="Add product\nSKU")
    again = a_page(
        field, forms=(form,), text="Add product\nProduct with this SKU already exists.\nSKU"
    )
    taken = a_page(path="/products", text="The product was added. No errors.")

    assert complaint_of(before, again) == "Product with this SKU already exists."
    assert complaint_of(before, taken) == ""
    assert complaint_of(before, before) == ""


def test_a_form_that_comes_back_after_it_says_that_it_was_taken_objects_to_nothing() -> None:
    field = a_field("SKU")
    form = a_form(field)
    before = a_page(field, forms=(form,), text="Add product\nSKU")
    said = "The product was saved. You will hear from us if anything is missing or invalid."

    assert complaint_of(before, a_page(field, forms=(form,), text=said)) == ""


def test_what_proves_a_write_holds_for_other_values_and_numbers_too() -> None:
    before = a_page(path="/demo/issue")
    after = a_page(path="/demo/issue69", messages=('The issue "Toner empty" 69 was added',))
    signs = success_signs(before, after, given={"title": "Toner empty", "priority": "bug"})

    assert [sign.model_dump(exclude={"kind"}) for sign in signs] == [
        {"text": 'The issue "{inputs.title}" # was added'},
        {"pattern": "/demo/*"},
    ]


def test_an_address_made_of_a_given_value_is_another_one_next_time() -> None:
    signs = success_signs(
        a_page(path="/wiki/new"), a_page(path="/wiki/toner-empty"), given={"t": "Toner empty"}
    )

    assert [sign.model_dump(exclude={"kind"}) for sign in signs] == [{"pattern": "/wiki/*"}]


def test_a_control_named_by_an_input_is_described_for_any_value_of_it() -> None:
    target = Target(
        phrase="{inputs.tab}",
        role="tab",
        name="Tab #1",
        label="Tab #1 of 3",
        attributes={"id": "tabs-1"},
        anchors=("Tab #2",),
        position=(0.1, 0.2),
        ordinal=2,
    )
    general = for_any(target, {"tab": "Tab #1"})

    assert (general.name, general.label) == ("{inputs.tab}", "{inputs.tab} of 3")
    assert (general.attributes, general.anchors, general.ordinal) == ({}, (), 0)
    assert (general.role, general.phrase) == ("tab", "{inputs.tab}")


def test_short_values_are_not_looked_for_inside_other_words() -> None:
    assert for_any(Target(name="Hx"), {"letter": "x"}).name == "Hx"
    assert for_any(Target(name="x"), {"letter": "x"}).name == "{inputs.letter}"


def test_a_control_may_be_called_by_what_it_is() -> None:
    size = a_field("Size", role="slider", kind="range")
    count = a_field("Select a value", role="spinbutton")
    country = a_field("Where", tag="select", kind="", role="combobox", options=("A", "B"))
    controls = (size, count, country)

    assert map_control("slider", controls).node == size
    assert map_control("spinner", controls).node == count
    assert map_control("dropdown", controls).node == country


def test_a_list_that_its_label_draws_is_a_field_though_its_input_is_a_hair_wide() -> None:
    code, handover = a_field("Tool code"), a_field("Handover", role="combobox")
    drawn = replace(handover, visible=False)
    unnamed = replace(a_field("", role="combobox"), visible=False)
    page = a_page(code, drawn, unnamed, a_button("Send booking", form="f"))

    choice = choose_form(page, {"tool code": "T-1", "handover": "Delivery"})

    assert choice is not None
    assert map_control("handover", choice.controls).node == drawn
    assert unnamed not in choice.controls


def a_radio(label: str, legend: str, name: str) -> Node:
    node = a_field(label, kind="radio", role="radio", name=name)
    return replace(node, anchors=(legend,), checked=False)


def delivery() -> tuple[Node, ...]:
    how = [a_radio(label, "How shall it come?", "how") for label in ("Parcel", "Courier", "Pickup")]
    kind = a_field("Wrapping", tag="select", kind="", role="combobox", options=("None", "Gift"))
    return (*how, kind)


@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("how shall it come", "Courier", "Parcel"),
        ("how", "Courier", "Parcel"),
        ("delivery", "courier", "Parcel"),
        ("pickup", "yes", "Parcel"),
        ("gift", "yes", "Wrapping"),
    ],
)
def test_a_group_of_options_is_found_by_its_legend_its_name_or_one_of_its_options(
    field: str, value: str, label: str
) -> None:
    found = map_control(field, delivery(), value).node

    assert found is not None
    assert found.label == label


def test_a_group_with_nothing_chosen_is_asked_about_once() -> None:
    assert [node.label for node in missing_required(delivery())] == ["Parcel"]


def test_a_control_is_called_by_its_own_words_not_by_what_stands_before_it() -> None:
    field = replace(a_field("State: solved"), attributes={"aria-label": "Your comment"})

    assert label_of(field) == "Your comment"


def test_boxes_of_one_question_are_meant_by_their_labels_and_no_other_box_is() -> None:
    extras = [
        replace(a_field(name, kind="checkbox", role="checkbox"), heading="Extras", checked=False)
        for name in ("Insurance", "GPS", "Child seat")
    ]
    terms = replace(a_field("I accept", kind="checkbox", role="checkbox"), heading="Terms")

    assert boxes_meant("extras", "GPS and child seat", [*extras, terms]) == tuple(extras[1:])
    assert boxes_meant("extras", "GPS and sauna", [*extras, terms]) == ()
    assert boxes_meant("extras", "yes", extras) == ()


def test_fields_of_the_same_label_are_told_apart_by_their_legend() -> None:
    streets = [
        replace(a_field("Street"), heading=heading)
        for heading in ("Billing address", "Delivery address")
    ]

    assert map_control("delivery street", streets).node == streets[1]
    assert map_control("billing street", streets).node == streets[0]
    assert map_control("street", streets).rivals == tuple(streets)


def test_a_field_that_only_programs_fill_is_no_field() -> None:
    assert not is_control(a_field("Leave this field empty"))
    assert is_control(a_field("Reason"))


def test_a_page_that_says_that_something_failed_teaches_no_sign_of_success() -> None:
    before = a_page(path="/new", headings=("New transfer",))
    after = a_page(
        path="/result",
        headings=("Result",),
        text="The transfer was declined by your bank.",
    )

    assert success_signs(before, after) == ()
    assert complaint_of(before, after) == "The transfer was declined by your bank."


@pytest.mark.parametrize(
    ("text", "button", "unfilled", "follows"),
    [
        ("Step 1 of 3", "Next", False, True),
        ("Schritt 3 von 3", "Weiter", False, False),
        ("", "Review order", False, True),
        ("", "Continue", False, False),
        ("", "Continue", True, True),
        ("Step 1 of 3", "Check out", False, False),
    ],
)
def test_that_another_page_follows_is_known_where_the_page_says_it(
    text: str, button: str, unfilled: bool, follows: bool
) -> None:
    page = a_page(text=text)

    assert more_follows(a_button(button, form="f"), page, unfilled=unfilled) is follows


def test_the_button_that_the_request_names_is_the_one_that_says_so() -> None:
    page = ticket_page()

    assert [node.name for node in called(page, "create TICKET")] == ["Create ticket"]
    assert called(page, "Aufnehmen") == ()
