"""Uncovering what a redesign put behind a menu, tab or fold: tried by reads alone, kept as a guarded step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from podium.state.errors import Fatal, Retryable
from podium.state.program import ClickStep, ListSpec, TargetArgs
from podium.state.target import Target
from podium.tools.grounding.describe import describe
from podium.tools.grounding.ladder import ground
from podium.tools.grounding.lists import match_list
from podium.tools.grounding.openers import openers, steps_on
from podium.tools.page import Node, Record, Snapshot, StepPolicy
from podium.tools.running.task import Task

_TRIES = 3
"""Controls tried: more would be exploring."""
_LOOKS = 3
"""Looks at the page after a click: menus slide open."""


async def uncover(
    task: Task, target: Target, snapshot: Snapshot, *, row: Record | None, strict: bool
) -> frozenset[str] | None:
    """Open what may cover the target; return what that showed besides the row's own place; None when it did not help.

    Whatever the step is, this is a read: what a click would send is held, and then it was no opener. What helped is kept
    as a step of its own before this one, skipped where the target shows without it; a row's menu that is drawn elsewhere on
    the page is opened anew in each run.
    """
    records = {record.ref for one in snapshot.collections for record in one.records}
    known = frozenset({node.ref for node in snapshot.nodes if node.visible} | records)
    revealed = frozenset[str]()

    async def shows(url: str) -> bool:
        nonlocal revealed
        shown = await _shows(task, target, row=row, strict=strict, url=url, known=known)
        revealed = shown or revealed
        return shown is not None

    opened = await _opened(task, target, snapshot, shows, row=row)
    if opened is None:
        return None
    if not revealed:
        task.inserted = _inserted(task, *opened, target)
    return revealed


async def uncover_list(
    task: Task, spec: ListSpec, snapshot: Snapshot, wanted: frozenset[str]
) -> bool:
    """Open what may cover the list, by reads alone; return whether the page shows it now. Done anew in each run."""

    async def shows(url: str) -> bool:
        for _ in range(_LOOKS):
            await task.live_page.settle(timeout_s=task.services.patience.fuzzy_s)
            now = await task.live_page.snapshot()
            if url and _path(now.url) != _path(url):
                return False
            if match_list(spec, now, wanted=wanted).kind in {"found", "unsure", "refused"}:
                return True
            await task.live_page.pause(task.services.patience.poll_s)
        return False

    described = Target(phrase=spec.heading, heading=spec.heading, page=spec.page)
    return await _opened(task, described, snapshot, shows, row=None) is not None


async def _opened(
    task: Task,
    target: Target,
    snapshot: Snapshot,
    shows: Callable[[str], Awaitable[bool]],
    *,
    row: Record | None,
) -> tuple[Node, Target] | None:
    """Try what may cover the target; return the control after which it shows, and that control's description."""
    page, policy = task.live_page, task.live_page.policy
    tried: set[str] = set()
    try:
        for item in openers(target, snapshot, row=row)[:_TRIES]:
            node = _again(item.node, snapshot)
            if node is None or node.ref in tried:
                continue
            tried.add(node.ref)
            await page.begin(StepPolicy(effect="read", hold_writes=True, trying=True))
            described = describe(
                node, snapshot, phrase=node.name, row_key=target.row_key if row else ""
            )
            try:
                await page.click(node.ref)
            except (Fatal, Retryable):
                continue
            if page.traffic().held:
                return None
            onward = steps_on(target, item.node, snapshot)
            if await shows("" if onward else snapshot.url):
                task.evidence["opened"] = node.name
                return node, described
            if page.traffic().held:
                # A script sent it after the click had returned.
                return None
            now = await page.snapshot()
            if _path(now.url) != _path(snapshot.url):
                await page.back()
                return None
            snapshot = now
    finally:
        await page.begin(policy)
    return None


async def _shows(
    task: Task,
    target: Target,
    *,
    row: Record | None,
    strict: bool,
    url: str,
    known: frozenset[str],
) -> frozenset[str] | None:
    """Return the elements by which the target shows though it stands outside of its row; None when it does not show.

    `url` is the page that must not be left; empty where the next part of a form may be another page.
    """
    for _ in range(_LOOKS):
        await task.live_page.settle(timeout_s=task.services.patience.fuzzy_s)
        snapshot = await task.live_page.snapshot()
        if url and _path(snapshot.url) != _path(url):
            return None
        # The row's record is made anew with the page; its key finds it again.
        found = ground(
            target,
            snapshot,
            row=None if target.row_key else row,
            strict=strict,
            careful=task.careful,
        )
        if found.kind == "found":
            return frozenset()
        if target.row_key:
            fresh = _fresh(snapshot, known)
            found = ground(target, snapshot, strict=strict, careful=task.careful, revealed=fresh)
            if found.node is not None and found.node.ref in fresh:
                return fresh
        await task.live_page.pause(task.services.patience.poll_s)
    return None


def _fresh(snapshot: Snapshot, known: frozenset[str]) -> frozenset[str]:
    """Return the elements that were not there before a row's menu or fold was opened, but for those in other rows."""
    rows = {record.ref for one in snapshot.collections for record in one.records}
    return frozenset(
        node.ref
        for node in snapshot.nodes
        if node.ref not in known and not (node.row in rows and node.row in known)
    )


def _again(node: Node, snapshot: Snapshot) -> Node | None:
    """Return the control on the present page."""
    same = [
        other
        for other in snapshot.nodes
        if (other.role, other.name, other.row == "") == (node.role, node.name, node.row == "")
    ]
    exact = next((other for other in same if other.ref == node.ref), None)
    return exact or (same[0] if len(same) == 1 else None)


def _path(url: str) -> str:
    return urlsplit(url).path


def _inserted(task: Task, node: Node, described: Target, target: Target) -> ClickStep:
    called = node.name or node.text or "what covers it"
    return ClickStep(
        id=f"{task.step.id}-open",
        title=f"Open {called}",
        args=TargetArgs(target=_template(described, task, target)),
        guard=_template(target, task, target),
    )


def _template(described: Target, task: Task, target: Target) -> Target:
    """Return the description with the row's key as the template that the step has, not as this run's key."""
    if not target.row_key or described.row_key != target.row_key:
        return described
    mine = getattr(task.step.args, "target", None)
    template = mine.row_key if isinstance(mine, Target) else target.row_key
    return described.model_copy(update={"row_key": template})
