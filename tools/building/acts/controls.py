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
    UploadArgs,
    UploadStep,
    ValueHeld,
)
from podium.state.questions import FieldSpec
from podium.state.templates import names_in
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.given import aimed, by_example, for_any, inputs_of, slug
from podium.tools.building.forms import (
    CALLED,
    YES,
    FormChoice,
    best_option,
    boxes_meant,
    chosen_option,
    control_score,
    day_lists,
    group_label,
    group_name,
    is_number_field,
    is_yes_or_no,
    label_of,
)
from podium.tools.building.work import StepFailed, Work, distinct
from podium.tools.grounding.choices import parts_of
from podium.tools.grounding.words import fold
from podium.tools.page import Node, RequestInfo, Snapshot
from podium.tools.running.amounts import (
    amount_of,
    is_currency,
    is_unit,
    offers_unit,
    same_unit,
    unit_in,
    without_unit,
)

_PLACEHOLDER_OPTION = "please select|please choose|select|choose|select one|choose one|bitte wahlen|auswahlen|seleccione|scegli|kies"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PROMPTS = re.compile(r"^(-+|\u2014+|\.{2,}|\u2026)?\s*(.*?)\s*(-+|\u2014+|\.{2,}|\u2026)?$")


def control_label(node: Node, controls: Sequence[Node]) -> str:
    """Return what the control is called; of a radio button its group."""
    if node.role == "radio":
        return group_label(node, controls)
    return label_of(node) or f"{node.role} without a label"


async def put(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> None:
    """Put the value into the control, as a step that is kept; what the page refuses is asked for.

    Raises:
        StepFailed: If it cannot be put in for another reason.
        Asked: If only a person can tell what to put in.
    """
    for step in await steps_for(work, field, value, node, choice, snapshot):
        try:
            await work.perform(step)
        except StepFailed as failed:
            alone = fold(by_example(value, inputs_of(work))) in YES
            if failed.code == "no_option" and isinstance(step, SelectStep) and node.tag == "input" and not alone:  # fmt: skip
                # What it suggests need not be taken.
                await work.perform(_typed(work, field, value, node, choice, snapshot))
                continue
            if failed.code == "would_write":
                held = work.page.traffic().held
                if not await _tells_as_typed(work, step.title, held):
                    raise
                signatures = tuple(dict.fromkeys(one.signature for one in held))
                await work.perform(step.model_copy(update={"signatures": signatures}))
                continue
            if failed.code not in {"value", "no_option"} or isinstance(step, CheckStep):
                raise
            await _put_other(work, field, value, step, str(failed))


async def _tells_as_typed(work: Work, title: str, held: Sequence[RequestInfo]) -> bool:
    """Return whether what was held only tells the site what is typed, as pages do that their server draws.

    A person is asked, once for the form, also where the plan's write is released: what passes here is sent in every run,
    outside of the journal. Whatever goes to another site is no part of the form.
    """
    here = urlsplit(await work.page.url()).netloc
    if not held or any(urlsplit(one.url).netloc != here for one in held):
        return False
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


async def _put_other(work: Work, field: str, value: str, step: Step, why: str) -> None:
    """Ask what to put in instead of a value that the control does not take."""
    label = step.title.partition(" ")[2]
    shown = by_example(value, inputs_of(work))
    answer = await work.ask(
        f"value-{slug(field)}",
        kind="text",
        title=f"{label!r} does not take {shown!r}",
        text=f"{why}. What shall be put in instead?",
        fields=[FieldSpec(name=slug(field), title=label)],
    )
    other = str(answer.get(slug(field)) or "")
    if not isinstance(step, FillStep | SelectStep) or not other:
        raise Fatal(
            f"{label!r} does not take {shown!r}",
            code="value",
            hint="Say another value in the request.",
        )
    args = step.args.model_copy(
        update={"value": other.replace("{", "(").replace("}", ")"), "unit": ""}
    )
    work.notes.append(f"{label!r} does not take {shown!r}; it gets {other!r}, in every run.")
    await work.perform(step.model_copy(update={"args": args}))


def _typed(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> FillStep:
    label = control_label(node, choice.controls)
    return FillStep(
        id=work.step_id(slug(field)),
        title=f"Fill {label}",
        args=FillArgs(
            # A stepper is named by its number, and found by its button.
            target=aimed(work, snapshot.node(node.ref), snapshot, phrase=label),
            value=value,
        ),
        expect=(ValueHeld(),),
    )


async def steps_for(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> list[Step]:
    """Return the steps that put the value into the control.

    Raises:
        Asked: If only a person can tell which of its options is meant.
        Fatal: If it has no place for the value.
    """
    label = control_label(node, choice.controls)
    example = by_example(value, inputs_of(work))
    if node.role == "radio":
        radio = await _radio(work, field, value, node, choice, snapshot)
        target = aimed(work, radio, snapshot, phrase=f"{value} of {label}")
        if names_in(value):
            target = for_any(target, inputs_of(work))
        return [
            CheckStep(
                id=work.step_id(slug(field)),
                title=f"Choose {label}",
                args=CheckArgs(target=target),
                expect=(ValueHeld(),),
            )
        ]
    if node.role in {"checkbox", "switch"}:
        return await _ticks(work, field, value, node, choice, snapshot)
    if node.input_type == "file":
        return [
            UploadStep(
                id=work.step_id(slug(field)),
                title=f"Upload {label}",
                args=UploadArgs(target=aimed(work, node, snapshot, phrase=label), artifact=value),
            )
        ]
    lists = day_lists(node, choice.controls) if _ISO_DAY.fullmatch(example) else ()
    if lists:
        return [
            SelectStep(
                id=work.step_id(slug(f"{field} {label_of(one)}")),
                title=f"Choose {label_of(one)} of {field}",
                args=FillArgs(
                    target=aimed(work, one, snapshot, phrase=f"{field} {label_of(one)}"),
                    value=value,
                ),
                expect=(ValueHeld(),),
            )
            for one in lists
        ]
    if node.tag == "select" or node.role == "listbox" or _is_picked(node):
        option = await _option(work, field, value, node, snapshot)
        return [
            SelectStep(
                id=work.step_id(slug(field)),
                title=f"Choose {label}",
                args=FillArgs(target=aimed(work, node, snapshot, phrase=label), value=option),
                expect=(ValueHeld(),),
            )
        ]
    step = _typed(work, field, value, node, choice, snapshot)
    return await _measured(work, field, step, node, choice, snapshot)


def _is_picked(node: Node) -> bool:
    """Return whether one picks from what the control offers: a list that is drawn, or suggestions that open below a field."""
    if node.role != "combobox":
        return False
    opens = node.attributes.get("aria-controls") or node.attributes.get("aria-haspopup")
    return node.tag != "input" or not node.visible or bool(opens) or node.expanded is not None


async def _ticks(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> list[Step]:
    """Return the steps that tick what the value says: the box itself, or those of its group that are named.

    Raises:
        Asked: If the value says neither.
    """
    shown = by_example(value, inputs_of(work))
    boxes = boxes_meant(field, shown, choice.controls)
    checked = True
    if not boxes:
        label = label_of(node)
        checked = await _is_ticked(work, field, shown, label)
        boxes = (node,)
    return [
        CheckStep(
            id=work.step_id(slug(f"{field} {label_of(box)}" if len(boxes) > 1 else field)),
            title=f"{'Tick' if checked else 'Untick'} {label_of(box)}",
            args=CheckArgs(
                target=aimed(work, box, snapshot, phrase=label_of(box)), checked=checked
            ),
            expect=(ValueHeld(),),
        )
        for box in boxes
    ]


async def _is_ticked(work: Work, field: str, shown: str, label: str) -> bool:
    if is_yes_or_no(shown) or fold(shown) == fold(label):
        return fold(shown) in YES or fold(shown) == fold(label)
    answer = await work.ask(
        f"tick-{slug(field)}",
        kind="choice",
        title=f"{label!r} is a box to tick, and {shown!r} says neither yes nor no. Shall it be ticked?",
        fields=[FieldSpec(name="tick", title=f"Tick {label}?", type="boolean")],
    )
    return answer.get("tick") is True


async def _measured(
    work: Work, field: str, step: FillStep, node: Node, choice: FormChoice, snapshot: Snapshot
) -> list[Step]:
    """Return the steps for an amount with its unit: where the field wants only the number, the unit goes beside it.

    Raises:
        Asked: If the field is measured in another unit: only a person can tell the amount in that one.
        Fatal: If nobody can.
    """
    amount = amount_of(by_example(step.args.value, inputs_of(work)))
    if amount is None:
        return [step]
    own = _unit_of(node)
    bare = is_number_field(node)
    if not bare and not (is_unit(own) and is_unit(amount.unit)):
        own = ""  # words that a text field takes as they are
    beside = _unit_list(node, amount.unit, choice.controls)
    if beside is None and not own and is_currency(amount.unit):
        own = _currencies_beside(node, choice.controls)
    if own and beside is None and not same_unit(own, amount.unit):
        return [await _in_own_unit(work, field, step, label_of(node), own, amount.text)]
    if beside is None and not bare and not own:
        return [step]
    args = step.args.model_copy(update={"unit": own or amount.unit})
    steps: list[Step] = [step.model_copy(update={"args": args})]
    if beside is not None:
        listed, option = beside
        named = label_of(listed) or f"unit of {label_of(node)}"
        steps.append(
            SelectStep(
                id=work.step_id(f"{slug(label_of(node))}_unit"),
                title=f"Choose {named}",
                args=FillArgs(target=aimed(work, listed, snapshot, phrase=named), value=option),
                expect=(ValueHeld(),),
            )
        )
    return steps


def _unit_of(node: Node) -> str:
    """Return the unit that the control's label, its placeholder or a word right beside it names; '' for none."""
    named = unit_in(label_of(node)) or unit_in(node.placeholder)
    return named or next((text for text in node.anchors[:2] if is_unit(text)), "")


async def _in_own_unit(
    work: Work, field: str, step: FillStep, label: str, own: str, said: str
) -> FillStep:
    """Return the step with the amount in the field's unit, which is asked for.

    Raises:
        Asked: If there is no answer yet.
        Fatal: If the answer is none.
    """
    answer = await work.ask(
        f"unit-{slug(field)}",
        kind="text",
        title=f"{label!r} is given in {own}, and the request says {said!r}",
        text=f"Nothing is converted. What is the value in {own}? It is put in by every run.",
        fields=[FieldSpec(name=slug(field), title=f"Value in {own}")],
    )
    other = str(answer.get(slug(field)) or "").strip()
    if not other:
        raise Fatal(
            f"{label!r} is given in {own}, and the request says {said!r}",
            code="value",
            hint=f"Say the value in {own}.",
        )
    value = without_unit(other.replace("{", "(").replace("}", ")"), own)
    work.notes.append(
        f"{label!r} is given in {own}: instead of {said!r} it gets {value!r}, in every run."
    )
    return step.model_copy(update={"args": step.args.model_copy(update={"value": value})})


def _beside(node: Node, controls: Sequence[Node]) -> Sequence[Node]:
    place = next((at for at, other in enumerate(controls) if other.ref == node.ref), -1)
    return controls[max(place - 1, 0) : place + 2]


def _unit_list(node: Node, unit: str, controls: Sequence[Node]) -> tuple[Node, str] | None:
    """Return the list right beside the field that offers the unit, and how it calls it."""
    for other in _beside(node, controls):
        for option in other.options:
            if offers_unit(option, unit):
                return other, option
    return None


def _currencies_beside(node: Node, controls: Sequence[Node]) -> str:
    """Return what the list of currencies right beside the field offers; '' where there is none."""
    for other in _beside(node, controls):
        options = [option for option in other.options if not is_prompt(option)]
        if options and all(is_currency(option) for option in options):
            return " or ".join(options)
    return ""


async def _option(work: Work, field: str, value: str, node: Node, snapshot: Snapshot) -> str:
    example = by_example(value, inputs_of(work))
    if not node.options:
        return field if chosen_option(field, example) != example else value
    if _all_offered(node, example):
        return value
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
        what=f"{label_of(node)!r} has no {example!r}. Which option is meant?",
    )
    if picked is None:
        raise Fatal(
            f"{label_of(node)!r} has no option {example!r}; it offers {_offered(node.options)}",
            code="no_option",
            hint="Say one of them in the request.",
        )
    return picked


def _all_offered(node: Node, example: str) -> bool:
    """Return whether several options of a list that takes several are named, as the list has them."""
    offered = {fold(option) for option in node.options}
    parts = parts_of(example)
    return node.role == "listbox" and len(parts) > 1 and all(fold(one) in offered for one in parts)


def _offered(options: Sequence[str]) -> str:
    told = [repr(option) for option in options if not is_prompt(option)]
    return ", ".join(told[:12]) + (" ..." if len(told) > 12 else "")


async def _radio(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> Node:
    group = [other for other in choice.controls if group_name(other) == group_name(node)]
    labels = distinct([label_of(other) for other in group])
    value = by_example(value, inputs_of(work))
    about = group_label(node, choice.controls)
    option, close = best_option(value, labels, about=about)
    if option is None and chosen_option(field, value) != value:
        option, close = best_option(field, labels, about=about)
    elif option is None and control_score(field, node, choice.controls) < CALLED:
        option, close = best_option(f"{field} {value}", labels, about=about)
    if option is None:
        option = await work.choose_label(
            f"option-{slug(field)}",
            f"{field}: {value}",
            close or labels,
            snapshot,
            what=f"Which option of {control_label(node, choice.controls)!r} is {value!r}?",
        )
    if option is None:
        label = control_label(node, choice.controls)
        raise Fatal(
            f"{label!r} has no option {value!r}; it offers {_offered(labels)}",
            code="no_option",
            hint="Say one of them in the request.",
        )
    return group[labels.index(option)]


def is_prompt(option: str) -> bool:
    """Return whether an option of a select only asks to choose one."""
    match = _PROMPTS.match(option.strip())
    text = match[2] if match is not None else option
    return not text or say.starts(text, _PLACEHOLDER_OPTION)
