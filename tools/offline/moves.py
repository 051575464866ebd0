"""How far a value must have moved since the last run: `drops by more than 5 %`, `changed by at least 3`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from podium.state.program import Move
from podium.tools.offline.lexicon import among, lemma, verb_lemma, words
from podium.tools.offline.tokens import Token

Direction = Literal["either", "up", "down"]

_AMOUNTS = frozenset({"money", "number"})
_LINKS = among("by of with")
_PERCENT = among("% percent pct percentage")
_BETWEEN = among("has have had is was are were been got gets get being suddenly ever also again")
_NO_COLUMN = among(
    "one it they any anything something that which product item row record entry value them some each"
)
_MORE: dict[tuple[str, ...], bool] = {
    ("more", "than"): False, ("over",): False, ("above",): False, ("greater", "than"): False,
    ("upwards", "of"): False, ("exceeding",): False, ("at", "least"): True, ("no", "less", "than"): True,
    ("not", "less", "than"): True, ("as", "much", "as"): True, ("a", "minimum", "of"): True, ("minimum",): True,
}  # fmt: skip
"""Words before the amount, and whether the amount itself is enough."""
_ENOUGH = (("or", "more"), ("and", "more"), ("or", "higher"), ("or", "greater"), ("or", "over"), ("at", "least"), ("upwards",))  # fmt: skip
"""Words behind the amount with which the amount itself is enough."""
_BEFORE = tuple(
    tuple(said.split())
    for said in (
        "since the last run", "since the last check", "since the last time", "since the last visit", "since the previous run",
        "since the previous check", "since last time", "since then", "since the run before", "compared to the last run",
        "compared with the last run", "compared to last time", "compared with last time", "compared to the last check",
        "compared with the last check", "compared to the previous run", "compared with the previous run", "between two runs",
        "between two checks", "between runs", "between checks", "from one run to the next", "from one check to the next",
    )
)  # fmt: skip
"""The two moments that are compared: what a run reads, and what the run before it read."""


def move_at(tokens: Sequence[Token], index: int) -> tuple[Move, int] | None:
    """Return the move that begins with its verb or noun at a place, and where it ends."""
    motion = _motion(tokens, index)
    if motion is None:
        return None
    direction, at = motion
    if at + 1 < len(tokens) and tokens[at].low == "in" and tokens[at + 1].is_word:
        at += 2
    linked = at < len(tokens) and tokens[at].low in _LINKS
    at += linked
    enough, length = _comparison(tokens, at)
    compared = length > 0
    bound = compared and tokens[at].low in {"over", "above"}
    at += length
    if at < len(tokens) and tokens[at].low in among("a an the"):
        at += 1
    if at >= len(tokens) or tokens[at].kind not in _AMOUNTS:
        return None
    amount, percent = tokens[at], "%" in tokens[at].text
    at += 1
    if at < len(tokens) and tokens[at].low in _PERCENT:
        percent, at = True, at + 1
    elif [token.low for token in tokens[at : at + 2]] == ["per", "cent"]:
        percent, at = True, at + 2
    if not linked and (bound or not (compared or percent or amount.kind == "money")):
        # "rises above 50" is about the value itself.
        return None
    behind, length = _behind(tokens, at)
    if not behind and not linked and not compared and not percent and amount.kind != "money":
        return None
    return (
        Move(
            direction=direction,
            by=float(amount.value),
            percent=percent,
            reached=behind or enough or not compared,
        ),
        _until(tokens, at + length),
    )


def moved_value(tokens: Sequence[Token], index: int) -> tuple[str, Move, int] | None:
    """Return the value that moves, in words, how far, and where it ends: `whose price fell by 5 EUR`."""
    at = index
    if at < len(tokens) and tokens[at].low in {
        "whose",
        "where",
        "with",
        "for",
        "which",
        "that",
        "when",
        "if",
    }:
        at += 1
    while at < len(tokens) and (
        tokens[at].low in words("words", "determiners") or tokens[at].low in _BETWEEN
    ):
        at += 1
    for length in range(4):
        if any(not token.is_word for token in tokens[at : at + length]):
            break
        start = at + length
        while start < len(tokens) and tokens[start].low in _BETWEEN:
            start += 1
        found = move_at(tokens, start)
        if found is not None:
            cheap = any(token.low in among("cheaper dearer expensive") for token in tokens[start:])
            return _column(tokens[at : at + length]) or ("price" if cheap else ""), *found
        if start < len(tokens) and tokens[start].low in words("words", "prepositions"):
            break
    return None


def _column(said: Sequence[Token]) -> str:
    kept = [token.low for token in said if token.low not in words("words", "determiners")]
    return "" if not kept or lemma(kept[-1]) in _NO_COLUMN else " ".join(kept)


def _motion(tokens: Sequence[Token], index: int) -> tuple[Direction, int] | None:
    if index >= len(tokens) or not tokens[index].is_word:
        return None
    directions: tuple[tuple[Direction, str], ...] = (("down", "falling"), ("up", "rising"), ("either", "moving"))  # fmt: skip
    for length in (2, 1):
        rest = [token.low for token in tokens[index + 1 : index + length]]
        if len(rest) != length - 1:
            continue
        for first in {tokens[index].low, verb_lemma(tokens[index].low), lemma(tokens[index].low)}:
            said = " ".join((first, *rest))
            for direction, name in directions:
                if said in words("phrases", name):
                    return direction, index + length
    return None


def _comparison(tokens: Sequence[Token], at: int) -> tuple[bool, int]:
    for length in (3, 2, 1):
        said = tuple(token.low for token in tokens[at : at + length])
        if said in _MORE:
            return _MORE[said], length
    return False, 0


def _behind(tokens: Sequence[Token], at: int) -> tuple[bool, int]:
    """Read a unit and `or more` behind the amount."""
    for skip in (0, 1):
        if skip and (at >= len(tokens) or not tokens[at].is_word):
            break
        for said in _ENOUGH:
            if tuple(token.low for token in tokens[at + skip : at + skip + len(said)]) == said:
                return True, skip + len(said)
    unit = at < len(tokens) and tokens[at].low in among("points point units unit pieces piece euros euro dollars dollar eur usd cents pounds places ranks stars degrees")  # fmt: skip
    return False, int(unit)


def _until(tokens: Sequence[Token], at: int) -> int:
    for said in _BEFORE:
        if tuple(token.low for token in tokens[at : at + len(said)]) == said:
            return at + len(said)
    return at
