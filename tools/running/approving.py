"""What a step that cannot be undone would do, and whether exactly that was approved.

The approved outline names its effects by target, requests and values, with the inputs it was built with; the build keeps the
hash of that on the step. A run whose effect has another hash asks, and the answer counts for that effect alone. Whatever led
to the effect binds it: an input may be typed, but also clicked, checked, or be what the rows of a loop are chosen by.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.program import (
    CheckStep,
    EachStep,
    ExtractStep,
    FillStep,
    OpenStep,
    Program,
    SelectStep,
    Step,
    UploadStep,
    WhenStep,
    parse_step,
    rows_of,
    since_last,
    steps_before,
    walk,
)
from podium.state.questions import FieldSpec, Question
from podium.state.target import Target
from podium.state.templates import Scope, names_in, render
from podium.tools.running.finding import Asked, question_id
from podium.tools.running.rows import staged
from podium.tools.running.task import Task

_BOUND = frozenset({"inputs", "steps"})
"""What a text refers to and an approval is bound to; rows of a loop and the day are approved as the rule that picks them."""


def effect_of(step: Step, program: Program, scope: Scope) -> JsonObject:
    """Return the concrete effect of a step: where it is sent, what is activated, and with which values.

    Raises:
        Fatal: If a value it depends on is not known.
    """
    target = getattr(step.args, "target", None)
    texts = [_named(target)] if isinstance(target, Target) else []
    return {
        "site": [_bound(url, scope) for url in _opened(step, program)],
        "requests": list[JsonValue](sorted(step.signatures)),
        "target": [_bound(text, scope) for text in texts],
        "values": [[other.id, _bound(text, scope)] for other, text in _values(step, program)],
        "rows": [[other.op, _rule(other)] for other in _sources(step, program)],
        "given": dict(_given(step, program, scope)),
    }


def hash_of(effect: JsonObject) -> str:
    """Return the hash that stands for exactly this effect."""
    return hashlib.sha256(json.dumps(effect, sort_keys=True).encode()).hexdigest()


def with_approvals(steps: tuple[Step, ...], program: Program, scope: Scope) -> tuple[Step, ...]:
    """Return the steps with the hashes of the effects that the plan's approval names, those within loops too."""
    return tuple(_with_approval(step, program, scope) for step in steps)


def _with_approval(step: Step, program: Program, scope: Scope) -> Step:
    if isinstance(step, EachStep | WhenStep):
        inner = with_approvals(step.args.steps, program, scope)
        args = step.args.model_copy(update={"steps": inner})
        return step.model_copy(update={"args": args})
    if step.effect != "irreversible":
        return step
    try:
        named = hash_of(effect_of(step, program, scope))
    except Fatal:
        named = ""  # a value that nobody knew yet was not approved
    return step.model_copy(update={"approved": named})


async def require_approval(task: Task) -> None:
    """Let the step pass when exactly its effect is approved: by the plan, or by a person in this run.

    Raises:
        Asked: If nobody approved this one.
        Fatal: If a person refused it (`cancelled`).
    """
    effect = effect_of(task.step, task.context.program, task.scope)
    subject = hash_of(effect)
    task.evidence["effect"] = subject
    if task.step.approved == subject:
        return
    staging, place = task.services.stores.staging, _place(task)
    kept = await asyncio.to_thread(staging.rows, *place)
    asked = kept[0] if kept and kept[0]["_key"] == subject else None
    if asked is not None and asked["approved"]:
        return
    decision = (task.answer or {}).get("decision")
    if asked is not None and decision is not None:
        if decision != "approve":
            raise Fatal(f"{task.step.title!r} was not approved; nothing was sent", code="cancelled")
        await asyncio.to_thread(staging.put, *place, [{"_key": subject, "approved": True}])
        return
    await asyncio.to_thread(staging.put, *place, [{"_key": subject, "approved": False}])
    raise Asked(_question(task, subject))


def still_approved(task: Task, healed: JsonObject) -> JsonObject:
    """Return the healed step; where its effect was approved, it still is: a heal finds the same thing, else it is refused."""
    if not task.step.approved or task.evidence.get("effect") != task.step.approved:
        return healed
    step = parse_step(healed)
    effect = effect_of(step, task.context.program, task.scope)
    return {**healed, "approved": hash_of(effect)}


def _question(task: Task, subject: str) -> Question:
    step, program = task.step, task.context.program
    given = [f"{_control(other)}: {task.render(text)}" for other, text in _values(step, program)]
    shown = {text for _, text in _values(step, program)}
    others = [
        f"{name}: {value}"
        for name, value in _given(step, program, task.scope)
        if value is not None and f"{{{name}}}" not in shown
    ]
    loop = task.each()
    rows = staged(task, loop.args.rows) if loop is not None else ()
    lines = [
        "It differs from what the plan's approval named." if step.approved else "",
        f"It sends {', '.join(step.signatures)}." if step.signatures else "",
        f"With {'; '.join(given)}." if given else "",
        f"The way to it depends on {'; '.join(others)}." if others else "",
        f"It is done for each of {len(rows)} rows, beginning with {task.item_key!r}."
        if rows
        else "",
        "Nothing is sent before it is approved.",
    ]
    return Question(
        id=question_id(task, f"approve-{subject[:12]}"),
        kind="approval",
        title=f"{step.title!r} cannot be undone. Do it?",
        text=" ".join(filter(None, lines)),
        fields=(
            FieldSpec(
                name="decision", title="Decision", type="choice", choices=("approve", "reject")
            ),
        ),
        subject=subject,
    )


def _place(task: Task) -> tuple[str, str]:
    return task.context.run_id, f"{task.step.id}.approval"


def _way(step: Step, program: Program) -> tuple[Step, ...]:
    """Return the steps before this one since an address was opened last; writes on the way belong to it, as pages of one form do."""
    return since_last(steps_before(program, step.id), lambda other: other.op == "open")


def _opened(step: Step, program: Program) -> list[str]:
    """Return the address that was opened last before the step."""
    before = steps_before(program, step.id)
    return [other.args.url for other in before if isinstance(other, OpenStep)][-1:]


def _values(step: Step, program: Program) -> list[tuple[Step, str]]:
    """Return what the steps before this one put into its page."""
    found: list[tuple[Step, str]] = []
    for other in _way(step, program):
        match other:
            case FillStep() | SelectStep():
                found.append((other, other.args.value))
            case CheckStep():
                found.append((other, "yes" if other.args.checked else "no"))
            case UploadStep():
                found.append((other, other.args.artifact))
            case _:
                pass
    return found


def _sources(step: Step, program: Program) -> Iterator[Step]:
    """Yield the loops and conditions around this step, and the steps that choose their rows."""
    known = {other.id: other for other in walk(program.steps)}
    for outer in walk(program.steps):
        if not isinstance(outer, EachStep | WhenStep):
            continue
        if not any(inner.id == step.id for inner in walk(outer.args.steps)):
            continue
        yield outer
        rows: str | None = outer.args.rows
        while rows is not None and rows in known:
            yield known[rows]
            rows = rows_of(known[rows])


def _rule(source: Step) -> JsonObject:
    """Return by what a step chooses its rows; how a list looks is found again by heals and no part of it."""
    rule = _arguments(source)
    if isinstance(source, ExtractStep):
        return {name: rule[name] for name in ("conditions", "limit")}
    return {name: value for name, value in rule.items() if name != "rows"}


def _given(step: Step, program: Program, scope: Scope) -> list[tuple[str, JsonValue]]:
    """Return what this effect depends on, by name, with the present values; null for what nobody knows.

    An input of any step before may lead to another thing, as a choice made on one page holds on the next. What steps
    found counts on the way to the effect and in the choice of its rows: other steps may tell or keep what they like.
    """
    names = {
        name
        for other in steps_before(program, step.id)
        for name in _names(other)
        if name[0] == "inputs"
    }
    for other in (*_way(step, program), *_sources(step, program), step):
        names |= {name for name in _names(other) if name[0] in _BOUND}
    return [
        (f"{space}.{name}", _value(f"{{{space}.{name}}}", scope)) for space, name in sorted(names)
    ]


def _names(step: Step) -> set[tuple[str, str]]:
    """Return what the step's arguments refer to; the steps of a container speak for themselves."""
    return {found for text in _texts(_arguments(step)) for found in names_in(text)}


def _arguments(step: Step) -> JsonObject:
    args = step.to_json()["args"]
    assert isinstance(args, dict), "arguments are an object"
    return {name: value for name, value in args.items() if name != "steps"}


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for one in value.values():
                yield from _texts(one)
        case _:
            pass


def _value(name: str, scope: Scope) -> JsonValue:
    with suppress(Fatal):
        return render(name, scope)
    return None


def _control(step: Step) -> str:
    target = getattr(step.args, "target", None)
    named = target.label or target.name or target.phrase if isinstance(target, Target) else ""
    return named or step.title


def _named(target: Target) -> str:
    return " ".join(filter(None, (target.role, target.name or target.text, target.row_key)))


def _bound(text: str, scope: Scope) -> JsonValue:
    """Return the text with the values of what it refers to beside it."""
    names = [f"{{{space}.{name}}}" for space, name in names_in(text) if space in _BOUND]
    return [text, *(render(name, scope) for name in names)]
