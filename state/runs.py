"""Runs: their record, legal moves, outcomes and step records. Pure rules."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from podium.state.document import Document, JsonObject
from podium.state.errors import Conflict
from podium.state.questions import Question

RunStatus = Literal["queued", "running", "waiting", "finished"]
Outcome = Literal["success", "partial", "fail", "unverified", "cancelled"]
RunMode = Literal["build", "test", "live"]
"""`build` and `test` hold writes; `live` performs them."""
StepStatus = Literal["done", "skipped", "held", "failed", "waiting"]

_MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    "queued": frozenset({"running", "finished"}),
    "running": frozenset({"waiting", "finished", "queued"}),
    "waiting": frozenset({"queued", "running", "finished"}),
    "finished": frozenset(),
}


class StepRecord(Document):
    """What one step of a run did, and why it counts as done."""

    id: str
    title: str
    op: str
    effect: str
    status: StepStatus
    item: str = ""
    """Inside `each`: the row key."""
    rung: int | None = None
    """Rung of the ladder that found the target (1 = as recorded); null when there was none to find."""
    score: float | None = None
    ms: int = 0
    evidence: JsonObject = Field(default_factory=dict)
    """Which expectations held, what was seen, ids of screenshots."""
    message: str = ""


class ArtifactRef(Document):
    """A file a run produced or confirmed."""

    name: str
    path: str
    """Absolute path of the kept file."""
    sha256: str
    bytes: int
    known: bool = False
    """It was already kept by an earlier run."""
    item: str = ""
    """Key of the row it belongs to."""


class RunError(Document):
    """Why a run failed."""

    code: str
    message: str
    step: str = ""
    hint: str = ""


class Run(Document):
    """One execution of a program."""

    run_id: str
    thread_id: str
    agent: str
    version: int
    mode: RunMode = "live"
    status: RunStatus = "queued"
    outcome: Outcome | None = None
    inputs: JsonObject = Field(default_factory=dict)
    trigger: str = "manual"
    question: Question | None = None
    model_calls: int = 0
    healed: int = 0
    created_at: datetime
    finished_at: datetime | None = None
    duration_ms: int = 0
    overhead_ms: int = 0
    """Time outside the browser's own work: graph, checkpoints, stores."""
    steps: tuple[StepRecord, ...] = ()
    outputs: JsonObject = Field(default_factory=dict)
    artifacts: tuple[ArtifactRef, ...] = ()
    error: RunError | None = None

    def move(
        self, status: RunStatus, **changes: JsonValue | Document | datetime | tuple[Document, ...]
    ) -> Run:
        """Return the run in the new status.

        Raises:
            Conflict: If the move is not legal; a finished run stays finished.
        """
        if status not in _MOVES[self.status]:
            raise Conflict(f"Run {self.run_id!r} is {self.status}; it cannot become {status}")
        return self.model_copy(update={"status": status, **changes})


def judge(records: tuple[StepRecord, ...], *, mode: RunMode = "live") -> Outcome:
    """Return the outcome that the step records prove.

    `success` needs every step done and at least one expectation held where the step changed something;
    a write without proof makes it `unverified`, a skipped or failed item beside done ones `partial`.
    """
    failed = [record for record in records if record.status == "failed"]
    done = [record for record in records if record.status in {"done", "held"}]
    if failed:
        return "partial" if any(record.item for record in failed) and done else "fail"
    unproven = [
        record
        for record in records
        if record.effect in {"write", "irreversible"}
        and record.status == "done"
        and not record.evidence.get("proof")
    ]
    held = [record for record in records if record.status == "held"]
    if unproven or (held and mode == "live"):
        return "unverified"
    return "success"
