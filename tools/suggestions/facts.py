"""What suggestions are computed from: agents, their finished live runs, and what people asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from statistics import median

from podium.state.plan import InputSpec
from podium.state.program import Program
from podium.state.runs import Run, StepRecord
from podium.state.triggers import Schedule

WEEK = timedelta(days=7)
_BY_ITSELF = frozenset({"schedule", "chain", "test", "webhook", "demo"})
"""Triggers that are no person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """One agent as it is now."""

    name: str
    program: Program
    state: str = "deployed"
    origins: tuple[str, ...] = ()
    inputs: tuple[InputSpec, ...] = ()
    schedule: Schedule | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something a person asked for in chat that no agent was kept for."""

    text: str
    at: datetime
    thread_id: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The records of a workspace within a window of time."""

    agents: tuple[AgentFacts, ...]
    runs: tuple[Run, ...]
    """In any order; only finished live runs of the window are looked at."""
    asked: tuple[Asked, ...] = ()
    now: datetime
    window: timedelta = field(default=4 * WEEK)

    @cached_property
    def recent(self) -> tuple[Run, ...]:
        """The finished live runs of the window, oldest first."""
        since = self.now - self.window
        kept = [
            run
            for run in self.runs
            if run.mode == "live" and run.status == "finished" and run.created_at >= since
        ]
        return tuple(sorted(kept, key=lambda run: run.created_at))

    def of(self, agent: str) -> tuple[Run, ...]:
        """Return the agent's runs, oldest first."""
        return tuple(run for run in self.recent if run.agent == agent)

    def weeks(self, runs: Sequence[Run]) -> float:
        """Return how many weeks the runs stand for: from the first one until now."""
        if not runs:
            return 1.0
        span = max(self.now - min(run.created_at for run in runs), timedelta(hours=1))
        return span / WEEK


def by_hand(run: Run) -> bool:
    """Whether a person started it."""
    return run.trigger not in _BY_ITSELF


def duration_s(run: Run) -> float:
    """Return how long the run took."""
    return run.duration_ms / 1000


def ended_at(run: Run) -> datetime:
    """Return when the run was over."""
    return run.finished_at or run.created_at + timedelta(milliseconds=run.duration_ms)


def found_something(run: Run) -> bool | None:
    """Return whether the run brought anything new; none when its records cannot tell."""
    told = False
    for record in run.steps:
        if record.status != "done":
            continue
        if record.effect in {"write", "irreversible"} or record.op == "notify":
            return True
        if record.op == "store" and "added" in record.evidence:
            told = True
            if _count(record, "added") or _count(record, "changed"):
                return True
        elif record.op == "store" and record.evidence.get("rows") == 0:
            told = True
        if record.op == "download" and "known" in record.evidence:
            told = True
            if record.evidence["known"] is False:
                return True
        if record.op in {"new_since", "changed"} and "rows" in record.evidence:
            told = True
    return False if told else None


def records_of(runs: Sequence[Run], step_id: str) -> list[tuple[Run, StepRecord]]:
    """Return the records of one step, with their runs."""
    return [(run, record) for run in runs for record in run.steps if record.id == step_id]


def step_ms(run: Run, step_id: str) -> int:
    """Return the time a step took in a run, over all its rows."""
    return sum(record.ms for record in run.steps if record.id == step_id)


def middle(values: Sequence[float]) -> float:
    """Return the median; 0 of nothing."""
    return float(median(values)) if values else 0.0


def _count(record: StepRecord, name: str) -> int:
    value = record.evidence.get(name)
    return value if isinstance(value, int) else 0
