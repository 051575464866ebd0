"""Typed values from page texts: numbers, money, dates, booleans; and comparing them.

Money is a plain number; its currency stands beside it (`<name>_currency`, see `lists`). A date is ISO text. How a
column writes dates and numbers is decided by a vote over its cells, never by one cell alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from pydantic import JsonValue

from podium.state.program import ColumnType, Comparison, Condition, Move
from podium.tools.grounding.words import fold

DateOrder = Literal["YMD", "DMY", "MDY"]

_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+\u2212])?\s*"
    r"(?P<digits>\d+(?:[.,'\u2019\s\u00a0\u202f]\d+)*)\s*(?P<minus>-)?\s*(?P<close>\))?"
)
_NUMERIC_DATE = re.compile(r"^(\d{1,4})\s*([./-])\s*(\d{1,2})\s*[./-]\s*(\d{2,4})\b")
_NAMED_DATE = re.compile(
    r"(?:\b[^\W\d]+\.?,?\s+)?(?:(?P<d1>\d{1,2})(?:st|nd|rd|th|\.)?(?:\s+of)?[\s-]+(?P<m1>[^\W\d]{3,})\.?,?[\s-]+(?P<y1>\d{4})"
    r"|(?P<m2>[^\W\d]{3,})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{4}))"
)
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_COUNTS = frozenset({"%", "x", "pc", "pcs", "st", "stk"})
"""What may stand behind a plain number. Other units are part of the value: `5 kg` stays a text, though it compares."""
_SIZES = {
    "b": 1.0,
    "bytes": 1.0,
    "kb": 1e3,
    "kib": 1024.0,
    "mb": 1e6,
    "mib": 1024.0**2,
    "gb": 1e9,
    "gib": 1024.0**3,
    "tb": 1e12,
}
_SHARE = 0.8
"""The part of a column's cells that must fit a type: real columns hold a stray `see note`."""


@dataclass(frozen=True, slots=True)
class _Data:
    months: dict[str, int]
    yes: frozenset[str]
    no: frozenset[str]
    nothing: frozenset[str]
    signs: tuple[tuple[str, str], ...]
    """Longest first, so that `US$` is found before `$`."""
    codes: frozenset[str]


@lru_cache(maxsize=1)
def _data() -> _Data:
    path = files("podium.tools.grounding") / "data" / "values.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    months: dict[str, int] = {}
    for names in document["months"].values():
        for number, name in enumerate(names, start=1):
            months[name] = number
            months.setdefault(name[:3], number)
            months.setdefault(name[:4], number)
    # French writes juin and juillet: three letters cannot tell them apart, English `jun` and `jul` can.
    months["jui"] = 0
    signs: dict[str, str] = dict(document["currencies"])
    codes = frozenset(signs.pop("codes"))
    return _Data(
        months=months,
        yes=frozenset(document["words"]["yes"]),
        no=frozenset(document["words"]["no"]),
        nothing=frozenset(document["words"]["nothing"]),
        signs=tuple(sorted(signs.items(), key=lambda item: -len(item[0]))),
        codes=codes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one column writes its values, by a vote over all its cells."""

    date_order: DateOrder = "DMY"
    decimal: Literal[".", ","] = "."
    currency: str = ""
    """ISO code (or the sign when several currencies share it) that the cells or the header name."""


def vote(texts: Sequence[str], *, header: str = "", dollars: bool = False) -> Format:
    """Return how the column writes dates and numbers.

    `dollars` says that the same list counts in US dollars, which decides between equally likely orders of a date.
    """
    currencies = {found for text in texts if (found := currency_of(text))}
    currency = currencies.pop() if len(currencies) == 1 else ""
    return Format(
        date_order=_vote_order(texts, dollars=dollars),
        decimal=_vote_decimal(texts),
        currency=currency or (currency_of(header) if not currencies else ""),
    )


def _vote_order(texts: Iterable[str], *, dollars: bool) -> DateOrder:
    parts = [found.groups() for text in texts if (found := _NUMERIC_DATE.match(text.strip()))]
    if not parts:
        return "DMY"
    if all(len(first) == 4 for first, _, _, _ in parts):
        return "YMD"
    day_first = sum(int(first) > 12 for first, _, _, _ in parts)
    month_first = sum(int(second) > 12 for _, _, second, _ in parts)
    if day_first != month_first:
        return "DMY" if day_first > month_first else "MDY"
    if any(separator == "." for _, separator, _, _ in parts):
        return "DMY"
    return _steadier_order(parts, dollars=dollars)


def _steadier_order(parts: Sequence[tuple[str, ...]], *, dollars: bool) -> DateOrder:
    """Return the order under which the column is sorted, else covers less time: lists are seldom shuffled."""
    readings = {
        order: [_date_of(first, second, third, order) for first, _, second, third in parts]
        for order in ("DMY", "MDY")
    }
    known = {order: [day for day in days if day] for order, days in readings.items() if all(days)}
    by_sort = [order for order, days in known.items() if len(days) > 2 and _is_sorted(days)]
    if len(by_sort) == 1:
        return "DMY" if by_sort[0] == "DMY" else "MDY"
    if len(known) == 2 and len(parts) > 2:
        spans = {order: (max(days) - min(days)).days for order, days in known.items()}
        if min(spans.values()) * 2 < max(spans.values()):
            return "DMY" if spans["DMY"] < spans["MDY"] else "MDY"
    return "MDY" if dollars else "DMY"


def _is_sorted(days: Sequence[date]) -> bool:
    rising = all(a <= b for a, b in pairwise(days))
    return rising != all(a >= b for a, b in pairwise(days))


def _vote_decimal(texts: Iterable[str]) -> Literal[".", ","]:
    commas = points = 0.0
    for text in texts:
        found = _NUMBER.search(text)
        if found is None:
            continue
        marks = re.findall(r"[.,]", found["digits"])
        tail = re.split(r"[.,]", found["digits"])[-1]
        if not marks or (len(marks) > 1 and len(set(marks)) == 1):
            # Only one kind of mark, more than once: it groups thousands, so the other is the decimal.
            points += marks[:1] == [","]
            commas += marks[:1] == ["."]
        elif len(set(marks)) == 2 or len(tail) != 3:
            commas += marks[-1] == ","
            points += marks[-1] == "."
        else:
            # `1,234` and `1.234` alone: thousands are likelier than three decimals.
            points += 0.5 * (marks[-1] == ",")
            commas += 0.5 * (marks[-1] == "." and bool(currency_of(text)))
    return "," if commas > points else "."


def infer(values: Sequence[str], *, header: str = "") -> ColumnType:
    """Return the type that nearly all non-empty texts share, else `text`."""
    texts = [text.strip() for text in values if not is_nothing(text)]
    if not texts:
        return "text"
    if all(
        fold(text) in _data().yes | _data().no or text in _data().yes | _data().no for text in texts
    ):
        return "boolean"
    if _share(texts, _looks_like_date) >= _SHARE:
        return "date"
    if any(_is_code(text) for text in texts):
        return "text"
    if _share(texts, _looks_like_number) < _SHARE or len({_unit(text) for text in texts}) > 1:
        return "text"
    with_currency = _share(texts, lambda text: bool(currency_of(text)))
    return "money" if with_currency >= 0.5 or currency_of(header) else "number"


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(holds(text) for text in texts) / len(texts)


def _looks_like_date(text: str) -> bool:
    return any(_read_date(text, order) is not None for order in ("DMY", "MDY"))


def _is_code(text: str) -> bool:
    """Return whether digits name something rather than count: `00123`, `+49 30 1234567`, `978-3-16-148410-0`."""
    digits = re.sub(r"\D", "", text)
    bare = bool(re.fullmatch(r"\d+", text))
    return (
        _lettered(text)
        or bool(re.match(r"0\d|0[ /-]\d", text) and not re.search(r"[.,:]", text))
        or (bare and len(digits) > 15)
        or (
            bool(re.fullmatch(r"[+(]?\d[\d\s()/-]{5,}\d", text) and re.search(r"\d[-/ (]+\d", text))
            and not re.fullmatch(r"\d{1,3}(?:[\s\u00a0\u202f]\d{3})+", text)
        )
    )


def _lettered(text: str) -> bool:
    """Return whether letters and a dash lead the digits, as in `ST-300`; `EUR-12` is an amount."""
    found = re.match(r"([^\W\d_]{1,6})[-/]\d", text)
    return found is not None and not currency_of(found[1])


def _unit(text: str) -> str:
    """Return the unit behind a number, such as `kb` or `kg`."""
    found = re.search(r"\d\s*([^\W\d]{1,5}|%)$", _strip_currency(text).strip())
    return found[1].casefold() if found else ""


def _looks_like_number(text: str) -> bool:
    return _read_number(text, ".") is not None


def is_nothing(text: str) -> bool:
    """Return whether the text is a placeholder for no value, such as `-` or `n/a`."""
    return text.strip().casefold() in _data().nothing


def parse(text: str, type: ColumnType, *, style: Format | None = None) -> JsonValue:
    """Return the typed value: money and numbers as numbers, dates as ISO; a placeholder such as `-` as null.

    A text that cannot be read as that type is returned as it is.
    """
    text = " ".join(text.split())
    style = style or vote([text])
    if type in {"text", "link"}:
        return text
    if is_nothing(text):
        return None
    read: JsonValue = None
    match type:
        case "boolean":
            known = {**dict.fromkeys(_data().yes, True), **dict.fromkeys(_data().no, False)}
            read = known.get(text, known.get(fold(text)))
        case "date":
            read = _read_date(text, style.date_order)
        case "number":
            read = _read_number(text, style.decimal)
        case "money":
            amount = _read_number(text, style.decimal)
            read = None if amount is None else float(amount)
        case _:
            pass
    return text if read is None else read


def _read_number(text: str, decimal: str, *, units: frozenset[str] = _COUNTS) -> int | float | None:
    """Return the one number of a text that holds nothing else but a currency or unit."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    if _strip_currency(rest).casefold().strip(" .:") not in units | {"", "-", "+"}:
        return None
    if re.search(r"\d['\u2019\s\u00a0\u202f](?!\d{3}(?!\d))", found["digits"]):
        # `17 17` is two numbers: only groups of three are one.
        return None
    value = _digits(re.sub(r"['\u2019\s\u00a0\u202f]", "", found["digits"]), decimal)
    if value is None:
        return None
    negative = bool(found["sign"] and found["sign"] != "+") or bool(found["minus"])
    negative = negative or bool(found["open"] and found["close"]) or "-" in rest
    return -value if negative else value


def _digits(digits: str, decimal: str) -> int | float | None:
    """Return the number; where the column's decimal mark cannot be meant, the other one is tried."""
    for mark, grouping in (
        (decimal, "," if decimal == "." else "."),
        ("," if decimal == "." else ".", decimal),
    ):
        whole, found, part = digits.partition(mark)
        groups = whole.split(grouping)
        if (
            mark in part
            or grouping in part
            or not all(2 <= len(group) <= 3 for group in groups[1:])
        ):
            continue
        if len(groups) > 1 and (len(groups[0]) > 3 or len(groups[-1]) != 3):
            continue
        plain = "".join(groups)
        return float(f"{plain}.{part}") if found else int(plain)
    return None


def currency_of(text: str) -> str:
    """Return the ISO code of the currency the text names, the bare sign when several share it, or ''."""
    for code in re.findall(r"\b[A-Z]{3}\b", text):
        if code in _data().codes:
            return str(code)
    for sign, code in _data().signs:
        if sign.isalpha() or sign.endswith("."):
            if re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", text):
                return code
        elif sign in text:
            return code
    return ""


def _strip_currency(text: str) -> str:
    for code in _data().codes:
        text = re.sub(rf"\b{code}\b", "", text)
    for sign, _ in _data().signs:
        text = text.replace(sign, "")
    return text


def _read_date(text: str, order: str) -> str | None:
    """Return the date as ISO, with its time when it has one."""
    text = text.strip()
    iso = _ISO.fullmatch(text)
    if iso:
        try:
            moment = datetime.fromisoformat(text)
            return text if len(text) == 10 else moment.isoformat(timespec="seconds")
        except ValueError:
            return None
    found = _NUMERIC_DATE.match(text)
    if found:
        day = _date_of(found[1], found[3], found[4], order)
        rest = text[found.end() :]
    else:
        named = _NAMED_DATE.match(text)
        if named is None:
            return None
        month = _data().months.get(fold(named["m1"] or named["m2"] or ""), 0) or _data().months.get(
            fold(named["m1"] or named["m2"] or "")[:3], 0
        )
        day = _make_date(int(named["y1"] or named["y2"]), month, int(named["d1"] or named["d2"]))
        rest = text[named.end() :]
    return None if day is None else _with_time(day, rest)


def _with_time(day: date, rest: str) -> str | None:
    rest = rest.strip(" ,;T")
    if not rest:
        return day.isoformat()
    found = _TIME.search(rest)
    if found is None or len(rest) - (found.end() - found.start()) > 8:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower().startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:{second:02d}"


def _date_of(first: str, second: str, third: str, order: str) -> date | None:
    if len(first) == 4:
        return _make_date(int(first), int(second), int(third))
    if len(first) == 3 or len(third) == 3:
        return None
    year = int(third) + (2000 if len(third) == 2 else 0)
    day, month = (first, second) if order == "DMY" else (second, first)
    return _make_date(year, int(month), int(day))


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1800 <= year <= 2200 else None
    except ValueError:
        return None


def compare(left: JsonValue, cmp: Comparison, right: JsonValue) -> bool:
    """Return whether `left cmp right`: numbers as numbers, dates as dates, texts with case and accents folded."""
    match cmp:
        case "in":
            options = right if isinstance(right, list) else [right]
            return any(_equal(left, option) for option in options)
        case "contains" | "lacks":
            options = right if isinstance(right, list) else [right]
            within = left is not None and any(
                fold(_text(one)) in fold(_text(left)) for one in options
            )
            return within is (cmp == "contains")
        case "=":
            return _equal(left, right)
        case "!=":
            return not _equal(left, right)
        case "<" | "<=" | ">" | ">=":
            order = _order(left, right)
            if order is None:
                return False
            return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[cmp]


def meets(row: Mapping[str, JsonValue], condition: Condition) -> bool:
    """Return whether a row meets a condition."""
    value = row.get(condition.column)
    if condition.or_empty and (value is None or value == ""):
        return True
    return compare(value, condition.cmp, condition.value)


def has_moved(before: JsonValue, now: JsonValue, move: Move) -> bool:
    """Return whether a number moved as far as said; what is no number, or of another unit, has not."""
    numbers = _both_numbers(before, now)
    if numbers is None:
        return False
    was, value = numbers
    # Rounded: 0.3 - 0.2 is a move of 0.1, whatever binary fractions make of it.
    change = round(value - was, 9)
    if change == 0 or (move.direction == "up" and change < 0) or (move.direction == "down" and change > 0):  # fmt: skip
        return False
    if not move.percent:
        far = abs(change)
    elif was == 0:
        return True
    else:
        far = round(abs(change / was) * 100, 9)
    return far >= move.by if move.reached else far > move.by


def _equal(left: JsonValue, right: JsonValue) -> bool:
    if left is None or right is None:
        return (left is None or left == "") and (right is None or right == "")
    if isinstance(left, bool) or isinstance(right, bool):
        return _truth(left) == _truth(right)
    both_text = isinstance(left, str) and isinstance(right, str)
    if not both_text or _both_dates(left, right) is not None:
        order = _order(left, right)
        if order is not None:
            return order == 0
    return fold(_text(left)) == fold(_text(right))


def _truth(value: JsonValue) -> JsonValue:
    if isinstance(value, bool):
        return value
    read = parse(_text(value), "boolean")
    return read if isinstance(read, bool) else _text(value)


def _order(left: JsonValue, right: JsonValue) -> int | None:
    """Return the sign of `left - right`, as numbers, else as dates of the coarser precision."""
    numbers = _both_numbers(left, right)
    if numbers is not None:
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    days = _both_dates(left, right)
    return None if days is None else (days[0] > days[1]) - (days[0] < days[1])


def _both_numbers(left: JsonValue, right: JsonValue) -> tuple[float, float] | None:
    """Return both as numbers of one unit; a bare number is taken in the other's unit."""
    a, b = _as_number(left), _as_number(right)
    if a is None or b is None:
        return None
    (mine, unit), (theirs, other) = a, b
    if unit in _SIZES and other in _SIZES:
        return mine * _SIZES[unit], theirs * _SIZES[other]
    return None if unit and other and unit != other else (mine, theirs)


def _both_dates(left: JsonValue, right: JsonValue) -> tuple[str, str] | None:
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    a, b = _read_date(left, "DMY"), _read_date(right, "DMY")
    if a is None or b is None:
        return None
    width = min(len(a), len(b))
    return a[:width], b[:width]


def _as_number(value: JsonValue) -> tuple[float, str] | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value), ""
    if isinstance(value, str) and not _is_code(value.strip()):
        unit = _unit(value)
        units = _COUNTS | {unit} if unit else _COUNTS
        read = _read_number(value, _vote_decimal([value]), units=units)
        return None if read is None else (float(read), unit)
    return None


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
