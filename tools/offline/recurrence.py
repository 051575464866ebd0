"""Recurrences: the canonical form of "every weekday at 8", its cron expression and its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LAST_DAY = 32
"""Stands in `days` for the last day of the month."""
LAST_WORKDAY = 33
"""Stands in `days` for the last working day of the month."""

WORKDAYS = (1, 2, 3, 4, 5)
WEEKEND = (0, 6)
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)
_DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_ORDINAL_NAMES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


class Unsayable(ValueError):
    """A five-field cron expression cannot say this rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """When something recurs: either at `times` of a day or every so many minutes or hours, on some days."""

    times: tuple[tuple[int, int], ...] = ()
    """(hour, minute), sorted; empty when a step is given."""
    every_minutes: int = 0
    every_hours: int = 0
    minute: int = 0
    """Minute past the hour, with `every_hours`."""
    hours: tuple[int, int] | None = None
    """First and last hour in which a stepped rule fires."""
    weekdays: tuple[int, ...] = ()
    """0 is Sunday; sorted; empty: all."""
    nth: int = 0
    """With one weekday: which of the month, -1 the last."""
    days: tuple[int, ...] = ()
    """Days of the month, or LAST_DAY, LAST_WORKDAY; empty: all."""
    months: tuple[int, ...] = ()

    def cron(self) -> str:
        """Return the five-field cron expression that says exactly this.

        Raises:
            Unsayable: If there is none.
        """
        if self.days and self.weekdays:
            raise Unsayable("days of the month together with weekdays")
        return " ".join((*self._clock_fields(), self._day(), _list(self.months), self._weekday()))

    def _clock_fields(self) -> tuple[str, str]:
        hours = "*" if self.hours is None else f"{self.hours[0]}-{self.hours[1]}"
        if self.every_minutes:
            if self.every_minutes == 1:
                return "*", hours
            if 60 % self.every_minutes:
                raise Unsayable(f"every {self.every_minutes} minutes: it does not divide an hour")
            return f"*/{self.every_minutes}", hours
        if self.every_hours:
            return str(self.minute), self._hour_step(hours)
        minutes = sorted({minute for _, minute in self.times})
        hour_set = sorted({hour for hour, _ in self.times})
        if len(minutes) * len(hour_set) != len(self.times):
            raise Unsayable("several times of day with different minutes")
        return _list(minutes), _list(hour_set)

    def _hour_step(self, hours: str) -> str:
        if self.every_hours == 1:
            return hours
        if self.hours is None and 24 % self.every_hours:
            raise Unsayable(f"every {self.every_hours} hours: it does not divide a day")
        return f"{hours}/{self.every_hours}"

    def _day(self) -> str:
        if LAST_WORKDAY in self.days or LAST_DAY in self.days:
            if len(self.days) > 1:
                raise Unsayable("the last day of the month together with other days")
            return "LW" if LAST_WORKDAY in self.days else "L"
        return _list(self.days)

    def _weekday(self) -> str:
        if self.nth:
            if len(self.weekdays) != 1:
                raise Unsayable("several weekdays counted within the month")
            return f"{self.weekdays[0]}L" if self.nth < 0 else f"{self.weekdays[0]}#{self.nth}"
        return "*" if set(self.weekdays) == set(ALL_DAYS) else _list(self.weekdays)

    def words(self) -> str:
        """Return the rule as a person says it; reading these words gives this rule again."""
        rhythm = self._days_in_words()
        clock = self._clock_in_words()
        if self.every_minutes or self.every_hours:
            parts = [clock, "" if rhythm == "every day" else rhythm]
        else:
            parts = [rhythm, clock]
        if self.months:
            parts.append("in " + listed(_MONTH_NAMES[month - 1] for month in self.months))
        return " ".join(part for part in parts if part)

    def _clock_in_words(self) -> str:
        if self.every_minutes:
            unit = (
                "every minute" if self.every_minutes == 1 else f"every {self.every_minutes} minutes"
            )
            if self.hours is None:
                return unit
            last_minute = 60 - self.every_minutes
            return f"{unit} from {clock(self.hours[0], 0)} to {clock(self.hours[1], last_minute)}"
        if self.every_hours:
            unit = "every hour" if self.every_hours == 1 else f"every {self.every_hours} hours"
            if self.minute:
                unit += f" at minute {self.minute}"
            if self.hours is None:
                return unit
            first, last = self.hours
            return f"{unit} from {clock(first, self.minute)} to {clock(last, self.minute)}"
        return "at " + listed(clock(hour, minute) for hour, minute in self.times)

    def _days_in_words(self) -> str:
        if self.nth:
            return (
                f"on the {_ORDINAL_NAMES[self.nth]} {_DAY_NAMES[self.weekdays[0]]} of every month"
            )
        if self.days:
            return f"on the {listed(_day_name(day) for day in self.days)} of every month"
        if not self.weekdays or set(self.weekdays) == set(ALL_DAYS):
            return "every day"
        stepped = bool(self.every_minutes or self.every_hours)
        if self.weekdays == WORKDAYS:
            return "on weekdays" if stepped else "every weekday"
        if set(self.weekdays) == set(WEEKEND):
            return "on weekends" if stepped else "every weekend"
        names = [_DAY_NAMES[day] for day in monday_first(self.weekdays)]
        if stepped:
            return "on " + listed(f"{name}s" for name in names)
        return "every " + listed(names)


def clock(hour: int, minute: int) -> str:
    """Return the time as `HH:MM`."""
    return f"{hour:02}:{minute:02}"


def listed(items: Iterable[str]) -> str:
    """Join words as English does: `a, b and c`."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def monday_first(days: Iterable[int]) -> list[int]:
    """Sort weekdays as a calendar shows them, Sunday last."""
    return sorted(days, key=lambda day: (day - 1) % 7)


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th`."""
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _day_name(day: int) -> str:
    if day == LAST_DAY:
        return "last day"
    return "last working day" if day == LAST_WORKDAY else ordinal(day)


def _list(numbers: Sequence[int]) -> str:
    if not numbers:
        return "*"
    ordered = sorted(numbers)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]}-{ordered[-1]}"
    return ",".join(str(number) for number in ordered)
