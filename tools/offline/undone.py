"""What is said to depend on something, or to be one thing or another, and is read by no rule."""

from __future__ import annotations

from podium.tools.offline.conditions.comparisons import comparative_at
from podium.tools.offline.frames import FORM_ACTS, Frame
from podium.tools.offline.lexicon import among

DEPENDING = among("if when whenever unless until while once")


def open_conditions(frame: Frame) -> None:
    """Note what is said to depend on something, or to be one thing or another, and was not read so."""
    _mixed_alternatives(frame)
    _denied_together(frame)
    _depending(frame)


def _mixed_alternatives(frame: Frame) -> None:
    """Note `either a puppy or older than 10 years`: no conjunction of conditions says it."""
    tokens = frame.clause.tokens
    lows = [token.low for token in tokens]
    if "either" not in lows or "or" not in lows[lows.index("either") :]:
        return
    start = lows.index("either")
    joint = lows.index("or", start)
    compared = any(
        comparative_at(tokens, place) for place in range(start, min(joint + 3, len(tokens)))
    )
    if compared and frame.act not in FORM_ACTS:
        frame.unread.append(" ".join(token.text for token in tokens[start : joint + 4]))


def _denied_together(frame: Frame) -> None:
    """Note `not (insured and in transit)`: no conjunction of conditions says it, unless it is one alone."""
    tokens = frame.clause.tokens
    for index, token in enumerate(tokens):
        if token.low not in {"not", "except", "without"} or [one.low for one in tokens[index + 1 : index + 2]] != ["("]:  # fmt: skip
            continue
        end = next((at for at in range(index, len(tokens)) if tokens[at].low == ")"), len(tokens))
        if any(one.low == "and" for one in tokens[index:end]):
            frame.unread.append(" ".join(one.text for one in tokens[index : end + 1]))


def _depending(frame: Frame) -> None:
    """Read what depends on something that no rule read must not look understood."""
    tokens = frame.clause.tokens if frame.act != "sign_in" else []
    for index, token in enumerate(tokens):
        before_ing = (
            index + 1 < len(tokens)
            and tokens[index + 1] in frame.clause.verb_tokens
            and tokens[index + 1].low.endswith("ing")
        )
        if (
            token.low in DEPENDING
            and token.is_word
            and token.start not in frame.used
            and not before_ing
        ):
            frame.unread.append(" ".join(other.text for other in tokens[index : index + 6]))
            return
