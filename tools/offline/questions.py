"""What is asked about agents that exist: how long, how often, from where, for whom. A question is read as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from podium.tools.offline.constructions import compiled, marked, plain, start_of
from podium.tools.offline.lexicon import among, lists, numbers, table, words
from podium.tools.offline.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, and about what where words say it."""

    what: str
    words: str = ""
    """What an agent works on, in the person's words: a site, a table."""
    act: str = ""
    """`write` or `use`: what is done with it."""


_WORKSPACE = "workspace"
_TIMES = among(
    "ago today yesterday tomorrow tonight morning noon afternoon evening night midnight week weeks month months year day days hour hours minute minutes "
    "last past previous recent recently lately latest this that the since in on at during over for within until between first second third few couple "
    "monday tuesday wednesday thursday friday saturday sunday weekend right now then again so far still already ever usually normally typically "
    "generally currently please exactly roughly about approximately me us for actually really yet by a an and of all time times average one here there when"
)
"""What may follow a question that was read: when, and words that say nothing."""


def question_about(tokens: Sequence[Token], *, known: bool) -> Asked | None:
    """Return what a sentence asks about the agents in it; `known`: `it` may mean an agent here."""
    shape, ends = marked(tokens, known=known)
    if "@" not in shape:
        return None
    return _asked(shape, ends, tokens, _about_agents())


def question_of_all(tokens: Sequence[Token]) -> Asked | None:
    """Return what a sentence asks about the workspace, naming no agent."""
    shape, ends = plain(tokens)
    if any(token.kind in {"agent", "url"} for token in tokens):
        return None
    return _asked(shape, ends, tokens, _about_all())


_POLITELY = re.compile(
    r"(?:(?:roughly|about|approximately|exactly|so|tell me|tell us|do you know|can you say|any idea|i wonder|i'd like to know|i want to know|remind me|let me know|say|,) )*"
)
"""Before a question, on top of what any request may begin with."""
_Patterns = tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _about_agents() -> _Patterns:
    return tuple(
        (what, pattern)
        for what, lines in table("questions").items()
        if what != _WORKSPACE
        for line in lists_of(lines)
        for pattern in compiled(line)
    )


@cache
def _about_all() -> _Patterns:
    return tuple(
        (what, pattern)
        for what, lines in lists("questions", _WORKSPACE).items()
        for line in lines
        for pattern in compiled(line)
    )


def lists_of(value: object) -> tuple[str, ...]:
    """Return a list of lines of the data file."""
    return tuple(str(line) for line in value) if isinstance(value, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  toml


def _asked(
    shape: str, ends: dict[int, int], tokens: Sequence[Token], patterns: _Patterns
) -> Asked | None:
    start = start_of(shape)
    politely = _POLITELY.match(shape, start)
    start = politely.end() if politely is not None else start
    best: tuple[int, str] | None = None
    for what, pattern in patterns:
        match = pattern.match(shape, start)
        if match is None or (best is not None and match.end() <= best[0]):
            continue
        if _says_nothing(tokens[ends.get(match.end(), 0) :]):
            best = (match.end(), what)
    return Asked(what=best[1]) if best is not None else None


def _says_nothing(tokens: Sequence[Token]) -> bool:
    """Whether what is left of a question is a time, or nothing that matters."""
    return all(
        token.kind in {"punct", "date", "time", "number"}
        or token.low in _TIMES
        or token.low in numbers("times", "numbers")
        for token in tokens
    )


# -- Which agents do what to what -----------------------------------------------------------------

_WHO = (
    r"(?:(?:which|what|who|any|do any|does any|does anything|does anyone|list|show me|show|give me|name|are there any)"
    r"(?: (?:all|the|my|our))*(?: (?:agents?|bots?|automations?|ones?|one|else|scrapers?))?"
    r"(?: (?:of|among) (?:them|these|those|(?:the|my|our) (?:agents|bots|automations|ones)))?(?: (?:that|which|who))?(?: (?:all|actually|really|also|ever))*)"
)
_WRITE = r"(?:(?:can |may |do |does |will )?(?:not )?(?:write|writes|wrote|writing|change|changes|submit|submits|send|sends|post|posts|alter|alters|modify|modifies|create|creates|delete|deletes|upload|uploads|fill in|fills in|book|books|enter|enters))"
_USE = r"(?:(?:can |may |do |does |will |are |is )?(?:use|uses|using|talk to|talks to|talking to|read|reads|reading|visit|visits|visiting|touch|touches|access|accesses|open|opens|go to|goes to|going to|run on|runs on|running on|work on|works on|working on|work with|works with|log into|logs into|log in to|logs in to|sign in to|signs in to|sign into|connect to|connects to|look at|looks at|deal with|deals with|hit|hits|are for|is for|belong to|belongs to|scrape|scrapes|watch|watches|need|needs|depend on|depends on))"
_EFFECTS = re.compile(
    rf"(?:(?:please|so|and|ok|okay|tell me|can you tell me|do you know)[, ]+)*{_WHO} (?:(?P<write>{_WRITE})|(?P<use>{_USE}))\b(?P<rest>.*)",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\b(?:to|into|in|on|onto|at|from|the|a|an|my|our|any|anything|something|anywhere|somewhere|data|things?|stuff|sites?|websites?|pages?|to it|requests?|forms?|at all|all|tables?|called|named)\b",
    re.IGNORECASE,
)


def effects_asked(text: str) -> Asked | None:
    """Read `which agents write to the shop?`, `which of them talk to X?`; none when it asks something else."""
    said = " ".join(text.split()).strip(" ?.!")
    match = _EFFECTS.fullmatch(said)
    if match is None or "http" in said.lower() or len(said.split()) > 14:
        return None
    rest = " ".join(_EMPTY.sub(" ", match["rest"]).split()).strip(" ,'\"")
    if match["use"] and not rest:
        return None
    if set(rest.lower().split()) & (words("words", "conjunctions") - {"&", "+"}):
        return None
    return Asked(what="effects", act="write" if match["write"] else "use", words=rest)
