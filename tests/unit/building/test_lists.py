from __future__ import annotations

from podium.state.program import Column
from podium.tools.building.fields import Row, guess_key, low_cardinality, map_field, map_fields
from podium.tools.building.lists import clear_list, empty_list, fits, mark
from podium.tools.building.wanted import Wanted
from podium.tools.page import Snapshot
from tests.unit.building.pages import a_page, a_table

ORDERS = [
    ["A-1", "2026-10-01", "Ames Ltd", "EUR 100.00", "EUR 119.00", "Open"],
    ["A-2", "2026-10-04", "Bell & Co", "EUR 50.00", "EUR 59.50", "Paid"],
    ["A-3", "2026-10-09", "Ames Ltd", "EUR 70.00", "EUR 83.30", "Open"],
    ["A-4", "2026-10-12", "Cole", "EUR 20.00", "EUR 23.80", "Paid"],
]
HEADERS = ["Order no.", "Date", "Customer", "Net", "Gross", "Status"]


def orders_page() -> Snapshot:
    menu = a_table(
        [], [["Home"], ["Orders"], ["Help"], ["About"]], kind="list", region="navigation"
    )
    return a_page(headings=("Orders",), collections=(menu, a_table(HEADERS, ORDERS)))


def test_the_table_of_the_page_is_chosen_and_not_its_menu() -> None:
    found = fits(orders_page(), Wanted(thing="orders", fields=("customer", "status")))
    best = clear_list(found)

    assert best is not None
    assert best.collection.kind == "table"
    assert best.coverage == 1.0


def test_of_two_tables_the_one_with_the_wanted_columns_is_chosen() -> None:
    users = a_table(["User", "Role"], [["ann", "admin"], ["bob", "guest"]], heading="Users")
    prices = a_table(["Item", "Price"], [["Pen", "$2.00"], ["Ink", "$9.50"]], heading="Items")
    best = clear_list(
        fits(a_page(collections=(users, prices)), Wanted(thing="things", fields=("price",)))
    )

    assert best is not None
    assert best.collection == prices


def test_two_tables_alike_are_not_guessed_between() -> None:
    rows, others = [["Pen", "$2.00"], ["Ink", "$9.50"]], [["Cup", "$3.00"], ["Jug", "$8.50"]]
    page = a_page(
        collections=(a_table(["Item", "Price"], rows), a_table(["Item", "Price"], others))
    )

    assert clear_list(fits(page, Wanted(thing="prices"))) is None


def test_two_panes_that_show_the_same_records_are_one_list() -> None:
    rows = [["Pen", "$2.00"], ["Ink", "$9.50"]]
    panes = (a_table(["Item", "Price"], rows), a_table(["Item", "Price"], rows))

    assert clear_list(fits(a_page(collections=panes), Wanted(thing="prices"))) is not None


def test_a_list_that_stood_there_before_the_search_and_says_nothing_of_it_is_no_result() -> None:
    tips = a_table([], [["Click here", "to start"], ["Then", "go on"]], kind="cards")
    pens = a_table([], [["Blue pen", "$2.00"], ["Red pen", "$3.00"]], kind="cards")
    before = frozenset({mark(tips), mark(pens)})
    searched = Wanted(thing="results", query="pen", shown_before=before)

    found = fits(a_page(collections=(tips, pens)), searched)

    assert [fit.collection for fit in found] == [pens]


def test_field_words_find_their_columns() -> None:
    fit = fits(orders_page(), Wanted(thing="orders"))[0]
    columns, rows = fit.spec.columns, fit.rows

    def header(word: str) -> str | None:
        column = map_field(word, columns, rows).column
        return column.header if column else None

    assert header("order number") == "Order no."
    assert header("client") == "Customer"
    assert header("date") == "Date"
    assert header("net amount") == "Net"
    assert header("weather") is None


def test_a_price_with_two_money_columns_is_asked() -> None:
    fit = fits(orders_page(), Wanted(thing="orders"))[0]
    match = map_field("price", fit.spec.columns, fit.rows)

    assert match.column is None
    assert [column.header for column in match.rivals] == ["Net", "Gross"]


def test_title_and_price_are_found_on_cards_without_labels() -> None:
    cards = a_table(
        [],
        [["Red Shoes", "£10.00"], ["Blue Hat", "£12.50"], ["Green Sock", "£3.00"]],
        kind="cards",
        links={0: "/p/{}"},
    )
    fit = fits(a_page(collections=(cards,)), Wanted(thing="products"))[0]
    title = map_field("title", fit.spec.columns, fit.rows).column
    price = map_field("price", fit.spec.columns, fit.rows).column

    assert title is not None
    assert price is not None
    assert title.ordinal == 0
    assert price.type == "money"


def test_a_second_word_for_a_column_that_is_taken_never_falls_to_another_column() -> None:
    rows = [["img_1.jpg", "3000", "jpg"], ["img_2.jpg", "2800", "jpg"], ["img_3.jpg", "10", "jpg"]]
    table = a_table(["File Name", "Size", "T"], rows)
    fit = fits(a_page(collections=(table,)), Wanted(thing="files"))[0]
    found = map_fields(("name", "file name", "size"), fit.spec.columns, fit.rows)
    columns = {field: match.column.header for field, match in found.items() if match.column}

    assert columns == {"name": "File Name", "file name": "File Name", "size": "Size"}


def test_the_key_is_the_column_called_a_number() -> None:
    fit = fits(orders_page(), Wanted(thing="orders"))[0]

    assert [
        c.header for c in fit.spec.columns if c.name in guess_key(fit.spec.columns, fit.rows)
    ] == ["Order no."]


def test_columns_with_few_values_are_remembered_with_them() -> None:
    fit = fits(orders_page(), Wanted(thing="orders"))[0]
    kinds = low_cardinality(fit.spec.columns, fit.rows)

    assert ["Open", "Paid"] in kinds.values()


def test_a_message_list_beside_its_reading_pane_is_no_menu() -> None:
    mails = [
        ["Invoice 1", "2026-11-30 13:25"],
        ["News 2", "2026-11-29 09:10"],
        ["Offer 3", "2026-11-28 10:00"],
    ]
    sidebar = a_table([], mails, kind="cards", region="navigation")
    menu = a_table([], [["Inbox"], ["Sent"], ["Trash"]], kind="list", region="navigation")
    found = clear_list(fits(a_page(collections=(menu, sidebar)), Wanted(thing="mails")))

    assert found is not None
    assert found.collection == sidebar


def test_the_only_column_of_amounts_is_the_price() -> None:
    rows = [
        ["T-1", "Saw", "55.41", "3"],
        ["T-2", "Drill", "34.05", "1"],
        ["T-3", "File", "4.50", "9"],
    ]
    fit = fits(
        a_page(collections=(a_table(["Code", "Name", "Rent per day", "Left"], rows),)),
        Wanted(thing="tools"),
    )[0]
    column = map_field("price", fit.spec.columns, fit.rows).column

    assert column is not None
    assert column.header == "Rent per day"


def test_a_table_without_rows_is_the_list_when_it_is_called_like_the_thing() -> None:
    empty = a_table(["Alert", "Since"], [], heading="Alerts")
    logins = a_table(
        ["User", "When"], [["Ann", "1 May 2026"], ["Bob", "2 May 2026"]], heading="Logins"
    )
    page = a_page(headings=("Alerts", "Logins"), collections=(empty, logins))

    fit = empty_list(page, Wanted(thing="alerts", kind="list", rows=True))

    assert fit is not None
    assert [(column.name, column.type) for column in fit.spec.columns] == [
        ("alert", "text"),
        ("since", "date"),
    ]
    assert empty_list(page, Wanted(thing="logins", kind="list", rows=True)) is None
    assert empty_list(page, Wanted(thing="users", kind="list", rows=True)) is None


def test_a_measure_is_no_amount_of_money() -> None:
    columns = [
        Column(name="boat", header="Boat"),
        Column(name="length", header="Length (m)", type="number"),
    ]
    rows: list[Row] = [{"boat": "Tern", "length": 8.9}, {"boat": "Wren", "length": 14.3}]

    assert map_field("annual fee", columns, rows).column is None
    owed: list[Row] = [{"boat": "Tern", "due": 8.9}, {"boat": "Wren", "due": 14.35}]
    amounts = [columns[0], Column(name="due", header="Due (GBP)", type="number")]
    assert map_field("fee", amounts, owed).column == amounts[1]
