"""Constructions: a verb said by particles, light verbs or needs, matched on a clause with its agents marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from podium.state.plan import Verb
from podium.tools.offline.lexicon import among, table, texts, words
from podium.tools.offline.tokens import Token

_LEAD = re.compile(
    r"(?:(?:please|pls|kindly|now|then|and|also|just|so|ok|okay|hey|hi|well|,|first|next|finally|"
    r"can you|could you|would you|will you|would you mind|you should|you can|i want you to|i need you to|"
    r"i want to|i would like to|i'd like to|i'd like you to|i would like you to|we want to|we need to|i need to|"
    r"go ahead and|let's|let us|time to|it's time to|it is time to|from now on|from today|in future) )*"
)
_ENTITIES = {
    "schedule": "SCHEDULE",
    "quote": "QUOTE",
    "url": "URL",
    "file": "FILE",
    "number": "NUM",
    "time": "TIME",
    "date": "DATE",
    "money": "NUM",
    "pair": "PAIR",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """What matched: the verb, and how many of the tokens it covers."""

    verb: Verb
    length: int


@cache
def _patterns() -> tuple[tuple[Verb, re.Pattern[str]], ...]:
    found: list[tuple[Verb, re.Pattern[str]]] = []
    for verb, lines in table("constructions").items():
        # The keys of our own data file are verbs; a test reads every one.
        found += [(cast("Verb", verb), _compiled(line)) for line in cast("list[str]", lines)]
    return tuple(found)


def _compiled(line: str) -> re.Pattern[str]:
    parts = [_part(word) for word in line.split()]
    return re.compile("".join(parts))


def _part(word: str) -> str:
    if word == "...":
        return r"(?:\S+ ){0,8}?"
    if word == "*":
        return r"(?:@ (?:(?:, |and |& |plus |with |or )*@ )*)"
    if word.startswith("["):
        return f"(?:{_either(word[1:-1])})?"
    return f"(?:{_either(word)})"


def _either(word: str) -> str:
    return "|".join(
        "$" if one == "END" else re.escape(one.replace("_", " ")) + " " for one in word.split("|")
    )


def construction_at(tokens: Sequence[Token], *, known: bool) -> Construction | None:
    """Return the construction that begins a clause; `known`: `it` may mean an agent here.

    Of several the one that covers most counts.
    """
    shape, ends = marked(tokens, known=known)
    if "@" not in shape:
        return None
    lead = _LEAD.match(shape)
    start = lead.end() if lead is not None else 0
    best: tuple[int, Verb] | None = None
    for verb, pattern in _patterns():
        match = pattern.match(shape, start)
        if match is not None and (best is None or match.end() > best[0]):
            best = (match.end(), verb)
    if best is None:
        return None
    return Construction(verb=best[1], length=ends.get(best[0], len(tokens)))


def without_agent(tokens: Sequence[Token]) -> Verb | None:
    """Return the verb of a question about the workspace as a whole that names no agent."""
    shape, _ = marked(tokens, known=False)
    lead = _LEAD.match(shape)
    start = lead.end() if lead is not None else 0
    if any(token.kind == "url" for token in tokens):
        return None
    return next(
        (
            verb
            for verb, pattern in _patterns()
            if verb == "suggest" and pattern.match(shape, start)
        ),
        None,
    )


def marked(tokens: Sequence[Token], *, known: bool) -> tuple[str, dict[int, int]]:
    """Return the clause with agents as `@`, and for each end of a word the number of tokens before it."""
    parts: list[str] = []
    ends: dict[int, int] = {}
    length = index = 0
    while index < len(tokens):
        size = _target_length(tokens, index, known=known)
        word = "@" if size else _word(tokens[index])
        index += size or 1
        parts.append(word)
        length += len(word) + 1
        ends[length] = index
    return " ".join([*parts, ""]) if parts else "", ends


def _word(token: Token) -> str:
    if (
        token.is_word
        and token.low in texts("formats", "types")
        and token.low not in {"text", "word"}
    ):
        return "FORMAT"
    if token.is_word and token.low in among("spreadsheet file json yaml zip excel csv"):
        return "FORMAT"
    return _ENTITIES.get(token.kind, token.low)


def _about(tokens: Sequence[Token], index: int) -> int:
    """Return the length of `for leads`, `of the prices` after `the scraper`: it tells which one."""
    if index >= len(tokens) or tokens[index].low not in {"for", "of", "about"}:
        return 0
    end = index + 1
    closed = (
        words("words", "prepositions") | words("words", "conjunctions") | words("words", "modals")
    )
    while (
        end < len(tokens)
        and end - index < 4
        and tokens[end].is_word
        and tokens[end].low not in closed
    ):
        end += 1
    # "no more runs of the agent for now": a time, not what it is for.
    return (
        0
        if end == index + 1 or tokens[index + 1].low in among("now today ever a good until")
        else end - index
    )


def _target_length(tokens: Sequence[Token], index: int, *, known: bool) -> int:
    """Return how many tokens at a place stand for agents: a name, `the agent`, `all my bots`, `it`."""
    token = tokens[index]
    if token.kind == "agent":
        return 1
    end = index
    while (
        end < len(tokens)
        and end - index < 4
        and tokens[end].low
        in among(
            "the my our this that these those all both every each of existing other whole entire two three same"
        )
    ):
        end += 1
    if end < len(tokens) and tokens[end].kind == "agent":
        return end + 1 - index
    noun = (
        end < len(tokens)
        and tokens[end].is_word
        and tokens[end].lemma in words("workspace", "strong_nouns")
    )
    if noun and end > index:
        return end + 1 - index + _about(tokens, end + 1)
    if token.low in among("everything them both") or (known and token.low in among("it that this")):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if (
            following is None
            or not following.is_word
            or following.low
            in words("words", "prepositions")
            | words("words", "conjunctions")
            | words("words", "auxiliaries")
            | words("words", "modals")
            | among("again back off up please now away too to a an another")
        ):
            return 1
    return 0
