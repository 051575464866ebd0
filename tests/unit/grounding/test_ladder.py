from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.state.target import Target
from podium.tools.grounding.describe import describe
from podium.tools.grounding.ladder import ground
from podium.tools.page import Node, Snapshot
from podium.tools.running.finding import redescribed
from podium.tools.scripted import Cell, Screen

URL = "https://site.test/page"
LOGIN = (("Username", "text"), ("Password", "password"))
TICKET = (("Subject", "text"), ("Message", "textarea"), ("Priority", "select"))


def shot(screen: Screen) -> Snapshot:
    return screen.snapshot(URL, {})


def login(submit: str = "Sign in") -> Screen:
    screen = (
        Screen("Welcome")
        .link("Home", "/", region="navigation")
        .link("Help", "/help", region="navigation")
    )
    return screen.form("/login", LOGIN, submit=submit)


def named(snapshot: Snapshot, name: str) -> Node:
    return next(node for node in snapshot.nodes if node.name == name)


def target_of(screen: Screen, name: str, *, phrase: str = "") -> Target:
    snapshot = shot(screen)
    return describe(named(snapshot, name), snapshot, phrase=phrase)


def changed(snapshot: Snapshot, change: Callable[[Node], Node]) -> Snapshot:
    return replace(snapshot, nodes=tuple(change(node) for node in snapshot.nodes))


# -- Rung 1


@pytest.mark.parametrize("name", ["Username", "Password", "Sign in", "Help"])
def test_an_unchanged_page_is_found_as_recorded(name: str) -> None:
    found = ground(target_of(login(), name), shot(login()))

    assert found.node == named(shot(login()), name)
    assert (found.rung, found.kind) == (1, "found")
    assert found.score > found.runner_up


def test_a_decoy_of_the_same_name_elsewhere_is_not_taken() -> None:
    page = login().link("Sign in", "/sso", region="footer")

    found = ground(target_of(login(), "Sign in"), shot(page))

    assert found.node is not None
    assert found.node.role == "button"


def test_links_with_one_address_count_as_one() -> None:
    page = Screen("Shop").link("Invoices", "/invoices", region="navigation")
    twice = (
        Screen("Shop")
        .link("Invoices", "/invoices", region="footer")
        .link("Invoices", "/invoices", region="navigation")
    )

    assert ground(target_of(page, "Invoices"), shot(twice)).kind == "found"


def test_equal_buttons_that_nothing_tells_apart_are_ambiguous_for_a_write() -> None:
    one = Screen("Tickets").button("Close")
    two = Screen("Tickets").button("Close").button("Close")

    assert ground(target_of(one, "Close"), shot(two), strict=True).kind == "ambiguous"


# -- Rows


def rows(*names: str, button: str = "CSV") -> Screen:
    return Screen("Invoices").table(
        ("Number", "File"), [(name, Cell(button, button=f"/{name}/{button}")) for name in names]
    )


def row_target(button: str = "CSV") -> Target:
    snapshot = shot(rows("INV-1", "INV-2", button=button))
    node = next(node for node in snapshot.nodes if node.name == button)
    return describe(node, snapshot, row_key="{item.number}").model_copy(update={"row_key": "INV-1"})


@pytest.mark.parametrize("names", [("INV-2", "INV-1"), ("INV-9", "INV-10", "INV-1"), ("INV-1",)])
def test_a_row_is_found_by_its_key_and_never_by_its_position(names: tuple[str, ...]) -> None:
    snapshot = shot(rows(*names))

    found = ground(row_target(), snapshot, strict=True)

    assert found.node is not None
    record = next(
        record for record in snapshot.collections[0].records if found.node.ref in record.nodes
    )
    assert record.values[0].text == "INV-1"


def test_a_row_that_is_gone_is_missing_not_another_row() -> None:
    assert ground(row_target(), shot(rows("INV-10", "INV-2"))).kind == "missing"


def test_another_action_in_the_row_is_refused() -> None:
    found = ground(
        row_target("Archive"), shot(rows("INV-1", "INV-2", button="Delete")), strict=True
    )

    assert found.kind == "refused"
    assert "Delete" in found.why


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Order part", "found"), ("Order sample", "refused"), ("Order case", "unsure")],
)
def test_an_act_in_a_row_may_name_what_the_list_calls_its_rows_and_nothing_else(
    said: str, kind: str
) -> None:
    def desk(button: str) -> Snapshot:
        made = [(name, Cell(button, button=f"/{name}/order")) for name in ("K-1", "K-2")]
        return shot(Screen("Depot").table(("Part", ""), made))

    learnt = desk("Order")
    node = next(node for node in learnt.nodes if node.name == "Order")
    target = describe(node, learnt, row_key="K-1")

    assert ground(target, desk(said), strict=True, request_known=True).kind == kind


def test_buttons_of_equal_rows_without_a_key_are_ambiguous() -> None:
    keyless = row_target().model_copy(update={"row_key": ""})

    assert ground(keyless, shot(rows("INV-1", "INV-2"))).kind == "ambiguous"


# -- Rungs 2 and 3


@pytest.mark.parametrize("said", ["Log in", "Login", "Anmelden"])
def test_another_word_for_the_same_is_healed(said: str) -> None:
    found = ground(target_of(login(), "Sign in"), shot(login(said)))

    assert found.node is not None
    assert found.node.name == said
    assert found.rung == 2


def test_a_fuzzy_rung_waits_for_the_page_to_settle() -> None:
    assert (
        ground(target_of(login(), "Sign in"), shot(login("Log in")), settled=False).kind
        == "missing"
    )


def test_a_translated_label_is_found_by_its_stable_attribute() -> None:
    def translated(node: Node) -> Node:
        return replace(node, name="Sujet", label="Sujet") if node.name == "Subject" else node

    page = Screen("New ticket").form("/tickets", TICKET, submit="Submit")

    found = ground(target_of(page, "Subject"), changed(shot(page), translated))

    assert found.node is not None
    assert found.node.name == "Sujet"


def test_the_words_of_the_plan_are_the_third_rung() -> None:
    target = Target(
        phrase="Subject field", role="textbox", name="What is it about", label="What is it about"
    )
    page = Screen("New ticket").form("/tickets", TICKET, submit="Submit")

    found = ground(target, shot(page))

    assert found.node is not None
    assert (found.node.name, found.rung) == ("Subject", 3)


def test_nothing_alike_is_missing() -> None:
    page = Screen("News").link("Weather", "/w").button("Play")

    assert ground(target_of(login(), "Sign in"), shot(page)).kind == "missing"


# -- Meaning


@pytest.mark.parametrize(
    ("before", "after"), [("Archive", "Delete"), ("Approve", "Reject"), ("Save", "Discard")]
)
@pytest.mark.parametrize("strict", [True, False])
def test_the_opposite_in_the_same_place_is_refused(
    before: str, after: str, *, strict: bool
) -> None:
    target = target_of(Screen("Order").button(before, id="act"), before)

    found = ground(target, shot(Screen("Order").button(after, id="act")), strict=strict)

    assert found.kind == "refused"
    assert found.node is None


def test_a_write_in_another_form_is_not_healed() -> None:
    ticket = Screen("Ticket").form("/tickets", TICKET, submit="Submit")
    other = Screen("Newsletter").form("/newsletter", (("Email", "email"),), submit="Submit")

    assert ground(target_of(ticket, "Submit"), shot(other), strict=True).node is None


def test_a_write_survives_a_further_field_in_its_form() -> None:
    before = Screen("Ticket").form("/tickets", TICKET, submit="Submit")
    after = Screen("Ticket").form("/tickets", (*TICKET, ("Team", "select")), submit="Submit")

    assert ground(target_of(before, "Submit"), shot(after), strict=True).kind == "found"


def test_a_frame_of_another_name_is_another_document() -> None:
    def framed(name: str) -> Snapshot:
        return changed(
            shot(Screen("Doc").button("Acknowledge")), lambda node: replace(node, frame=(name,))
        )

    inner = describe(framed("letter").nodes[0], framed("letter"))

    assert ground(inner, framed("ads")).kind == "missing"
    assert ground(inner, framed("letter")).kind == "found"


def test_of_two_controls_with_one_hidden_name_the_shown_text_decides() -> None:
    def pager(*texts: str) -> Snapshot:
        screen = Screen("Books")
        for index, text in enumerate(texts):
            screen.node(
                Node(
                    ref="",
                    tag="a",
                    role="link",
                    name="next page",
                    text=text,
                    attributes={"href": f"/page/{index}"},
                )
            )
        return shot(screen)

    target = describe(pager("Next »").nodes[0], pager("Next »"))

    found = ground(target, pager("« Previous", "Next »"))

    assert found.node is not None
    assert found.node.text == "Next »"


# -- Properties

names = st.sampled_from(["Username", "Password", "Search", "Subject", "Code", "E-mail", "Pin"])
kinds = st.sampled_from(["text", "email", "search", "number", "file", "password", "checkbox"])


@settings(deadline=None)
@given(st.lists(st.tuples(names, kinds), min_size=1, max_size=6), names, kinds)
def test_password_and_file_fields_are_only_ever_found_as_what_they_are(
    fields: list[tuple[str, str]], name: str, kind: str
) -> None:
    before = Screen("Form").form("/x", ((name, kind),), submit="Go")

    found = ground(
        target_of(before, name, phrase=name), shot(Screen("Form").form("/x", fields, submit="Go"))
    )

    if found.node is not None:
        for special in ("password", "file"):
            assert (found.node.input_type == special) == (kind == special)


@settings(deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(["Username", "Password", "Sign in", "Help", "Home"]),
)
def test_shuffled_ids_and_classes_never_change_the_winner(random: object, name: str) -> None:
    shuffle = getattr(random, "shuffle")  # noqa: B009  hypothesis types it as Random only at run time

    def with_ids(ids: list[str]) -> Snapshot:
        given = iter(ids)
        return changed(
            shot(login()),
            lambda node: replace(
                node, attributes={**node.attributes, "id": next(given), "class": next(given)}
            ),
        )

    ids = [
        f"{word}-{part}"
        for word in ("alpha", "beta", "gamma", "delta", "eps")
        for part in ("x", "y")
    ]
    before = with_ids(ids)
    target = describe(named(before, name), before)
    shuffle(ids)

    found = ground(target, with_ids(ids))

    assert found.node is not None
    assert found.node.name == name


# -- After a heal, frames, and writes whose request is known


def test_a_page_that_goes_back_to_how_it_was_is_found_as_recorded() -> None:
    old, new = login(), login("Log in")
    before = target_of(old, "Sign in")
    page = changed(
        shot(new),
        lambda node: replace(node, role="link", tag="a") if node.name == "Log in" else node,
    )
    healed = redescribed(before, named(page, "Log in"), page)

    again, back = ground(healed, page), ground(healed, shot(old))

    assert (again.rung, again.node) == (1, named(page, "Log in"))
    assert (back.rung, back.node) == (1, named(shot(old), "Sign in"))


def test_what_moved_into_a_frame_is_healed_and_not_while_the_page_still_has_it() -> None:
    target = target_of(login(), "Username")
    page = shot(login())
    framed = changed(page, lambda node: replace(node, frame=("content",)))
    both = replace(page, nodes=(*framed.nodes, *page.nodes))

    moved, kept = ground(target, framed), ground(target, both)

    assert (moved.kind, moved.rung) == ("found", 2)
    assert kept.node is not None
    assert (kept.rung, kept.node.frame) == (1, ())


def submit_named(name: str) -> Screen:
    return Screen("New ticket").form("/tickets", TICKET, submit=name)


def test_the_only_submit_of_its_form_may_say_in_another_word_that_it_sends_when_its_request_is_compared() -> (
    None
):
    target = target_of(submit_named("Submit ticket"), "Submit ticket")
    page = shot(submit_named("Create ticket"))

    assert ground(target, page, strict=True, request_known=True).node == named(
        page, "Create ticket"
    )


@pytest.mark.parametrize("known", [False, True])
def test_a_word_that_nothing_known_explains_is_asked_about_whatever_its_request_is(
    known: bool,
) -> None:
    target = target_of(submit_named("Lodge"), "Lodge")

    found = ground(target, shot(submit_named("Hand over")), strict=True, request_known=known)

    assert (found.kind, found.node) == ("unsure", None)
    assert found.candidates[0].node.name == "Hand over"


@pytest.mark.parametrize(
    "said", ["Delete ticket", "Cancel", "Save draft", "Duplicate", "Send to all"]
)
def test_a_submit_that_names_another_act_is_not_taken_even_when_its_request_is_compared(
    said: str,
) -> None:
    target = target_of(submit_named("Send"), "Send")

    found = ground(target, shot(submit_named(said)), strict=True, request_known=True)

    assert found.node is None
