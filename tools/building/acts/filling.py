"""`fill`, `choose`: the planned values into the controls of a form they mean, over all its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from podium.state.errors import Fatal
from podium.state.program import (
    ClickStep,
    TargetArgs,
)
from podium.state.templates import names_in
from podium.tools.building.acts.controls import control_label, put
from podium.tools.building.acts.given import by_example, for_any, inputs_of, slug
from podium.tools.building.acts.going_on import MAX_PAGES, go_on, way_on
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.required import fill_required
from podium.tools.building.forms import (
    FormChoice,
    choose_form,
    map_control,
)
from podium.tools.building.links import is_clickable
from podium.tools.building.wanted import Wanted, look_ahead
from podium.tools.building.work import Work, distinct
from podium.tools.grounding.describe import describe
from podium.tools.page import Node, Snapshot


async def build_fill(work: Work) -> None:
    """Put the planned values into the controls they mean."""
    wanted = look_ahead(work.agent, work.planned)
    open_fields = dict(work.planned.values)
    for _ in range(MAX_PAGES):
        open_fields = await _fill_page(work, wanted, open_fields)
        if not open_fields or not await _next_page(work, wanted, open_fields):
            break
    for place, field in enumerate(work.planned.values):
        if field in open_fields:
            await _fill_asked(work, wanted, field, open_fields[field], place)
    work.facts["url"] = await work.page.url()


async def _fill_page(work: Work, wanted: Wanted, values: Mapping[str, str]) -> dict[str, str]:
    """Fill the fields that the present page of the form clearly has; return the others."""
    given, rest = inputs_of(work), dict[str, str]()
    for field, value in values.items():
        example = by_example(value, given)
        snapshot, choice = await form_of(work, wanted)
        button = _value_button(example, choice, snapshot)
        match = map_control(field, choice.controls, example)
        if match.node is not None:
            await put(work, field, value, match.node, choice, snapshot)
        elif button is not None:
            await _press_value(work, field, value, button, snapshot)
        else:
            rest[field] = value
    return rest


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
    return await go_on(work, button, snapshot, said=False)


async def _fill_asked(work: Work, wanted: Wanted, field: str, value: str, place: int) -> None:
    """Fill a field that no page of the form clearly has, with a person's help."""
    snapshot, choice = await form_of(work, wanted)
    node = await _control(work, field, value, place, choice, snapshot)
    if node is None:
        work.notes.append(f"The form has no field for {field!r}.")
        return
    await put(work, field, value, node, choice, snapshot)


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


async def _control(
    work: Work, field: str, value: str, place: int, choice: FormChoice, snapshot: Snapshot
) -> Node | None:
    match = map_control(field, choice.controls, by_example(value, inputs_of(work)))
    if match.node is not None:
        return match.node
    rivals = match.rivals or choice.controls
    labels = distinct([control_label(node, choice.controls) for node in rivals])
    picked = await work.choose_label(
        f"field{place}", field, labels, snapshot, what=f"Which field of the form is {field!r}?"
    )
    return rivals[labels.index(picked)] if picked is not None else None
