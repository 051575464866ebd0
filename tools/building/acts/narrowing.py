"""What the name of a list says beyond the list: `lapsed members` are those members whose state is `lapsed`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from podium.state.plan import MatchRule
from podium.state.program import Column, Condition
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.reading import build_extract
from podium.tools.building.acts.sifting import (
    columns_of,
    keep_matching,
    one_condition,
    said_by_page,
    values_of,
)
from podium.tools.building.filters import STATUS_WORDS, stemmed
from podium.tools.building.wanted import content_words
from podium.tools.building.work import UNPLACED, Work
from podium.tools.grounding.words import stem

_ADJECTIVE = re.compile(r"^(?:un|non|over)\w{4,}$|\w{3,}(?:ed|able|ible|ive|less|ful)$")
"""English words that look like a property; others may be half of a compound (`team members`, `price list`)."""


async def build_list(work: Work) -> None:
    """Read the planned list, and keep those of its rows that the list's name speaks of."""
    await build_extract(work)
    if "list" not in work.facts:
        return
    await _keep_those_in_place(work)
    words = content_words(work.planned.thing)
    if not words:
        return
    said = said_by_page(work)
    if any(stemmed(text) == stemmed(" ".join(words)) for text in said):
        return  # the page is called so: all that it lists is meant
    conditions, rest = _by_values(work, words)
    rest = tuple(
        word for word in rest if not any(stem(word) in stemmed(text).split() for text in said)
    )
    head = words[-1]
    for word in rest:
        if word == head and not conditions:
            continue  # the page was found to be about it, in words of its own
        if word != head and (_writes(work) or (_ADJECTIVE.match(word) and _has_states(work))):
            meant = await one_condition(work, MatchRule(phrase=word))
            conditions += [meant] if meant is not None else []
        elif word != head and not conditions:
            work.notes.append(f"Nothing on the page says {word!r}: every row of the list is read.")
    if conditions:
        await keep_matching(work, conditions, title=f"Keep the {work.planned.thing}", suffix="kept")


async def _keep_those_in_place(work: Work) -> None:
    """Keep the rows that say the place where they were asked for, when no page is called like it: `the sites in the Hills`."""
    place = work.facts.pop(UNPLACED, None)
    if not isinstance(place, str) or not place:
        return
    conditions, _ = _by_values(work, content_words(place))
    if conditions:
        await keep_matching(work, conditions, title=f"Keep those in {place}", suffix="place")
        return
    if _writes(work) or any(word[:1].isupper() for word in place.split()):
        # A name (`the Lifts queue`) is no word for the page: dropping it would read the rows of others, too.
        # And where rows are acted on, no word of which ones is left out unasked: `approve the requests from my team`.
        meant = await one_condition(work, MatchRule(phrase=place))
        if meant is not None:
            await keep_matching(work, [meant], title=f"Keep those in {place}", suffix="place")
        return
    work.notes.append(
        f"Nothing here is called {place!r}, nor does a row say so: every row is read."
    )


def _writes(work: Work) -> bool:
    return any(step.effect in {"write", "irreversible"} for step in work.agent.steps)


def _by_values(work: Work, words: tuple[str, ...]) -> tuple[list[Condition], tuple[str, ...]]:
    """Return the conditions that words of the name are, being values or flags of the rows, and the words left over."""
    values = values_of(work)
    columns = columns_of(work)
    conditions: list[Condition] = []
    rest = words
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            phrase = words[start : start + length]
            if not _follows(rest, phrase):
                continue
            found = _condition(phrase, columns, values)
            if found is not None:
                conditions = _with(conditions, found)
                rest = tuple(word for word in rest if word not in phrase)
    return conditions, rest


def _with(conditions: Sequence[Condition], found: Condition) -> list[Condition]:
    """Add a condition; another value of the same column is as welcome as the first: `sloops and ketches`."""
    same = next((one for one in conditions if one.column == found.column), None)
    if same is None:
        return [*conditions, found]
    kept = same.value if isinstance(same.value, list) else [same.value]
    both = Condition(column=same.column, cmp="in", value=[*kept, found.value])
    return [both if one is same else one for one in conditions]


def _follows(words: Sequence[str], phrase: Sequence[str]) -> bool:
    return any(
        tuple(words[start : start + len(phrase)]) == tuple(phrase) for start in range(len(words))
    )


def _condition(
    phrase: Sequence[str], columns: Sequence[Column], values: Mapping[str, list[str]]
) -> Condition | None:
    wanted = stemmed(" ".join(phrase))
    for column in columns:
        kinds = values.get(column.name, [])
        if column.type == "boolean" and stemmed(column.header) == wanted:
            return Condition(column=column.name, cmp="=", value=True)
        if column.type != "text" or len(kinds) < 2:
            continue
        same = [kind for kind in kinds if stemmed(kind) == wanted]
        if len(same) == 1:
            return Condition(column=column.name, cmp="=", value=same[0])
    return None


def _has_states(work: Work) -> bool:
    values = values_of(work)
    return any(
        say.has(column.header or column.name, STATUS_WORDS) and len(values.get(column.name, ())) > 1
        for column in columns_of(work)
    )
