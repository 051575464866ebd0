"""The pieces a recurrence is said in: patterns in the order they are tried, and what each adds to the draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from enum import Enum
from zoneinfo import ZoneInfo

from podium.state.recurrence import Days, Rule, Unit
from podium.tools.offline.clocktimes import TIME, Clock, read_clock, read_window
from podium.tools.offline.lexicon import among, records
from podium.tools.offline.recurrence_draft import Draft, Group
from podium.tools.offline.recurrence_words import (
    DAY,
    DAY_LIST,
    DAY_RANGE,
    DAYS,
    EACH,
    END,
    FIGURE,
    HOLIDAYS,
    JOIN,
    MDAY,
    MDAYS,
    MONTH,
    MONTHS,
    NTH_ANY,
    NTHS,
    NUMBER,
    OF_MONTH,
    SKY,
    WORKDAY,
    day_set,
    months_of,
    nth,
    nths,
    number,
)  # fmt: skip


class Kind(Enum):
    """What a piece says."""

    DAYS = "days"
    CLOCK = "clock"
    ADVERB = "adverb"
    OTHER = "other"


Read = Callable[[re.Match[str], Draft], int | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One way of saying a part of a recurrence."""

    pattern: re.Pattern[str]
    read: Read
    kind: Kind = Kind.OTHER
    later: bool = False
    """It means something only after what recurs was said."""
    anchors: bool = False
    """It makes a recurrence (or a moment) by itself."""
    loose: bool = False
    """A bare number may match it and mean something else."""


def any_day(rule: Rule, draft: Draft) -> bool:
    """Return whether the rule has a moment to come."""
    now = draft.moment()
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo), "the reader gives the zone"
    return next(rule.fires(zone, after=now.astimezone(UTC)), None) is not None


# -- Rhythms ----------------------------------------------------------------------------------------

_ADVERBS = {
    "daily": "day", "everyday": "day", "hourly": "hour", "nightly": "night", "weekly": "week", "monthly": "month",
    "quarterly": "quarter", "yearly": "year", "annually": "year", "fortnightly": "fortnight",
    "half-hourly": "half hour", "half-yearly": "half year", "semi-annually": "half year", "semiannually": "half year",
    "biweekly": "?", "bi-weekly": "?", "bimonthly": "?", "bi-monthly": "?", "biannually": "?", "bi-annually": "?",
    "semi-weekly": "?", "semiweekly": "?", "semi-monthly": "?", "semimonthly": "?",
}  # fmt: skip
_AMBIGUOUS = {
    "biweekly": ("twice a week or every two weeks", "every other week"),
    "bimonthly": ("twice a month or every two months", "every other month"),
    "biannually": ("twice a year or every two years", "every 6 months"),
    "semiweekly": ("on two days of a week, without saying which", "every Monday and Thursday"),
    "semimonthly": ("on two days of a month, without saying which", "on the 1st and 15th of every month"),
}  # fmt: skip


def _unit(unit: str, draft: Draft) -> None:  # noqa: C901  one case for each word
    group = draft.group
    draft.anchored = True
    match unit:
        case "minute":
            group.step = 1
        case "hour":
            group.step = 60
        case "half hour":
            group.step = 30
        case "quarter hour":
            group.step = 15
        case "week" | "month" | "quarter" | "year":
            group.rhythm.add(unit)
        case "half year":
            group.rhythm.add("month")
            _months_apart(6, draft)
        case "fortnight":
            _apart(2, "week", draft)
        case "weekday":
            draft.for_days().weekdays |= day_set("weekday")
        case "weekend":
            draft.for_days().weekdays |= day_set("weekend")
        case _ if unit in records("times", "parts"):
            group.part = unit
        case _:
            pass  # every day


def _apart(count: int, unit: Unit, draft: Draft) -> None:
    group = draft.group
    draft.anchored = True
    if group.every > 1 and (group.every, group.unit) != (count, unit):
        draft.problem = draft.problem or "two rhythms at once"
    group.rhythm.add(unit)
    if count > 1:
        group.every, group.unit = count, unit


def _months_apart(count: int, draft: Draft) -> None:
    """Every 3 months: counted from January where that goes round, as a calendar has them."""
    if 12 % count:
        _apart(count, "month", draft)
        return
    draft.anchored = True
    draft.group.rhythm.add("month")
    if count > 1:
        draft.group.months |= set(range(1, 13, count))
        draft.assume("The months are counted from January.")


_THINGS = re.compile(r"(?:all|any)\b.*\b(?:minute|hour|week|month|quarter|year)s?$")
"""`all minutes` are documents, `all quarters` rows; only days are counted so: `on all weekdays`."""


def _each_unit(match: re.Match[str], draft: Draft) -> int | None:
    if _THINGS.search(match[0]):
        return None
    unit = re.sub(r"[\s-]+", " ", match["unit"])
    unit = {"half an hour": "half hour", "quarter of an hour": "quarter hour"}.get(unit, unit)
    if re.fullmatch(WORKDAY, match["unit"]):
        _workdays_note(match["unit"], draft)
        unit = "weekday"
    _unit(unit.rstrip("s"), draft)
    return match.end()


def _workdays_note(said: str, draft: Draft) -> None:
    if not re.match(r"week", said):
        draft.assume("Monday to Friday are taken as working days; holidays are not left out.")


def _adverb(match: re.Match[str], draft: Draft) -> int:
    unit = _ADVERBS[match["adverb"]]
    if unit == "?":
        word = match["adverb"].replace("-", "")
        meaning, draft.proposal = _AMBIGUOUS[word]
        draft.problem, draft.anchored = f"{match['adverb']} ({meaning})", True
    else:
        _unit(unit, draft)
    return match.end()


def _every_count(match: re.Match[str], draft: Draft) -> int:
    count, unit = number(match["count"]), match["unit"]
    draft.anchored = True
    if count < 1 or unit.startswith("sec"):
        draft.problem, draft.proposal = match[0].strip(), "every 5 minutes"
    elif unit.startswith("min"):
        draft.group.step = count
    elif unit.startswith("h"):
        draft.group.step = 60 * count
    elif unit.startswith("mon"):
        _months_apart(count, draft)
    elif unit.startswith(("day", "night")):
        if count > 1:
            draft.group.every, draft.group.unit = count, "day"
        if unit.startswith("night"):
            draft.group.part = "night"
    elif unit.startswith(("week", "work", "business")) and re.fullmatch(WORKDAY, unit):
        draft.problem, draft.proposal = (
            f"{match[0].strip()}, counted without weekends",
            "every weekday",
        )
    elif unit.startswith("quarter"):
        _months_apart(3 * count, draft) if count < 5 else _apart(3 * count, "month", draft)
    else:
        _apart(count, "week" if unit.startswith("wee") else "year", draft)
    return match.end()


def _every_other(match: re.Match[str], draft: Draft) -> int:
    what = re.sub(r"\.$", "", match["what"])
    count = 2
    if match["nth"] not in {None, "other", "alternate", "alternating", "second", "2nd"}:
        count = nth(match["nth"])
    draft.anchored = True
    single = what if what in {"tues", "thurs"} else what.rstrip("s")
    if re.fullmatch(DAY, single):
        if match["nth"] not in {"other", "alternate", None}:
            named = match[0].strip()
            draft.problem = f"{named} (of the month, or every {count} weeks)"
            draft.proposal = f"every other {single.capitalize()}" if count == 2 else ""
            return match.end()
        draft.for_days().weekdays |= day_set(single)
        _apart(2, "week", draft)
    elif single == "hour":
        draft.group.step = 60 * count
    elif single == "minute":
        draft.group.step = count
    elif single == "month":
        _months_apart(count, draft)
    elif single == "day":
        draft.group.every, draft.group.unit = count, "day"
    elif re.fullmatch(WORKDAY, single) or single == "weekend":
        draft.problem, draft.proposal = match[0].strip(), f"every {single}"
    else:
        _apart(count, "week" if single == "week" else "year", draft)
    return match.end()


def _few(match: re.Match[str], draft: Draft) -> int:
    draft.anchored = True
    draft.problem = f"{' '.join(match[0].split())}: it says no times"
    return match.end()


def _times_per(match: re.Match[str], draft: Draft) -> int:
    word = match["count"].replace("\u00d7", "x").strip()
    simple = {"once": 1, "one time": 1, "twice": 2, "two times": 2, "thrice": 3}
    count = simple[word] if word in simple else number(re.sub(r"\s*(?:times|x|\u00d7)$", "", word))
    unit = (
        match["unit"]
        or {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}[match["ly"]]
    )
    draft.anchored = True
    if count == 1:
        _unit(unit, draft)
    elif unit == "day":
        draft.group.times_per_day = count
    elif unit == "hour" and count and 60 % count == 0:
        draft.group.step = 60 // count
    elif unit in {"week", "month", "year"} and count:
        draft.group.rhythm.add(unit)
        draft.wanted_days = (count, unit)
    else:
        draft.problem = match[0].strip()
    return match.end()


def _every_day(match: re.Match[str], draft: Draft) -> int:
    _unit("day", draft)
    return match.end()


# -- Days of the week -------------------------------------------------------------------------------


def _each_days(match: re.Match[str], draft: Draft) -> int:
    draft.for_days(sibling=draft.joined and _by_month(draft.group)).weekdays |= day_set(
        match["days"]
    )
    draft.anchored = True
    _either_or(match["days"], draft)
    return match.end()


def _either_or(said: str, draft: Draft) -> None:
    """Refuse `at 8 or 9`: nobody knows which."""
    if re.search(r"\bor\b", said) is not None:
        draft.problem = f"{' '.join(said.split())}: which of them"


def _by_month(group: Group) -> bool:
    return bool(group.days or group.nth or group.workdays)


_PLURAL_SHORT = among("mon tues thurs weds")


def _plural_days(match: re.Match[str], draft: Draft) -> int | None:
    phrase = match["days"]
    # "on Monday" is one day; "Mondays", "Mon-Fri", "Monday and Thursday" come back.
    recurring = len(day_set(phrase)) > 1 or (
        re.search(rf"\b{DAY}s\b", phrase) is not None and phrase not in _PLURAL_SHORT
    )
    if not (recurring or draft.anchored):
        return None
    _workdays_note(phrase, draft) if re.fullmatch(WORKDAY, phrase) else None
    group = draft.group
    if group.dates:
        return None
    named = day_set(phrase)
    narrower = named <= group.weekdays or group.weekdays <= named
    _either_or(phrase, draft)
    if group.weekdays and narrower and not group.clocked and not draft.joined:
        group.weekdays &= named  # "every weekday, Monday to Thursday"
    else:
        draft.for_days(sibling=draft.joined and _by_month(group)).weekdays |= named
    draft.anchored = True
    return match.end()


def _letters(match: re.Match[str], draft: Draft) -> int:
    two = {"su": 0, "mo": 1, "tu": 2, "we": 3, "th": 4, "fr": 5, "sa": 6}
    said = match["days"]
    if re.fullmatch(r"m\s*[-\u2013]\s*f", said):
        found = {1, 2, 3, 4, 5}
    elif said in {"mwf", "m/w/f"}:
        found = {1, 3, 5}
    elif re.fullmatch(r"t/?th|tu/?th|t/?r", said):
        found = {2, 4}
    else:
        named = [two[word] for word in re.findall(r"su|mo|tu|we|th|fr|sa", said)]
        ranged = re.search(r"-|\u2013|\bto\b", said) is not None and len(named) == 2
        span = (named[-1] - named[0]) % 7
        found = {(named[0] + step) % 7 for step in range(span + 1)} if ranged else set(named)
    draft.for_days().weekdays |= found
    draft.anchored = True
    return match.end()


def _and_weekday(match: re.Match[str], draft: Draft) -> int:
    """Read `on the 13th of the month when it is a Friday`."""
    draft.group.weekdays |= day_set(match["days"])
    return match.end()


def _weekday_the_day(match: re.Match[str], draft: Draft) -> int | None:
    """Read `Friday the 13th`."""
    if not (draft.anchored or draft.whole or match["each"]):
        return None
    group = draft.for_days()
    group.weekdays |= day_set(match["days"])
    group.days.add(nth(match["day"]))
    draft.anchored = True
    return match.end()


# -- Days of the month ------------------------------------------------------------------------------


def _nth_day(match: re.Match[str], draft: Draft) -> int | None:
    numbers, what = nths(match["nth"]), match["what"]
    per = match["per"] or ""
    if not per and not (draft.anchored or match["each"]):
        return None
    if not per and match["each"] and not draft.anchored:
        if re.fullmatch(DAY, what.rstrip("s")) is None or (
            len(numbers) == 1 and not set(numbers) <= {1, -1}
        ):
            return None
        draft.group.rhythm.add("month")
    if per.startswith("week"):
        draft.problem, draft.anchored = f"the {match['nth']} {what} of the week", True
        return match.end()
    sibling = draft.joined and (_by_month(draft.group) or bool(draft.group.weekdays))
    if draft.group.specific and not draft.group.clocked:
        sibling = True
    group = draft.for_days(sibling=sibling)
    if re.fullmatch(WORKDAY, what):
        _workdays_note(what, draft)
        group.workdays |= set(numbers)
    elif what.startswith("day"):
        group.days |= set(numbers)
    else:
        group.nth |= set(numbers)
        group.weekdays |= day_set(what)
    _per(per, numbers, group)
    draft.anchored = True
    _either_or(match[0], draft)
    return match.end()


def _per(per: str, numbers: list[int], group: Group) -> None:
    if per.startswith("quarter"):
        group.rhythm.add("quarter")
    elif per.startswith("year"):
        group.months |= {12} if numbers[0] < 0 else {1}
    elif per and not per.startswith(("month", "calendar")):
        group.months |= set(months_of(per))
    else:
        group.rhythm.add("month")


def _edge_days(match: re.Match[str], draft: Draft) -> int:
    """Read `the last 3 days of the month`."""
    count = number(match["count"])
    numbers = list(range(1, count + 1))
    if match["edge"] == "last":
        numbers = [-one for one in numbers]
    group = draft.for_days()
    if count > 28:
        draft.problem = match[0].strip()
    if re.fullmatch(WORKDAY, match["what"]):
        _workdays_note(match["what"], draft)
        group.workdays |= set(numbers)
    else:
        group.days |= set(numbers)
    _per(match["per"], numbers, group)
    draft.anchored = True
    return match.end()


def _month_days(match: re.Match[str], draft: Draft) -> int | None:
    said = match["days"]
    if re.search(r"\b(?:day|last)\b", said) is not None and not (match["of"] or draft.anchored):
        return None
    numbers = nths(said)
    anchored = match["of"] is not None or draft.anchored
    if not anchored:
        figures = re.search(r"\d", said) is not None or len(numbers) > 1
        if not (draft.whole and figures) and not match["each"]:
            return None
        draft.assume("Every month is assumed.") if not match["each"] else None
    if not numbers or any(int(figure) > 31 for figure in re.findall(r"\d+", said)):
        draft.problem, draft.anchored = match[0].strip(), True
        return match.end()
    group = draft.group
    joined = draft.joined and bool(group.weekdays)
    if group.weekdays and not group.clocked and not draft.joined and not match["of"]:
        joined = False  # "Friday the 13th"
    group = draft.for_days(sibling=joined)
    group.days |= set(numbers)
    group.rhythm.add("month")
    draft.anchored = True
    _either_or(said, draft)
    return match.end()


def _bare_month_days(match: re.Match[str], draft: Draft) -> int | None:
    """Read `on the 1st and 15th`, without a month: monthly where nothing else is said."""
    if (
        match["each"] is None
        and re.match(r"(?:on\s+)?(?:the\s+)?\d", match[0]) is None
        and not draft.anchored
    ):
        return None
    return _month_days(match, draft)


def _month_edge(match: re.Match[str], draft: Draft) -> int | None:
    if not (match["at"] or match["each"] or match["article"] or draft.whole or draft.anchored):
        return None
    late = match["edge"] in {"end", "close"}
    per = match["per"]
    if per in {"week", "day"}:
        draft.problem = f"the {match['edge']} of the {per}, without saying which {'day' if per == 'week' else 'time'}"
        draft.proposal = (
            ("every Friday" if late else "every Monday") if per == "week" else "every day at 18:00"
        )
        draft.anchored = True
        return match.end()
    _at_edge(per, draft, late=late)
    return match.end()


def _at_edge(per: str, draft: Draft, *, late: bool) -> None:
    group = draft.for_days(sibling=draft.joined)
    draft.anchored = True
    if per == "year":
        group.months.add(12 if late else 1)
        group.days.add(31 if late else 1)
        return
    group.rhythm.add(per)
    group.days.add(-1 if late else 1)


def _short_edge(match: re.Match[str], draft: Draft) -> int | None:
    if not (match["at"] or match["each"] or draft.whole or draft.anchored):
        return None
    per = match["per"] or {"eom": "month", "eoq": "quarter", "eoy": "year"}[match["short"]]
    _at_edge(per, draft, late=True)
    return match.end()


def _middle(match: re.Match[str], draft: Draft) -> int | None:
    if not (draft.whole or draft.anchored):
        return None
    draft.problem, draft.anchored = match[0].strip(), True
    draft.proposal = "on the 15th of every month"
    return match.end()


def _month_and_day(match: re.Match[str], draft: Draft) -> int | None:
    yearly = match["each"] or "year" in draft.group.rhythm or match["yearly"]
    counted = draft.group.every > 1 and draft.group.unit == "year"
    if not (yearly or counted):
        return None
    day, found = match["before"] or match["after"], months_of(match[0])
    if day is None or not found:
        return None
    group = draft.for_days(sibling=draft.joined and bool(draft.group.days))
    group.months.add(found[0])
    group.days.add(nth(day))
    draft.anchored = True
    if group.every == 1:
        group.rhythm.add("year")
    return match.end()


def _in_months(match: re.Match[str], draft: Draft) -> int:
    found = months_of(match["months"])
    if match["until"]:
        last = months_of(match["until"])[0]
        found = [(found[0] - 1 + step) % 12 + 1 for step in range((last - found[0]) % 12 + 1)]
    draft.group.months |= set(found)
    return match.end()


def _each_month(match: re.Match[str], draft: Draft) -> int:
    draft.group.months |= set(months_of(match["months"]))
    draft.group.rhythm.add("month")
    draft.anchored = True
    return match.end()


_TIME = re.compile(TIME)


# -- Times ------------------------------------------------------------------------------------------


def _at_times(match: re.Match[str], draft: Draft) -> int | None:
    # In the whole text, because `five` is a time only after `at`.
    said = _TIME.finditer(match.string, *match.span("times"))
    times = [found for one in said if (found := read_clock(one[0]))]
    if not times:
        return None
    draft.group.times.extend(times)
    _either_or(match["times"], draft)
    return match.end()


def _day_part(match: re.Match[str], draft: Draft) -> int | None:
    plural = match["part"].endswith("s")
    if not (match["each"] in {"every", "each", "every single"} or plural or draft.anchored):
        return None
    draft.group.part = match["part"].rstrip("s")
    draft.anchored = True
    return match.end()


def _first_thing(match: re.Match[str], draft: Draft) -> int | None:
    """Read `first thing every weekday`."""
    if not (draft.anchored or draft.whole or match.start() == 0):
        return None
    draft.group.part = "morning"
    return match.end()


def _day_and_part(match: re.Match[str], draft: Draft) -> int:
    """Read `Saturday mornings`."""
    draft.for_days().weekdays |= day_set(match["days"])
    draft.group.part = match["part"].rstrip("s")
    draft.anchored = True
    return match.end()


def _between(match: re.Match[str], draft: Draft) -> int | None:
    window = read_window(match["first"], match["last"])
    if window is None:
        return None
    if draft.group.window is not None and not draft.group.usual:
        draft.problem = "two spans of the day"
    draft.group.window, draft.group.usual = window, False
    draft.assumed = [one for one in draft.assumed if one != _OFFICE_HOURS]
    draft.group.inclusive = match["inclusive"] is not None
    return match.end()


def _between_figures(match: re.Match[str], draft: Draft) -> int | None:
    """Read `7-19`, a span only after how often was said."""
    return _between(match, draft) if draft.group.step or draft.group.times_per_day else None


_OFFICE_HOURS = "Business hours are taken as 9 to 17."


def _office_hours(match: re.Match[str], draft: Draft) -> int:
    if draft.group.window is None:  # else said already what they are
        draft.group.window, draft.group.usual = (Clock(9, 0), Clock(17, 0)), True
        draft.assume(_OFFICE_HOURS)
    return match.end()


def _counted_from_time(match: re.Match[str], draft: Draft) -> int | None:
    """Read `every 4 hours starting at 2am`: the same times each day, where whole steps make one."""
    first, step = read_clock(match["first"]), draft.group.step
    if first is None or not step or step % 60 or (24 * 60) % step:
        return None
    begin = (first.hour * 60 + first.minute) % step
    draft.group.times += [Clock(at // 60, at % 60) for at in range(begin, 24 * 60, step)]
    draft.group.step = 0
    return match.end()


def _minute_past(match: re.Match[str], draft: Draft) -> int | None:
    if not (draft.group.step % 60 == 0 and draft.group.step) and not match["hourly"]:
        return None
    words = {"half": 30, "quarter": 15, "a quarter": 15, "half hour": 30, "half-hour": 30}
    said = re.findall(r"a quarter|quarter|half[\s-]hour|half|\d{1,2}|" + NUMBER, match["past"])
    past = {words.get(word) or number(word) for word in said}
    if any(minute > 59 for minute in past):
        return None
    if match["to"]:
        past = {60 - minute for minute in past}
    draft.group.past |= past
    if match["hourly"]:
        draft.group.step = draft.group.step or 60
        draft.anchored = True
    return match.end()


def _on_the_hour(match: re.Match[str], draft: Draft) -> int | None:
    spanned = match.groupdict().get("spanned") is not None
    if not (draft.group.step or match["each"] or draft.whole or spanned):
        return None
    draft.group.step = draft.group.step or 60
    draft.anchored = True
    return match.end()


# -- Exceptions, bounds, refusals -------------------------------------------------------------------

_DAY_MONTH = rf"(?:(?P<d1>{FIGURE})\s+(?:of\s+)?(?P<m1>{MONTH})|(?P<m2>{MONTH})\s+(?:the\s+)?(?P<d2>{FIGURE})(?!:))"
_LEAD = r"(?:(?:for|on|at|the|during|in|every|each|all)\s+)*"
_EXCEPTIONS = tuple(
    re.compile(_LEAD + pattern + END)
    for pattern in (
        rf"(?P<holidays>{HOLIDAYS})",
        r"(?P<iso>\d{4}-\d\d-\d\d(?:(?:,\s*|\s+and\s+)\d{4}-\d\d-\d\d)*)",
        rf"(?P<dated>{_DAY_MONTH})(?:\s*,?\s+(?P<year>20\d\d))?",
        rf"(?P<nth>{NTHS})\s+(?P<what>{DAY_LIST}|{WORKDAY})(?:\s+{OF_MONTH}months?)?(?:\s+in\s+(?P<in>{MONTHS}))?(?P<_n>)",
        rf"(?P<mdays>{MDAYS})(?:\s+day)?(?:\s+{OF_MONTH}months?)?(?:\s+in\s+(?P<min>{MONTHS}))?",
        rf"(?P<days>week\s?ends?|{WORKDAY}|{DAY_RANGE}|{DAY_LIST})",
        rf"(?P<months>{MONTHS})",
        rf"(?P<span>(?:between|from)\s+{TIME}\s+(?:and|to)\s+{TIME})",
        rf"(?P<times>(?:at\s+)?{TIME})",
    )
)  # fmt: skip
_MORE = re.compile(r"(?:\s*,\s*(?:or\s+|and\s+)?|\s+(?:or|nor|and)\s+)")


def _except(match: re.Match[str], draft: Draft) -> int | None:
    end = _exception(match.string, match.end(), draft, first=True)
    if end is None:
        return None
    while True:
        more = _MORE.match(match.string, end)
        further = _exception(match.string, more.end(), draft, first=False) if more else None
        if further is None:
            return end
        end = further


def _exception(text: str, position: int, draft: Draft, *, first: bool) -> int | None:
    for pattern in _EXCEPTIONS:
        found = pattern.match(text, position)
        if found is None:
            continue
        said = found.groupdict()
        if said.get("times") is not None and not first:
            return None
        _leave_out(said, draft, found[0])
        return found.end()
    return None


def _leave_out(said: dict[str, str | None], draft: Draft, text: str) -> None:
    group = draft.group
    if said.get("holidays"):
        draft.problem = f"{text.strip()}: which days these are is not known here"
    elif days := said.get("days"):
        group.without |= day_set(days)
    elif months_said := said.get("months"):
        group.without_months |= set(months_of(months_said))
    elif said.get("span"):
        draft.problem = f"{text.strip()} left out, without saying whether the ends are"
    elif said.get("times"):
        found = [time for one in _TIME.finditer(text) if (time := read_clock(one[0]))]
        group.without_times.extend(found)
    else:
        group.but_not.append(_days_left_out(said))


def _days_left_out(said: dict[str, str | None]) -> Days:
    if iso := said.get("iso"):
        return Days(dates=tuple(sorted(re.findall(r"\d{4}-\d\d-\d\d", iso))))
    if said.get("dated"):
        month = months_of(said.get("m1") or said.get("m2") or "")[0]
        day = nth(said.get("d1") or said.get("d2") or "")
        if year := said.get("year"):
            return Days(dates=(f"{year}-{month:02}-{day:02}",))
        return Days(months=(month,), month_days=(day,))
    months = tuple(sorted(set(months_of(said.get("in") or said.get("min") or ""))))
    if counted := said.get("nth"):
        numbers, what = tuple(dict.fromkeys(nths(counted))), said.get("what") or ""
        if re.fullmatch(WORKDAY, what):
            return Days(workdays=numbers, months=months)
        return Days(weekdays=tuple(sorted(day_set(what))), nth=numbers, months=months)
    return Days(month_days=tuple(dict.fromkeys(nths(said.get("mdays") or ""))), months=months)


def _sky(match: re.Match[str], draft: Draft) -> int:
    draft.problem = f"{match['sky'].strip()}, which moves from day to day and from place to place"
    return match.end()


def _cron(match: re.Match[str], draft: Draft) -> int:
    draft.cron = " ".join(match["cron"].split())
    draft.anchored = True
    return match.end()


def _counted_from(match: re.Match[str], draft: Draft) -> int:
    if match["time"]:
        draft.origin = f"{match['day']}T{match['time']}"
    else:
        draft.anchor = match["day"]
    return match.end()


_CRON_FIELD = r"(?:\*|[\d,\-*/#lw]*[\d*lw](?:/\d+)?)"
_PER = rf"(?P<per>(?:calendar\s+)?months?|quarters?|years?|weeks?|{MONTHS})"
_PARTS = r"(?P<part>mornings?|forenoons?|afternoons?|evenings?|nights?)"
_PAST_WORDS = rf"(?:a\s+quarter|quarter|half|\d{{1,2}}|{NUMBER})"


def _piece(
    pattern: str, read: Read, kind: Kind = Kind.OTHER, *, later: bool = False, anchors: bool = False, loose: bool = False,
    open_end: bool = False,
) -> Piece:  # fmt: skip
    ending = "" if open_end else END
    return Piece(re.compile(pattern + ending), read, kind, later, anchors, loose)


PIECES: tuple[Piece, ...] = (
    _piece(rf"(?:cron(?:tab)?\s*:?\s*)?[`'\"]?(?P<cron>{_CRON_FIELD}(?:\s+{_CRON_FIELD}){{4}})[`'\"]?(?!\s+{_CRON_FIELD}(?:\s|$))", _cron),
    _piece(rf"(?:at|around|before|after|on|until)?\s*(?P<sky>{SKY})", _sky, later=True),
    _piece(rf"(?:on\s+)?(?:the\s+)?(?P<edge>first|last)\s+(?P<count>{NUMBER})\s+(?P<what>days|{WORKDAY})\s+{OF_MONTH}{_PER}", _edge_days, Kind.DAYS),
    _piece(rf"(?:on\s+|at\s+)?(?P<each>{EACH}\s+)?(?:the\s+)?(?P<nth>{NTH_ANY}(?:{JOIN}{NTH_ANY})*)\s+(?P<what>day|{WORKDAY})"
           rf"\s*(?:{OF_MONTH}|{EACH}\s+){_PER}", _nth_day, Kind.DAYS),
    _piece(rf"(?:on\s+|at\s+)?(?P<each>{EACH}\s+)?(?:the\s+)?(?P<nth>{NTHS})\s+(?P<what>{DAY_LIST})"
           rf"\s*(?:{OF_MONTH}|{EACH}\s+){_PER}", _nth_day, Kind.DAYS),
    _piece(rf"(?P<each>{EACH}\s+)(?P<nth>{NTHS})\s+(?P<what>{DAY})(?P<per>)", _nth_day, Kind.DAYS),
    _piece(rf"(?:on\s+)?(?:the\s+)?(?P<each>)(?P<nth>{NTHS})\s+(?P<what>{DAY_LIST})\s*,?\s+(?P<per>month)ly", _nth_day, Kind.DAYS),
    _piece(rf"(?:on\s+)?(?:the\s+)(?P<each>)(?P<nth>{NTHS})\s+(?P<what>{DAY}|{WORKDAY})(?P<per>)", _nth_day, Kind.DAYS, later=True),
    _piece(rf"(?:on\s+)?(?P<each>{EACH}\s+)?(?P<days>{DAYS})\s+(?:the\s+)(?P<day>\d{{1,2}}(?:st|nd|rd|th)|{MDAY})", _weekday_the_day, Kind.DAYS),
    _piece(r"(?P<at>at\s+|on\s+|by\s+)?(?P<each>every\s+|each\s+)?(?P<article>the\s+)?(?:very\s+)?(?P<edge>end|start|beginning|close)\s+of\s+"
           r"(?:(?:the|each|every|a)\s+)?(?:calendar\s+|working\s+|business\s+)?(?P<per>month|quarter|year|week|day)s?", _month_edge, Kind.DAYS),
    _piece(rf"(?P<at>at\s+|on\s+)?(?P<each>{EACH}\s+)?(?:the\s+)?(?:(?P<per>month|quarter|year)[\s-]end|(?P<short>eom|eoq|eoy))", _short_edge, Kind.DAYS),
    _piece(r"(?:in\s+|at\s+)?(?:the\s+)?(?:middle\s+of\s+(?:the|each|every)\s+month|mid[\s-]?month)", _middle, Kind.DAYS),
    _piece(rf"(?P<each>{EACH}\s+)(?:(?P<before>{FIGURE})\s+(?:of\s+)?{MONTH}|{MONTH}\s+(?:the\s+)?(?P<after>{FIGURE}(?!:)))(?P<yearly>)", _month_and_day, Kind.DAYS),
    _piece(rf"(?:on\s+)?(?:the\s+)?(?P<each>)(?:(?P<before>{FIGURE})\s+(?:of\s+)?{MONTH}|{MONTH}\s+(?:the\s+)?(?P<after>{FIGURE}(?!:)))"
           r"(?:(?=(?P<yearly>\s*,?\s*(?:every\s+year|each\s+year|yearly|annually))))?", _month_and_day, Kind.DAYS),
    _piece(rf"(?:on\s+)?(?P<each>{EACH}\s+)?(?:on\s+)?(?:the\s+)?(?P<days>{MDAYS})(?:\s+day)?(?P<of>\s*{OF_MONTH}month|\s+(?:each|every|a|per)\s+month|\s+monthly)",
           _month_days, Kind.DAYS),
    _piece(rf"(?:on\s+)?(?P<each>{EACH}\s+)?(?:on\s+)?(?:the\s+)?(?P<days>\d{{1,2}}(?:st|nd|rd|th)(?:{JOIN}{MDAY})*|(?<=the\s){MDAYS}|(?:first|last)\s+day)(?P<of>)?(?!\s+(?:{DAY}|{MONTH}|of\b|days?\b|weeks?\b|months?\b|hours?\b|minutes?\b|years?\b|{WORKDAY}))",
           _bare_month_days, Kind.DAYS),
    _piece(rf"{EACH}\s+(?P<nth>other|second|2nd|third|3rd|fourth|fifth|\d{{1,3}}th|alternate)\s+(?P<what>days?|weeks?|hours?|minutes?|months?|years?|{WORKDAY}|weekends?|{DAY})(?!\s+(?:of|in)\s+(?:the|each|every)\s+(?:month|quarter))",
           _every_other, Kind.DAYS),
    _piece(rf"(?:on\s+)?(?P<nth>alternate|alternating)\s+(?P<what>days?|weeks?|months?|{DAY}s?)", _every_other, Kind.DAYS),
    _piece(r"(?:once\s+)?(?:every|each)\s+(?:few|several|so\s+many|number\s+of)\s+(?:minutes|hours|days|weeks|months|years)", _few),
    _piece(r"(?:a\s+few|several|many)\s+times\s+(?:a|an|per|each|every)\s+(?:day|week|month|hour|year)", _few),
    _piece(rf"(?:once\s+)?{EACH}\s+(?P<count>{NUMBER})[\s-]*(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|nights?|weeks?|months?|quarters?|years?|{WORKDAY})", _every_count),
    _piece(rf"(?P<count>once|one\s+time|twice|thrice|{NUMBER}\s*(?:times|x|\u00d7))\s*(?:(?:a|an|per|each|every|/)\s*(?P<unit>day|hour|week|month|fortnight|quarter|year)|(?P<ly>daily|weekly|monthly|yearly))", _times_per),
    _piece(rf"(?:at\s+|in\s+|for\s+|once\s+)?(?:{EACH})\s+(?:the\s+)?(?P<unit>half[\s-]hour|half\s+an\s+hour|quarter\s+of\s+an\s+hour|quarter[\s-]hour|minute|hour"
           rf"|{WORKDAY}|weekend|week|fortnight|month|quarter|year|day|noon|midday|midnight)s?(?:\s+of\s+the\s+(?:week|month|year))?", _each_unit),
    _piece(r"(?:seven|7)\s+days\s+(?:a|per)\s+week", _every_day),
    _piece(rf"(?P<adverb>{'|'.join(_ADVERBS)})", _adverb, Kind.ADVERB),
    _piece(rf"(?:on\s+|in\s+)?(?P<days>{DAYS}|week\s?days?|week\s?ends?)\s+(?P<part>mornings|afternoons|evenings|nights)", _day_and_part, Kind.DAYS),
    _piece(rf"(?:on\s+)?{EACH}\s+(?P<days>{DAY_RANGE}|{DAY_LIST})", _each_days, Kind.DAYS),
    _piece(r"(?:on\s+)?(?P<days>m\s*[-\u2013]\s*f|m/?w/?f|t/?th|tu/?th|(?:mo|tu|we|th|fr|sa|su)(?:\s*[-\u2013/,+&]\s*(?:mo|tu|we|th|fr|sa|su))+)", _letters, Kind.DAYS),
    _piece(rf"(?:when|if|where)\s+(?:it|that|this)\s+is\s+(?:a|an)\s+(?P<days>{DAY_LIST})", _and_weekday, later=True),
    _piece(r"(?:on\s+(?:the\s+)?|at\s+(?:the\s+)?|only\s+|from\s+)*"
           rf"(?P<days>week\s?days|workdays|working\s+days|business\s+days|week\s?ends|{DAY_RANGE}|{DAY_LIST})(?:\s+only)?", _plural_days, Kind.DAYS),
    _piece(r"(?:but\s+)?(?:except|excluding|excl\.?|without|apart\s+from|other\s+than|but\s+not|but|not|save|skipping|barring|minus)\s+", _except, later=True, open_end=True),
    _piece(rf"(?:in\s+|at\s+|during\s+)?(?:(?P<each>every\s+single|every|each|the|at)\s+)?(?<=\s){_PARTS}", _day_part),
    _piece(rf"(?P<each>every|each)\s+{_PARTS}", _day_part),
    _piece(rf"(?:at\s+|on\s+)?(?P<past>{_PAST_WORDS}(?:{JOIN}{_PAST_WORDS})*)(?:\s+minutes)?\s+(?:past|after|(?P<to>to|before))\s+(?:(?P<hourly>each\s+hour|every\s+hour)|the\s+hour)", _minute_past, Kind.CLOCK),
    _piece(rf"(?:at\s+|on\s+)?(?P<past>quarter|half|\d{{1,2}})\s+past(?P<to>)(?P<hourly>)(?!\s*(?:{TIME}|\w))", _minute_past, Kind.CLOCK, later=True),
    _piece(rf"(?:at\s+)?(?:minutes?\s+)(?P<past>\d{{1,2}}(?:{JOIN}\d{{1,2}})*)(?P<to>)(?:\s+(?:of|past)\s+(?P<hourly>each\s+hour|every\s+hour|the\s+hour))?", _minute_past, Kind.CLOCK),
    _piece(rf"(?:at\s+):(?P<past>\d{{2}}(?:{JOIN}(?:at\s+)?:\d{{2}})*)(?P<to>)(?P<hourly>)", _minute_past, Kind.CLOCK, later=True),
    _piece(rf"(?:,\s*)?(?:starting|beginning|commencing|from)\s+(?:at\s+|from\s+)?(?P<first>{TIME})(?!\s*(?:to|till|until|through|and|-|\u2013)\s*\w)", _counted_from_time, later=True),
    _piece(r"first\s+thing(?:\s+in\s+the\s+morning)?", _first_thing),
    _piece(r"(?:(?:on|at)\s+)?the\s+(?P<past>half[\s-]hour)(?P<to>)(?P<hourly>)", _minute_past, Kind.CLOCK, later=True),
    _piece(r"(?:on|at)\s+the\s+(?:top\s+of\s+(?:(?P<each>each|every)|the)\s+)?hour(?P<spanned>(?=\s+(?:between|from)\s+\d))?", _on_the_hour),
    _piece(r"(?:at\s+)?the\s+top\s+of\s+(?P<each>each|every)\s+hour", _on_the_hour),
    _piece(rf"(?:,\s*)?(?:between|from)\s+(?P<first>{TIME})\s*(?:and|to|till|til|until|-|\u2013|through)\s*(?P<last>{TIME})(?!\.?\s+{MONTH})(?P<inclusive>\s+incl(?:usive|\.)?)?", _between, later=True),
    _piece(rf"(?P<first>{TIME})\s*(?:-|\u2013|to|till|until)\s*(?P<last>{TIME})(?!\.?\s+{MONTH})(?P<inclusive>\s+incl(?:usive|\.)?)?", _between, later=True),
    _piece(r"(?P<first>\d{1,2})\s*[-\u2013]\s*(?P<last>\d{1,2}(?:\s*[ap]m)?)(?:\s*(?:h|hrs|uhr))?(?P<inclusive>\s+incl(?:usive|\.)?)?", _between_figures, later=True),
    _piece(r"(?:during|in|within)\s+(?:business|working|office)\s+hours", _office_hours),
    _piece(rf"(?:(?:at|@|around|about|by|um|say,?)\s*)?(?:exactly\s+)?(?P<times>{TIME}(?:{JOIN}(?:at\s+)?{TIME})*)(?:\s+sharp)?", _at_times, Kind.CLOCK, loose=True),
    _piece(rf"from\s+(?P<months>{MONTH})\s+(?:to|till|until|through)\s+(?P<until>{MONTH})", _in_months, later=True),
    _piece(rf"(?:in|during)\s+(?P<months>{MONTHS})(?P<until>)", _in_months, later=True),
    _piece(rf"{EACH}\s+(?P<months>{MONTHS})", _each_month, Kind.DAYS),
    _piece(r"counted\s+from\s+(?P<day>\d{4}-\d\d-\d\d)(?:\s+(?P<time>\d\d:\d\d))?", _counted_from, later=True),
)  # fmt: skip
