from __future__ import annotations

import pytest
from pydantic import JsonValue

from podium.state.program import ColumnType, Comparison
from podium.tools.grounding.values import compare, currency_of, infer, parse, vote


def column(texts: list[str], header: str = "") -> tuple[ColumnType, list[JsonValue]]:
    kind = infer(texts, header=header)
    style = vote(texts, header=header)
    return kind, [parse(text, kind, style=style) for text in texts]


@pytest.mark.parametrize(
    ("texts", "kind", "values"),
    [
        (["€1,234.50", "€99.00"], "money", [1234.5, 99.0]),
        (["1.234,50 €", "99,00 €"], "money", [1234.5, 99.0]),
        (["1.234 €", "2.500 €"], "money", [1234.0, 2500.0]),
        (["CHF 1'200.50", "CHF 3.00"], "money", [1200.5, 3.0]),
        (["(12.50)", "-3.00"], "number", [-12.5, -3.0]),
        (["1 234", "2 000 000"], "number", [1234, 2000000]),
        (["12/03/2026", "25/03/2026"], "date", ["2026-03-12", "2026-03-25"]),
        (["03/12/2026", "03/25/2026"], "date", ["2026-03-12", "2026-03-25"]),
        (["1.5.2026", "12.11.2025"], "date", ["2026-05-01", "2025-11-12"]),
        (["12 Mar 2026", "3 April 2026"], "date", ["2026-03-12", "2026-04-03"]),
        (["Mar 12, 2026", "-"], "date", ["2026-03-12", None]),
        (["3. März 2026"], "date", ["2026-03-03"]),
        (["2026-01-02 10:30"], "date", ["2026-01-02T10:30:00"]),
        (["yes", "no"], "boolean", [True, False]),
        (["00123", "00456"], "text", ["00123", "00456"]),
        (["01 555", "030 12"], "text", ["01 555", "030 12"]),
        (["+49 30 123456"], "text", ["+49 30 123456"]),
        (["INV-1001"], "text", ["INV-1001"]),
        (["10.0.0.1"], "text", ["10.0.0.1"]),
        (["900 KB", "2 MB"], "text", ["900 KB", "2 MB"]),
        (["5 kg", "6 kg"], "text", ["5 kg", "6 kg"]),
        (["17 17", "6 6"], "text", ["17 17", "6 6"]),
        (["12%", "3.5%"], "number", [12, 3.5]),
        (["2 days ago"], "text", ["2 days ago"]),
    ],
)
def test_a_column_is_typed_as_a_whole(texts: list[str], kind: str, values: list[JsonValue]) -> None:
    assert column(texts) == (kind, values)


def test_one_clear_date_decides_for_the_unclear_ones() -> None:
    assert column(["03/04/2026", "05/06/2026", "28/02/2026"])[1] == [
        "2026-04-03",
        "2026-06-05",
        "2026-02-28",
    ]


def test_an_unreadable_cell_keeps_its_text() -> None:
    texts = ["1.00", "2.00", "3.00", "4.00", "see note"]

    assert column(texts)[1][-1] == "see note"


def test_a_currency_in_the_header_makes_money() -> None:
    assert column(["12.00", "8.50"], "Price (EUR)")[0] == "money"
    assert vote(["12.00"], header="Price (EUR)").currency == "EUR"


def test_a_shared_sign_stays_a_sign() -> None:
    assert currency_of("$5") == "$"
    assert currency_of("US$5") == "USD"


@pytest.mark.parametrize(
    ("left", "cmp", "right"),
    [
        ("Overdue", "=", "overdue"),
        (5, ">", "3.5"),
        (7.0, "=", "7"),
        ("2026-10-05", "<", "2026-11-01"),
        ("2026-10-05T08:00:00", "=", "2026-10-05"),
        ("INV-2", "in", ["inv-1", "inv-2"]),
        ("Widget Pro", "contains", "widget"),
        ("1.234,50 €", ">", 1000),
        (None, "=", ""),
        (None, "!=", "x"),
        (True, "=", "yes"),
        ("5 kg", ">", 4),
        ("900 KB", "<", "2 MB"),
        ("12%", ">", 10),
    ],
)
def test_comparing_holds(left: JsonValue, cmp: Comparison, right: JsonValue) -> None:
    assert compare(left, cmp, right)


@pytest.mark.parametrize(
    ("left", "cmp", "right"),
    [
        ("007", "=", "7"),
        (None, "<", 5),
        ("abc", ">", 3),
        ("Unpaid", "=", "Paid"),
        (3, "in", [1, 2]),
    ],
)
def test_comparing_does_not_hold(left: JsonValue, cmp: Comparison, right: JsonValue) -> None:
    assert not compare(left, cmp, right)
