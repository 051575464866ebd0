"""Which button of the page's own question goes on with what was meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podium.state.target import Target
from podium.tools.grounding.confirming import asked_since, confirming
from podium.tools.page import Form, Node, Snapshot

TARGET = Target(role="button", name="Take", heading="Shifts")


def a_node(name: str, *, role: str = "button", region: str = "dialog") -> Node:
    return Node(ref=f"{role}-{name}", tag="button", role=role, name=name, region=region)


def a_page(*nodes: Node, text: str = "") -> Snapshot:
    said = "\n".join([*(node.name for node in nodes if node.region == "dialog"), text])
    return Snapshot(
        url="http://site.test/", title="", headings=(), messages=(), text=said, nodes=nodes, forms=(), collections=()
    )  # fmt: skip


def chosen(*nodes: Node, target: Target = TARGET) -> str:
    node = confirming(target, a_page(), a_page(*nodes))
    return node.button.name if node else ""


@pytest.mark.parametrize(
    ("going", "back"),
    [
        ("Yes, take it", "Back"),
        ("OK", "Cancel"),
        ("Take", "No"),
        ("Ja, fortfahren", "Nein"),
        ("Take shift", "X"),
    ],
)
def test_the_button_that_says_yes_or_the_act_itself_goes_on(going: str, back: str) -> None:
    assert chosen(a_node("Are you sure?", role="heading"), a_node(going), a_node(back)) == going


@pytest.mark.parametrize(
    "nodes",
    [
        (a_node("Yes"),),
        (a_node("Yes"), a_node("Yes, and all others"), a_node("No")),
        (a_node("Delete"), a_node("Cancel")),
        (a_node("Reason", role="textbox"), a_node("Yes"), a_node("No")),
        (a_node("Drop this shift?", role="heading"), a_node("Upgrade"), a_node("No")),
        (a_node("Yes", region="main"), a_node("No", region="main")),
    ],
    ids=["no way back", "two ways on", "another act", "asks for more", "an offer", "no dialog"],
)
def test_whatever_is_not_plain_is_left_alone(nodes: tuple[Node, ...]) -> None:
    assert chosen(*nodes) == ""


def test_a_dialog_that_says_the_opposite_is_left_alone() -> None:
    archive = Target(role="button", name="Archive order")

    assert (
        chosen(a_node("Delete order?", role="heading"), a_node("Yes"), a_node("No"), target=archive)
        == ""
    )


def a_page_saying(text: str, *nodes: Node) -> Snapshot:
    return a_page(*nodes, text=text)


def test_a_dialog_whose_words_were_not_read_is_left_alone() -> None:
    nodes = (a_node("Take shifts?", role="heading"), a_node("Yes"), a_node("No"))

    assert confirming(TARGET, a_page(), replace(a_page(*nodes), text="Shifts")) is None


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("Take this shift?", True),
        ("Take shift 118?", True),
        ("This takes all shifts of the week.", False),
        ("This takes 240 shifts for good.", False),
        ("Take shift 119?", False),
        ("Archive this shift and all others?", False),
    ],
)
def test_running_text_of_the_dialog_is_read_too(said: str, *, taken: bool) -> None:
    target = TARGET.model_copy(update={"row_key": "118"})
    before = a_page_saying("Shifts\n118")
    after = a_page_saying(f"Shifts\n118\n{said}", a_node("Continue"), a_node("Cancel"))

    assert (confirming(target, before, after) is not None) is taken


def test_running_text_that_says_the_opposite_is_heard() -> None:
    archive = Target(role="button", name="Archive order")
    after = a_page_saying("The order is deleted.", a_node("Continue"), a_node("Cancel"))

    assert confirming(archive, a_page(), after) is None


def test_what_stood_there_before_the_act_is_no_answer_to_it() -> None:
    nodes = (a_node("Yes"), a_node("No"))

    assert confirming(TARGET, a_page(*nodes), a_page(*nodes)) is None


def test_what_a_dialog_says_since_is_told() -> None:
    page = a_page(a_node("All 22 products?", role="heading"), a_node("Continue"), a_node("Cancel"))

    assert "All 22 products?" in asked_since(a_page(), page)
    assert asked_since(page, page) == ""


def test_a_dialog_that_stood_hidden_on_the_page_is_one_that_was_opened() -> None:
    dialog = (a_node("Take this shift?", role="heading"), a_node("Take"), a_node("Back"))
    hidden = tuple(replace(node, visible=False) for node in dialog)

    found = confirming(TARGET, replace(a_page(), nodes=hidden), a_page(*dialog))

    assert found is not None
    assert found.button.name == "Take"


def test_a_dialog_about_another_grave_act_is_left_alone() -> None:
    booking = a_node("Cancel this booking?", role="heading")

    assert chosen(booking, a_node("Continue"), a_node("Go back")) == ""
    assert (
        chosen(booking, a_node("Continue"), a_node("No"), target=Target(name="Cancel booking"))
        == "Continue"
    )


def test_the_act_itself_as_a_participle_speaks_of_no_more_than_the_act() -> None:
    said = a_node("FB-7 will be checked in", role="heading")
    target = Target(role="button", name="Check in", row_key="FB-7")

    assert chosen(said, a_node("Check in"), a_node("Not now"), target=target) == "Check in"


def test_buttons_of_a_form_in_the_dialog_are_the_dialogs() -> None:
    nodes = (
        a_node("Take this shift?", role="heading"),
        *(a_node(name, region="form") for name in ("Take", "Back")),
    )
    form = Form(
        ref="f", method="post", action="/take", name="", signature="", has_password=False, has_file=False,
        nodes=tuple(node.ref for node in nodes[1:]), in_dialog=True,
    )  # fmt: skip
    asked = replace(a_page(*nodes, text="Take Back"), forms=(form,))

    found = confirming(TARGET, a_page(), asked)

    assert found is not None
    assert found.button.name == "Take"
    assert (
        confirming(TARGET, a_page(), replace(asked, forms=(replace(form, in_dialog=False),)))
        is None
    )


def test_buttons_in_one_line_are_no_sentence() -> None:
    nodes = (a_node("Take this shift?", role="heading"), a_node("Not now"), a_node("Yes, take"))
    page = replace(a_page(*nodes), text="Take this shift?\nNot now Yes, take")

    found = confirming(TARGET, a_page(), page)

    assert found is not None
    assert found.button.name == "Yes, take"


@pytest.mark.parametrize(
    ("question", "goes_on"),
    [
        ("Are you sure?", True),
        ("Really take this shift?", True),
        ("Charge the ward?", False),
        ("Czy na pewno?", True),
    ],
)
def test_a_question_about_nothing_of_the_act_is_left_alone(question: str, *, goes_on: bool) -> None:
    assert bool(chosen(a_node(question, role="heading"), a_node("Yes"), a_node("No"))) is goes_on


@pytest.mark.parametrize(
    ("act", "said", "back", "goes_on"),
    [
        ("Mark returned", "This will cancel the booking.", "Cancel", False),
        ("Approve", "Reject the request.", "Reject", False),
        ("Mark as paid", "The marked invoices will be paid.", "Cancel", False),
        ("Mark as paid", "The invoices that are marked will be paid.", "Cancel", False),
        ("Check in", "Check in the checked passengers?", "Cancel", False),
        ("Select", "Move the selected orders?", "Cancel", False),
        ("Take", "Charge the customer? This cannot be undone.", "Cancel", False),
        ("Take", "Are you sure? The customer will be charged.", "Cancel", False),
        ("Take", "Are you sure? We will invoice the customer.", "Cancel", False),
        ("Take", "Are you sure? The account will be locked.", "Cancel", False),
        ("Mark returned", "Return deposit to customer?", "Cancel", False),
        ("Mark returned", "Return deposit?", "Cancel", False),
        ("Post", "Transfer the money to the post office?", "Cancel", False),
        ("Post", "Postpone?", "Cancel", False),
        ("Mark returned", "Mark this shift as returned?", "Cancel", True),
        ("Mark as paid", "The invoice will be marked as paid.", "Cancel", True),
        ("Check in", "Check in? The passenger will be checked in.", "Cancel", True),
        ("Charge", "Charge the customer?", "Cancel", True),
    ],
)
def test_each_sentence_of_a_dialog_is_to_speak_of_the_act(
    act: str, said: str, back: str, *, goes_on: bool
) -> None:
    target = Target(role="button", name=act, heading="Shifts")
    after = a_page_saying(f"{said}\nOK {back}", a_node("OK"), a_node(back))

    assert (confirming(target, a_page(), after) is not None) is goes_on
