"""Time zones as people name them."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from podium.tools.offline.lexicon import texts

_OFFSET = re.compile(r"\s*\(?(?:utc|gmt)\s*([+-])\s*(\d{1,2})(?::?00)?\)?(?![\w:])")
_IANA = re.compile(r"\s*\(?(?:in\s+)?([a-z]+/[a-z_]+(?:/[a-z_]+)?)(?:\s+time)?\)?(?!\w)")
_NAMED = re.compile(
    r"\s*\(?(?:in\s+|by\s+)?(?:the\s+)?([a-z]+(?:[ _][a-z]+)?)(?:\s+(?:standard\s+|local\s+)?time(?:zone)?|\s+time\s+zone)\b\)?"
)
_TIME_IN = re.compile(r"\s*\(?(?:local\s+)?time\s+in\s+([a-z]+(?:[ _][a-z]+)?)\)?(?!\w)")
_SHORT = re.compile(r"\s*\(?([a-z]{2,4})\)?(?![\w/'\u2019-])")
_SHORT_NAMES = frozenset(
    {"utc", "gmt", "est", "edt", "et", "cst", "cdt", "mst", "mdt", "pst", "pdt", "cet", "cest",
     "bst", "eet", "jst", "aest", "ist"}
)  # fmt: skip


@cache
def _cities() -> dict[str, str]:
    names = {
        name.rpartition("/")[2].lower().replace("_", " "): name
        for name in sorted(available_timezones())
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "US/"))
    }
    return names | texts("times", "zones")


@cache
def _iana() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def read_zone(lowered: str, position: int) -> tuple[int, str] | None:
    """Return where a time zone named at that place ends and its IANA name."""
    offset = _OFFSET.match(lowered, position)
    if offset is not None and int(offset[2]) <= 14:
        # POSIX counts westwards: UTC+2 is Etc/GMT-2.
        sign = "-" if offset[1] == "+" else "+"
        return offset.end(), "UTC" if offset[2] == "0" else f"Etc/GMT{sign}{int(offset[2])}"
    full = _IANA.match(lowered, position)
    if full is not None and full[1] in _iana():
        return full.end(), _iana()[full[1]]
    for pattern in (_NAMED, _TIME_IN):
        named = pattern.match(lowered, position)
        if named is not None and (found := _city(named[1])):
            return named.end(), found
    short = _SHORT.match(lowered, position)
    if short is not None and short[1] in _SHORT_NAMES:
        return short.end(), texts("times", "zones")[short[1]]
    return None


def _city(name: str) -> str | None:
    cities = _cities()
    name = name.replace("_", " ")
    return cities.get(name) or texts("times", "zones").get(name)
