"""What the orchestrator decides without any port: questions, fillings, moves. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import Basis, BasisAgent
from podium.graphs.orchestrator.state import OrchestratorState, OrchestratorUpdate
from podium.state.diffs import VersionDiff, parts_of, still_valid, version_diff
from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer, UserError
from podium.state.origins import origin_of, web_address
from podium.state.plan import Missing, Plan, PlannedAgent, Request, Understanding
from podium.state.program import Program, Step
from podium.state.questions import FieldSpec, Question, QuestionKind
from podium.state.spec import AgentSpec, as_plan
from podium.tools.builder import Draft
from podium.tools.grounding.words import fold, stem
from podium.tools.planner import WorkspaceView
from podium.tools.renaming import renamed_plan, renamed_program
from podium.tools.unused import unused_words

MAX_FIELDS = 3
"""Facts asked for in one turn."""
MAX_ATTEMPTS = 3
"""Builds of one plan before a person decides."""
SURE = 0.5
"""Below this confidence nothing is started."""

_FRESH: OrchestratorUpdate = {
    "answers": {},
    "plan": None,
    "edits": [],
    "basis": None,
    "agent_index": 0,
    "step_index": 0,
    "draft": None,
    "notes": [],
    "released": False,
    "saved": None,
    "trial": None,
    "attempts": 0,
    "question": None,
    "answer": None,
    "asked": {},
    "failure": None,
    "tried": None,
}


def fresh() -> OrchestratorUpdate:
    """Return the update that forgets the request before."""
    return {**_FRESH}


def goal_of(state: OrchestratorState) -> str:
    """Return what the user asked for: the goal, else the last human message."""
    for message in reversed(state.get("messages", [])):
        if message.get("type") == "human":
            return str(message.get("content", ""))
    return state.get("goal", "")


def request_of(state: OrchestratorState) -> Request:
    """Return the request under way."""
    return Request.model_validate(state.get("requests", [])[state.get("current", 0)])


def plan_of(state: OrchestratorState) -> Plan:
    """Return the plan under way."""
    return Plan.model_validate(state.get("plan"))


def agent_of(state: OrchestratorState) -> PlannedAgent:
    """Return the planned agent under way."""
    return plan_of(state).agents[state.get("agent_index", 0)]


def found_basis(state: OrchestratorState) -> Basis | None:
    """Return what the change under way starts from; none when something new is made."""
    kept = state.get("basis")
    return None if kept is None else Basis.model_validate(kept)


def basis_of(state: OrchestratorState) -> Basis:
    """Return what the change under way starts from."""
    return Basis.model_validate(state.get("basis"))


def before(state: OrchestratorState, agent: str) -> BasisAgent | None:
    """Return the agent as it was before the change under way."""
    basis = found_basis(state)
    return next((item for item in basis.agents if item.name == agent), None) if basis else None


def changes_anything(basis: Basis, plan: Plan) -> bool:
    """Return whether the plan is another than what there is."""
    there = {item.name: as_plan(item.spec, plan_id="").agents[0] for item in basis.agents}
    return any(there.get(agent.name) != agent for agent in plan.agents)


def kept_steps(state: OrchestratorState) -> dict[str, tuple[Step, ...]]:
    """Return planned step id -> compiled steps that stay valid, for the agent under way."""
    basis = found_basis(state)
    return kept_of(basis, agent_of(state)) if basis else {}


def kept_of(basis: Basis, agent: PlannedAgent) -> dict[str, tuple[Step, ...]]:
    """Return planned step id -> compiled steps that stay valid, of the agent itself, else of all that it is made from."""
    own = [item for item in basis.agents if item.name == agent.name] or list(basis.agents)
    kept: dict[str, tuple[Step, ...]] = {}
    for item in own:
        kept |= still_valid(item.spec.steps, agent.steps, item.program, redo=basis.redo)
    return kept


def known_rules(state: OrchestratorState) -> JsonObject:
    """Return what the rules of earlier versions were compiled to, by their phrase."""
    basis = found_basis(state)
    known: JsonObject = {}
    for old in basis.agents if basis else ():
        parts = parts_of(old.spec.steps, old.program)
        for planned in old.spec.steps:
            compiled = [step for step in parts.get(planned.id, ()) if step.op == "where"]
            conditions = [item for step in compiled for item in step.args.conditions]
            if len(conditions) == len(planned.rules):
                pairs = zip(planned.rules, conditions, strict=True)
                known |= {rule.phrase: condition.to_json() for rule, condition in pairs}
    return known


def made_diff(state: OrchestratorState, program: Program) -> VersionDiff | None:
    """Return what the new version changes of the old one; none when there is no old one."""
    agent = agent_of(state)
    old = before(state, agent.name)
    if old is None:
        return None
    spec = spec_of(agent, origins=agent.origins)
    spec = spec.model_copy(update={"secrets": old.spec.secrets, "limits": old.spec.limits})
    return version_diff((old.spec, old.program), (spec, program))


def unused(
    state: OrchestratorState,
    plan: Plan,
    program: Program | None = None,
    *,
    edits: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the words of the request that nothing was made of; a change is shown by its difference instead.

    What the planner did not understand counts, also where the same words were understood in another place. What an
    edit of the plan spoke of since, such as a column that was dropped, is no oversight.
    """
    if found_basis(state) is not None:
        return ()
    further = [json.dumps(program.to_json(), ensure_ascii=False)] if program else []
    request = request_of(state)
    read = Understanding.model_validate(state.get("understanding"))
    alone = len(read.requests) == 1
    spans = tuple(span for span in read.unexplained if alone or span in request.text)
    left = unused_words(request.text, plan.agents, further=further, not_read=spans)
    spoken = {word for edit in (*state.get("edits", []), *edits) for word in _words(edit)}
    return tuple(span for span in left if not _words(span) <= spoken)


def _words(text: str) -> set[str]:
    return {stem(fold(word)) for word in re.findall(r"[^\W_]+", text)}


def told(state: OrchestratorState, *further: str) -> list[str]:
    """Return the replies with what was decided for the agent under way, and what came of it."""
    said: list[str] = [*state.get("notes", []), *further]
    return [*state.get("replies", []), *dict.fromkeys(said)]


def under_free_name(state: OrchestratorState, saved: JsonObject) -> OrchestratorUpdate:
    """Return the update that calls the agent under way as it was saved, its own name being taken, and tells so."""
    plan, index, name = plan_of(state), state.get("agent_index", 0), str(saved["agent"])
    said = saved.get("tables")
    tables = {old: str(new) for old, new in said.items()} if isinstance(said, dict) else {}
    agents = list(plan.agents)
    was, agents[index] = agents[index].name, renamed_plan(agents[index], name, tables)
    draft = Draft.model_validate(state.get("draft"))
    steps = renamed_program(Program(steps=draft.steps), tables).steps
    moved = "".join(f"; its rows go to the table {new!r}" for new in tables.values())
    note = f"Another agent got the name {was} meanwhile: this one is {name}{moved}."
    return {
        "plan": plan.model_copy(update={"agents": tuple(agents)}).to_json(),
        "draft": draft.model_copy(update={"steps": steps}).to_json(),
        "saved": {**saved, "note": note},
        "notes": [*state.get("notes", []), note],
    }


def unclear_change(problem: str, change: str, *, question_id: str) -> Question:
    """Return the question for a change that was not understood."""
    field = FieldSpec(name="change", title="What shall be different, in other words")
    return Question(
        id=question_id,
        kind="text",
        title="What exactly shall change?",
        text=f"{problem}\n\nYou said: {change}",
        fields=(field,),
    )


CREATE_ANYWAY = "create another one"


def existing_question(request: Request, agent: str, *, question_id: str) -> Question:
    """Return the question what to do with the agent that does it already."""
    choices = ("run it", "schedule it", "extend it", CREATE_ANYWAY)
    when = request.schedule
    fields = [
        FieldSpec(name="agent", title="The agent", type="choice", choices=(agent,), default=agent),
        FieldSpec(
            name="existing",
            title="What shall I do?",
            type="choice",
            choices=choices,
            default="schedule it" if when else "run it",
        ),
        FieldSpec(
            name="change", title="To extend it: what it shall do besides, in words", required=False
        ),
    ]
    return Question(
        id=question_id,
        kind="choice",
        title=f"{agent} does that already. What shall I do?",
        text=f"You asked: {request.text}",
        fields=tuple(fields),
    )


def used_instead(agent: str, answer: JsonObject) -> str:
    """Return what is told when nobody was asked about the agent that does it already."""
    done = "given the schedule" if answer.get("existing") == "schedule it" else "run"
    return (
        f"{agent} does that already, so nothing new is built and it is {done}. "
        f"For another agent answer `existing` with {CREATE_ANYWAY!r}."
    )


def instead(request: Request, answer: JsonObject) -> Request:
    """Return what is done instead of making another agent, or the request as it was."""
    agents = (str(answer.get("agent")),)
    match answer.get("existing"):
        case "run it":
            # What goes into the form is of this run; the agent's own values are those of its first.
            inputs: JsonObject = {
                spec.name: spec.default for spec in request.inputs if spec.default is not None
            }
            return Request(
                verb="run",
                text=request.text,
                agents=agents,
                arguments={"inputs": inputs} if inputs else {},
            )
        case "schedule it":
            missing = () if request.schedule else (Missing(field="schedule", question="When?"),)
            return Request(
                verb="schedule",
                text=request.text,
                agents=agents,
                schedule=request.schedule,
                missing=missing,
            )
        case "extend it":
            change = str(answer.get("change") or request.text)
            return Request(
                verb="modify", text=request.text, agents=agents, arguments={"change": change}
            )
        case _:
            return request


def retire_question(agents: tuple[str, ...], instead: list[str], *, question_id: str) -> Question:
    """Return the question what becomes of agents whose work others do now."""
    return Question(
        id=question_id,
        kind="choice",
        title=f"{', '.join(instead)} does the work of {', '.join(agents)} now. What becomes of the latter?",
        text="A deleted agent can be brought back with `podium agents restore`.",
        fields=(
            FieldSpec(
                name="decision",
                title="Delete, pause or keep?",
                type="choice",
                choices=("delete", "pause", "keep"),
                default="pause",
            ),
        ),
    )


def retired(agents: tuple[str, ...], instead: list[str], *, delete: bool) -> str:
    """Return what is told of agents that others replaced."""
    names = ", ".join(agents)
    if not delete:
        return f"{names} is paused: {', '.join(instead)} does its work now."
    back = " and ".join(f"`podium agents restore {name}`" for name in agents)
    return f"{names} is deleted: {', '.join(instead)} does its work now. {back} brings it back."


def actionable(understanding: Understanding) -> bool:
    """Return whether the reading is sure enough to be carried out."""
    return understanding.confidence >= SURE and any(
        request.verb != "none" for request in understanding.requests
    )


def refused(understanding: Understanding) -> bool:
    """Return whether something was asked for that is not carried out, rather than only said hello."""
    asked = any(request.verb != "none" for request in understanding.requests)
    return not actionable(understanding) and (asked or bool(understanding.unexplained))


def in_order(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """Return what is to be done, what is done at once before what asks first or takes long.

    Requests about the same agent keep their order; so `delete X and pause Y` pauses Y although X waits for a word.
    """
    asked = [request for request in requests if request.verb != "none"]
    ordered: list[Request] = []
    for request in asked:
        place = len(ordered)
        if request.verb in _AT_ONCE and not request.missing:
            while place and _may_wait(ordered[place - 1], request):
                place -= 1
        ordered.insert(place, request)
    return tuple(ordered)


_AT_ONCE = frozenset({"pause", "resume", "schedule", "unschedule", "rename", "rollback", "run"})


def _may_wait(earlier: Request, later: Request) -> bool:
    asks = earlier.verb not in _AT_ONCE | {"inspect", "compare", "export"} or bool(earlier.missing)
    apart = not set(earlier.agents) & set(later.agents)
    # What is not clear yet may turn out to be the same agent.
    return asks and apart and bool(earlier.agents or earlier.verb == "create")


def not_understood(understanding: Understanding) -> str:
    """Return what to tell the user about a goal that starts nothing."""
    reply = understanding.reply
    lines = [reply] if reply else []
    # A planner may have said some of it already.
    unsaid = [span for span in understanding.unexplained if span not in reply]
    if unsaid:
        lines.append(f"I did not understand: {', '.join(map(repr, unsaid))}.")
    titles = [step.title for request in understanding.requests for step in request.steps]
    titles = [title for title in titles if title not in reply]
    if titles and not actionable(understanding):
        lines.append(f"I did understand: {'; '.join(titles)}.")
    if not understanding.reply:
        lines.append(
            "Say it in other words, or configure a model (PODIUM_MODEL=openai:NAME and OPENAI_API_KEY or OPENAI_BASE_URL)."
        )
    return " ".join(lines)


# -- Questions ------------------------------------------------------------------------------------


def pose(
    state: OrchestratorState,
    question: Question,
    *,
    node: str,
    answered: bool = False,
    doubtful: bool = False,
) -> OrchestratorUpdate:
    """Return the update that asks, or that takes an answer which was given beforehand.

    `approve_all` answers plan reviews and deployments only, and none that is `doubtful`; `given` answers any
    question whose required fields it fills, once (`answered` says that this very question had an answer already).
    """
    asked: JsonObject = {"node": node, "id": question.id}
    approved = state.get("approve_all") and not doubtful
    if question.kind in {"review", "approval"} and approved and node != "build":
        answer: JsonObject = {"decision": "approve"}
        if any(field.name == "release_writes" for field in question.fields):
            answer["release_writes"] = True
        return {"question": None, "asked": asked, "answer": question.check(answer)}
    prepared = None if answered else _given(state, question)
    if prepared is not None:
        return {"question": None, "asked": asked, "answer": prepared}
    return {"question": question.to_json(), "asked": asked, "answer": None}


def _given(state: OrchestratorState, question: Question) -> JsonObject | None:
    given = state.get("given", {})
    answer: JsonObject = {
        field.name: given[field.name] for field in question.fields if field.name in given
    }
    if not answer:
        return None
    try:
        return question.check(answer)
    except InvalidAnswer:
        return None


def taken_answer(state: OrchestratorState, node: str) -> tuple[str, JsonObject] | None:
    """Return (question id, answer) when an answer waits for that node."""
    answer, asked = state.get("answer"), state.get("asked", {})
    if answer is None or asked.get("node") != node:
        return None
    return str(asked.get("id")), answer


def given_facts(request: Request, given: JsonObject) -> JsonObject:
    """Return the facts given beforehand that the request lacks; credentials never come that way."""
    wanted = {item.field for item in request.missing if item.kind != "secret"}
    return {name: value for name, value in given.items() if name in wanted}


def known_answers(request: Request, answers: JsonObject, view: WorkspaceView) -> JsonObject:
    """Return the answers with what the workspace knows by itself: a stored credential of the site."""
    site = _site(request, answers)
    if "credentials" in answers or not site:
        return answers
    stored = [name for name, origin in view.secrets if origin == site]
    return {**answers, "credentials": {"stored": stored[0]}} if len(stored) == 1 else answers


def still_missing(request: Request, answers: JsonObject) -> tuple[Missing, ...]:
    """Return what must be asked now; a credential waits until its site is known."""
    missing = [item for item in request.missing if item.field not in answers]
    if any(item.field == "url" for item in missing):
        missing = [item for item in missing if item.kind != "secret"]
    return tuple(missing[:MAX_FIELDS])


def clarify_question(
    request: Request, answers: JsonObject, *, question_id: str, problem: str = ""
) -> Question | None:
    """Return the one question that asks for all that is missing, or none."""
    missing = still_missing(request, answers)
    if not missing:
        return None
    site = _site(request, answers)
    fields = tuple(
        FieldSpec(
            name=item.field,
            title=item.question,
            type=item.kind,
            choices=item.choices,
            default=item.default,
            origin=site if item.kind == "secret" else "",
        )
        for item in missing
    )
    kind: QuestionKind = "secret" if any(item.kind == "secret" for item in missing) else "text"
    text = "\n".join(item.question for item in missing)
    return Question(
        id=question_id,
        kind=kind,
        title=missing[0].question if len(missing) == 1 else "Before I can start",
        text=f"! {problem}\n\n{text}" if problem else text,
        fields=fields,
    )


def _site(request: Request, answers: JsonObject) -> str:
    url = answers.get("url", request.site)
    if not isinstance(url, str) or not url:
        return ""
    try:
        return origin_of(web_address(url))
    except UserError:
        return ""


# -- Failure ---------------------------------------------------------------------------------------


def worth_retrying(failure: JsonObject, *, tried: JsonObject, attempts: int) -> bool:
    """Return whether building again by itself may help: not without end, and not when it just failed alike."""
    hopeless = {
        "unreachable",
        "not_supported",
        "no_option",
        "blocked_origin",
        "cancelled",
        "setup",
        "sign_in_failed",
    }
    alike = all(failure.get(part) == tried.get(part) for part in ("stage", "code", "step"))
    return failure.get("code") not in hopeless and not alike and attempts < MAX_ATTEMPTS


_NOT_FOUND = frozenset({"not_found_on_page", "ambiguous", "not_supported", "no_option"})
_SHOW_ONCE = (
    "Or show it once, in a browser, and what you do there becomes the steps: "
    "`podium record URL --name NAME`."
)


def failure_question(failure: JsonObject, *, question_id: str) -> Question:
    """Return the question that shows a failure and asks how to go on."""
    where = f" (step {failure['step']})" if failure.get("step") else ""
    # The budget of sign-ins is spent for good: another try could lock the account.
    spent = failure.get("code") == "sign_in_failed"
    lost = failure.get("stage") == "build" and failure.get("code") in _NOT_FOUND
    said = str(failure.get("message", ""))
    return Question(
        id=question_id,
        kind="choice",
        title=f"The {failure.get('stage')} failed{where}. How shall I go on?",
        text=f"{said}\n{_SHOW_ONCE}" if lost else said,
        evidence=tuple(_texts(failure.get("evidence"))),
        fields=(
            FieldSpec(
                name="action",
                title="Go on?",
                type="choice",
                choices=("stop",) if spent else ("try again", "stop"),
            ),
        ),
    )


def _texts(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


# -- Documents -------------------------------------------------------------------------------------


def spec_of(agent: PlannedAgent, *, origins: tuple[str, ...]) -> AgentSpec:
    """Return what the user confirmed by approving the plan; origins may have been added by approval."""
    return AgentSpec(
        name=agent.name,
        goal=agent.goal,
        origins=origins or agent.origins,
        secrets=agent.secrets,
        inputs=agent.inputs,
        outputs=agent.outputs,
        schedule=agent.schedule,
        steps=agent.steps,
    )


def used_secrets(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return the names of the credentials that the compiled steps use."""
    return tuple(dict.fromkeys(step.args.secret for step in steps if step.op == "sign_in"))
