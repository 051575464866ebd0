"""States and what happened: `on leave`, `that are overdue`, `not inspected since May`, `lent between March and May`."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.plan import MatchRule
from podium.state.program import Comparison
from podium.tools.offline.conditions.amounts import read_amount
from podium.tools.offline.conditions.columns import unit_column, unit_end
from podium.tools.offline.conditions.comparisons import comparative_at
from podium.tools.offline.conditions.names import read_somewhere
from podium.tools.offline.conditions.periods import as_days, read_period, read_range
from podium.tools.offline.conditions.shared import (
    AMOUNTS,
    BE,
    Found,
    names_one,
    participle,
    plain_number,
    said_rule,
    turned,
)
from podium.tools.offline.conditions.values import read_field_value, read_with
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.restrictions import state_after
from podium.tools.offline.tokens import Token, source


def read_negated(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `not in category Tools`, `that are not on leave`, `not inspected in the last 30 days`: the opposite of what follows."""
    at = index
    if tokens[at].low in {"that", "which", "who"} and at + 1 < len(tokens):
        at += 1
    nobody = tokens[at].low in among("nobody noone none") and at + 2 < len(tokens)
    if nobody and tokens[at + 1].low in among("has have had is was"):
        return _by_nobody(text, tokens, at)
    if tokens[at].low in among("are is were was have has been") and at + 1 < len(tokens):
        at += 1
    if tokens[at].low not in among("not never haven't hasn't aren't isn't weren't wasn't"):
        return None
    denial = at
    at += 1
    while at < len(tokens) and tokens[at].low in among("been yet being ever"):
        at += 1
    if at >= len(tokens):
        return None
    state = state_after(tokens, at)
    if state > at:
        return [MatchRule(phrase=f"not {source(text, tokens[at:state])}", cmp="!=")], state
    since = _not_since(text, tokens, denial, at)
    if since is not None:
        return since
    placed = read_with(text, tokens, at)
    if placed is not None and len(placed[0]) == 1 and placed[0][0].cmp == "=":
        return [turned(placed[0][0])], placed[1]
    return None


def _not_since(text: str, tokens: Sequence[Token], denial: int, at: int) -> Found | None:
    """Read what did not happen since a day as what happened before it, or never."""
    dated = read_happened(text, tokens, at)
    first = next(
        (one for one in dated[0] if one.cmp in {">=", ">"} and isinstance(one.value, str)), None
    ) if dated is not None else None  # fmt: skip
    if dated is None or first is None:
        return None
    cmp: Comparison = "<" if first.cmp == ">=" else "<="
    opposite = {"phrase": source(text, tokens[denial : dated[1]]), "cmp": cmp, "or_empty": True}
    return [first.model_copy(update=opposite)], dated[1]


def _by_nobody(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `which nobody has borrowed this year`, `nobody has collected`: what did not happen."""
    at = index + 2
    while at < len(tokens) and tokens[at].low in among("ever yet been still"):
        at += 1
    if at >= len(tokens):
        return None
    since = _not_since(text, tokens, index, at)
    if since is not None:
        return since
    if not participle(tokens[at].low):
        return None
    end = at + 1
    timed = end < len(tokens) and tokens[end].low == "for"
    aged = read_amount(text, [*tokens[end + 1 :]], 0) if timed and end + 1 < len(tokens) else None
    if aged is None:
        return [MatchRule(phrase=f"not {tokens[at].text}", cmp="!=")], end
    # "nobody has collected for more than a week": how long is told by some column of days, which only the page knows.
    return [said_rule(text, tokens, index, end + 1 + aged[1])], end + 1 + aged[1]


def read_state(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `on leave`, `who are under repair`: a state after a preposition."""
    at = index
    if tokens[at].low in {"that", "which", "who"} and at + 1 < len(tokens):
        at += 1
    while at + 1 < len(tokens) and tokens[at].low in among("are is were was still currently"):
        at += 1
    end = state_after(tokens, at)
    return ([said_rule(text, tokens, at, end)], end) if end > at else None


def read_idiom(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `out of stock`, `in progress`: phrases that say a state."""
    for length in (4, 3, 2):
        phrase = " ".join(token.low for token in tokens[index : index + length])
        if phrase in words("phrases", "idioms"):
            return [said_rule(text, tokens, index, index + length)], index + length
    return None


def read_happened(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `lent between 01.02. and 28.02.`: a participle and when, or where, it happened."""
    counted = _numbered(text, tokens, index) if index + 1 < len(tokens) else None
    if counted is not None:
        return counted
    adverb = tokens[index].low in {"last", "first"} and index + 1 < len(tokens)
    if adverb and participle(tokens[index + 1].low):
        # "last inspected in May": the participle says what happened.
        found = read_happened(text, tokens, index + 1)
        if found is None:
            return None
        phrase = source(text, tokens[index : found[1]])
        return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]
    token = tokens[index]
    at = index + 1
    stated = token.low in words("nouns", "conditions") or token.low == "working"
    if at < len(tokens) and tokens[at].low in among("and or but that which who whose with ,"):
        return None
    if at >= len(tokens) or not token.is_word or not (participle(token.low) or stated):
        return None
    if tokens[at].low in texts("phrases", "comparison_columns"):
        return None
    if stated and not participle(token.low):
        where = read_somewhere(text, tokens, index)
        if where is None:
            return None
        return where
    at = _behind_object(tokens, at)
    found = (
        read_range(text, tokens, at)
        or read_period(text, tokens, at)
        or _often(text, tokens, at)
        or read_somewhere(text, tokens, index)
    )
    if found is None:
        return None
    phrase = source(text, tokens[index : found[1]])
    return [as_days(rule).model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]


def _numbered(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """Read `numbered 100 to 150`, `numbered 12`: the participle names the column of the numbers behind it."""
    column = {"numbered": "number", "aged": "age"}.get(tokens[index].low)
    if column is None or tokens[index + 1].kind != "number":
        return None
    low, end = tokens[index + 1], index + 2
    high = tokens[end + 1] if end + 1 < len(tokens) and tokens[end].low in among("to - \u2013") else None  # fmt: skip
    if high is None or high.kind != "number":
        return [said_rule(text, tokens, index, end, column=column, value=plain_number(low.value))], end  # fmt: skip
    end += 2
    return [
        said_rule(text, tokens, index, end, column=column, cmp=">=", value=plain_number(low.value)),
        said_rule(text, tokens, index, end, column=column, cmp="<=", value=plain_number(high.value)),
    ], end  # fmt: skip


def _behind_object(tokens: Sequence[Token], at: int) -> int:
    """Return the place behind `their pledge` in `renewed their pledge since May`, or behind `in` in `logged in since May`, where a time follows it; else the place itself."""
    if tokens[at].low in among("in on off out up down back over") and at + 2 < len(tokens):
        dated = (
            tokens[at + 1].low in among("since before after until during")
            and tokens[at + 2].kind == "date"
        )
        return at + 1 if dated else at
    if tokens[at].low not in among("their its his her the a an any"):
        return at
    end = at + 1
    while end < len(tokens) and end - at < 4 and tokens[end].is_word and tokens[end].low not in words("words", "prepositions"):  # fmt: skip
        end += 1
    timed = end + 1 < len(tokens) and tokens[end + 1].kind == "date"
    return end if timed and end > at + 1 else at


def _often(text: str, tokens: Sequence[Token], at: int) -> Found | None:
    """Read `more than twice`, `fewer than 3 times`, `earlier than 1990`, `more than 30 days ago` after what happened."""
    limits = among("more less fewer over under at earlier later above below up")
    if comparative_at(tokens, at) is None or tokens[at].low not in limits:
        return None
    return read_amount(text, tokens, at)


def read_relative(text: str, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
    """Read `that are overdue`, `which have not been paid yet`, `marked as urgent`, `whose name contains "x"`."""
    at = index
    opener = tokens[at].low
    if (
        opener in {"that", "which", "who"}
        and at + 1 < len(tokens)
        and tokens[at + 1].low
        in among(
            "is are was were have has haven't hasn't aren't isn't need needs still do don't not can contain contains cost costs mention mentions include includes weren't didn't did"
        )
    ):
        at += 1
    elif opener in {"that", "which", "who"}:
        return _told(text, tokens, index)
    elif opener in {"not", "still", "currently", "already"} and not _states(tokens, at + 1):
        return None
    elif opener in among(
        "marked flagged labelled labeled tagged categorised categorized assigned addressed belonging awaiting currently still already not needing waiting"
    ):
        pass
    elif opener in among("living based born residing coming working staying registered"):
        return read_somewhere(text, tokens, index)
    elif opener in among(
        "whose where containing mentioning matching named called titled if starting"
    ):
        return read_field_value(text, tokens, index)
    else:
        return None
    if tokens[at].low in among("contain contains mention mentions include includes"):
        return read_field_value(text, tokens, at)
    inner = at + 1 if tokens[at].low in among("is are was were have has had") else at
    if inner < len(tokens) and tokens[inner].low == "been" and inner > at:
        inner += 1
    for reader in (read_happened, read_amount, read_period):
        found = reader(text, tokens, inner) if inner < len(tokens) else None
        if found is not None:
            return found
    end = phrase_end(tokens, inner)
    start = inner
    helping = words("words", "auxiliaries") | among("aren't isn't weren't wasn't haven't hasn't")
    if all(token.low in helping for token in tokens[inner:end]):
        return None  # what is said stands behind, and nothing read it
    if tokens[end - 1].kind == "quote":
        return [
            said_rule(
                text,
                tokens,
                start,
                end,
                cmp="contains" if opener == "marked" else "=",
                value=tokens[end - 1].value,
            )
        ], end
    return [said_rule(text, tokens, start, end)], end


def _states(tokens: Sequence[Token], at: int) -> bool:
    """Whether a state follows `not` or `still`: `not yet paid`, `still open`."""
    while at < len(tokens) and tokens[at].low in {"yet", "been", "already", "to", "be"}:
        at += 1
    return at < len(tokens) and (
        tokens[at].low in words("nouns", "conditions") or tokens[at].low.endswith("ed")
    )


def _told(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    """`who joined after 2025-01-01`, `that ship within 3 days`: a verb and a readable condition."""
    at = index + 1
    if at >= len(tokens) or not tokens[at].is_word or tokens[at].low in words("words", "pronouns"):
        return None
    if at + 1 < len(tokens) and tokens[at + 1].kind in AMOUNTS and comparative_at(tokens, at) is None:  # fmt: skip
        # "which pay 30k": what they do so much of is the column.
        end = unit_end(tokens, at + 2)
        if end >= len(tokens) or not tokens[end].is_word or tokens[end].low in words("words", "prepositions"):  # fmt: skip
            column = unit_column(tokens, at + 1, end) or texts("phrases", "comparison_columns").get(tokens[at].low, tokens[at].lemma)  # fmt: skip
            return [said_rule(text, tokens, at, end, column=column, value=plain_number(tokens[at + 1].value))], end  # fmt: skip
    for reader in (read_amount, read_range, read_period, read_field_value, read_somewhere):
        start = at if reader in {read_field_value, read_somewhere} else at + 1
        found = reader(text, tokens, start) if start < len(tokens) else None
        if found is not None:
            phrase = source(text, tokens[at : found[1]])
            return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]
    return None


def phrase_end(tokens: Sequence[Token], at: int) -> int:
    """Return where the words that say a state end."""
    end = at
    while end < len(tokens) and end - at < 6:
        token = tokens[end]
        if token.kind in among("punct url schedule cred pair"):
            break
        if token.low in among("that which who whose where but and , ;"):
            break
        if (
            end > at
            and token.low in among("not never neither without")
            and tokens[end - 1].low not in BE
        ):
            break
        if token.low == "or":
            following = tokens[end + 1] if end + 1 < len(tokens) else None
            if (
                following is None
                or not following.is_word
                or following.low in (words("words", "prepositions") | words("words", "determiners"))
            ):
                break
        if (
            end > at
            and token.low == "of"
            and end + 1 < len(tokens)
            and (
                tokens[end + 1].low in words("nouns", "categorical")
                or (end + 2 < len(tokens) and names_one(tokens[end + 1], tokens[end + 2]))
            )
        ):
            break
        if (
            end > at
            and token.low
            in among("from in at on into to as with including for by using via along together")
            and tokens[end - 1].low
            not in among(
                "marked flagged tagged assigned addressed labelled labeled categorised belonging due waiting"
            )
        ) and not (
            token.low in {"in", "on"}
            and f"{token.low} {tokens[end + 1].low if end + 1 < len(tokens) else ''}"
            in words("phrases", "idioms")
        ):
            break
        end += 1
    return end
