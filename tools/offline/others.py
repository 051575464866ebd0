"""Agents that a phrase only tells apart from one already meant: `the other one`, `the others`, `both of them`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from podium.tools.offline.lexicon import among, lemma, verb_lemma, words
from podium.tools.offline.tokens import Entity
from podium.tools.offline.verbs import web_acts, workspace_acts
from podium.tools.planner import WorkspaceView

_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_PLACES = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "last": -1,
    "former": 0,
    "latter": 1,
}
_NOUNS = "|".join(sorted(words("nouns", "agents"), key=len, reverse=True))
_STRONG = words("workspace", "strong_nouns")
_END = r"(?=\s*(?:$|[.,;!?:]|(?:and|then|now|please|again|today|tonight|tomorrow|until|at|every|each|on|to|into|from|for|as|with|too|instead|back|once|daily|hourly|weekly|first|fail|failed|failing|broken|doing|run|ran|up|down|off|so|also|should|shall|must|can|may|will|ought|needs?|have|has|after|before|another|a|in|is|was|did|does|find|found|bring|brought|collect|do|go|went|take|come|came|yield|get|got|cost|store|read|write)\b))"
_OTHER = re.compile(
    rf"\b(?:(?:the|my|our|all(?:\s+(?:of\s+)?the)?)\s+other(?P<ending>s)?(?:\s+(?P<count>{'|'.join(_COUNTS)}))?(?:\s+(?P<noun>ones?|(?:{_NOUNS})s?))?"
    rf"|(?P<another>another|a\s+different)\s+(?P<one>one|{_NOUNS})"
    rf"|(?P<rest>the\s+(?:rest|remaining\s+(?:ones?|(?:{_NOUNS})s?|two|three))(?:\s+of\s+(?:them|my\s+agents|the\s+agents))?)"
    rf"|the\s+(?P<which>{'|'.join(_PLACES)})\s+(?:one|of\s+(?:them|those|these)|(?:{_NOUNS}))"
    rf"|(?P<vague>the\s+(?!other\b|same\b)[a-z]+\s+one)"
    rf"|(?P<both>both(?:\s+(?:of\s+(?:them|these|those)|(?:the\s+|my\s+|our\s+)?(?:{_NOUNS})s))?)){_END}",
    re.IGNORECASE,
)  # fmt: skip
_MAKES = among("make create build add need want write set up")
"""`make another one` asks for a new agent."""
_ASKS = re.compile(
    r"\b(?:what about|how about|why (?:did|does|is|was)|how (?:did|does|is)|what (?:did|does|is|was)|when (?:did|does|will)|status of|compare it (?:to|with)|and)\s+$",
    re.IGNORECASE,
)


def find_others(text: str, workspace: WorkspaceView, found: Sequence[Entity]) -> list[Entity]:
    """Return the phrases that mean agents by leaving out the one last talked about.

    With exactly two in question it is the one of them that was not; else each of the rest may be meant, and it is asked.
    """
    others: list[Entity] = []
    if not workspace.agents or "://" in text:
        return others
    for match in _OTHER.finditer(text):
        if any(entity.start < match.end() and match.start() < entity.end for entity in found):
            continue
        if not _speaks_of_agents(text, match, found):
            continue
        names, every = _meant(match, workspace, _named_before(match.start(), found))
        if names:
            others.append(
                Entity(
                    kind="agent", start=match.start(), end=match.end(), value="|".join(names),
                    label="all" if every else "",
                )
            )  # fmt: skip
    return others


def _speaks_of_agents(text: str, match: re.Match[str], found: Sequence[Entity]) -> bool:
    """Tell whether agents are meant: their noun is said, or the phrase is the object of what is done with agents."""
    noun = match["noun"] or match["one"] or ""
    if match["vague"]:
        # "the big one": nobody knows which, so it is asked, where only agents can be meant.
        return _word_before(text, match.start()) in words("workspace", "only_workspace") | among(
            "split merge"
        )
    if match["another"] and _word_before(text, match.start()) in _MAKES:
        return False
    if noun and lemma(noun.lower()) in _STRONG:
        return web_acts(_word_before(text, match.start())) == frozenset() or bool(
            workspace_acts(_word_before(text, match.start()))
        )
    before = text[: match.start()]
    return bool(
        workspace_acts(_word_before(text, match.start()))
        or _ASKS.search(before)
        or re.search(r"\b(?:show|tell|give) (?:me|us) (?:about )?$", before, re.IGNORECASE)
        or any(entity.end <= match.start() for entity in found)
    )


def _word_before(text: str, end: int) -> str:
    said = re.findall(r"[a-z'-]+", text[:end].lower())
    for count in (1, 2):
        phrase = " ".join(said[-count:])
        if len(said) >= count and workspace_acts(phrase):
            return phrase
    return verb_lemma(said[-1]) if said else ""


def _named_before(start: int, found: Sequence[Entity]) -> list[str]:
    said = sorted((entity for entity in found if entity.end <= start), key=lambda one: one.start)
    names = [entity.value for entity in said if "|" not in entity.value]
    # The same agent said again is the latest again.
    return [name for name, later in pairwise([*names, ""]) if name != later]


def _meant(
    match: re.Match[str], workspace: WorkspaceView, named: Sequence[str]
) -> tuple[list[str], bool]:
    everyone = [agent.name for agent in workspace.agents]
    lately = [name for name in workspace.lately if name in everyone]
    distinct = list(dict.fromkeys(named))
    pool = _in_question(everyone, lately, distinct)
    if match["vague"] and not match["which"]:
        return everyone, False
    if match["which"]:
        listed = _listed(workspace, lately, distinct)
        place = _PLACES[match["which"].lower()]
        return (listed[place : place + 1 or None], False) if place < len(listed) else ([], False)
    if match["both"]:
        return (pool, True) if len(pool) == 2 else ([], False)
    last = named[-1] if named else workspace.last_agent
    noun = (match["noun"] or "").lower()
    count = _COUNTS.get((match["count"] or "").lower(), 0)
    plural = bool(match["ending"] or count or match["rest"]) or (
        noun.endswith("s") and noun not in _STRONG
    )
    if plural:
        left = [name for name in everyone if name not in set(distinct or [last])]
        asked = bool(count) and len(left) != count
        return left, not asked
    left = [name for name in pool if name != last]
    if not last or last not in pool:
        left = pool
    return left, False


def _listed(workspace: WorkspaceView, lately: list[str], named: list[str]) -> list[str]:
    """Return the agents in the order they were last told: just named, of the last turn, or all of an overview."""
    if len(named) > 1:
        return named
    if len(lately) > 1:
        return lately
    last = workspace.last_requests
    overview = len(last) == 1 and last[0].verb == "inspect" and not last[0].agents
    return [agent.name for agent in workspace.agents] if overview else []


def _in_question(everyone: list[str], lately: list[str], named: list[str]) -> list[str]:
    """Return the agents among which one is told from another: two just named, two of the last turn, or all."""
    if len(named) == 2:
        return named
    if len(lately) == 2 and set(named) <= set(lately):
        return lately
    return everyone
