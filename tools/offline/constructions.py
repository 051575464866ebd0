"""Constructions: a verb said by particles, light verbs or needs, matched on a clause with its agents marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from podium.state.plan import Verb
from podium.tools.offline.lexicon import among, lists, table, texts, words
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


_MODAL = "should|must|shall|can|may|could|might|has_to|have_to|needs_to|need_to|ought_to|is_to|are_to|is_allowed_to|had_better"
_ADVERB = "[also|now|only|please|then|just|always|better]"
_WANT = "want|need|would_like|i'd_like|we'd_like|would_love|i'd_love|prefer|tell|ask|get|allow|order|instruct|command|let|have|make|see"
_FORMS = (
    f"* {_MODAL} {_ADVERB} V",
    f"{_WANT} * [to] {_ADVERB} V",
    f"can|could|should|may|might|would|will|must * {_ADVERB} V",
    f"* {_MODAL} {_ADVERB} be {_ADVERB} P",
    f"want|need|would_like|i'd_like|we'd_like|have|get|see * [to_be] {_ADVERB} P",
    f"can|could|should|may|might|would|will|must * {_ADVERB} be {_ADVERB} P",
)
"""The ways to say what agents shall do; V and P stand for a verb of the workspace, active and passive."""


@cache
def _patterns() -> tuple[tuple[Verb, re.Pattern[str]], ...]:
    found: list[tuple[Verb, re.Pattern[str]]] = []
    for verb, lines in _lines().items():
        for line in lines:
            found.extend((verb, pattern) for pattern in compiled(line))
    return tuple(found)


@cache
def _lines() -> dict[Verb, tuple[str, ...]]:
    """Return the constructions of each verb, those that the forms make among them."""
    data = table("constructions")
    # The keys of our own data file are verbs; a test reads every one.
    plain = cast(
        "dict[Verb, list[str]]", {name: part for name, part in data.items() if name != "forms"}
    )
    said = cast("dict[Verb, dict[str, str]]", data["forms"])
    made: dict[Verb, tuple[str, ...]] = {verb: tuple(lines) for verb, lines in plain.items()}
    for verb, forms in said.items():
        lines = (
            form.replace(" V", f" {forms['does']}").replace(" P", f" {forms['is']}")
            for form in _FORMS
        )
        ends = forms.get("ends", "")
        made[verb] = (*made.get(verb, ()), *(f"{line} {ends}" for line in lines))
    return made


def compiled(line: str) -> list[re.Pattern[str]]:
    """Return the patterns of one line of the notation, over what `marked` returns."""
    parts = line.split()
    lines = [parts]
    if len(parts) == 3 and parts[1] == "*" and not {"[", "."} & set(line):
        # "shut X down" and "shut down X": a particle stands on either side.
        lines.append([parts[0], parts[2], parts[1]])
    return [re.compile("".join(_part(word) for word in words_)) for words_ in lines]


@cache
def vocabulary(verb: Verb) -> frozenset[str]:
    """Return every word that some construction or verb phrase of that verb uses."""
    said = " ".join((*_lines().get(verb, ()), *lists("verbs", "workspace").get(verb, ())))
    return frozenset(re.findall(r"[a-z'-]+", said.lower().replace("_", " ")))


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
    start = start_of(shape)
    best: tuple[int, Verb] | None = None
    for verb, pattern in _patterns():
        match = pattern.match(shape, start)
        if match is not None and (best is None or match.end() > best[0]):
            best = (match.end(), verb)
    if best is None:
        return None
    return Construction(verb=best[1], length=ends.get(best[0], len(tokens)))


_OF_AGENTS = ("delete", "pause", "resume", "rename", "split", "merge", "troubleshoot")


def is_told_what_to_do(tokens: Sequence[Token]) -> bool:
    """Return whether a clause begins with an agent that should do something, or with what is done to agents."""
    shape, _ = marked(tokens, known=False)
    told = shape[start_of(shape) :]
    if re.match(rf"@ (?:{_MODAL.replace('_', ' ')}) ", told):
        return True
    before = told.partition("@")[0].strip()
    return any(before in lists("verbs", "workspace")[verb] for verb in _OF_AGENTS)


def start_of(shape: str) -> int:
    """Return where the words begin that say something: after `please`, `can you`, `I want you to`."""
    lead = _LEAD.match(shape)
    return lead.end() if lead is not None else 0


def without_agent(tokens: Sequence[Token]) -> Verb | None:
    """Return the verb of a question about the workspace as a whole that names no agent."""
    shape, _ = marked(tokens, known=False)
    start = start_of(shape)
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


def plain(tokens: Sequence[Token]) -> tuple[str, dict[int, int]]:
    """Return the words without looking for agents, and for each end of a word the number of tokens before it."""
    said = [_apart(token.low) for token in tokens]
    ends: dict[int, int] = {}
    length = 0
    for index, word in enumerate(said, 1):
        length += len(word) + 1
        ends[length] = index
    return " ".join([*said, ""]), ends


def _word(token: Token) -> str:
    if (
        token.is_word
        and token.low in texts("formats", "types")
        and token.low not in {"text", "word"}
    ):
        return "FORMAT"
    if token.is_word and token.low in among("spreadsheet file json yaml zip excel csv"):
        return "FORMAT"
    return _ENTITIES.get(token.kind, _apart(token.low))


def _apart(low: str) -> str:
    """Return a question word and its verb as two words: `what's`."""
    return re.sub(r"^(what|who|where|when|how)'?s$", r"\1 is", low)


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


_LEADS = among(
    "the my our this that these those all both every each existing other whole entire two three same"
)


_BEFORE_SUBJECT = among(
    "does did is was were has have will would should can could must let make get want are"
)
"""Before `it` they make it the subject of what follows: `how long does it take`, `let it go`."""


def _target_length(tokens: Sequence[Token], index: int, *, known: bool) -> int:
    """Return how many tokens at a place stand for agents: a name, `the agent`, `all my bots`, `it`."""
    token = tokens[index]
    if token.kind == "agent":
        return 1
    end = index
    while end < len(tokens) and end - index < 4:
        if tokens[end].low not in _LEADS and not (tokens[end].low == "of" and end > index):
            break
        end += 1
    if end < len(tokens) and tokens[end].kind == "agent":
        return end + 1 - index
    if end < len(tokens) and end > index and tokens[end].low in {"them", "these", "those"}:
        return end + 1 - index
    noun = (
        end < len(tokens)
        and tokens[end].is_word
        and tokens[end].lemma in words("workspace", "strong_nouns")
    )
    if noun and end > index:
        return end + 1 - index + _about(tokens, end + 1)
    if token.low in among("everything them both they") or (
        known and token.low in among("it that this")
    ):
        before = tokens[index - 1].low if index else ""
        if before in _BEFORE_SUBJECT and token.low != "that":
            return 1
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
