"""Whose and where, by name: `by Tolkien`, `of customer Hansen`, `by reader 4411`, `living in Bergen`."""

from __future__ import annotations

from collections.abc import Sequence

from podium.tools.offline.conditions.comparisons import comparatives
from podium.tools.offline.conditions.shared import (
    Found,
    listed_values,
    names_one,
    said_rule,
    said_value,
)
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.tokens import Token, source


def read_by(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """`by Tolkien`, `written by "Anna Berg"`."""
    at = (
        index + 1
        if tokens[index].low in among("written posted made published sent created signed")
        else index
    )
    if at + 1 >= len(tokens) or tokens[at].low not in {"by", "starring"}:
        return None
    first = tokens[at + 1]
    if first.kind == "quote":
        end = at + 2
    elif first.is_word and first.text[:1].isupper():
        end = at + 2
        while end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():
            end += 1
    else:
        return None
    value = first.value if first.kind == "quote" else source(text, tokens[at + 1 : end])
    return [said_rule(text, tokens, index, end, column="author", cmp="contains", value=value)], end


def read_whom(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `of customer Hansen`, `for supplier "Acme"`: a column of few values and one of them."""
    if tokens[index].low not in {"of", "for", "from", "by"}:
        return None
    at = index + 1
    while at < len(tokens) and tokens[at].low in {"the", "our", "my"}:
        at += 1
    if at >= len(tokens):
        return None
    if _titled(tokens[at]):
        return [said_rule(text, tokens, index, at + 1, cmp="contains", value=tokens[at].value)], at + 1  # fmt: skip
    if at + 1 >= len(tokens) or _holds_files(tokens[index], tokens[at]):
        return None
    named = index and names_one(tokens[at], tokens[at + 1])
    if tokens[at].low not in words("nouns", "categorical") and not named:
        return _numbered(text, tokens, index, at)
    end = at + 1
    if tokens[end].kind == "quote":
        end += 1
    while (
        end < len(tokens)
        and tokens[end].is_word
        and tokens[end].text[:1].isupper()
        and tokens[at + 1].is_word
    ):
        end += 1
    if end == at + 1:
        return None
    value = said_value(text, tokens, at + 1, end)
    return [said_rule(text, tokens, index, end, column=tokens[at].low, value=value)], end


def _titled(token: Token) -> bool:
    """Whether a name with its title stands there: `appointments of Dr. Novak`."""
    return token.kind == "quote" and token.text[:1].isalpha()


def _holds_files(preposition: Token, noun: Token) -> bool:
    """Whether `from the album X` says where they are, not what they are."""
    places = words("nouns", "places") - words("nouns", "categorical")
    return preposition.low == "from" and noun.lemma in places


def _numbered(text: str, tokens: Sequence[Token], index: int, at: int) -> Found | None:
    """Read `by reader 4411`, `of room 12`: which one, by its number."""
    if at + 2 < len(tokens) and tokens[at + 1].is_word and tokens[at + 2].kind == "number":
        # "of plot holder 17"
        at += tokens[at].text == tokens[at].low
    noun, number = tokens[at], tokens[at + 1]
    following = tokens[at + 2] if at + 2 < len(tokens) else None
    named = (
        noun.is_word
        and noun.text == noun.low == noun.lemma
        and noun.low not in words("nouns", "places") | words("nouns", "sites")
        and noun.low not in words("words", "fillers") | words("words", "determiners")
        and noun.low not in words("words", "prepositions") | words("words", "pronouns")
        and noun.low not in words("nouns", "columns")
        and (noun.low,) not in comparatives()
    )
    alone = (
        following is None
        or following.kind != "word"
        or following.low in words("words", "prepositions") | words("words", "conjunctions")
    )
    if not (named and alone and number.kind == "number" and number.text.strip().isdigit()):
        return None
    value = number.text.strip()
    return [said_rule(text, tokens, index, at + 2, column=noun.low, value=value)], at + 2


def read_somewhere(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """`live in Bergen`, `comes from "Lower Mill"`, `work at Harlow & Sons`: a verb and a name."""
    at = index + 1
    if at + 1 >= len(tokens) or tokens[at].low not in among("in from at near on under for of to"):
        return None
    first = at + 1
    while first + 1 < len(tokens) and tokens[first].low == "the":
        first += 1
    end = first + 1
    if tokens[first].kind != "quote":
        while end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():
            end += 1
        if not (tokens[first].is_word and tokens[first].text[:1].isupper()):
            return None
    listed = listed_values(text, tokens, first, end)
    if listed is not None:
        return [said_rule(text, tokens, index, listed[1], cmp="in", value=listed[0])], listed[1]
    value = said_value(text, tokens, first, end)
    return [said_rule(text, tokens, index, end, cmp="contains", value=value)], end


def read_named_places(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `on Mill Hill or Rose Bank`: several names are no single place to go to."""
    found = read_somewhere(text, tokens, index - 1) if index else None
    if found is None or found[0][0].cmp != "in":
        return None
    phrase = source(text, tokens[index : found[1]])
    return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]
