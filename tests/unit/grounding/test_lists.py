from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.tools.grounding.lists import describe_list, find_record, match_list, read_rows, row_key
from podium.tools.page import CollectionKind, Snapshot
from podium.tools.scripted import Cell, Screen

HEADERS = ("Invoice No.", "Customer", "Issued", "Net amount", "Gross amount", "Status", "")
ROWS = (
    ("INV-1001", "Acme", "12/03/2026", "€100.00", "€119.00", "Paid", Cell("CSV", "/i/1.csv")),
    ("INV-1002", "Bolt", "25/03/2026", "€200.00", "€238.00", "Open", Cell("CSV", "/i/2.csv")),
    (
        "INV-1003",
        "Acme",
        "26/03/2026",
        "€1,300.00",
        "€1,547.00",
        "Overdue",
        Cell("CSV", "/i/3.csv"),
    ),
)


def page(
    headers: Sequence[str] = HEADERS,
    rows: Sequence[Sequence[str | Cell]] = ROWS,
    kind: CollectionKind = "table",
    heading: str = "Invoices",
) -> Snapshot:
    screen = Screen(heading).table(headers, rows, kind=kind)
    return screen.snapshot("https://site.test/invoices", {})


def shuffled(order: Sequence[int]) -> Snapshot:
    return page([HEADERS[i] for i in order], [[row[i] for i in order] for row in ROWS])


SPEC = describe_list(page().collections[0], page())


def rows_of(snapshot: Snapshot) -> list[dict[str, object]]:
    match = match_list(SPEC, snapshot)
    assert match.collection is not None, match.why
    return [dict(row) for row in read_rows(SPEC, match.collection, match.mapping)]


def test_a_table_is_described_by_its_headers_types_and_key() -> None:
    assert [(column.name, column.type) for column in SPEC.columns] == [
        ("invoice_no", "text"),
        ("customer", "text"),
        ("issued", "date"),
        ("net_amount", "money"),
        ("gross_amount", "money"),
        ("status", "text"),
        ("csv", "link"),
    ]
    assert SPEC.key == ("invoice_no",)
    assert SPEC.columns[0].shape == "inv-9"


def test_rows_are_typed_and_name_their_currency() -> None:
    assert rows_of(page())[2] == {
        "invoice_no": "INV-1003",
        "customer": "Acme",
        "issued": "2026-03-26",
        "net_amount": 1300.0,
        "net_amount_currency": "EUR",
        "gross_amount": 1547.0,
        "gross_amount_currency": "EUR",
        "status": "Overdue",
        "csv": "https://site.test/i/3.csv",
    }


@settings(deadline=None)
@given(st.permutations(range(len(HEADERS))))
def test_the_order_of_columns_does_not_matter(order: list[int]) -> None:
    assert rows_of(shuffled(order)) == rows_of(page())


def test_renamed_headers_are_found_by_their_meaning() -> None:
    renamed = ("Rechnungsnummer", "Client", "Issue date", "Net", "Gross", "State", "")

    assert rows_of(page(renamed)) == rows_of(page())


def test_further_columns_do_not_matter() -> None:
    more = page(("Note", *HEADERS), [("x", *row) for row in ROWS])

    assert rows_of(more) == rows_of(page())


def test_a_table_that_became_cards_is_the_same_list() -> None:
    assert rows_of(page(kind="cards")) == rows_of(page())


def test_net_where_gross_was_is_refused() -> None:
    headers = tuple("Tax" if header == "Gross amount" else header for header in HEADERS)

    match = match_list(SPEC, page(headers), wanted=frozenset({"invoice_no", "gross_amount"}))

    assert match.kind == "refused"
    assert "Gross amount" in match.why


def test_the_minimum_of_a_quantity_does_not_take_its_place() -> None:
    rows = [(f"ST-30{n}", f"Thing {n}", str(5 * n)) for n in range(5)]
    learnt = page(("Item no.", "Description", "On hand"), rows)
    spec = describe_list(learnt.collections[0], learnt)

    match = match_list(spec, page(("Item no.", "Description", "Minimum stock"), rows[1:]))

    assert match.kind == "refused"
    assert "Minimum stock" in match.why


def test_a_swap_of_columns_nobody_needs_is_not_refused() -> None:
    headers = tuple("Tax" if header == "Gross amount" else header for header in HEADERS)

    assert (
        match_list(SPEC, page(headers), wanted=frozenset({"invoice_no", "status"})).kind == "found"
    )


def test_swapped_headers_swap_the_values_read() -> None:
    order = [0, 1, 2, 4, 3, 5, 6]

    assert rows_of(shuffled(order))[0]["net_amount"] == 100.0


def test_another_list_of_the_page_is_not_taken() -> None:
    screen = Screen("Shop").table(("Product", "Price"), [("Pen", "€1.00"), ("Cup", "€2.00")])

    assert match_list(SPEC, screen.snapshot("https://site.test/shop", {})).kind == "missing"


def test_equal_lists_are_told_apart_by_their_heading() -> None:
    screen = Screen("All").heading("Archived invoices").table(HEADERS, ROWS[:1])
    screen.heading("Invoices").table(HEADERS, ROWS)
    match = match_list(SPEC, screen.snapshot("https://site.test/all", {}))

    assert match.collection is not None
    assert len(match.collection.records) == 3


def test_a_teaser_with_the_same_cards_is_not_the_list() -> None:
    cards = [
        ("Iron Tide", "Rosa", "Saga 1"),
        ("Salt", "Tess", "Saga 2"),
        ("Amber", "Uma", "Saga 3"),
    ]
    full = Screen("Books").table(("", "", ""), cards, kind="cards")
    snapshot = full.snapshot("https://s.test", {})
    spec = describe_list(snapshot.collections[0], snapshot)
    last = Screen("Home", heading="Discover random books").table(("", "", ""), cards, kind="cards")
    last.heading("Books").table(("", ""), [("Winter", "Olga"), ("Paper", "Kim")], kind="cards")

    match = match_list(spec, last.snapshot("https://s.test", {}))

    assert match.collection is not None
    assert [record.values[0].text for record in match.collection.records] == ["Winter", "Paper"]


def test_equal_lists_without_a_difference_are_ambiguous() -> None:
    screen = Screen("Invoices").table(HEADERS, ROWS).table(HEADERS, ROWS[:1])

    assert match_list(SPEC, screen.snapshot("https://site.test/all", {})).kind == "ambiguous"


def test_a_row_is_found_by_its_key_wherever_it_stands() -> None:
    moved = page(
        rows=(
            ("INV-0999", "New", "01/04/2026", "€1.00", "€1.19", "Open", Cell("CSV", "/i/0.csv")),
            *ROWS,
        )
    )
    match = match_list(SPEC, moved)
    assert match.collection is not None

    record = find_record(SPEC, match.collection, match.mapping, "inv-1002")

    assert record is not None
    assert record.values[1].text == "Bolt"
    assert find_record(SPEC, match.collection, match.mapping, "INV-100") is None


def test_a_key_that_two_rows_have_finds_none() -> None:
    doubled = page(rows=(*ROWS, ROWS[0]))
    match = match_list(SPEC, doubled)
    assert match.collection is not None

    assert find_record(SPEC, match.collection, match.mapping, "INV-1001") is None


def test_the_key_prefers_an_identity_to_a_name_and_never_takes_money() -> None:
    snapshot = (
        Screen("Shop")
        .table(("Price", "Name", "SKU"), [("€1.00", "Pen", "A-1"), ("€2.00", "Cup", "A-2")])
        .snapshot("https://s.test", {})
    )

    assert describe_list(snapshot.collections[0], snapshot).key == ("sku",)


def test_an_id_that_counts_from_one_is_an_identity_and_a_date_is_none() -> None:
    screen = Screen("Rentals").table(
        ("id", "started", "rider"), [("1", "2026-01-02", "Kim"), ("2", "2026-01-03", "Bo")]
    )
    dates = Screen("Mail").table(
        ("Date", "From", "Subject"),
        [("2026-01-02", "Kim", "Hi"), ("2026-01-03", "Kim", "Yo"), ("2026-01-04", "Bo", "Hi")],
    )

    keys = [
        describe_list(page.collections[0], page).key
        for page in (screen.snapshot("https://s.test", {}), dates.snapshot("https://s.test", {}))
    ]

    assert keys == [("id",), ("from", "subject")]


def test_a_mere_row_index_is_no_identity() -> None:
    snapshot = (
        Screen("Shop")
        .table(("#", "Name"), [("1", "Pen"), ("2", "Cup")])
        .snapshot("https://s.test", {})
    )

    assert describe_list(snapshot.collections[0], snapshot).key == ("name",)


def test_a_row_key_joins_its_columns() -> None:
    spec = SPEC.model_copy(update={"key": ("invoice_no", "customer")})

    assert row_key(spec, {"invoice_no": "INV-1", "customer": "Acme"}) == "INV-1 | Acme"


# -- Values know their column


def test_a_header_that_no_table_has_is_asked_about_whatever_its_values() -> None:
    renamed = page(["Invoice No.", "Customer", "Issued", "Zzyx", "Gross amount", "Status", ""])

    match = match_list(SPEC, renamed)

    assert (match.kind, match.collection) == ("unsure", None)
    assert match.doubts == {"net_amount": "Zzyx"}
    assert match_list(SPEC, renamed, wanted=frozenset({"invoice_no"})).kind == "found"


def test_in_another_language_a_header_that_no_table_has_is_known_by_its_values() -> None:
    german = ["Rechnungsnummer", "Kunde", "Rechnungsdatum", "Zzyx", "Bruttobetrag", "Status", ""]
    spec = SPEC.model_copy(update={"language": "en"})

    match = match_list(spec, replace(page(german), language="de"))

    assert match.kind == "found"
    assert set(match.mapping) == {column.name for column in SPEC.columns}


def test_a_list_of_drafts_is_not_the_list_that_was_learnt() -> None:
    drafts = replace(page(heading="Draft invoices"), title="Shop")

    match = match_list(SPEC, drafts)

    assert (match.kind, match.collection) == ("refused", None)


def test_values_that_changed_places_under_their_headers_are_refused() -> None:
    swapped = page(
        rows=[(*row[:3], row[4], row[3], *row[5:]) for row in ROWS],
    )

    match = match_list(SPEC, swapped)

    assert match.kind == "refused"
    assert "amount" in match.why


ANIMALS = ("Animal", "Account", "Vaccination", "Weight")


def animals(
    headers: Sequence[str] = ANIMALS, rows: Sequence[tuple[str, str, str, str]] | None = None
) -> Snapshot:
    shown = rows or (
        ("Bella", "outstanding", "due", "12"),
        ("Rex", "settled", "up to date", "31"),
        ("Momo", "settled", "due", "4"),
        ("Kiki", "outstanding", "up to date", "7"),
    )
    return Screen("Animals").table(headers, shown).snapshot("https://vet.test/animals", {})


ANIMAL_LIST = describe_list(animals().collections[0], animals())


@pytest.mark.parametrize(
    ("headers", "needed"),
    [
        (("Animal", "Vaccination", "Account", "Weight"), {"Animal", "Account"}),
        (("Animal", "Vaccination", "Account", "Weight"), {"Animal", "Vaccination"}),
        (("Animal", "Weight", "Vaccination", "Account"), {"Animal", "Account"}),
        (("Animal", "Weight", "Account", "Vaccination"), {"Animal", "Account"}),
    ],
)
def test_headers_exchanged_over_columns_of_few_values_are_refused(
    headers: Sequence[str], needed: set[str]
) -> None:
    wanted = frozenset(column.name for column in ANIMAL_LIST.columns if column.header in needed)

    match = match_list(ANIMAL_LIST, animals(headers), wanted=wanted)

    assert (match.kind, match.collection) == ("refused", None)
    assert match_list(ANIMAL_LIST, animals(headers)).kind == "refused"


def test_columns_of_few_values_that_moved_with_their_cells_are_the_same_list() -> None:
    rows = [("Bella", "due", "outstanding", "12"), ("Rex", "up to date", "settled", "31")]

    match = match_list(ANIMAL_LIST, animals(("Animal", "Vaccination", "Account", "Weight"), rows))

    assert match.collection is not None
    slots = {name: slot.find(match.collection.records[0]) for name, slot in match.mapping.items()}
    told = {name: value.text for name, value in slots.items() if value is not None}
    assert (told["account"], told["vaccination"]) == ("outstanding", "due")


@pytest.mark.parametrize(
    "rows",
    [
        [("Ada", "settled", "due", "9")] * 2,
        [("Ada", "waived", "expired", "9"), ("Bo", "waived", "none needed", "8")],
        [("Ada", "due", "due", "9"), ("Bo", "settled", "up to date", "8")],
    ],
    ids=["one value each", "new values", "one value shared"],
)
def test_other_values_of_the_day_say_nothing_against_columns_of_few_values(
    rows: list[tuple[str, str, str, str]],
) -> None:
    assert match_list(ANIMAL_LIST, animals(rows=rows)).kind == "found"


def test_who_goes_from_a_to_b_may_go_back_tomorrow() -> None:
    def trips(start: str, end: str) -> Snapshot:
        rows = [(f"T-{at}", start, end) for at in range(4)]
        return Screen("Trips").table(("Trip", "From", "To"), rows).snapshot("https://t.test", {})

    there = trips("Bonn", "Kiel")
    spec = describe_list(there.collections[0], there)

    assert match_list(spec, trips("Kiel", "Bonn")).kind == "found"


def test_new_rows_say_nothing_against_their_columns() -> None:
    fresh = page(
        rows=[
            ("INV-2001", "Crane", "01/04/2026", "€7.00", "€8.33", "Paid", Cell("CSV", "/i/9.csv")),
            ("INV-2002", "Dove", "02/04/2026", "€9.00", "€10.71", "Open", Cell("CSV", "/i/8.csv")),
        ]
    )

    assert match_list(SPEC, fresh).kind == "found"


def test_a_column_of_amounts_under_which_no_value_is_one_any_more_is_refused() -> None:
    states = page(rows=[(*row[:3], "open", *row[4:]) for row in ROWS])

    match = match_list(SPEC, states)

    assert match.kind == "refused"
    assert "Net amount" in match.why


def parts(headers: Sequence[str]) -> Snapshot:
    rows = [("K-110", "Hinge", "14"), ("K-114", "Bolt", "260"), ("K-121", "Door closer", "3")]
    return Screen("Parts").table(headers, rows).snapshot("https://d.test", {})


@pytest.mark.parametrize("number", ["Part no.", "Part number", "Part ID"])
def test_of_two_renamed_columns_each_is_known_by_its_values(number: str) -> None:
    before = parts(["Part", "Name", "In stock"])
    spec = describe_list(before.collections[0], before)
    # Only what tells the rows apart says `part`.
    spec = spec.model_copy(update={"heading": "", "page": "Depot", "key": ("part",)})
    now = parts([number, "Part name", "Stock"])

    match = match_list(spec, now)

    assert match.kind == "found"
    assert match.collection is not None
    assert read_rows(spec, match.collection, match.mapping)[0] == {
        "part": "K-110",
        "name": "Hinge",
        "in_stock": 14,
    }


def test_a_further_column_with_a_better_name_does_not_take_the_place_of_the_known_values() -> None:
    rows = [("Hinge", "K-110", "14"), ("Bolt", "K-114", "260"), ("Door closer", "K-121", "3")]
    before = Screen("Parts").table(["Part", "In stock"], [row[1:] for row in rows])
    now = Screen("Parts").table(["Part name", "Part number", "In stock"], rows)
    learnt = before.snapshot("https://d.test", {})
    spec = describe_list(learnt.collections[0], learnt)

    match = match_list(spec, now.snapshot("https://d.test", {}))

    assert match.collection is not None
    assert read_rows(spec, match.collection, match.mapping)[0] == {"part": "K-110", "in_stock": 14}


def test_a_date_that_is_said_as_an_age_stays_the_date_that_stands_behind_it() -> None:
    def aged(*ages: str) -> Snapshot:
        shown = page(("Note", "Created"), [(f"n{at}", age) for at, age in enumerate(ages)])
        (notes,) = shown.collections
        records = tuple(
            replace(
                one, values=(one.values[0], replace(one.values[1], datetime="2026-11-30T09:10:00"))
            )
            for one in notes.records
        )
        return replace(shown, collections=(replace(notes, records=records),))

    then = aged("2 minutes ago", "3 minutes ago", "1 hour ago")
    spec = describe_list(then.collections[0], then)
    match = match_list(spec, aged("just now", "4 minutes ago", "2 hours ago"))

    assert [column.type for column in spec.columns] == ["text", "date"]
    assert match.kind == "found", match.why
