"""What shall start a run, written down before it starts: one row for each firing, whoever looks and whenever it dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import Field

from podium.state.document import Document, JsonObject
from podium.state.outbox import Message
from podium.state.runs import Outcome, RunStatus

Cause = Literal["schedule", "webhook", "chain"]
FiringStatus = Literal["pending", "claimed", "begun", "skipped", "failed"]


class Firing(Document):
    """One occasion on which an agent shall run. Its id says which, so that it is written down once."""

    firing_id: str
    agent: str
    cause: Cause
    run_id: str
    """The id its run is opened under."""
    due_at: datetime
    inputs: JsonObject = Field(default_factory=dict)
    parent: str = ""
    """For `chain`: the run that it follows."""
    status: FiringStatus = "pending"
    note: str = ""
    """Why it was left out, or what went wrong."""
    claimed_at: datetime | None = None
    created_at: datetime


class RunChange(Document):
    """A live run started, waits or ended: written with the run's own row, taken up once."""

    seq: int
    run_id: str
    agent: str
    status: RunStatus
    outcome: Outcome | None
    trigger: str


class Wake(Document):
    """A run that waits for a moment and not for a person."""

    thread_id: str
    due_at: datetime
    question_id: str


class FiringStore(Protocol):
    """Firings, and the feed of run changes that makes further ones."""

    def add(self, firing: Firing) -> bool:
        """Keep the firing; false when it is known already."""
        ...

    def get(self, firing_id: str) -> Firing:
        """Return the firing. Raises: NotFound."""
        ...

    def waiting(self, now: datetime, *, stale: datetime, limit: int = 200) -> tuple[Firing, ...]:
        """Return what is due and pending, or was claimed before `stale` and never begun; the longest waiting first."""
        ...

    def claimed(self) -> tuple[Firing, ...]:
        """Return what is held by whoever starts it at this moment."""
        ...

    def claim(self, firing: Firing, *, at: datetime) -> bool:
        """Take a waiting firing as it was seen; only one caller gets true."""
        ...

    def settle(
        self, firing: Firing, status: FiringStatus, *, at: datetime | None = None, note: str = ""
    ) -> bool:
        """Move on a firing that was claimed at `at` (or is pending, with none); false when somebody else has it now."""
        ...

    def list(self, *, agent: str | None = None, limit: int = 50) -> tuple[Firing, ...]:
        """Return firings, newest first."""
        ...

    def following(self, run_id: str) -> tuple[Firing, ...]:
        """Return what follows from that run, oldest first."""
        ...

    def changes(self, *, limit: int = 100) -> tuple[RunChange, ...]:
        """Return run changes nobody took up yet, oldest first."""
        ...

    def take_up(
        self,
        change: RunChange,
        *,
        firings: Sequence[Firing] = (),
        messages: Sequence[Message] = (),
        failed: bool | None = None,
    ) -> int | None:
        """Drop the change and keep what follows from it, all or nothing; none when somebody else did.

        With `failed` the agent's schedule counts a failure or starts counting anew; its count is returned.
        """
        ...

    def wake_at(self, wake: Wake) -> None:
        """Wake the thread at that moment, instead of any earlier wish."""
        ...

    def awake(self, now: datetime, *, limit: int = 200) -> tuple[Wake, ...]:
        """Return what is due to be woken."""
        ...

    def woken(self, wake: Wake) -> bool:
        """Drop the wish as it was seen; only one caller gets true."""
        ...

    def put_off(self, wake: Wake, *, to: datetime) -> bool:
        """Move the wish as it was seen to a later moment; only one caller gets true."""
        ...
