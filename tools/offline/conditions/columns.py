"""Which column a comparison is about: the one named before it, or that of its unit."""

from __future__ import annotations

from collections.abc import Sequence

from podium.tools.offline.conditions.comparisons import comparative_at
from podium.tools.offline.conditions.shared import AMOUNTS
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.tokens import Token


def compared_column(tokens: Sequence[Token], index: int) -> tuple[str, int]:
    """Find a column before a comparison: `with a price (of|is) under`, `costing less than`."""
    at = index
    if at < len(tokens) and tokens[at].low in among(
        "with where whose having that which and who if when"
    ):
        at += 1
    while at < len(tokens) and tokens[at].low in among(
        "the a an its their is are has have was were whose it they"
    ):
        at += 1
    for length in (3, 2, 1):
        phrase = " ".join(token.low for token in tokens[at : at + length])
        if len(tokens) - at >= length and (
            phrase in words("nouns", "columns") or phrase in texts("phrases", "comparison_columns")
        ):
            column = texts("phrases", "comparison_columns").get(phrase, phrase)
            end = at + length
            while (
                end < len(tokens)
                and tokens[end].low
                in among(
                    "is are of was falls drops fall drop goes gets rises to be being costs a has equals"
                )
                and not comparative_at(tokens, end)
            ):
                end += 1
            return column, end
    named = index < at < len(tokens) - 1 and tokens[index].low in among("with whose having")
    if named and tokens[at].is_word and not comparative_at(tokens, at):
        # "with an area under 200": whatever it is called, a comparison says that it is a column.
        end = at + 1
        while end < len(tokens) and tokens[end].low in among("is are of was"):
            end += 1
        compared = comparative_at(tokens, end) if end < len(tokens) else None
        follows = end + compared[1] if compared is not None else len(tokens)
        if follows < len(tokens) and tokens[follows].kind in AMOUNTS:
            return tokens[at].low, end
    # "costs", "is": no column of its own
    if at > index and comparative_at(tokens, at):
        return "", at
    return "", index


def implied_column(tokens: Sequence[Token], start: int, end: int) -> str:
    """Return the column that the words themselves speak of: `costing less than`."""
    for token in tokens[start:end]:
        if token.low in texts("phrases", "comparison_columns"):
            return texts("phrases", "comparison_columns")[token.low]
    return ""


def unit_end(tokens: Sequence[Token], end: int) -> int:
    """Skip the unit after a number: `4 stars`, `3 rooms`, `20 %`."""
    if end >= len(tokens):
        return end
    token = tokens[end]
    if token.low == "%" or token.lemma in texts("phrases", "units"):
        return end + 1
    plural = (
        token.is_word
        and token.low != token.lemma
        and token.low.endswith("s")
        and token.low not in words("phrases", "appearing")
        and tokens[end - 1].kind != "money"
    )
    closed = (
        words("words", "prepositions") | words("words", "conjunctions") | words("words", "fillers")
    )
    return end + 1 if plural and token.low not in closed else end


def unit_column(tokens: Sequence[Token], at: int, end: int) -> str:
    """Find the column that a unit speaks of; a counted noun is its own column: `3 rooms`."""
    if end - 1 <= at or not tokens[end - 1].is_word:
        return ""
    unit = tokens[end - 1]
    return texts("phrases", "units").get(unit.lemma, unit.low)


_MEASURES = {
    "long": "length", "wide": "width", "tall": "height", "high": "height", "deep": "depth",
    "heavy": "weight", "thick": "thickness", "away": "distance", "across": "diameter",
}  # fmt: skip


def measured(tokens: Sequence[Token], end: int) -> str:
    """Return the column that an adjective behind an amount speaks of: `over 10 m long`."""
    return _MEASURES.get(tokens[end].low, "") if end < len(tokens) else ""
