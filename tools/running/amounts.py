"""Amounts with their units: `12.5 kg`, `4 512 kWh`; what a field that holds only a number gets of them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from podium.state.errors import Fatal
from podium.tools.grounding.words import fold

_AMOUNT = re.compile(
    r"(?P<number>[+-]?\d(?:[\d.,\u00a0 ']*\d)?)\s*(?P<unit>[^\W\d_][^\W\d_/]{0,11}(?:/[^\W\d_]+)?|%|\u00b0\s?[CF])\.?"
)
_IN_LABEL = re.compile(
    r"[(\[]\s*(?:in\s+)?([^\W\d_/]{1,10}(?:/[^\W\d_]+)?|%|\u00b0\s?[CF])\s*[)\]]|\bin\s+([^\W\d_]{1,6})\s*[*:]?\s*$"
)
_GROUPED = re.compile(
    r"[+-]?[1-9]\d{0,2}(?:(?:[,'\u00a0 ]\d{3})|(?:([.,'\u00a0 ])\d{3})(?:\1\d{3})+)"
)
"""One group alone may also be three decimals: it is read as requests are written, in English. After a 0 it is no group."""
_NOTES = frozenset(
    {"optional", "required", "pflicht", "pflichtfeld", "obligatoire", "obligatorio", "max", "min"}
)
_NAMES = (
    ("kg", "kilo kilos kilogram kilograms kilogramm kilogrammes"),
    ("g", "gram grams gramm gr"),
    ("l", "litre litres liter liters ltr"),
    ("m", "metre metres meter meters"),
    ("cm", "centimetre centimetres centimeter centimeters"),
    ("mm", "millimetre millimetres millimeter millimeters"),
    ("km", "kilometre kilometres kilometer kilometers"),
    ("h", "hour hours hr hrs std stunde stunden heure heures"),
    ("min", "minute minutes mins minuten"),
    ("d", "day days tag tage jour jours"),
    ("eur", "euro euros \u20ac"),
    ("pc", "pcs piece pieces stk stuck unit units"),
    ("%", "percent prozent pct"),
)
_SAME = {fold(name) or name: kind for kind, names in _NAMES for name in (kind, *names.split())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number and what it is measured in."""

    text: str
    number: str
    """As a number field takes it: a point before the decimals, no separators."""
    unit: str


def amount_of(text: str) -> Amount | None:
    """Return the amount that the text is, with its unit; None when it is none."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    return Amount(text=text.strip(), number=plain_number(match["number"]), unit=match["unit"])


def plain_number(text: str) -> str:
    """Return the number as a number field takes it: `4 512` is 4512, `12,5` is 12.5."""
    said = text.strip()
    if _GROUPED.fullmatch(said):
        return re.sub(r"[.,'\u00a0 ]", "", said)
    whole, mark, decimals = re.sub(r"['\u00a0 ]", "", said).rpartition(
        "." if "." in said.rpartition(",")[2] else ","
    )
    if not mark:
        return said.replace(" ", "")
    return re.sub(r"[.,]", "", whole) + "." + decimals


def unit_in(label: str) -> str:
    """Return the unit that a label names: `Weight (kg)`."""
    match = _IN_LABEL.search(label)
    if match is None:
        return ""
    unit = match[1] or match[2]
    return "" if fold(unit) in _NOTES or (match[2] and fold(unit) not in _SAME) else unit


def same_unit(a: str, b: str) -> bool:
    """Return whether both name the same unit, in short or in full."""
    return _kind(a) == _kind(b)


def _kind(unit: str) -> str:
    said = fold(unit) or unit.strip()
    return _SAME.get(said, said)


def without_unit(value: str, unit: str) -> str:
    """Return the number of an amount in that unit; a bare number is one.

    Raises:
        Fatal: If it is measured in another unit (`value`).
    """
    amount = amount_of(value)
    if amount is None:
        return value
    if not same_unit(amount.unit, unit):
        raise Fatal(
            f"{value!r} is not in {unit}, as the form was learnt with",
            code="value",
            hint=f"Give the value in {unit}.",
        )
    return amount.number
