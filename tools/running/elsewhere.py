"""Where a redesign put the rows of a list that stood on one page: on further pages, under tabs, in folds."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from typing import Final

from podium.state.errors import Fatal, Retryable
from podium.state.program import ExtractStep, ListSpec, Pagination
from podium.state.target import Target
from podium.tools.grounding.columns import not_among
from podium.tools.grounding.lists import Cell, match_list, read_cells, told
from podium.tools.grounding.openers import openers
from podium.tools.page import Node, Snapshot, StepPolicy
from podium.tools.running.listing import Shown, turn, turns_of
from podium.tools.running.task import Task

_PARTS: Final = 8
"""Tabs and folds that are opened: more would be exploring."""
_OUTSIDE: Final = frozenset({"navigation", "header", "footer", "dialog", "search"})


def unseen_keys(spec: ListSpec, rows: Iterable[dict[str, Cell]]) -> frozenset[str]:
    """Return the keys that the list had when it was learnt and that are not among the rows."""
    column = next((one for one in spec.columns if one.name in spec.key and one.sample), None)
    if column is None:
        return frozenset()
    return not_among(column.sample, [row[column.name].text for row in rows if column.name in row])


async def elsewhere(
    task: Task, step: ExtractStep, shown: Shown, *, page_index: int
) -> AsyncGenerator[Shown]:
    """Yield what the list shows on pages, under tabs and in folds that it did not have when it was learnt.

    None of it is known to be the list's own: the caller takes what has a row that was learnt.
    """
    async for page in further_pages(task, step, shown, page_index=page_index):
        shown = page
        yield page
    async for part in further_parts(task, step, shown):
        yield part


async def further_pages(
    task: Task, step: ExtractStep, shown: Shown, *, page_index: int
) -> AsyncGenerator[Shown]:
    """Yield further pages of a list that had one."""
    if step.args.list.pagination is not None or step.args.list.kind == "record":
        return
    spec = step.args.list.model_copy(update={"pagination": Pagination(kind="numbered")})
    paged = step.model_copy(update={"args": step.args.model_copy(update={"list": spec})})
    current = shown
    for index in range(page_index, page_index + turns_of(spec)):
        after = await turn(task, paged, current, page_index=index)
        if after is None:
            return
        current = after
        yield current


async def further_parts(task: Task, step: ExtractStep, shown: Shown) -> AsyncGenerator[Shown]:
    """Yield what tabs and folds beside the list show of it, opened by reads alone."""
    spec = step.args.list
    if spec.kind == "record":
        return
    page, policy = task.live_page, task.live_page.policy
    seen = {told(one) for one in shown.snapshot.collections}
    tried: set[str] = set()
    await page.begin(StepPolicy(effect="read", hold_writes=True, trying=True))
    try:
        while len(tried) < _PARTS:
            snapshot = await page.snapshot()
            control = next((one for one in _opening(spec, snapshot) if one.ref not in tried), None)
            if control is None:
                return
            tried.add(control.ref)
            try:
                await page.click(control.ref)
                await page.settle(timeout_s=task.services.patience.fuzzy_s)
            except (Fatal, Retryable):
                continue
            now = await page.snapshot()
            if page.traffic().held:
                return
            fresh = tuple(one for one in now.collections if told(one) not in seen)
            match = match_list(spec, replace(now, collections=fresh), wanted=shown.wanted)
            if match.kind == "found" and match.collection is not None:
                cells = read_cells(spec, match.collection, match.mapping)
                seen.add(told(match.collection))
                yield replace(shown, match=match, snapshot=now, cells=cells)
    finally:
        await page.begin(policy)


def _opening(spec: ListSpec, snapshot: Snapshot) -> list[Node]:
    """Return the tabs and folds beside the list, as they stand."""
    found = openers(Target(phrase=spec.heading, heading=spec.heading, page=spec.page), snapshot)
    beside = {
        item.node.ref
        for item in found
        if item.node.role == "tab" or item.node.expanded is False or item.node.tag == "summary"
        if not item.node.attributes.get("aria-haspopup")
    }
    return [
        node
        for node in snapshot.nodes
        if node.ref in beside
        and not node.row
        and (node.role == "tab" or node.region not in _OUTSIDE)
    ]
