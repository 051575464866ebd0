"""Amounts with their units: `12.5 kg`, `4 512 kWh`; what a field that holds only a number gets of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from podium.state.errors import Fatal
from podium.tools.grounding.words import fold

_SIGN = "[\u20ac\u00a3\u00a5$]"
_NUMBER = r"[+-]?\d(?:[\d.,\u00a0 ']*\d)?"
_AMOUNT = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>[^\W\d_][^\W\d_/]{{0,11}}(?:/[^\W\d_]+)?|%|{_SIGN}|\u00b0\s?[CF])\.?"
)
_MONEY_FIRST = re.compile(rf"(?P<unit>{_SIGN}|[A-Za-z]{{2,3}}\.?)\s?(?P<number>{_NUMBER})")
_IN_LABEL = re.compile(
    rf"[(\[]\s*(?:in\s+)?([^\W\d_/]{{1,10}}(?:/[^\W\d_]+)?|%|{_SIGN}|\u00b0\s?[CF])\s*[)\]]|\bin\s+([^\W\d_]{{1,7}}|{_SIGN})\s*[*:]?\s*$"
)
_GROUPED = re.compile(
    r"[+-]?[1-9]\d{0,2}(?:(?:[,'\u00a0 ]\d{3})|(?:([.,'\u00a0 ])\d{3})(?:\1\d{3})+)"
)
"""One group alone may also be three decimals: it is read as requests are written, in English. After a 0 it is no group."""
_NOTES = frozenset(
    """optional required pflicht pflichtfeld obligatoire obligatorio max min net gross netto brutto total incl excl
    including excluding""".split()  # noqa: SIM905  a list of words is read as such
)
_NAMES = (
    ("kg", "kilo kilos kilogram kilograms kilogramm kilogrammes"),
    ("t", "ton tons tonne tonnes"),
    ("g", "gram grams gramm gr"),
    ("l", "litre litres liter liters ltr"),
    ("m", "metre metres meter meters"),
    ("cm", "centimetre centimetres centimeter centimeters"),
    ("mm", "millimetre millimetres millimeter millimeters"),
    ("lb", "lbs pound pounds"),
    ("km", "kilometre kilometres kilometer kilometers"),
    ("ft", "foot feet"),
    ("yr", "yrs year years"),
    ("h", "hour hours hr hrs std stunde stunden heure heures"),
    ("min", "minute minutes mins minuten"),
    ("d", "day days tag tage jour jours"),
    ("pc", "pcs piece pieces stk stuck unit units"),
    ("%", "percent prozent pct"),
)
_CURRENCIES = (
    ("eur", "euro euros \u20ac"),
    ("usd", "dollar dollars $"),
    ("cad", "dollar dollars $"),
    ("aud", "dollar dollars $"),
    ("nzd", "dollar dollars $"),
    ("gbp", "pound pounds sterling \u00a3"),
    ("chf", "franc francs franken sfr fr"),
    ("jpy", "yen \u00a5"),
    ("sek", "krona kronor kr"),
    ("nok", "krone kroner kr"),
    ("dkk", "krone kroner kr"),
    ("pln", "zloty"),
)
"""A word or sign that several have may mean each of them."""


def _kinds_by_name(lists: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for kind, names in lists:
        for name in (kind, *names.split()):
            said = fold(name) or name
            found[said] = found.get(said, frozenset()) | {kind}
    return found


_SAME = _kinds_by_name((*_NAMES, *_CURRENCIES))
_MONEY = frozenset(kind for kind, _ in _CURRENCIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number and what it is measured in."""

    text: str
    number: str
    """As a number field takes it: a point before the decimals, no separators."""
    unit: str


def amount_of(text: str) -> Amount | None:
    """Return the amount that the text is, with its unit; None when it is none."""
    said = text.strip()
    match = _AMOUNT.fullmatch(said) or _MONEY_FIRST.fullmatch(said)
    if match is None or (match.re is _MONEY_FIRST and not is_currency(match["unit"])):
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
    for match in _IN_LABEL.finditer(label):
        unit = match[1] or match[2]
        if fold(unit) not in _NOTES and (match[1] or is_unit(unit)):
            return unit
    words = label.strip(" *:").split()
    ends = [word for word in (*words[-1:], *words[:1]) if len(words) > 1 or not word.isalpha()]
    return next((word for word in ends if _is_sign_or_code(word)), "")


def same_unit(a: str, b: str) -> bool:
    """Return whether both name the same unit, in short or in full."""
    return bool(_kinds(a) & _kinds(b))


def is_unit(text: str) -> bool:
    """Return whether the text is the name of a unit that is known."""
    return _folded(text) in _SAME


def is_currency(text: str) -> bool:
    """Return whether the text is a currency's name, code or sign."""
    return bool(_SAME.get(_folded(text), frozenset()) & _MONEY)


def offers_unit(option: str, unit: str) -> bool:
    """Return whether an option of a list is the unit, as `EUR` or as `Euro (\u20ac)`."""
    if same_unit(option, unit):
        return True
    parts = re.findall(rf"[^\W\d_]+|{_SIGN}", option)
    money = [part for part in parts if is_currency(part)]
    codes = [part for part in money if fold(part) in _MONEY] or money
    return len(parts) <= 4 and is_currency(unit) and any(same_unit(part, unit) for part in codes)


def _is_sign_or_code(word: str) -> bool:
    return word.strip("*:,") in {"\u20ac", "\u00a3", "$", "\u00a5"} or (
        word.isupper() and fold(word) in _MONEY
    )


def _folded(unit: str) -> str:
    return fold(unit) or unit.strip()


def _kinds(unit: str) -> frozenset[str]:
    said = _folded(unit)
    return _SAME.get(said, frozenset({said}))


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
