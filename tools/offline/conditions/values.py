"""Columns and their values: `with status Paid`, `whose name contains "x"`."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.amounts import read_amount, read_counted
from podium.tools.offline.conditions.comparisons import compares
from podium.tools.offline.conditions.periods import read_period, read_range
from podium.tools.offline.conditions.shared import (
    AMOUNTS,
    BE,
    Found,
    column_name,
    label_of,
    listed_values,
    names_one,
    participle,
    plain_number,
    said_rule,
)
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.tokens import Token, source


def read_with(text: str, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
    """`with status Paid`, `in category Books`, `having a rating of 5`, `of type X`."""
    if tokens[index].low not in among("with in having of from by for under and or"):
        return None
    at = index + 1
    while at < len(tokens) and tokens[at].low in {"the", "a", "an"}:
        at += 1
    if at >= len(tokens):
        return None
    if tokens[at].kind == "pair" and tokens[index].low == "with":
        return [
            MatchRule(
                phrase=tokens[at].text,
                column=label_of(tokens[at]).lower(),
                value=tokens[at].value,
            )
        ], at + 1
    counted = read_counted(text, tokens, index, at)
    if counted is not None:
        return counted
    state = tokens[at].low in words("nouns", "conditions") and at + 1 < len(tokens)
    if (
        state
        and (
            at > index + 1
            or (tokens[at + 1].is_word and tokens[at + 1].low != tokens[at + 1].lemma)
        )
        and tokens[index].low in {"with", "having"}
        and tokens[at + 1].is_word
    ):
        # "with an unpaid bill"
        return [said_rule(text, tokens, at, at + 2)], at + 2
    column, length = column_name(tokens, at)
    known = length and column in words("nouns", "categorical")
    if not known and tokens[index].low in {"with", "having", "in"} and at + 1 < len(tokens):
        if [token.low for token in tokens[at + 1 : at + 3]] == ["other", "than"]:
            return _value_after(text, tokens, index, at + 1, tokens[at].low)
        named = names_one(tokens[at], tokens[at + 1]) and tokens[at].lemma not in (
            words("nouns", "places") | words("nouns", "forms") | words("nouns", "sites")
        )
        if named:
            return _value_after(text, tokens, index, at + 1, tokens[at].low)
    if not length:
        return None
    if tokens[index].low in {"with", "having", "and"}:
        amount = read_amount(text, tokens, at)
        if amount is not None:
            return amount
    nxt = at + length
    if nxt >= len(tokens):
        return None
    valued = tokens[nxt].kind in among("quote money number date") or tokens[nxt].low in BE | among(
        "contains containing not other"
    )
    named = (
        tokens[nxt].is_word
        and (column in words("nouns", "categorical"))
        and tokens[nxt].low
        not in words("words", "prepositions")
        | words("words", "conjunctions")
        | among("page section list menu tab")
        and tokens[nxt].lemma not in words("nouns", "places")
    )
    if tokens[index].low == "of" and not named:
        return None
    if tokens[index].low in among("from by for of in under and or") and tokens[nxt].low == "of":
        return None
    if not (valued or named):
        return None
    return _value_after(text, tokens, index, nxt, column)


def read_pair(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `status: open`, `category is Books`, `team Legal`."""
    token = tokens[index]
    if token.kind == "pair" and token.entity is not None:
        return [
            MatchRule(phrase=token.text, column=token.entity.label.lower(), value=token.value)
        ], index + 1
    column, length = column_name(tokens, index)
    if (
        length
        and column in words("nouns", "categorical")
        and index + length < len(tokens)
        and tokens[index + length].low in among("is = not contains")
    ):
        return _value_after(text, tokens, index, index + length, column)
    if (
        length
        and index
        and column in words("nouns", "categorical")
        and index + length < len(tokens)
        and token.text == token.low
        and tokens[index - 1].low not in words("words", "prepositions") | words("words", "articles")
        and (
            tokens[index + length].kind == "quote"
            or (tokens[index + length].is_word and tokens[index + length].text[:1].isupper())
        )
    ):
        # "volunteers team Legal"
        return _value_after(text, tokens, index, index + length, column)
    if token.low == "contains":
        return None
    return None


def read_field_value(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """`whose status is Paid`, `where name contains "x"`, `containing "x"`, `called "x"`."""
    opener = tokens[index].low
    at = index + 1
    if opener in among(
        "containing mentioning matching contain contains mention mentions named called titled include includes"
    ):
        return _containing(text, tokens, index)
    while at < len(tokens) and tokens[at].low in among("the their its a"):
        at += 1
    column, length = column_name(tokens, at)
    known = column in words("nouns", "columns") | words("nouns", "categorical") | words(
        "nouns", "fields"
    )
    if opener == "whose" and not length:
        return _whose(text, tokens, at)
    if not length or (opener == "if" and not known):
        return None
    amount = read_amount(text, tokens, at) or read_range(text, tokens, at)
    if amount is not None:
        return amount
    return _value_after(text, tokens, index, at + length, column)


def _containing(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `containing "x"`, `called Invoice`, `mentioning Hull in the title`."""
    opener = tokens[index].low
    at = index + 1
    column = {"named": "name", "called": "name", "titled": "title"}.get(opener, "")
    while at < len(tokens) and tokens[at].low in among(
        "the word words text term phrase string keyword a"
    ):
        at += 1
    if at < len(tokens) and (
        tokens[at].kind in {"quote", "number", "email"} or tokens[at].text[:1].isupper()
    ):
        end = at + 1
        while (
            tokens[at].kind == "word"
            and end < len(tokens)
            and tokens[end].kind == "word"
            and tokens[end].text[:1].isupper()
        ):
            end += 1
        value = tokens[at].value if end == at + 1 else source(text, tokens[at:end])
        if end + 1 < len(tokens) and tokens[end].low == "in":
            named = end + (2 if tokens[end + 1].low in {"the", "their", "its"} else 1)
            if named < len(tokens) and tokens[named].lemma in words("nouns", "columns"):
                column, end = tokens[named].low, named + 1
        cmp = "=" if opener in {"named", "called", "titled"} else "contains"
        return [said_rule(text, tokens, index, end, column=column, cmp=cmp, value=value)], end
    return None


def _whose(text: str, tokens: Sequence[Token], at: int) -> Found | None:
    """Read `whose membership ends before 31.12.2026`: something of theirs, and when it happens."""
    if at + 2 >= len(tokens) or not tokens[at].is_word:
        return None
    found = read_period(text, tokens, at + 2)
    if found is None:
        return None
    phrase = source(text, tokens[at : found[1]])
    return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]


def _value_after(  # noqa: C901  rules tried in their order, each short
    text: str, tokens: Sequence[Token], index: int, at: int, column: str
) -> Found | None:
    cmp = "="
    while at < len(tokens) and (
        tokens[at].low in BE
        or tokens[at].low
        in among(
            "set to not other than isn't aren't contains contain containing includes starts begins with the word text a an does doesn't ! marked as still"
        )
    ):
        low = tokens[at].low
        if low in among("not isn't aren't doesn't ! other"):
            cmp = "!="
        elif low in among("contains contain containing includes"):
            cmp = "contains" if cmp == "=" else cmp
        elif low in {"starts", "begins"}:
            return None
        at += 1
    if at >= len(tokens) or tokens[at].kind in {"punct", "url", "schedule"}:
        return None
    end = at + 1
    if tokens[at].kind == "word":
        if tokens[at].low in words("words", "prepositions") or tokens[at].low in words(
            "words", "conjunctions"
        ):
            return None
        while (
            end < len(tokens)
            and tokens[end].kind == "word"
            and tokens[end].low not in words("words", "prepositions")
            and tokens[end].low not in words("words", "conjunctions")
            and (tokens[end].text[:1].isupper() or not tokens[at].text[:1].isupper())
            and not _begins(tokens, end)
            and end - at < 3
        ):
            end += 1
    listed = listed_values(text, tokens, at, end)
    if listed is not None and cmp != "contains":
        values, end = listed
        if cmp == "!=":
            return [
                said_rule(text, tokens, index, end, column=column, cmp="!=", value=item)
                for item in values
            ], end
        return [said_rule(text, tokens, index, end, column=column, cmp="in", value=values)], end
    value: JsonValue = (
        source(text, tokens[at:end]) if tokens[at].kind == "word" else tokens[at].value
    )
    if tokens[at].kind in AMOUNTS:
        value = plain_number(tokens[at].value)
    return [said_rule(text, tokens, index, end, column=column, cmp=cmp, value=value)], end


def _begins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a participle begins a condition of its own: `whose health is poor inspected in May`."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if tokens[at].low in among("not never neither more less") or compares(tokens, at):
        return True
    told = following is not None and (
        following.kind == "date"
        or following.low in among("in on before after since between by at within more less")
    )
    return told and participle(tokens[at].low)
