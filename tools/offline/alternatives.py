"""Conditions that `or` joins, or that one `except` takes together: what no list of conditions says is not read as one."""

from __future__ import annotations

import re
from itertools import pairwise

from podium.state.plan import MatchRule
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among

_PLAIN = among("either the a an in from by of at for to with on and or")
_OR = re.compile(r"\b(?:or|or else|else)\b", re.IGNORECASE)


def join_alternatives(frame: Frame, text: str, *, sited: bool) -> None:
    """Make one condition of values that `or` joins (`Quill or The Bakehouse`); other conditions that it joins are not read."""
    _excepted_together(frame, text)
    _picked_in_groups(frame)
    for first, second in pairwise(_placed(frame, text)):
        gap = text[first[1] : second[0]]
        if first[2] not in frame.rules or second[2] not in frame.rules or not _OR.search(gap):
            continue
        said = text[first[0] : second[1]]
        plain = all(word in _PLAIN for word in re.findall(r"\w+", gap.lower()))
        if sited and plain and _is_value(first[2]) and _is_value(second[2]):
            frame.rules = [
                MatchRule(phrase=said) if rule is first[2] else rule
                for rule in frame.rules
                if rule is not second[2]
            ]
            return join_alternatives(frame, text, sited=sited)
        if said not in frame.unread:
            frame.unread.append(said)
    return None


def _placed(frame: Frame, text: str) -> list[tuple[int, int, MatchRule]]:
    """Return the rules whose words stand in the clause, by their place."""
    tokens = frame.clause.tokens
    begin, end = (tokens[0].start, tokens[-1].end) if tokens else (0, 0)
    found: list[tuple[int, int, MatchRule]] = []
    for rule in frame.rules:
        phrase = rule.phrase.removeprefix("not ")
        place = text.find(phrase, begin, end)
        if phrase and place >= 0:
            found.append((place, place + len(phrase), rule))
    return sorted(found, key=lambda one: one[:2])


def _is_value(rule: MatchRule) -> bool:
    return (
        rule.move is None
        and rule.cmp in {"=", "contains"}
        and not rule.column
        and (rule.value is None or isinstance(rule.value, str))
    )


def _excepted_together(frame: Frame, text: str) -> None:
    """Refuse `except the cats that are overdue`: it leaves out what is both, which no list of conditions says."""
    placed = _placed(frame, text)
    for first, second in pairwise(placed):
        gap = text[first[1] : second[0]]
        denied = first[2].phrase.startswith("not ") and first[2].cmp == "!="
        relative = re.fullmatch(r"\s+(?:that|which|who)\s+(?:is|are|was|were|have|has)?\s*", gap)
        said = text[first[0] : second[1]]
        if denied and relative and said not in frame.unread:
            frame.unread.append(said)


def _picked_in_groups(frame: Frame) -> None:
    """Refuse `the top 3 per depot`: no step picks in each group."""
    tokens = frame.clause.after
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if frame.which and token.low == "per" and following is not None:
            frame.unread.append(f"per {following.text}")
