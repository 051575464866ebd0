"""Rules in their two spoken forms: the cron expression that says exactly the same, where there is one, and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise

from podium.state.recurrence import Days, Part, Rule

WORKDAYS = (1, 2, 3, 4, 5)
WEEKEND = (0, 6)
ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)
DAY_MINUTES = 24 * 60
_DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_ORDINAL_NAMES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}


# -- Cron ------------------------------------------------------------------------------------------


def cron_of(rule: Rule) -> str:
    """Return the five-field cron expression that says exactly this, or nothing when there is none."""
    if len(rule.parts) != 1 or rule.start or rule.end:
        return ""
    part = rule.parts[0]
    days = part.days
    if part.every_minutes or part.but_not or days.dates or days.every > 1:
        return ""
    by_date, by_weekday = bool(days.month_days or days.workdays), bool(days.weekdays)
    if by_date and by_weekday:
        return ""  # cron would take either
    if any(number < -1 for number in days.nth):
        return ""
    of_month = _month_days(days)
    clocks = _clock_fields(minutes_of(part.times))
    if of_month is None or clocks is None:
        return ""
    return f"{clocks} {of_month} {_list(days.months)} {_weekdays(days)}"


def _clock_fields(minutes: Sequence[int]) -> str | None:
    past = sorted({minute % 60 for minute in minutes})
    hours = sorted({minute // 60 for minute in minutes})
    if len(past) * len(hours) != len(minutes):
        return None
    # A star makes cron count real time where clocks change; a few times of day stay what they are.
    by_minutes = len(past) > 2 or len(hours) > 2
    return f"{_stepped(past, 60, star=by_minutes)} {_stepped(hours, 24, star=len(hours) > 3)}"


def _stepped(numbers: Sequence[int], whole: int, *, star: bool) -> str:
    """Return a field of minutes or hours; `*/n` where the numbers go round evenly."""
    if len(numbers) == whole:
        return "*"
    gaps = {later - earlier for earlier, later in pairwise(numbers)}
    if len(gaps) == 1 and (gap := gaps.pop()) > 1:
        if star and numbers[0] == 0 and len(numbers) * gap == whole:
            return f"*/{gap}"
        if len(numbers) > 3:
            return f"{numbers[0]}-{numbers[-1]}/{gap}"
    return _list(numbers)


def _month_days(days: Days) -> str | None:
    if days.workdays:
        return "LW" if days.workdays == (-1,) and not days.month_days else None
    forwards = tuple(day for day in days.month_days if day > 0)
    backwards = tuple(day for day in days.month_days if day < 0)
    if backwards not in {(), (-1,)}:
        return None
    if not backwards:
        return _list(forwards)
    return f"{_list(forwards)},L" if forwards else "L"


def _weekdays(days: Days) -> str:
    if days.nth:
        return ",".join(
            f"{day}L" if number == -1 else f"{day}#{number}"
            for day in days.weekdays
            for number in days.nth
        )
    return "*" if len(days.weekdays) == len(ALL_DAYS) else _list(days.weekdays)


def _list(numbers: Sequence[int]) -> str:
    if not numbers:
        return "*"
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(str(number) for number in run)
        for run in runs
    ]
    return ",".join(shown)


# -- Words -----------------------------------------------------------------------------------------


def words_of(rule: Rule) -> str:
    """Return the rule as a person says it; reading these words gives this rule again."""
    said = ", and also ".join(_part(part) for part in rule.parts)
    if rule.start:
        said += f", starting {rule.start}"
    if rule.end:
        said += f", until {rule.end}"
    return said


def _part(part: Part) -> str:
    clock_words, stepped = _clock(part)
    days = part.days
    if days.dates and not stepped:
        lead = f"once on {listed(days.dates)} {clock_words}"
    else:
        rhythm = _rhythm(days, stepped=stepped)
        lead = f"{clock_words} {rhythm}" if stepped else f"{rhythm} {clock_words}"
    words = [lead.strip(), *([f"in {_months(days)}"] if days.months else [])]
    if part.but_not:
        words.append("except " + listed((_exception(days) for days in part.but_not), last="or"))
    said = " ".join(words)
    if part.every_minutes:
        said += f", counted from {part.origin.replace('T', ' ')}"
    if days.every > 1:
        said += f", counted from {days.anchor}"
    return said


def _clock(part: Part) -> tuple[str, bool]:
    if part.every_minutes:
        return _interval(part.every_minutes), True
    minutes = minutes_of(part.times)
    gaps = {later - earlier for earlier, later in pairwise(minutes)}
    if len(minutes) > 2 and len(gaps) == 1:
        gap = gaps.pop()
        round_the_clock = minutes[0] < gap and minutes[-1] + gap >= DAY_MINUTES
        if (
            round_the_clock
            and minutes[0] + DAY_MINUTES - minutes[-1] == gap
            and (minutes[0] == 0 or (gap % 60 == 0 and minutes[0] < 60))
        ):
            past = f" at minute {minutes[0]}" if minutes[0] else ""
            return f"{_interval(gap)}{past}", True
        if len(minutes) > 3:
            ends = f"from {part.times[0]} to {part.times[-1]} inclusive"
            return f"{_interval(gap)} {ends}", True
    return f"at {listed(part.times)}", False


def _interval(minutes: int) -> str:
    if minutes == 1:
        return "every minute"
    if minutes == 60:
        return "every hour"
    return f"every {minutes // 60} hours" if minutes % 60 == 0 else f"every {minutes} minutes"


def _rhythm(days: Days, *, stepped: bool) -> str:
    counted = _counted(days)
    on = _on(days, stepped=stepped, lead=not counted)
    if days.dates:
        on = f"on {listed(days.dates)}"
    both = " ".join(part for part in (counted, on) if part)
    if both:
        return both
    return "" if stepped else "every day"


def _counted(days: Days) -> str:
    if days.every == 1:
        return ""
    if days.every == 2:
        return f"every other {days.unit}"
    return f"every {days.every} {days.unit}s"


def _on(days: Days, *, stepped: bool, lead: bool) -> str:
    """Return the days within the month or week; `lead` when nothing says `every` before them."""
    month = "of every month" if days.every == 1 or days.unit != "month" else "of the month"
    if days.nth:
        names = listed(_DAY_NAMES[day] for day in monday_first(days.weekdays))
        which = listed(_ordinal_word(number) for number in days.nth)
        said = f"on the {which} {names} {month}"
    elif days.workdays:
        which = listed(_counted_day(number) for number in days.workdays)
        said = f"on the {which} working day {month}"
    elif days.month_days:
        said = f"on the {listed(_month_day(number) for number in days.month_days)} {month}"
        if days.weekdays:
            names = listed((_DAY_NAMES[day] for day in monday_first(days.weekdays)), last="or")
            said += f" when it is a {names}"
    else:
        return _weekday_words(days.weekdays, plain=not lead or stepped)
    return said


def _weekday_words(weekdays: tuple[int, ...], *, plain: bool) -> str:
    if not weekdays or set(weekdays) == set(ALL_DAYS):
        return ""
    if weekdays == WORKDAYS:
        return "on weekdays" if plain else "every weekday"
    if set(weekdays) == set(WEEKEND):
        return "on weekends" if plain else "every weekend"
    names = [_DAY_NAMES[day] for day in monday_first(weekdays)]
    return "on " + listed(f"{name}s" for name in names) if plain else "every " + listed(names)


def _exception(days: Days) -> str:
    if days.dates:
        return f"on {listed(days.dates)}"
    if (
        days.months
        and len(days.months) == 1
        and len(days.month_days) == 1
        and days.month_days[0] > 0
    ):
        return f"on {days.month_days[0]} {_MONTH_NAMES[days.months[0] - 1]}"
    said = _on(days, stepped=True, lead=True)
    months = f"in {_months(days)}" if days.months else ""
    return " ".join(part for part in (said, months) if part)


def _months(days: Days) -> str:
    return listed(_MONTH_NAMES[month - 1] for month in days.months)


def _ordinal_word(number: int) -> str:
    if number == -1:
        return "last"
    return _ORDINAL_NAMES[number] if number > 0 else f"{_ordinal_word(-number)} to last"


def _counted_day(number: int) -> str:
    if number == -1:
        return "last"
    return ordinal(number) if number > 0 else f"{ordinal(-number)} to last"


def _month_day(number: int) -> str:
    return ordinal(number) if number > 0 else f"{_counted_day(number)} day"


def clock(hour: int, minute: int) -> str:
    """Return the time as `HH:MM`."""
    return f"{hour:02}:{minute:02}"


def wall(minutes: int) -> str:
    """Return minutes since midnight as `HH:MM`."""
    return clock(minutes // 60, minutes % 60)


def minutes_of(times: Iterable[str]) -> list[int]:
    """Return times of day as minutes since midnight."""
    return [int(text[:2]) * 60 + int(text[3:]) for text in times]


def listed(items: Iterable[str], *, last: str = "and") -> str:
    """Join words as English does: `a, b and c`."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def monday_first(days: Iterable[int]) -> list[int]:
    """Sort weekdays as a calendar shows them, Sunday last."""
    return sorted(days, key=lambda day: (day - 1) % 7)


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th`."""
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def day_words(day: date | datetime) -> str:
    """Return a date as a note shows it."""
    return f"{_DAY_NAMES[day.isoweekday() % 7]} {day:%Y-%m-%d}"
