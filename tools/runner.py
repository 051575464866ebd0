"""The port that executes one compiled step. Adapter: `podium.tools.running`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.program import Program, Step
from podium.state.questions import Question
from podium.state.runs import ArtifactRef, RunMode, StepRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What stays the same during a run. `agent` is the name its memory, files and journal are kept under."""

    run_id: str
    agent: str
    version: int
    mode: RunMode
    program: Program
    origins: tuple[str, ...]
    inputs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    release_writes: bool = False
    """Build and test: the plan's approval released the reversible writes it names."""
    origin_run: str = ""
    """The run that this one was forked from, or tries again: what that one wrote is written already."""
    repeat_writes: bool = False
    """A person asked for a fork that writes again."""
    today: date = field(default_factory=date.today)
    """The day the run began, in the workspace's time zone: what `{date.today}` means, however long the run takes."""

    @property
    def space(self) -> str:
        """The name that memory, datasets and files are kept under: trials never mix with live runs."""
        return self.agent if self.mode == "live" else f"{self.agent}~{self.mode}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands: what a checkpoint holds and a new process needs to go on."""

    outputs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Step id -> small outputs (counts, values, names); rows are staged, never here."""
    done: tuple[str, ...] = ()
    """Ids of top-level steps that are finished, in order."""
    safe_url: str = ""
    """Address of the last safe point."""
    safe_page: JsonObject | None = None
    """Fingerprint of its page as the run saw it; none where the page has nothing to be known by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What executing a step came to. Exactly one of: a record that says done or skipped, an error record, a question."""

    record: StepRecord
    outputs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    artifacts: tuple[ArtifactRef, ...] = ()
    question: Question | None = None
    """The step needs a person; nothing irreversible was done. Run it again with the answer."""
    safe_url: str = ""
    """The address that re-enters the state after this step by GET, when there is one."""
    safe_page: JsonObject | None = None
    """Fingerprint of the page there."""
    healed: JsonObject | None = None
    """A step document to be written back as a new version, when another rung than the recorded one found it."""
    inserted: JsonObject | None = None
    """A guarded step document that made the step possible, to be written back before it."""
    error_code: str = ""
    model_calls: int = 0
    browser_ms: int = 0
    """Time spent in the browser and on the site; the rest of the step is overhead."""


class StepRunner(Protocol):
    """Executes steps of programs on live pages."""

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        """Execute the step and judge its expectations.

        A failure of the step is a result with a failed record, not an exception; bugs raise. When the run has no live
        session in this process, one is opened, re-entered at the last safe point, and the position replayed by reads only.
        """
        ...

    def items(self, step_id: str, context: RunContext) -> int:
        """Return how many rows the named step staged, for loops."""
        ...

    def item(self, step_id: str, index: int, context: RunContext) -> dict[str, JsonValue]:
        """Return one staged row. Raises: IndexError."""
        ...

    async def finish(self, context: RunContext) -> None:
        """Release the run's session and staged rows."""
        ...

    async def abandon(self, run_id: str) -> None:
        """Close the run's page in this process; what another process needs to go on stays."""
        ...
