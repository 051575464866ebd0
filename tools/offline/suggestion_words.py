"""Decisions on suggestions in words."""

from __future__ import annotations

import re

from podium.tools.offline.lexicon import numbers

_DECISIONS = {
    "never": r"\b(?:never|not? (?:again|any ?more))\b",
    "dismissed": r"\b(?:dismiss|ignore|reject|decline|skip|drop|discard|put aside|no to)\b",
    "accepted": r"\b(?:accept|take|apply|adopt|do|carry out|implement|go (?:ahead )?with|approve|yes to|use)\b",
}
_SUGGESTION = r"\b(?:suggestions?|proposals?|recommendations?|tips?)\b"


def decision_in(text: str) -> tuple[str, str] | None:
    """Return what a sentence decides about which suggestion: `dismiss suggestion 2`, `never suggest sug_1 again`."""
    named = re.search(
        rf"{_SUGGESTION} (?:number |no\. ?|# ?)?(?P<which>\d+|sug_\w+)\b|\b(?P<id>sug_\w+)\b|\b(?P<ordinal>first|second|third|fourth|fifth|last) {_SUGGESTION}|\bsuggest (?P<again>\d+)\b",
        text,
    )
    if named is None:
        return None
    for decision, pattern in _DECISIONS.items():
        if re.search(pattern, text):
            ordinals = numbers("times", "ordinals")
            which = named["which"] or named["id"] or named["again"]
            return decision, which or str(ordinals.get(named["ordinal"], 1))
    return None
