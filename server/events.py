"""What happens, as events: step records and build notes go to the event log, where every door reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from pydantic import JsonValue

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.events import Event
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.state.runs import ArtifactRef, StepRecord
from podium.state.stores import EventStore
from podium.tools.builder import Builder, BuildResult, Draft
from podium.tools.runner import Progress, RunContext, StepResult, StepRunner


@dataclass(frozen=True, slots=True)
class EventLog:
    """Appends facts with the time they happened."""

    events: EventStore
    clock: Clock

    async def say(self, thread_id: str, kind: str, data: JsonObject) -> None:
        """Append one event."""
        event = Event(thread_id=thread_id, kind=kind, at=self.clock.now(), data=data)
        await asyncio.to_thread(self.events.append, event)


class RecordingRunner:
    """A step runner whose results are logged as they come."""

    def __init__(self, inner: StepRunner, log: EventLog) -> None:
        self._inner = inner
        self._log = log

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        """Execute the step and log its record."""
        if item is None:
            # The steps of a loop end within moments: one event for each is enough to follow them.
            await self._log.say(
                context.run_id, "step.started", {"id": step.id, "title": step.title, "op": step.op}
            )
        result = await self._inner.run_step(step, context, progress, item=item, answer=answer)
        await self._log.say(context.run_id, "step.finished", step_event(result))
        return result

    def items(self, step_id: str, context: RunContext) -> int:
        """Return how many rows the named step staged."""
        return self._inner.items(step_id, context)

    def item(self, step_id: str, index: int, context: RunContext) -> dict[str, JsonValue]:
        """Return one staged row."""
        return self._inner.item(step_id, index, context)

    async def finish(self, context: RunContext) -> None:
        """Release the run's session and staged rows."""
        await self._inner.finish(context)

    async def abandon(self, run_id: str) -> None:
        """Close the run's page in this process."""
        await self._inner.abandon(run_id)


class RecordingBuilder:
    """A builder whose progress is logged as it comes."""

    def __init__(self, inner: Builder, log: EventLog) -> None:
        self._inner = inner
        self._log = log

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        """Build the step and log what was done for it."""
        return await self._told(planned, draft, self._inner.build_step(planned, agent, draft))

    async def keep_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft, steps: tuple[Step, ...]
    ) -> BuildResult:
        """Take over compiled steps and log what was replayed for it."""
        work = self._inner.keep_step(planned, agent, draft, steps)
        return await self._told(planned, draft, work, kept=True)

    async def _told(
        self,
        planned: PlannedStep,
        draft: Draft,
        work: Awaitable[BuildResult],
        *,
        kept: bool = False,
    ) -> BuildResult:
        thread_id = draft.thread_id or draft.build_id
        started: JsonObject = {"id": planned.id, "title": planned.title, "kept": kept}
        await self._log.say(thread_id, "build.started", started)
        result = await work
        records: list[JsonValue] = [record.to_json() for record in result.records]
        data: JsonObject = {
            "id": planned.id,
            "title": planned.title,
            "records": records,
            "notes": list(result.notes),
            "error": result.error,
            "asks": result.question.title if result.question else "",
            "model_calls": result.model_calls,
            "kept": kept,
        }
        await self._log.say(thread_id, "build.finished", data)
        return result

    async def finish(self, draft: Draft) -> None:
        """Release the build's session."""
        await self._inner.finish(draft)


def step_event(result: StepResult) -> JsonObject:
    """Return the data of a `step.finished` event."""
    return {
        "record": result.record.to_json(),
        "artifacts": [artifact.to_json() for artifact in result.artifacts],
        "healed": result.healed,
        "inserted": result.inserted,
        "error_code": result.error_code,
        "model_calls": result.model_calls,
        "browser_ms": result.browser_ms,
        "asks": result.question.title if result.question else "",
    }


@dataclass(frozen=True, slots=True)
class Told:
    """What a run's events tell about it; a step that ran again counts once, the last time."""

    records: tuple[StepRecord, ...]
    artifacts: tuple[ArtifactRef, ...]
    healed: tuple[JsonObject, ...]
    inserted: dict[str, JsonObject]
    """Steps to be kept before others, by the id of the step that each made possible."""
    model_calls: int
    browser_ms: int


def told_by(events: tuple[Event, ...]) -> Told:
    """Return the run that the events tell."""
    records: dict[tuple[str, str], StepRecord] = {}
    artifacts: dict[tuple[str, str], ArtifactRef] = {}
    healed: dict[str, JsonObject] = {}
    inserted: dict[str, JsonObject] = {}
    model_calls = browser_ms = 0
    for event in events:
        if event.kind != "step.finished":
            continue
        data = event.data
        model_calls += _int(data.get("model_calls"))
        browser_ms += _int(data.get("browser_ms"))
        if data.get("asks"):
            continue
        record = StepRecord.model_validate(data["record"])
        records.pop((record.id, record.item), None)
        records[record.id, record.item] = record
        for value in _objects(data.get("artifacts")):
            artifact = ArtifactRef.model_validate(value)
            artifacts[artifact.item, artifact.path] = artifact
        step = data.get("healed")
        if isinstance(step, dict):
            healed[str(step.get("id"))] = step
        before = data.get("inserted")
        if isinstance(before, dict):
            inserted[record.id] = before
    return Told(
        records=tuple(records.values()),
        artifacts=tuple(artifacts.values()),
        healed=tuple(healed.values()),
        inserted=inserted,
        model_calls=model_calls,
        browser_ms=browser_ms,
    )


def _int(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
