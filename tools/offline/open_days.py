"""Days that a request leaves open: `10/11/2026` is in October or in November, `Easter Monday` is another day every year."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from podium.state.errors import InvalidAnswer
from podium.state.plan import InputSpec, Missing, PlannedStep
from podium.tools.offline.dates import said_day

_MARK = "?day:"
"""Begins the value of a day that is not known yet."""
_SLASHED = re.compile(
    r"(?<![\w/.:-])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4}|\d\d)(?![\w/])"
)
_FEAST = re.compile(
    r"\b(?:(?:last|this|next)\s+)?(?:good\s+friday|easter(?:\s+(?:monday|sunday|saturday))?|palm\s+sunday|ash\s+wednesday|shrove\s+tuesday"
    r"|whit(?:sun(?:day)?|\s+(?:monday|sunday))|pentecost(?:\s+monday)?|ascension(?:\s+day)?|corpus\s+christi|thanksgiving|passover|ramadan"
    r"|eid|diwali|hanukkah|mother'?s\s+day|father'?s\s+day)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|before|after|until|till|by|on|from|between|and|to)\s+(?:the\s+)?$", re.IGNORECASE)  # fmt: skip


def open_days(text: str, *, whole: str) -> Iterator[tuple[int, int, str]]:
    """Return where such days stand and the value that marks each; a date of the whole text that can only be one tells the order of the others."""
    order = _order(whole)
    for match in _SLASHED.finditer(text):
        days = _readings(match[0])
        if days:
            yield match.start(), match.end(), _MARK + match[0] if order is None else days[order]
    for match in _FEAST.finditer(text):
        if _SINCE.search(text[: match.start()]):
            yield match.start(), match.end(), _MARK + " ".join(match[0].split())


def _order(text: str) -> int | None:
    """Return 0 where a date of the text can only have its day first, 1 where only its month; none where nothing tells."""
    told = {
        0 if int(match["one"]) > 12 else 1
        for match in _SLASHED.finditer(text)
        if (int(match["one"]) > 12) is not (int(match["two"]) > 12)
    }
    return told.pop() if len(told) == 1 else None


def missing_days(
    steps: Sequence[PlannedStep], inputs: Sequence[InputSpec], *, zone: str
) -> list[Missing]:
    """Return the question for each day that is left open; whether days or months come first is guessed by the time zone."""
    return [_question(field, said, zone) for field, said in _fields(steps, inputs).items()]


def with_days(
    steps: Sequence[PlannedStep],
    inputs: Sequence[InputSpec],
    answers: Mapping[str, JsonValue],
    *,
    today: date,
) -> tuple[tuple[PlannedStep, ...], tuple[InputSpec, ...]]:
    """Return steps and inputs with the days that were answered.

    Raises:
        InvalidAnswer: If an answer is no day, or one is lacking.
    """
    for field, said in _fields(steps, inputs).items():
        day = said_day(str(answers.get(field) or ""), today)
        if not day:
            raise InvalidAnswer(
                f"{field}: {said!r} is not known as a day", hint="Answer a day such as 2026-04-06."
            )
        old, new = json.dumps(_MARK + said)[1:-1], day
        steps = tuple(PlannedStep.model_validate_json(step.model_dump_json().replace(old, new)) for step in steps)  # fmt: skip
        inputs = tuple(InputSpec.model_validate_json(one.model_dump_json().replace(old, new)) for one in inputs)  # fmt: skip
    return tuple(steps), tuple(inputs)


def _fields(steps: Iterable[PlannedStep], inputs: Iterable[InputSpec]) -> dict[str, str]:
    """Return the days that are left open by the name under which each is answered."""
    values = [str(rule.value) for step in steps for rule in step.rules]
    values += [str(one.default) for one in inputs]
    said = dict.fromkeys(value[len(_MARK) :] for value in values if value.startswith(_MARK))
    return {"day" if place == 1 else f"day_{place}": one for place, one in enumerate(said, 1)}


def _question(field: str, said: str, zone: str) -> Missing:
    days = _readings(said)
    if not days:
        return Missing(field=field, question=f"Which day is {said!r} meant to be? Say it like 2026-04-06.")  # fmt: skip
    first = days[zone.startswith(("America/", "US/"))]
    return Missing(
        field=field, kind="choice", choices=days, default=first,
        question=f"Which day is {said!r}: {' or '.join(_spoken(day) for day in days)}?",
    )  # fmt: skip


def _readings(said: str) -> tuple[str, ...]:
    """Return both days that figures with slashes may be, the day first; none where only one is possible."""
    match = _SLASHED.fullmatch(said)
    if match is None:
        return ()
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    if one == two or not (1 <= one <= 12 and 1 <= two <= 12):
        return ()
    year = year if year > 99 else 2000 + year
    return date(year, two, one).isoformat(), date(year, one, two).isoformat()


def _spoken(day: str) -> str:
    return date.fromisoformat(day).strftime("%d %B %Y").lstrip("0")
