"""Conditions on records: `over 100 EUR`, `from last month`, `with status Paid`, `that are overdue`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.amounts import read_amount, read_span
from podium.tools.offline.conditions.names import read_by, read_named_places, read_whom
from podium.tools.offline.conditions.periods import read_period, read_range
from podium.tools.offline.conditions.shared import Found, said_rule
from podium.tools.offline.conditions.states import (
    phrase_end,
    read_happened,
    read_idiom,
    read_negated,
    read_relative,
    read_state,
)
from podium.tools.offline.conditions.values import read_pair, read_with
from podium.tools.offline.moves import moved_value
from podium.tools.offline.restrictions import restriction
from podium.tools.offline.tokens import Token, source


class ConditionReader:
    """Reads the conditions that follow a noun."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Return the rules that start at a place and where they end, or none."""
        for reader in _READERS:
            found = reader(self.text, tokens, index)
            if found is not None and found[1] > index:
                return found
        return self._contracted(tokens, index) or read_happened(self.text, tokens, index)

    def moved(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `whose price fell by 5 EUR or more`: how far a value moved since the run before."""
        return _moved(self.text, tokens, index)

    def of_whom(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `of customer Hansen`, `for supplier "Acme"`: a column of few values and one of them."""
        return read_whom(self.text, tokens, index)

    def named_places(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `on Mill Hill or Rose Bank`: several names are no single place to go to."""
        return read_named_places(self.text, tokens, index)

    def _contracted(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `that's overdue`, `who's on leave`."""
        at = index + 1
        if tokens[index].low not in {"that's", "who's"} or at >= len(tokens):
            return None
        end = phrase_end(tokens, at)
        return self.read(tokens, at) or ([said_rule(self.text, tokens, at, end)], end)


def _moved(text: str, tokens: Sequence[Token], index: int) -> Found | None:
    found = moved_value(tokens, index)
    if found is None:
        return None
    column, move, end = found
    return [MatchRule(phrase=source(text, tokens[index:end]), column=column, move=move)], end


_READERS: Sequence[Callable[[str, Sequence[Token], int], Found | None]] = (
    _moved, restriction, read_negated, read_state, read_idiom, read_range, read_span, read_amount,
    read_period, read_relative, read_with, read_by, read_pair, read_whom,
)  # fmt: skip
