"""Conditions said on their own: `only overdue ones`, `over 100 EUR`, `ignore cancelled ones`."""

from __future__ import annotations

import re
from datetime import date

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.reader import ConditionReader
from podium.tools.offline.conditions.shared import turned
from podium.tools.offline.entities import find_entities
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.nouns import parse_noun
from podium.tools.offline.tokens import Entity, tokenise
from podium.tools.offline.verbs import is_verb_word

_NEGATIVE = re.compile(
    r"^(?:ignore|skip|exclude|leave out|without|not|no|drop|omit|except)\s+", re.IGNORECASE
)
_LEAD = re.compile(
    r"^(?:(?:only|just|keep|take|include|download|collect|want|filter|by|for|to|those|the|ones|that|with|all|and|limit|it|restrict|get|read|store)\s+)+",
    re.IGNORECASE,
)


def _no_agents(_text: str) -> list[Entity]:
    return []


def read_rules(text: str, *, today: date) -> list[MatchRule]:
    """Return the conditions when the text is nothing but conditions; none otherwise."""
    negative = _NEGATIVE.match(text) is not None
    body = _NEGATIVE.sub("", text)
    restricted = (
        negative
        or re.search(
            r"\bonly\b|\bjust\b|\bkeep\b|\bfilter\b|\blimit\b|\brestrict\b", text, re.IGNORECASE
        )
        is not None
    )
    entities = find_entities(body, today=today, find_agents=_no_agents, verbs=is_verb_word)
    tokens = tokenise(body, entities)
    reader = ConditionReader(body)
    rules: list[MatchRule] = []
    index = 0
    while index < len(tokens):
        found = reader.read(tokens, index)
        if found is not None:
            rules += found[0]
            index = found[1]
            continue
        noun, end = parse_noun(tokens, index)
        if noun.conditions:
            rules += [MatchRule(phrase=condition) for condition in noun.conditions]
            index = end
            continue
        if (
            not noun.empty
            and noun.words
            and all(token.low in words("nouns", "conditions") for token in noun.words)
        ):
            rules.append(MatchRule(phrase=noun.phrase))
            index = end
            continue
        if tokens[index].kind != "punct" and tokens[index].low not in words(
            "words", "fillers"
        ) | among(
            "keep take include filter limit restrict those ones rows records items entries invoices orders"
        ):
            return []
        index += 1
    if not restricted and not all(rule.value is not None for rule in rules):
        return []
    if negative and any(rule.cmp in {"contains", "in"} for rule in rules):
        return []
    return [turned(rule) for rule in rules] if negative else rules
