"""Judging expectations: post-conditions that make it safe to run without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.program import (
    Expectation,
    FileKept,
    Gone,
    PageLike,
    RowCount,
    Shown,
    TextShown,
    UrlLike,
    ValueHeld,
)
from podium.state.runs import ArtifactRef
from podium.state.target import Target
from podium.tools.grounding.fingerprint import page_matches, url_matches
from podium.tools.grounding.ladder import ground
from podium.tools.grounding.words import contradicts, fold
from podium.tools.page import Snapshot
from podium.tools.running.finding import dismiss_overlay
from podium.tools.running.task import Task

PAGE_KINDS = (UrlLike, Shown, Gone, TextShown, PageLike)
"""Expectations that a look at the page decides."""


def holds_on_page(expectation: Expectation, snapshot: Snapshot) -> bool:
    """Return whether an expectation about the page holds; those about rows, files and values hold elsewhere."""
    match expectation:
        case UrlLike(pattern=pattern):
            return url_matches(pattern, snapshot.url)
        case Shown(target=target):
            return ground(target, snapshot).kind == "found"
        case Gone(target=target):
            return ground(target, snapshot, settled=False).kind == "missing"
        case TextShown(text=text):
            return shows_text(text, snapshot)
        case PageLike():
            return page_matches(expectation, snapshot)
        case RowCount() | FileKept() | ValueHeld():
            return True


def shows_text(template: str, snapshot: Snapshot) -> bool:
    """Return whether the page shows the text; `#` in it stands for any number."""
    pattern = re.escape(_flat(template)).replace(r"\#", r"\d[\d.,]*")
    shown = (snapshot.text, *snapshot.messages, *snapshot.headings, snapshot.title)
    names = (text for node in snapshot.nodes if node.visible for text in (node.name, node.text))
    return bool(pattern) and any(re.search(pattern, _flat(text)) for text in (*shown, *names))


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def file_fits(expectation: FileKept, ref: ArtifactRef) -> bool:
    """Return whether the file has the extension and size."""
    wanted = expectation.extension.casefold()
    return ref.bytes >= expectation.min_bytes and (
        not wanted or ref.name.casefold().endswith(wanted)
    )


async def judge_page(task: Task) -> Snapshot | None:
    """Wait until the step's expectations about the page hold and note them as evidence.

    Raises:
        Fatal: If one does not hold in time (`expectation`), naming it.
    """
    wanted = [_rendered(task, item) for item in task.step.expect if isinstance(item, PAGE_KINDS)]
    if not wanted:
        return None
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    started = clock.monotonic_s()
    dismissed = False
    while True:
        snapshot = await page.snapshot()
        broken = [item for item in wanted if not holds_on_page(item, snapshot)]
        if not broken:
            note_held(task, wanted)
            return snapshot
        waited = clock.monotonic_s() - started
        if waited >= patience.fuzzy_s and not dismissed:
            dismissed = await dismiss_overlay(task, snapshot)
            if dismissed:
                continue
        elsewhere = _only_elsewhere(task, wanted, broken)
        if waited >= patience.fuzzy_s and (
            elsewhere or _only_looks_different(task, wanted, broken, snapshot)
        ):
            note_held(task, [item for item in wanted if item not in broken])
            task.evidence["page_changed"] = said(broken[0])
            return snapshot
        if clock.monotonic_s() - started >= patience.expect_s:
            raise Fatal(
                f"After {task.step.title!r} {said(broken[0])}",
                code="expectation",
                hint=_told(snapshot),
            )
        await page.pause(patience.poll_s)


def _only_elsewhere(
    task: Task, wanted: Sequence[Expectation], broken: Sequence[Expectation]
) -> bool:
    """Return whether a write whose success the page tells in its words only ended at another address than it did.

    A form in a dialog leaves its page where it is; one on a page of its own comes back from it.
    """
    told = any(isinstance(item, TextShown) and item not in broken for item in wanted)
    return task.writes and told and all(isinstance(item, UrlLike) for item in broken)


def _only_looks_different(
    task: Task, wanted: Sequence[Expectation], broken: Sequence[Expectation], snapshot: Snapshot
) -> bool:
    """Return whether a page that was only opened is at its address, though its words are others now.

    A redesign or a translation: the steps that follow look for their own targets. Not where the page says an opposite.
    """
    if task.writes or task.step.effect == "sign_in":
        return False
    if not all(isinstance(item, PageLike) for item in broken):
        return False
    at_address = any(isinstance(item, UrlLike) for item in wanted)
    return at_address and not any(
        contradicts(item.heading, heading)
        for item in broken
        if isinstance(item, PageLike)
        for heading in snapshot.headings[:1]
    )


def judge_rows(task: Task) -> None:
    """Judge how many rows came. Raises: Fatal, also for an empty list that nothing allows."""
    count = task.rows or 0
    bounds = [item for item in task.step.expect if isinstance(item, RowCount)]
    least = min((item.at_least for item in bounds), default=1)
    if count < least:
        raise Fatal(
            f"{task.step.title!r} found {count} rows, at least {least} were expected",
            code="expectation",
        )
    note_held(task, bounds)


def judge_file(task: Task, ref: ArtifactRef) -> None:
    """Judge the file that arrived. Raises: Fatal (`download`)."""
    bounds = [item for item in task.step.expect if isinstance(item, FileKept)]
    for bound in bounds:
        if not file_fits(bound, ref):
            raise Fatal(
                f"{ref.name!r} ({ref.bytes} bytes) is not the expected {bound.extension or 'file'}",
                code="download",
            )
    if ref.bytes < 1:
        raise Fatal(f"{ref.name!r} is empty", code="download")
    note_held(task, bounds)


def note_held(task: Task, held: Sequence[Expectation]) -> None:
    """Add expectations to the evidence of the step."""
    if held:
        before = task.evidence.get("held")
        known = before if isinstance(before, list) else []
        task.evidence["held"] = [*known, *(brief(item) for item in held)]


def brief(expectation: Expectation) -> JsonObject:
    """Return the expectation as evidence: its kind and what it asks for, in few words."""
    match expectation:
        case UrlLike(pattern=pattern):
            return {"kind": "url", "pattern": pattern}
        case Shown(target=target) | Gone(target=target):
            return {"kind": expectation.kind, "target": _called(target)}
        case TextShown(text=text):
            return {"kind": "text", "text": text}
        case PageLike(heading=heading):
            return {"kind": "page", "heading": heading}
        case RowCount(at_least=at_least):
            return {"kind": "rows", "at_least": at_least}
        case FileKept(extension=extension, min_bytes=least):
            return {"kind": "file", "extension": extension, "min_bytes": least}
        case ValueHeld():
            return {"kind": "value"}


def said(expectation: Expectation) -> str:
    """Return the broken expectation as the end of a sentence."""
    match expectation:
        case UrlLike(pattern=pattern):
            return f"the address is not like {pattern!r}"
        case Shown(target=target):
            return f"{_called(target)!r} is not shown"
        case Gone(target=target):
            return f"{_called(target)!r} is still there"
        case TextShown(text=text):
            return f"the page does not say {text!r}"
        case PageLike(heading=heading):
            return f"the page is not {heading!r}"
        case RowCount(at_least=at_least):
            return f"there are fewer than {at_least} rows"
        case FileKept(extension=extension):
            return f"no {extension or 'file'} came"
        case ValueHeld():
            return "the control does not hold the value"


def _called(target: Target) -> str:
    return target.phrase or target.name or target.label or target.text or target.role


def _told(snapshot: Snapshot) -> str:
    messages = [text for text in dict.fromkeys(snapshot.messages) if fold(text)]
    return f"The page says: {' '.join(messages)[:200]}" if messages else ""


def _rendered(task: Task, expectation: Expectation) -> Expectation:
    match expectation:
        case UrlLike(pattern=text):
            return UrlLike(pattern=task.render(text))
        case TextShown(text=text):
            return TextShown(text=task.render(text))
        case Shown(target=target):
            return Shown(target=task.render_target(target))
        case Gone(target=target):
            return Gone(target=task.render_target(target))
        case _:
            return expectation
