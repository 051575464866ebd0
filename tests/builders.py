"""Builders of records for tests: everything has a default, a test names what it is about."""

from __future__ import annotations

from datetime import UTC, datetime

from podium.state.document import JsonObject
from podium.state.effects import EffectRecord, EffectStatus
from podium.state.events import Event
from podium.state.program import OpenArgs, OpenStep, Program
from podium.state.questions import FieldSpec, OpenQuestion, Question
from podium.state.runs import Run, RunMode, RunStatus, StepRecord, StepStatus
from podium.state.spec import AgentSpec
from podium.state.stores import Thread

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def a_spec(name: str = "prices") -> AgentSpec:
    return AgentSpec(name=name, goal="Collect the prices", origins=("https://shop.test",))


def a_program(url: str = "https://shop.test/") -> Program:
    return Program(steps=(OpenStep(id="open", title="Open the shop", args=OpenArgs(url=url)),))


def a_run(
    run_id: str = "run_1",
    *,
    agent: str = "prices",
    thread_id: str = "",
    status: RunStatus = "queued",
    mode: RunMode = "live",
    created_at: datetime = NOON,
) -> Run:
    return Run(
        run_id=run_id,
        thread_id=thread_id or f"thread_of_{run_id}",
        agent=agent,
        version=1,
        mode=mode,
        status=status,
        created_at=created_at,
    )


def a_record(
    step: str = "open",
    status: StepStatus = "done",
    *,
    effect: str = "read",
    item: str = "",
    evidence: JsonObject | None = None,
) -> StepRecord:
    return StepRecord(
        id=step,
        title=step,
        op="open",
        effect=effect,
        status=status,
        item=item,
        evidence={"url": "/"} if evidence is None else evidence,
    )


def a_question(
    question_id: str = "q_1", *, thread_id: str = "thread_1", asked_at: datetime = NOON
) -> OpenQuestion:
    return OpenQuestion(
        question=Question(
            id=question_id,
            kind="text",
            title="Which site?",
            fields=(FieldSpec(name="url", title="Address"),),
        ),
        thread_id=thread_id,
        asked_at=asked_at,
    )


def an_event(kind: str = "step.finished", *, thread_id: str = "thread_1") -> Event:
    return Event(thread_id=thread_id, kind=kind, at=NOON, data={"step": "open"})


def an_effect(
    status: EffectStatus = "intended", *, key: str = "prices/submit/42", run_id: str = "run_1"
) -> EffectRecord:
    return EffectRecord(
        effect_key=key,
        run_id=run_id,
        step_id="submit",
        status=status,
        request={"method": "POST", "path": "/tickets"},
        at=NOON,
    )


def a_thread(thread_id: str = "thread_1", *, created_at: datetime = NOON) -> Thread:
    return Thread(
        thread_id=thread_id,
        title="Prices",
        status="running",
        created_at=created_at,
        updated_at=created_at,
        data={"reply": "On it"},
    )
