"""Downloads: fetching a file once for each state of its row and keeping it under a readable name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.program import DownloadStep, FileKept, ListSpec
from podium.state.runs import ArtifactRef
from podium.state.stores import Row
from podium.state.target import Target
from podium.tools.grounding.columns import slug
from podium.tools.grounding.roles import family_of
from podium.tools.grounding.values import is_nothing
from podium.tools.grounding.words import fold, similarity
from podium.tools.page import Download, Node, Snapshot
from podium.tools.running.expecting import file_fits, judge_file
from podium.tools.running.finding import find
from podium.tools.running.reaching import reach_row
from podium.tools.running.task import Task, row_hash, visible


async def run_download(task: Task, step: DownloadStep) -> None:
    """Fetch the file and keep it, or confirm the one kept for the unchanged row.

    Raises:
        Retryable: If no file arrives.
        Fatal: If the file is not what was expected.
    """
    if step.args.every:
        await _fetch_every(task, step)
        return
    known = await _known(task, step)
    if known is not None:
        judge_file(task, known)
        _note(task, known)
        return
    empty = _lost_link(task, step.args.url)
    if empty and await _has_nothing(task, empty):
        task.status = "skipped"
        task.message = f"the row has nothing under {empty.replace('_', ' ')!r}"
        task.evidence["none"] = True
        return
    ref = await _keep(task, step, await _fetch(task, step))
    item, context, artifacts = task.item_key, task.context, task.services.artifacts
    if item and context.mode == "live":
        await asyncio.to_thread(
            artifacts.link,
            ref,
            agent=context.space,
            item=item,
            step_id=step.id,
            row_hash=_row_hash(task),
        )
    _note(task, ref)


async def _keep(task: Task, step: DownloadStep, arrived: Download) -> ArtifactRef:
    """Keep the file that arrived. Raises: Fatal (`download`): If it is not what was expected."""
    ref = await asyncio.to_thread(
        task.services.artifacts.keep,
        arrived.path,
        agent=task.context.space,
        name=_name(task, step, arrived),
        run_id=task.context.run_id,
        item=task.item_key,
    )
    judge_file(task, ref)
    return ref


async def _fetch_every(task: Task, step: DownloadStep) -> None:
    """Fetch the file behind each link of the page that stands where the described ones stood; a page may have none.

    `runs.judge` believes that a page has none only where another row's page had one.
    """
    page, patience = task.live_page, task.services.patience
    ending = next((one.extension for one in step.expect if isinstance(one, FileKept)), "")
    started = task.services.clock.monotonic_s()
    links: tuple[str, ...] = ()
    while True:
        rested = await page.settle(timeout_s=patience.fuzzy_s)
        before, links = links, links_at(await page.snapshot(), step.args.every, ending=ending)
        if links and (rested or links == before):
            break  # a script may draw some of them a moment after the first
        if task.services.clock.monotonic_s() - started >= 2 * patience.fuzzy_s:
            break
        await page.pause(patience.poll_s)
    if not links:
        task.status = "skipped"
        task.message = "the row's page has no such file"
        task.evidence["none"] = True
        return
    for link in links:
        _note(task, await _keep(task, step, await page.fetch(link)))
    task.outputs["files"] = len(links)


def links_at(snapshot: Snapshot, path: str, *, ending: str = "") -> tuple[str, ...]:
    """Return the addresses of the links at that place of the page's structure, shown or folded away.

    With an `ending` such as `.pdf`, without those whose addresses end like another kind of file.
    """
    found = (
        node.attributes.get("href", "")
        for node in snapshot.nodes
        if node.role == "link" and node.path == path
    )
    return tuple(
        dict.fromkeys(
            href
            for href in found
            if href.startswith(("http://", "https://"))
            and (not ending or PurePath(urlsplit(href).path).suffix.lower() in {"", ending})
        )
    )


async def _known(task: Task, step: DownloadStep) -> ArtifactRef | None:
    """Return the file kept for the present row, when the row did not change since and tells enough to know that."""
    if not step.args.skip_known or not task.item_key or not _tells_more_than_key(task):
        return None
    artifacts, agent, item = task.services.artifacts, task.context.space, task.item_key
    kept_hash = await asyncio.to_thread(artifacts.row_hash, agent=agent, item=item, step_id=step.id)
    if kept_hash != _row_hash(task):
        return None
    return await asyncio.to_thread(artifacts.find, agent=agent, item=item, step_id=step.id)


def _row_hash(task: Task) -> str:
    """Return a hash of what the row says; addresses may carry tokens and say nothing about the file."""
    return row_hash(_facts(task))


def _facts(task: Task) -> Row:
    listed = task.list_step()
    links = (
        {column.name for column in listed.args.list.columns if column.type == "link"}
        if listed
        else set[str]()
    )
    return {name: value for name, value in visible(task.item or {}).items() if name not in links}


def _tells_more_than_key(task: Task) -> bool:
    listed = task.list_step()
    key = set(listed.args.list.key) if listed else set[str]()
    return any(
        value is not None and value != "" for name, value in _facts(task).items() if name not in key
    )


async def _fetch(task: Task, step: DownloadStep) -> Download:
    page, args = task.live_page, step.args
    if args.url:
        column = _lost_link(task, args.url)
        if column:
            return await page.download(await _control_of(task, column))
        return await page.fetch(task.render(args.url))
    assert args.target is not None, "the program check demands a target or an address"
    direct = _direct_url(task, args.target)
    arrived = await _behind(task, direct) if direct else None
    if arrived is not None:
        return arrived
    target = task.render_target(args.target)
    listed = task.list_step()
    record = None
    if target.row_key and listed is not None:
        record, _ = await reach_row(task, listed, task.item_key)
    found = await find(task, target, row=record)
    href = found.node.attributes.get("href", "")
    if found.node.role == "link" and href != direct and _names_file(href):
        # Where a script shows the file instead of letting it arrive, its address still answers with it.
        arrived = await _behind(task, href)
    return arrived or await page.download(found.node.ref)


async def _behind(task: Task, address: str) -> Download | None:
    """Return the file behind a link's address; None where the link needs its page: a script, a referrer."""
    try:
        arrived = await task.live_page.fetch(address)
    except (StepError, NotPermitted):
        return None
    if not await asyncio.to_thread(_plausible, task, arrived):
        return None
    task.evidence["direct"] = True
    return arrived


def _names_file(href: str) -> bool:
    parts = urlsplit(href)
    suffix = PurePath(parts.path).suffix.lower()
    return parts.scheme in {"http", "https"} and bool(suffix) and suffix not in _PAGES


def _lost_link(task: Task, template: str) -> str:
    """Return the column whose cell was a link when the step was learnt and is none in this row; empty when it is one."""
    found = re.search(r"\{item\._href\.(\w+)\}", template)
    links = (task.item or {}).get("_href")
    known = isinstance(links, dict) and found is not None and found[1] in links
    return found[1] if found is not None and task.item is not None and not known else ""


async def _has_nothing(task: Task, column: str) -> bool:
    """Return whether the row's cell says that there is no file, and no button stands in it: many are icons without text."""
    if not is_nothing(str((task.item or {}).get(column) or "-")):
        return False
    return not any(node.enabled for node in await _controls_in(task, column))


async def _control_of(task: Task, column: str) -> str:
    """Return the ref of the row's one control in that column: links become buttons.

    Raises:
        Fatal: If there is none, or several (`not_found_on_page`).
    """
    controls = await _controls_in(task, column)
    if len(controls) != 1:
        raise Fatal(f"The row has no link in {column!r}", code="not_found_on_page")
    return controls[0].ref


async def _controls_in(task: Task, column: str) -> list[Node]:
    """Return the row's controls in that column; in a card those that are called like it."""
    listed = task.list_step()
    if listed is None:
        return []
    record, snapshot = await reach_row(task, listed, task.item_key)
    known = next((one for one in listed.args.list.columns if one.name == column), None)
    said = (task.item or {}).get(column) or ""
    names = [str(said), known.header if known else "", column.replace("_", " ")]
    return [
        node
        for node in snapshot.nodes
        if node.ref in record.nodes
        and family_of(node) == "action"
        and any(
            similarity(name, text) >= 0.75
            for name in names
            for text in (node.name, node.column)
            if name and text
        )
    ]


def _plausible(task: Task, arrived: Download) -> bool:
    bounds = [item for item in task.step.expect if isinstance(item, FileKept)]
    ref = ArtifactRef(name=arrived.name, path=str(arrived.path), sha256="", bytes=arrived.bytes)
    if PurePath(arrived.name).suffix.lower() not in _PAGES and _is_page(arrived):
        return False  # the site's own page at the file's address
    if bounds:
        return all(file_fits(bound, ref) for bound in bounds)
    return not arrived.name.casefold().endswith((".html", ".htm"))


_PAGES = frozenset({".html", ".htm", ".xhtml", ".php", ".asp", ".aspx", ".jsp", ".cgi"})


def _is_page(arrived: Download) -> bool:
    with arrived.path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _direct_url(task: Task, target: Target) -> str:
    """Return the address that the row's link had when the list was read, if the target is that link."""
    links = (task.item or {}).get("_href")
    if not isinstance(links, dict) or not target.row_key or target.role not in {"link", ""}:
        return ""
    listed = task.list_step()
    for wanted in _link_names(target, listed.args.list if listed else None):
        href = links.get(wanted)
        if isinstance(href, str) and href.startswith(("http://", "https://")):
            return href
    return ""


def _link_names(target: Target, spec: ListSpec | None) -> Sequence[str]:
    """Return under which names the row keeps the link: its own name first, then its column."""
    names = [slug(target.name)] if target.name and "{" not in target.name else []
    columns = spec.columns if spec else ()
    in_column = [
        column.name
        for column in columns
        if column.header and fold(column.header) == fold(target.column)
    ]
    return [*names, *in_column]


def _name(task: Task, step: DownloadStep, arrived: Download) -> str:
    """Return the readable name: as the program says, else the site's, with the row's key where it lacks it."""
    suffix = PurePath(arrived.name).suffix
    if step.args.file_name:
        said = task.render(step.args.file_name)
        return said if PurePath(said).suffix or not suffix else f"{said}{suffix}"
    key = task.item_key
    if not key or _is_hash(key) or fold(key) in fold(arrived.name):
        return arrived.name
    stem = re.sub(r"[^\w.-]+", "-", key).strip("-.")[:60]
    return f"{stem}-{arrived.name}" if stem else arrived.name


def _is_hash(key: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", key) is not None


def _note(task: Task, ref: ArtifactRef) -> None:
    task.file = ref
    task.artifacts.append(ref)
    task.outputs |= {"name": ref.name, "sha256": ref.sha256, "bytes": ref.bytes}
    task.evidence |= {
        "file": ref.name,
        "bytes": ref.bytes,
        "sha256": ref.sha256,
        "known": ref.known,
        "proof": True,
    }
