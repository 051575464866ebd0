"""The vocabulary of recurrences as patterns, and what a matched phrase stands for."""

from __future__ import annotations

import re

from podium.tools.offline.lexicon import numbers
from podium.tools.offline.recurrence import WEEKEND, WORKDAYS

WEEKDAYS = numbers("times", "weekdays")
MONTHS_BY_NAME = numbers("times", "months")
_NUMBERS = numbers("times", "numbers")
_MONTH_DAYS = numbers("times", "monthdays")
_ORDINALS = numbers("times", "ordinals")


def _any(words: dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


NUMBER = rf"(?:\d{{1,4}}|{_any(_NUMBERS)}|a\s+couple\s+of|couple\s+of)"
DAY = rf"(?:{_any(WEEKDAYS)})"
DAYS = rf"{DAY}s?\.?"
JOIN = r"(?:\s*(?:,\s*and|,|/|&|\+)\s*|\s+(?:and|or|plus)\s+)(?:on\s+)?(?:every\s+|each\s+|the\s+)?"
DAY_LIST = rf"{DAYS}(?:{JOIN}{DAYS})*"
DAY_RANGE = rf"{DAYS}\s*(?:-|\u2013|to|through|thru|till|until)\s*{DAYS}"
MONTH = rf"(?:{_any(MONTHS_BY_NAME)})"
MONTHS = rf"{MONTH}(?:{JOIN}{MONTH})*"
EACH = r"(?:every\s+single|all\s+the|all|every|each|any|per|ea\.)"
BACK = (
    r"(?:(?:second|third|fourth|fifth|sixth|seventh|2nd|3rd|\d{1,2}th)(?:\s+|-)(?:to|from)(?:\s+|-)(?:the\s+)?last"
    r"|second[\s-]last|penultimate|last\s+but\s+(?:one|two))"
)
NTH = rf"(?:{BACK}|first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
NTHS = rf"{NTH}(?:{JOIN}{NTH})*"
NTH_ANY = rf"(?:{BACK}|last|(?:[12]?\d|3[01])(?:st|nd|rd|th)|{_any(_MONTH_DAYS)}|first|second|third|fourth|fifth)"
MDAY = rf"(?:{BACK}(?:\s+day)?|last(?:\s+day)?|\d{{1,2}}(?:st|nd|rd|th)|{_any(_MONTH_DAYS)}|first|second|third|fourth|fifth)"
MDAYS = rf"{MDAY}(?:{JOIN}{MDAY})*"
FIGURE = r"(?:[12]?\d|3[01])(?:st|nd|rd|th)?"
WORKDAY = r"(?:week\s?days?|work(?:ing)?[\s-]?days?|business\s+days?)"
OF_MONTH = r"(?:of|in)\s+(?:the|a|each|every|any)?\s*(?:calendar\s+)?"
END = r"(?![\w'\u2019-])"
DAY_AHEAD = re.compile(
    rf"(?:on\s+)?(?:every\s+|each\s+|the\s+)?(?:{DAYS}|{WORKDAY}|week\s?ends?|{NTH}\s+(?:{DAY}|{WORKDAY}))\b"
)

SKY = r"(?:sunset|sunrise|sundown|sun-?up|dawn|dusk|twilight|first\s+light|nightfall|high\s+tide|low\s+tide|(?:a\s+|the\s+)?(?:full|new)\s+moons?)"
HOLIDAYS = r"(?:public\s+|bank\s+|national\s+|federal\s+|school\s+|religious\s+)?(?:holidays?|vacations?)|easter|christmas(?:\s+(?:eve|day))?|thanksgiving|new\s+year'?s?(?:\s+(?:eve|day))?|ramadan|diwali|hanukkah"

REFUSED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), problem)
    for pattern, problem in (
        (rf"{SKY}", "{said}, which moves from day to day and from place to place"),
        (r"\d*\s*seconds?", "{said}: the shortest time between two runs is a minute"),
        (
            r"regularly|occasionally|sometimes|often|frequently|periodically|from\s+time\s+to\s+time|(?:every\s+)?now\s+and\s+(?:then|again)"
            r"|once\s+in\s+a\s+while|every\s+so\s+often|soon|later|asap|as\s+soon\s+as\s+possible|at\s+random|randomly|sporadically|irregularly"
            r"|rarely|whenever\s+you\s+like|(?:a\s+)?few(?:\s+times)?|several(?:\s+times)?|many\s+times|constantly|continuously|all\s+the\s+time",
            "{said}: it says no times",
        ),
        (r"as\s+soon\s+as|whenever|when|once\s+(?:the|a|an|it)|if|unless|depending|until\s+(?:the|it)", "{said} ...: a schedule knows the clock, not what happens"),
        (HOLIDAYS, "{said}: which days these are is not known here"),
    )
)  # fmt: skip


def number(word: str) -> int:
    """Return the number that a text matching NUMBER says."""
    word = " ".join(word.split())
    if word.isdigit():
        return int(word)
    return 2 if word.endswith("couple of") else _NUMBERS[word]


def day_set(phrase: str) -> set[int]:
    """Return the weekdays that a list, a range, `weekends` or `working days` names."""
    if re.match(r"week\s?end", phrase):
        return set(WEEKEND)
    if re.match(WORKDAY, phrase):
        return set(WORKDAYS)
    found = [WEEKDAYS[word] for word in re.findall(rf"\b(?:{DAY})(?=s?\b)", phrase)]
    if re.fullmatch(DAY_RANGE, phrase.strip()) and len(found) == 2:
        first, last = found
        return {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return set(found)


def months_of(phrase: str) -> list[int]:
    """Return the months named, in order."""
    return [MONTHS_BY_NAME[word] for word in re.findall(rf"\b(?:{MONTH})\b", phrase)]


def nths(phrase: str) -> list[int]:
    """Return the ordinals of a phrase; -1 is `last`, -2 `second to last`."""
    return [nth(match[0]) for match in re.finditer(rf"\b(?:{NTH_ANY})\b", phrase)]


def nth(word: str) -> int:
    """Return the number that an ordinal says, counted from the end where it says so."""
    word = re.sub(r"[\s-]+", " ", word).removesuffix(" day")
    if word in {"penultimate", "last but one", "second last"}:
        return -2
    if word == "last but two":
        return -3
    back = re.match(r"(\w+) (?:to|from) (?:the )?last$", word)
    if back is not None:
        return -nth(back[1])
    figure = re.match(r"\d+", word)
    if figure is not None:
        return int(figure[0])
    hyphened = word.replace(" ", "-")
    return _ORDINALS.get(word) or _MONTH_DAYS.get(word) or _MONTH_DAYS[hyphened]
