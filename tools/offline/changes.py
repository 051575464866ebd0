"""What a request to change an agent says about the change itself, without the agent it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podium.tools.offline.lexicon import words

_NOUNS = "|".join(sorted((*words("nouns", "agents"), "it", "one"), key=len, reverse=True))
_POLITE = re.compile(
    r"^(?:(?:please|now|hey|ok(?:ay)?|also|and|then|could you|can you|would you|i(?:'d| would) like(?: you)? to|i want(?: you)? to|let'?s)[\s,]+)+",
    re.IGNORECASE,
)
_VERB = (
    r"(?:update|change|modify|edit|adjust|alter|tweak|extend|amend|revise|adapt|improve|expand|reconfigure|configure|"
    r"teach|make|let|have|tell|set|get|ask|instruct|fix|refine|enhance|rework|switch)"
)
_LINK = r"(?:\s*[,:;-]\s*|\s+)(?:(?:to|so\s+that|so|such\s+that|that|and|by)\s+)?(?:it\s+|they\s+)?(?:should\s+|must\s+|shall\s+|needs?\s+to\s+|has\s+to\s+|will\s+|can\s+|to\s+)?(?:now\s+)?"
_SHOULD = r"\s+(?:should|must|shall|needs\s+to|has\s+to|ought\s+to)\s+(?:now\s+)?"


def change_readings(text: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield what may be the change, the shortest reading first: without the verb and the agent, then as it was said."""
    plain = _POLITE.sub("", text.strip()).rstrip(" .!?")
    who = _reference(names)
    seen: set[str] = set()
    for pattern in (
        rf"^{_VERB}\s+{who}{_LINK}(?P<change>.+)$",
        rf"^{who}{_SHOULD}(?P<change>.+)$",
        rf"^(?:could|can|would|will|shall|should|might)\s+{who}\s+(?:please\s+)?(?P<change>.+)$",
        rf"^(?:in|for|on|with)\s+{who}\s*[,:]?\s+(?P<change>.+)$",
        rf"^(?P<change>.+?)\s+(?:to|from|in|for|of|on|at|with)\s+{who}$",
        rf"^(?P<change>.+?)\s+{who}$",
    ):
        match = re.match(pattern, plain, re.IGNORECASE)
        if match is not None and match["change"] not in seen:
            seen.add(match["change"])
            yield match["change"].strip()
    yield text


def _reference(names: tuple[str, ...]) -> str:
    slugs = [re.escape(name) for name in names] + [
        re.escape(name).replace(r"\-", r"[\s-]") for name in names
    ]
    named = "|".join(sorted(set(slugs), key=len, reverse=True))
    nominal = rf"(?:the|my|our|this|that)\s+(?:[\w-]+\s+){{0,4}}?(?:{_NOUNS})"
    return rf"(?:(?:the|my|our)\s+)?(?:[\"'“]?(?:{named})[\"'”]?(?:\s+(?:{_NOUNS}))?|{nominal}|it)"
