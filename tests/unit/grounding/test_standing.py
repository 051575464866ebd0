"""What a page stands at by itself, and when a change of it is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podium.tools.grounding.standing import (
    ACCOUNT,
    FILTER,
    changed_settings,
    currencies,
    offered_choices,
    settings_of_form,
    settings_of_list,
    wanted_box,
)
from podium.tools.page import Form, Node, Snapshot


def a_choice(ref: str, label: str, value: str, *, role: str = "combobox") -> Node:
    return Node(ref=ref, tag="select", role=role, label=label, name=label, value=value)


def a_page(
    *nodes: Node, text: str = "", banner: tuple[str, ...] = (), sends: bool = False
) -> Snapshot:
    form = Form(
        ref="form",
        method="post" if sends else "get",
        action="/send",
        name="",
        signature="",
        has_password=False,
        has_file=False,
        nodes=tuple(node.ref for node in nodes),
    )
    return Snapshot(
        url="http://site.test/",
        title="",
        headings=(),
        messages=(),
        text=text,
        nodes=nodes,
        forms=(form,),
        collections=(),
        banner=banner,
    )


def changed(
    then: dict[str, str] | None, now: dict[str, str], *given: str
) -> dict[str, tuple[str, str]]:
    return changed_settings(then, now, given=given, translated=False)


def test_a_preset_that_stands_otherwise_is_told() -> None:
    before = a_page(a_choice("a", "Notify", "Manager"), sends=True)
    after = a_page(a_choice("a", "Notify", "Everybody"), sends=True)

    then = settings_of_form(before.forms[0], before)
    assert changed(then, settings_of_form(after.forms[0], after)) == {
        "Notify": ("Manager", "Everybody")
    }


def test_what_the_program_chooses_itself_is_no_preset() -> None:
    assert not changed({"Notify": "Manager"}, {"Notify": "Everybody"}, "notify")


def test_where_nothing_was_noted_nothing_has_changed() -> None:
    assert not changed(None, {"Notify": "Everybody", FILTER: "nights only"})


def test_a_choice_that_is_gone_or_new_says_nothing() -> None:
    assert not changed({"Notify": "Manager"}, {"Priority": "High"})


@pytest.mark.parametrize("value", ["November", "25", "2026-06-01", "today", "Mon"])
def test_choices_that_move_by_themselves_are_not_noted(value: str) -> None:
    page = a_page(a_choice("a", "Show", value), sends=True)

    assert settings_of_form(page.forms[0], page) == {}


def test_a_ticked_box_is_noted_by_its_state() -> None:
    box = replace(a_choice("a", "Send me a copy", "1", role="checkbox"), checked=False)
    page = a_page(box, sends=True)

    assert settings_of_form(page.forms[0], page) == {"Send me a copy": "off"}


def test_of_two_choices_with_one_name_none_is_noted() -> None:
    page = a_page(a_choice("a", "Kind", "Red"), a_choice("b", "Kind", "Blue"), sends=True)

    assert settings_of_form(page.forms[0], page) == {}


def test_a_filter_is_the_lists_business_and_a_form_that_sends_is_not() -> None:
    assert settings_of_list(a_page(a_choice("a", "Show", "all"))) == {"Show": "all"}
    assert settings_of_list(a_page(a_choice("a", "Show", "all"), sends=True)) == {}


@pytest.mark.parametrize(
    "line", ["Filter: nights only", "Showing: booked only", "Gefiltert nach offen"]
)
def test_a_filter_that_was_not_there_is_told(line: str) -> None:
    now = settings_of_list(a_page(text=f"Shifts\n{line}"))

    assert list(changed({}, now)) == [FILTER]


@pytest.mark.parametrize("line", ["Showing 1 to 10 of 57", "Filters", "Show all"])
def test_a_count_or_a_bare_word_is_no_filter(line: str) -> None:
    assert FILTER not in settings_of_list(a_page(text=line))


@pytest.mark.parametrize(
    ("line", "account"),
    [
        ("Account: Northline Ltd", "Northline Ltd"),
        ("Mandant: Nord GmbH", "Nord GmbH"),
        ("Workspace: Nord", "Nord"),
        ("Organization: Nord", "Nord"),
        ("Acting for Southgate plc", "Southgate plc"),
        ("Welcome: Ada", ""),
    ],
)
def test_whose_account_is_open_is_read_from_the_header(line: str, account: str) -> None:
    assert settings_of_list(a_page(banner=("Desk", line))).get(ACCOUNT, "") == account


def test_another_account_is_told_even_where_the_page_is_translated() -> None:
    found = changed_settings(
        {ACCOUNT: "Nord GmbH", "Show": "all"},
        {ACCOUNT: "Sud GmbH", "Show": "alle"},
        given=(),
        translated=True,
    )

    assert list(found) == [ACCOUNT]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Ward: Maple 2", "Ward: Oak 1"),
        ("Store: Northgate", "Store: Outlet"),
        ("Town of Lakewood", "Town of Redfield"),
    ],
)
def test_what_the_header_names_otherwise_is_told(was: str, now: str) -> None:
    then, since = (settings_of_list(a_page(banner=("Desk", line))) for line in (was, now))

    assert len(changed(then, since)) == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Order Desk", "Shop Office"),
        ("Today: Monday", "Today: Tuesday"),
        ("Messages: 3", "Messages: 12"),
        ("Week 23", "Week 24"),
        ("Version: Release 4", "Version: Release 5"),
        ("Maintenance on Sunday from 2 to 4.", "The canteen opens at noon."),
        ("Ward: Maple 2", "Welcome"),
    ],
)
def test_what_moves_by_itself_or_is_a_new_name_of_the_page_says_nothing(was: str, now: str) -> None:
    then, since = (settings_of_list(a_page(banner=("Desk", line))) for line in (was, now))

    assert not changed(then, since)


def test_a_link_of_the_header_names_nobody() -> None:
    link = Node(ref="a", tag="a", role="link", name="New Order")

    other = Node(ref="b", tag="a", role="link", name="Old Orders")

    assert settings_of_list(a_page(link, other, banner=("New Order", "New Order Old Orders"))) == {}


@pytest.mark.parametrize(
    ("value", "kept"), [("Bay 2", True), ("Page 2", False), ("Top 10", False), ("June 12", False)]
)
def test_a_choice_that_names_one_of_several_is_noted(value: str, kept: bool) -> None:
    page = a_page(a_choice("a", "Place", value), sends=True)

    assert bool(settings_of_form(page.forms[0], page)) is kept


def money(*texts: str, language: str = "en") -> dict[str, str]:
    return currencies([("price", "Price", texts)], language=language)


def test_another_currency_is_told_and_a_sign_of_the_pages_own_is_not() -> None:
    assert changed(money("€20", "€30"), money("$20", "$30"))
    assert changed(money("12,50", language="pl"), money("€12,50", language="pl"))
    assert not changed(money("12,50", language="pl"), money("12,50 zł", language="pl"))
    assert not changed(money("12.50"), money("$12.50"))
    assert not changed(money("€20", "$30"), money("$20", "$30"))


def test_numbers_without_cents_are_no_amounts() -> None:
    assert money("12", "7", language="pl") == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("TEST SYSTEM - the data here is not real", True),
        ("Sandbox: nothing here is live", True),
        ("You are in training mode", True),
        ("Demo", True),
        ("Testumgebung", True),
        ("Training copy: nothing is booked here", True),
        ("Environnement de test", True),
        ("Test results are sent on Fridays", False),
        ("Training for new staff starts on Monday", False),
        ("Request a demo of our new app", False),
    ],
)
def test_a_page_that_says_it_is_not_live_is_another_page(line: str, told: bool) -> None:
    then = settings_of_list(a_page())
    now = settings_of_list(replace(a_page(), above=(line,)))

    assert bool(changed(then, now)) is told
    assert bool(changed(now, then)) is told


def test_another_choice_is_another_however_alike_its_word_is() -> None:
    vehicle = replace(a_choice("a", "Vehicle", "Lorry"), options=("Car", "Van", "Lorry"))
    now = settings_of_form(a_page(vehicle).forms[0], a_page(vehicle))

    told = changed_settings(
        {"Vehicle": "Car"},
        now,
        given=(),
        translated=False,
        offered=offered_choices(a_page(vehicle)),
    )

    assert told == {"Vehicle": ("Car", "Lorry")}


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ({}, {"Book the return too": "on"}, True),
        ({}, {"Send me offers": "off"}, False),
        ({"Call me": "on"}, {"Phone me": "on"}, False),
        ({"Call me": "on"}, {"Phone me": "on", "Book the return too": "on"}, True),
    ],
)
def test_a_box_that_is_new_and_ticked_is_told_where_the_form_sends(
    then: dict[str, str], now: dict[str, str], told: bool
) -> None:
    assert bool(changed_settings(then, now, given=(), translated=False, sends=True)) is told
    assert not changed_settings(then, now, given=(), translated=False)


def test_what_is_shown_alone_and_a_pressed_choice_of_some_rows_are_filters() -> None:
    only = replace(a_choice("a", "Overdue only", "", role="button"), checked=True)

    assert settings_of_list(a_page(text="Showing: Car Clear filter"))[FILTER]
    assert settings_of_list(a_page(only))[FILTER] == "Overdue only"
    assert FILTER not in settings_of_list(a_page(text="Showing: all vehicles"))


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        ({"required": True, "checked": False}, "I accept"),
        ({"required": True, "checked": True}, ""),
        ({"required": False, "checked": False}, ""),
    ],
)
def test_a_box_that_must_be_ticked_and_is_not_is_wanted(box: dict[str, bool], wanted: str) -> None:
    page = a_page(replace(a_choice("a", "I accept", "", role="checkbox"), **box), sends=True)

    assert wanted_box(page.forms[0], page) == wanted


def test_an_item_of_a_menu_is_no_notice_and_hides_none() -> None:
    links = tuple(
        Node(ref=name, tag="a", role="link", name=name) for name in ("Training", "Orders")
    )
    plain = a_page(*links)
    menu = replace(plain, banner=("Training", "Training | Orders"))
    copy = replace(menu, above=("Training copy: nothing is sent",))

    assert not changed(settings_of_list(plain), settings_of_list(menu))
    assert changed(settings_of_list(menu), settings_of_list(copy))


def test_a_notice_beside_another_is_told() -> None:
    one = settings_of_list(replace(a_page(), above=("Demo",)))
    both = settings_of_list(replace(a_page(), above=("Demo", "Demo data")))

    assert changed(one, both)
    assert not changed(both, both)
