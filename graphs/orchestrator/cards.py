"""Plans and trial runs in words: what approvals show. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import Basis
from podium.graphs.orchestrator.rules import kept_of, spec_of
from podium.state.diffs import VersionDiff, diff_words, plan_diff, spec_diff
from podium.state.plan import Plan, PlannedAgent, PlannedStep, PlanOp
from podium.state.program import Condition, ListSpec, Program, walk
from podium.state.questions import FieldSpec, Question
from podium.state.runs import Run, StepRecord

_SHOWN_ROWS = 5

_MARKS = {
    "read": "reads",
    "sign_in": "signs in",
    "write": "writes",
    "irreversible": "writes, cannot be undone",
}


_USUAL_S: dict[PlanOp, tuple[int, int]] = {
    "open": (1, 3),
    "sign_in": (1, 4),
    "reach": (1, 3),
    "search": (1, 3),
    "extract": (1, 5),
    "download": (1, 5),
    "fill": (0, 1),
    "choose": (0, 1),
    "click": (1, 2),
    "submit": (1, 4),
    "wait": (1, 5),
    "filter": (0, 0),
    "pick": (0, 0),
    "new_since": (0, 0),
    "changed": (0, 0),
    "store": (0, 1),
    "notify": (0, 1),
    "task": (0, 0),
}
"""Seconds that a kind of step usually takes when it is replayed: at least, at most."""


def plan_card(plan: Plan) -> str:
    """Return the plan as text: agents, sites, secrets by name, steps with their marks."""
    lines: list[str] = []
    for agent in plan.agents:
        lines += _agent_lines(agent)
    lines += [f"Note: {note}" for note in plan.notes]
    return "\n".join(lines)


def _agent_lines(agent: PlannedAgent) -> list[str]:
    lines = [f"Agent {agent.name}", f"  talks to: {', '.join(agent.origins) or 'nothing yet'}"]
    if agent.secrets:
        lines.append(f"  secrets:  {', '.join(agent.secrets)}")
    if agent.inputs:
        inputs = (f"{item.name} = {item.default!r}" for item in agent.inputs)
        lines.append(f"  inputs:   {', '.join(inputs)}")
    when = (
        f"{agent.schedule.words or agent.schedule.cron} ({agent.schedule.timezone})"
        if agent.schedule
        else "when asked"
    )
    lines.append(f"  runs:     {when}")
    lines += [f"  takes:    {_duration(agent)}", f"  cost:     {_cost(agent)}"]
    several, site = len(agent.origins) > 1, ""
    for number, step in enumerate(agent.steps, start=1):
        site = step.url.split("://")[-1].split("/")[0] or site
        where = f" on {site}" if several and site else ""
        post = f" → {step.post}" if step.post else ""
        lines.append(
            f"  {number}. {step.title} [{_MARKS[step.effect]}{where}, {_seconds(step)}]{post}"
        )
    return lines


def _seconds(step: PlannedStep) -> str:
    """Return how long the step usually takes, as words."""
    if step.op == "task":
        return "minutes"
    low, high = _USUAL_S[step.op]
    each = " for each row" if step.per_row else ""
    return f"{low}-{high} s{each}" if high else "at once"


def _duration(agent: PlannedAgent) -> str:
    """Return how long a run usually takes, by the kinds of its steps; not measured on this site."""
    spans = [_USUAL_S[step.op] for step in agent.steps if step.op != "task" and not step.per_row]
    text = f"about {max(sum(low for low, _ in spans), 1)}-{max(sum(high for _, high in spans), 1)} s a run"
    if any(step.per_row for step in agent.steps):
        text += ", and what each row takes"
    if any(step.op == "task" for step in agent.steps):
        text += ", and minutes for an open-ended step"
    if any(step.op == "wait" for step in agent.steps):
        text += ", and the time it waits"
    return f"{text} (by the kind of step, not measured on this site)"


def _cost(agent: PlannedAgent) -> str:
    """Return what model calls cost: replaying calls none, an open-ended step in every run."""
    build = "the build 0 offline, with a model at most its token budget"
    open_ended = [str(n) for n, step in enumerate(agent.steps, 1) if step.op == "task"]
    if open_ended:
        return f"step {', '.join(open_ended)} calls a model in every run, within its token budget; {build}"
    return f"0 a run (no model is called); {build}"


def plan_subject(plan: Plan) -> str:
    """Return the hash of exactly what an approval of the plan covers."""
    text = json.dumps(plan.to_json(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def writes(plan: Plan) -> tuple[str, ...]:
    """Return the titles of the plan's writes."""
    return tuple(
        step.title
        for agent in plan.agents
        for step in agent.steps
        if step.effect in {"write", "irreversible"}
    )


def change_card(plan: Plan, basis: Basis) -> str:
    """Return what a change makes different, which compiled steps stay valid, and what is explored again."""
    lines: list[str] = []
    for agent in plan.agents:
        kept = kept_of(basis, agent)
        old = next((item for item in basis.agents if item.name == agent.name), None)
        if old is not None:
            lines.append(f"Changes to {agent.name} (version {old.version})")
            spec = spec_of(agent, origins=agent.origins)
            spec = spec.model_copy(update={"secrets": old.spec.secrets, "limits": old.spec.limits})
            diff = (*plan_diff(old.spec.steps, agent.steps), *spec_diff(old.spec, spec))
            lines += [f"  {line}" for line in diff_words(VersionDiff(changes=diff))]
        else:
            lines.append(f"New agent {agent.name}")
        titles = {step.id: step.title for step in agent.steps}
        again = [title for name, title in titles.items() if name not in kept]
        lines.append(f"  stays valid:    {'; '.join(titles[name] for name in kept) or 'nothing'}")
        lines.append(f"  explored again: {'; '.join(again) or 'nothing'}")
    if basis.retire:
        lines.append(f"Asked afterwards: delete, pause or keep {', '.join(basis.retire)}")
    return "\n".join(lines)


def review_question(
    plan: Plan, basis: Basis | None = None, *, unused: tuple[str, ...] = ()
) -> Question:
    """Return the question that shows the plan for approval, a change with what it makes different."""
    fields = [
        FieldSpec(
            name="decision",
            title="Build this?",
            type="choice",
            choices=("approve", "edit", "reject"),
        ),
        FieldSpec(
            name="change",
            title="What to change, in words or as a plan document",
            required=False,
        ),
    ]
    if writes(plan):
        fields.append(
            FieldSpec(
                name="release_writes",
                title="Let the build really do the reversible writes (otherwise they are rehearsed)",
                type="boolean",
                default=False,
            )
        )
    card = "\n".join([plan_card(plan), *unused_lines(unused)])
    changed = basis and {item.name for item in basis.agents} & {a.name for a in plan.agents}
    return Question(
        id=f"{plan.plan_id}.{plan.revision}",
        kind="review",
        title=f"{'Change' if changed else 'Build'} {', '.join(agent.name for agent in plan.agents)}?",
        text=f"{change_card(plan, basis)}\n\n{card}" if basis else card,
        fields=tuple(fields),
        subject=plan_subject(plan),
    )


def unused_lines(unused: tuple[str, ...]) -> list[str]:
    """Return the words of the request that nothing was made of, as a line of a card."""
    spans = ", ".join(repr(span) for span in unused)
    return (
        [f"! Not used of what you said: {spans}. If it matters, say it in other words."]
        if spans
        else []
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is shown before an agent is deployed."""

    run: Run
    program: Program
    notes: tuple[str, ...] = ()
    """What the build decided."""
    unused: tuple[str, ...] = ()
    """Words of the request that nothing was made of."""


def trial_card(trial: Trial) -> str:
    """Return what a trial run proved and what was compiled: rows, conditions, files, rehearsed writes, one line each."""
    run = trial.run
    compiled = _compiled(trial.program)
    lines = [f"Test run {run.run_id}: {run.outcome}"]
    for record in run.steps:
        if record.item:
            continue
        words = f": {compiled[record.id]}" if record.id in compiled else ""
        lines.append(f"  {record.status:8} {record.title}{words}{_seen(record)}")
    lines += [f"  {line}" for output in run.outputs.values() for line in _sample(output)]
    if run.artifacts:
        total = sum(file.bytes for file in run.artifacts)
        lines.append(f"  files: {len(run.artifacts)} ({total:,} bytes)")
        lines += [f"    {file.name} ({file.bytes:,} bytes)" for file in run.artifacts[:10]]
        if len(run.artifacts) > 10:
            lines.append(f"    and {len(run.artifacts) - 10} more")
    notes = dict.fromkeys(trial.notes)
    lines += ["Decided while building:", *(f"  {note}" for note in notes)] if notes else []
    return "\n".join([*lines, *unused_lines(trial.unused)])


def compiled_lines(run: Run, program: Program) -> list[str]:
    """Return what each step that reads or chooses rows was compiled to, and how many rows the trial run had of it."""
    compiled = _compiled(program)
    return [
        f"{record.title}: {compiled[record.id]}{_seen(record)}"
        for record in run.steps
        if record.id in compiled and not record.item
    ]


def _compiled(program: Program) -> dict[str, str]:
    """Return step id -> what it was compiled to, in the page's own words: which list, which conditions, which key."""
    steps = list(walk(program.steps))
    headers = {
        column.name: column.header or column.name
        for step in steps
        if step.op == "extract"
        for column in step.args.list.columns
    }
    found: dict[str, str] = {}
    for step in steps:
        match step.op:
            case "extract":
                found[step.id] = _list_words(step.args.list)
            case "where":
                conditions = (_condition_words(item, headers) for item in step.args.conditions)
                found[step.id] = " and ".join(conditions)
            case "pick" if step.args.column:
                column = headers.get(step.args.column, step.args.column)
                found[step.id] = f"{step.args.count} with the {step.args.which} {column}"
            case _:
                pass
    return found


def _list_words(spec: ListSpec) -> str:
    columns = ", ".join(column.header or column.name for column in spec.columns)
    where = f"the {spec.kind} under {spec.heading!r}" if spec.heading else f"a {spec.kind}"
    key = f", told apart by {', '.join(spec.key)}" if spec.key else ""
    return f"{where} with {columns}{key}"


def _condition_words(condition: Condition, headers: dict[str, str]) -> str:
    value = condition.value
    shown = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
    column = headers.get(condition.column, condition.column)
    return (
        f"{column} {condition.cmp} {shown or 'nothing'}{' or empty' if condition.or_empty else ''}"
    )


def _sample(output: JsonValue) -> list[str]:
    rows = output.get("sample") if isinstance(output, dict) else None
    if not isinstance(rows, list):
        return []
    shown = [row for row in rows[:_SHOWN_ROWS] if isinstance(row, dict)]
    return [
        "row: " + ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)
        for row in shown
    ]


def _seen(record: StepRecord) -> str:
    if record.status == "held":
        return " (rehearsed: the request was held, nothing was sent)"
    rows, of = record.evidence.get("rows"), record.evidence.get("of")
    if not isinstance(rows, int):
        return ""
    return f" ({rows} of {of} rows)" if isinstance(of, int) else f" ({rows} rows)"


def deploy_question(
    trial: Trial, *, agent: str, version: int, diff: VersionDiff | None = None
) -> Question:
    """Return the question that shows the trial's evidence, what was compiled and what changes, and asks for deployment."""
    text = trial_card(trial)
    if diff is not None:
        text = "\n".join([text, "What changes:", *(f"  {line}" for line in diff_words(diff))])
    return Question(
        id=f"deploy.{trial.run.run_id}",
        kind="approval",
        title=f"Deploy {agent} version {version}?",
        text=text,
        fields=(
            FieldSpec(
                name="decision", title="Deploy it?", type="choice", choices=("approve", "reject")
            ),
        ),
        subject=trial.run.run_id,
    )
