from __future__ import annotations

from dataclasses import replace

import pytest

from podium.tools.building.pagination import (
    Pager,
    find_pagers,
    page_signatures,
    pages_said,
    same_list,
)
from podium.tools.page import Node, RequestInfo
from tests.unit.building.pages import SITE, a_button, a_field, a_form, a_link, a_page


def kinds(*nodes: Node) -> list[tuple[str, str]]:
    return [(pager.kind, pager.node.name) for pager in find_pagers(a_page(*nodes))]


@pytest.mark.parametrize(
    "node",
    [
        a_link("Next", "/list?page=2"),
        a_link("older posts", "/page/2"),
        a_link("\u203a", "?p=2"),
        a_link("Weiter »", "/liste?seite=2"),
        a_button("Next page", kind="button"),
        a_link("2", "/x", rel="next"),
    ],
)
def test_what_leads_to_the_next_page_is_found(node: Node) -> None:
    assert kinds(a_link("Home", "/"), node) == [("next", node.name)]


def test_an_arrow_that_is_only_drawn_leads_on_where_its_opposite_stands_beside_it() -> None:
    back, on = (a_button(f"angle-{side}", kind="button") for side in ("left", "right"))

    assert kinds(back, a_field("1"), on) == [("next", "angle-right")]
    assert kinds(on) == []


def test_a_button_without_words_is_known_by_its_class() -> None:
    button = replace(a_button("", kind="button"), attributes={"class": "btn next-page"})

    assert [pager.kind for pager in find_pagers(a_page(button))] == ["next"]


@pytest.mark.parametrize(
    "node",
    [
        a_link("Previous", "/list?page=1"),
        a_link("Next month", "/cal"),
        a_button("Next slide", kind="button"),
    ],
)
def test_what_does_not_lead_to_further_rows_comes_last_or_not_at_all(node: Node) -> None:
    found = kinds(node, a_link("Next", "/list?page=3"))

    assert found[0] == ("next", "Next")


def test_the_next_of_a_wizard_is_not_taken() -> None:
    assert kinds(a_field("Name"), a_button("Next", form="f")) in ([], [("next", "Next")])
    assert not [
        p for p in find_pagers(a_page(a_field("Name"), a_button("Next", form="f"))) if p.score > 0.6
    ]


def test_numbers_alone_are_a_pager() -> None:
    current = a_link("1", "/list?page=1", **{"aria-current": "page"})

    assert kinds(current, a_link("2", "/list?page=2"), a_link("3", "/list?page=3")) == [
        ("numbered", "2")
    ]


def test_a_button_that_loads_more_is_found() -> None:
    assert kinds(a_button("Load more results", kind="button", region="main")) == [
        ("load_more", "Load more results")
    ]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("http://s.test/list", "http://s.test/list?page=3", True),
        ("http://s.test/blog/", "http://s.test/blog/page/2/", True),
        ("http://s.test/list/1", "http://s.test/list/7", True),
        ("http://s.test/a/list.html", "http://s.test/a/list-2.html", True),
        ("http://s.test/#/list", "http://s.test/#/list?page=2", True),
        ("http://s.test/contracts/", "http://s.test/notes/", False),
        ("http://s.test/#/list", "http://s.test/#/other", False),
    ],
)
def test_a_next_that_leaves_the_list_is_no_pager(before: str, after: str, *, same: bool) -> None:
    assert same_list(before, after) is same


def test_a_pager_that_posts_nothing_but_the_page_s_number_may_read_on() -> None:
    button = a_button("Next", form="f")
    page = a_page(button, forms=(a_form(button),))
    pager = find_pagers(page)[0]

    def sent(*fields: str) -> tuple[str, ...]:
        request = RequestInfo(method="POST", url=SITE, signature="POST /rooms", fields=fields)
        return page_signatures((request,), pager, page)

    assert sent("page") == sent("__VIEWSTATE", "Page") == ("POST /rooms",)
    assert sent() == sent("page", "confirm") == sent("order_id") == ()


def test_the_next_of_a_form_with_fields_never_reads_on() -> None:
    button, amount = a_button("Next", form="f"), a_field("Amount", form="f")
    page = a_page(amount, button, forms=(a_form(amount, button),))
    request = RequestInfo(method="POST", url=SITE, signature="POST /pay", fields=("page",))

    assert page_signatures((request,), Pager(kind="next", node=button, score=0.5), page) == ()


@pytest.mark.parametrize(
    ("url", "address", "leads"),
    [
        (f"{SITE}/boats", "/boats?p=2", True),
        (f"{SITE}/boats?p=2", "/boats?p=3", True),
        (f"{SITE}/boats?kind=a&start=20", "/boats?kind=a&start=40", True),
        (f"{SITE}/boats?p=2", "/boats?p=1", False),
        (f"{SITE}/boats", "/boats?p=9", False),
        (f"{SITE}/boats", "/boats?kind=b", False),
        (f"{SITE}/boats", "/fees?p=2", False),
    ],
)
def test_a_link_to_the_page_after_this_one_is_a_pager_whatever_it_is_called(
    url: str, address: str, *, leads: bool
) -> None:
    page = replace(a_page(a_link("More boats", address)), url=url)

    assert bool(find_pagers(page)) is leads


def test_a_page_that_says_to_be_the_first_of_several_is_heard() -> None:
    assert pages_said(a_page(text="Loans\nPage 1 of 6")) == 6
    assert pages_said(a_page(text="Seite 1 von 3")) == 3
    assert pages_said(a_page(text="Page 1/4")) == 4
    assert pages_said(a_page(text="Page 10 of 60\nA page of 1 of 6 poems")) == 0
