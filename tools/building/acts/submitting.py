"""`submit`: over the pages of a form to the button that sends it."""

from __future__ import annotations

from podium.state.errors import Fatal
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.filling import all_values, on_this_page, with_form
from podium.tools.building.acts.going_on import MAX_PAGES, go_on, leads_on, more_follows
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.required import fill_required
from podium.tools.building.acts.writes import write
from podium.tools.building.forms import (
    FormChoice,
    choose_form,
    confirming,
    submit_of,
)
from podium.tools.building.wanted import Wanted, look_ahead
from podium.tools.building.work import Work
from podium.tools.page import Node, Snapshot


async def build_submit(work: Work) -> None:
    """Fill what is still required, go on over the form's pages, then submit it under the plan's effect."""
    wanted = look_ahead(work.agent, work.planned)
    names = all_values(work)
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
    await write(work, node, snapshot)


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


async def _submit_control(
    work: Work, choice: FormChoice, snapshot: Snapshot, wanted: Wanted
) -> Node:
    found = submit_of(snapshot, choice.ref, wanted.thing)
    if not found and choice.ref:
        found = submit_of(snapshot, "", wanted.thing)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Fatal("The form has no button to submit it", code="not_found_on_page")
    chosen = await work.choose(
        "submit", f"submit {wanted.thing}", found, snapshot, what="Which button submits the form?"
    )
    if chosen is None:
        raise Fatal("No button of the form submits it", code="not_found_on_page")
    return chosen
