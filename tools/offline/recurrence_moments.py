"""Single moments, and where a recurrence begins and ends: what counts from the day on which it is said."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from podium.tools.offline.clocktimes import Clock
from podium.tools.offline.recurrence_draft import Draft
from podium.tools.offline.recurrence_pieces import Kind, Piece, Read
from podium.tools.offline.recurrence_words import (
    DAY,
    END,
    FIGURE,
    HOLIDAYS,
    MONTH,
    NUMBER,
    WEEKDAYS,
    months_of,
    nth,
    number,
)  # fmt: skip

_ISO = r"\d{4}-\d\d-\d\d"
_YEAR = r"(?:\s*,?\s+(?P<year>20\d\d))?"
_DATED = rf"(?:(?P<d1>{FIGURE})\.?\s+(?:of\s+)?(?P<m1>{MONTH})\.?|(?P<m2>{MONTH})\.?\s+(?:the\s+)?(?P<d2>{FIGURE})(?!:)){_YEAR}"
_WORD = r"today|tomorrow|(?:the\s+)?day\s+after\s+tomorrow"
_DAY_SAID = (
    rf"(?:(?P<iso>{_ISO})|(?P<dated>{_DATED})|(?P<word>{_WORD})|(?P<which>next|this|coming|the\s+coming)\s+(?P<weekday>{DAY})|(?P<bareday>{DAY})"
    rf"|(?P<first>next\s+(?:week|month|year))|(?P<month>{MONTH})(?P<monthyear>\s+20\d\d)?"
    r"|(?:the\s+)?end\s+of\s+(?:the|this|next)?\s*(?P<endof>week|month|quarter|year)|(?P<feast>"
    + HOLIDAYS
    + r"))"
)


class _NotClear(ValueError):
    """The words may mean more than one day."""


def _day_said(match: re.Match[str], draft: Draft, *, ending: bool) -> date:
    today = draft.today()
    if match["iso"]:
        return date.fromisoformat(match["iso"])
    if match["dated"]:
        month = months_of(match["m1"] or match["m2"])[0]
        return _dated(month, nth(match["d1"] or match["d2"]), match["year"], today)
    if match["word"]:
        shift = {"today": 0, "tomorrow": 1}.get(match["word"], 2)
        return today + timedelta(days=shift)
    if match["weekday"]:
        return _weekday(match["weekday"], match["which"], today)
    if match["bareday"]:
        return today + timedelta(days=_ahead(match["bareday"], today) or 7)
    if match["first"] and not ending:
        return _first_of_next(match["first"].split()[1], today)
    if match["month"] and (not ending or match["monthyear"]):
        return _month(match, today, ending=ending)
    if match["endof"] and ending:
        return _end_of(match["endof"], today, following="next" in match[0])
    raise _NotClear


def _month(match: re.Match[str], today: date, *, ending: bool) -> date:
    month = months_of(match["month"])[0]
    year = int(match["monthyear"]) if match["monthyear"] else today.year + (month <= today.month)
    first = date(year, month, 1)
    return _last_of(first) if ending else first


def _ahead(weekday: str, today: date) -> int:
    return (WEEKDAYS[weekday] - today.isoweekday() % 7) % 7


def _weekday(weekday: str, which: str, today: date) -> date:
    """`next Friday` said on a Monday may be either of two; the days of the next week are not in doubt."""
    ahead = _ahead(weekday, today) or 7
    return today + timedelta(days=ahead)


def _dated(month: int, day: int, year: str | None, today: date) -> date:
    try:
        if year:
            return date(int(year), month, day)
        near = date(today.year, month, day)
        return near if near >= today else date(today.year + 1, month, day)
    except ValueError as error:
        raise _NotClear from error


def _first_of_next(unit: str, today: date) -> date:
    if unit == "week":
        return today - timedelta(days=today.weekday()) + timedelta(days=7)
    if unit == "month":
        return _last_of(today) + timedelta(days=1)
    return date(today.year + 1, 1, 1)


def _end_of(unit: str, today: date, *, following: bool) -> date:
    if unit == "week":
        return today + timedelta(days=6 - today.weekday() + 7 * following)
    if unit == "month":
        last = _last_of(today)
        return _last_of(last + timedelta(days=1)) if following else last
    if unit == "quarter":
        month = (today.month - 1) // 3 * 3 + 3
        last = _last_of(date(today.year, month, 1))
        return _last_of((last + timedelta(days=62)).replace(day=1)) if following else last
    return date(today.year + following, 12, 31)


def _last_of(day: date) -> date:
    following = date(day.year + (day.month == 12), day.month % 12 + 1, 1)
    return following - timedelta(days=1)


# -- Bounds -------------------------------------------------------------------------------------------


def _starting(match: re.Match[str], draft: Draft) -> int | None:
    if not (draft.anchored or draft.whole):
        return None
    try:
        draft.start = _day_said(match, draft, ending=False).isoformat()
    except _NotClear:
        draft.problem = f"a start that is not clear ({' '.join(match[0].split())})"
    return match.end()


def _until(match: re.Match[str], draft: Draft) -> int:
    try:
        last = _day_said(match, draft, ending=True)
    except _NotClear:
        draft.problem = f"an end that is not clear ({' '.join(match[0].split())})"
        draft.proposal = ""
        return match.end()
    draft.end = last.isoformat()
    draft.assume(f"{last.isoformat()} is the last day.")
    return match.end()


def _for_so_long(match: re.Match[str], draft: Draft) -> int:
    count = number(match["count"]) if match["count"] else 1
    draft.last_for = (count, match["unit"].rstrip("s"))
    return match.end()


def _from_now(match: re.Match[str], draft: Draft) -> int:
    return match.end()


# -- Single moments -----------------------------------------------------------------------------------


def _on_day(match: re.Match[str], draft: Draft) -> int | None:
    """`tomorrow`, `next Friday`, `on 24 December`: once."""
    if draft.anchored and not draft.once:
        return None
    if match["month"] or match["endof"] or match["feast"] or match["first"]:
        return None
    if match["bareday"]:
        if draft.once:
            return None
        draft.anchored = True
        name = match["bareday"].capitalize()
        draft.problem = f"{name}: once, or every {name}?"
        draft.proposal = f"every {name}"
        return match.end()
    if draft.group.dates and match["dated"] and not match["year"]:
        draft.problem = "several dates: once each, or every year?"
        return match.end()
    try:
        day = _day_said(match, draft, ending=False)
    except _NotClear:
        draft.problem, draft.anchored = f"{match[0]}, which is no day", True
        return match.end()
    if match["which"] == "next" and _ahead(match["weekday"], draft.today()) in range(1, 3):
        draft.assume(f"{match[0]} is taken as {day.isoformat()}.")
    draft.group.dates.add(day.isoformat())
    draft.once = draft.anchored = True
    return match.end()


def _tonight(match: re.Match[str], draft: Draft) -> int:
    draft.group.dates.add(draft.today().isoformat())
    draft.group.part = "night"
    draft.once = draft.anchored = True
    rest = match.string[match.end() :]
    if not re.search(r"\d|midnight", rest) and not draft.group.times:
        draft.problem = "tonight, without saying when"
    return match.end()


def _in_so_long(match: re.Match[str], draft: Draft) -> int | None:
    if draft.anchored:
        return None
    said = str(match["count"])
    half = said.startswith("half")
    count = 1 if said in {"a", "an"} or half else number(said)
    unit = match["unit"].rstrip("s")
    moment = draft.moment()
    draft.once = draft.anchored = True
    minutes = {"minute": 1, "min": 1, "hour": 60, "hr": 60, "h": 60}.get(unit)
    if minutes is not None:
        wait = timedelta(minutes=30) if half else timedelta(minutes=count * minutes)
        if match["half"]:
            wait += timedelta(minutes=30)
        _at_moment(moment, wait, draft)
        return match.end()
    if half:
        draft.problem = match[0]
        return match.end()
    today = moment.date()
    if unit in {"day", "week"}:
        day = today + timedelta(days=count * (7 if unit == "week" else 1))
    else:
        index = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
        last = _last_of(date(index // 12, index % 12 + 1, 1))
        day = last.replace(day=min(today.day, last.day))
    draft.group.dates.add(day.isoformat())
    return match.end()


def _at_moment(now: datetime, wait: timedelta, draft: Draft) -> None:
    zone = now.tzinfo
    whole = now.replace(second=0, microsecond=0)
    if whole != now:
        whole += timedelta(minutes=1)
    # On the clock that counts, not on the wall: a day may have 23 hours.
    there = datetime.fromtimestamp(whole.timestamp() + wait.total_seconds(), tz=zone)
    draft.group.dates.add(there.date().isoformat())
    draft.group.times.append(Clock(there.hour, there.minute))


def _once(match: re.Match[str], draft: Draft) -> int | None:
    return None if draft.anchored else match.end()


def _piece(
    pattern: str,
    read: Read,
    kind: Kind = Kind.OTHER,
    *,
    later: bool = False,
    anchors: bool = False,
) -> Piece:
    return Piece(re.compile(pattern + END), read, kind, later, anchors)


BOUNDS: tuple[Piece, ...] = (
    _piece(r"(?:starting|beginning|from)\s+(?:right\s+)?now(?:\s+on)?", _from_now, later=True),
    _piece(rf"(?:starting|beginning|commencing|effective|as\s+of|from|not\s+before)\s+(?:on\s+|from\s+|in\s+)?{_DAY_SAID}(?:\s+on(?:wards?)?)?(?!\s*(?:to|till|until|through|-|\u2013)\s*(?:\w))", _starting),
    _piece(rf"(?:until|till|through|thru|up\s+to|ending(?:\s+on)?|up\s+until)\s+(?:and\s+including\s+)?(?:on\s+)?{_DAY_SAID}", _until, later=True),
    _piece(rf"for\s+(?:the\s+next\s+|the\s+following\s+|the\s+coming\s+)?(?P<count>{NUMBER})\s+(?P<unit>days?|weeks?|months?|years?)", _for_so_long, later=True),
    _piece(r"for\s+(?:the\s+next\s+|a\s+)(?P<count>)(?P<unit>day|week|month|year)", _for_so_long, later=True),
    _piece(r"(?:just\s+|only\s+)?(?:once|one\s+time)\b(?!\s*(?:a|an|per|each|every|/)\s)\s*,?(?:\s+on)?", _once),
    _piece(rf"in\s+(?P<count>half\s+an|an?|{NUMBER})(?P<half>\s+and\s+a\s+half)?\s+(?P<unit>minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?)(?:['\u2019]s?\s+time)?", _in_so_long, anchors=True),
    _piece(r"(?:later\s+)?tonight", _tonight, anchors=True),
)  # fmt: skip

MOMENTS: tuple[Piece, ...] = (
    _piece(rf"(?:on\s+)?{_DAY_SAID}", _on_day, Kind.DAYS, anchors=True),
)  # fmt: skip
