"""What a change says of the rows: read as the sentence that follows the request, by what reads requests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from podium.state.plan import MatchRule, PlannedAgent, PlannedStep
from podium.tools.offline.reading import read_goal
from podium.tools.planner import WorkspaceView

_DENIES = re.compile(
    r"(?:not|no|without|skip|ignore|exclude|omit|drop|except|leave out|don't|do not)\b",
    re.IGNORECASE,
)
_SURE = 0.8


def selected(
    agent: PlannedAgent, said: str, *, workspace: WorkspaceView, now: datetime
) -> PlannedAgent | None:
    """Return the agent working on other rows of its list; none when the words say anything else, or more."""
    listed = next((step for step in agent.steps if step.op == "extract" and step.thing), None)
    if listed is None or not agent.origins:
        return None
    # Agents of the workspace are not what a plan's rows are told apart by.
    alone = replace(workspace, agents=(), deleted=(), last_requests=(), undo=(), lately=())
    what = f"the {', '.join(listed.fields)} of all" if listed.fields else "all"
    request = f"collect {what} {listed.thing} from {agent.origins[0]}"
    before = _steps(request, alone, now)
    after = _steps(f"{request}. {said}.", alone, now)
    if not before or not after:
        return None
    plain = [_plain(step) for step in before]
    kept = [step for step in after if _plain(step) in plain]
    new = [step for step in after if _plain(step) not in plain]
    if (
        len(kept) != len(before)
        or not new
        or any(step.op not in {"filter", "pick"} for step in new)
    ):
        return None
    if _DENIES.match(said) and not all(_denied(rule) for step in new for rule in step.rules):
        return None
    for step in new:
        agent = keeping(agent, step.rules) if step.op == "filter" else picking(agent, step)
    return agent


def _steps(text: str, workspace: WorkspaceView, now: datetime) -> tuple[PlannedStep, ...]:
    read = read_goal(text, workspace=workspace, now=now)
    if read.unexplained or read.confidence < _SURE or len(read.requests) != 1:
        return ()
    request = read.requests[0]
    return request.steps if request.verb == "create" and request.schedule is None else ()


def _plain(step: PlannedStep) -> PlannedStep:
    return step.model_copy(update={"id": ""})


def _denied(rule: MatchRule) -> bool:
    return rule.phrase.startswith("not ") or rule.cmp not in {"=", "contains", "in"}


def keeping(agent: PlannedAgent, rules: tuple[MatchRule, ...]) -> PlannedAgent:
    """Return the agent keeping only rows for which these hold too; a limit of the same column is replaced."""
    steps = list(agent.steps)
    at = next((index for index, step in enumerate(steps) if step.op == "filter"), None)
    if at is None:
        read = next((index for index, step in enumerate(steps) if step.op == "extract"), -1)
        steps.insert(read + 1, filter_step("keep", rules))
        return agent.model_copy(update={"steps": tuple(steps)})
    kept = [
        rule
        for rule in steps[at].rules
        if not (
            rule.column and any(rule.column == new.column and rule.cmp == new.cmp for new in rules)
        )
    ]
    merged = (*kept, *(rule for rule in rules if rule not in kept))
    steps[at] = filter_step(steps[at].id, merged)
    return agent.model_copy(update={"steps": tuple(steps)})


def picking(agent: PlannedAgent, picked: PlannedStep) -> PlannedAgent:
    """Return the agent taking these of its rows, instead of others that it took."""
    steps = [step for step in agent.steps if step.op != "pick"]
    places = [index for index, step in enumerate(steps) if step.op in {"extract", "filter"}]
    ids = {step.id for step in steps}
    own = picked if picked.id not in ids else picked.model_copy(update={"id": "pick"})
    steps.insert(max(places, default=-1) + 1, own)
    return agent.model_copy(update={"steps": tuple(steps)})


def filter_step(step_id: str, rules: tuple[MatchRule, ...]) -> PlannedStep:
    """Return the step that keeps the rows for which all rules hold."""
    said = ", ".join(dict.fromkeys(rule.phrase for rule in rules))
    return PlannedStep(
        id=step_id,
        op="filter",
        title=f"Keep those that match: {said}",
        rules=rules,
        post=f"Only those that match {said} remain",
    )
