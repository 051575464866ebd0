"""How alike two forms are by their signatures: where they send, and what they ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from podium.tools.grounding.requests import same_request
from podium.tools.grounding.words import contradicts, similarity

_SIGNATURE = re.compile(r"(?P<method>\S+) (?P<action>\S*) ?\[(?P<labels>.*)\]$")
_ALIKE = 0.75
_FIELDS_ALONE = 0.7
"""Most that the same questions are worth when they are sent elsewhere."""
_UNREADABLE = 0.5
"""What fields are worth that are as many and say nothing known: a translation."""


@lru_cache(maxsize=4096)
def form_likeness(recorded: str, now: str) -> float:
    """Return how alike the forms are, 0 to 1: same address and most of the same fields, in any language."""
    if recorded == now:
        return 1.0
    mine, theirs = _SIGNATURE.match(recorded), _SIGNATURE.match(now)
    if mine is None or theirs is None:
        return 0.0
    labels = _labels_alike(_labels(mine["labels"]), _labels(theirs["labels"]))
    if _sends_alike(mine, theirs):
        return 0.5 + 0.5 * labels
    return _FIELDS_ALONE * labels if mine["labels"] else 0.0


def translated_alike(recorded: str, now: str, others: Sequence[str]) -> bool:
    """Return whether a form that a script sends may be the recorded one in another language: as many fields, alone so."""
    mine, theirs = _SIGNATURE.match(recorded), _SIGNATURE.match(now)
    if mine is None or theirs is None or {mine["method"], theirs["method"]} != {"script"}:
        return False
    count = len(_labels(mine["labels"]))
    alike = [
        one for one in others if (m := _SIGNATURE.match(one)) and len(_labels(m["labels"])) == count
    ]
    return count > 1 and alike == [now]


def _labels(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _sends_alike(mine: re.Match[str], theirs: re.Match[str]) -> bool:
    if mine["method"] != theirs["method"] or mine["method"] == "script":
        return False
    if mine["action"] == theirs["action"]:
        return True
    return same_request((f"POST {mine['action']}",), f"POST {theirs['action']}")


def _labels_alike(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """Return the share of fields that have a counterpart; at least half where as many say nothing known."""
    if not mine and not theirs:
        return 1.0
    if not mine or not theirs:
        return 0.0
    free = list(theirs)
    matched = 0
    for label in mine:
        best = max(free, key=lambda other: similarity(label, other), default="")
        if best and similarity(label, best) >= _ALIKE:
            free.remove(best)
            matched += 1
    share = 2 * matched / (len(mine) + len(theirs))
    opposed = any(contradicts(a, b) for a in mine for b in free) and matched < len(mine)
    if abs(len(mine) - len(theirs)) <= 1 and not opposed:
        return max(share, _UNREADABLE)
    return share
