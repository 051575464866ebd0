from __future__ import annotations

from dataclasses import replace

import pytest

from podium.tools.building.links import is_stable, template, ways_on
from podium.tools.building.wanted import Wanted, likeness
from tests.unit.building.pages import SITE, a_button, a_link, a_page

INVOICES = Wanted(thing="invoices", kind="list")


def names(*nodes: object, wanted: Wanted = INVOICES) -> list[str]:
    page = a_page(*nodes)  # type: ignore[arg-type]
    return [way.node.name for way in ways_on(page, wanted, origins=(SITE,))]


def test_the_thing_itself_comes_before_its_settings() -> None:
    settings = a_link("Invoice settings", "/settings/invoices", region="navigation")
    invoices = a_link("Invoices", "/i", region="navigation")

    assert names(settings, a_link("Home", "/home"), invoices)[:2] == [
        "Invoices",
        "Invoice settings",
    ]


@pytest.mark.parametrize(
    "name",
    ["Sign out", "Delete all invoices", "Remove", "Pay now", "Kündigen", "Abmelden", "Unsubscribe"],
)
def test_what_looks_like_a_write_or_the_way_out_is_never_followed(name: str) -> None:
    assert names(a_link(name, "/x", region="navigation")) == []


def test_a_link_whose_address_signs_out_is_not_followed_whatever_its_name() -> None:
    assert names(a_link("Goodbye", "/account/logout", region="navigation")) == []


def test_other_sites_files_and_mail_are_left_alone() -> None:
    found = names(
        a_link("Invoices", "https://elsewhere.test/invoices"),
        a_link("Invoices", "/invoices.pdf"),
        a_link("Invoices", "mailto:x@site.test"),
    )

    assert found == []


def test_buttons_of_a_form_are_never_pressed_while_exploring() -> None:
    assert names(a_button("Invoices", form="f", kind="submit")) == []


def test_a_plain_button_called_like_the_thing_is_a_tab_though_html_calls_it_submit() -> None:
    assert names(a_button("Invoices", kind="submit")) == ["Invoices"]
    assert names(a_button("Delete invoices", kind="submit")) == []


def test_a_tab_whose_address_is_a_part_of_the_page_is_a_way_and_a_jump_within_it_is_none() -> None:
    jump = a_link("Tides", "/#tides", region="main")
    tab = replace(jump, role="tab")

    assert names(tab, wanted=Wanted(thing="tide table", kind="list")) == ["Tides"]
    assert names(jump, wanted=Wanted(thing="tide table", kind="list")) == []


def test_a_create_button_is_followed_only_on_the_way_to_a_form() -> None:
    button = a_button("New ticket", kind="button", region="main")

    assert names(button, wanted=Wanted(thing="tickets", kind="list")) == []
    assert names(button, wanted=Wanted(thing="ticket", kind="form")) == ["New ticket"]


def test_detail_pages_are_one_kind() -> None:
    assert template(f"{SITE}/invoice/17") == template(f"{SITE}/invoice/18?")
    assert template(f"{SITE}/invoice/17") != template(f"{SITE}/order/17")


def test_an_address_with_a_session_token_is_not_stable() -> None:
    assert is_stable(f"{SITE}/list?page=2&q=red+shoes")
    assert not is_stable(f"{SITE}/list?sid=81723")
    assert not is_stable(f"{SITE}/list?x=9f8a7c6d5e4b3a2f1e0d9c8b7a6f5e4d")


@pytest.mark.parametrize(
    ("thing", "text", "least", "most"),
    [
        ("invoices", "Invoices", 1, 1),
        ("all my invoices", "Invoice list", 1, 1),
        ("invoices", "Invoices (12)", 1, 1),
        ("invoices", "Invoice settings", 0.3, 0.8),
        ("invoices", "Tickets", 0, 0.3),
        ("product catalogue", "Products", 0.3, 1),
        ("support tickets", "Support tickets", 1, 1),
        ("contact form", "Contact", 1, 1),
    ],
)
def test_likeness_of_a_thing_and_a_name(thing: str, text: str, least: float, most: float) -> None:
    assert least <= likeness(thing, text) <= most
