"""The port that turns one planned step into compiled steps on the real site. Adapter: `podium.tools.building`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pydantic import Field

from podium.state.document import Document, JsonObject
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.state.questions import Question
from podium.state.runs import ArtifactRef, StepRecord

WRITTEN = "written"
"""The fact under which a draft keeps the writes that the build really did, by step id: they are not done again."""

SPENT = "spent_s"
"""Fact of a draft: seconds that its build has worked so far, also before it began again."""
KNOWN_RULES = "known_rules"
"""Fact of a draft: phrase of a rule -> the condition it was compiled to in an earlier version."""


class Draft(Document):
    """How far a build got: checkpointed after every planned step, enough to go on in another process."""

    build_id: str
    """The run id the build's browser session, staged rows and evidence are kept under."""
    agent: str
    thread_id: str = ""
    """The work thread that builds, where its progress is told."""
    steps: tuple[Step, ...] = ()
    """Compiled so far."""
    facts: JsonObject = Field(default_factory=dict)
    """What the build learnt and later planned steps need: the list's step id, column values, sign-in page ..."""
    answers: JsonObject = Field(default_factory=dict)
    """Answers of the user during the build, by question id."""
    origins: tuple[str, ...] = ()
    release_writes: bool = False

    @property
    def releases_in_test(self) -> bool:
        """Whether the test may write: what the build did once is only rehearsed, unless later steps need its result."""
        last = self.steps[-1].id if self.steps else ""
        written = self.facts.get(WRITTEN)
        done = written if isinstance(written, dict) else {}
        return self.release_writes and last not in done


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What building one planned step came to: a longer draft, or a question, or a failed record."""

    draft: Draft
    records: tuple[StepRecord, ...] = ()
    """What was done on the site for it, with evidence."""
    artifacts: tuple[ArtifactRef, ...] = ()
    question: Question | None = None
    """Asked before the step counts as built; its answer goes to `draft.answers[question.id]` and the step is built again."""
    error_code: str = ""
    error: str = ""
    notes: tuple[str, ...] = field(default=())
    """What was decided, in words for the user."""
    model_calls: int = 0


class Builder(Protocol):
    """Explores the site for one planned step at a time."""

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        """Ground, execute and compile one planned step; writes are held unless the draft releases them.

        When the build has no live session in this process, the compiled steps so far are replayed as reads first.
        """
        ...

    async def keep_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft, steps: tuple[Step, ...]
    ) -> BuildResult:
        """Take over what an earlier version compiled for a planned step that did not change.

        The compiled steps are replayed, not explored: later planned steps find the page and the rows they need.
        A result with an error says that they do not hold any more; the step is to be built then.
        """
        ...

    async def finish(self, draft: Draft) -> None:
        """Release the build's session and staged rows."""
        ...
