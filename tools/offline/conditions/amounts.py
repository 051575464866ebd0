"""Amounts, ages and counts: `over 100 EUR`, `older than 30 days`, `20 to 30 hours`, `with 3 rooms`."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.columns import (
    compared_column,
    implied_column,
    measured,
    unit_column,
    unit_end,
)
from podium.tools.offline.conditions.comparisons import comparative_at
from podium.tools.offline.conditions.periods import bound_of
from podium.tools.offline.conditions.shared import AMOUNTS, Found, label_of, plain_number, said_rule
from podium.tools.offline.dates import day_ago
from podium.tools.offline.lexicon import among, lemma, numbers
from podium.tools.offline.tokens import Token, source


def read_amount(text: str, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
    """Read `over 100 EUR`, `a rating of at least 4`, `100 EUR or more`, `older than 30 days`."""
    start = index
    column = ""
    if comparative_at(tokens, index) is None:
        column, index = compared_column(tokens, index)
    compared = comparative_at(tokens, index) if index < len(tokens) else None
    if compared is not None:
        sign, length = compared
        at = index + length
        while at < len(tokens) and tokens[at].low in among("a an the total price value amount of"):
            if tokens[at].low in among("price amount value total"):
                column = column or tokens[at].low
            at += 1
        if at < len(tokens) and at and tokens[at - 1].low in {"a", "an"}:
            aged = _age(text, tokens, start, at - 1, sign, column, 1.0)
            if aged is not None:
                return aged
        often = times_said(tokens, at)
        if often is not None:
            count, end = often
            return [said_rule(text, tokens, start, end, column=column, cmp=sign, value=count)], end
        if (
            at < len(tokens)
            and tokens[at].low in numbers("times", "numbers")
            and at + 1 < len(tokens)
        ):
            return _age(
                text,
                tokens,
                start,
                at,
                sign,
                column,
                float(numbers("times", "numbers")[tokens[at].low]),
            )
        if at < len(tokens) and tokens[at].kind in AMOUNTS:
            aged = _age(text, tokens, start, at, sign, column, float(tokens[at].value))
            if aged is not None:
                return aged
            if sign == ">=" and tokens[index].low == "from" and tokens[at].kind != "money":
                return None
            end = unit_end(tokens, at + 1)
            said_of = measured(tokens, end)
            column, end = (column or said_of, end + 1) if said_of else (column, end)
            column = column or implied_column(tokens, start, end) or unit_column(tokens, at, end)
            if sign in {"older", "newer"}:
                return _years(text, tokens, start, at, sign)
            return [
                said_rule(
                    text,
                    tokens,
                    start,
                    end,
                    column=column,
                    cmp=sign,
                    value=plain_number(tokens[at].value),
                )
            ], end
        if (
            at < len(tokens)
            and tokens[at].kind == "date"
            and sign in among("> >= < <= older newer")
            and not (tokens[index].low == "from" and label_of(tokens[at]))
        ):
            sign = {"older": "<", "newer": ">"}.get(sign, sign)
            if tokens[at].low.endswith("ago"):
                # "more than 30 days ago" is before that day.
                sign = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[sign]
            return [
                said_rule(
                    text,
                    tokens,
                    start,
                    at + 1,
                    column=column or "date",
                    cmp=sign,
                    value=bound_of(tokens[at], sign),
                )
            ], at + 1
        return None
    # "100 EUR or more", "of 4 stars and up"
    if (
        index == start
        and index + 1 < len(tokens)
        and tokens[index].low in {"of", "with", "at", "for"}
    ):
        found = read_amount(text, tokens, index + 1) if tokens[index + 1].kind in AMOUNTS else None
        if found is not None:
            return found
    if index < len(tokens) and tokens[index].kind in AMOUNTS and (index == start or column):
        end = unit_end(tokens, index + 1)
        tail = comparative_at(tokens, end) if end < len(tokens) else None
        if tail is not None and tokens[end].low in {"or", "and"}:
            last = unit_end(tokens, end + tail[1])
            column = column or unit_column(tokens, index, end) or unit_column(tokens, end + tail[1] - 1, last)  # fmt: skip
            return [
                said_rule(
                    text,
                    tokens,
                    start,
                    last,
                    column=column,
                    cmp=tail[0],
                    value=plain_number(tokens[index].value),
                )
            ], last
    return None


def _age(
    text: str, tokens: Sequence[Token], start: int, at: int, sign: str, column: str, count: float
) -> Found | None:
    """`older than 30 days`, `more than two weeks overdue`: a date, not an amount."""
    unit = lemma(tokens[at + 1].low) if at + 1 < len(tokens) and tokens[at + 1].is_word else ""
    if unit not in {"day", "week", "month", "year"}:
        return None
    end = at + 2
    tail = tokens[end].low if end < len(tokens) else ""
    past = sign in {"older", ">", ">="}
    if tail == "behind":
        # "2 months behind with the rent": only the page can tell in what column.
        return [said_rule(text, tokens, start, _behind(tokens, end))], _behind(tokens, end)
    if tail in {"old", "ago"}:
        end += 1
    elif tail in {"overdue", "late"}:
        end += 1
        column = column or "due date"
    elif sign not in {"older", "newer"}:
        return None
    return [
        said_rule(
            text,
            tokens,
            start,
            end,
            column=column or "date",
            cmp="<" if past else ">",
            value=f"{{date.{day_ago(count, unit)}}}",
        )
    ], end


def read_span(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `with 20 to 30 hours`, `20-30 EUR`: from one to the other."""
    at = index + 1 if tokens[index].low in among("with having of for") else index
    if at + 3 > len(tokens) or tokens[at + 1].low not in among("to - \u2013"):
        return None
    low, high = tokens[at], tokens[at + 2]
    if low.kind not in AMOUNTS or high.kind not in AMOUNTS:
        return None
    end = unit_end(tokens, at + 3)
    if end == at + 3 and high.kind == "number":
        return None
    column = unit_column(tokens, at + 2, end)
    phrase = source(text, tokens[index:end])
    return [
        MatchRule(phrase=phrase, column=column, cmp=">=", value=plain_number(low.value)),
        MatchRule(phrase=phrase, column=column, cmp="<=", value=plain_number(high.value)),
    ], end


def read_counted(text: str, tokens: Sequence[Token], index: int, at: int) -> Found | None:
    """`with 3 rooms`: the noun is the column."""
    number = tokens[at]
    if (
        tokens[index].low not in {"with", "having"}
        or number.kind != "number"
        or at + 1 >= len(tokens)
    ):
        return None
    end = unit_end(tokens, at + 1)
    if end == at + 1:
        return None
    column = unit_column(tokens, at, end)
    return [
        said_rule(text, tokens, index, end, column=column, value=plain_number(number.value))
    ], end


def times_said(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Read `twice`, `3 times`: how often, and where it ends."""
    if at >= len(tokens):
        return None
    once = {"once": 1, "twice": 2, "thrice": 3}.get(tokens[at].low)
    if once is not None:
        return once, at + 1
    if at + 1 < len(tokens) and tokens[at + 1].low == "times" and tokens[at].kind == "number":
        return int(float(tokens[at].value)), at + 2
    return None


def _behind(tokens: Sequence[Token], at: int) -> int:
    """Return where `behind with the rent`, `behind on their fees` ends."""
    end = at + 1
    if end + 1 >= len(tokens) or tokens[end].low not in {"with", "on", "in"}:
        return end
    end += 1
    while end + 1 < len(tokens) and tokens[end].low in among("the their its his her"):
        end += 1
    return end + 1 if tokens[end].is_word else end


def _years(text: str, tokens: Sequence[Token], start: int, at: int, sign: str) -> Found | None:
    """Read `older than 65`: a plain number is an age in years."""
    number = tokens[at]
    if sign != "older" or number.kind != "number" or not 0 < float(number.value) < 150:
        return None
    value = plain_number(number.value)
    return [said_rule(text, tokens, start, at + 1, column="age", cmp=">", value=value)], at + 1
