from __future__ import annotations

import pytest

from podium.state.errors import Fatal
from podium.tools.running.amounts import (
    amount_of,
    offers_unit,
    same_unit,
    unit_in,
    without_unit,
)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("12.5 kg", "12.5", "kg"),
        ("12,5 kg", "12.5", "kg"),
        ("4 512 kWh", "4512", "kWh"),
        ("1,250 pieces", "1250", "pieces"),
        ("1.250 g", "1.250", "g"),
        ("1.250.000 g", "1250000", "g"),
        ("0,125 kg", "0.125", "kg"),
        ("-0,500 g", "-0.500", "g"),
        ("20%", "20", "%"),
        ("45.80 euros", "45.80", "euros"),
        ("45,80 \u20ac", "45.80", "\u20ac"),
        ("\u00a31,250.50", "1250.50", "\u00a3"),
        ("CHF 12", "12", "CHF"),
    ],
)
def test_an_amount_is_a_number_with_its_unit(text: str, number: str, unit: str) -> None:
    amount = amount_of(text)

    assert amount is not None
    assert (amount.number, amount.unit) == (number, unit)


@pytest.mark.parametrize(
    "text", ["H-104", "12 Elm Row", "5.5", "kg", "3 December 2027", "No 12", "PX 4"]
)
def test_other_words_are_no_amount(text: str) -> None:
    assert amount_of(text) is None


def test_a_label_may_name_its_unit() -> None:
    assert unit_in("Weight (kg)") == "kg"
    assert unit_in("Height in cm") == "cm"
    assert unit_in("Amount (net, required) (EUR) *") == "EUR"
    assert [unit_in(text) for text in ("Price in euros", "Price \u00a3", "USD amount")] == [
        "euros",
        "\u00a3",
        "USD",
    ]
    assert [unit_in(text) for text in ("Name (optional)", "Born in Turku", "Amount")] == [""] * 3


def test_a_unit_is_left_out_and_another_one_is_refused() -> None:
    assert same_unit("kilograms", "kg")
    assert without_unit("14 kilos", "kg") == "14"
    assert without_unit("14", "kg") == "14"
    with pytest.raises(Fatal, match="not in kg"):
        without_unit("500 g", "kg")


def test_a_currency_is_known_by_its_words_its_code_and_its_sign() -> None:
    for said in ("45.80 euros", "45.80 EUR", "\u20ac45.80", "45.80 \u20ac", "45.80"):
        assert without_unit(said, "EUR") == "45.80"
    assert same_unit("$", "USD")
    assert same_unit("pounds", "lb")
    assert same_unit("pounds", "\u00a3")
    assert offers_unit("Euro (\u20ac)", "EUR")
    assert not offers_unit("US dollar", "euros")
    assert not offers_unit("CAD (dollars)", "USD")
    with pytest.raises(Fatal, match="not in EUR"):
        without_unit("45 dollars", "EUR")
