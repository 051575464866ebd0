"""The nodes of the orchestrator. Each reads the state, calls one port and returns an update."""

from __future__ import annotations

import json

from langchain_core.runnables import RunnableConfig
from langgraph.types import interrupt
from pydantic import JsonValue

from podium.graphs.orchestrator import rules
from podium.graphs.orchestrator.cards import (
    Trial,
    compiled_lines,
    deploy_question,
    review_question,
    unused_lines,
)
from podium.graphs.orchestrator.ports import ChildRuns, Workspace
from podium.graphs.orchestrator.state import OrchestratorState, OrchestratorUpdate
from podium.graphs.questions import interrupt_payload, merge_question, read_answer
from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer, UserError
from podium.state.plan import Request, Understanding
from podium.state.program import Program, check_program
from podium.state.questions import Question
from podium.state.runs import Run
from podium.tools.builder import KNOWN_RULES, SPENT, WRITTEN, Builder, Draft
from podium.tools.planner import Planner


async def understand(
    state: OrchestratorState, config: RunnableConfig, *, planner: Planner, workspace: Workspace
) -> OrchestratorUpdate:
    """Read the goal into requests; start nothing that was not understood."""
    goal = rules.goal_of(state)
    given = state.get("request")
    if given is not None:
        request = Request.model_validate(given)
        understanding = Understanding(requests=(request,), confidence=1.0)
    else:
        view = await workspace.view(_thread(config))
        understanding = await planner.understand(goal, workspace=view)
    update: OrchestratorUpdate = {
        **rules.fresh(),
        "goal": goal,
        "request": None,
        "understanding": understanding.to_json(),
        "requests": [],
        "current": 0,
        "agents": [],
        "runs": [],
        "replies": [],
        "undo": [],
        "status": "",
    }
    if not rules.actionable(understanding):
        return {
            **update,
            "replies": [rules.not_understood(understanding)],
            "status": "failed" if rules.refused(understanding) else "",
        }
    requests = rules.in_order(understanding.requests)
    return {**update, "requests": [item.to_json() for item in requests]}


async def recall(
    state: OrchestratorState, config: RunnableConfig, *, workspace: Workspace
) -> OrchestratorUpdate:
    """Look for an agent that does it already and ask what to do with it; make another one only when told so."""
    request = rules.request_of(state)
    taken = rules.taken_answer(state, "recall")
    if taken:
        requests = list(state.get("requests", []))
        requests[state.get("current", 0)] = rules.instead(request, taken[1]).to_json()
        return {"requests": requests, "answer": None}
    found = await workspace.covering(request)
    if not found:
        return {"answer": None}
    question = rules.existing_question(
        request, found, question_id=f"{_thread(config)}.{state.get('current', 0)}.existing"
    )
    update = rules.pose(state, question, node="recall")
    usual = question.default
    if update.get("answer") is not None or usual is None or not state.get("approve_all"):
        return update
    # `--yes` has nobody to ask: the agent that is there is used, nothing is built, and the reply says so.
    return {
        **update, "question": None, "answer": usual,
        "replies": [*state.get("replies", []), rules.used_instead(found, usual)],
    }  # fmt: skip


async def clarify(
    state: OrchestratorState, config: RunnableConfig, *, workspace: Workspace
) -> OrchestratorUpdate:
    """Compute what is missing and ask for it together, before any page is opened."""
    request = rules.request_of(state)
    view = await workspace.view()
    taken = rules.taken_answer(state, "clarify")
    failure = state.get("failure")
    said = {**state.get("answers", {}), **(taken[1] if taken else {})}
    if failure is None:
        said = {**rules.given_facts(request, state.get("given", {})), **said}
    answers = rules.known_answers(request, said, view)
    asked = rules.still_missing(request, answers)
    question = rules.clarify_question(
        request,
        answers,
        question_id=f"{_thread(config)}.{state.get('current', 0)}.{'-'.join(item.field for item in asked)}",
        problem=str(failure["message"]) if failure else "",
    )
    update: OrchestratorUpdate = {"answers": answers, "answer": None, "failure": None}
    if question is None:
        return update
    return {**update, **rules.pose(state, question, node="clarify", answered=True)}


async def ask(state: OrchestratorState) -> OrchestratorUpdate:
    """Stop until the question is answered. Holds nothing but the interrupt."""
    question = Question.model_validate(state.get("question"))
    value: JsonValue = interrupt(interrupt_payload(question))
    try:
        return {"answer": read_answer(question, value), "question": None}
    except InvalidAnswer as error:
        return {"question": merge_question(question, f"{error.message}. {error.hint}").to_json()}


async def plan(
    state: OrchestratorState, *, planner: Planner, workspace: Workspace
) -> OrchestratorUpdate:
    """Outline the agents and put the outline up for review."""
    view = await workspace.view()
    answers = state.get("answers", {})
    try:
        outline = await planner.plan(
            rules.request_of(state), goal=state.get("goal", ""), answers=answers, workspace=view
        )
    except InvalidAnswer as error:
        kept = {name: value for name, value in answers.items() if name != error.field}
        problem: JsonObject = {"stage": "plan", "message": f"{error.message}. {error.hint}"}
        return {"answers": kept if error.field else {}, "failure": problem, "plan": None}
    # Approval beforehand is approval of what was said: where part of it came to nothing, a person decides.
    left = rules.unused(state, outline)
    question = review_question(outline, unused=left)
    return {
        **rules.pose(state, question, node="review", doubtful=bool(left)),
        "plan": outline.to_json(),
        "agent_index": 0,
    }


async def rework(
    state: OrchestratorState, config: RunnableConfig, *, planner: Planner, workspace: Workspace
) -> OrchestratorUpdate:
    """Outline what a change makes of the agents that exist, and put it up for review with what it changes."""
    basis = rules.basis_of(state)
    taken = rules.taken_answer(state, "rework")
    change = str(taken[1].get("change") or "") if taken else basis.change
    outline = basis.plan
    if change:
        try:
            outline = await planner.revise(
                outline, _document(change), workspace=await workspace.view()
            )
        except InvalidAnswer as error:
            question = rules.unclear_change(
                f"{error.message}. {error.hint}".strip(),
                change,
                question_id=f"{_thread(config)}.{state.get('current', 0)}.change",
            )
            return rules.pose(state, question, node="rework", answered=bool(taken))
    if not basis.redo and not rules.changes_anything(basis, outline):
        text = "That changes nothing: the agent does it already."
        return {"replies": [*state.get("replies", []), text], "answer": None, "plan": None}
    return {
        **rules.pose(state, review_question(outline, basis), node="review"),
        "plan": outline.to_json(),
        "agent_index": 0,
    }


async def revise(
    state: OrchestratorState, *, planner: Planner, workspace: Workspace
) -> OrchestratorUpdate:
    """Change the plan as the reviewer said and put the new revision up for review."""
    before, basis = rules.plan_of(state), rules.found_basis(state)
    change = str((state.get("answer") or {}).get("change") or "")
    try:
        outline = await planner.revise(before, _document(change), workspace=await workspace.view())
    except InvalidAnswer as error:
        shown = review_question(before, basis, unused=rules.unused(state, before))
        question = merge_question(shown, f"{error.message}. {error.hint}")
        return rules.pose(state, question, node="review", answered=True)
    edits = [*state.get("edits", []), change]
    question = review_question(outline, basis, unused=rules.unused(state, outline, edits=edits))
    return {**rules.pose(state, question, node="review"), "plan": outline.to_json(), "edits": edits}


async def build(
    state: OrchestratorState, config: RunnableConfig, *, builder: Builder
) -> OrchestratorUpdate:
    """Ground, execute and compile one planned step."""
    agent = rules.agent_of(state)
    index = state.get("step_index", 0)
    review = rules.taken_answer(state, "review")
    released = review[1].get("release_writes") is True if review else state.get("released", False)
    draft = _draft(state, config, released=released)
    taken = rules.taken_answer(state, "build")
    if taken:
        draft = draft.model_copy(update={"answers": {**draft.answers, taken[0]: taken[1]}})
    kept = rules.kept_steps(state).get(agent.steps[index].id)
    if kept is None or draft.facts.get(_LOST):
        result = await builder.build_step(agent.steps[index], agent, draft)
    else:
        result = await builder.keep_step(agent.steps[index], agent, draft, kept)
        if result.error_code:
            return _lost(state, result.draft, agent.steps[index].title, result.error)
    update: OrchestratorUpdate = {
        "draft": result.draft.to_json(),
        "released": released,
        "answer": None,
        "failure": None,
        "notes": [*state.get("notes", []), *result.notes],
    }
    if result.question is not None:
        repeated = result.question.id in draft.answers
        return {**update, **rules.pose(state, result.question, node="build", answered=repeated)}
    if result.error_code:
        evidence = result.records[-1].evidence if result.records else {}
        failure: JsonObject = {
            "stage": "build",
            "code": result.error_code,
            "message": result.error,
            "step": agent.steps[index].title,
            "evidence": _screenshots(evidence),
        }
        return {**update, "failure": failure}
    return {**update, "step_index": index + 1}


async def save(
    state: OrchestratorState, config: RunnableConfig, *, workspace: Workspace, builder: Builder
) -> OrchestratorUpdate:
    """Keep the compiled program as a version of a draft agent."""
    draft = Draft.model_validate(state.get("draft"))
    program = Program(steps=draft.steps)
    check_program(program)
    spec = rules.spec_of(rules.agent_of(state), origins=draft.origins)
    secrets = tuple(dict.fromkeys((*spec.secrets, *rules.used_secrets(draft.steps))))
    before = rules.before(state, spec.name)
    limits = before.spec.limits if before else spec.limits
    spec = spec.model_copy(update={"secrets": secrets, "limits": limits})
    await builder.finish(draft)
    basis = rules.found_basis(state)
    attempt = state.get("attempts", 0)
    earlier = state.get("saved") or {}
    own = _int(earlier["version"]) if earlier.get("agent") == spec.name else None
    try:
        saved = await workspace.save(
            spec,
            program,
            reason=(basis.reason if basis else "") or "built from the approved plan",
            base=own if own is not None else before.newest if before else None,
        )
    except UserError as error:
        message = f"{error.message}. {error.hint}".strip()
        return {
            "replies": rules.told(state, message),
            "saved": None,
            "status": "failed",
        }
    run_id = f"run_{_thread(config)}_{state.get('agent_index', 0)}_{attempt}_{saved['version']}"
    saved = {**saved, "run_id": run_id}
    if saved["agent"] != spec.name:
        return {**rules.under_free_name(state, saved), "trial": None}
    note = str(earlier.get("note") or "")  # told in every try
    if own is None or not note:
        return {"saved": saved, "trial": None}
    notes = [*state.get("notes", []), note]
    return {"saved": {**saved, "note": note}, "trial": None, "notes": notes}


async def test(state: OrchestratorState, *, children: ChildRuns) -> OrchestratorUpdate:
    """Run the saved version with real data in a fresh context, writes rehearsed."""
    saved = state.get("saved") or {}
    run_id = str(saved["run_id"])
    taken = rules.taken_answer(state, "test")
    if taken:
        trial = await children.answer(run_id, taken[1])
    else:
        draft = Draft.model_validate(state.get("draft"))
        trial = await children.test(
            run_id=run_id,
            agent=str(saved["agent"]),
            version=_int(saved["version"]),
            release_writes=draft.releases_in_test,
        )
    run = Run.model_validate(trial)
    runs = state.get("runs", [])
    update: OrchestratorUpdate = {
        "trial": trial,
        "answer": None,
        "runs": runs if run_id in runs else [*runs, run_id],
    }
    if run.question is not None:
        return {**update, **rules.pose(state, run.question, node="test")}
    if run.outcome in {"success", "unverified"}:
        return update
    error = run.error
    failure: JsonObject = {
        "stage": "test",
        "code": error.code if error else str(run.outcome),
        "message": error.message if error else f"The test run ended as {run.outcome}",
        "step": error.step if error else "",
        "evidence": [],
    }
    return {**update, "failure": failure}


async def diagnose(state: OrchestratorState, config: RunnableConfig) -> OrchestratorUpdate:
    """Decide whether building again may help; ask when it may not."""
    failure = state.get("failure") or {}
    taken = rules.taken_answer(state, "diagnose")
    attempts = state.get("attempts", 0)
    again: OrchestratorUpdate = {
        "attempts": attempts + 1,
        "tried": failure,
        "notes": [],
        "failure": None,
        "answer": None,
        "step_index": 0,
        "draft": _rebuilt(state),
    }
    if taken or failure.get("code") == "cancelled":  # who stopped it is not asked again
        if taken and taken[1].get("action") == "try again":
            return again
        replies = rules.told(state, f"Stopped: {failure.get('message')}")
        return {"replies": replies, "answer": None, "status": "failed"}
    if rules.worth_retrying(failure, tried=state.get("tried") or {}, attempts=attempts + 1):
        return again
    question = rules.failure_question(
        failure, question_id=f"{_thread(config)}.{state.get('current', 0)}.failed.{attempts}"
    )
    return rules.pose(state, question, node="diagnose", answered=attempts >= rules.MAX_ATTEMPTS)


async def deploy(state: OrchestratorState, *, workspace: Workspace) -> OrchestratorUpdate:
    """Show the test's evidence; once approved, make the version the active one."""
    saved = state.get("saved") or {}
    agent, version = str(saved["agent"]), _int(saved["version"])
    taken = rules.taken_answer(state, "deploy")
    if taken is None:
        run = Run.model_validate(state.get("trial"))
        program = Program(steps=Draft.model_validate(state.get("draft")).steps)
        trial = Trial(
            run=run,
            program=program,
            notes=tuple(state.get("notes", [])),
            unused=rules.unused(state, rules.plan_of(state), program),
        )
        diff = rules.made_diff(state, program)
        question = deploy_question(trial, agent=agent, version=version, diff=diff)
        return rules.pose(state, question, node="deploy")
    next_agent: OrchestratorUpdate = {
        "answer": None,
        "notes": [],
        "agent_index": state.get("agent_index", 0) + 1,
        "step_index": 0,
        "draft": None,
        "saved": None,
        "attempts": 0,
    }
    before = rules.before(state, agent)
    if taken[1].get("decision") != "approve":
        kept = f"{agent} is kept as a draft."
        if before is not None:
            kept = (
                f"{agent} stays at version {before.version}; version {version} is kept as a draft."
            )
        return {**next_agent, "replies": rules.told(state, kept)}
    deployed = await workspace.deploy(agent, version)
    fires = deployed.get("next_fires")
    when = f" It runs next at {fires[0]}." if isinstance(fires, list) and fires else ""
    reply = f"{agent} version {version} is deployed.{when} Run it with `podium run {agent}`."
    told = rules.told(state, *_shown_unasked(state), reply)
    return {**next_agent, "replies": told, "agents": [*state.get("agents", []), agent]}


async def retire(
    state: OrchestratorState, config: RunnableConfig, *, workspace: Workspace
) -> OrchestratorUpdate:
    """Ask what becomes of the agents whose work others do now, once all of those are deployed; pause or delete them."""
    basis = rules.basis_of(state)
    planned = [agent.name for agent in rules.plan_of(state).agents]
    deployed = set(state.get("agents", []))
    replies = state.get("replies", [])
    waiting = [name for name in planned if name not in deployed]
    if waiting:
        told = f"{', '.join(basis.retire)} stays as it is: {', '.join(waiting)} is not deployed."
        return {"replies": [*replies, told], "basis": None}
    taken = rules.taken_answer(state, "retire")
    if taken is None and not state.get("approve_all"):
        question = rules.retire_question(
            basis.retire, planned, question_id=f"{_thread(config)}.{state.get('current', 0)}.retire"
        )
        return rules.pose(state, question, node="retire")
    wish = str(taken[1].get("decision")) if taken else "pause"
    update: OrchestratorUpdate = {"basis": None, "answer": None}
    if wish == "keep":
        return {**update, "replies": [*replies, f"{', '.join(basis.retire)} stays as it is."]}
    try:
        await workspace.retire(basis.retire, delete=wish == "delete")
    except UserError as error:
        message = f"{error.message}. {error.hint}".strip()
        return {**update, "replies": [*replies, message], "status": "failed"}
    told = rules.retired(basis.retire, planned, delete=wish == "delete")
    return {**update, "replies": [*replies, told]}


async def act(
    state: OrchestratorState, config: RunnableConfig, *, workspace: Workspace
) -> OrchestratorUpdate:
    """Carry out a verb on the workspace."""
    taken = rules.taken_answer(state, "act")
    answers = {**state.get("answers", {}), **(taken[1] if taken else {})}
    question_id = f"{_thread(config)}.{state.get('current', 0)}.act"
    try:
        result = await workspace.act(
            rules.request_of(state), question_id=question_id, answers=answers
        )
    except UserError as error:
        message = f"{error.message}. {error.hint}".strip()
        return {"replies": [*state.get("replies", []), message], "answer": None, "status": "failed"}
    update: OrchestratorUpdate = {
        "answer": None,
        "answers": answers,
        "replies": [*state.get("replies", []), *([result.reply] if result.reply else [])],
        "runs": [*state.get("runs", []), *result.runs],
        "agents": [*state.get("agents", []), *result.agents],
        "undo": [*(item.to_json() for item in result.undo), *state.get("undo", [])],
    }
    if result.basis is not None:
        return {**update, "basis": result.basis.to_json()}
    if result.question is not None:
        answered = all(field.name in answers for field in result.question.fields)
        return {**update, **rules.pose(state, result.question, node="act", answered=answered)}
    return {**update, "status": "failed"} if result.failed else update


async def respond(state: OrchestratorState) -> OrchestratorUpdate:
    """Tell the user what came of the request and move on to the next one."""
    current = state.get("current", 0) + 1
    more = current < len(state.get("requests", []))
    if more:
        return {**rules.fresh(), "current": current}
    text = "\n".join(state.get("replies", [])) or "Done."
    status = state.get("status") or "done"
    return {"messages": [{"type": "ai", "content": text}], "current": current, "status": status}


# -- Pure parts ------------------------------------------------------------------------------------

_LOST = "lost"
"""Fact of a draft: a step of the earlier version did not hold, so the steps from there on are explored."""


def _lost(state: OrchestratorState, draft: Draft, title: str, problem: str) -> OrchestratorUpdate:
    told = f"{title} of the earlier version does not hold any more ({problem}); it is built anew."
    facts = {**draft.facts, _LOST: True}
    return {
        "draft": draft.model_copy(update={"facts": facts}).to_json(),
        "answer": None,
        "notes": [*state.get("notes", []), told],
    }


def _shown_unasked(state: OrchestratorState) -> list[str]:
    """Return what the approval would have shown where it was given beforehand."""
    if not state.get("approve_all"):
        return []
    program = Program(steps=Draft.model_validate(state.get("draft")).steps)
    run = Run.model_validate(state.get("trial"))
    unused = rules.unused(state, rules.plan_of(state), program)
    return [*compiled_lines(run, program), *unused_lines(unused)]


def _thread(config: RunnableConfig) -> str:
    return str(config.get("configurable", {}).get("thread_id", "thread"))


def _draft(state: OrchestratorState, config: RunnableConfig, *, released: bool) -> Draft:
    kept = state.get("draft")
    if kept is not None:
        return Draft.model_validate(kept)
    agent = rules.agent_of(state)
    return Draft(
        build_id=f"build_{_thread(config)}_{state.get('agent_index', 0)}_{rules.plan_of(state).revision}",
        agent=agent.name,
        thread_id=_thread(config),
        origins=agent.origins,
        release_writes=released,
        facts=_facts(state),
    )


def _facts(state: OrchestratorState) -> JsonObject:
    known = rules.known_rules(state)
    return {KNOWN_RULES: known} if known else {}


def _rebuilt(state: OrchestratorState) -> JsonObject | None:
    kept = state.get("draft")
    if kept is None:
        return None
    draft = Draft.model_validate(kept)
    facts = {name: fact for name, fact in draft.facts.items() if name in {WRITTEN, SPENT}}
    if state.get("basis"):
        # The second time everything is explored: what was taken over may be what failed.
        facts = {**facts, **_facts(state), _LOST: True}
    return draft.model_copy(update={"steps": (), "facts": facts}).to_json()


def _document(change: str) -> JsonObject | str:
    if not change.lstrip().startswith("{"):
        return change
    try:
        value: JsonValue = json.loads(change)
    except json.JSONDecodeError as error:
        raise InvalidAnswer(f"The edited plan is not JSON: {error}", field="change") from error
    return value if isinstance(value, dict) else change


def _screenshots(evidence: JsonObject) -> list[JsonValue]:
    shot = evidence.get("screenshot")
    return [shot] if isinstance(shot, str) else []


def _int(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0
