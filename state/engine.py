"""The port of the run engine: who may execute a segment, and starting, answering and cancelling them."""

from __future__ import annotations

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


class RunEngine(Protocol):
    """Executes segments durably, one at a time per thread."""

    async def submit(self, segment: Segment) -> None:
        """Queue the segment; submitting the same id twice queues it once."""
        ...

    async def cancel(self, thread_id: str) -> None:
        """Stop what the thread executes or has queued."""
        ...

    async def wait(self, segment_id: str, *, timeout_s: float | None = None) -> bool:
        """Return whether the segment ended within the time; executes it here when no other process does."""
        ...
