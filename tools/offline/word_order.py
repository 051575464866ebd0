"""Word orders of clauses that are put right before they are read: the address first, the period first, no verb at all."""

from __future__ import annotations

from podium.tools.offline.clauses import Clause
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.nouns import NounPhrase, parse_noun
from podium.tools.offline.tokens import Token


def before_site(tokens: list[Token], end: int) -> bool:
    """Read `staff list URL, ...`, `staff at URL: ...`: what is named right before the address is read."""
    if end < len(tokens) and tokens[end].low in {"of", "for"}:
        end = parse_noun(tokens, end + 1)[1]  # "the names and emails of all teachers at URL"
    at = end + 1 if end < len(tokens) and tokens[end].low in among("at on from in") else end
    return 0 < at < len(tokens) and tokens[at].kind == "url"


def site_first(clause: Clause) -> None:
    """Read `https://choir.example: all singers, ...` as what is named and then its address."""
    if not clause.after or clause.after[0].kind != "url":
        return
    start = 1
    while start < len(clause.after) and clause.after[start].kind == "punct":
        start += 1
    site, joint, rest = clause.after[0], clause.after[1:start], clause.after[start:]
    noun, end = parse_noun(rest, 0)
    joined = end < len(rest) and rest[end].low in {"and", "or", "&", "of"}
    if joint and noun.words and not joined and (noun.plural or noun.every):
        clause.verb_tokens = [*clause.verb_tokens, *joint]
        clause.after = [*rest[:end], site, *rest[end:]]


def rhythm_alone(tokens: list[Token], nouns: list[NounPhrase], end: int) -> bool:
    """Whether nothing but how often follows what is named: `overdue invoices pls, weekly`."""
    rest = tokens[end:]
    named = bool(nouns) and nouns[0].plural and not nouns[0].agents and len(nouns[0].words) <= 3
    return named and any(token.kind == "schedule" for token in rest) and all(
        token.kind in {"schedule", "punct"} or token.low in words("words", "fillers") for token in rest
    )  # fmt: skip


def date_last(clause: Clause) -> None:
    """`last month's bill`: move the period behind what it is about."""
    for lead in (0, 1):
        # "a daily CSV of all orders": the rhythm stands between the article and the noun.
        article = lead == 0 or (bool(clause.after) and clause.after[0].low in {"a", "an"})
        if len(clause.after) > lead + 1 and article and clause.after[lead].kind == "schedule":
            clause.after = [*clause.after[:lead], *clause.after[lead + 1 :], clause.after[lead]]
    tokens = clause.after
    dated = (
        at
        for at, token in enumerate(tokens)
        if token.kind == "date"
        and (
            at == 0 or tokens[at - 1].low in words("words", "articles") | among("all only just of")
        )
    )
    start = next(dated, len(tokens))
    if start >= len(tokens):
        return
    date_token, rest = tokens[start], tokens[start + 1 :]
    if rest and rest[0].low in {"'s", "\u2019s", "'"}:
        clause.verb_tokens = [*clause.verb_tokens, rest[0]]
        rest = rest[1:]
    elif not date_token.low.endswith(("'s", "\u2019s")):
        return
    noun, end = parse_noun(rest, 0)
    if not noun.empty:
        clause.after = [*tokens[:start], *rest[:end], date_token, *rest[end:]]
