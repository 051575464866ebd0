"""The time that a build may take: what it says when that is used up, and that nothing is lost then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.state.questions import FieldSpec, Question
from podium.tools.builder import SPENT, Builder, BuildResult, Draft

_GO_ON, _STOP = "go on", "stop"


@dataclass(frozen=True, slots=True)
class LimitedBuilder:
    """A builder that asks when a build has worked for so long; waiting for a person does not count."""

    inner: Builder
    clock: Clock
    limit_s: float
    """0: no limit."""

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        """Build the step within the time that is left, or ask whether to go on."""
        return await self._within(
            planned, draft, lambda: self.inner.build_step(planned, agent, draft)
        )

    async def keep_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft, steps: tuple[Step, ...]
    ) -> BuildResult:
        """Take the step over within the time that is left, or ask whether to go on."""
        return await self._within(
            planned, draft, lambda: self.inner.keep_step(planned, agent, draft, steps)
        )

    async def finish(self, draft: Draft) -> None:
        """Release the build's session."""
        await self.inner.finish(draft)

    async def _within(
        self, planned: PlannedStep, draft: Draft, work: Callable[[], Awaitable[BuildResult]]
    ) -> BuildResult:
        if not self.limit_s:
            return await work()
        spent, said = _spent(draft), _said(draft)
        if _STOP in said.values():
            return BuildResult(
                draft=draft,
                error_code="cancelled",
                error=f"The build was stopped at {planned.title!r} after {_minutes(spent)}",
            )
        left = self.limit_s * (1 + len(said)) - spent
        if left <= 0:
            return BuildResult(draft=draft, question=self._question(planned, draft, spent))
        began = self.clock.monotonic_s()
        timer = asyncio.timeout(left)
        try:
            async with timer:
                result = await work()
        except TimeoutError:
            if not timer.expired():
                raise
            spent += self.clock.monotonic_s() - began
            return BuildResult(draft=_kept(draft, spent), question=self._question(planned, draft, spent))  # fmt: skip
        spent += self.clock.monotonic_s() - began
        return replace(result, draft=_kept(result.draft, spent))

    def _question(self, planned: PlannedStep, draft: Draft, spent: float) -> Question:
        more = _minutes(self.limit_s)
        return Question(
            id=f"{draft.build_id}.time.{len(_said(draft))}",
            kind="choice",
            title=f"The build of {draft.agent} has taken {_minutes(spent)}. Go on?",
            text=(
                f"It is at {planned.title!r}; the {len(draft.steps)} steps compiled before it are kept, "
                f"and that step begins again. A build may take {more} (PODIUM_BUILD_TIMEOUT_S={self.limit_s:g}); "
                f"`go on` gives it {more} more."
            ),
            fields=(
                FieldSpec(
                    name="time", title="Go on building?", type="choice", choices=(_GO_ON, _STOP)
                ),
            ),
        )


def _kept(draft: Draft, spent: float) -> Draft:
    facts: JsonObject = {**draft.facts, SPENT: round(spent, 3)}
    return draft.model_copy(update={"facts": facts})


def _spent(draft: Draft) -> float:
    spent = draft.facts.get(SPENT)
    return float(spent) if isinstance(spent, (int, float)) else 0.0


def _said(draft: Draft) -> dict[str, str]:
    """Return what was answered to the questions of this kind."""
    found: dict[str, str] = {}
    for question, answer in draft.answers.items():
        if question.startswith(f"{draft.build_id}.time.") and isinstance(answer, dict):
            found[question] = str(answer.get("time"))
    return found


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"
