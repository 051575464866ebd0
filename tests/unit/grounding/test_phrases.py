from __future__ import annotations

from dataclasses import replace

import pytest

from podium.tools.grounding.fingerprint import fingerprint, page_matches, url_matches, url_pattern
from podium.tools.grounding.overlays import closer
from podium.tools.grounding.phrases import clear_winner, find_phrase
from podium.tools.page import Node, Snapshot
from podium.tools.scripted import Screen


def shop() -> Snapshot:
    screen = Screen("Shop")
    for name in ("Home", "Invoices", "Orders", "Documents", "Sign out"):
        screen.link(name, f"/{name.lower().replace(' ', '-')}", region="navigation")
    screen.form("/search", (("Search products", "search"),), submit="Search", method="get")
    screen.heading("New ticket").form(
        "/tickets", (("Subject", "text"), ("Your message", "textarea")), submit="Send"
    )
    return screen.snapshot("https://site.test/", {})


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("invoices", "Invoices"),
        ("the Invoices page", "Invoices"),
        ("bills", "Invoices"),
        ("order list", "Orders"),
        ("documents menu", "Documents"),
        ("log out", "Sign out"),
        ("ticket subject", "Subject"),
        ("message", "Your message"),
        ("Send button", "Send"),
    ],
)
def test_a_phrase_of_the_plan_finds_its_control(phrase: str, name: str) -> None:
    winner = clear_winner(find_phrase(phrase, shop()))

    assert winner is not None
    assert winner.name == name


@pytest.mark.parametrize("phrase", ["payroll", "sign in", "delete"])
def test_a_phrase_for_nothing_on_the_page_finds_nothing_clear(phrase: str) -> None:
    assert clear_winner(find_phrase(phrase, shop())) is None


def test_roles_limit_what_a_phrase_may_mean() -> None:
    found = find_phrase("search", shop(), roles=frozenset({"searchbox"}))

    assert [item.node.role for item in found] == ["searchbox"]


def test_two_equal_candidates_have_no_winner() -> None:
    page = Screen("Files").button("Download").button("Download").snapshot("https://s.test", {})

    assert clear_winner(find_phrase("download", page)) is None


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("https://s.test/invoices/1042?tab=1", "/invoices/*"),
        ("https://s.test/invoices/INV-1042/edit", "/invoices/*/edit"),
        ("https://s.test/", "/"),
        ("https://s.test/api/v2/items", "/api/v2/items"),
        ("https://s.test/app#/posts/12/show", "/app#/posts/*/show"),
    ],
)
def test_changing_parts_of_an_address_become_stars(url: str, pattern: str) -> None:
    assert url_pattern(url) == pattern
    assert url_matches(pattern, url)


def test_another_path_does_not_match() -> None:
    assert not url_matches("/invoices/*", "https://s.test/orders/1")
    assert not url_matches("/invoices", "https://s.test/invoices/1")


def test_a_page_keeps_its_fingerprint_while_its_data_change() -> None:
    before = (
        Screen("Invoices")
        .link("Home", "/", region="navigation")
        .table(("Number", "Total"), [("1", "2")])
    )
    after = (
        Screen("Invoices")
        .link("Home", "/", region="navigation")
        .table(("Number", "Total"), [("7", "9"), ("8", "1")])
    )
    other = Screen("Sign in").form(
        "/login", (("User", "text"), ("Password", "password")), submit="Sign in"
    )
    print_of = fingerprint(before.snapshot("https://s.test/i", {}))

    assert page_matches(print_of, after.snapshot("https://s.test/i?page=2", {}))
    assert not page_matches(print_of, other.snapshot("https://s.test/login", {}))


def consent(*names: str) -> Snapshot:
    screen = Screen("Shop").heading("We value your privacy: cookies")
    for name in names:
        screen.button(name, region="dialog")
    return screen.snapshot("https://s.test", {})


def test_a_consent_banner_is_closed_granting_as_little_as_possible() -> None:
    node = closer(consent("Accept all", "Reject all", "Settings"))

    assert node is not None
    assert node.name == "Reject all"


def dialog(*names: str) -> Snapshot:
    screen = Screen("Orders").heading("Order 118")
    for name in names:
        screen.button(name, region="dialog")
    return screen.snapshot("https://s.test", {})


@pytest.mark.parametrize(
    "names",
    [
        ("Approve", "Reject"),
        ("Cancel order", "Keep order"),
        ("Close ticket", "Leave open"),
        ("Save", "Save and next"),
        ("Accept", "Decline"),
        ("Options", "Delete"),
    ],
)
def test_buttons_of_a_dialog_that_is_no_consent_are_business(names: tuple[str, ...]) -> None:
    assert closer(dialog(*names)) is None


@pytest.mark.parametrize("name", ["Close", "×", "Cancel", "No thanks", "Close this message", "OK"])  # noqa: RUF001
def test_a_notice_is_closed_by_plain_words_that_close(name: str) -> None:
    node = closer(dialog(name))

    assert node is not None
    assert node.name == name


def test_a_page_without_a_notice_has_nothing_to_close() -> None:
    assert (
        closer(Screen("Order").button("Cancel").button("OK").snapshot("https://s.test", {})) is None
    )


def test_a_link_that_fills_its_tab_is_what_is_meant() -> None:
    tab = Node(ref="t", tag="li", role="tab", name="Tab #1", box=(6, 57, 42, 24))
    link = Node(ref="a", tag="a", role="link", name="Tab #1", box=(7, 58, 40, 23))
    elsewhere = Node(ref="b", tag="a", role="link", name="Tab #1", box=(300, 400, 40, 23))
    page = replace(shop(), nodes=(tab, link))

    assert clear_winner(find_phrase("Tab #1", page)) == link
    assert clear_winner(find_phrase("Tab #1", replace(page, nodes=(tab, link, elsewhere)))) is None
