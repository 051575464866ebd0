"""The ladder of grounding: rungs 1 to 3, hard rules first, a clear lead or no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from podium.state.target import Target
from podium.tools.grounding.phrases import Scored
from podium.tools.page import Node, Record, Snapshot

GroundingKind = Literal["found", "ambiguous", "missing", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """What looking for a target came to. `node` is set exactly when it was found."""

    kind: GroundingKind
    node: Node | None = None
    rung: int = 0
    score: float = 0.0
    runner_up: float = 0.0
    why: str = ""
    candidates: tuple[Scored, ...] = ()
    """Best first, for a chooser or a person."""


def ground(
    target: Target,
    snapshot: Snapshot,
    *,
    row: Record | None = None,
    settled: bool = True,
    strict: bool = False,
) -> Grounding:
    """Find the element the target describes.

    `target.row_key` must be rendered already; `row` is the record it was found in, when the caller knows it. `settled`
    allows the fuzzy rungs 2 and 3. `strict` (write, irreversible) demands the same role family, meaning of the name and
    form or row, and refuses a contradiction.
    """
    raise NotImplementedError
