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

_DONE: frozenset[StepStatus] = frozenset({"done", "held"})
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
    parent: str = ""
    """Of a chained run: the run that it follows."""
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
    """Return the outcome that the step records prove; of two records of one step the later counts.

    - `fail`: a step failed and ended the run, or no row's steps all went well.
    - `partial`: something failed, and the run went on or other rows were done.
    - `unverified`: nothing failed, but the evidence is not all there: a write needs `proof`, also
      one that was skipped because an earlier run sent it; a sign-in and the run as a whole need any
      evidence at all; a rehearsed write the `request` that was held; in a live run nothing may be
      held; and of files that rows may lack, one row must have had some.
    - `success`: everything was done, and the evidence proves it.
    """
    latest = tuple({(record.id, record.item): record for record in records}.values())
    if any(record.status == "failed" for record in latest):
        return "partial" if _went_on(latest) else "fail"
    proven = any(_shows_something(record) for record in latest)
    if _none_anywhere(latest):
        return "unverified"
    if proven and all(_is_proven(record, mode) for record in latest):
        return "success"
    return "unverified"


def _none_anywhere(records: tuple[StepRecord, ...]) -> bool:
    """Return whether a step found nothing for any row: that each has none is only believed where one had."""
    none = {record.id for record in records if record.evidence.get("none")}
    had = {record.id for record in records if record.status == "done"}
    return bool(none - had)


def _went_on(records: tuple[StepRecord, ...]) -> bool:
    failed_rows = {record.item for record in records if record.item and record.status == "failed"}
    done_rows = {record.item for record in records if record.item and record.status in _DONE}
    ended = False
    for record in records:
        if not record.item:
            ended = record.status == "failed" or (ended and record.status not in _DONE)
    if ended:
        return False
    return bool(done_rows - failed_rows) if failed_rows else True


def _is_proven(record: StepRecord, mode: RunMode) -> bool:
    writes = record.effect in {"write", "irreversible"}
    match record.status:
        case "done" | "skipped" if writes:
            return bool(record.evidence.get("proof"))
        case "done":
            return record.effect == "read" or _has_evidence(record)
        case "skipped":
            return True
        case "held":
            return mode != "live" and bool(record.evidence.get("request"))
        case _:
            return False


def _shows_something(record: StepRecord) -> bool:
    if record.status == "skipped":
        return bool(record.evidence.get("proof"))
    return record.status == "done" and _has_evidence(record)


def _has_evidence(record: StepRecord) -> bool:
    return any(bool(value) for value in record.evidence.values())
