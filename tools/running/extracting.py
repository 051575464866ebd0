"""Reading a list through all its pages: bounded, without doubles, cross-checked with the page's own count."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from pydantic import JsonValue

from podium.state.errors import Fatal
from podium.state.program import ExtractStep, ListSpec
from podium.state.stores import Row
from podium.tools.grounding.columns import slug
from podium.tools.grounding.ladder import Grounding
from podium.tools.grounding.lists import Cell, row_key, type_rows
from podium.tools.page import Record, Snapshot
from podium.tools.running.elsewhere import further_pages, further_parts, unseen_keys
from podium.tools.running.expecting import judge_page, judge_rows
from podium.tools.running.listing import (
    Shown,
    await_list,
    more_pages,
    page_of,
    said_empty,
    turn,
    turns_of,
)
from podium.tools.running.rows import fulfilling, stage, stage_details
from podium.tools.running.task import Task, row_hash, visible

_NEARLY = 0.9
"""Share of the told rows that counts as all of them: rows that say the same are one."""
_MAX_ROWS = 10_000


@dataclass(slots=True)
class _Read:
    """Rows read so far, in page order, each once."""

    cells: list[dict[str, Cell]] = field(default_factory=list[dict[str, Cell]])
    pages: list[int] = field(default_factory=list[int])
    links: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    seen: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])

    def add(self, spec: ListSpec, shown: Shown, page_index: int) -> int:
        """Add the rows not seen before and return how many there were."""
        assert shown.match.collection is not None
        before = len(self.cells)
        for record, row in zip(shown.match.collection.records, shown.cells, strict=True):
            identity = _identity(spec, row)
            if not any(identity) or identity in self.seen:
                continue
            self.seen.add(identity)
            self.cells.append(row)
            self.pages.append(page_index)
            self.links.append(_links(record, row, shown.snapshot))
        return len(self.cells) - before


def _identity(spec: ListSpec, row: Mapping[str, Cell]) -> tuple[str, ...]:
    """Return what makes a row another row: its key and addresses, else all it says.

    A key that was unique on the first page may repeat on the third; two addresses are two things even so.
    """
    addresses = tuple(cell.href for cell in row.values() if cell.href)
    texts = tuple(row[name].text for name in spec.key if name in row) if addresses else ()
    if not any(texts):
        texts = tuple(cell.text for cell in row.values())
    return (*texts, *addresses)


def _links(record: Record, row: Mapping[str, Cell], snapshot: Snapshot) -> dict[str, str]:
    """Return the addresses in the row by column, and by the name of a link such as `csv`."""
    named = {
        slug(node.name): node.attributes["href"]
        for node in (snapshot.node(ref) for ref in record.nodes)
        if node.attributes.get("href") and node.name and len(node.name) <= 30
    }
    return {name: href for name, href in named.items() if name} | {
        name: cell.href for name, cell in row.items() if cell.href
    }


async def run_extract(task: Task, step: ExtractStep) -> None:
    """Read typed rows from the page and its further pages and stage them.

    Raises:
        Refused: If a column's meaning changed.
        Fatal: If the list is not there, or has fewer rows than expected.
    """
    spec, limit = step.args.list, step.args.limit
    allows_none = any(item.kind == "rows" and item.at_least == 0 for item in step.expect)
    await judge_page(task)
    shown = await await_list(task, step, may_be_empty=allows_none)
    read = _Read()
    total = shown.match.collection.total if shown is not None and shown.match.collection else None
    first = await task.live_page.url()
    index = page_of(shown.snapshot) if shown is not None else 0
    if shown is not None:
        task.relisted = shown.spec if shown.spec != spec else None
        task.grounding = Grounding(
            kind="found",
            rung=2 if shown.match.moved else 1,
            score=shown.match.score,
            runner_up=shown.match.runner_up,
            why="a person said so" if task.relisted else shown.match.why,
        )
    turned = 0
    bound = turns_of(spec)
    last, last_index = shown, index
    while shown is not None:
        last, last_index = shown, index
        fresh = read.add(spec, shown, index)
        turned += 1
        # No new row on a page means a loop: some sites show their last page again and again.
        if (
            fresh == 0
            or (limit is not None and len(read.cells) >= limit)
            or len(read.cells) >= _MAX_ROWS
        ):
            break
        if turned >= bound:
            break
        shown = await turn(task, step, shown, page_index=index)
        index += 1
    turned += await _read_elsewhere(task, step, read, last, page_index=last_index)
    rows = _typed(spec, read, take=step.args.take)
    count = len(rows)
    if step.args.conditions:
        rows = fulfilling(task, rows, step.args.conditions)
    stage(task, rows if limit is None else rows[:limit])
    if task.item is not None and rows and read.cells:
        stage_details(task, read.cells[0])
    task.outputs |= {"pages": turned, "url": first}
    task.evidence |= {"pages": turned, "columns": [column.name for column in spec.columns]}
    if spec.kind == "record" and rows:
        task.outputs |= visible(rows[0])
    unread = last is not None and more_pages(spec.pagination, last, page_index=last_index)
    scrolled = spec.pagination is not None and spec.pagination.kind == "scroll"
    # A virtual list has no control that leads on: what it says of itself is all there is to know it by.
    unread = unread or (scrolled and total is not None and count < total)
    # The pages of a grid may draw only the rows in view: what it tells of itself is no sum of something else.
    told = last is not None and last.match.collection is not None and last.match.collection.told
    unread = unread or (told and total is not None and count < _NEARLY * total)
    task.evidence |= {"short": True} if told and total is not None and count < total else {}
    if unread:
        task.evidence["unread"] = True
    _cross_check(task, count, total=total, limited=limit is not None, unread=unread)
    if read.cells or not await _none_today(task, spec):
        judge_rows(task)
    task.evidence["proof"] = True


async def _read_elsewhere(
    task: Task, step: ExtractStep, read: _Read, last: Shown | None, *, page_index: int
) -> int:
    """Add the rows of new pages, tabs and folds where most of what was learnt is missing here and stands there.

    A row or two that moved are a day's change. Return how many pages, tabs and folds added rows.
    """
    spec, others, found = step.args.list, list[Shown](), 0
    missing = unseen_keys(spec, read.cells)
    if last is None or step.args.limit is not None or not missing:
        return 0
    if 2 * len(missing) < len(unseen_keys(spec, ())):
        return 0
    async with aclosing(further_pages(task, step, last, page_index=page_index)) as pages:
        async for page in pages:
            others.append(page)
            last = page
    async with aclosing(further_parts(task, step, last)) as parts:
        async for part in parts:
            if unseen_keys(spec, (*read.cells, *part.cells)) < missing:
                others.append(part)
    still = unseen_keys(spec, (*read.cells, *(row for one in others for row in one.cells)))
    if 2 * len(missing - still) < len(missing):
        return 0
    for one in others:
        found += bool(read.add(spec, one, page_index + found + 1))
    if found:
        task.evidence["elsewhere"] = found
        task.outputs["elsewhere"] = found
    return found


async def _none_today(task: Task, spec: ListSpec) -> bool:
    """Return whether the page itself says that it has none today, which is a result; note it."""
    said = said_empty(task, spec, await task.live_page.snapshot())
    task.evidence["empty"] = said or True
    return bool(said)


def _typed(spec: ListSpec, read: _Read, *, take: tuple[str, ...]) -> list[Row]:
    """Return typed rows with the hidden columns `_key`, `_page` and `_href`."""
    wanted = {*take, *(f"{name}_currency" for name in take), *spec.key}
    rows: list[Row] = []
    used: set[str] = set()
    for row, page, links in zip(type_rows(spec, read.cells), read.pages, read.links, strict=True):
        key = row_key(spec, row)
        if not key or key in used or not spec.key:
            key = row_hash(row)
        used.add(key)
        hrefs: dict[str, JsonValue] = dict(links)
        shown = {name: value for name, value in row.items() if not take or name in wanted}
        rows.append({**shown, "_key": key, "_page": page, "_href": hrefs})
    return rows


def _cross_check(task: Task, read: int, *, total: int | None, limited: bool, unread: bool) -> None:
    """Compare with what the page itself says about the number of rows.

    Raises:
        Fatal: If the page announces more rows and has more pages: half a list is no success.
    """
    if not total or limited or read >= total:
        return
    task.evidence["total"] = total
    task.message = f"the page says {total} rows, {read} were read"
    # A number alone may be a sum under the table; with further pages it is a count.
    if read < total and unread:
        raise Fatal(
            f"The list has {total} rows, {read} were read: its further pages were not",
            code="expectation",
        )
