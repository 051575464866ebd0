"""The planner that asks a model what its rules leave open, and checks every word of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from podium.state.document import Document, JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.origins import origin_of
from podium.state.plan import Plan, PlannedAgent, PlannedStep, Request, Understanding
from podium.state.triggers import Schedule
from podium.tools.models.forms import SaidAgent, SaidPlan, SaidStep, SaidUnderstanding
from podium.tools.models.grounds import Grounds, addresses_in, grounds_of
from podium.tools.models.reading import Reader, stronger
from podium.tools.models.structured import Ask, StructuredModel, Unusable
from podium.tools.models.text import flat, prompt
from podium.tools.planner import Planner, WorkspaceView

SURE = 0.85
"""A reading of the rules that is at least this sure, and explains every word, is taken as it is."""
_LONGEST_GOAL = 12_000
"""Characters of a request that a model is shown; more is a pasted document, not a request."""
_MOST_AGENTS = 60


@dataclass(frozen=True, slots=True)
class ModelPlanner:
    """Implements `Planner`: the rules first, a model for what they leave, the rules again for the plan."""

    rules: Planner
    model: StructuredModel

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        """Return the requests in the goal; the model is asked only when the rules are not sure.

        Raises:
            ModelMistake: If the model's answer stayed unusable after two repairs, or it declined.
            LimitExceeded: If the model budget is used up.
            Retryable: If the model server stays out of reach.
            SetupError: If the model is not set up right.
        """
        read = await self.rules.understand(goal, workspace=workspace)
        if is_sure(read):
            return read
        words = self.model.redact(goal)[:_LONGEST_GOAL]
        grounds = grounds_of(words, workspace)
        ask = Ask(
            purpose="understand",
            instructions=prompt("understand"),
            facts={
                "request": words,
                "workspace": _facts(workspace),
                "addresses": [*grounds.addresses],
                "rules": {
                    "requests": [_brief(item) for item in read.requests],
                    "unexplained": [*read.unexplained],
                },
            },
        )
        with self.model.meter.scope():
            return await self.model.ask(
                ask, SaidUnderstanding, lambda said: Reader(grounds).understanding(said)
            )

    async def plan(
        self,
        request: Request,
        *,
        goal: str,
        answers: Mapping[str, JsonValue],
        workspace: WorkspaceView,
    ) -> Plan:
        """Return the plan for a `create` request; composing it takes rules only, whoever read the request.

        Raises:
            InvalidAnswer: If an answer cannot be used; its field is named.
        """
        named = {step.secret for step in request.steps if step.secret}
        if len(named) == 1 and "credentials" not in answers:
            # The user said which of several credentials; the rules would take the site's first one.
            answers = {**answers, "credentials": {"stored": named.pop()}}
        return await self.rules.plan(request, goal=goal, answers=answers, workspace=workspace)

    async def revise(
        self, plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView
    ) -> Plan:
        """Return the next revision of the plan; words that the rules do not understand go to the model.

        Raises:
            InvalidAnswer: If neither understands the change, or it breaks the plan.
            ModelMistake: If the model's answer stayed unusable after two repairs, or it declined.
            LimitExceeded: If the model budget is used up.
            Retryable: If the model server stays out of reach.
            SetupError: If the model is not set up right.
        """
        try:
            return await self.rules.revise(plan, change, workspace=workspace)
        except InvalidAnswer:
            if not isinstance(change, str) or not change.strip():
                raise
        words = self.model.redact(change)[:_LONGEST_GOAL]
        grounds = _grounds_of_change(plan, words, workspace)
        ask = Ask(
            purpose="revise",
            instructions=prompt("revise"),
            facts={
                "change": words,
                "plan": {"goal": plan.goal, "agents": [_brief(agent) for agent in plan.agents]},
                "workspace": _facts(workspace),
                "addresses": [*grounds.addresses],
            },
        )
        with self.model.meter.scope():
            return await self.model.ask(
                ask, SaidPlan, lambda said: _revised(plan, said, words, grounds)
            )


# -- Pure parts ------------------------------------------------------------------------------------


def is_sure(read: Understanding) -> bool:
    """Return whether the rules' reading needs no second opinion."""
    return read.confidence >= SURE and not read.unexplained and bool(read.requests)


def _facts(workspace: WorkspaceView) -> JsonObject:
    """Return what a model may know of the workspace: names and facts, flattened, no values of secrets."""
    return {
        "agents": [
            {
                "name": agent.name,
                "goal": flat(agent.goal, limit=200),
                "state": agent.state,
                "site": agent.site,
                "outputs": [flat(output, limit=80) for output in agent.outputs],
                "last_outcome": agent.last_outcome,
            }
            for agent in workspace.agents[:_MOST_AGENTS]
        ],
        "last_agent": workspace.last_agent,
        "credentials": [{"name": name, "site": origin} for name, origin in workspace.secrets],
        "timezone": workspace.timezone,
        "now": workspace.now.isoformat(timespec="minutes") if workspace.now else None,
    }


def _brief(document: Document) -> JsonObject:
    """Return the document without what has its default: it only costs tokens."""
    return document.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _grounds_of_change(plan: Plan, change: str, workspace: WorkspaceView) -> Grounds:
    """Return what a change may name: its own words, and what the plan's owner has seen already."""
    seen = [change, plan.goal]
    addresses: list[str] = []
    secrets = dict(workspace.secrets)
    for agent in plan.agents:
        seen.append(agent.goal)
        addresses += agent.origins
        for step in agent.steps:
            seen += [step.thing, step.title, *step.values.values()]
            addresses += [step.url] if step.url else []
            if step.secret and step.url:
                secrets.setdefault(step.secret, origin_of(step.url))
        if agent.schedule is not None:
            seen += [agent.schedule.words, agent.schedule.timezone]
        seen += [str(item.default) for item in agent.inputs if item.default is not None]
    more = (*addresses_in(change), *addresses)
    grounds = grounds_of("\n".join(seen), workspace, more=more)
    return Grounds(
        text=grounds.text,
        addresses=grounds.addresses,
        secrets=tuple(secrets.items()),
        agents=tuple(agent.name for agent in plan.agents),
        timezone=workspace.timezone,
    )


def _revised(plan: Plan, said: SaidPlan, change: str, grounds: Grounds) -> Plan:
    """Return the next revision.

    Raises:
        InvalidAnswer: If the model says that the change cannot be carried out.
        Unusable: If the outline names what nobody said.
    """
    if not said.agents:
        why = flat(said.problem, limit=300) or "the words do not say what is to change"
        raise InvalidAnswer(
            f"The change cannot be understood: {why}", field="change", hint="Say it in other words."
        )
    reader = Reader(grounds)
    agents = tuple(_agent(plan, item, reader) for item in said.agents)
    reader.settle()
    note = f"Changed as you said: {flat(change, limit=200)}"
    try:
        return Plan(
            plan_id=plan.plan_id,
            revision=plan.revision + 1,
            goal=plan.goal,
            agents=agents,
            notes=(*plan.notes, note),
        )
    except ValidationError as error:
        raise Unusable(str(error)) from error


def _agent(plan: Plan, said: SaidAgent, reader: Reader) -> PlannedAgent:
    before = next((agent for agent in plan.agents if agent.name == said.name), None)
    if before is None:
        names = ", ".join(agent.name for agent in plan.agents)
        raise Unusable(f"The plan has no agent {said.name!r}; it has: {names}")
    if not said.steps:
        reader.problems.append(f"{said.name!r} has no steps left")
    inputs = reader.inputs(said.inputs)
    steps = tuple(_kept(before, step) for step in reader.steps(said.steps, inputs=inputs))
    sites = _moved(before.origins, _sites(before.steps), _sites(steps))
    secrets = _moved(before.secrets, _secrets(before.steps), _secrets(steps))
    return before.model_copy(
        update={
            "origins": sites,
            "secrets": secrets,
            "inputs": inputs,
            "schedule": _schedule(before, said, reader),
            "steps": steps,
        }
    )


def _schedule(before: PlannedAgent, said: SaidAgent, reader: Reader) -> Schedule | None:
    old, new = before.schedule, said.schedule
    if old and new and (new.cron, new.timezone or old.timezone) == (old.cron, old.timezone):
        return old
    return reader.schedule(new)


def _moved(all_before: Iterable[str], used: set[str], uses: set[str]) -> tuple[str, ...]:
    """Return the names without those that no step uses any more, and with the new ones."""
    kept = [name for name in all_before if name in uses or name not in used]
    return tuple(dict.fromkeys([*kept, *sorted(uses)]))


def _sites(steps: Iterable[PlannedStep]) -> set[str]:
    return {origin_of(step.url) for step in steps if step.url}


def _secrets(steps: Iterable[PlannedStep]) -> set[str]:
    return {step.secret for step in steps if step.secret}


def _kept(before: PlannedAgent, step: PlannedStep) -> PlannedStep:
    """Return the step with what the model was not asked about, and never with less effect than it had."""
    old = next((item for item in before.steps if item.id == step.id), None)
    if old is None or old.op != step.op:
        return step
    asked = set(SaidStep.model_fields) - {"effect"}
    changed = {name: value for name, value in step if name in asked}
    return old.model_copy(update={**changed, "effect": stronger(old.effect, step.effect)})
