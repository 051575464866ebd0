"""Orders that a pick goes by: `sort by rating, best first, keep the top ten`, `sorted by price descending, first 5`."""

from __future__ import annotations

from collections.abc import Sequence

from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among
from podium.tools.offline.nouns import parse_noun
from podium.tools.offline.tokens import Token

_FALLING = among(
    "descending desc decreasing best highest largest biggest greatest most newest latest longest heaviest dearest tallest fastest"
)
_RISING = among(
    "ascending asc increasing alphabetically worst lowest smallest least oldest earliest shortest lightest cheapest slowest fewest"
)
_HIGH, _LOW = among("high highest large new newest big"), among("low lowest small old oldest")
_VALUED = among("best worst")
_COSTS = among("price cost fee rent fare rate charge total amount")


def read_sorting(frame: Frame, tokens: Sequence[Token]) -> None:
    """Read the column, the direction and how many are kept into the frame; what else is said stays unexplained."""
    at = next((place for place, token in enumerate(tokens) if token.low == "by"), None)
    if at is None:
        return
    noun, end = parse_noun(tokens, at + 1)
    said = [word for word in noun.words if word.low not in _FALLING | _RISING]
    if not said or noun.agents:
        return
    frame.by = " ".join(word.text for word in said)
    frame.use(*frame.clause.verb_tokens, *tokens[: at + 1], *noun.tokens)
    for token in [*tokens[:at], *noun.tokens]:
        _direction(frame, token)
    _rest(frame, tokens, end)


def _rest(frame: Frame, tokens: Sequence[Token], index: int) -> None:
    while index < len(tokens):
        token = tokens[index]
        pair = [one.low for one in tokens[index : index + 3]]
        if len(pair) == 3 and pair[1] == "to" and pair[0] in _HIGH | _LOW and pair[2] in _HIGH | _LOW:  # fmt: skip
            frame.order = "highest" if pair[0] in _HIGH else "lowest"
            frame.use(*tokens[index : index + 3])
            index += 3
            continue
        if _direction(frame, token):
            frame.use(token)
            if index + 1 < len(tokens) and tokens[index + 1].low in {"first", "order"}:
                frame.use(tokens[index + 1])
                index += 1
            index += 1
            continue
        noun, end = parse_noun(tokens, index)
        counted = noun.which in {"first", "last"} and (noun.counted or noun.count > 1)
        if counted and not noun.by:
            frame.which, frame.count = noun.which, noun.count
            frame.use(*tokens[index:end])
            index = end
            continue
        if token.kind == "punct" or token.low in among("and then in order only just the with from"):
            frame.use(token)
        index += 1


def _direction(frame: Frame, token: Token) -> bool:
    if token.low not in _FALLING | _RISING:
        return False
    costs = frame.by.split()[-1].lower() in _COSTS if frame.by else False
    if token.low in _VALUED and costs:
        # The best price is the lowest to one and the highest to another.
        frame.unread.append(f"{token.text} {frame.by}")
    frame.order = "highest" if token.low in _FALLING else "lowest"
    return True


def takes_top(tokens: Sequence[Token]) -> bool:
    """Whether the best are meant by the first that are kept: `the top ten`."""
    return any(token.low in among("top best topmost") for token in tokens)
