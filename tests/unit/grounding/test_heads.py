"""Rows of plain blocks whose first one is the heads."""

from __future__ import annotations

from dataclasses import replace

from podium.tools.grounding.heads import with_heads
from podium.tools.page import Collection, Record, Value

HEADS = ("Consignment", "Consignee", "Weight (kg)", "Net price")
ROWS = (
    ("CN-1", "Orchid Labs", "12.5", "40.00"),
    ("CN-2", "Quill Press", "8", "9.90"),
    ("CN-3", "Tern", "71", "120.00"),
)


def a_row(number: int, texts: tuple[str, ...]) -> Record:
    values = tuple(Value(text=text, path=f">div[{at}]") for at, text in enumerate(texts))
    return Record(ref=f"r{number}", values=values)


def a_grid(*rows: tuple[str, ...]) -> Collection:
    records = tuple(a_row(number, texts) for number, texts in enumerate(rows))
    return Collection(ref="grid", kind="cards", heading="", headers=(), path="body>div.g", frame=(), records=records)  # fmt: skip


def test_a_first_row_of_words_over_numbers_is_the_heads() -> None:
    (found,) = with_heads([a_grid(HEADS, *ROWS)])

    assert found.kind == "table"
    assert found.headers == HEADS
    assert [record.values[0].text for record in found.records] == ["CN-1", "CN-2", "CN-3"]
    assert found.records[0].values[2].header == "Weight (kg)"


def test_heads_that_stand_apart_inside_the_grid_are_its_heads() -> None:
    heads = Collection(
        ref="heads",
        kind="list",
        heading="",
        headers=(),
        path="body>div.g>div",
        frame=(),
        records=tuple(a_row(number, (text,)) for number, text in enumerate(HEADS)),
    )

    (found,) = with_heads([a_grid(*ROWS), heads])

    assert found.headers == HEADS
    assert len(found.records) == 3


def test_cards_that_all_hold_values_of_one_kind_stay_cards() -> None:
    cards = a_grid(*ROWS)

    assert with_heads([cards]) == (cards,)


def test_a_first_card_without_a_price_is_no_row_of_heads() -> None:
    cards = a_grid(("CN-0", "Bright", "7", "on request"), *ROWS)

    assert with_heads([cards]) == (cards,)


def test_words_alone_head_nothing() -> None:
    cards = a_grid(("Ada", "Ward", "Chief"), ("Bo", "Renal", "Nurse"), ("Cem", "Hall", "Porter"))

    assert with_heads([cards]) == (cards,)


def test_labelled_cards_are_left_as_they_are() -> None:
    cards = a_grid(HEADS, *ROWS)
    labelled = replace(
        cards,
        records=tuple(
            replace(one, values=tuple(replace(value, header="x") for value in one.values))
            for one in cards.records
        ),
    )

    assert with_heads([labelled]) == (labelled,)
