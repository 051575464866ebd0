"""`fill`, `choose`: the planned values into the controls of a form they mean, over all its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.program import (
    ClickStep,
    SelectStep,
    TargetArgs,
    parse_step,
)
from podium.state.templates import names_in
from podium.tools.building.acts.controls import control_label, put, steps_for
from podium.tools.building.acts.given import by_example, for_any, inputs_of, slug
from podium.tools.building.acts.going_on import MAX_PAGES, go_on, more_follows, way_on
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.records import open_form
from podium.tools.building.acts.required import fill_required
from podium.tools.building.forms import (
    FormChoice,
    choose_form,
    control_score,
    group_name,
    label_of,
    map_control,
    repeated,
)
from podium.tools.building.links import is_clickable
from podium.tools.building.spoken import meant, takes
from podium.tools.building.wanted import Wanted, look_ahead
from podium.tools.building.work import StepFailed, Work, distinct
from podium.tools.grounding.describe import describe
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Snapshot


async def build_fill(work: Work) -> None:
    """Put the planned values into the controls they mean."""
    wanted = look_ahead(work.agent, work.planned)
    open_fields = dict(work.planned.values)
    if work.planned.key:
        own = await open_form(work, all_values(work))
        if own:
            await _fill_row(work, own)
            return
    filled: dict[str, str] = {}
    for page in range(MAX_PAGES):
        try:
            open_fields = await _fill_page(work, wanted, open_fields, filled)
        except Fatal as error:
            if error.code != "not_found_on_page" or not page:
                raise
            told = ", ".join(_said(work, field, value) for field, value in open_fields.items())
            raise Fatal(
                f"No page of the form has a field for {told}",
                code="not_found_on_page",
                hint="Name the field as the form does, or leave it out.",
            ) from error
        if not open_fields or not await _next_page(work, wanted, open_fields):
            break
        filled = {}
    if open_fields:
        await _fill_asked(work, wanted, open_fields, filled)
    work.facts["url"] = await work.page.url()


async def _fill_row(work: Work, own: Sequence[Node]) -> None:
    """Put the values into the controls of the row itself; one that sends at once is left to the step that writes."""
    snapshot = await work.look()
    kept = work.facts.get("sends_at_once")
    at_once: JsonObject = dict(kept) if isinstance(kept, dict) else {}
    for field, value in work.planned.values.items():
        node = map_control(field, own, by_example(value, inputs_of(work))).node
        if node is None:
            continue
        choice = FormChoice(ref=node.form, name="", controls=tuple(own), coverage=1.0, score=1.0)
        for step in await steps_for(work, field, value, node, choice, snapshot):
            target = describe(
                snapshot.node(node.ref), snapshot, phrase=field, row_key=work.planned.key
            )
            placed = parse_step(_aimed(step.to_json(), target.to_json()))
            try:
                await work.perform(placed)
                work.facts["row_filled"] = True
            except StepFailed as failed:
                if failed.code != "would_write" or not isinstance(placed, SelectStep):
                    raise
                at_once[field] = placed.to_json()
    work.facts |= {"row_form": True, "sends_at_once": at_once}


def _aimed(step: JsonObject, target: JsonObject) -> JsonObject:
    """Return the dumped step with another target."""
    args = step.get("args")
    return {**step, "args": {**(args if isinstance(args, dict) else {}), "target": target}}


async def _fill_page(
    work: Work, wanted: Wanted, values: Mapping[str, str], filled: dict[str, str]
) -> dict[str, str]:
    """Fill the fields that the present page of the form clearly has; return the others, and note what is `filled`."""
    given, rest = inputs_of(work), dict[str, str]()
    _, choice = await form_of(work, wanted)
    for field in _surest_first(values, choice, given):
        value = values[field]
        example = by_example(value, given)
        snapshot, choice = await form_of(work, wanted)
        free = free_of(choice.controls, filled)
        places = _places(field, value, example, free)
        button = _value_button(example, choice, snapshot) if not places else None
        for node, told in places:
            snapshot, choice = await form_of(work, wanted)
            await put(work, field, told, node, choice, snapshot)
            filled[node.ref] = told
        if button is not None:
            await _press_value(work, field, value, button, snapshot)
        elif not places:
            rest[field] = value
    await _fill_again(work, wanted, filled)
    return rest


def _surest_first(
    values: Mapping[str, str], choice: FormChoice, given: Mapping[str, str]
) -> list[str]:
    """Return the fields, those first that a control is called: a loose word must not take the control of another."""

    def called(field: str) -> tuple[bool, bool]:
        node = map_control(field, choice.controls, by_example(values[field], given)).node
        score = control_score(field, node, choice.controls) if node is not None else 0.0
        # What shows only after another choice comes after it.
        return node is not None and not node.visible, score < _SAID

    return sorted(values, key=called)


_SAID = 0.8


def free_of(controls: Sequence[Node], filled: Mapping[str, str]) -> tuple[Node, ...]:
    """Return the controls that hold no value of the request yet; of a date with its time both parts may go into one."""
    return tuple(
        node
        for node in controls
        if node.ref not in filled or node.input_type == "datetime-local" or node.role == "checkbox"
    )


def _places(
    field: str, value: str, example: str, free: Sequence[Node]
) -> tuple[tuple[Node, str], ...]:
    """Return the controls for a field, each with what goes into it: by its name, else by what the words say together."""
    alone = fold(example) == "yes"
    spoken = meant(field if alone else f"{field} {example}", free)
    if not (alone and spoken):
        node = map_control(field, free, example).node
        fits = node is not None and (not spoken or alone or takes(node, example, free))
        if node is not None and fits and not _is_loose(example, node):
            return ((node, value),)
    return tuple((one.node, value if one.value == example else one.value) for one in spoken)


def _is_loose(example: str, node: Node) -> bool:
    return fold(example) == "yes" and _is_written(node)


def _is_written(node: Node) -> bool:
    """Return whether the control takes words that are written, not a choice."""
    written = not node.options or node.tag == "input"
    return written and node.role not in {"checkbox", "switch", "radio"}


async def _fill_again(work: Work, wanted: Wanted, filled: Mapping[str, str]) -> None:
    """Give a field that repeats another one, against slips (`Repeat e-mail`), the same value."""
    if not filled:
        return
    snapshot, choice = await form_of(work, wanted)
    known = {node.ref: node for node in choice.controls}
    for ref, value in filled.items():
        again = repeated(known[ref], choice.controls) if ref in known else None
        if again is not None and again.ref not in filled and not again.value:
            await put(work, label_of(again), value, again, choice, snapshot)
            snapshot, choice = await form_of(work, wanted)


async def form_of(work: Work, wanted: Wanted) -> tuple[Snapshot, FormChoice]:
    """Return the page with its form.

    Raises:
        Fatal: If it shows none.
    """
    snapshot = await work.clear_view(await with_form(work, wanted))
    choice = choose_form(snapshot, all_values(work), wanted.thing)
    if choice is None:
        raise Fatal(
            f"{snapshot.url} shows no form to fill",
            code="not_found_on_page",
            hint="Name the page that has the form.",
        )
    return snapshot, on_this_page(choice, snapshot)


def on_this_page(choice: FormChoice, snapshot: Snapshot) -> FormChoice:
    """Return the form without the boxes that its later pages show: hidden as long as a button leads on."""
    if way_on(choice, snapshot) is None:
        return choice
    return replace(choice, controls=tuple(node for node in choice.controls if node.visible))


async def _next_page(work: Work, wanted: Wanted, fields: Mapping[str, str]) -> bool:
    """Go to the next page of a form that has several; return whether there is one."""
    snapshot, choice = await form_of(work, wanted)
    button = way_on(choice, snapshot)
    if button is None or any(map_control(field, choice.controls).rivals for field in fields):
        return False
    if await fill_required(work, choice, snapshot, len(work.steps)):
        snapshot, choice = await form_of(work, wanted)
        button = way_on(choice, snapshot) or button
    said = more_follows(button, snapshot, unfilled=any(not _optional(work, one) for one in fields))
    return await go_on(work, button, snapshot, said=said)


def _optional(work: Work, field: str) -> bool:
    """Return whether nobody said that the form has a field of that name: `urgent`, taken alone."""
    return fold(by_example(work.planned.values.get(field, ""), inputs_of(work))) == "yes"


async def _fill_asked(
    work: Work, wanted: Wanted, fields: Mapping[str, str], filled: Mapping[str, str]
) -> None:
    """Fill the fields that no page of the form clearly has: into what is left of it, else with a person's help.

    Raises:
        Asked: If only a person can tell where they go; one question for all.
    """
    snapshot, choice = await form_of(work, wanted)
    free = free_of(_free_controls(choice, all_values(work)), filled)
    unclear: dict[str, tuple[Node, ...]] = {}
    for field, value in fields.items():
        example = by_example(value, inputs_of(work))
        match = map_control(field, free_of(choice.controls, filled), example)
        node = match.node if match.node and not _is_loose(example, match.node) else None
        node = node or (_open_list(free) if fold(example) == "yes" else None)
        if node is not None:
            await put(work, field, value, node, choice, snapshot)
            free = tuple(one for one in free if one.ref != node.ref)
            continue
        written = fold(example) != "yes" and _is_free_text(field, example)
        words = _text_field(free) if not match.rivals and written else None
        if words is not None:
            # `lost luggage`: no field is called lost, so it is what happened.
            await put(work, "description", f"{field} {value}", words, choice, snapshot)
            free = tuple(one for one in free if one.ref != words.ref)
            continue
        unclear[field] = match.rivals
    if unclear:
        await _put_where_said(work, wanted, {one: fields[one] for one in unclear}, unclear)


async def _put_where_said(
    work: Work, wanted: Wanted, fields: Mapping[str, str], rivals: Mapping[str, tuple[Node, ...]]
) -> None:
    snapshot, choice = await form_of(work, wanted)
    offered: dict[str, tuple[list[Node], list[str]]] = {}
    for field in fields:
        nodes = _one_of_each_group(rivals[field] or choice.controls)
        labels = [control_label(node, choice.controls) for node in nodes]
        offered[field] = (nodes, distinct(labels))
    picked = await work.choose_labels(
        "fields",
        {field: labels for field, (_, labels) in offered.items()},
        snapshot,
        what={
            field: f"Which field of the form is {_said(work, field, value)}?"
            for field, value in fields.items()
        },
    )
    for field, value in fields.items():
        nodes, labels = offered[field]
        label = picked.get(field)
        if label is None:
            work.notes.append(
                f"The form has no field for {_said(work, field, value)}; it is left out."
            )
            continue
        snapshot, choice = await form_of(work, wanted)
        chosen = nodes[labels.index(label)]
        node = next((one for one in choice.controls if one.ref == chosen.ref), chosen)
        await put(work, field, value, node, choice, snapshot)


def _said(work: Work, field: str, value: str) -> str:
    shown = by_example(value, inputs_of(work))
    return repr(field) if fold(shown) == "yes" else f"{field!r} ({shown})"


def _one_of_each_group(controls: Sequence[Node]) -> list[Node]:
    """Return the controls, of a group of radio buttons one."""
    found: dict[str, Node] = {}
    for node in controls:
        found.setdefault(f"radio {group_name(node)}" if node.role == "radio" else node.ref, node)
    return list(found.values())


def _free_controls(choice: FormChoice, values: Mapping[str, str]) -> tuple[Node, ...]:
    """Return the controls that no planned field means and that hold nothing yet."""
    taken = {
        match.node.ref
        for field, value in values.items()
        if (match := map_control(field, choice.controls, value)).node is not None
    }
    return tuple(
        node for node in choice.controls if node.ref not in taken and not node.value.strip()
    )


def _open_list(free: Sequence[Node]) -> Node | None:
    """Return the one list whose options show only once it is opened: a word alone is likely one of them."""
    found = [node for node in free if node.role == "combobox" and not node.options]
    return found[0] if len(found) == 1 else None


def _text_field(free: Sequence[Node]) -> Node | None:
    found = [
        node
        for node in free
        if node.tag == "textarea" or node.attributes.get("contenteditable") == "true"
    ]
    return found[0] if len(found) == 1 else None


def _is_free_text(field: str, example: str) -> bool:
    """Return whether field and value may as well be words of one text: plain words, no number, no name."""
    return all(word.isalpha() and word.islower() for word in f"{field} {example}".split())


async def with_form(work: Work, wanted: Wanted) -> Snapshot:
    """Return the page once it shows a form that has any of the fields, or as it is after some seconds."""
    snapshot = await settled(work)
    for _ in range(8):
        choice = choose_form(snapshot, wanted.values, wanted.thing)
        if choice is not None and (choice.coverage > 0 or not wanted.values):
            break
        await work.pause(0.5)
        snapshot = await work.look()
    return snapshot


def all_values(work: Work) -> dict[str, str]:
    """Return what all fill and choose steps put into this form, so that each of them finds the same one."""
    given = inputs_of(work)
    return {
        field: by_example(value, given)
        for step in work.agent.steps
        if step.op in {"fill", "choose"}
        for field, value in step.values.items()
    }


def _value_button(value: str, choice: FormChoice, snapshot: Snapshot) -> Node | None:
    """Return the one button of the form that is called like the value: time slots, sizes, plans are chosen so."""
    wanted = _plain(value)
    regions = {node.region for node in choice.controls}
    found = [
        node
        for node in snapshot.nodes
        if node.visible
        and is_clickable(node)
        and (node.form == choice.ref or node.region in regions)
        and not node.attributes.get("href", "").startswith("http")
        and _plain(node.name or node.text) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"\b0(\d:)", r"\1", " ".join(text.casefold().split()))


async def _press_value(
    work: Work, field: str, value: str, button: Node, snapshot: Snapshot
) -> None:
    target = describe(button, snapshot, phrase=f"{field} {value}")
    if names_in(value):
        target = for_any(target, inputs_of(work))
    step = ClickStep(
        id=work.step_id(slug(field)), title=f"Choose {value}", args=TargetArgs(target=target)
    )
    await work.perform(step)
