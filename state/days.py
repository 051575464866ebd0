"""Days that are named relative to the day of a run, so that an agent means the same next week: `today-7`, `week_end`.

`today`, `week` (its Monday), `week_end`, `month`, `month_end`, `quarter`, `quarter_end`, `year`, `year_end`, or a weekday,
each with a number of days, weeks, months, quarters or years behind it; `today-6m` is this day six months ago. `friday` is the next one, `friday-1` the last.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NAME = re.compile(
    rf"(?P<what>today|(?:week|month|quarter|year)(?:_end)?|{'|'.join(WEEKDAYS)})(?P<by>[+-]\d{{1,5}})?(?P<months>(?<=\d)m)?"
)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def day_of(name: str, today: date) -> date:
    """Return the day that the name means for a run of that day.

    Raises:
        ValueError: If the name is none of those above, or leads out of the calendar.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} names no day")
    what, by = found["what"], int(found["by"] or 0)
    if found["months"]:
        if what != "today":
            raise ValueError(f"{name!r} names no day")
        return _months_on(today, by)
    if what == "today":
        return _plus(today, by)
    if what in WEEKDAYS:
        ahead = (WEEKDAYS.index(what) - today.weekday()) % 7 or 7
        # The last one is before today: `friday-1` on a Friday is a week ago.
        behind = (today.weekday() - WEEKDAYS.index(what)) % 7 or 7
        return _plus(today, ahead + 7 * by if by >= 0 else 7 * (by + 1) - behind)
    unit = what.removesuffix("_end")
    if unit == "week":
        monday = _plus(today, 7 * by - today.weekday())
        return _plus(monday, 6) if what.endswith("_end") else monday
    length = _MONTHS[unit]
    index = (today.year * 12 + today.month - 1) // length + by
    return _plus(_first(index + 1, length), -1) if what.endswith("_end") else _first(index, length)


def _months_on(day: date, by: int) -> date:
    """Return the same day of another month, or its last day where it is too short."""
    first = _first(day.year * 12 + day.month - 1 + by, 1)
    last = _plus(_first(day.year * 12 + day.month + by, 1), -1)
    return min(_plus(first, day.day - 1), last)


def _first(index: int, length: int) -> date:
    months = index * length
    return date(months // 12, months % 12 + 1, 1)


def _plus(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise ValueError("The day lies outside the calendar") from error
