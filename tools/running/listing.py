"""Being on a list: waiting for it, turning its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from podium.state.errors import Fatal, Refused
from podium.state.program import ExtractStep, ListSpec, Pagination
from podium.state.questions import FieldSpec, Question
from podium.tools.grounding.emptiness import says_none
from podium.tools.grounding.ladder import ground
from podium.tools.grounding.lists import (
    HEADING,
    Cell,
    ListMatch,
    match_list,
    read_cells,
)
from podium.tools.grounding.words import concepts_in, fold
from podium.tools.page import Node, Snapshot
from podium.tools.running.finding import Asked, Tried, dismiss_overlay, question_id
from podium.tools.running.needing import wanted_columns
from podium.tools.running.opening import uncover_list
from podium.tools.running.standing import check_list
from podium.tools.running.task import Task

_SCROLLS = 10
"""A page that is scrolled counts as so many turns."""
_TURN_S = 8.0
"""How long the next page's rows may take; a control that still changes nothing then was the last one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A list as it is shown now."""

    spec: ListSpec
    """The described list, with the headers that a person said are the columns' own now."""
    wanted: frozenset[str]
    """The columns that are needed of it."""
    match: ListMatch
    snapshot: Snapshot
    cells: tuple[dict[str, Cell], ...]


async def await_list(
    task: Task,
    step: ExtractStep,
    *,
    may_be_empty: bool = False,
    wanted: frozenset[str] | None = None,
) -> Shown | None:
    """Wait for the list and its first rows; None when it is gone and the page says that there are none.

    `wanted` are the columns that are needed, all that the step keeps when nothing is said.

    Raises:
        Refused: If a needed column now has another meaning, by the page or by a person's answer.
        Asked: If a needed column is called by a word that is not known to say the same.
        Fatal: If the list, or a needed column, does not appear (`not_found_on_page`), or several lists fit (`ambiguous`).
    """
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    spec = step.args.list
    program = task.context.program.steps
    wanted = wanted_columns(step, program) if wanted is None else wanted
    started = clock.monotonic_s()
    previous: tuple[dict[str, Cell], ...] | None = None
    tried = Tried()
    while True:
        rests = await page.settle(timeout_s=patience.fuzzy_s)
        snapshot = await page.snapshot()
        match = match_list(spec, snapshot, wanted=wanted)
        waited = clock.monotonic_s() - started
        if match.doubts and _confirmed(task, match.doubts):
            spec = with_headers(spec, match.doubts)
            continue
        if match.collection is not None and not _lost(match, wanted):
            cells = read_cells(spec, match.collection, match.mapping)
            if cells and (rests or cells == previous):
                if task.step.id == step.id:
                    spec = check_list(task, spec, snapshot, cells)
                return Shown(spec, wanted, match, snapshot, cells)
            none = may_be_empty or said_empty(task, spec, snapshot)
            if not cells and waited >= (patience.fuzzy_s if none else patience.target_s):
                return Shown(spec, wanted, match, snapshot, ())
            previous = cells
        elif waited >= patience.fuzzy_s:
            if _is_gone(task, spec, match, snapshot, may_be_empty=may_be_empty):
                return None
            await _clear_way(task, spec, match, snapshot, wanted, tried=tried, waited=waited)
            if waited >= patience.target_s:
                raise _list_error(task, match, wanted, spec)
        await page.pause(patience.poll_s)


async def _clear_way(
    task: Task,
    spec: ListSpec,
    match: ListMatch,
    snapshot: Snapshot,
    wanted: frozenset[str],
    *,
    tried: Tried,
    waited: float,
) -> None:
    """Close what covers a list that is not there in time, then open what may hide it; each once."""
    fuzzy_s = task.services.patience.fuzzy_s
    if waited >= fuzzy_s and not tried.dismissed:
        tried.dismissed = await dismiss_overlay(task, snapshot)
    if waited >= 2 * fuzzy_s and not tried.uncovered and match.kind == "missing":
        tried.uncovered = True
        await uncover_list(task, spec, snapshot, wanted)


def _is_gone(
    task: Task, spec: ListSpec, match: ListMatch, snapshot: Snapshot, *, may_be_empty: bool
) -> bool:
    """Return whether the page shows no list because there is nothing in it; one that only looks otherwise is not empty."""
    if may_be_empty and _says_nothing(snapshot):
        return True
    others = any(
        len(collection.records) > 1
        for collection in snapshot.collections
        if collection.kind != "record"
        and collection.region not in {"navigation", "header", "footer"}
    )
    return match.kind == "missing" and not others and bool(said_empty(task, spec, snapshot))


def _lost(match: ListMatch, wanted: frozenset[str]) -> list[str]:
    return sorted(wanted - set(match.mapping))


def with_headers(spec: ListSpec, headers: Mapping[str, str]) -> ListSpec:
    """Return the description with columns called otherwise."""
    columns = tuple(
        column.model_copy(update={"header": headers.get(column.name, column.header)})
        for column in spec.columns
    )
    heading = headers.get(HEADING, spec.heading)
    return spec.model_copy(update={"columns": columns, "heading": heading})


_SAME, _OTHER = "yes, the same", "no, something else"


def _confirmed(task: Task, doubts: Mapping[str, str]) -> bool:
    """Return whether a person said that just these headers are the columns' own. Raises: Refused, if they said no."""
    about, said = ((task.answer or {}).get(name) for name in ("about", "columns"))
    if about != _about(doubts):
        return False
    if said == _OTHER:
        raise Refused(f"The list changed its meaning, by the answer to its question: {about}")
    return said == _SAME


def _about(doubts: Mapping[str, str]) -> str:
    return "; ".join(
        f"{name or 'the list'} is called {header!r}" for name, header in doubts.items()
    )


def _doubt(task: Task, spec: ListSpec, match: ListMatch) -> Question:
    about = _about(match.doubts)
    headers = {column.name: column.header for column in spec.columns} | {HEADING: spec.heading}
    told = ", ".join(f"{headers[name]!r} -> {now!r}" for name, now in match.doubts.items())
    return Question(
        id=question_id(task, about),
        kind="choice",
        title=f"Do the columns of {spec.heading or task.step.title!r} still mean the same? {told}",
        text="No word list says so, and values alone do not tell it. Nothing was kept of this list yet.",
        fields=(
            FieldSpec(name="columns", title="The same?", type="choice", choices=(_SAME, _OTHER)),
            FieldSpec(name="about", title="What", type="choice", choices=(about,), default=about),
        ),
    )


def _list_error(
    task: Task, match: ListMatch, wanted: frozenset[str], spec: ListSpec
) -> Fatal | Refused | Asked:
    name = spec.heading or task.step.title
    if match.kind == "unsure":
        return Asked(_doubt(task, spec, match))
    if match.kind == "refused":
        return Refused(f"The list {name!r} changed its meaning: {match.why}")
    if match.kind == "ambiguous":
        return Fatal(f"The list {name!r} cannot be told apart: {match.why}", code="ambiguous")
    if match.collection is not None:
        return Fatal(
            f"The list {name!r} lacks the columns {', '.join(_lost(match, wanted))}",
            code="not_found_on_page",
        )
    return Fatal(f"The page does not show the list {name!r}: {match.why}", code="not_found_on_page")


def said_empty(task: Task, spec: ListSpec, snapshot: Snapshot) -> str:
    """Return the line by which the page says that the list has no rows today; '' when it does not, or shows a record."""
    if spec.kind == "record":
        return ""
    first = next((column.header for column in spec.columns if column.header), "")
    return says_none(snapshot, (spec.heading, first, task.step.title))


_NOTHING = frozenset(
    {
        "no results",
        "no records",
        "no entries",
        "nothing found",
        "no items",
        "no data",
        "not found",
        "0 results",
        "no matches",
    }
    | {
        "keine ergebnisse",
        "keine eintrage",
        "keine daten",
        "nichts gefunden",
        "no matching",
        "is empty",
        "none found",
    }
)


def _says_nothing(snapshot: Snapshot) -> bool:
    text = fold(f"{snapshot.text} {' '.join(snapshot.messages)}")
    return any(phrase in text for phrase in _NOTHING)


# -- Turning pages ---------------------------------------------------------------------------------


async def turn(task: Task, step: ExtractStep, shown: Shown, *, page_index: int) -> Shown | None:
    """Bring the next page's rows, or more rows, and return them; None at the end."""
    pagination = step.args.list.pagination
    if pagination is None:
        return None
    if pagination.kind == "scroll":
        return await _scrolled(task, step, shown)
    control = next_control(pagination, shown, page_index=page_index)
    if control is None:
        return await _grown(task, step, shown)
    if control.covered:
        await dismiss_overlay(task, shown.snapshot)
    await task.live_page.click(control.ref)
    return await _changed(task, step, shown)


def turns_of(spec: ListSpec) -> int:
    """Return how often the list may be turned; a scrolled one moves by less than a page at a time."""
    if spec.pagination is None:
        return 1
    return spec.pagination.max_pages * (_SCROLLS if spec.pagination.kind == "scroll" else 1)


async def _scrolled(task: Task, step: ExtractStep, shown: Shown) -> Shown | None:
    """Scroll on until the list shows other rows; None at its end.

    By less than what is in view at a time: virtual lists hold no more rows than that.
    """
    assert shown.match.collection is not None
    ref = shown.match.collection.ref
    while await task.live_page.scroll_on(ref):
        snapshot = await task.live_page.snapshot()
        match = match_list(shown.spec, snapshot, wanted=shown.wanted)
        if match.collection is None:
            break  # being redrawn: it is waited for below
        ref = match.collection.ref
        cells = read_cells(shown.spec, match.collection, match.mapping)
        if cells and cells != shown.cells:
            return replace(shown, match=match, snapshot=snapshot, cells=cells)
    return await _changed(task, step, shown)


async def _grown(task: Task, step: ExtractStep, shown: Shown) -> Shown | None:
    """Scroll to the end of a list whose pages have no control any more, and return what it shows then; None at its end.

    On a page that still has other pages' controls this was the last one.
    """
    if any(_turns(node) for node in _outside(shown)) or shown.match.collection is None:
        return None
    await task.live_page.scroll_end()
    deadline = task.services.clock.monotonic_s() + task.services.patience.fuzzy_s
    while task.services.clock.monotonic_s() < deadline:
        await task.live_page.settle(timeout_s=task.services.patience.fuzzy_s)
        match = match_list(shown.spec, await task.live_page.snapshot(), wanted=shown.wanted)
        if match.collection is None:
            return None
        if read_cells(shown.spec, match.collection, match.mapping) != shown.cells:
            return await _changed(task, step, shown)
        await task.live_page.pause(task.services.patience.poll_s)
    return None


def _turns(node: Node) -> bool:
    """Return whether the element leads to a page of a list: a number, or a word for the one before or after."""
    pressed = node.role in {"link", "button"} and node.visible
    said = concepts_in(node.name) & {"previous", "next", "first", "last"}
    return pressed and (fold(node.name).isdigit() or bool(said))


def next_control(pagination: Pagination, shown: Shown, *, page_index: int) -> Node | None:
    """Return the control that leads to the page after `page_index` (0 = first), when there is an active one."""
    snapshot = shown.snapshot
    outside = _outside(shown)
    if pagination.kind == "numbered":
        return (
            _numbered(pagination, outside, page_index + 2)
            or _next_word(outside)
            or _next_word(outside, "load_more")
        )
    if pagination.control is None:  # learnt from an empty list, which has no further pages to show
        return _next_word(outside) or _numbered(pagination, outside, page_index + 2)
    grounding = ground(pagination.control, snapshot)
    if grounding.node is None:
        # Numbers instead of `Next`, or another word for it: a redesign of the same pages.
        found = (
            _next_word(outside)
            or _numbered(pagination, outside, page_index + 2)
            or _next_word(outside, "load_more")
        )
        return found if found is not None and _active(found) else None
    return grounding.node if _active(grounding.node) else None


def _outside(shown: Shown) -> tuple[Node, ...]:
    """Return the page's elements without those in the list's own rows."""
    records = shown.match.collection.records if shown.match.collection else ()
    inside = {ref for record in records for ref in record.nodes}
    return tuple(node for node in shown.snapshot.nodes if node.ref not in inside)


def _active(node: Node) -> bool:
    attributes = node.attributes
    dead = (
        re.search(r"[.](?:disabled|inactive)(?:[.>]|$)", ">".join(node.path.split(">")[-2:]))
        is not None
        or "disabled" in attributes.get("class", "").casefold().split()
        or attributes.get("aria-disabled") == "true"
    )
    return node.enabled and not dead


def _numbered(pagination: Pagination, nodes: Sequence[Node], number: int) -> Node | None:
    """Return the control named by the number, nearest to where the pages' controls stood."""
    said = {
        str(number),
        f"page {number}",
        f"go to page {number}",
        f"seite {number}",
        f"goto page {number}",
    }
    found = [
        node
        for node in nodes
        if node.role in {"link", "button", "menuitem", "tab"}
        and fold(node.name) in said
        and node.visible
    ]
    control = pagination.control
    if len(found) > 1 and control is not None:
        alike = [
            node
            for node in found
            if node.region == control.region and node.heading == control.heading
        ]
        found = alike or found
    addresses = {node.attributes.get("href", "") for node in found}
    one = len(found) == 1 or (len(addresses) == 1 and addresses != {""})
    return found[0] if found and one and _active(found[0]) else None


def _next_word(nodes: Sequence[Node], concept: str = "next") -> Node | None:
    """Return the control of `rel=next`, else the one whose name says so (`next page`); none when several do."""
    buttons = [node for node in nodes if node.role in {"link", "button"} and node.visible]
    related = [node for node in buttons if node.attributes.get("rel") == "next"]
    named = related or [
        node
        for node in buttons
        if concept in concepts_in(node.name)
        and "previous" not in concepts_in(node.text)
        and len(node.name.split()) <= 4
        and node.region != "form"
    ]
    addresses = {node.attributes.get("href", "") for node in named}
    one = len(named) == 1 or (len(addresses) == 1 and addresses != {""})
    return named[0] if named and one and _active(named[0]) else None


async def _changed(task: Task, step: ExtractStep, before: Shown) -> Shown | None:
    """Wait until the list shows other or more rows, at rest or twice the same; None when it goes on showing the same.

    Raises:
        Fatal: If the page changed and the list cannot be read on it: stopping quietly would lose its rows.
    """
    page, clock = task.live_page, task.services.clock
    limit = min(_TURN_S, task.services.patience.target_s)
    started, previous = clock.monotonic_s(), before.cells
    tried = Tried()
    while True:
        resting = False
        rests = await page.settle(timeout_s=limit)
        snapshot = await page.snapshot()
        match = _turned_to(before, snapshot)
        if match.collection is not None:
            cells = read_cells(before.spec, match.collection, match.mapping)
            if cells and cells != before.cells and (rests or cells == previous):
                return replace(before, match=match, snapshot=snapshot, cells=cells)
            resting, previous = cells == previous, cells
        waited = clock.monotonic_s() - started
        if match.collection is None:
            wanted = before.wanted
            await _clear_way(task, before.spec, match, snapshot, wanted, tried=tried, waited=waited)
        if waited >= limit:
            if match.collection is not None or _says_nothing(snapshot):
                return None
            raise Fatal(
                f"The next page of {step.title!r} does not show the list: {match.why}",
                code="not_found_on_page",
            )
        if resting and waited >= task.services.patience.fuzzy_s:
            # At rest and still the same rows: the control leads nowhere, as on many last pages.
            return None
        await page.pause(task.services.patience.poll_s)


def _turned_to(before: Shown, snapshot: Snapshot) -> ListMatch:
    """Return the list on a further page; the last one of a list of cards may show one card alone, which looks like a record."""
    match = match_list(before.spec, snapshot, wanted=before.wanted)
    was = before.match.collection
    if match.kind != "missing" or was is None or was.kind not in {"cards", "list"}:
        return match
    alone = tuple(
        replace(one, kind=was.kind) for one in snapshot.collections if one.kind == "record"
    )
    single = match_list(before.spec, replace(snapshot, collections=alone), wanted=before.wanted)
    return single if single.kind == "found" else match


def more_pages(pagination: Pagination | None, shown: Shown, *, page_index: int) -> bool:
    """Return whether an active control still leads to further rows."""
    if pagination is not None:
        return next_control(pagination, shown, page_index=page_index) is not None
    numbered = Pagination(kind="numbered")
    return next_control(numbered, shown, page_index=page_index) is not None


def page_of(snapshot: Snapshot) -> int:
    """Return which page of a numbered list is shown, from `aria-current` or the address; 0 when nothing tells."""
    for node in snapshot.nodes:
        if (
            node.attributes.get("aria-current") in {"page", "true"}
            and fold(node.name).removeprefix("page ").isdigit()
        ):
            return int(fold(node.name).removeprefix("page ")) - 1
    for part in urlsplit(snapshot.url).query.split("&"):
        name, _, value = part.partition("=")
        if name in {"page", "p", "seite"} and value.isdigit():
            return max(int(value) - 1, 0)
    return 0
