"""What the readers of conditions share: a rule as said, values in a row, names of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.state.program import Comparison
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.tokens import Token, source

Found = tuple[list[MatchRule], int]


AMOUNTS = frozenset({"money", "number"})


BE = frozenset(
    {
        "is",
        "are",
        "was",
        "were",
        "be",
        "being",
        "been",
        "'s",
        "equals",
        "equal",
        "of",
        "=",
        ":",
        "reads",
        "says",
    }
)


_IRREGULAR = among(
    "lent sold bought sent made held kept found lost built born taken given written drawn won paid met left borne worn chosen broken stolen grown shown seen known driven run led taught flown ridden eaten fed hired"
)


def participle(word: str) -> bool:
    """Whether a word may say what happened to the noun before it: `lent`, `returned`."""
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 4)


_HOLDERS = among(
    "list table folder page section site portal view tab file set shop store app system website "
    "database collection catalogue catalog archive register report month quarter form address url step"
)


def said_rule(
    text: str,
    tokens: Sequence[Token],
    start: int,
    end: int,
    *,
    column: str = "",
    cmp: str = "=",
    value: JsonValue = None,
) -> MatchRule:
    # `cmp` comes from our own tables of comparisons.
    """Return a rule with the words from start to end as its phrase."""
    return MatchRule(
        phrase=source(text, tokens[start:end]),
        column=column,
        cmp=cast("Comparison", cmp),
        value=value,
    )


def turned(rule: MatchRule) -> MatchRule:
    """Return the opposite condition: `not cancelled`."""
    opposites: dict[str, Comparison] = {
        "=": "!=",
        "!=": "=",
        "<": ">=",
        ">": "<=",
        "<=": ">",
        ">=": "<",
        "contains": "lacks",
        "lacks": "contains",
    }
    return MatchRule(
        phrase=f"not {rule.phrase}",
        column=rule.column,
        cmp=opposites.get(rule.cmp, "!="),
        value=rule.value,
        or_empty=rule.cmp in {"<", ">", "<=", ">="} and not rule.or_empty,
    )


def names_one(noun: Token, name: Token) -> bool:
    """Return whether a common noun and a name stand together: `of reader Okafor`, `for teacher "Ann"`; holders of lists do not."""
    return (
        noun.is_word
        and noun.low.isalpha()
        and noun.text.islower()
        and len(noun.low) > 3
        and not noun.low.endswith("s")
        and noun.low not in _HOLDERS
        and noun.low not in words("words", "fillers") | words("words", "prepositions")
        and (
            name.kind == "quote"
            or (name.is_word and name.text[:1].isupper() and len(name.text) > 1)
        )
    )


def plain_number(text: str) -> JsonValue:
    """Return a number as JSON has it: whole where it is whole."""
    number = float(text)
    return int(number) if number == int(number) else number


def label_of(token: Token) -> str:
    """Return what an entity says beside its value, empty when it says nothing."""
    return token.entity.label if token.entity is not None else ""


def column_name(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Return the name of a column at a place and its length in tokens; empty when there is none."""
    for length in (3, 2, 1):
        phrase = " ".join(token.low for token in tokens[at : at + length])
        if len(tokens) - at >= length and (
            phrase in words("nouns", "columns")
            or phrase in words("nouns", "categorical")
            or phrase in words("nouns", "fields")
        ):
            return phrase, length
    if (
        at + 1 < len(tokens)
        and tokens[at].is_word
        and tokens[at + 1].low in BE | {"contains", "not", "isn't"}
        and tokens[at].low not in words("words", "pronouns") | BE
    ):
        return tokens[at].low, 1
    return "", 0


def listed_values(
    text: str, tokens: Sequence[Token], at: int, end: int
) -> tuple[list[JsonValue], int] | None:
    """Read `North or West`, `A, B or C`: all values of one column, when the first of them is said at a place."""
    values: list[JsonValue] = [said_value(text, tokens, at, end)]
    joined = False
    joints = {"or", ",", "nor", "and"} if tokens[at].low.endswith("days") else {"or", ",", "nor"}
    while end + 1 < len(tokens) and tokens[end].low in joints:
        first = end + 1
        if tokens[end].low == "," and tokens[first].low == "or":
            first += 1
        if tokens[end].low == "," and not any(
            token.low == "or" for token in tokens[first : first + 5]
        ):
            break
        if first >= len(tokens) or not _alike(tokens[at], tokens[first]):
            break
        joined = (
            joined
            or tokens[end].low == "and"
            or "or" in {tokens[end].low, tokens[first - 1].low}
            or tokens[end].low == "nor"
        )
        stop = first + 1
        while (
            tokens[first].text[:1].isupper()
            and tokens[first].is_word
            and stop < len(tokens)
            and tokens[stop].is_word
            and tokens[stop].text[:1].isupper()
        ):
            stop += 1
        values.append(said_value(text, tokens, first, stop))
        end = stop
    return (values, end) if joined else None


def said_value(text: str, tokens: Sequence[Token], at: int, end: int) -> str:
    """Return a value as it was said."""
    return source(text, tokens[at:end]) if tokens[at].kind == "word" else tokens[at].value


def _alike(one: Token, other: Token) -> bool:
    """Whether the other is said in the same way: a name after a name, a quote after a quote."""
    if one.kind != "word" or other.kind != "word":
        return one.kind == other.kind
    return one.text[:1].isupper() == other.text[:1].isupper() and other.low not in (
        words("words", "prepositions") | words("words", "determiners") | words("words", "pronouns")
    )
