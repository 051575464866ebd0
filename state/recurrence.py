"""Rules that say more than five cron fields can: nth days, every other week, dates, exceptions, windows. Pure arithmetic."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from podium.state.document import Document
from podium.state.errors import UserError

Unit = Literal["day", "week", "month", "year"]

_HORIZON = timedelta(days=366 * 40)
"""How far a rule is looked along; 29 February on a Friday comes every 28 years."""
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Days(Document):
    """Which days of the calendar: everything given must hold; nothing given is every day."""

    weekdays: tuple[int, ...] = ()
    """0 is Sunday."""
    nth: tuple[int, ...] = ()
    """With `weekdays`: which of them in the month; -1 is the last."""
    month_days: tuple[int, ...] = ()
    """1 to 31; -1 is the last day of the month, -2 the one before."""
    workdays: tuple[int, ...] = ()
    """Which Monday-to-Friday day of the month; -1 is the last."""
    months: tuple[int, ...] = ()
    dates: tuple[str, ...] = ()
    """ISO dates."""
    every: int = Field(default=1, ge=1, le=1000)
    unit: Unit = "day"
    anchor: str = ""
    """ISO date the days, weeks, months or years are counted from, with `every` above 1."""

    @model_validator(mode="after")
    def _sensible(self) -> Days:
        _check(self.weekdays, 0, 6, "weekdays")
        _check(tuple(abs(number) for number in self.nth), 1, 5, "nth")
        _check(tuple(abs(number) for number in self.month_days), 1, 31, "month_days")
        _check(tuple(abs(number) for number in self.workdays), 1, 23, "workdays")
        _check(self.months, 1, 12, "months")
        if self.nth and not self.weekdays:
            raise UserError("`nth` counts weekdays, and none is given")
        if self.every > 1 and not self.anchor:
            raise UserError("`every` needs the date it is counted from")
        for text in (*self.dates, *([self.anchor] if self.anchor else [])):
            iso_date(text)
        return self

    def holds(self, day: date) -> bool:
        """Return whether the day is one of these."""
        return (
            (not self.months or day.month in self.months)
            and (not self.weekdays or day.isoweekday() % 7 in self.weekdays)
            and (not self.month_days or _either(day.day, _month_length(day), self.month_days))
            and (not self.nth or _either(*_weekday_number(day), self.nth))
            and (not self.workdays or _is_workday(day, self.workdays))
            and (not self.dates or day.isoformat() in self.dates)
            and (self.every == 1 or self._counted(day))
        )

    def _counted(self, day: date) -> bool:
        anchor = date.fromisoformat(self.anchor)
        match self.unit:
            case "day":
                passed = (day - anchor).days
            case "week":
                passed = (_monday(day) - _monday(anchor)).days // 7
            case "month":
                passed = (day.year - anchor.year) * 12 + day.month - anchor.month
            case _:
                passed = day.year - anchor.year
        return passed % self.every == 0


class Part(Document):
    """Times of day on some days, or every so many minutes of real time on some days."""

    times: tuple[str, ...] = ()
    """`HH:MM` on the wall clock, sorted."""
    every_minutes: int = Field(default=0, ge=0, le=60 * 24 * 366)
    origin: str = ""
    """Local moment (`2026-12-01T00:00`) the minutes are counted from."""
    days: Days = Field(default_factory=Days)
    but_not: tuple[Days, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _one_clock(self) -> Part:
        if bool(self.times) == bool(self.every_minutes):
            raise UserError("A part of a rule has either times of day or a number of minutes")
        if any(not _TIME.fullmatch(text) for text in self.times):
            raise UserError("Times of day are written HH:MM")
        if list(self.times) != sorted(set(self.times)):
            raise UserError("Times of day are sorted, each once")
        if self.every_minutes:
            iso_moment(self.origin)
        return self

    def holds(self, day: date) -> bool:
        """Return whether the part fires on that day at all."""
        return self.days.holds(day) and not any(days.holds(day) for days in self.but_not)


class Rule(Document):
    """When something happens: whenever one of the parts says so, from the first day to the last."""

    parts: tuple[Part, ...] = Field(min_length=1, max_length=50)
    start: str = ""
    """ISO date of the first day; empty: from now on."""
    end: str = ""
    """ISO date of the last day; empty: for ever."""

    @field_validator("start", "end")
    @classmethod
    def _dates(cls, value: str) -> str:
        return iso_date(value).isoformat() if value else ""

    def fires(self, zone: ZoneInfo, *, after: datetime) -> Iterator[datetime]:
        """Yield the moments strictly later than `after`, in the zone.

        A time of day that a clock change leaves out is taken right after the gap, once; one that comes twice, the
        first time.
        """
        # A day early, because what falls into a gap may move on.
        day = after.astimezone(zone).date() - timedelta(days=1)
        if self.start:
            day = max(day, date.fromisoformat(self.start))
        last = day + _HORIZON
        if self.end:
            last = min(last, date.fromisoformat(self.end))
        while day <= last:
            for moment in sorted(self._on(day, zone)):
                if moment > after:
                    yield moment.astimezone(zone)
            day += timedelta(days=1)

    def _on(self, day: date, zone: ZoneInfo) -> set[datetime]:
        found: set[datetime] = set()
        for part in self.parts:
            if not part.holds(day):
                continue
            if part.every_minutes:
                found.update(_interval(part, day, zone))
            else:
                found.update(
                    on_the_wall(day, time.fromisoformat(text), zone) for text in part.times
                )
        return found


def iso_date(text: str) -> date:
    """Return the date.

    Raises:
        UserError: If the text is no ISO date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"{text!r} is not a date", hint="Write 2026-12-31.") from error


def iso_moment(text: str) -> datetime:
    """Return the local moment, without its zone.

    Raises:
        UserError: If the text is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"{text!r} is not a moment", hint="Write 2026-12-31T08:00.") from error
    if moment.tzinfo is not None:
        raise UserError(f"{text!r} has a zone; the schedule has its own")
    return moment


def on_the_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return in UTC when the zone's wall clocks show that time: the first time of two; right after a gap that has none."""
    local = datetime.combine(day, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # Clocks went forward past it. Before the change stands for the earlier offset, after it for the later one.
    low, high = local.replace(fold=1).astimezone(UTC), moment
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _interval(part: Part, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    origin = datetime.fromisoformat(part.origin).replace(tzinfo=zone).astimezone(UTC)
    first = on_the_wall(day, time.min, zone)
    end = on_the_wall(day + timedelta(days=1), time.min, zone)
    step = timedelta(minutes=part.every_minutes)
    moment = max(origin, origin - (origin - first) // step * step)
    while moment < end:
        if moment >= first:
            yield moment
        moment += step


def _check(numbers: tuple[int, ...], low: int, high: int, name: str) -> None:
    if any(not low <= number <= high for number in numbers):
        raise UserError(f"`{name}` are from {low} to {high}")


def _either(forwards: int, count: int, wanted: tuple[int, ...]) -> bool:
    """Return whether one is wanted that is counted from either end."""
    return forwards in wanted or forwards - count - 1 in wanted


def _month_length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weekday_number(day: date) -> tuple[int, int]:
    """Return which of its weekdays the day is in its month, and how many there are."""
    number = (day.day - 1) // 7 + 1
    return number, number + (_month_length(day) - day.day) // 7


def _is_workday(day: date, wanted: tuple[int, ...]) -> bool:
    if day.isoweekday() > 5:
        return False
    workdays = [
        number
        for number in range(1, _month_length(day) + 1)
        if day.replace(day=number).isoweekday() <= 5
    ]
    return _either(workdays.index(day.day) + 1, len(workdays), wanted)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
