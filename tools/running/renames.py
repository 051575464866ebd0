"""The controls of one form that are all called otherwise now: asked about together, as one redesign."""

from __future__ import annotations

from podium.state.document import JsonObject
from podium.state.program import (
    CheckStep,
    ClickStep,
    FillStep,
    SelectStep,
    Step,
    UploadStep,
    steps_before,
    walk,
)
from podium.tools.grounding.ladder import Grounding, ground
from podium.tools.grounding.phrases import Scored
from podium.tools.page import Snapshot
from podium.tools.running.task import Task

_AGREED = "agreed"
"""Under it a step's outputs hold what a person said of later steps' controls."""
_GIVING = FillStep | SelectStep | CheckStep | UploadStep


def summary(item: Scored) -> str:
    """Return the candidate in one line: role, name and where it stands."""
    node = item.node
    where = node.heading or node.region
    around = f" next to {', '.join(node.anchors[:2])!r}" if node.anchors else ""
    return (
        f"{node.role} {node.name or node.label or node.text!r}"
        + (f" under {where!r}" if where else "")
        + around
    )


def also_renamed(task: Task, grounding: Grounding, snapshot: Snapshot) -> dict[str, str]:
    """Return of the steps that follow in the same form those whose control is in doubt too: what stands there, by step.

    None where two of them, or one and the present step, would be the same control.
    """
    if task.item is not None or not isinstance(task.step, _GIVING) or grounding.kind != "unsure":
        return {}
    form = task.step.args.target.form
    taken = {grounding.candidates[0].node.ref}
    found: dict[str, str] = {}
    for step in _following(task):
        if not isinstance(step, _GIVING | ClickStep) or step.args.target.form != form or not form:
            break
        seen = ground(
            task.render_target(step.args.target),
            snapshot,
            strict=step.effect in {"write", "irreversible"},
            careful=True,
            request_known=bool(step.signatures),
        )
        if seen.kind != "unsure":
            continue
        first = seen.candidates[0]
        if first.node.ref in taken:
            return {}
        taken.add(first.node.ref)
        found[step.id] = summary(first)
    return found


def _following(task: Task) -> list[Step]:
    before = {step.id for step in steps_before(task.context.program, task.step.id)}
    after = [step for step in walk(task.context.program.steps) if step.id not in before]
    return after[1:]


def called(task: Task, step_id: str) -> str:
    """Return what the control of a step was called."""
    step = next(one for one in walk(task.context.program.steps) if one.id == step_id)
    assert isinstance(step, _GIVING | ClickStep)
    target = step.args.target
    return target.label or target.name or target.phrase


def told(task: Task, renamed: dict[str, str]) -> str:
    """Return the further doubts in one line."""
    return "; ".join(f"{called(task, step)!r} -> {now}" for step, now in renamed.items())


def agree(task: Task, renamed: dict[str, str]) -> None:
    """Note for the steps that follow what a person said of their controls."""
    agreed: JsonObject = dict(renamed)
    task.outputs[_AGREED] = agreed


def agreed(task: Task, grounding: Grounding) -> Scored | None:
    """Return the candidate that a person agreed to when an earlier step of the form asked; None where nobody did."""
    if grounding.kind != "unsure" or task.item is not None:
        return None
    for outputs in task.progress.outputs.values():
        noted = outputs.get(_AGREED) if isinstance(outputs, dict) else None
        if isinstance(noted, dict) and noted.get(task.step.id) == summary(grounding.candidates[0]):
            return grounding.candidates[0]
    return None
