"""The nodes of an agent's graph. Each calls one port and returns an update."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from langchain_core.runnables import RunnableConfig
from langgraph.types import interrupt
from pydantic import JsonValue

from podium.graphs.agent.state import AgentState, AgentUpdate
from podium.graphs.questions import interrupt_payload, merge_question, read_answer
from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.program import EachStep, Program, Step, WhenStep
from podium.state.questions import Question
from podium.tools.runner import Progress, RunContext, StepResult, StepRunner


class RunLedger(Protocol):
    """Opens and closes run records."""

    async def begin(self, *, thread_id: str, asked: JsonObject) -> JsonObject:
        """Return the run's identity, creating its record unless it exists: a node may run again."""
        ...

    async def finish(
        self, run: JsonObject, *, outputs: JsonObject, error: JsonObject | None
    ) -> JsonObject:
        """Judge the run by its step records, close its record and its session, return it."""
        ...


@dataclass(frozen=True, slots=True)
class AgentServices:
    """The live ports an agent's graph is bound to."""

    runner: StepRunner
    ledger: RunLedger


async def begin(state: AgentState, config: RunnableConfig, *, ledger: RunLedger) -> AgentUpdate:
    """Open the run's record."""
    thread_id = str(config.get("configurable", {}).get("thread_id", ""))
    asked: JsonObject = {
        "run_id": state.get("run_id", ""),
        "inputs": state.get("inputs", {}),
        "mode": state.get("mode", "live"),
        "trigger": state.get("trigger", "manual"),
        "release_writes": state.get("release_writes", False),
        "origin_run": state.get("origin_run", ""),
    }
    run = await ledger.begin(thread_id=thread_id, asked=asked)
    return {
        "run": run,
        "outputs": None,
        "done": None,
        "cursors": None,
        "safe_url": "",
        "safe_page": None,
        "question": None,
        "answer": None,
        "skipped": False,
        "error": None,
    }


async def do_step(
    state: AgentState,
    *,
    step: Step,
    loop: EachStep | None,
    top: bool,
    program: Program,
    runner: StepRunner,
) -> AgentUpdate:
    """Execute one step and say what it came to."""
    context = context_of(state, program)
    item = runner.item(loop.args.rows, cursor(state, loop.id), context) if loop else None
    result = await runner.run_step(
        step, context, progress_of(state), item=item, answer=state.get("answer")
    )
    return update_of(step, result, top=top, in_loop=loop is not None)


async def do_loop(
    state: AgentState, *, step: EachStep, program: Program, runner: StepRunner
) -> AgentUpdate:
    """Move to the next row of the loop, or past its end."""
    rows = runner.items(step.args.rows, context_of(state, program))
    return next_row(state, step, rows=min(rows, step.args.limit))


async def do_when(
    state: AgentState, *, step: WhenStep, program: Program, runner: StepRunner
) -> AgentUpdate:
    """Count the rows the branch depends on."""
    rows = runner.items(step.args.rows, context_of(state, program))
    return {"cursors": {count_key(step.id): rows}, "done": [step.id]}


async def ask(state: AgentState) -> AgentUpdate:
    """Stop until the question is answered. Holds nothing but the interrupt."""
    question = Question.model_validate(state.get("question"))
    value: JsonValue = interrupt(interrupt_payload(question))
    try:
        said = read_answer(question, value)
    except InvalidAnswer as error:
        return {"question": merge_question(question, f"{error.message}. {error.hint}").to_json()}
    # A step may ask more than once: what was said before still holds, the later word wins.
    return {"answer": {**(state.get("answer") or {}), **said}, "question": None}


async def finish(state: AgentState, *, ledger: RunLedger) -> AgentUpdate:
    """Close the run."""
    result = await ledger.finish(
        state.get("run", {}), outputs=state.get("outputs", {}), error=state.get("error")
    )
    return {"result": result}


# -- Pure parts ----------------------------------------------------------------------------------


def context_of(state: AgentState, program: Program) -> RunContext:
    """Return the run's constants, from its identity in the state."""
    run = state.get("run", {})
    inputs, origins = run.get("inputs"), run.get("origins")
    version = run.get("version")
    context = RunContext(
        run_id=str(run.get("run_id")),
        agent=str(run.get("agent")),
        version=version if isinstance(version, int) else 0,
        mode="test" if run.get("mode") == "test" else "live",
        program=program,
        origins=tuple(str(origin) for origin in origins) if isinstance(origins, list) else (),
        inputs=inputs if isinstance(inputs, dict) else {},
        release_writes=run.get("release_writes") is True,
        origin_run=str(run.get("origin_run") or ""),
        repeat_writes=run.get("repeat_writes") is True,
    )
    day = run.get("today")
    return replace(context, today=date.fromisoformat(day)) if isinstance(day, str) else context


def progress_of(state: AgentState) -> Progress:
    """Return where the run stands."""
    return Progress(
        outputs=state.get("outputs", {}),
        done=tuple(state.get("done", [])),
        safe_url=state.get("safe_url", ""),
        safe_page=state.get("safe_page"),
    )


def cursor(state: AgentState, loop_id: str) -> int:
    """Return the index of the loop's present row; -1 before the first."""
    value = state.get("cursors", {}).get(loop_id, -1)
    return value if isinstance(value, int) else -1


def count_key(step_id: str) -> str:
    """Return the key under which `cursors` holds a container's number of rows."""
    return f"{step_id}.count"


def rows_counted(state: AgentState, step_id: str) -> int:
    """Return the number of rows the container counted when it was last reached."""
    return max(cursor(state, count_key(step_id)), 0)


def next_row(state: AgentState, step: EachStep, *, rows: int) -> AgentUpdate:
    """Return the move to the loop's next row; a loop reached again after its end starts anew."""
    index = cursor(state, step.id) + 1
    if index > rows:
        index = 0
    update: AgentUpdate = {
        "cursors": {step.id: index, count_key(step.id): rows},
        "skipped": False,
    }
    if index == rows:
        update["done"] = [step.id]
    return update


def update_of(step: Step, result: StepResult, *, top: bool, in_loop: bool) -> AgentUpdate:
    """Return what a step's result changes in the state."""
    if result.question is not None:
        return {"question": result.question.to_json()}
    update: AgentUpdate = {"answer": None, "question": None}
    if result.record.status == "failed":
        if in_loop and step.on_error == "skip":
            return {**update, "skipped": True}
        if step.on_error != "skip":
            error: JsonObject = {
                "code": result.error_code or "step",
                "message": result.record.message,
                "step": step.id,
            }
            return {**update, "error": error}
    if result.outputs:
        update["outputs"] = {step.id: result.outputs}
    if top:
        update["done"] = [step.id]
    if result.safe_url:
        update["safe_url"] = result.safe_url
        update["safe_page"] = result.safe_page
    return update
