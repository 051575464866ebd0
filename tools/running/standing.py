"""Asking about what a page stands at now, before it is sent or kept: another preset, filter or account than was learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from podium.state.errors import Refused
from podium.state.program import (
    CheckStep,
    FillStep,
    ListSpec,
    SelectStep,
    leaves_form,
    since_last,
    steps_before,
)
from podium.state.questions import FieldSpec, Question
from podium.state.target import Target
from podium.tools.grounding.language import language_of
from podium.tools.grounding.lists import Cell
from podium.tools.grounding.standing import (
    changed_settings,
    currencies,
    offered_choices,
    settings_of_form,
    settings_of_list,
    wanted_box,
)
from podium.tools.page import Node, Snapshot
from podium.tools.running.finding import Asked, question_id
from podium.tools.running.task import Task

AS_IT_STANDS: Final = "yes, as it stands now"
_STOP: Final = "no, stop"


def check_form(task: Task, target: Target, node: Node, snapshot: Snapshot) -> None:
    """Ask, before the form is sent, about what it holds otherwise than when it was learnt; a yes is kept.

    `target` is the step's own, unrendered: a yes is written back to it.

    Raises:
        Asked: If something stands otherwise and nobody was asked about just that.
        Refused: If the answer was no, or if the form wants a box to be ticked that it did not have.
    """
    form = next((one for one in snapshot.forms if one.ref == node.form), None)
    now = settings_of_form(form, snapshot)
    box = wanted_box(form, snapshot)
    if (
        target.settings is not None
        and box
        and box not in target.settings
        and box not in _given(task)
    ):
        raise Refused(
            f"The form wants {box!r} to be ticked, which it did not when this was learnt: nothing was sent",
            hint="Whether to tick it is for a person to say: change or rebuild the agent for the form as it is now.",
        )
    changed = _changed(task, target.settings, now, target.language, snapshot, sends=True)
    if _accepted(task, changed):
        task.heals.append((target, target.model_copy(update={"settings": now})))


def check_list(
    task: Task, spec: ListSpec, snapshot: Snapshot, cells: Sequence[Mapping[str, Cell]]
) -> ListSpec:
    """Ask, before rows are kept, about filters, account and currencies; return the description with what was agreed to.

    Raises:
        Asked, Refused: As `check_form`.
    """
    amounts = (
        (column.name, column.header, [row[column.name].text for row in cells if column.name in row])
        for column in spec.columns
        if column.type in {"money", "number"}
    )
    now = settings_of_list(snapshot) | currencies(amounts, language=language_of(snapshot))
    if _accepted(task, _changed(task, spec.settings, now, spec.language, snapshot)):
        return spec.model_copy(update={"settings": now})
    return spec


def _changed(
    task: Task,
    then: Mapping[str, str] | None,
    now: Mapping[str, str],
    was: str,
    snapshot: Snapshot,
    *,
    sends: bool = False,
) -> dict[str, tuple[str, str]]:
    spoken = language_of(snapshot)
    return changed_settings(
        then,
        now,
        given=_given(task),
        translated=bool(was and spoken and was != spoken),
        offered=offered_choices(snapshot),
        sends=sends,
    )


def _given(task: Task) -> frozenset[str]:
    """Return the names of the choices that steps set themselves, this one or one on its page: since the last that left it."""
    before = steps_before(task.context.program, task.step.id)
    names: set[str] = set()
    for step in (*since_last(before, leaves_form), task.step):
        if isinstance(step, FillStep | SelectStep | CheckStep):
            target = step.args.target
            texts = (target.label, target.name, target.attributes.get("name", ""), *target.aliases)
            names |= {task.render(text) for text in texts}
    return frozenset(name for name in names if name)


def _accepted(task: Task, changed: Mapping[str, tuple[str, str]]) -> bool:
    """Return whether there is something that a person agreed to. Raises: Asked, Refused."""
    if not changed:
        return False
    about = "; ".join(_told(name, *pair) for name, pair in changed.items())
    answer = task.answer or {}
    if answer.get("settings") == about:
        if answer.get("stands") == AS_IT_STANDS:
            return True
        raise Refused(
            f"The page stands otherwise than it was learnt, by the answer to its question: {about}"
        )
    raise Asked(
        Question(
            id=question_id(task, about),
            kind="choice",
            title=f"Shall {task.step.title!r} go on as the page stands now? {about}",
            text="When this was learnt the page stood otherwise, and no step sets it. Nothing was sent or kept yet.",
            fields=(
                FieldSpec(
                    name="stands", title="Go on?", type="choice", choices=(AS_IT_STANDS, _STOP)
                ),
                FieldSpec(
                    name="settings", title="What", type="choice", choices=(about,), default=about
                ),
            ),
        )
    )


def _told(name: str, was: str, now: str) -> str:
    if not now:
        return f"{name!r} was {was!r}, nothing says so now"
    return f"{name!r} was {was!r}, is {now!r}" if was else f"{name!r} is {now!r}, there was none"
