"""Dates and periods said in requests, resolved against the day of the request."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from podium.state.days import WEEKDAYS, day_of
from podium.tools.offline.lexicon import numbers, words

_MONTH = "|".join(sorted(numbers("times", "months"), key=len, reverse=True))
_DAY = "|".join(sorted(numbers("times", "weekdays"), key=len, reverse=True))
_COUNT = r"\d{1,3}|" + "|".join(numbers("times", "numbers"))
_YEAR = r"(?:1[0-9]|20)\d\d"
_PATTERN = re.compile(
    rf"(?<![\w/.:-])(?:"
    rf"(?P<iso>\d{{4}}-\d\d-\d\d)|(?P<isomonth>\d{{4}}-\d\d)(?![-\d])"
    rf"|(?P<dotted>\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d\d))|(?:on|since|until|till|before|after|from|by|to|for)\s+(?P<dotday>\d{{1,2}}\.\d{{1,2}}\.)(?!\d)|(?P<slashed>\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d\d))"
    rf"|(?P<dm>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<dmm>{_MONTH})\b\.?(?:,?\s+(?P<dmy>\d{{4}}))?"
    rf"|(?P<mdm>{_MONTH})\.?\s+(?P<mdd>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<mdy>\d{{4}}))?"
    rf"|(?P<mym>{_MONTH})\.?\s+(?P<myy>\d{{4}})"
    rf"|(?P<relday>the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|today|tomorrow|yesterday|tonight)(?:['\u2019]s)?"
    rf"|(?:the\s+|in\s+the\s+|during\s+the\s+)?(?P<edge>last|past|previous|this|current|next|coming)\s+(?P<count>{_COUNT})?\s*(?P<unit>days?|weeks?|months?|quarters?|years?|hours?)\b"
    rf"|(?P<which>last|this|next)\s+(?P<weekday>{_DAY})\b"
    rf"|(?P<inmonth>(?:in|from|since|of|during|for)\s+)(?P<month>{_MONTH})\b(?!\s+\d)"
    rf"|(?:in|from|since|of|during|for)\s+(?P<year>(?:19|20)\d\d)\b(?![-/.]\d)"
    rf"|(?:since|before|after|until|till|(?:older|newer|earlier|later)\s+than)\s+(?P<edgeyear>{_YEAR})\b(?![-/.,]\d|\s?[€$£%])"
    rf"|(?:between\s+(?P<year1>{_YEAR})\s+and|from\s+(?P<year2>{_YEAR})\s+(?:to|until|till))\s+(?P<toyear>{_YEAR})(?=\s*(?:$|[,;.)]|(?:in|from|at|on|into|to|and|with|as|for|by|please)\b))"
    rf"|(?:of|for|during|in)\s+(?P<the>the\s+(?P<theunit>day|week|month|quarter|year))\b"
    rf"|(?:the\s+)?(?P<decade>(?:1[5-9]|20)\d0)['\u2019]?s\b"
    rf"|within\s+(?:the\s+next\s+)?(?P<within>{_COUNT})\s+(?P<withinunit>days?|weeks?|months?|years?)\b"
    rf"|(?P<yearq>q[1-4])\s*(?P<qy>20\d\d)?"
    rf"|(?P<ago>{_COUNT})\s+(?P<agounit>days?|weeks?|months?|years?)\s+ago"
    rf"|(?:on\s+)(?P<onday>{_DAY})\b"
    rf")",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `first` to `last`, as one thing that was said."""

    start: int
    end: int
    first: str
    last: str
    """ISO dates; empty `last`: open."""
    text: str
    names: tuple[str, str] | None = None
    """First and last day by name (`state.days`), when they are said relative to today."""
    ahead: bool = False
    """A day to come, as in a booking or a single run."""

    @property
    def single(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


def read_periods(text: str, today: date) -> list[Period]:
    """Return the dates and periods in a text; those that are no dates are left alone."""
    found: list[Period] = []
    for match in _PATTERN.finditer(text):
        try:
            days = _resolve(match, today)
        except ValueError:
            continue
        if days is None:
            continue
        start = match.end("inmonth") if match["inmonth"] else match.start()
        for year in ("year", "edgeyear"):
            start = match.start(year) if match[year] else start
        if match["toyear"] and _measured(text[: match.start()]):
            continue
        if match["within"] and re.search(r"\w{3,}ed\s+$", text[: match.start()]):
            continue  # "paid within 14 days": how long it took
        for kind in ("the", "within", "decade", "dotday"):
            start = match.start(kind) if match[kind] else start
        if match["onday"]:
            start = match.start("onday")
        first, last = days
        found.append(
            Period(
                start=start, end=match.end(), first=first.isoformat(), last=last.isoformat(),
                text=text[start : match.end()], names=_relative(match), ahead=first >= today,
            )
        )  # fmt: skip
    return found


def said_day(text: str, today: date) -> str:
    """Return the one day that the text says, as an ISO date: `tomorrow`, `5 December`, `2027-03-31`; '' for anything else."""
    said = text.strip()
    for form in (said, f"on {said}"):
        days = [one for one in read_periods(form, today) if one.single]
        if len(days) == 1 and form.removeprefix("on ") == days[0].text.removeprefix("on "):
            return days[0].first
    return ""


def _measured(before: str) -> bool:
    """Whether the words before a range name something that is no date: `mileage between 1500 and 2000`."""
    last = before.split()[-1].lower() if before.split() else ""
    return last in words("nouns", "columns") - {"date", "year", "created", "published", "released"}


def _resolve(match: re.Match[str], today: date) -> tuple[date, date] | None:
    days = _absolute(match, today)
    if days is not None:
        return days
    names = _relative(match)
    return (day_of(names[0], today), day_of(names[1], today)) if names is not None else None


def _absolute(match: re.Match[str], today: date) -> tuple[date, date] | None:  # noqa: C901  rules tried in their order, each short
    if match["iso"]:
        return _day(date.fromisoformat(match["iso"]))
    if match["isomonth"]:
        year, month = match["isomonth"].split("-")
        return _month(int(year), int(month))
    if match["dotted"]:
        day, month, year = (int(part) for part in match["dotted"].split("."))
        return _day(date(_century(year), month, day))
    if match["slashed"]:
        return _slashed([int(part) for part in match["slashed"].split("/")])
    months = numbers("times", "months")
    if match["dotday"]:
        day, month = (int(part) for part in match["dotday"].strip(".").split("."))
        return _day(_dated(None, month, day, today))
    if match["dm"]:
        return _day(_dated(match["dmy"], months[match["dmm"].lower()], int(match["dm"]), today))
    if match["mdm"]:
        return _day(_dated(match["mdy"], months[match["mdm"].lower()], int(match["mdd"]), today))
    if match["mym"]:
        return _month(int(match["myy"]), months[match["mym"].lower()])
    if match["month"]:
        month = months[match["month"].lower()]
        return _month(today.year - (month > today.month), month)
    if match["year"]:
        year = int(match["year"])
        return date(year, 1, 1), date(year, 12, 31)
    if match["edgeyear"]:
        return date(int(match["edgeyear"]), 1, 1), date(int(match["edgeyear"]), 12, 31)
    if match["toyear"]:
        first = int(match["year1"] or match["year2"])
        return date(first, 1, 1), date(int(match["toyear"]), 12, 31)
    if match["decade"]:
        first = int(match["decade"])
        return date(first, 1, 1), date(first + 9, 12, 31)
    if match["yearq"]:
        quarter = int(match["yearq"][1])
        return _quarter(int(match["qy"] or today.year), quarter)
    return None


def _relative(match: re.Match[str]) -> tuple[str, str] | None:
    """Return the first and the last day by names that mean the same on every day (`state.days`)."""
    if match["relday"]:
        word = " ".join(match["relday"].lower().split())
        shift = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}.get(word)
        if shift is None:
            shift = -2 if "before" in word else 2
        return _one(_named("today", shift))
    if match["theunit"]:
        return _edge("this", None, match["theunit"].lower())
    if match["edge"]:
        return _edge(match["edge"].lower(), match["count"], match["unit"].lower().rstrip("s"))
    if match["weekday"] or match["onday"]:
        number = numbers("times", "weekdays")[(match["weekday"] or match["onday"]).lower()]
        last = (match["which"] or "").lower() == "last"
        return _one(_named(WEEKDAYS[number - 1], -1 if last else 0))
    if match["within"]:
        return "today", _far(_number(match["within"]), match["withinunit"].lower().rstrip("s"), back=False)  # fmt: skip
    if match["ago"]:
        count = _number(match["ago"])
        return _one(_far(count, match["agounit"].lower().rstrip("s"), back=True))
    return None


_DAYS = {"day": 1, "week": 7, "hour": 0}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _far(count: int, unit: str, *, back: bool) -> str:
    """Return the day so many units away; months and years are those of the calendar."""
    sign = -1 if back else 1
    if unit in _MONTHS:
        return f"today{sign * count * _MONTHS[unit]:+d}m"
    return _named("today", sign * count * _DAYS[unit])


def day_ago(count: float, unit: str) -> str:
    """Return the name of the day so many days, weeks, months or years ago."""
    if unit in _MONTHS and count == int(count):
        return _far(int(count), unit, back=True)
    return _named("today", -int(count * {**_DAYS, "month": 30, "quarter": 91, "year": 365}[unit]))


def _edge(edge: str, count: str | None, unit: str) -> tuple[str, str]:
    back = edge in {"last", "past", "previous"}
    if count is not None or edge == "past":
        far = _far(_number(count or "1"), unit, back=back)
        return (far, "today") if back else ("today", far)
    step = -1 if back else 0 if edge in {"this", "current"} else 1
    if unit in {"day", "hour"}:
        return _one(_named("today", step))
    return _named(unit, step), _named(f"{unit}_end", step)


def _named(what: str, by: int) -> str:
    return f"{what}{by:+d}" if by else what


def _one(name: str) -> tuple[str, str]:
    return name, name


def _number(word: str) -> int:
    return int(word) if word.isdigit() else numbers("times", "numbers")[word.lower()]


def _day(day: date) -> tuple[date, date]:
    return day, day


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _quarter(year: int, quarter: int) -> tuple[date, date]:
    return date(year, 3 * quarter - 2, 1), _month(year, 3 * quarter)[1]


def _century(year: int) -> int:
    return year if year > 99 else 2000 + year


def _slashed(parts: list[int]) -> tuple[date, date] | None:
    """Read 25/12/2026 and 12/25/2026; 03/04/2026 stays as written, because nobody knows."""
    first, second, year = parts
    if first > 12:
        return _day(date(_century(year), second, first))
    if second > 12 or first == second:
        return _day(date(_century(year), first, second))
    return None


def _dated(year: str | None, month: int, day: int, today: date) -> date:
    if year:
        return date(int(year), month, day)
    near = date(today.year, month, day)
    # A day long gone is next year's; one of the last weeks is this year's.
    return near if near >= today - timedelta(days=180) else date(today.year + 1, month, day)
