"""Splitting one agent into several and merging several into one: plans whose compiled steps stay where they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import ActResult, Basis, BasisAgent
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.origins import origin_of
from podium.state.plan import InputSpec, Plan, PlannedAgent, PlannedStep, Request
from podium.state.program import Program, parse_program
from podium.state.questions import FieldSpec, Question
from podium.state.spec import AgentSpec
from podium.state.triggers import Schedule
from podium.tools.grounding.words import similarity
from podium.tools.offline.naming import slug, unique

_RESULTS = frozenset({"extract", "download", "store", "submit", "notify", "task"})
_STARTS = frozenset({"reach", "search"})
_BY_SITE = re.compile(r"\b(?:site|website|portal|domain|origin|host)s?\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:one|agent|another|the other|a second)(?: \w+)? for (?:the )?(?P<one>[\w -]+?)(?=,| and\b| one\b|[.?!]|$)",
    re.IGNORECASE,
)
_ALIKE = 0.6
BY_HAND = "by hand"


@dataclass(slots=True)
class Branch:
    """A stretch of steps that yields something of its own."""

    origin: str
    lead: list[PlannedStep] = field(default_factory=list[PlannedStep])
    """Opening and signing in, which every branch on that site begins with."""
    steps: list[PlannedStep] = field(default_factory=list[PlannedStep])

    @property
    def things(self) -> tuple[str, ...]:
        """What it is about."""
        return tuple(dict.fromkeys(step.thing for step in self.steps if step.thing))

    @property
    def label(self) -> str:
        """How it is called."""
        return next(iter(self.things), "") or self.origin.split("://")[-1]

    def alike(self, words: str) -> float:
        """Return how much the words mean this branch."""
        texts = (*self.things, self.origin, *(step.title for step in self.steps))
        return max((similarity(words, text) for text in texts), default=0.0)


def branches(steps: tuple[PlannedStep, ...]) -> list[Branch]:
    """Return the stretches of an outline that stand beside each other."""
    found: list[Branch] = []
    for step in steps:
        origin = origin_of(step.url) if step.op == "open" and step.url else ""
        last = found[-1] if found else None
        if last is None or (origin and origin != last.origin):
            found.append(Branch(origin=origin, lead=[step]))
        elif step.op in {"open", "sign_in"} and not last.steps:
            last.lead.append(step)
        elif step.op in _STARTS and any(one.op in _RESULTS for one in last.steps):
            found.append(Branch(origin=last.origin, lead=list(last.lead), steps=[step]))
        else:
            last.steps.append(step)
    return [branch for branch in found if branch.steps]


def split(old: BasisAgent, request: Request, *, plan_id: str, taken: set[str]) -> Basis:
    """Return the plan of the agents that the one becomes.

    Raises:
        Conflict: If its steps form one piece.
        UserError: If the words name a part that it does not have.
    """
    parts = _parts(old.spec, str(request.arguments.get("change") or request.text))
    if len(parts) < 2:
        raise Conflict(
            f"{old.name!r} does one thing: its steps do not come apart",
            hint="Say what the parts are, as in `one for the invoices and one for the documents`.",
        )
    agents: list[PlannedAgent] = []
    for label, members in parts:
        name = unique(slug(f"{old.name} {label}"), {*taken, *(agent.name for agent in agents)})
        agents.append(_part(old.spec, name, label, members))
    return Basis(
        agents=(old,),
        plan=Plan(plan_id=plan_id, goal=request.text, agents=tuple(agents), notes=_notes((old,))),
        reason=f"split from {old.name}",
        retire=(old.name,),
    )


def _parts(spec: AgentSpec, text: str) -> list[tuple[str, list[Branch]]]:
    found = branches(spec.steps)
    named = [match["one"].strip() for match in _NAMED.finditer(text)]
    named = [
        words for words in named if not _BY_SITE.fullmatch(words.removeprefix("each ").strip())
    ]
    if len(named) > 1:
        return _by_name(found, named, spec.name)
    sites = list(dict.fromkeys(branch.origin for branch in found))
    if len(sites) > 1:
        return [
            (site.split("://")[-1], [branch for branch in found if branch.origin == site])
            for site in sites
        ]
    if _BY_SITE.search(text):
        return []
    return [(branch.label, [branch]) for branch in found]


def _by_name(found: list[Branch], named: list[str], agent: str) -> list[tuple[str, list[Branch]]]:
    parts: dict[str, list[Branch]] = {words: [] for words in named}
    for branch in found:
        best = max(named, key=branch.alike)
        if branch.alike(best) < _ALIKE:
            raise UserError(
                f"It is not said which agent gets {branch.label!r} of {agent!r}",
                hint=f"Its parts are: {', '.join(item.label for item in found)}.",
            )
        parts[best].append(branch)
    empty = next((words for words, members in parts.items() if not members), None)
    if empty is not None:
        raise UserError(
            f"{agent!r} has no part for {empty!r}",
            hint=f"Its parts are: {', '.join(item.label for item in found)}.",
        )
    return list(parts.items())


def _part(spec: AgentSpec, name: str, label: str, members: list[Branch]) -> PlannedAgent:
    steps = tuple(
        {step.id: step for branch in members for step in (*branch.lead, *branch.steps)}.values()
    )
    said = " ".join(step.model_dump_json() for step in steps)
    opened = {origin_of(step.url) for step in steps if step.op == "open" and step.url}
    things = [thing for branch in members for thing in branch.things]
    return PlannedAgent(
        name=name,
        goal=f"{label}: {spec.goal}",
        origins=tuple(origin for origin in spec.origins if origin in opened) or spec.origins,
        secrets=tuple(item for item in spec.secrets if any(item == step.secret for step in steps)),
        inputs=tuple(item for item in spec.inputs if f"{{inputs.{item.name}}}" in said),
        outputs=tuple(
            output for output in spec.outputs if any(thing in output for thing in things)
        ),
        schedule=spec.schedule,
        steps=steps,
    )


# -- Merging -----------------------------------------------------------------------------------------


def merge(
    old: tuple[BasisAgent, ...],
    request: Request,
    answers: JsonObject,
    *,
    plan_id: str,
    taken: set[str],
) -> ActResult:
    """Return the plan of the agent that several become, or the question when it shall run."""
    schedules = _schedules(old)
    chosen = answers.get("schedule")
    if len(schedules) > 1 and chosen is None:
        return ActResult(question=_when(old, tuple(schedules)))
    schedule = schedules.get(str(chosen)) if chosen else next(iter(schedules.values()), None)
    steps: list[PlannedStep] = []
    inputs: dict[str, InputSpec] = {}
    sources: list[BasisAgent] = []
    for agent in old:
        renamed = _apart(agent, {step.id for step in steps}, inputs)
        sources.append(renamed)
        steps += renamed.spec.steps
        inputs |= {item.name: item for item in renamed.spec.inputs}
    said = str(request.arguments.get("name") or "")
    name = unique(slug(said or " ".join(agent.name for agent in old)), taken)
    specs = [agent.spec for agent in sources]
    planned = PlannedAgent(
        name=name,
        goal="; ".join(dict.fromkeys(spec.goal for spec in specs)),
        origins=tuple(dict.fromkeys(item for spec in specs for item in spec.origins)),
        secrets=tuple(dict.fromkeys(item for spec in specs for item in spec.secrets)),
        inputs=tuple(inputs.values()),
        outputs=tuple(dict.fromkeys(item for spec in specs for item in spec.outputs)),
        schedule=schedule,
        steps=tuple(steps),
    )
    names = tuple(agent.name for agent in old)
    basis = Basis(
        agents=tuple(sources),
        plan=Plan(plan_id=plan_id, goal=request.text, agents=(planned,), notes=_notes(old)),
        reason=f"merged from {', '.join(names)}",
        retire=names,
    )
    return ActResult(basis=basis, agents=names)


def _schedules(old: tuple[BasisAgent, ...]) -> dict[str, Schedule]:
    return {agent.spec.schedule.shown: agent.spec.schedule for agent in old if agent.spec.schedule}


def _when(old: tuple[BasisAgent, ...], choices: tuple[str, ...]) -> Question:
    names = ", ".join(agent.name for agent in old)
    return Question(
        id="schedule",
        kind="choice",
        title=f"{names} run at different times. When shall the merged agent run?",
        fields=(
            FieldSpec(name="schedule", title="When", type="choice", choices=(*choices, BY_HAND)),
        ),
    )


def _apart(agent: BasisAgent, used: set[str], inputs: dict[str, InputSpec]) -> BasisAgent:
    """Return the agent with ids and inputs that nobody else has, in its outline and its program alike."""
    ids = {step.id: unique(step.id, used) for step in agent.spec.steps if step.id in used}
    clash = {
        item.name: f"{item.name}_{agent.name.replace('-', '_')}"
        for item in agent.spec.inputs
        if item.name in inputs and inputs[item.name] != item
    }
    if not ids and not clash:
        return agent
    program = parse_program(_object(_renamed(agent.program.to_json(), ids, clash)))
    spec = AgentSpec.model_validate(_object(_renamed(agent.spec.to_json(), ids, clash)))
    renamed = tuple(
        item.model_copy(update={"name": clash.get(item.name, item.name)})
        for item in agent.spec.inputs
    )
    return agent.model_copy(
        update={"spec": spec.model_copy(update={"inputs": renamed}), "program": program}
    )


_REFERENCES = ("id", "rows", "files")
"""Fields of steps and of their arguments that name a step."""


def _renamed(value: JsonValue, ids: dict[str, str], inputs: dict[str, str]) -> JsonValue:
    """Return the document with other step ids (a compiled step has that of its planned one, and a suffix) and inputs."""
    match value:
        case dict():
            step = "op" in value or "rows" in value
            return {
                name: _id(part, ids)
                if step and name in _REFERENCES and isinstance(part, str)
                else _renamed(part, ids, inputs)
                for name, part in value.items()
            }
        case list():
            return [_renamed(part, ids, inputs) for part in value]
        case str():
            text = re.sub(r"\{steps\.([\w-]+)", lambda m: f"{{steps.{_id(m[1], ids)}", value)
            return re.sub(
                r"\{inputs\.(\w+)\}", lambda m: f"{{inputs.{inputs.get(m[1], m[1])}}}", text
            )
        case _:
            return value


def _id(name: str, ids: dict[str, str]) -> str:
    for old in sorted(ids, key=len, reverse=True):
        if name == old or name.startswith(f"{old}-"):
            return ids[old] + name[len(old) :]
    return name


def _object(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict), "a document stays a document"
    return value


def _notes(old: tuple[BasisAgent, ...]) -> tuple[str, ...]:
    """Return what the new agents do not know of the old ones."""
    notes: list[str] = []
    for agent in old:
        if any(step.op in {"new_since", "changed"} for step in agent.spec.steps):
            notes.append(
                f"What {agent.name} has seen is not handed on: the first run takes all rows for new."
            )
        if _writes(agent.program):
            notes.append(
                f"What {agent.name} has written is not handed on: check before the first run that nothing is sent again."
            )
    return tuple(notes)  # fmt: skip


def _writes(program: Program) -> bool:
    return any(step.effect in {"write", "irreversible"} for step in program.steps)
