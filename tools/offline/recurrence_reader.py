"""Reads recurrences out of English: a sub-grammar of its own, scanned piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from podium.tools.offline.clocktimes import TIME, Clock, read_clock, read_window
from podium.tools.offline.lexicon import among, numbers, texts, words
from podium.tools.offline.recurrence import (
    ALL_DAYS,
    LAST_DAY,
    LAST_WORKDAY,
    WEEKEND,
    WORKDAYS,
    Recurrence,
    Unsayable,
)
from podium.tools.offline.zones import read_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrenceReading:
    """A recurrence found in a text, or why it cannot be said in cron."""

    start: int
    end: int
    recurrence: Recurrence | None
    cron: str = ""
    timezone: str = ""
    problem: str = ""
    proposal: str = ""
    """A rule near the one that cannot be said, offered as the answer's default."""
    assumed: str = ""
    """What was assumed, such as the time of day, in words."""


@dataclass(slots=True)
class _Draft:
    anchored: bool = False
    times: list[Clock] = field(default_factory=list[Clock])
    every_minutes: int = 0
    every_hours: int = 0
    minute: int | None = None
    window: tuple[Clock, Clock] | None = None
    weekdays: set[int] = field(default_factory=set[int])
    without: set[int] = field(default_factory=set[int])
    nth: int = 0
    days: set[int] = field(default_factory=set[int])
    months: set[int] = field(default_factory=set[int])
    part: str = ""
    times_per_day: int = 0
    monthly: bool = False
    weekly: bool = False
    yearly: bool = False
    quarterly: bool = False
    timezone: str = ""
    problem: str = ""
    proposal: str = ""
    cron: str = ""
    assumed: str = ""


_NUMBER = r"(?:\d{1,3}|" + "|".join(numbers("times", "numbers")) + r"|a couple of|a few)"
_DAY = r"(?:" + "|".join(sorted(numbers("times", "weekdays"), key=len, reverse=True)) + r")"
_DAYS = rf"{_DAY}s?\.?"
_JOIN = r"(?:\s*(?:,\s*and|,|/|&|\+)\s*|\s+(?:and|or|plus)\s+)(?:on\s+|every\s+|each\s+|the\s+)?"
_DAY_LIST = rf"{_DAYS}(?:{_JOIN}{_DAYS})*"
_DAY_RANGE = rf"{_DAYS}\s*(?:-|\u2013|to|through|thru|till|until)\s*{_DAYS}"
_MONTH = r"(?:" + "|".join(sorted(numbers("times", "months"), key=len, reverse=True)) + r")"
_MONTHS = rf"{_MONTH}(?:{_JOIN}{_MONTH})*"
_EACH = r"(?:every\s+single|every|each|any|per|ea\.)"
_NTH = r"(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
_MDAY = r"(?:[12]?\d|3[01])(?:st|nd|rd|th)"
_WORKDAY = r"(?:week\s?days?|work(?:ing)?[\s-]?days?|business\s+days?)"
_END = r"(?![\w'\u2019-])"
_ADVERBS = {
    "daily": "day", "everyday": "day", "hourly": "hour", "nightly": "night", "weekly": "week", "monthly": "month",
    "quarterly": "quarter", "yearly": "year", "annually": "year", "fortnightly": "2 weeks",
    "biweekly": "2 weeks", "bi-weekly": "2 weeks", "bimonthly": "2 months",
}  # fmt: skip

_Piece = Callable[[re.Match[str], _Draft], bool]


def _number(word: str) -> int:
    word = " ".join(word.split())
    if word.isdigit():
        return int(word)
    return {"a couple of": 2, "a few": 3}.get(word) or numbers("times", "numbers")[word]


def _day_set(phrase: str) -> set[int]:
    table = numbers("times", "weekdays")
    found = [table[word] for word in re.findall(_DAY, phrase)]
    if re.fullmatch(_DAY_RANGE, phrase.strip()) and len(found) == 2:
        first, last = found
        span = (last - first) % 7
        return {(first + step) % 7 for step in range(span + 1)}
    return set(found)


def _day_words(phrase: str) -> set[int]:
    if re.match(r"week\s?end", phrase):
        return set(WEEKEND)
    if re.match(_WORKDAY, phrase):
        return set(WORKDAYS)
    return _day_set(phrase)


def _each_unit(match: re.Match[str], draft: _Draft) -> bool:
    return _unit(re.sub(r"\s+", " ", match["unit"]), draft)


def _adverb(match: re.Match[str], draft: _Draft) -> bool:
    return _unit(_ADVERBS[match["adverb"]], draft)


def _unit(unit: str, draft: _Draft) -> bool:  # noqa: C901  rules tried in their order, each short
    unit = unit.rstrip("s") if unit not in {"2 weeks", "2 months"} else unit
    match unit:
        case "minute":
            draft.every_minutes = 1
        case "hour":
            draft.every_hours = 1
        case "half hour" | "half-hour" | "half an hour":
            draft.every_minutes = 30
        case "quarter hour" | "quarter of an hour":
            draft.every_minutes = 15
        case "week":
            draft.weekly = True
        case "month":
            draft.monthly = True
        case "quarter":
            draft.quarterly = True
        case "year":
            draft.yearly = True
        case "2 weeks" | "fortnight":
            draft.problem = "every two weeks"
            draft.proposal = "every week"
            draft.weekly = True
        case "2 months":
            _every_months(2, draft)
        case "weekend":
            draft.weekdays |= set(WEEKEND)
        case _ if re.fullmatch(_WORKDAY, unit):
            draft.weekdays |= set(WORKDAYS)
        case _ if unit in table_of_parts():
            draft.part = unit
        case _:
            pass  # every day
    draft.anchored = True
    return True


@cache
def table_of_parts() -> dict[str, str]:
    """Return the parts of a day and the time each stands for alone."""
    from podium.tools.offline.lexicon import records

    return {part: entry["time"] for part, entry in records("times", "parts").items()}


def _every_months(count: int, draft: _Draft) -> None:
    if 12 % count:
        draft.problem = f"every {count} months"
        draft.proposal = "every month"
    else:
        draft.months |= set(range(1, 13, count))
    draft.monthly = True


def _every_count(match: re.Match[str], draft: _Draft) -> bool:
    count = _number(match["count"])
    unit = match["unit"][:3]
    draft.anchored = True
    if count < 1:
        draft.problem = match[0].strip()
        draft.proposal = "every day"
        return True
    match unit:
        case "min":
            draft.every_minutes = count
        case "hou" | "hrs" | "hr" | "h":
            draft.every_hours = count
        case "day":
            if count != 1:
                draft.problem, draft.proposal = f"every {count} days", "every day"
        case "wee":
            draft.weekly = True
            if count != 1:
                draft.problem, draft.proposal = f"every {count} weeks", "every week"
        case "yea":
            draft.yearly = True
            if count != 1:
                draft.problem, draft.proposal = f"every {count} years", "every year"
        case _:
            _every_months(count, draft)
    return True


def _every_other(match: re.Match[str], draft: _Draft) -> bool:
    what = match["what"].rstrip("s")
    draft.anchored = True
    if what == "hour":
        draft.every_hours = 2
        return True
    if what == "month":
        _every_months(2, draft)
        return True
    draft.problem = f"every other {what.capitalize() if re.fullmatch(_DAY, what) else what}"
    if re.fullmatch(_DAY, what):
        draft.weekdays |= _day_set(what)
    elif what == "week":
        draft.weekly = True
    draft.proposal = "every " + what
    return True


def _each_days(match: re.Match[str], draft: _Draft) -> bool:
    draft.weekdays |= _day_words(match["days"])
    draft.anchored = True
    return True


def _plural_days(match: re.Match[str], draft: _Draft) -> bool:
    phrase = match["days"]
    # "on Monday" is one day; "Mondays", "Mon-Fri", "Monday and Thursday" come back.
    recurring = len(_day_words(phrase)) > 1 or (
        re.search(rf"{_DAY}s\b", phrase) is not None and phrase not in among("mon tues thurs weds")
    )
    if not (recurring or draft.anchored):
        return False
    if draft.weekdays and not draft.weekly:
        draft.weekdays &= _day_words(phrase)
    else:
        draft.weekdays |= _day_words(phrase)
    draft.anchored = True
    return True


def _nth_day(match: re.Match[str], draft: _Draft) -> bool:
    word = match["nth"]
    count = int(word[0]) if word[0].isdigit() else numbers("times", "ordinals")[word]
    what = match["what"]
    if match["per"] and match["per"].startswith("quarter"):
        draft.quarterly = True
    if re.fullmatch(_WORKDAY, what):
        draft.anchored = True
        if count != -1:
            draft.problem = f"the {word} working day of the month"
            draft.proposal = "on the first Monday of every month"
            draft.monthly = True
            return True
        draft.days.add(LAST_WORKDAY)
    elif what == "day":
        draft.days.add(LAST_DAY if count == -1 else count)
    else:
        draft.nth = count
        draft.weekdays |= _day_set(what)
    draft.anchored = True
    return True


def _month_days(match: re.Match[str], draft: _Draft) -> bool:
    anchored = match["each"] is not None or match["of"] is not None
    if not (anchored or draft.anchored):
        return False
    draft.days |= {int(day) for day in re.findall(r"\d+", match["days"])}
    if re.search(r"\blast\b", match["days"]):
        draft.days.add(LAST_DAY)
    draft.monthly = draft.anchored = True
    return True


def _every_day(_match: re.Match[str], draft: _Draft) -> bool:
    return _unit("day", draft)


def _first_of_month(_match: re.Match[str], draft: _Draft) -> bool:
    draft.days.add(1)
    draft.monthly = draft.anchored = True
    return True


def _month_edge(match: re.Match[str], draft: _Draft) -> bool:
    draft.days.add(LAST_DAY if match["edge"] in {"end", "month end", "month-end"} else 1)
    draft.monthly = draft.anchored = True
    return True


def _times_per(match: re.Match[str], draft: _Draft) -> bool:
    word = match["count"].replace("\u00d7", "x").strip()
    simple = {"once": 1, "twice": 2, "thrice": 3}
    count = simple[word] if word in simple else _number(re.split(r"\s*(?:times|x)", word)[0])
    unit = match["unit"] or {"daily": "day", "weekly": "week", "monthly": "month"}[match["ly"]]
    draft.anchored = True
    if count == 1:
        return _unit(unit, draft)
    if unit == "day":
        draft.times_per_day = count
    elif unit == "hour" and 60 % count == 0:
        draft.every_minutes = 60 // count
    else:
        spoken = {2: "twice"}.get(count, f"{count} times")
        draft.problem = f"{spoken} a {unit} without the days"
        draft.proposal = "every Monday and Thursday" if unit == "week" else f"every {unit}"
        draft.weekly = unit == "week"
        draft.monthly = unit == "month"
    return True


def _at_times(match: re.Match[str], draft: _Draft) -> bool:
    times = [
        clock for found in re.finditer(TIME, match["times"]) if (clock := read_clock(found[0]))
    ]
    if not times:
        return False
    draft.times.extend(times)
    return True


def _day_part(match: re.Match[str], draft: _Draft) -> bool:
    draft.part = match["part"].rstrip("s")
    if match["each"] or match["part"].endswith("s"):
        draft.anchored = True
    return True


def _between(match: re.Match[str], draft: _Draft) -> bool:
    window = read_window(match["first"], match["last"])
    if window is None:
        return False
    draft.window = window
    return True


def _office_hours(match: re.Match[str], draft: _Draft) -> bool:
    draft.window = (Clock(9, 0), Clock(17, 0))
    draft.assumed = "Business hours are taken as 9 to 17."
    return True


def _except_days(match: re.Match[str], draft: _Draft) -> bool:
    draft.without |= _day_words(match["days"])
    return True


def _in_months(match: re.Match[str], draft: _Draft) -> bool:
    table = numbers("times", "months")
    found = [table[word] for word in re.findall(_MONTH, match["months"])]
    if match["until"]:
        last = table[match["until"]]
        found = [(found[0] - 1 + step) % 12 + 1 for step in range((last - found[0]) % 12 + 1)]
    draft.months |= set(found)
    return True


def _month_and_day(match: re.Match[str], draft: _Draft) -> bool:
    if not (match["each"] or draft.anchored):
        return False
    day = match["before"] or match["after"]
    month = re.search(_MONTH, match[0])
    if day is None or month is None:
        return False
    draft.months.add(numbers("times", "months")[month[0]])
    draft.days.add(int(re.sub(r"\D", "", day)))
    draft.yearly = draft.anchored = True
    return True


def _each_month(match: re.Match[str], draft: _Draft) -> bool:
    draft.months |= {numbers("times", "months")[w] for w in re.findall(_MONTH, match["months"])}
    draft.monthly = draft.anchored = True
    return True


def _minute_past(match: re.Match[str], draft: _Draft) -> bool:
    if not draft.every_hours:
        return False
    word = match["past"] or match["minute"] or "0"
    draft.minute = {"half": 30, "quarter": 15}.get(word) or int(word)
    return True


def _on_the_hour(match: re.Match[str], draft: _Draft) -> bool:
    draft.minute = 0
    return True


def _limited(match: re.Match[str], draft: _Draft) -> bool:
    draft.problem = f"a start or an end ({match[0].strip(' ,')})"
    return True


def _cron(match: re.Match[str], draft: _Draft) -> bool:
    draft.cron = " ".join(match["cron"].split())
    draft.anchored = True
    return True


_CRON_FIELD = r"(?:\*|[\d,\-*/#LW]*[\d*LW](?:/\d+)?)"
_PIECES: tuple[tuple[re.Pattern[str], _Piece], ...] = tuple(
    (re.compile(pattern + _END), piece)
    for pattern, piece in (
        (rf"(?:cron(?:tab)?\s*:?\s*)?[`'\"]?(?P<cron>{_CRON_FIELD}(?:\s+{_CRON_FIELD}){{4}})[`'\"]?", _cron),
        (rf"(?:on\s+|at\s+)?(?:{_EACH}\s+)?(?:the\s+)?(?P<nth>{_NTH})\s+(?P<what>{_DAY}|day|{_WORKDAY})"
         rf"\s*(?:(?:of|in)\s+(?:the|a|each|every|any)?\s*|{_EACH}\s+)(?P<per>calendar month|month|quarter)s?", _nth_day),
        (rf"{_EACH}\s+(?P<nth>{_NTH})\s+(?P<what>{_DAY})(?P<per>)", _nth_day),
        (rf"(?:{_EACH}|on\s+the|on\s+every)\s+(?:first|1st)\s+of\s+(?:the|each|every|a)\s+month", _first_of_month),
        (r"(?:at\s+|on\s+)?(?:the\s+)?(?:very\s+)?(?P<edge>end|start|beginning|month[\s-]end)"
         r"(?:(?<=end)|(?<=start)|(?<=beginning))\s+of\s+(?:the|each|every|a)\s+month", _month_edge),
        (rf"(?:{_EACH}|at)\s+(?P<edge>month[\s-]end)", _month_edge),
        (rf"(?P<each>{_EACH}\s+)(?:(?P<before>{_MDAY}|\d{{1,2}})\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+(?:the\s+)?(?P<after>{_MDAY}|\d{{1,2}}(?!:)))", _month_and_day),
        (rf"(?P<each>on\s+)?(?:the\s+)?(?:(?P<before>{_MDAY}|\d{{1,2}})\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+(?:the\s+)?(?P<after>{_MDAY}|\d{{1,2}}(?!:)))"
         rf"\s*,?\s*(?=every\s+year|each\s+year|yearly|annually)", _month_and_day),
        (rf"(?:on\s+)?(?P<each>)(?:the\s+)?(?:(?P<before>{_MDAY}|\d{{1,2}})\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+(?:the\s+)?(?P<after>{_MDAY}|\d{{1,2}}(?!:)))", _month_and_day),
        (rf"(?:on\s+)?(?P<each>{_EACH}\s+)?(?:on\s+)?(?:the\s+)?(?P<days>{_MDAY}(?:{_JOIN}(?:{_MDAY}|last(?:\s+day)?))*)(?:\s+day)?"
         rf"(?P<of>\s*(?:of|in)\s+(?:the|a|each|every|any)\s+month|\s+(?:each|every|a)\s+month|\s+monthly)?", _month_days),
        (rf"{_EACH}\s+(?:other|second|2nd|alternate)\s+(?P<what>days?|weeks?|hours?|months?|{_DAY})", _every_other),
        (rf"(?:on\s+)?alternate\s+(?P<what>days?|weeks?|{_DAY}s?)", _every_other),
        (rf"{_EACH}\s+(?P<count>{_NUMBER})[\s-]*(?P<unit>minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?)", _every_count),
        (rf"(?P<count>once|twice|thrice|{_NUMBER}\s*(?:times|x|\u00d7))\s*(?:(?:a|an|per|each|every|/)\s*(?P<unit>day|hour|week|month|year)|(?P<ly>daily|weekly|monthly))", _times_per),
        (rf"(?:at\s+|in\s+|for\s+)?{_EACH}\s+(?:the\s+)?(?P<unit>half[\s-]hour|half\s+an\s+hour|quarter\s+of\s+an\s+hour|quarter\s+hour|minute|hour"
         rf"|{_WORKDAY}|weekend|week|fortnight|month|quarter|year|day|noon|midday|midnight)s?(?:\s+of\s+the\s+(?:week|month|year))?", _each_unit),
        (r"(?:seven|7)\s+days\s+(?:a|per)\s+(?P<unit>week)", _every_day),
        (rf"(?P<adverb>{'|'.join(_ADVERBS)})", _adverb),
        (rf"(?:on\s+)?{_EACH}\s+(?P<days>{_DAY_RANGE}|{_DAY_LIST})", _each_days),
        (r"(?:on\s+(?:the\s+)?|at\s+(?:the\s+)?|only\s+|from\s+)*"
         rf"(?P<days>week\s?days|workdays|working\s+days|business\s+days|week\s?ends|{_DAY_RANGE}|{_DAY_LIST})(?:\s+only)?", _plural_days),
        (rf"(?:but\s+)?(?:except|excluding|excl\.?|without|apart\s+from|other\s+than|but\s+not|not|save)\s+(?:for\s+|on\s+|at\s+|the\s+|during\s+)*"
         rf"(?P<days>week\s?ends?|{_WORKDAY}|{_DAY_RANGE}|{_DAY_LIST})", _except_days),
        (rf"(?:in\s+|at\s+|during\s+)?(?:(?P<each>{_EACH}|the|at)\s+)?(?<=\s)(?P<part>mornings?|forenoons?|afternoons?|evenings?|nights?)", _day_part),
        (rf"(?:at\s+|on\s+)?(?P<past>half|quarter|\d{{1,2}})(?:\s+minutes)?\s+past(?:\s+(?:the|each|every)\s+hour|(?!\s*{TIME}))(?P<minute>)?", _minute_past),
        (r"(?:at\s+)?(?:minute\s+|:)(?P<minute>\d{1,2})(?P<past>)?", _minute_past),
        (r"on\s+the\s+hour", _on_the_hour),
        (rf"(?:,\s*)?(?:between|from)\s+(?P<first>{TIME})\s*(?:and|to|till|til|until|-|\u2013|through)\s*(?P<last>{TIME})", _between),
        (rf"(?P<first>{TIME})\s*(?:-|\u2013|to|till|until)\s*(?P<last>{TIME})", _between),
        (r"(?:during|in|within)\s+(?:business|working|office)\s+hours", _office_hours),
        (rf"(?:(?:at|@|around|about|by|um|starting\s+at)\s*)?(?:exactly\s+)?(?P<times>{TIME}(?:{_JOIN}(?:at\s+)?{TIME})*)(?:\s+sharp)?", _at_times),
        (rf"(?:in|during)\s+(?P<months>{_MONTHS})(?P<until>)", _in_months),
        (rf"{_EACH}\s+(?P<months>{_MONTHS})", _each_month),
        (rf"from\s+(?P<months>{_MONTH})\s+(?:to|till|until|through)\s+(?P<until>{_MONTH})", _in_months),
        (rf"(?:starting|beginning|commencing|until|till|from|as\s+of|effective)\s+(?:on\s+|from\s+)?(?:next\s+(?:week|month|year|{_DAY})|tomorrow|today|the\s+end\s+of\s+the\s+year"
         rf"|{_MONTH}(?:\s+\d{{1,2}})?|\d{{1,2}}\.?\s+{_MONTH}|\d{{4}}-\d\d-\d\d|christmas|{_DAY})", _limited),
        (rf"for\s+(?:the\s+next\s+)?{_NUMBER}\s+(?:days?|weeks?|months?|years?)", _limited),
    )
)  # fmt: skip
_GAP = re.compile(r"\s*(?:[,(\u2013]|-(?=\s))?\s*(?:(?:and|at|on|of|always|each\s+time)\s+)?")
_WORD_START = re.compile(r"(?<![\w'\u2019/.@:-])(?=[\w@*])")


def read_recurrences(text: str) -> list[RecurrenceReading]:
    """Return the recurrences in a text, in order, not overlapping."""
    lowered = text.lower()
    found: list[RecurrenceReading] = []
    position = 0
    while (start := _WORD_START.search(lowered, position)) is not None:
        reading = _read_at(lowered, start.start())
        if reading is None:
            position = start.start() + 1
        else:
            found.append(reading)
            position = reading.end
    return found


def parse_recurrence(text: str) -> RecurrenceReading | None:
    """Return the recurrence when the text is nothing but one."""
    stripped = text.strip().rstrip(".!")
    for reading in read_recurrences(stripped):
        rest = stripped[: reading.start] + stripped[reading.end :]
        if not re.sub(
            r"\b(?:please|run|it|then|instead|the|schedule|to|is|set|on|at)\b|[\W_]",
            "",
            rest.lower(),
        ):
            return reading
    return None


def _read_at(text: str, start: int) -> RecurrenceReading | None:
    draft = _Draft()
    position = end = start
    bare_time = False
    while True:
        step = _next_piece(text, position, draft)
        if step is None:
            break
        end, bare = step
        bare_time = bare_time or bare
        gap = _GAP.match(text, end)
        position = gap.end() if gap else end
    if not draft.anchored:
        return None
    if not draft.timezone:
        zone = read_zone(text, end)
        if zone is not None:
            end, draft.timezone = zone
            # "every day at 8 Berlin time except Sundays"
            gap = _GAP.match(text, end)
            step = _next_piece(text, gap.end() if gap else end, draft)
            end = step[0] if step else end
    return _conclude(draft, start, end)


def _next_piece(text: str, position: int, draft: _Draft) -> tuple[int, bool] | None:
    for pattern, piece in _PIECES:
        match = pattern.match(text, position)
        if match is None or match.end() == position:
            continue
        if piece is _adverb and _is_adjective(text, match):
            continue
        if piece is _at_times and _is_bare_number(text, match):
            continue
        if (
            piece in {_limited, _day_part, _in_months}
            and not draft.anchored
            and piece is not _day_part
        ):
            continue
        if piece(match, draft):
            return match.end(), False
    zone = read_zone(text, position) if draft.anchored else None
    if zone is not None and not draft.timezone:
        draft.timezone = zone[1]
        return zone[0], False
    return None


def _is_bare_number(text: str, match: re.Match[str]) -> bool:
    """`8` alone is a number; `at 8`, `8am` and `8:30` are times."""
    said = re.match(r"\s*(?:at|@|around|about|by|um|starting\s+at)\s*", match[0]) is not None
    clock_like = re.search(
        r"\d\s*(?:[:.]\d\d|[ap]\.?m|h\b|uhr|o'?clock)|noon|midday|midnight|past|hrs", match[0]
    )
    before = re.search(r"(?:at|@)\s*$", text[: match.start()]) is not None
    return not (said or clock_like or before)


def _is_adjective(text: str, match: re.Match[str]) -> bool:
    """Read `the daily report`, `monthly statements`: a kind of report, not a rhythm."""
    before = re.search(r"([\w'\u2019]+)\s*$", text[: match.start()])
    after = re.match(r"\s*([\w'\u2019]+)", text[match.end() :])
    next_word = after[1] if after and text[match.end() : match.end() + 1] in {" ", ""} else ""
    if not next_word or next_word in words("words", "after_adverb") or next_word[0].isdigit():
        return False
    if before and before[1] in words("words", "determiners") - {"a", "an"}:
        return True
    if before and before[1] in {"a", "an"} and next_word in words("words", "reports"):
        # "a daily export of all orders" is made daily.
        return False
    at_start = before is None or before[1] in among("and then a an please also") or (
        re.search(r"[,.;:!?\n]\s*$", text[: match.start()]) is not None
    )  # fmt: skip
    return not (at_start and next_word in words("words", "verb_starters"))


def _conclude(draft: _Draft, start: int, end: int) -> RecurrenceReading:
    if draft.cron:
        return RecurrenceReading(
            start=start, end=end, recurrence=None, cron=draft.cron, timezone=draft.timezone
        )
    problem = draft.problem
    try:
        recurrence = _recurrence(draft)
        cron = recurrence.cron()
    except Unsayable as error:
        return RecurrenceReading(
            start=start, end=end, recurrence=None, timezone=draft.timezone,
            problem=problem or str(error), proposal=draft.proposal,
        )  # fmt: skip
    if problem:
        return RecurrenceReading(
            start=start, end=end, recurrence=None, timezone=draft.timezone, problem=problem,
            proposal=recurrence.words(),
        )  # fmt: skip
    return RecurrenceReading(
        start=start, end=end, recurrence=recurrence, cron=cron, timezone=draft.timezone,
        assumed=draft.assumed,
    )  # fmt: skip


def _recurrence(draft: _Draft) -> Recurrence:
    weekdays = draft.weekdays or (set(ALL_DAYS) if draft.without else set[int]())
    weekdays = weekdays - draft.without
    if draft.weekdays | draft.without and not weekdays:
        raise Unsayable("no day is left")
    if draft.quarterly:
        draft.months |= {1, 4, 7, 10}
    if (draft.monthly or draft.quarterly) and not (draft.days or weekdays):
        draft.days.add(1)
        draft.assumed += " The first of the month is assumed."
    if draft.yearly and not draft.months:
        draft.months.add(1)
        draft.assumed += " January is assumed."
    if draft.yearly and not (draft.days or weekdays):
        draft.days.add(1)
    if draft.weekly and not weekdays:
        weekdays = {1}
        draft.assumed += " Monday is assumed."
    base = Recurrence(
        weekdays=tuple(sorted(weekdays)) if weekdays != set(ALL_DAYS) else (),
        nth=draft.nth,
        days=tuple(sorted(draft.days)),
        months=tuple(sorted(draft.months)) if len(draft.months) < 12 else (),
    )
    if draft.nth and len(weekdays) != 1:
        raise Unsayable("several weekdays counted within the month")
    if draft.every_minutes or draft.every_hours:
        return _stepped(draft, base)
    times = _times(draft)
    return replace(base, times=tuple(sorted({(time.hour, time.minute) for time in times})))


def _stepped(draft: _Draft, base: Recurrence) -> Recurrence:
    minutes = draft.every_minutes + 60 * draft.every_hours
    if minutes % (24 * 60) == 0 and minutes == 24 * 60:
        return replace(base, times=tuple((time.hour, time.minute) for time in _times(draft)))
    if draft.times and not draft.window:
        raise Unsayable("an interval together with a time of day")
    if minutes >= 60 and minutes % 60 == 0:
        minute = draft.minute or (draft.window[0].minute if draft.window else 0)
        hours = None
        if draft.window is not None:
            first, last = draft.window
            last_hour = last.hour if last.minute >= minute else last.hour - 1
            hours = (first.hour, last_hour)
            if first.minute not in {0, minute}:
                raise Unsayable("a window that starts at another minute")
        stepped = replace(base, every_hours=minutes // 60, minute=minute, hours=hours)
    else:
        hours = None
        if draft.window is not None:
            first, last = draft.window
            if first.minute or last.minute not in {0, 60 - minutes}:
                raise Unsayable("a window that does not start and end on the hour")
            hours = (first.hour, last.hour if last.minute else last.hour - 1)
        stepped = replace(base, every_minutes=minutes, hours=hours)
    if stepped.hours is not None and stepped.hours[0] > stepped.hours[1]:
        raise Unsayable("a window across midnight")
    return stepped


def _times(draft: _Draft) -> list[Clock]:
    times = [time.in_part(draft.part) for time in draft.times]
    if times:
        return times
    if draft.times_per_day:
        return _spread(draft)
    if draft.part:
        return [clock for part in [draft.part] if (clock := read_clock(table_of_parts()[part]))]
    default = texts("times", "defaults")["day"]
    draft.assumed += f" No time of day was said; {default} is assumed."
    return [clock for clock in [read_clock(default)] if clock]


def _spread(draft: _Draft) -> list[Clock]:
    count = draft.times_per_day
    if count > 24 or 24 % count:
        raise Unsayable(f"{count} times a day, evenly")
    step = 24 // count
    first = 8 % step
    hours = [first + step * index for index in range(count)]
    draft.assumed += " Evenly spread times of day are assumed."
    return [Clock(hour, 0) for hour in hours]
