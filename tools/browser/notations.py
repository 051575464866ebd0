"""How controls write what they hold: days, times, codes. Pure."""

from __future__ import annotations

import re

ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATE_LETTERS = {"y": "y", "j": "y", "a": "y", "r": "y", "m": "m", "d": "d", "t": "d", "g": "d"}
"""First letters of year, month and day in placeholders: English, German, French, Spanish, Italian, Czech."""
_CODE = re.compile(r"(?=[^\W_]*\d[^\W_]*\d)[^\W_]+")
"""Letters and several digits: an account, a plate, a key. Sites group them as they like."""


def as_native(kind: str, value: str) -> str:
    """Return the value as a field of that kind of day or time holds it: `9:30` as `09:30`, a day of a month as the month."""
    said = value.strip()
    if kind == "month" and ISO_DAY.fullmatch(said):
        return said[:7]
    named = re.fullmatch(r"([A-Za-z]{3,9})\.?\s+(\d{4})", said) if kind == "month" else None
    if named and named[1][:3].lower() in _MONTH_NAMES:
        return f"{named[2]}-{_MONTH_NAMES.index(named[1][:3].lower()) + 1:02}"
    clock = re.fullmatch(
        r"(?:(\d{4}-\d{2}-\d{2})[T ])?(\d{1,2})(?:[:.](\d{2}))?(?:\s?([ap])\.?m\.?)?",
        said,
        re.IGNORECASE,
    )
    if clock is None or kind not in {"time", "datetime-local"} or not (clock[3] or clock[4]):
        return said
    if (kind == "datetime-local") != bool(clock[1]):
        return said
    hour = int(clock[2]) % 12 + 12 * (clock[4].lower() == "p") if clock[4] else int(clock[2])
    return (
        f"{clock[1]}T{hour:02}:{clock[3] or '00'}" if clock[1] else f"{hour:02}:{clock[3] or '00'}"
    )


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def as_asked(day: str, placeholder: str) -> str:
    """Return an ISO day in the notation that a placeholder shows: `DD.MM.YYYY`, `mm/dd/yy`, `TT.MM.JJJJ`."""
    year, month, number = day.split("-")
    shape = re.fullmatch(
        r"([A-Za-z]+)([./ -]+)([A-Za-z]+)([./ -]+)([A-Za-z]+)\.?", placeholder.strip()
    )
    if shape is None:
        return day
    parts: list[str] = []
    for letters in shape.group(1, 3, 5):
        kind = _DATE_LETTERS.get(letters[0].lower())
        if kind is None or len(set(letters.lower())) > 1:
            return day
        full = {"y": year if len(letters) > 2 else year[2:], "m": month, "d": number}[kind]
        parts.append(full if len(letters) > 1 else full.lstrip("0"))
    if sorted(_DATE_LETTERS[letters[0].lower()] for letters in shape.group(1, 3, 5)) != [
        "d",
        "m",
        "y",
    ]:
        return day
    return f"{parts[0]}{shape.group(2)}{parts[1]}{shape.group(4)}{parts[2]}"


def same_value(held: str, wanted: str) -> bool:
    """Return whether a control shows the wanted value, be it in its own notation: `(555) 12-34` for `5551234`, `NL91 ABNA 04` for `NL91ABNA04`."""
    if _folded(held) == _folded(wanted):
        return True
    bare = re.sub(r"[\W_]", "", wanted)
    return (
        len(bare) >= 3
        and re.sub(r"[\W_]", "", held).casefold() == bare.casefold()
        and (bare.isdigit() or _CODE.fullmatch(bare) is not None)
    )


def _folded(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()
