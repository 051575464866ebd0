"""The port of the run engine: who may execute a segment, and starting, answering and cancelling them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

from podium.state.document import Document, JsonObject

SegmentKind = Literal["chat", "run"]
"""`chat`: a turn of an orchestrator work thread. `run`: a piece of an agent's run."""


class Segment(Document):
    """The part of a thread between two stops; its id is the idempotency key everywhere."""

    segment_id: str
    kind: SegmentKind
    thread_id: str
    payload: JsonObject
    """`{"input": {...}}` for a start, `{"question_id": ..., "answer": {...}}` for an answer, `{}` to go on."""
    lane: str = ""
    """What its limits are counted for: the agent of a run; empty: the thread alone."""
    priority: int = 2
    """Within a lane the smallest goes first: 1 half done, 2 somebody waits, 10 an event, 20 a schedule."""


Standing = Literal["queued", "executed", "lost"]
"""Where a segment stands: in the queue, with a living process, or with nobody."""


class RunEngine(Protocol):
    """Executes segments durably."""

    async def submit(self, segment: Segment) -> None:
        """Hand in the segment; the same id twice is executed once."""
        ...

    async def wait(self, segment_id: str, *, timeout_s: float | None = None) -> bool:
        """Return whether the segment ended within the time."""
        ...

    async def standings(self, segment_ids: Collection[str]) -> dict[str, Standing]:
        """Return where each segment stands."""
        ...

    async def abandoned(self) -> bool:
        """Return whether nobody executes."""
        ...

    async def cancel(self, segment_id: str) -> None:
        """Stop the segment, queued or under way."""
        ...

    async def forget(self, segment_ids: Collection[str]) -> None:
        """Delete what is kept about segments that ended."""
        ...
