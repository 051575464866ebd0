"""Times of day in words and figures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from podium.tools.offline.lexicon import numbers, records

_HOUR_WORDS = "|".join(
    word for word, value in numbers("times", "numbers").items() if 1 <= value <= 12
)
_OFF_NOON = (
    r"(?<!from )(?<!between )(?:half|(?:a\s+)?quarter|five|ten|twenty|twenty-five|[1-5]?\d\s+minutes)(?:\s+minutes)?"
    r"\s+(?:to|before|past|after)\s+(?:midnight|noon|midday)\b"
)
TIME = (
    rf"(?:{_OFF_NOON}|"
    r"(?:half\s+past|half|(?:a\s+)?quarter\s+past|(?:a\s+)?quarter\s+to|(?:five|ten|twenty|twenty-five|5|10|20|25)(?:\s+minutes)?\s+past"
    r"|(?:five|ten|twenty|twenty-five|5|10|20|25)\s+minutes\s+to|(?<=at )(?:five|ten|twenty|twenty-five)\s+to)"
    r"\s+(?:\d{1,2}(?!\d|:\d)|" + _HOUR_WORDS + r")(?:\s*[ap]\.?m\.?\b)?"
    r"|(?:[01]?\d|2[0-4])[:.h][0-5]\d(?!\d)(?:\s*[ap]\.?m\.?\b)?(?:\s*(?:h|hrs|hours|uhr|o'?clock)\b)?"
    r"|[0-2]\d[0-5]\d\s*(?:hrs|h|hours)\b|(?<=at )[0-2]\d[0-5]\d\b"
    r"|(?:[01]?\d|2[0-4])(?!\d|[:/.-]\d|st\b|nd\b|rd\b|th\b|\s*%|\s*(?:minutes?|mins?|days?|weeks?|months?|years?|times)\b)"
    r"(?:\s*[ap]\.?m\.?\b|\s*(?:h|hrs|uhr)\b|\s*o['\u2019]?\s?clock\b)?"
    r"|(?:" + _HOUR_WORDS + r")(?:\s*[ap]\.?m\.?\b|\s+o['\u2019]?clock\b)"
    r"|(?<=at )(?:" + _HOUR_WORDS + r")\b"
    r"|(?:12\s+)?noon|midday|(?:12\s+)?midnight|lunchtime)"
    r"(?:\s+(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night))?"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; `loose` when its half of the day was not said."""

    hour: int
    minute: int
    loose: bool = False

    def in_part(self, part: str) -> Clock:
        """Return the time moved into a part of the day that was said elsewhere: 6 + evening = 18."""
        entry = records("times", "parts").get(part)
        if part in {"night", "midnight"} and self.loose and self.hour == 12:
            return Clock(0, self.minute)
        if entry is None or not self.loose or self.hour >= 12:
            return self
        if part == "night" and self.hour < 6:
            return self
        if entry["half"] == "pm":
            return Clock(self.hour + 12, self.minute)
        return self


def read_clock(text: str) -> Clock | None:
    """Return the time that a text matching TIME says, or none when it is no time."""
    phrase = " ".join(text.lower().split())
    part = re.search(r"\s+(?:in the (morning|afternoon|evening)|at (night))$", phrase)
    if part is not None:
        phrase = phrase[: part.start()]
    off = re.match(
        r"(?:a )?(?P<by>[\w-]+)(?: minutes)? (?P<way>to|before|past|after) (?P<at>.+)$", phrase
    )
    if off is not None and off["at"] in {"midnight", "noon", "midday"}:
        return _off_noon(off)
    named = records("times", "parts").get(phrase.removeprefix("12 "))
    if named is not None:
        phrase = named["time"]
    clock = _figures(phrase)
    if clock is not None and part is not None:
        clock = clock.in_part(part[1] or part[2])
    return clock


def _figures(phrase: str) -> Clock | None:
    shifted = re.match(
        r"(?:a )?(?P<by>half|quarter|[\w-]+?)(?: minutes)?(?: (?P<way>past|to))? (?P<hour>\w+?)(?: ?(?P<half>[ap])\.?m\.?)?$",
        phrase,
    )
    if shifted is not None and (shifted["way"] or shifted["by"] == "half"):
        return _shifted(shifted)
    match = re.match(r"(\d{4})\s*(?:hrs|h|hours)?$", phrase)
    if match is not None:
        return _valid(int(match[1][:2]), int(match[1][2:]))
    match = re.match(
        r"(\w+?)(?:[:.h](\d\d))?\s*(?:([ap])\.?m\.?|h|hrs|hours|uhr|o['\u2019]? ?clock)?$", phrase
    )
    if match is None:
        return None
    hour, minute, half = _hour(match[1]), int(match[2] or 0), match[3]
    if half and hour > 12:
        half = None
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    padded = match[1].startswith("0") or match[2] is not None
    return _valid(hour, minute, loose=half is None and not padded)


def _shifted(match: re.Match[str]) -> Clock | None:
    """Read `half past seven`, `ten to eight pm`."""
    hour = _hour(match["hour"])
    if hour > 24:
        return None
    by = {"half": 30, "quarter": 15}.get(match["by"])
    minute = numbers("times", "numbers").get(match["by"], 0) if by is None else by
    if match["by"].isdigit():
        minute = int(match["by"])
    if match["half"] == "p" and hour < 12:
        hour += 12
    if match["half"] == "a" and hour == 12:
        hour = 0
    total = hour * 60 + (-minute if match["way"] == "to" else minute)
    return Clock(total // 60 % 24, total % 60, loose=match["half"] is None)


def _off_noon(match: re.Match[str]) -> Clock:
    """Read `five to midnight`."""
    named = {"half": 30, "quarter": 15, **numbers("times", "numbers")}
    by = int(match["by"]) if match["by"].isdigit() else named[match["by"]]
    base = 0 if match["at"] == "midnight" else 12 * 60
    total = (base + (by if match["way"] in {"past", "after"} else -by)) % (24 * 60)
    return Clock(total // 60, total % 60)


def _hour(word: str) -> int:
    return int(word) if word.isdigit() else numbers("times", "numbers").get(word, 99)


def _valid(hour: int, minute: int, *, loose: bool = False) -> Clock | None:
    if hour == 24 and minute == 0:
        hour = 0
    return Clock(hour, minute, loose) if hour < 24 and minute < 60 else None


def read_window(first: str, last: str) -> tuple[Clock, Clock] | None:
    """Return the two ends of a window; `9 to 5` ends in the afternoon."""
    start, end = read_clock(first), read_clock(last)
    if start is None or end is None:
        return None
    if (
        end.loose
        and (end.hour, end.minute) <= (start.hour, start.minute) < (end.hour + 12, end.minute)
        and end.hour < 12
    ):
        end = Clock(end.hour + 12, end.minute)
    if start.loose and re.search(r"p\.?m", last.lower()) and start.hour + 12 < end.hour:
        start = Clock(start.hour + 12, start.minute)
    return start, end
