"""Rung 3: what a phrase of the plan means on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podium.tools.page import Node, Snapshot


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score (0 to 1) and the reason in words."""

    node: Node
    score: float
    why: str


def find_phrase(
    phrase: str,
    snapshot: Snapshot,
    *,
    roles: frozenset[str] = frozenset(),
    region: str = "",
) -> tuple[Scored, ...]:
    """Return the elements the phrase may mean, best first; empty `roles` allows everything that can be acted on."""
    raise NotImplementedError


def clear_winner(scored: Sequence[Scored]) -> Node | None:
    """Return the best candidate when it is good and clearly ahead of the second."""
    raise NotImplementedError
