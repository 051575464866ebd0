"""Going to where a row's control went: under the pointer, or onto the row's own page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from podium.state.errors import Fatal, Retryable
from podium.state.target import Target
from podium.tools.grounding.ladder import ground
from podium.tools.grounding.words import concepts_in, fold
from podium.tools.page import Node, Record, Snapshot, StepPolicy
from podium.tools.running.task import Task

_LOOKS = 4
"""Looks at the row's own page: its script may still draw it."""
_OPENING = frozenset({"open", "details", "show", "edit"})


def row_of(target: Target, snapshot: Snapshot, row: Record | None) -> Record | None:
    """Return the record on the present page that the target's key names."""
    if row is not None:
        return row
    wanted = fold(target.row_key)
    found = [
        record
        for one in snapshot.collections
        for record in one.records
        if any(fold(value.text) == wanted for value in record.values)
    ]
    return found[0] if len(found) == 1 else None


async def hover_row(task: Task, target: Target, snapshot: Snapshot, *, row: Record | None) -> bool:
    """Put the pointer on the row, where some pages show what can be done with it; return whether it was possible."""
    record = row_of(target, snapshot, row)
    if record is None:
        return False
    page, policy = task.live_page, task.live_page.policy
    await page.begin(StepPolicy(effect="read", hold_writes=True, trying=True))
    try:
        await page.hover(record.ref)
        await page.settle(timeout_s=task.services.patience.fuzzy_s)
    except (Fatal, Retryable):
        return False
    finally:
        await page.begin(policy)
    return True


async def follow_row(
    task: Task, target: Target, snapshot: Snapshot, *, row: Record | None, strict: bool
) -> Target | None:
    """Open the row's own page where the target went there; return how it is described on it; None, back, where it did not.

    A read, whatever the step is: what the click would send is held. The page must say by its address or its head that it is
    the row's, and done anew in each run, nothing of it is kept.
    """
    record = row_of(target, snapshot, row) if target.row_key else None
    link = _own_link(record, target, snapshot) if record is not None else None
    if link is None:
        return None
    page, policy = task.live_page, task.live_page.policy
    await page.begin(StepPolicy(effect="read", hold_writes=True, trying=True))
    try:
        await page.click(link.ref)
        own = await _on_its_page(task, target, snapshot.url, strict=strict)
        if own is None and _path(await page.url()) != _path(snapshot.url):
            await page.back()
    except (Fatal, Retryable):
        return None
    finally:
        await page.begin(policy)
    if own is not None:
        task.evidence["opened"] = link.name
    return own


async def _on_its_page(
    task: Task, target: Target, came_from: str, *, strict: bool
) -> Target | None:
    bare = target.model_copy(update={"row_key": "", "column": "", "heading": "", "earlier": ()})
    for _ in range(_LOOKS):
        await task.live_page.settle(timeout_s=task.services.patience.fuzzy_s)
        now = await task.live_page.snapshot()
        if task.live_page.traffic().held:
            return None
        if _path(now.url) != _path(came_from) and is_of(target.row_key, now):
            found = ground(
                bare,
                now,
                strict=strict,
                careful=task.careful,
                request_known=bool(task.step.signatures),
            )
            if found.kind == "found":
                return bare
        await task.live_page.pause(task.services.patience.poll_s)
    return None


def is_of(key: str, snapshot: Snapshot) -> bool:
    """Return whether the page is that of the thing with the key: by its address, title, headings or single record."""
    path = unquote(urlsplit(snapshot.url).path)
    records = [one for one in snapshot.collections if one.kind == "record"]
    values = [value.text for one in records for record in one.records for value in record.values]
    return any(_says(text, key) for text in (path, snapshot.title, *snapshot.headings, *values))


def _says(text: str, key: str) -> bool:
    parts = [part for part in key.split(" | ") if part]
    return bool(parts) and all(
        re.search(rf"(?<![\w.-]){re.escape(part)}(?![\w-])", text, re.IGNORECASE) for part in parts
    )


def _own_link(record: Record, target: Target, snapshot: Snapshot) -> Node | None:
    """Return the one link of the row that leads to its own page."""
    links = [
        node
        for node in snapshot.nodes
        if (node.ref in record.nodes or node.row == record.ref)
        and node.visible
        and _leads_within(node, snapshot)
    ]
    telling = [
        node
        for node in links
        if _says(f"{unquote(node.attributes['href'])} {node.name}", target.row_key)
    ]
    named = [node for node in links if concepts_in(node.name) & _OPENING]
    return _one(telling) or _one(named) or _one(links)


def _one(links: Sequence[Node]) -> Node | None:
    """Return the first link where all lead to one address."""
    return links[0] if len({node.attributes["href"] for node in links}) == 1 else None


def _leads_within(node: Node, snapshot: Snapshot) -> bool:
    href = urlsplit(node.attributes.get("href", ""))
    here = urlsplit(snapshot.url)
    return (
        node.role == "link"
        and href.scheme in {"http", "https"}
        and href.netloc == here.netloc
        and href.path != here.path
        and not concepts_in(node.name) & {"download", "export", "delete", "print", "sign_out"}
    )


def _path(url: str) -> str:
    return urlsplit(url).path
