"""Doubles of the ports that graphs and the service are bound to: they do as scripted and remember what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import ActResult
from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import Plan, PlannedAgent, PlannedStep, Request, Understanding, Verb
from podium.state.program import (
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    OnError,
    OpenArgs,
    OpenStep,
    Program,
    Step,
    WhenArgs,
    WhenStep,
)
from podium.state.questions import FieldSpec, Question
from podium.state.runs import Outcome, Run, RunError, StepRecord
from podium.state.spec import AgentSpec
from podium.tools.builder import BuildResult, Draft
from podium.tools.planner import AgentBrief, WorkspaceView
from podium.tools.runner import Progress, RunContext, StepResult
from tests.builders import NOON

SITE = "https://shop.test"


Rows = dict[str, list[dict[str, JsonValue]]]


# -- Documents -------------------------------------------------------------------------------------


def a_step(step_id: str, *, on_error: OnError = "fail") -> OpenStep:
    return OpenStep(
        id=step_id, title=f"Do {step_id}", on_error=on_error, args=OpenArgs(url=f"{SITE}/{step_id}")
    )


def a_list(step_id: str = "list") -> ExtractStep:
    return ExtractStep(
        id=step_id,
        title="Read the list",
        args=ExtractArgs(list=ListSpec(kind="table", columns=())),
    )


def each(step_id: str, *steps: Step, rows: str = "list", limit: int = 1000) -> EachStep:
    return EachStep(
        id=step_id, title="For each row", args=EachArgs(rows=rows, steps=steps, limit=limit)
    )


def when(step_id: str, *steps: Step, rows: str = "list", at_least: int = 1) -> WhenStep:
    return WhenStep(
        id=step_id, title="When there are", args=WhenArgs(rows=rows, steps=steps, at_least=at_least)
    )


def a_choice(
    question_id: str = "q.status", *, choices: tuple[str, ...] = ("Open", "Paid")
) -> Question:
    return Question(
        id=question_id,
        kind="choice",
        title="Which are unpaid?",
        fields=(FieldSpec(name="status", title="Status", type="choice", choices=choices),),
    )


def planned(step_id: str) -> PlannedStep:
    return PlannedStep(id=step_id, op="open", title=f"Open {step_id}", url=f"{SITE}/{step_id}")


def a_planned_agent(name: str = "prices", *steps: str) -> PlannedAgent:
    return PlannedAgent(
        name=name,
        goal=f"Build {name}",
        origins=(SITE,),
        steps=tuple(planned(step) for step in steps or ("start", "finish_up")),
    )


def a_plan(*agents: PlannedAgent, revision: int = 1) -> Plan:
    return Plan(
        plan_id="plan_1", revision=revision, goal="Build", agents=agents or (a_planned_agent(),)
    )


def a_request(verb: Verb = "create", **fields: object) -> Request:
    return Request.model_validate({"verb": verb, "text": "as said", **fields})


def read_as(*requests: Request, confidence: float = 1.0, reply: str = "") -> Understanding:
    return Understanding(requests=requests, confidence=confidence, reply=reply)


class Killed(BaseException):
    """What a node sees of a process that ends in it."""


class Kill:
    """Ends the process the first time it gets to the named moment."""

    def __init__(self, moment: str = "") -> None:
        self._moment = moment

    def __call__(self, moment: str) -> None:
        if moment == self._moment:
            self._moment = ""
            raise Killed


# -- Planner ---------------------------------------------------------------------------------------


@dataclass
class ScriptedPlanner:
    """Reads every goal as scripted, or by the table when the goal is in it."""

    reading: Understanding = field(default_factory=lambda: read_as(a_request()))
    plans: Sequence[Plan] = field(default_factory=lambda: [a_plan()])
    """One per `create` request, in order; the last one serves the rest."""
    table: Mapping[str, Understanding] = field(default_factory=dict[str, Understanding])
    answers: list[JsonObject] = field(default_factory=list[JsonObject])
    """What each plan was made with."""
    changes: list[JsonObject | str] = field(default_factory=list[JsonObject | str])
    revised: Callable[[Plan, JsonObject | str], Plan] | None = None
    """How a change is carried out; none: it becomes a note."""
    kill: Kill = field(default_factory=Kill)

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        return self.table.get(goal, self.reading)

    async def plan(
        self,
        request: Request,
        *,
        goal: str,
        answers: Mapping[str, JsonValue],
        workspace: WorkspaceView,
    ) -> Plan:
        self.kill("plan")
        url = answers.get("url")
        if isinstance(url, str) and "." not in url:
            raise InvalidAnswer(f"{url!r} is no site", field="url", hint="Give an address")
        self.answers.append(dict(answers))
        return self.plans[min(len(self.answers), len(self.plans)) - 1]

    async def revise(
        self, plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView
    ) -> Plan:
        if change == "gibberish":
            raise InvalidAnswer("I do not understand the change", field="change", hint="Say more")
        self.changes.append(change)
        if self.revised is not None:
            return self.revised(plan, change)
        return plan.model_copy(
            update={"revision": plan.revision + 1, "notes": (*plan.notes, str(change))}
        )


# -- Builder ---------------------------------------------------------------------------------------


@dataclass
class ScriptedBuilder:
    """Compiles each planned step to one `open`, unless scripted to ask or to fail first."""

    asks: Mapping[str, Question] = field(default_factory=dict[str, Question])
    """Planned step id -> the question it needs answered."""
    fails: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Planned step id -> error codes of its next tries."""
    facts: JsonObject = field(default_factory=dict[str, JsonValue])
    """What every build of a step learns."""
    built: list[str] = field(default_factory=list[str])
    """Ids of planned steps that were built, in order, with repetitions."""
    kept: list[str] = field(default_factory=list[str])
    """Ids of planned steps whose compiled steps were taken over, in order."""
    lost: set[str] = field(default_factory=set[str])
    """Planned step ids whose compiled steps do not hold any more."""
    drafts: list[Draft] = field(default_factory=list[Draft])
    finished: list[str] = field(default_factory=list[str])
    kill: Kill = field(default_factory=Kill)

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        self.kill(f"build {planned.id}")
        self.drafts.append(draft)
        codes = self.fails.get(planned.id)
        if codes:
            return BuildResult(
                draft=draft, error_code=codes.pop(0), error=f"{planned.title} went wrong"
            )
        question = self.asks.get(planned.id)
        if question is not None and question.id not in draft.answers:
            return BuildResult(draft=draft, question=question)
        self.built.append(planned.id)
        step = a_step(f"s{len(draft.steps) + 1}_{planned.id}")
        facts = {**draft.facts, **self.facts}
        longer = draft.model_copy(update={"steps": (*draft.steps, step), "facts": facts})
        return BuildResult(draft=longer, notes=(f"built {planned.id}",))

    async def keep_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft, steps: tuple[Step, ...]
    ) -> BuildResult:
        self.kill(f"keep {planned.id}")
        if planned.id in self.lost:
            return BuildResult(draft=draft, error_code="expectation", error="It does not hold")
        self.kept.append(planned.id)
        return BuildResult(draft=draft.model_copy(update={"steps": (*draft.steps, *steps)}))

    async def finish(self, draft: Draft) -> None:
        self.finished.append(draft.build_id)


# -- Runner ----------------------------------------------------------------------------------------

Act = Callable[[JsonObject | None], StepResult]


@dataclass
class ScriptedRunner:
    """Does every step with evidence, unless scripted otherwise; rows are given."""

    rows: Rows = field(default_factory=dict[str, list[dict[str, JsonValue]]])
    asks: Mapping[str, Question] = field(default_factory=dict[str, Question])
    """Step id -> the question it needs answered."""
    fails: Mapping[str, Sequence[JsonValue]] = field(default_factory=dict[str, Sequence[JsonValue]])
    """Step id -> row values (`item["n"]`) at which it fails; `[None]` outside of loops."""
    raises: dict[str, list[BaseException]] = field(default_factory=dict[str, list[BaseException]])
    """As in `done` -> exceptions of the next tries: what a defect or a kill looks like."""
    done: list[str] = field(default_factory=list[str])
    """Ids of steps that were done, inside loops as `id:row`."""
    contexts: list[RunContext] = field(default_factory=list[RunContext])
    progress: list[Progress] = field(default_factory=list[Progress])
    finished: list[str] = field(default_factory=list[str])
    abandoned: list[str] = field(default_factory=list[str])
    pause_s: float = 0.0
    """How long each step takes."""

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        self.contexts.append(context)
        self.progress.append(progress)
        value = item.get("n") if item else None
        label = step.id if item is None else f"{step.id}:{value}"
        await asyncio.sleep(self.pause_s)
        if self.raises.get(label):
            raise self.raises[label].pop(0)
        if step.id in self.asks and answer is None:
            record = self._record(step, item).model_copy(update={"status": "waiting"})
            return StepResult(record=record, question=self.asks[step.id])
        if value in self.fails.get(step.id, ()):
            record = self._record(step, item).model_copy(
                update={"status": "failed", "message": f"{step.title} went wrong"}
            )
            return StepResult(record=record, error_code="expectation")
        self.done.append(label)
        outputs: dict[str, JsonValue] = (
            {"rows": len(self.rows[step.id])} if step.id in self.rows else {}
        )
        if answer:
            outputs.update(answer)
        return StepResult(
            record=self._record(step, item), outputs=outputs, safe_url=f"{SITE}/{step.id}"
        )

    def _record(self, step: Step, item: dict[str, JsonValue] | None) -> StepRecord:
        return StepRecord(
            id=step.id,
            title=step.title,
            op=step.op,
            effect=step.effect,
            status="done",
            item=str(item.get("n")) if item else "",
            evidence={"url": f"{SITE}/{step.id}"},
        )

    def items(self, step_id: str, context: RunContext) -> int:
        return len(self.rows.get(step_id, ()))

    def item(self, step_id: str, index: int, context: RunContext) -> dict[str, JsonValue]:
        return self.rows[step_id][index]

    async def finish(self, context: RunContext) -> None:
        self.finished.append(context.run_id)

    async def abandon(self, run_id: str) -> None:
        self.abandoned.append(run_id)


# -- Workspace and child runs ----------------------------------------------------------------------


@dataclass
class FakeWorkspace:
    """Keeps what is saved and deployed; verbs do as scripted."""

    acts: list[ActResult] = field(default_factory=list[ActResult])
    """Results of the next verbs; empty: they just succeed."""
    saved: list[tuple[AgentSpec, Program]] = field(default_factory=list[tuple[AgentSpec, Program]])
    deployed: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    retired: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    acted: list[tuple[Request, JsonObject]] = field(
        default_factory=list[tuple[Request, JsonObject]]
    )
    secrets: tuple[tuple[str, str], ...] = ()
    agents: tuple[AgentBrief, ...] = ()
    kill: Kill = field(default_factory=Kill)

    covered_by: str = ""
    """The agent that does what is asked already."""

    async def covering(self, request: Request) -> str:
        return self.covered_by

    async def view(self, thread_id: str = "") -> WorkspaceView:
        return WorkspaceView(secrets=self.secrets, agents=self.agents, now=NOON)

    async def save(
        self, spec: AgentSpec, program: Program, *, reason: str, base: int | None = None
    ) -> JsonObject:
        if (spec, program) not in self.saved:
            self.saved.append((spec, program))
        self.kill("save")
        version = sum(1 for kept, _ in self.saved if kept.name == spec.name)
        return {"agent": spec.name, "version": version, "tables": {}}

    async def deploy(self, agent: str, version: int) -> JsonObject:
        self.kill("deploy")
        self.deployed.append((agent, version))
        return {"agent": agent, "version": version, "next_fires": []}

    async def retire(self, agents: tuple[str, ...], *, delete: bool) -> None:
        (self.removed if delete else self.retired).extend(agents)

    async def act(self, request: Request, *, question_id: str, answers: JsonObject) -> ActResult:
        self.acted.append((request, answers))
        if not self.acts:
            return ActResult(reply=f"{request.verb} done")
        result = self.acts.pop(0)
        if result.question is None:
            return result
        asked = result.question.model_copy(update={"id": question_id})
        return ActResult(question=asked)


@dataclass
class FakeChildren:
    """Test runs that end, or ask, as scripted."""

    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    """Outcomes of the next test runs; empty: success."""
    asks: list[Question] = field(default_factory=list[Question])
    """Questions of the next test run, one after the other."""
    tested: list[str] = field(default_factory=list[str])
    answers: list[JsonObject] = field(default_factory=list[JsonObject])
    released: list[bool] = field(default_factory=list[bool])
    kill: Kill = field(default_factory=Kill)

    async def test(
        self, *, run_id: str, agent: str, version: int, release_writes: bool
    ) -> JsonObject:
        self.kill("test")
        self.tested.append(run_id)
        self.released.append(release_writes)
        return self._run(run_id, agent=agent, version=version)

    async def answer(self, run_id: str, answer: JsonObject) -> JsonObject:
        self.answers.append(answer)
        return self._run(run_id)

    def _run(self, run_id: str, *, agent: str = "prices", version: int = 1) -> JsonObject:
        run = Run(
            run_id=run_id,
            thread_id=run_id,
            agent=agent,
            version=version,
            mode="test",
            created_at=NOON,
        )
        if self.asks:
            return run.model_copy(
                update={"status": "waiting", "question": self.asks.pop(0)}
            ).to_json()
        outcome = self.outcomes.pop(0) if self.outcomes else "success"
        error = (
            RunError(code="expectation", message="Nothing was there") if outcome == "fail" else None
        )
        return run.model_copy(
            update={"status": "finished", "outcome": outcome, "error": error}
        ).to_json()
