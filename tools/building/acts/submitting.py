"""`submit`: over the pages of a form to the button that sends it."""

from __future__ import annotations

from pydantic import JsonValue

from podium.state.errors import Fatal
from podium.state.program import SelectStep, parse_step
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.filling import all_values, on_this_page, with_form
from podium.tools.building.acts.going_on import MAX_PAGES, go_on, leads_on, more_follows
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.records import in_row, with_row
from podium.tools.building.acts.required import fill_required
from podium.tools.building.acts.writes import write
from podium.tools.building.forms import (
    FormChoice,
    button_text,
    choose_form,
    confirming,
    is_control,
    label_of,
    submit_of,
)
from podium.tools.building.wanted import Wanted, look_ahead
from podium.tools.building.work import Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.ladder import ground
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Snapshot


async def build_submit(work: Work) -> None:
    """Fill what is still required, go on over the form's pages, then submit it under the plan's effect."""
    wanted = look_ahead(work.agent, work.planned)
    names = all_values(work)
    if work.planned.key and work.facts.get("row_form"):
        await _submit_row(work)
        return
    for page in range(MAX_PAGES):
        snapshot = await (with_form(work, wanted) if page == 0 else settled(work))
        choice = choose_form(snapshot, names, wanted.thing)
        node = None if choice is not None else _last_button(snapshot)
        if node is not None:
            break  # a page that only shows what was given, and asks to confirm it
        if choice is None:
            raise Fatal(f"{snapshot.url} shows no form to submit", code="not_found_on_page")
        choice = on_this_page(choice, snapshot)
        if await fill_required(work, choice, snapshot, page):
            snapshot = await work.look()
            choice = choose_form(snapshot, names, wanted.thing) or choice
        node = await _submit_control(work, choice, snapshot, wanted)
        confirmed = _confirmed_next(work)
        if not confirmed and not leads_on(node):
            break
        if not await go_on(
            work,
            node,
            snapshot,
            said=(confirmed and leads_on(node)) or more_follows(node, snapshot, unfilled=False),
        ):
            break
        if confirmed:
            return
    else:
        raise Fatal(f"The form has more than {MAX_PAGES} pages", code="not_found_on_page")
    await write(work, await _enabled(work, node, snapshot), snapshot)


async def _enabled(work: Work, node: Node, snapshot: Snapshot) -> Node:
    """Return the button once it can be pressed: forms that check while one types enable it late.

    Raises:
        Fatal: If it stays disabled, with the fields that are empty.
    """
    for _ in range(6):
        if node.enabled:
            return node
        await work.pause(0.3)
        snapshot = await work.look()
        node = next((one for one in snapshot.nodes if one.ref == node.ref), node)
    empty = [
        repr(label_of(one))
        for one in snapshot.nodes
        if one.form == node.form and is_control(one) and one.role != "checkbox" and not one.value
    ]
    invalid = [
        repr(label_of(one))
        for one in snapshot.nodes
        if one.attributes.get("aria-invalid") == "true"
    ]
    wants = f" Not accepted: {', '.join(invalid)}." if invalid else ""
    wants += f" Empty: {', '.join(dict.fromkeys(empty))}." if empty else ""
    raise Fatal(
        f"{button_text(node)!r} cannot be pressed: the form still wants something.{wants}",
        code="expectation",
        hint="Say these values in the request.",
    )


async def _submit_row(work: Work) -> None:
    """Save what was put into the row: each choice that sends at once by itself, the rest by the row's own button."""
    at_once = work.facts.pop("sends_at_once", None)
    filled = work.facts.pop("row_filled", False)
    work.facts.pop("row_form", None)
    choices = at_once if isinstance(at_once, dict) else {}
    for choice in choices.values():
        await _choose_at_once(work, choice)
    if choices and not filled:
        return
    snapshot, row = await with_row(work)
    inside = in_row(row, snapshot)
    buttons = [
        one
        for one in inside
        if one.visible and one.role == "button" and say.has(button_text(one), say.WRITE)
    ]
    if len(buttons) != 1:
        raise Fatal(
            f"The row of {work.planned.title!r} has no button that saves it",
            code="not_found_on_page",
            hint="Say which button saves it.",
        )
    target = describe(
        buttons[0], snapshot, phrase=button_text(buttons[0]), row_key=work.planned.key
    )
    await write(work, buttons[0], snapshot, target=target)


async def _choose_at_once(work: Work, choice: JsonValue) -> None:
    """Make a choice of the row that sends at once, as a write of its own."""
    step = parse_step(choice) if isinstance(choice, dict) else None
    assert isinstance(step, SelectStep), "kept by the filling of the row"
    snapshot, row = await with_row(work)
    found = ground(step.args.target, snapshot, row=row, settled=True)
    if found.node is None:
        raise Fatal(f"The row does not show what {step.title!r} chooses", code="not_found_on_page")
    await write(work, found.node, snapshot, act=step.model_copy(update={"id": work.step_id()}))


def _last_button(snapshot: Snapshot) -> Node | None:
    """Return the button of a page without fields that sends what was given on the pages before."""
    found = [
        node
        for form in snapshot.forms
        if form.method != "get"
        for node in submit_of(snapshot, form.ref)
    ]
    found = found or list(submit_of(snapshot, "")) or confirming(snapshot)
    return found[0] if len(found) == 1 else None


def _confirmed_next(work: Work) -> bool:
    """Return whether the plan, right after this submit, presses another button: of a page to check and confirm."""
    steps = work.agent.steps
    place = next((place for place, one in enumerate(steps) if one.id == work.planned.id), None)
    following = steps[place + 1] if place is not None and place + 1 < len(steps) else None
    if following is None or following.op not in {"click", "submit"} or following.per_row:
        return False
    return following.effect != "read" or say.has(following.thing, say.WRITE)


def called(snapshot: Snapshot, press: str) -> tuple[Node, ...]:
    """Return the buttons that say what the request calls the button."""
    return tuple(
        node
        for node in snapshot.nodes
        if node.visible
        and node.role in {"button", "link"}
        and fold(button_text(node)) == fold(press)
    )


async def _submit_control(
    work: Work, choice: FormChoice, snapshot: Snapshot, wanted: Wanted
) -> Node:
    press = work.planned.press
    named = called(snapshot, press) if press else ()
    if len(named) == 1:
        return named[0]
    found = named or submit_of(snapshot, choice.ref, wanted.thing)
    if not found and choice.ref:
        found = submit_of(snapshot, "", wanted.thing)
    if len(found) == 1 and not press:
        return found[0]
    if not found:
        raise Fatal("The form has no button to submit it", code="not_found_on_page")
    what = "Which button submits the form?"
    if press and not named:
        what = f"No button is called {press!r}. {what}"
    chosen = await work.choose(
        "submit", press or f"submit {wanted.thing}", found, snapshot, what=what
    )
    if chosen is None:
        raise Fatal("No button of the form submits it", code="not_found_on_page")
    return chosen
