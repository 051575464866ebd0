"""The port that decides among candidates a rule could not separate. Offline: refuses to guess; model: asks one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One thing that may be meant."""

    ref: str
    summary: str
    """Role, name and surroundings in one line, without values a user typed."""
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision and what it cost."""

    ref: str | None
    """None: none of them, or not sure."""
    reason: str
    model_calls: int = 0


class Chooser(Protocol):
    """Chooses one candidate for a phrase, or none."""

    async def choose(self, phrase: str, candidates: Sequence[Candidate], *, page: str) -> Choice:
        """Return the candidate the phrase means. `page` is the page's title and address, for context only."""
        ...
