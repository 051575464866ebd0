"""Finding one row of a list again, on whichever of its pages it is."""

from __future__ import annotations

from contextlib import aclosing

from podium.state.errors import Fatal
from podium.state.program import ExtractStep
from podium.tools.grounding.lists import find_record, match_list
from podium.tools.page import Record, Snapshot
from podium.tools.running.elsewhere import elsewhere
from podium.tools.running.going import go
from podium.tools.running.listing import Shown, await_list, page_of, turn, turns_of
from podium.tools.running.task import Task


async def reach_row(task: Task, step: ExtractStep, key: str) -> tuple[Record, Snapshot]:
    """Show the page of the list that holds the row and return it.

    Looks on the present page, then on the following ones, then from the start of the list.

    Raises:
        Fatal: If no page of the list has the row (`not_found_on_page`).
    """
    snapshot = await task.live_page.snapshot()
    if (
        match_list(step.args.list, snapshot, wanted=frozenset(step.args.list.key)).collection
        is not None
    ):
        found = await _search(task, step, key)
        if found is not None:
            return found
    await return_to_list(task, step)
    found = await _search(task, step, key)
    if found is None:
        raise Fatal(f"The list no longer has the row {key!r}", code="not_found_on_page")
    return found


async def return_to_list(task: Task, step: ExtractStep) -> None:
    """Open the list's first page by its address, else go back to it. Raises: Fatal when neither is possible."""
    page = task.live_page
    outputs = task.progress.outputs.get(step.id)
    known = outputs.get("url") if isinstance(outputs, dict) else None
    url = (task.render(step.args.url) if step.args.url else "") or (
        known if isinstance(known, str) else ""
    )
    if url:
        await go(task, url)
        return
    keys = frozenset(step.args.list.key)
    for _ in range(3):
        await page.back()
        snapshot = await page.snapshot()
        if match_list(step.args.list, snapshot, wanted=keys).collection is not None:
            return
    raise Fatal(f"There is no way back to the list of {step.title!r}", code="not_found_on_page")


async def _search(task: Task, step: ExtractStep, key: str) -> tuple[Record, Snapshot] | None:
    # Finding a row takes its key: what else the list is called matters where it is read.
    keys = frozenset(step.args.list.key) or None
    shown: Shown | None = await await_list(task, step, may_be_empty=True, wanted=keys)
    seen: set[tuple[str, ...]] = set()
    index = page_of(shown.snapshot) if shown is not None else 0
    bound = turns_of(step.args.list)
    last = shown
    while shown is not None and len(seen) <= bound:
        found, last = _in(shown, key), shown
        if found is not None:
            return found
        look = tuple(cell.text for row in shown.cells for cell in row.values())
        if look in seen:
            break
        seen.add(look)
        shown = await turn(task, step, shown, page_index=index)
        index += 1
    if last is None or (task.writes and not _read_elsewhere(task, step)):
        return None
    async with aclosing(elsewhere(task, step, last, page_index=max(index - 1, 0))) as others:
        async for other in others:
            found = _in(other, key)
            if found is not None:
                return found
    return None


def _read_elsewhere(task: Task, step: ExtractStep) -> bool:
    """Return whether this run's own reading of the list took rows beside where it stood."""
    outputs = task.progress.outputs.get(step.id)
    return isinstance(outputs, dict) and bool(outputs.get("elsewhere"))


def _in(shown: Shown, key: str) -> tuple[Record, Snapshot] | None:
    assert shown.match.collection is not None
    record = find_record(shown.spec, shown.match.collection, shown.match.mapping, key)
    return None if record is None else (record, shown.snapshot)
