"""Words behind the named records that no rule read: a condition as said, which only the list itself can explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podium.state.plan import MatchRule
from podium.tools.offline.coverage import says_something
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, texts
from podium.tools.offline.tokens import Token, source

_ACTS = frozenset({"take", "watch", "download"})
_DEPENDING = among("if when whenever unless until while once because")
_TURNING = among(
    "not no never neither nor without but except is are was were be been being has have had do does did can will yet still already that which who whose cannot"
)
_MOST = 10
"""Words; what is longer was not understood at all."""


@dataclass(slots=True, kw_only=True)
class _Span:
    start: int
    end: int


def keep_leftovers(frame: Frame, text: str) -> None:
    """Turn what is left of a clause that reads a list into conditions with their words alone, for the page to explain.

    A number's unit joins the rule of the number; a rule that took only a part of the words gives way.
    """
    if frame.act not in _ACTS or not frame.things or frame.unread or frame.clause.negated:
        return
    tokens = _behind_thing(frame)
    left = [token for token in tokens if _is_left(token, frame)]
    if not left or len(left) > _MOST or any(token.low in _DEPENDING for token in left):
        return
    for span in _spans(tokens, frame):
        words = [token for token in tokens if span.start <= token.start < span.end]
        words = [*_turned_by(tokens, words[0]), *words]
        if not _joins_number(frame, words, text):
            _as_rule(frame, words, tokens, text)
        frame.use(*words)


def _behind_thing(frame: Frame) -> list[Token]:
    """Return the tokens of the clause behind the name of the records."""
    named = [token.start for thing in frame.things for token in thing.words]
    start = min(named, default=0)
    return [token for token in frame.clause.after if token.start > start]


def _is_left(token: Token, frame: Frame) -> bool:
    return token.start not in frame.used and says_something(token)


def _spans(tokens: Sequence[Token], frame: Frame) -> list[_Span]:
    """Return the runs of unread words, with the small words and dots of abbreviations between them."""
    spans: list[_Span] = []
    open_ = False
    for token in tokens:
        if _is_left(token, frame):
            if open_:
                spans[-1].end = token.end
            else:
                spans.append(_Span(start=token.start, end=token.end))
            open_ = True
        elif (token.kind == "punct" and token.low != ".") or token.start in frame.used:
            open_ = False
    return spans


def _turned_by(tokens: Sequence[Token], first: Token) -> list[Token]:
    """Return the small words right before a span that may turn it into its opposite: `that have not`, `without`."""
    before = [token for token in tokens if token.start < first.start]
    place = len(before)
    while place and (before[place - 1].low in _TURNING or before[place - 1].low.endswith("n't")):
        place -= 1
    return before[place:]


def _joins_number(frame: Frame, words: Sequence[Token], text: str) -> bool:
    """Add the unit of a number to its rule: `over 10` and `metres`."""
    if len(words) != 1 or words[0].lemma not in texts("phrases", "units"):
        return False  # "over 10 unpaid": another condition
    for place, rule in enumerate(frame.rules):
        end = _end_of(rule, text, words[0].start)
        if (
            isinstance(rule.value, int | float)
            and end >= 0
            and not text[end : words[0].start].strip()
        ):
            phrase = text[end - len(rule.phrase) : words[0].end]
            frame.rules[place] = rule.model_copy(update={"phrase": phrase})
            return True
    return False


def _is_dated(rule: MatchRule) -> bool:
    """Whether a day decides: what stands before it is another condition."""
    return (isinstance(rule.value, str) and rule.value[:5].rstrip("-").isdigit()) or str(rule.value).startswith("{date.")  # fmt: skip


def _as_rule(frame: Frame, words: list[Token], tokens: Sequence[Token], text: str) -> None:
    start, end = words[0].start, words[-1].end
    for rule in list(frame.rules):
        if rule.move is not None or isinstance(rule.value, int | float) or _is_dated(rule):
            continue
        last = _end_of(rule, text, len(text))
        first = last - len(rule.phrase)
        gap = text[end:first] if first >= end else text[last:start]
        if last < 0 or gap.strip(" .") not in {"", "or", "nor"}:
            continue
        # "owned" + "by J" + "Pike": what a rule took of it was a guess.
        start, end = min(start, first), max(end, last)
        frame.rules.remove(rule)
    whole = [token for token in tokens if start <= token.start < end]
    frame.rules.append(MatchRule(phrase=source(text, whole)))


def _end_of(rule: MatchRule, text: str, before: int) -> int:
    """Return where the words of a rule end in the text, -1 when it has other words."""
    place = text.rfind(rule.phrase, 0, before) if rule.phrase else -1
    return place + len(rule.phrase) if place >= 0 else -1
