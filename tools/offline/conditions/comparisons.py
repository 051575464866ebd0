"""Words that compare: `over`, `at least`, `heavier than`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from podium.tools.offline.lexicon import among, texts
from podium.tools.offline.tokens import Token


@cache
def comparatives() -> dict[tuple[str, ...], str]:
    """Return the phrases that compare, in words, and the sign of each."""
    return {
        tuple(phrase.split()): sign for phrase, sign in texts("phrases", "comparatives").items()
    }


def comparative_at(tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """Return the comparison at a place and its length in tokens."""
    for length in (3, 2, 1):
        phrase = tuple(token.low for token in tokens[index : index + length])
        sign = comparatives().get(phrase)
        if sign is not None and len(phrase) == length:
            return sign, length
    if compares(tokens, index):
        # "heavier than", whatever is compared.
        return "<" if tokens[index].low in _LESSER else ">", 2
    if (
        index + 2 < len(tokens)
        and tokens[index].low in {"more", "less"}
        and tokens[index + 2].low == "than"
    ):
        return ">" if tokens[index].low == "more" else "<", 3
    if index + 1 < len(tokens) and tokens[index].low in {"<", ">"} and tokens[index + 1].low == "=":
        return tokens[index].low + "=", 2
    return None


_LESSER = among(
    "lighter slower colder cooler younger thinner nearer closer narrower shallower weaker quieter darker poorer quicker"
)


def compares(tokens: Sequence[Token], index: int) -> bool:
    """Whether `heavier than`, or another comparative with `than`, stands at a place."""
    return (
        index + 1 < len(tokens)
        and tokens[index].is_word
        and tokens[index].low.endswith("er")
        and len(tokens[index].low) > 4
        and tokens[index + 1].low == "than"
    )
