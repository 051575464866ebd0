"""`click`: single controls, in the row they are named with."""

from __future__ import annotations

from podium.state.errors import Fatal
from podium.state.program import (
    CheckArgs,
    CheckStep,
    ClickStep,
    HoverStep,
    TargetArgs,
    ValueHeld,
)
from podium.state.templates import names_in
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.given import by_example, for_any, inputs_of
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.records import reach_control, row_of, state_step, with_row
from podium.tools.building.acts.writes import write
from podium.tools.building.work import Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.phrases import Scored, clear_winner, find_phrase
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Record, Snapshot


async def build_click(work: Work) -> None:
    """Click what the plan's words mean, in the row they name; what is named like a write is one, a box is ticked."""
    if work.planned.per_row:
        # A click on the first that is called so would act on one of them, whichever it is.
        raise Fatal(
            f"{work.planned.title!r} acts on every row: agents change one named record in a run",
            code="not_built_yet",
            hint="Name the record, as in `archive message 42`: `--input` takes another one in each run.",
        )
    given = inputs_of(work)
    phrase = work.planned.thing or work.planned.title
    example = by_example(phrase, given)
    snapshot = await work.clear_view(await settled(work))
    row: Record | None = None
    if work.planned.key:
        stood = await _at_record(work, example)
        if stood is None:
            return
        snapshot, row = stood
    else:
        snapshot = await _until_called(work, example, snapshot)
    node = await _meant(work, example, snapshot, row)
    target = describe(node, snapshot, phrase=phrase, row_key=work.planned.key if row else "")
    if names_in(phrase):
        target = for_any(target, given)
        if not any(names_in(text) for text in (target.name, target.text, target.label)):
            raise Fatal(
                f"{example!r} is found here by other words ({node.name or node.text!r}): with another value it could not be found",
                code="not_found_on_page",
                hint="Say it as the page does.",
            )
    label = node.name or node.text
    if node.role in {"checkbox", "radio", "switch"}:
        step = CheckStep(
            id=work.step_id(),
            title=work.planned.title,
            args=CheckArgs(target=target),
            expect=(ValueHeld(),),
        )
        await work.perform(step)
        return
    writes = say.has(label, say.NEVER) or (node.role == "button" and say.has(label, say.WRITE))
    if node.role == "menuitem" and node.attributes.get("aria-haspopup", "false") != "false":
        hover = HoverStep(
            id=work.step_id(), title=f"Point at {label}", args=TargetArgs(target=target), retries=1
        )
        if await _opens_by_pointing(work, hover, snapshot):
            return
    if work.planned.effect == "read" and not writes:
        click = ClickStep(
            id=work.step_id(),
            title=work.planned.title or f"Click {label}",
            args=TargetArgs(target=target),
        )
        await work.perform(click)
        work.facts["url"] = (await settled(work)).url
        return
    await write(work, node, snapshot, target=target)


async def _at_record(work: Work, phrase: str) -> tuple[Snapshot, Record | None] | None:
    """Return the page that shows what is meant of the planned record, with its row; None when its own list was set."""
    snapshot, row = await with_row(work)
    if _shown(_called(phrase, snapshot, row)):
        return snapshot, row
    state = state_step(work, phrase, row, snapshot)
    if state is not None:
        await write(work, state[0], snapshot, act=state[1])
        return None
    brought = await reach_control(work, row, snapshot)
    return (snapshot, row) if brought is None else (brought, _still_in(brought, work, phrase))


async def _until_called(work: Work, phrase: str, snapshot: Snapshot) -> Snapshot:
    """Return the page once it shows what is meant: menus open and rows come a moment later."""
    for _ in range(6):
        if _called(phrase, snapshot, None):
            break
        await work.pause(0.4)
        snapshot = await work.look()
    return snapshot


def _shown(found: tuple[Scored, ...]) -> tuple[Scored, ...]:
    return tuple(one for one in found if one.node.visible)


def _still_in(snapshot: Snapshot, work: Work, phrase: str) -> Record | None:
    """Return the record's row where what is meant stands in it: a menu may be drawn elsewhere, and a page has no rows."""
    key = by_example(work.planned.key, inputs_of(work))
    row = row_of(key, snapshot, work.planned.thing)
    return row if row is not None and _shown(_called(phrase, snapshot, row)) else None


async def _opens_by_pointing(work: Work, hover: HoverStep, before: Snapshot) -> bool:
    """Point at an item that has a menu of its own; return whether that opened it: a click would choose the item."""
    result = await work.try_out(hover)
    known = {node.ref for node in before.nodes if node.visible}
    for _ in range(4):
        await work.pause(0.3)
        shown = await work.look()
        if any(node.visible and node.ref not in known for node in shown.nodes):
            work.keep(hover, result)
            return True
    return False


async def _meant(work: Work, phrase: str, snapshot: Snapshot, row: Record | None) -> Node:
    """Return the element that the phrase means, in the row when there is one; asks when several may be it."""
    found = _called(phrase, snapshot, row)
    node = clear_winner(found)
    if node is not None:
        return node
    if not found:
        raise Fatal(f"{snapshot.url} shows nothing called {phrase!r}", code="not_found_on_page")
    node = await work.choose(
        "target",
        phrase,
        [item.node for item in found[:6]],
        snapshot,
        what=f"Which of these is {phrase!r}?",
    )
    if node is None:
        raise Fatal(f"Nothing on {snapshot.url} is {phrase!r}", code="not_found_on_page")
    return node


_CROSSES = frozenset({"x", "\u00d7", "\u2715", "\u2716"})
_ONLY_A_ROLE: dict[str, frozenset[str]] = {
    "button": frozenset({"button"}),
    "link": frozenset({"link"}),
    "checkbox": frozenset({"checkbox"}),
    "field": frozenset({"textbox", "searchbox"}),
    "section": frozenset({"tab"}),
}


def _called(phrase: str, snapshot: Snapshot, row: Record | None) -> tuple[Scored, ...]:
    """Return what the phrase may mean; a cross is a `Close`, a bare `button` the only one there is."""
    found = find_phrase(phrase, snapshot)
    if not found and phrase.strip() in _CROSSES:
        found = find_phrase("close", snapshot)
    roles = _ONLY_A_ROLE.get(fold(phrase))
    if not found and roles is not None:
        only = [node for node in snapshot.nodes if node.visible and node.role in roles]
        found = tuple(Scored(node, 0.9, "the only one") for node in only[:1] if len(only) == 1)
    if row is not None:
        found = tuple(
            item for item in found if item.node.ref in row.nodes or item.node.row == row.ref
        )
    return found
