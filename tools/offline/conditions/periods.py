"""Days and periods: `from last month`, `since 2026-01-01`, `between 1 May and 3 June`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.state.program import Comparison
from podium.tools.offline.conditions.columns import compared_column, unit_end
from podium.tools.offline.conditions.shared import Found, label_of, plain_number
from podium.tools.offline.lexicon import among, texts
from podium.tools.offline.tokens import Token, source


def read_range(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `between 10 and 20 EUR`, `from May to July`."""
    column, at = compared_column(tokens, index)
    if at >= len(tokens) or tokens[at].low not in {"between", "from", "ranging"}:
        return None
    if tokens[at].low == "ranging":
        at += 1
    first = at + 1
    if first + 2 >= len(tokens) or tokens[first + 1].low not in among("and to - until till \u2013"):
        return None
    low, high = tokens[first], tokens[first + 2]
    if low.kind not in {"money", "number", "date"} or high.kind not in {
        "money",
        "number",
        "date",
    }:
        return None
    end = unit_end(tokens, first + 3)
    phrase = source(text, tokens[index:end])
    if "date" in {low.kind, high.kind}:
        values: tuple[JsonValue, JsonValue] = (
            low.value if low.kind == "date" else f"{low.value}-01-01",
            last_day(high) if high.kind == "date" else f"{high.value}-12-31",
        )
        column = column or "date"
    else:
        values = (plain_number(low.value), plain_number(high.value))
    return [
        MatchRule(phrase=phrase, column=column, cmp=">=", value=values[0]),
        MatchRule(phrase=phrase, column=column, cmp="<=", value=values[1]),
    ], end


def read_period(text: str, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
    """`from last month`, `since 2026-01-01`, `dated before May`, `due this week`."""
    at, column = index, ""
    while at < len(tokens) and (
        tokens[at].low
        in among("that which whose were was are is have been with and a the only falls lies")
        or tokens[at].low in texts("phrases", "comparison_columns")
        or tokens[at].low in {"date", "dates", "deadline"}
    ):
        column = texts("phrases", "comparison_columns").get(tokens[at].low, column)
        if tokens[at].low in {"date", "deadline"}:
            column = tokens[at].low
        at += 1
        if at < len(tokens) and tokens[at].low == "back" and column == "due date":
            at += 1
    sign: Literal["in", "since", "after", "before", "until"] = "in"
    if at < len(tokens) and tokens[at].low in among(
        "from in of during on since after before until till by within for starting at over"
    ):
        word = tokens[at].low
        if word in {"since", "starting"}:
            sign = "since"
        elif word == "after":
            sign = "after"
        elif word == "before":
            sign = "before"
        elif word in {"until", "till", "by"}:
            sign = "until"
        at += 1
        if at < len(tokens) and tokens[at].low in {"the", "from"}:
            at += 1
    elif at == index and not (
        at < len(tokens) and tokens[at].kind == "date" and label_of(tokens[at])
    ):
        return None
    if at >= len(tokens) or tokens[at].kind != "date":
        return None
    token, end = tokens[at], at + 1
    if end < len(tokens) and tokens[end].low in {"on", "onwards", "onward"} and sign == "in":
        sign, end = "since", end + 1
    if end + 1 < len(tokens) and tokens[end].low in {"or", "and"} and sign == "in":
        edge = tokens[end + 1].low
        if edge in among("later after newer onwards onward since younger"):
            sign, end = "since", end + 2
        elif edge in among("earlier before older"):
            sign, end = "until", end + 2
    phrase = source(text, tokens[index:end])
    column = column or "date"
    rules = {
        "since": [(">=", first_day(token))],
        "after": [(">", last_day(token))],
        "before": [("<", first_day(token))],
        "until": [("<=", last_day(token))],
        "in": [("=", first_day(token))]
        if last_day(token) == first_day(token)
        else [(">=", first_day(token)), ("<=", last_day(token))],
    }[sign]
    return [
        MatchRule(phrase=phrase, column=column, cmp=cast("Comparison", cmp), value=value)
        for cmp, value in rules
    ], end


def as_days(rule: MatchRule) -> MatchRule:
    """Return a bare year as a day: `planted between 1980 and 2008` compares with dates, or with years where there are no dates."""
    year = rule.value
    if rule.column or not isinstance(year, int) or not 1500 <= year <= 2200:
        return rule
    edges = {">=": "01-01", "<": "01-01", ">": "12-31", "<=": "12-31"}
    return (
        rule
        if rule.cmp not in edges
        else rule.model_copy(update={"column": "date", "value": f"{year}-{edges[rule.cmp]}"})
    )


def first_day(token: Token) -> str:
    """Return the first day, by name when the request says it relative to today: it moves with the runs."""
    days = token.entity.days if token.entity is not None else None
    return f"{{date.{days[0]}}}" if days is not None else token.value


def last_day(token: Token) -> str:
    """Return the last day, by name when the request says it relative to today."""
    days = token.entity.days if token.entity is not None else None
    return f"{{date.{days[1]}}}" if days is not None else label_of(token) or token.value


def bound_of(token: Token, sign: str) -> str:
    """Return the day that a comparison with a period is about."""
    return last_day(token) if sign in {">", "<="} else first_day(token)
