"""One control of a form: what it is called, and the step that puts a value into it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from podium.state.errors import Fatal
from podium.state.program import (
    CheckArgs,
    CheckStep,
    FillArgs,
    FillStep,
    SelectStep,
    Step,
    ValueHeld,
)
from podium.state.questions import FieldSpec
from podium.state.templates import names_in
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.given import by_example, for_any, inputs_of, slug
from podium.tools.building.forms import (
    FormChoice,
    best_option,
    chosen_option,
    group_label,
    group_name,
    label_of,
)
from podium.tools.building.work import StepFailed, Work, distinct
from podium.tools.grounding.describe import describe
from podium.tools.grounding.words import fold
from podium.tools.page import Node, RequestInfo, Snapshot

_PLACEHOLDER_OPTION = "please select|please choose|select|choose|select one|choose one|bitte wahlen|auswahlen|seleccione|scegli|kies"
_YES = frozenset({"yes", "true", "on", "1", "checked", "ja", "oui", "si"})
_PROMPTS = re.compile(r"^(-+|\u2014+|\.{2,}|\u2026)?\s*(.*?)\s*(-+|\u2014+|\.{2,}|\u2026)?$")


def control_label(node: Node, controls: Sequence[Node]) -> str:
    """Return what the control is called; of a radio button its group."""
    if node.role == "radio":
        return group_label(node, controls)
    return label_of(node) or f"{node.role} without a label"


async def put(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> None:
    """Put the value into the control, as a step that is kept."""
    step = await _step_for(work, field, value, node, choice, snapshot)
    try:
        await work.perform(step)
    except StepFailed as failed:
        held = work.page.traffic().held
        if failed.code != "would_write" or not await _tells_as_typed(work, step.title, held):
            raise
        signatures = tuple(dict.fromkeys(one.signature for one in held))
        await work.perform(step.model_copy(update={"signatures": signatures}))


async def _tells_as_typed(work: Work, title: str, held: Sequence[RequestInfo]) -> bool:
    """Return whether what was held only tells the site what is typed, as pages do that their server draws.

    Where the plan's write of this form is released, the typed values may reach its site; else a person is asked, once
    for the form. Whatever goes to another site is no part of the form.
    """
    here = urlsplit(await work.page.url()).netloc
    if not held or any(urlsplit(one.url).netloc != here for one in held):
        return False
    if work.draft.release_writes and _is_submitted(work):
        return True
    answer = await work.ask(
        "as-typed",
        kind="choice",
        title="Does this form save while it is being filled in?",
        text=f"{title!r} would at once have sent {held[-1].signature}, which was held. Pages that their server draws tell it "
        "what is being typed, and save nothing before the button is pressed.",
        fields=[
            FieldSpec(
                name="typing",
                title="What does the page send?",
                type="choice",
                choices=(_ONLY_TYPED, _SAVES),
            )
        ],
    )
    return answer.get("typing") == _ONLY_TYPED


_ONLY_TYPED, _SAVES = "only what is being typed, let it pass", "it saves already, stop"


def _is_submitted(work: Work) -> bool:
    """Return whether the plan goes on to send the form by a write that can be taken back."""
    ids = [step.id for step in work.agent.steps]
    later = work.agent.steps[ids.index(work.planned.id) :] if work.planned.id in ids else ()
    return any(step.op in {"submit", "click"} and step.effect == "write" for step in later)


async def _step_for(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> Step:
    label = control_label(node, choice.controls)
    title = f"Fill {label}"
    step_id = work.step_id(slug(field))
    if node.role == "radio":
        radio = await _radio(work, field, value, node, choice, snapshot)
        target = describe(radio, snapshot, phrase=f"{value} of {label}")
        if names_in(value):
            target = for_any(target, inputs_of(work))
        return CheckStep(
            id=step_id,
            title=f"Choose {label}",
            args=CheckArgs(target=target),
            expect=(ValueHeld(),),
        )
    target = describe(node, snapshot, phrase=label)
    if node.role in {"checkbox", "switch"}:
        shown = by_example(value, inputs_of(work))
        checked = fold(shown) in _YES or fold(shown) == fold(label)
        return CheckStep(
            id=step_id,
            title=title,
            args=CheckArgs(target=target, checked=checked),
            expect=(ValueHeld(),),
        )
    if (
        node.tag == "select"
        or node.role == "listbox"
        or (node.role == "combobox" and (node.tag != "input" or not node.visible))
    ):
        option = await _option(work, field, value, node, snapshot)
        return SelectStep(
            id=step_id,
            title=f"Choose {label}",
            args=FillArgs(target=target, value=option),
            expect=(ValueHeld(),),
        )
    return FillStep(
        id=step_id, title=title, args=FillArgs(target=target, value=value), expect=(ValueHeld(),)
    )


async def _option(work: Work, field: str, value: str, node: Node, snapshot: Snapshot) -> str:
    if not node.options:
        return value
    example = by_example(value, inputs_of(work))
    option, close = best_option(example, node.options)
    if option is None and chosen_option(field, example) != example:
        option, close = best_option(field, node.options)
    if option is not None:
        # The run's value is looked up among the options as this one was.
        return value if names_in(value) and fold(option) == fold(example) else option
    options = close or tuple(text for text in node.options if not is_prompt(text))
    picked = await work.choose_label(
        f"option-{slug(field)}",
        f"{field}: {value}",
        options,
        snapshot,
        what=f"{label_of(node)} has no {value!r}. Which option is meant?",
    )
    if picked is None:
        raise Fatal(f"{label_of(node)} has no option {value!r}", code="no_option")
    return picked


async def _radio(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> Node:
    group = [other for other in choice.controls if group_name(other) == group_name(node)]
    labels = distinct([label_of(other) for other in group])
    value = by_example(value, inputs_of(work))
    option, close = best_option(value, labels)
    if option is None and chosen_option(field, value) != value:
        option, close = best_option(field, labels)
    if option is None:
        option = await work.choose_label(
            f"option-{slug(field)}",
            f"{field}: {value}",
            close or labels,
            snapshot,
            what=f"Which option is {value!r}?",
        )
    if option is None:
        raise Fatal(f"There is no option {value!r}", code="no_option")
    return group[labels.index(option)]


def is_prompt(option: str) -> bool:
    """Return whether an option of a select only asks to choose one."""
    match = _PROMPTS.match(option.strip())
    text = match[2] if match is not None else option
    return not text or say.starts(text, _PLACEHOLDER_OPTION)
