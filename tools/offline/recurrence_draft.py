"""What has been read of a recurrence so far, and the rule it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from podium.state.recurrence import Days, Part, Rule, Unit
from podium.tools.offline.clocktimes import Clock, read_clock
from podium.tools.offline.lexicon import records, texts
from podium.tools.offline.recurrence import (
    ALL_DAYS,
    DAY_MINUTES,
    WEEKEND,
    WORKDAYS,
    day_words,
    wall,
)


class Unsayable(ValueError):
    """The words are no exact rule."""


class NeedsNow(Exception):
    """The words count from the present moment, and it is not given."""


Window = tuple[Clock, Clock]


@dataclass(slots=True)
class Group:
    """Some days and the times of them."""

    times: list[Clock] = field(default_factory=list[Clock])
    step: int = 0
    """Minutes."""
    past: set[int] = field(default_factory=set[int])
    """Minutes past each hour."""
    window: Window | None = None
    usual: bool = False
    """The span is the usual one of office hours, until another one is said."""
    inclusive: bool = False
    without_times: list[Clock] = field(default_factory=list[Clock])
    weekdays: set[int] = field(default_factory=set[int])
    without: set[int] = field(default_factory=set[int])
    nth: set[int] = field(default_factory=set[int])
    days: set[int] = field(default_factory=set[int])
    workdays: set[int] = field(default_factory=set[int])
    months: set[int] = field(default_factory=set[int])
    without_months: set[int] = field(default_factory=set[int])
    but_not: list[Days] = field(default_factory=list[Days])
    dates: set[str] = field(default_factory=set[str])
    part: str = ""
    times_per_day: int = 0
    every: int = 1
    unit: Unit = "day"
    rhythm: set[str] = field(default_factory=set[str])
    """Of week, month, quarter, year: said without the days in it."""
    also: bool = False
    """Said to come on top of what was said before."""
    sibling: bool = False
    """Has its times and months in common with the days before it."""
    clock_first: bool = False
    """The times were said before the days."""

    @property
    def specific(self) -> bool:
        """Whether days are named, not only how often."""
        return bool(self.weekdays or self.days or self.workdays or self.nth or self.dates)

    @property
    def clocked(self) -> bool:
        """Whether times are named."""
        return bool(self.times or self.step or self.times_per_day or self.past)


@dataclass(slots=True)
class Draft:
    """A recurrence while it is read."""

    groups: list[Group] = field(default_factory=lambda: [Group()])
    anchored: bool = False
    timezone: str = ""
    problem: str = ""
    proposal: str = ""
    cron: str = ""
    start: str = ""
    end: str = ""
    last_for: tuple[int, str] | None = None
    """So many units from the first firing on."""
    anchor: str = ""
    origin: str = ""
    """Local moment an interval is counted from."""
    wanted_days: tuple[int, str] = (0, "")
    """`twice a week` needs two days."""
    once: bool = False
    whole: bool = False
    """The text is nothing but a time, so that less needs to be said."""
    joined: bool = False
    """The piece that is read was joined to the one before by `and`."""
    assumed: list[str] = field(default_factory=list[str])
    now: datetime | None = None
    """Local, with its zone."""

    @property
    def group(self) -> Group:
        """The days that are being said."""
        return self.groups[-1]

    def for_days(self, *, sibling: bool = False) -> Group:
        """Return the days that a piece may add to: new ones where those before have their time already."""
        group = self.group
        timed = group.clocked or bool(group.part)
        if timed and not group.clock_first and (group.specific or self.joined):
            self.groups.append(Group())
        elif group.specific and sibling:
            new = Group(sibling=True)
            if group.clock_first:
                new.times, new.step, new.window = group.times, group.step, group.window
                new.past, new.part, new.clock_first = group.past, group.part, True
            self.groups.append(new)
        elif timed and not group.specific:
            group.clock_first = True
        return self.group

    def assume(self, text: str) -> None:
        """Note once what was not said."""
        if text not in self.assumed:
            self.assumed.append(text)

    def today(self) -> date:
        """Return the day on which it is said.

        Raises:
            NeedsNow: If it is not known.
        """
        if self.now is None:
            raise NeedsNow
        return self.now.date()

    def moment(self) -> datetime:
        """Return when it is said. Raises: NeedsNow."""
        self.today()
        assert self.now is not None, "today() has checked it"
        return self.now


def rule_of(draft: Draft) -> Rule:
    """Return the rule that was read.

    Raises:
        Unsayable: If it is none, or more than one thing.
        NeedsNow: If it counts from the present moment, which is not given.
    """
    if any(group.dates and (group.rhythm or group.every > 1) for group in draft.groups):
        raise Unsayable("a single day together with how often")
    groups = _shared(draft.groups)
    count, unit = draft.wanted_days
    if count and count != _named_days(groups[0]):
        spoken = {2: "twice"}.get(count, f"{count} times")
        raise Unsayable(f"{spoken} a {unit} without the days")
    _disjoint(groups)
    parts = [_part(group, draft) for group in groups]
    rule = Rule(parts=tuple(_merged(parts)), start=draft.start, end=draft.end)
    rule = _limited(rule, draft)
    return _anchored(rule, draft)


def _named_days(group: Group) -> int:
    return len(group.weekdays) * max(1, len(group.nth)) + len(group.days) + len(group.workdays)


def _shared(groups: list[Group]) -> list[Group]:
    """Days said together have one time: `on the 1st and the last Friday at 9`."""
    for index, group in enumerate(groups[:-1]):
        later = groups[index + 1]
        if not later.sibling:
            continue
        if not group.clocked and not group.part:
            group.times, group.step, group.window = later.times, later.step, later.window
            group.past, group.times_per_day, group.part = (
                later.past,
                later.times_per_day,
                later.part,
            )
            group.inclusive = later.inclusive
        if not group.months and later.months:
            group.months = later.months
        group.rhythm |= later.rhythm & {"month", "quarter"}
    unclocked = [group for group in groups if not group.clocked and not group.part]
    if len(groups) > 1 and unclocked and len(unclocked) < len(groups):
        raise Unsayable("days without a time beside days with one")
    return groups


def _disjoint(groups: list[Group]) -> None:
    for index, group in enumerate(groups):
        for later in groups[index + 1 :]:
            if later.also or later.sibling:
                continue
            by_date = any(_by_date(one) for one in (group, later))
            every_day = any(not one.specific and one.every == 1 for one in (group, later))
            if every_day or (not by_date and _weekdays(group) & _weekdays(later)):
                raise Unsayable("two times for the same days")


def _by_date(group: Group) -> bool:
    return bool(group.nth or group.days or group.workdays or group.dates or group.rhythm - {"week"})


def _weekdays(group: Group) -> set[int]:
    return (group.weekdays or set(ALL_DAYS)) - group.without


def _part(group: Group, draft: Draft) -> Part:
    days = _days(group, draft)
    but_not = tuple(group.but_not)
    minutes = group.step
    if minutes and minutes % DAY_MINUTES == 0 and not group.window:
        return _part(_by_days(group), draft)
    if minutes and not group.window and DAY_MINUTES % minutes:
        if group.times or group.without_times:
            raise Unsayable("an interval together with a time of day")
        origin = draft.origin
        if not origin:
            hour = draft.moment().replace(minute=0, second=0, microsecond=0, tzinfo=None)
            origin = f"{hour + timedelta(hours=1):%Y-%m-%dT%H:%M}"
            draft.assume(f"The first time is {origin.replace('T', ' ')}.")
        return Part(every_minutes=minutes, origin=origin, days=days, but_not=but_not)
    times = _minutes(group, draft)
    gone = {time.hour * 60 + time.minute for time in group.without_times}
    if gone - set(times):
        raise Unsayable("an exception at a time at which nothing happens")
    kept = sorted(set(times) - gone)
    if not kept:
        raise Unsayable("no time is left")
    return Part(times=tuple(wall(minute) for minute in kept), days=days, but_not=but_not)


def _by_days(group: Group) -> Group:
    """Every 48 hours are every two days."""
    days, group.step = group.step // DAY_MINUTES, 0
    if days > 1:
        if group.specific or group.every > 1:
            raise Unsayable("an interval of days together with named days")
        group.every, group.unit = days, "day"
    return group


# -- Days --------------------------------------------------------------------------------------------


def _days(group: Group, draft: Draft) -> Days:
    weekdays = _weekdays(group)
    if not weekdays:
        raise Unsayable("no day is left")
    months = group.months
    if "quarter" in group.rhythm:
        last = (group.days and max(group.days) < 0) or (group.nth and max(group.nth) < 0)
        last = last or (bool(group.workdays) and max(group.workdays) < 0)
        months = months | ({3, 6, 9, 12} if last else {1, 4, 7, 10})
    months = (months or set(range(1, 13) if group.without_months else ())) - group.without_months
    if group.without_months and not months:
        raise Unsayable("no month is left")
    _fill(group, draft, months)
    weekdays = _weekdays(group)
    if group.nth and len(weekdays) == len(ALL_DAYS) and not group.weekdays:
        raise Unsayable("days counted within the month, without saying which")
    if not group.nth and len(weekdays) == len(ALL_DAYS):
        weekdays = set[int]()
    _note_short_months(group, draft, months)
    return Days(
        weekdays=tuple(sorted(weekdays)),
        nth=_forwards_first(group.nth),
        month_days=_forwards_first(group.days),
        workdays=_forwards_first(group.workdays),
        months=tuple(sorted(months)) if len(months) < 12 else (),
        dates=tuple(sorted(group.dates)),
        every=group.every,
        unit=group.unit,
        anchor=(draft.anchor or "2000-01-01") if group.every > 1 else "",
    )


def _fill(group: Group, draft: Draft, months: set[int]) -> None:
    """Take what a rhythm leaves open as people do, and say so."""
    unit = group.unit if group.every > 1 else ""
    yearly = "year" in group.rhythm or unit == "year"
    if yearly and not months:
        months.add(1)
        draft.assume("January is assumed.")
    if group.specific:
        return
    if yearly or group.rhythm & {"month", "quarter"} or unit == "month":
        group.days.add(1)
        draft.assume("The first of the month is assumed.")
    elif "week" in group.rhythm or unit == "week":
        group.weekdays.add(1)
        draft.assume("Monday is assumed.")


def _forwards_first(numbers: set[int]) -> tuple[int, ...]:
    return tuple(
        sorted(numbers, key=lambda number: (number < 0, number if number > 0 else -number))
    )


def _note_short_months(group: Group, draft: Draft, months: set[int]) -> None:
    longest = max(group.days, default=0)
    if months == {2} and longest == 29:
        draft.assume("29 February comes in leap years only.")
    elif longest > 28 and (not months or any(_longest(month) < longest for month in months)):
        draft.assume(
            f"Months without a {longest}th are left out."
            if longest != 31
            else "Months without a 31st are left out."
        )
    if months and longest and all(_longest(month) < longest for month in months):
        raise Unsayable("a day that never comes")


def _longest(month: int) -> int:
    return 29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31


# -- Times -------------------------------------------------------------------------------------------


def _minutes(group: Group, draft: Draft) -> list[int]:
    """Return the times of a day, in minutes since midnight."""
    if group.step:
        return _grid(group, draft)
    if group.past:
        return _past_the_hour(group)
    if group.times_per_day:
        return _spread(group, draft)
    if group.window is not None:
        raise Unsayable("a span of the day without saying how often")
    return [time.hour * 60 + time.minute for time in _times(group, draft)]


def _times(group: Group, draft: Draft) -> list[Clock]:
    times = [time.in_part(group.part) for time in group.times]
    if group.part == "night" and group.weekdays and any(time.hour < 6 for time in times):
        raise Unsayable("a night of named days after midnight, without saying whose day that is")
    if times:
        return _in_order(times, draft)
    if group.part == "night" and group.weekdays:
        raise Unsayable("the night of a day, without saying when")
    if group.part:
        said = records("times", "parts")[group.part]["time"]
        if group.part not in {"noon", "midday", "midnight"}:
            draft.assume(f"No time of day was said; {said} is assumed for the {group.part}.")
        return [found for found in [read_clock(said)] if found]
    default = texts("times", "defaults")["day"]
    draft.assume(f"No time of day was said; {default} is assumed.")
    return [found for found in [read_clock(default)] if found]


def _in_order(times: list[Clock], draft: Draft) -> list[Clock]:
    """Read `9 and 5` as a day goes: 9:00 and 17:00."""
    told = [times[0]]
    for time in times[1:]:
        before = told[-1]
        if (
            time.loose
            and (time.hour, time.minute) < (before.hour, before.minute)
            and time.hour < 12
        ):
            later = Clock(time.hour + 12, time.minute)
            draft.assume(f"{time.hour} is taken as {later.hour}:{later.minute:02}.")
            told.append(later)
        else:
            told.append(time)
    return told


def _grid(group: Group, draft: Draft) -> list[int]:
    step = group.step
    if group.part:
        raise Unsayable(f"an interval within the {group.part}, without saying from when to when")
    if group.times:
        raise Unsayable("an interval together with a time of day")
    if group.window is None:
        past = group.past or {0}
        if group.past and step % 60:
            raise Unsayable("minutes past the hour together with an interval of minutes")
        return sorted(start + minute for minute in past for start in range(0, DAY_MINUTES, step))
    first, last = (time.hour * 60 + time.minute for time in group.window)
    across = last < first
    if across and (group.specific or group.every > 1 or group.without):
        raise Unsayable("a span across midnight on named days")
    end = last + (DAY_MINUTES if across else 0)
    if group.past:
        if step % 60 or first % 60:
            raise Unsayable("minutes past the hour together with such a span")
        grid = [minute + past for minute in range(first, end + 1, step) for past in group.past]
        return sorted({minute % DAY_MINUTES for minute in grid if minute <= end})
    found = list(range(first, end + 1, step))
    # `between 9 and 17` every 15 minutes are the hours from 9 to 17: 17:00 begins the next one.
    if step < 60 and found[-1] == end and last % 60 == 0 and not group.inclusive:
        found.pop()
        draft.assume(f"The last time of the day is {wall(found[-1] % DAY_MINUTES)}.")
    return sorted({minute % DAY_MINUTES for minute in found})


def _past_the_hour(group: Group) -> list[int]:
    first, last = group.window or (Clock(0, 0), Clock(23, 0))
    if group.times or last.hour < first.hour:
        raise Unsayable("minutes past the hour together with times of day")
    return [
        hour * 60 + minute
        for hour in range(first.hour, last.hour + 1)
        for minute in sorted(group.past)
    ]


def _spread(group: Group, draft: Draft) -> list[int]:
    count = group.times_per_day
    if group.times:
        if len(group.times) != count:
            raise Unsayable(f"{count} times a day at {len(group.times)} times")
        times = _in_order([time.in_part(group.part) for time in group.times], draft)
        return [time.hour * 60 + time.minute for time in times]
    if group.window is not None:
        first, last = (time.hour * 60 + time.minute for time in group.window)
        if count < 2 or last <= first or (last - first) % (count - 1):
            raise Unsayable(f"{count} times a day, evenly, in that span")
        found = list(range(first, last + 1, (last - first) // (count - 1)))
    elif count > 24 or 24 % count:
        raise Unsayable(f"{count} times a day, evenly")
    else:
        hours = 24 // count
        found = [(8 % hours + hours * index) * 60 for index in range(count)]
    draft.assume("Evenly spread times of day are assumed.")
    return found


# -- Bounds ------------------------------------------------------------------------------------------


def _merged(parts: list[Part]) -> list[Part]:
    """Parts of the same days are one part."""
    found: list[Part] = []
    for part in parts:
        for index, known in enumerate(found):
            same = (known.days, known.but_not) == (part.days, part.but_not)
            if same and known.times and part.times:
                times = tuple(sorted({*known.times, *part.times}))
                found[index] = known.model_copy(update={"times": times})
                break
        else:
            found.append(part)
    return found


def _limited(rule: Rule, draft: Draft) -> Rule:
    if draft.last_for is None:
        return rule
    count, unit = draft.last_for
    first = _first(rule, draft)
    days = count * {"day": 1, "week": 7}.get(unit, 0)
    if days:
        last = first + timedelta(days=days - 1)
    else:
        months = count * (12 if unit == "year" else 1)
        index = first.year * 12 + first.month - 1 + months
        last = date(index // 12, index % 12 + 1, min(first.day, 28)) - timedelta(days=1)
        if first.day > 28:
            raise Unsayable("months counted from the end of one")
    draft.assume(f"The last day is {day_words(last)}.")
    return rule.model_copy(update={"end": last.isoformat()})


def _anchored(rule: Rule, draft: Draft) -> Rule:
    """Count every other week from the first that comes."""
    if draft.anchor or all(part.days.every == 1 for part in rule.parts):
        return rule
    counted = {part.days.every for part in rule.parts}
    if len(counted) > 1 or len({part.days.unit for part in rule.parts}) > 1:
        raise Unsayable("two rhythms at once")
    plain = [
        part.model_copy(update={"days": part.days.model_copy(update={"every": 1, "anchor": ""})})
        for part in rule.parts
    ]
    first = _first(rule.model_copy(update={"parts": tuple(plain)}), draft)
    draft.assume(f"The first time is {day_words(first)}.")
    parts = [
        part.model_copy(update={"days": part.days.model_copy(update={"anchor": first.isoformat()})})
        for part in rule.parts
    ]
    return rule.model_copy(update={"parts": tuple(parts)})


def _first(rule: Rule, draft: Draft) -> date:
    now = draft.moment()
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo), "the reader gives the zone"
    found = next(rule.fires(zone, after=now.astimezone(UTC)), None)
    if found is None:
        raise Unsayable("a day that never comes")
    return found.date()


def day_set(name: str) -> set[int]:
    """Return the days of `weekend` and `weekday`."""
    return set(WEEKEND) if name == "weekend" else set(WORKDAYS)
