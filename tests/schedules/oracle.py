"""What fires when, computed another way: from plain predicates on days and the changes of a zone's offset."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SINCE = datetime(2026, 12, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GRID = 5
"""Minutes: every rule that counts real time fires on multiples of it."""

ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Africa/Casablanca",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A rule as it is said, and when it fires by hand: at times of days, or at minutes of real time."""

    said: str
    day: Callable[[date], bool]
    times: tuple[str, ...] = ()
    minute: Callable[[int, int], bool] | None = None
    """(hour, minute) on the wall, for rules that count real time."""


@cache
def _changes(zone: str, years: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the minutes (UTC) at which the offset changes, and the offsets from then on."""
    where = ZoneInfo(zone)
    start = int((SINCE - timedelta(days=2) - EPOCH).total_seconds()) // 60
    end = start + (years * 366 + 4) * 1440
    starts, offsets = [start], [_offset(where, start)]
    for hour in range(start, end, 60):
        if _offset(where, hour + 60) == offsets[-1]:
            continue
        for minute in range(hour, hour + 61):
            if _offset(where, minute) != offsets[-1]:
                starts.append(minute)
                offsets.append(_offset(where, minute))
    return tuple(starts), tuple(offsets)


def _offset(where: ZoneInfo, minute: int) -> int:
    shift = (EPOCH + timedelta(minutes=minute)).astimezone(where).utcoffset()
    assert shift is not None
    return int(shift.total_seconds()) // 60


def expected(case: Case, zone: str, years: int) -> list[int]:
    """Return the minutes since the epoch at which the rule fires, from `SINCE` on, for so many years."""
    first = int((SINCE - EPOCH).total_seconds()) // 60
    last = first + years * 365 * 1440
    found = _real_time(case, zone, years) if case.minute else _by_the_wall(case, zone, years)
    return sorted({minute for minute in found if first < minute <= last})


def _by_the_wall(case: Case, zone: str, years: int) -> Iterator[int]:
    starts, offsets = _changes(zone, years)
    at = [int(text[:2]) * 60 + int(text[3:]) for text in case.times]
    day = SINCE.date() - timedelta(days=2)
    for _ in range(years * 366 + 4):
        if case.day(day):
            midnight = (day - EPOCH.date()).days * 1440
            for time in at:
                yield _instant(midnight + time, starts, offsets)
        day += timedelta(days=1)


def _instant(local: int, starts: tuple[int, ...], offsets: tuple[int, ...]) -> int:
    """Return when the wall shows that minute first; the end of the gap when it never does."""
    near = bisect_right(starts, local - 900) - 1
    for index in range(max(near, 0), len(starts)):
        minute = local - offsets[index]
        ends = starts[index + 1] if index + 1 < len(starts) else minute + 1
        if minute < starts[index] and index:
            return starts[index]  # the clocks went forward past it
        if minute < ends:
            return minute
    raise AssertionError("the last offset holds for ever")


def _real_time(case: Case, zone: str, years: int) -> Iterator[int]:
    assert case.minute is not None
    starts, offsets = _changes(zone, years)
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else start + (years * 366 + 4) * 1440
        first = start + -start % _GRID
        for minute in range(first, end, _GRID):
            days, rest = divmod(minute + offsets[index], 1440)
            if case.minute(rest // 60, rest % 60) and case.day(EPOCH.date() + timedelta(days=days)):
                yield minute


# -- Days, by hand ----------------------------------------------------------------------------------


def _every(_: date) -> bool:
    return True


def _on(*weekdays: int) -> Callable[[date], bool]:
    return lambda day: day.weekday() in weekdays


def _dom(*days: int) -> Callable[[date], bool]:
    return lambda day: day.day in days or day.day - 1 - monthrange(day.year, day.month)[1] in days


def _nth(weekday: int, *numbers: int) -> Callable[[date], bool]:
    def holds(day: date) -> bool:
        if day.weekday() != weekday:
            return False
        last = day.day + 7 > monthrange(day.year, day.month)[1]
        return (day.day + 6) // 7 in numbers or (last and -1 in numbers)

    return holds


def _workday(number: int) -> Callable[[date], bool]:
    def holds(day: date) -> bool:
        days = [
            one
            for one in range(1, monthrange(day.year, day.month)[1] + 1)
            if date(day.year, day.month, one).weekday() < 5
        ]
        return day.day == days[number - 1 if number > 0 else number]

    return holds


def _and(*parts: Callable[[date], bool]) -> Callable[[date], bool]:
    return lambda day: all(part(day) for part in parts)


def _or(*parts: Callable[[date], bool]) -> Callable[[date], bool]:
    return lambda day: any(part(day) for part in parts)


def _not(part: Callable[[date], bool]) -> Callable[[date], bool]:
    return lambda day: not part(day)


def _month(*months: int) -> Callable[[date], bool]:
    return lambda day: day.month in months


def _each(days: int, start: str) -> Callable[[date], bool]:
    return lambda day: (day - date.fromisoformat(start)).days % days == 0


WEEKDAYS = _on(0, 1, 2, 3, 4)

CASES = (
    Case("0 8 * * 1-5", WEEKDAYS, ("08:00",)),
    Case("30 2 * * *", _every, ("02:30",)),
    Case("0 0 * * *", _every, ("00:00",)),
    Case("15 0 * * 0", _on(6), ("00:15",)),
    Case("59 23 L * *", _dom(-1), ("23:59",)),
    Case("0 3 * * 6#2", _nth(5, 2), ("03:00",)),
    Case("0 1 29 2 *", _and(_month(2), _dom(29)), ("01:00",)),
    Case("45 1,2,3 * * *", _every, ("01:45", "02:45", "03:45")),
    Case("5,35 2 * * *", _every, ("02:05", "02:35")),
    Case("0 12 LW * *", _workday(-1), ("12:00",)),
    Case("0 * * * *", _every, minute=lambda _, minute: minute == 0),
    Case("30 * * * 0", _on(6), minute=lambda _, minute: minute == 30),
    Case("0 */2 * * *", _every, minute=lambda hour, minute: hour % 2 == 0 and minute == 0),
    Case("*/30 1-3 * * *", _every, minute=lambda hour, minute: 1 <= hour <= 3 and minute % 30 == 0),
    Case("*/20 9-16 * * 1-5", WEEKDAYS, minute=lambda hour, minute: 9 <= hour <= 16 and minute % 20 == 0),
    Case("every day at 2:30", _every, ("02:30",)),
    Case("every weekday at 7:45", WEEKDAYS, ("07:45",)),
    Case("weekdays at 9 and 17", WEEKDAYS, ("09:00", "17:00")),
    Case("every day at 2:15 and 3:00", _every, ("02:15", "03:00")),
    Case("on the first and third Monday of the month at noon", _nth(0, 1, 3), ("12:00",)),
    Case("on the last Friday of every month at 16:30", _nth(4, -1), ("16:30",)),
    Case("on the 1st and 15th of every month at 6", _dom(1, 15), ("06:00",)),
    Case("on the 31st of every month at 8", _dom(31), ("08:00",)),
    Case("end of month at 23:30", _dom(-1), ("23:30",)),
    Case("quarterly", _and(_month(1, 4, 7, 10), _dom(1)), ("08:00",)),
    Case("on the last day of every quarter at 18:00", _and(_month(3, 6, 9, 12), _dom(-1)), ("18:00",)),
    Case("first working day of each month at 9", _workday(1), ("09:00",)),
    Case("the second to last day of the month at 2:30", _dom(-2), ("02:30",)),
    Case("every other Tuesday at 2:30, counted from 2026-12-01", _and(_on(1), lambda day: (day - date(2026, 11, 30)).days // 7 % 2 == 0), ("02:30",)),
    Case("every 3 days at 0:30, counted from 2026-12-02", _each(3, "2026-12-02"), ("00:30",)),
    Case("every 3 weeks on Sunday at 3:00, counted from 2026-12-06", _each(21, "2026-12-06"), ("03:00",)),
    Case("every 5 months on the 1st of the month at 9:00, counted from 2026-12-01", _and(_dom(1), lambda day: ((day.year - 2026) * 12 + day.month - 12) % 5 == 0), ("09:00",)),
    Case("Friday the 13th at 13:13", _and(_on(4), _dom(13)), ("13:13",)),
    Case("daily at 8 except on the 1st of the month", _not(_dom(1)), ("08:00",)),
    Case("every weekday at 6 except on 25 December or on the last Monday of the month", _and(WEEKDAYS, _not(_and(_month(12), _dom(25))), _not(_nth(0, -1))), ("06:00",)),
    Case("every day at 9 except in August", _not(_month(8)), ("09:00",)),
    Case("Saturdays at 2:30 and also on the 1st of the month at 2:30", _or(_on(5), _dom(1)), ("02:30",)),
    Case("every Monday at 2:30, until 2030-06-30", _and(_on(0), lambda day: day <= date(2030, 6, 30)), ("02:30",)),
    Case("every Sunday at 1:30, starting 2028-01-01", _and(_on(6), lambda day: day >= date(2028, 1, 1)), ("01:30",)),
    Case("every 45 minutes between 8:00 and 10:15", _every, ("08:00", "08:45", "09:30", "10:15")),
)  # fmt: skip
