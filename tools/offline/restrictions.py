"""Conditions that need no vocabulary: what records have or lack, alternatives, opposites, states after a preposition."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.plan import MatchRule
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.tokens import Token, source

Found = tuple[list[MatchRule], int]

_EMPTY = among("missing empty blank unset unknown absent")
_FILLED = among("set given known filled present stated entered recorded")
_BE = among("is are was were")
_DENYING = among("not never neither without lacking aren't isn't weren't wasn't")
_ARTICLES = among("a an any the")
_LACKING = among("without lacking lack lacks missing")
_HAVING = among("have has had having with")
_NOT_HAVING = among("don't doesn't haven't hasn't didn't")
_STATE_PREPOSITIONS = among("on in at under off")
_NO_STATE = among(
    "most least once home work first last top bottom row page table column file format total full order addition turn time date day detail general case sheet "
    "text money cash advance bulk english german french"
)
_CLOSING = (
    words("words", "prepositions") | words("words", "conjunctions") | among("please thanks only too")
)  # fmt: skip


def restriction(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Return the condition at a place that says what records have, lack, or are, in any words."""
    for reader in (_filled, _possession, _neither, _other_than):
        found = reader(text, tokens, index)
        if found is not None:
            return found
    return None


def _rule(text: str, tokens: Sequence[Token], start: int, end: int, column: str, *, empty: bool) -> Found:  # fmt: skip
    phrase = source(text, tokens[start:end])
    return [MatchRule(phrase=phrase, column=column, cmp="=" if empty else "!=", value="")], end


def _filled(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `whose expiry date is missing`, `where the supplier is not set`, `whose phone isn't empty`."""
    if tokens[index].low not in {"whose", "where"}:
        return None
    at = index + 1
    while at < len(tokens) and tokens[at].low in {"the", "their", "its"}:
        at += 1
    start = at
    while at < len(tokens) and at - start < 4 and tokens[at].is_word and tokens[at].low not in _BE | among("isn't aren't wasn't"):  # fmt: skip
        at += 1
    if at == start or at + 1 >= len(tokens) or not tokens[at].is_word:
        return None
    denied = tokens[at].low.endswith("n't")
    at += 1
    while at < len(tokens) and tokens[at].low in among("not still left yet been"):
        denied = denied or tokens[at].low == "not"
        at += 1
    word = tokens[at].low if at < len(tokens) else ""
    if word not in _EMPTY | _FILLED:
        return None
    end = at + 1
    if end < len(tokens) and tokens[end].low == "in" and word == "filled":
        end += 1
    column = source(text, tokens[start : start + _words(tokens, start)])
    return _rule(text, tokens, index, end, column, empty=(word in _EMPTY) is not denied)


def _words(tokens: Sequence[Token], start: int) -> int:
    length = 0
    while start + length < len(tokens) and tokens[start + length].low not in _BE | among("isn't aren't wasn't"):  # fmt: skip
        length += 1
    return length


def _possession(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `without a manager`, `that have no phone`, `with a title`, `who don't have an email`."""
    at = index
    if tokens[at].low in among("that who which") and at + 1 < len(tokens):
        at += 1
    verb, start = tokens[at].low, at
    empty = False
    if verb in _LACKING:
        empty = True
        at += 1
        if verb == "missing" and not (at < len(tokens) and tokens[at].low in _ARTICLES):
            return None
    elif verb in _NOT_HAVING and at + 1 < len(tokens) and tokens[at + 1].low in {"have", "got"}:
        empty = True
        at += 2
    elif verb in _HAVING:
        at += 1
        if at < len(tokens) and tokens[at].low == "no":
            empty = True
            at += 1
        elif not (at < len(tokens) and tokens[at].low in {"a", "an", "any"}):
            return None
    else:
        return None
    while at < len(tokens) and tokens[at].low in _ARTICLES:
        at += 1
    end = _noun_end(tokens, at)
    if end == at:
        return None
    column = source(text, tokens[at:end])
    return _rule(text, tokens, start, end, column, empty=empty)


def _noun_end(tokens: Sequence[Token], at: int) -> int:
    """Return where a bare noun of at most three words ends, when nothing more is said about it; else the place itself."""
    end = at
    while (
        end < len(tokens)
        and end - at < 3
        and tokens[end].is_word
        and tokens[end].low not in _CLOSING | _BE | _DENYING
        and not (end > at and _compares_itself(tokens, end))
    ):
        end += 1
    if end == at or not all(token.low == token.text for token in tokens[at:end]):
        return at
    last = tokens[end - 1]
    made = last.lemma in words("nouns", "tables") | words("nouns", "forms") | among(
        "column click note name password login account user key"
    )
    if made or last.low in texts("formats", "types") or last.low in words("nouns", "conditions"):
        return at
    if any(token.lemma in words("nouns", "columns") and token.low in {"columns", "column"} for token in tokens[at:end]):  # fmt: skip
        return at
    following = tokens[end] if end < len(tokens) else None
    if following is None or following.kind in {"url", "schedule"} or _compares_itself(tokens, end):
        return end
    if following.kind == "punct":
        return end if following.low in ", . ) ; ( ? ! \n - \u2013" else at
    return end if following.low in among("at from on in and or but please as into with without lacking having which that who whose where not never neither aren't isn't") else at  # fmt: skip


def _compares_itself(tokens: Sequence[Token], at: int) -> bool:
    """Whether a comparison begins that says what it compares: `cheaper than 35`, `priced 35 or more`, not `higher than 4`."""
    if at + 1 >= len(tokens) or tokens[at].low not in texts("phrases", "comparison_columns"):
        return False
    following = tokens[at + 1]
    return following.kind in {"number", "money", "date"} or following.low in among(
        "than at over under above below between more less up from before after since"
    )


def _neither(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `neither damaged nor reserved`, `not damaged or reserved`: each of them is left out."""
    at = index
    if tokens[at].low in among("that who which") and at + 1 < len(tokens):
        at += 1
    if tokens[at].low in _BE and at + 1 < len(tokens):
        at += 1
    joint = {"nor"} if tokens[at].low == "neither" else {"or", "nor"}
    if tokens[at].low not in among("neither not aren't isn't weren't"):
        return None
    at += 1
    items: list[str] = []
    while at < len(tokens):
        end = at
        while (
            end < len(tokens)
            and end - at < 3
            and tokens[end].is_word
            and tokens[end].low not in joint | {"and"}
            and not (end > at and tokens[end].low in _CLOSING | _DENYING | _HAVING)
        ):
            end += 1
        if end == at:
            return None
        items.append(source(text, tokens[at:end]))
        at = end
        if at < len(tokens) and tokens[at].low == "," and at + 1 < len(tokens) and tokens[at + 1].low in joint:  # fmt: skip
            at += 1
        if at < len(tokens) and tokens[at].low in joint:
            at += 1
            continue
        break
    if len(items) < 2 or any(any(char.isdigit() for char in item) for item in items):
        return None
    return [MatchRule(phrase=f"not {item}", cmp="!=") for item in items], at


def _other_than(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `health not good`, `temper not calm`: a column and the value that is left out."""
    if index + 2 >= len(tokens) or tokens[index + 1].low != "not":
        return None
    column, value = tokens[index], tokens[index + 2]
    closed = (
        _CLOSING
        | _BE
        | words("words", "auxiliaries")
        | words("words", "pronouns")
        | words("words", "openers")
    )
    named = column.is_word and column.text == column.low and column.low not in closed
    if (
        not named
        or not index
        or not (value.is_word or value.kind == "quote")
        or value.low in closed
    ):
        return None
    if column.low.endswith("s") and column.low != column.lemma:
        return None
    end = index + 3
    while value.text[:1].isupper() and end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():  # fmt: skip
        end += 1
    said = value.value if value.kind == "quote" else source(text, tokens[index + 2 : end])
    phrase = source(text, tokens[index:end])
    return [MatchRule(phrase=phrase, column=column.low, cmp="!=", value=said)], end


def state_after(tokens: Sequence[Token], index: int) -> int:
    """Return the end of `on leave`, `under repair`, `in transit`: a state, not a place; the index itself when it is none."""
    if tokens[index].low not in _STATE_PREPOSITIONS or index + 1 >= len(tokens):
        return index
    word = tokens[index + 1]
    plain = word.is_word and word.text == word.low == word.lemma and len(word.low) > 2
    closed = (
        _CLOSING | words("words", "determiners") | words("words", "pronouns") | words("nouns", "places")
        | words("nouns", "sites") | words("nouns", "tables") | words("nouns", "folders") | words("nouns", "forms")
        | words("nouns", "columns") | words("nouns", "generic") | _NO_STATE
    )  # fmt: skip
    if not plain or word.low in closed or word.low in texts("formats", "types"):
        return index
    end = index + 2
    following = tokens[end] if end < len(tokens) else None
    alone = (
        following is None
        or not following.is_word
        or following.low in _CLOSING | _DENYING | _HAVING | words("nouns", "conditions")
    )
    return end if alone else index
