"""The time and the outcome that a question about the past is about: `since Tuesday`, `what failed this week`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from podium.tools.offline.dates import read_periods

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SINCE_DAY = re.compile(
    rf"\b(?:since|after|from)\s+(?:last\s+)?(?P<day>{'|'.join(_DAYS)})(?:\s+(?P<part>morning|noon|afternoon|evening|night))?\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:in|during|over|within|for)?\s*the\s+(?:last|past)\s+(?P<count>\d+|a|an|one|two|three|few|couple of)?\s*(?P<unit>minute|hour|day|week|month)s?\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(?P<part>this morning|this afternoon|this evening|tonight|overnight|last night)\b", re.IGNORECASE)  # fmt: skip
_FAILED = re.compile(
    r"\b(?:fail(?:s|ed|ing|ures?)?|broke(?:n)?|breaks?|crash(?:ed|es)?|went wrong|errors?|unsuccessful|did(?:n't| not) (?:work|succeed|finish)|problems?)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:what(?:'s| is| has)?\s+(?:has\s+)?(?:changed|new|different|happened)|changes?\s+(?:since|in|during)|anything\s+(?:new|changed))\b",
    re.IGNORECASE,
)
_HOURS = {"this morning": 0, "this afternoon": 12, "this evening": 17, "tonight": 18, "morning": 6, "noon": 12, "afternoon": 12, "evening": 17, "night": 20}  # fmt: skip
_ENDS = {"this morning": 12, "this afternoon": 18, "overnight": 9, "last night": 9}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "few": 3, "couple of": 2}
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What part of the past a question is about."""

    since: datetime | None = None
    until: datetime | None = None
    failed: bool = False
    """Only what failed."""
    changes: bool = False
    """What changed, rather than what ran."""

    @property
    def said(self) -> bool:
        """Whether a time was said."""
        return self.since is not None

    def holds(self, moment: datetime) -> bool:
        """Return whether that moment is inside."""
        after = self.since is None or moment >= self.since
        return after and (self.until is None or moment < self.until)

    def starting(self, since: datetime) -> Window:
        """Return the window with that beginning."""
        return replace(self, since=since)

    def only_failed(self) -> Window:
        """Return the window of failures only."""
        return replace(self, failed=True)


def read_window(text: str, *, now: datetime, timezone: str) -> Window:
    """Return the window that the words give; an empty one when they give none."""
    local = now.astimezone(ZoneInfo(timezone))
    since, until = _bounds(text, local)
    return Window(
        since=since.astimezone(UTC) if since else None,
        until=until.astimezone(UTC) if until else None,
        failed=_FAILED.search(text) is not None,
        changes=_CHANGED.search(text) is not None,
    )


def _bounds(text: str, local: datetime) -> tuple[datetime | None, datetime | None]:
    day = _SINCE_DAY.search(text)
    if day is not None:
        back = (local.weekday() - _DAYS.index(day["day"].lower())) % 7 or 7
        hour = _HOURS.get((day["part"] or "").lower(), 0)
        return _at(local - timedelta(days=back), hour), None
    span = _SPAN.search(text)
    if span is not None:
        count = span["count"]
        number = (
            int(count) if count and count.isdigit() else _COUNTS.get((count or "one").lower(), 1)
        )
        return local - number * _UNITS[span["unit"].lower()], None
    part = _PART.search(text)
    if part is not None:
        said = part["part"].lower()
        if said in {"overnight", "last night"}:
            return _at(local - timedelta(days=1), 18), _at(local, _ENDS[said])
        return _at(local, _HOURS[said]), _at(local, _ENDS[said]) if said in _ENDS else None
    return _days(text, local)


def _days(text: str, local: datetime) -> tuple[datetime | None, datetime | None]:
    for period in read_periods(text, local.date()):
        if not period.first:
            continue
        first = datetime.combine(datetime.fromisoformat(period.first), time(), local.tzinfo)
        back = _back(first, text[period.start : period.end].lower(), local)
        first -= back
        open_ended = re.search(r"\bsince\s*$", text[: period.start], re.IGNORECASE) is not None
        if open_ended or not period.last:
            return first, None
        last = datetime.combine(datetime.fromisoformat(period.last), time(), local.tzinfo)
        return first, last - back + timedelta(days=1)
    return None, None


def _back(first: datetime, said: str, local: datetime) -> timedelta:
    """Return how far a time that is still to come lies back in a question about the past: `on Saturday`."""
    if first <= local:
        return timedelta()
    if any(day in said for day in _DAYS):
        return timedelta(days=7)
    leap_day = (first.month, first.day) == (2, 29)
    return timedelta(days=366) if leap_day else first - first.replace(year=first.year - 1)


def _at(moment: datetime, hour: int) -> datetime:
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)
