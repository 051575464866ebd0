"""`download`: the file behind each row, or the one file of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.plan import PlannedStep
from podium.state.program import (
    ClickStep,
    Condition,
    DownloadArgs,
    DownloadStep,
    EachArgs,
    EachStep,
    Expectation,
    ExtractStep,
    FileKept,
    OpenArgs,
    OpenStep,
    Step,
    TargetArgs,
    WhereArgs,
    WhereStep,
    origin_list,
)
from podium.state.runs import ArtifactRef
from podium.state.target import Target
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.narrowing import build_list
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.reading import back_to
from podium.tools.building.acts.sifting import columns_of, list_fact, rows_step
from podium.tools.building.fields import Row, title_column
from podium.tools.building.files import (
    FileLink,
    begins_with,
    clear_file,
    extension,
    file_links,
    file_type_of,
    page_files,
)
from podium.tools.building.wanted import Wanted, content_words, look_ahead
from podium.tools.building.work import StepFailed, Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.lists import match_list, read_cells, type_rows
from podium.tools.grounding.words import stem, tokens
from podium.tools.page import Node, Record, Snapshot
from podium.tools.runner import StepResult
from podium.tools.running.filing import links_at

_DATA_TYPES = frozenset({"csv", "xlsx", "xls", "json", "xml"})
"""Files that hold a whole list as well as one row of it."""
TRIAL_ROWS = 3
"""Rows whose files are fetched during the build; the test does all."""
_SEVERAL = "attachment|attachments|file|files|document|documents|enclosure|enclosures|anhang|anhange|dateien|pieces jointes|adjuntos|allegati|bijlagen"
"""What a record may have several of."""
_LOOKED_AT = 4
"""Rows whose own pages are looked at for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """One record of the list as it is shown now, with its row."""

    record: Record
    row: Row
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The inner steps that fetch one row's file."""

    steps: tuple[Step, ...]
    words: str


async def build_download(work: Work) -> None:
    """Fetch the planned files and keep how."""
    if work.planned.per_row or "rows" in work.facts:
        await _per_row(work)
    else:
        await _from_page(work)


# -- One file per row -----------------------------------------------------------------------------


async def _per_row(work: Work) -> None:
    if "rows" not in work.facts:
        await _read_files(work)
    await _only_of_type(work)
    await _only_called(work)
    way = await _learn(work)
    if way is None and (not work.planned.per_row or await _as_a_whole(work)):
        await _from_page(work)
        return
    if way is None:
        raise Fatal(
            f"Neither the rows nor their own pages show {_what(work)} to download",
            code="not_found_on_page",
            hint="Say where the file is, such as `on the detail page` or `by the export button`.",
        )
    loop = EachStep(
        id=work.step_id(),
        title=work.planned.title or f"Download {_what(work)} of every row",
        args=EachArgs(rows=rows_step(work), steps=way.steps),
    )
    await _trial(work, loop)
    work.facts["files"] = way.steps[-1].id
    work.notes.append(way.words)


async def _as_a_whole(work: Work) -> bool:
    """Return whether the list's own page offers all its rows as one file: `the artists as CSV`, `Download artists`."""
    kind = file_type_of(work.planned.file_type) if work.planned.file_type else ""
    if kind and kind not in _DATA_TYPES:
        return False
    await back_to(work, str(list_fact(work).get("url") or ""))
    snapshot = await settled(work)
    found = [link for link in page_files(snapshot, kind) if link.node.visible]
    if not kind:
        wanted = look_ahead(work.agent, work.planned)
        found = [link for link in found if not link.node.row and _is_of_list(link.node, wanted)]
    if not found:
        return False
    what = kind.upper() or "file"
    work.notes.append(f"The rows have no {what} of their own; the list as a whole has one.")
    return True


def _is_of_list(node: Node, wanted: Wanted) -> bool:
    """Return whether a control is called by the download of the whole list, such as `Download members`."""
    words = content_words(node.name or node.text)
    rest = tuple(word for word in words if not say.equals(word, say.DOWNLOAD))
    return 0 < len(rest) < len(words) and wanted.likeness(" ".join(rest)) >= 0.85


async def _read_files(work: Work) -> None:
    """Read the list whose rows have the files, when the plan has no step of its own for that."""
    planned = work.planned
    listing = PlannedStep(
        id=f"{planned.id}-list",
        op="extract",
        title=f"Read the list of {planned.thing or 'files'}",
        thing=planned.thing,
    )
    inner = work.inner(listing)
    await build_list(inner)
    work.model_calls = inner.model_calls


async def _only_of_type(work: Work) -> None:
    """Leave out rows that name a file of another type, as folders and other documents do in a listing."""
    if not work.planned.file_type:
        return
    ending = "." + file_type_of(work.planned.file_type)
    rows = cast("list[Row]", work.rows(rows_step(work)))
    for column in columns_of(work):
        named = [str(row.get(column.name) or "") for row in rows]
        of_type = [name for name in named if name.lower().endswith(ending)]
        others = [name for name in named if not name.lower().endswith(ending)]
        if of_type and others and sum(bool(extension(name)) for name in others) * 2 >= len(others):
            step = WhereStep(
                id=work.step_id("type"),
                title=f"Keep the {ending[1:].upper()} files",
                args=WhereArgs(
                    rows=rows_step(work),
                    conditions=(Condition(column=column.name, cmp="contains", value=ending),),
                ),
            )
            await work.perform(step)
            work.facts["rows"] = step.id
            return


async def _only_called(work: Work) -> None:
    """Of files of several names keep those that begin with what is wanted: of a folder's papers only the minutes."""
    words = content_words(work.planned.thing)
    stems = tuple(stem(word) for word in words)
    rows = cast("list[Row]", work.rows(rows_step(work)))
    for column in columns_of(work) if stems else ():
        named = [str(row.get(column.name) or "") for row in rows]
        called = [name for name in named if begins_with(name, stems)]
        others = [name for name in named if name not in called]
        if called and others and all(extension(name.split(" (")[0]) for name in called):
            firsts = {tokens(name.replace("_", " "))[0] for name in called}
            shared = firsts.pop() if len(firsts) == 1 else stems[0]
            step = WhereStep(
                id=work.step_id("called"),
                title=f"Keep the files called {work.planned.thing}",
                args=WhereArgs(
                    rows=rows_step(work),
                    conditions=(Condition(column=column.name, cmp="contains", value=shared),),
                ),
            )
            await work.perform(step)
            work.facts["rows"] = step.id
            work.notes.append(
                f"{len(called)} of {len(rows)} files begin with {work.planned.thing!r}; the others are left out."
            )
            return


async def _learn(work: Work) -> _Way | None:
    """Find how a row leads to its file, on a record that the page shows."""
    samples = await _samples(work)
    if not samples:
        return None
    # A record without its file (not done yet, not paid yet) teaches nothing: the first that has one does.
    with_file = next((sample for sample in samples if _links_of(work, sample)), None)
    if with_file is not None:
        return await _in_record(work, with_file)
    return await _behind_menu(work, samples[0]) or await _on_detail(work, samples)


def _links_of(work: Work, sample: _Sample) -> tuple[FileLink, ...]:
    nodes = [node for node in sample.snapshot.nodes if node.ref in sample.record.nodes]
    found = file_links(nodes, work.planned.file_type, _called(work))
    return tuple(link for link in found if not _is_main_link(link, sample) or link.extension)


async def _samples(work: Work) -> list[_Sample]:
    """Return the shown records of the list, those that passed the filters first."""
    spec = _extract(work).args.list
    await back_to(work, str(list_fact(work).get("url") or ""))
    snapshot = await settled(work)
    match = match_list(spec, snapshot)
    for _ in range(12):
        if match.collection is not None:
            break
        await work.pause(0.5)
        snapshot = await work.look()
        match = match_list(spec, snapshot)
    if match.collection is None:
        return []
    rows = type_rows(spec, read_cells(spec, match.collection, match.mapping), links=True)
    wanted = {_key_of(work, row) for row in work.rows(rows_step(work))}
    pairs = [
        _Sample(record=record, row=row, snapshot=snapshot)
        for record, row in zip(match.collection.records, rows, strict=True)
    ]
    return sorted(pairs, key=lambda sample: _key_of(work, sample.row) not in wanted)


def _extract(work: Work) -> ExtractStep:
    program = work.context().program
    step = origin_list(program, rows_step(work))
    if step is None:
        raise Fatal("The rows come from no list", code="not_found_on_page")
    return step


def _key_of(work: Work, row: Row) -> tuple[str, ...]:
    names = _extract(work).args.list.key or tuple(column.name for column in columns_of(work))
    return tuple(str(row.get(name)) for name in names)


def _row_key(work: Work) -> str:
    names = _extract(work).args.list.key
    return " | ".join(f"{{item.{name}}}" for name in names)


async def _in_record(work: Work, sample: _Sample) -> _Way | None:
    link = await _one_of(work, "file", _links_of(work, sample), sample.snapshot)
    if link is None:
        return None
    title = f"Download {_what(work)}"
    column = _href_column(sample, link.node)
    if column and link.node.role == "link":
        args = DownloadArgs(url=f"{{item._href.{column}}}")
        words = (
            f"The file of each row is behind {link.node.name or link.node.text or 'its link'!r}."
        )
    else:
        target = describe(
            link.node, sample.snapshot, phrase=_phrase(link.node), row_key=_row_key(work)
        )
        args = DownloadArgs(target=_without_row(target, sample.row))
        words = f"Each row has {link.node.name or 'a control'!r} for its file."
    return _Way(steps=(_download(work, title, args, link.extension),), words=words)


def _is_main_link(link: FileLink, sample: _Sample) -> bool:
    links = sample.row.get("_href")
    first = next(iter(links.values()), None) if isinstance(links, dict) else None
    return first is not None and link.node.attributes.get("href") == first and link.score < 0.6


def _href_column(sample: _Sample, node: Node) -> str:
    """Return the column whose link the node is, so that the row itself tells the address."""
    href = node.attributes.get("href", "")
    links = sample.row.get("_href")
    if not href or not isinstance(links, dict):
        return ""
    return next((name for name, value in links.items() if value == href), "")


async def _behind_menu(work: Work, sample: _Sample) -> _Way | None:
    """Open the row's menu and look for the file in it."""
    openers = [
        node
        for node in sample.snapshot.nodes
        if node.ref in sample.record.nodes
        and node.role == "button"
        and (node.expanded is False or "aria-haspopup" in node.attributes)
    ]
    for opener in openers[:2]:
        target = describe(opener, sample.snapshot, phrase=_phrase(opener), row_key=_row_key(work))
        known = {node.ref for node in sample.snapshot.nodes if node.visible}
        await work.read_only()
        try:
            await work.page.click(opener.ref)
        except StepError:
            continue
        shown = await settled(work)
        fresh = [node for node in shown.nodes if node.visible and node.ref not in known]
        found = clear_file(file_links(fresh, work.planned.file_type, work.planned.thing))
        if found is not None:
            open_menu = ClickStep(
                id=work.step_id("menu"),
                title="Open the row's menu",
                args=TargetArgs(target=target),
            )
            args = DownloadArgs(target=describe(found.node, shown, phrase=_phrase(found.node)))
            step = _download(work, f"Download {_what(work)}", args, found.extension)
            return _Way(steps=(open_menu, step), words="The file of each row is in the row's menu.")
        await work.page.press("Escape")
    return None


async def _on_detail(work: Work, samples: list[_Sample]) -> _Way | None:
    """Follow the row's main link and look for the file on its page; a row without one, such as a message, teaches nothing."""
    if not _main_link(work, samples[0]):
        return await _on_clicked_detail(work, samples[0])
    for sample in samples[:_LOOKED_AT]:
        way = await _on_page_of(work, sample)
        if way is not None:
            return way
    return None


async def _on_page_of(work: Work, sample: _Sample) -> _Way | None:
    column = _main_link(work, sample)
    if not column:
        return None
    links = cast("dict[str, JsonValue]", sample.row["_href"])
    open_step = OpenStep(
        id=work.step_id("row"),
        title="Open the row's page",
        args=OpenArgs(url=f"{{item._href.{column}}}"),
        retries=1,
    )
    await work.read_only()
    try:
        await work.page.goto(str(links[column]))
    except (StepError, NotPermitted):
        return None
    snapshot = await _with_file(work, detail=True)
    found = page_files(snapshot, work.planned.file_type, _called(work), detail=True)
    several = _alike(work, found, snapshot)
    if several is not None:
        args = DownloadArgs(every=several.node.path)
        step = _download(work, f"Download {_what(work)}", args, "")
        return _Way(steps=(open_step, step), words="The files are on each row's own page.")
    link = await _one_of(work, "detail-file", found, snapshot) if found else None
    if link is None:
        return None
    href = link.node.attributes.get("href", "")
    base = str(links[column])
    title = f"Download {_what(work)}"
    if link.node.role == "link" and href.startswith(base.rstrip("/") + "/") and "?" not in href:
        # The file stands right under the row's own address: no page has to be opened for it.
        rest = href[len(base.rstrip("/")) :]
        if base.endswith("/"):
            rest = rest.lstrip("/")
        args = DownloadArgs(url=f"{{item._href.{column}}}{rest}")
        step = _download(work, title, args, link.extension)
        return _Way(steps=(step,), words="The file of each row stands under the row's own address.")
    target = _without_row(describe(link.node, snapshot, phrase=_phrase(link.node)), sample.row)
    step = _download(work, title, DownloadArgs(target=target), link.extension)
    return _Way(steps=(open_step, step), words="The file is on each row's own page.")


def _called(work: Work) -> str:
    """Return what the file is called: the `receipts` of the orders, else the thing whose file it is."""
    return " and ".join(work.planned.fields) or work.planned.thing


def _alike(work: Work, found: tuple[FileLink, ...], snapshot: Snapshot) -> FileLink | None:
    """Return a link that stands for those of all the files of the row's page, where they are asked for: `the attachments`."""
    if not any(say.has(name, _SEVERAL) for name in work.planned.fields) or not found:
        return None
    best = found[0]
    rivals = [link for link in found if best.score - link.score < 0.1]
    same = all(
        link.node.role == "link" and link.node.path == best.node.path and link.extension
        for link in rivals
    )
    return best if same and best.node.path and links_at(snapshot, best.node.path) else None


async def _with_file(work: Work, *, detail: bool = False) -> Snapshot:
    snapshot = await settled(work)
    for _ in range(6):
        if page_files(snapshot, work.planned.file_type, _called(work), detail=detail):
            break
        await work.pause(0.5)
        snapshot = await work.look()
    return snapshot


async def _on_clicked_detail(work: Work, sample: _Sample) -> _Way | None:
    """Rows without addresses: click the record's own name and look for the file there."""
    name = title_column(_extract(work).args.list.columns, [sample.row])
    nodes = [
        node
        for node in sample.snapshot.nodes
        if node.ref in sample.record.nodes
        and node.role in {"link", "button"}
        and not node.attributes.get("href", "").startswith("http")
    ]
    wanted = str(sample.row.get(name.name)) if name is not None else ""
    opener = next(
        (node for node in nodes if wanted and wanted in (node.name, node.text)),
        next((node for node in nodes if _shows(node)), None),
    )
    # Rows that are clickable as a whole have no control of their own.
    opener = opener or next(
        (node for node in sample.snapshot.nodes if node.ref == sample.record.ref), None
    )
    if opener is None:
        return None
    row_key = _row_key(work)
    target = describe(opener, sample.snapshot, phrase="row's details", row_key=row_key)
    await work.read_only()
    try:
        await work.page.click(opener.ref)
    except StepError:
        return None
    snapshot = await _with_file(work, detail=True)
    found = page_files(snapshot, work.planned.file_type, _called(work), detail=True)
    link = await _one_of(work, "detail-file", found, snapshot) if found else None
    if link is None:
        return None
    open_step = ClickStep(
        id=work.step_id("row"),
        title="Open the row's details",
        args=TargetArgs(target=_without_row(target, sample.row)),
    )
    file = _without_row(describe(link.node, snapshot, phrase=_phrase(link.node)), sample.row)
    step = _download(work, f"Download {_what(work)}", DownloadArgs(target=file), link.extension)
    return _Way(steps=(open_step, step), words="The file is in each row's details.")


def _shows(node: Node) -> bool:
    return say.has(
        node.name or node.text,
        "view|show|details|open|detail|anzeigen|ansehen|voir|ver|vedi|bekijk",
    )


def _main_link(work: Work, sample: _Sample) -> str:
    """Return the column whose link is the record's own page: the key's, the name's, else the first."""
    links = sample.row.get("_href")
    if not isinstance(links, dict):
        return ""
    pages = {
        str(column): str(href)
        for column, href in links.items()
        if str(href).startswith(("http://", "https://")) and not extension(str(href))
    }
    spec = _extract(work).args.list
    name = title_column(spec.columns, [sample.row])
    telling: tuple[str, ...] = (*spec.key, *((name.name,) if name is not None else ()))
    return next((column for column in (*telling, *pages) if column in pages), "")


def _without_row(target: Target, row: Row) -> Target:
    """Return the target with `{item.column}` where its texts name just this row: the next row's control is called otherwise."""
    named = sorted(
        (
            (str(value), name)
            for name, value in row.items()
            if isinstance(value, str) and len(value) >= 3
        ),
        key=lambda item: len(item[0]),
        reverse=True,
    )

    def general(text: str) -> str:
        for value, name in named:
            if value in text and not text.startswith("{item."):
                return text.replace(value, f"{{item.{name}}}")
        return text

    def silent(text: str) -> bool:
        return not any(value in text for value, _ in named)

    return target.model_copy(
        update={
            "name": general(target.name),
            "text": general(target.text),
            "label": general(target.label),
            "heading": target.heading if silent(target.heading) else "",
            "anchors": tuple(text for text in target.anchors if silent(text)),
            "attributes": {
                key: value
                for key, value in target.attributes.items()
                if key != "href" and silent(value)
            },
        }
    )


async def _trial(work: Work, loop: EachStep) -> None:
    """Fetch the files of the first rows, and keep the loop for all."""
    context = work.context(loop)
    runner = work.services.runner
    count = min(runner.items(loop.args.rows, context), TRIAL_ROWS)
    result: StepResult | None = None
    files: list[ArtifactRef] = []
    for place in range(count):
        row = runner.item(loop.args.rows, place, context)
        for step in loop.args.steps:
            result = await runner.run_step(step, context, work.progress(), item=row)
            if result.record.status == "failed":
                raise StepFailed(result)
            work.records.append(result.record)
            files.extend(result.artifacts)
    if not count:
        work.notes.append(
            "No row matches today: the way to the file was found, no file was fetched."
        )
    work.artifacts.extend(files)
    work.steps.append(_with_extension(loop, files))
    progress = work.progress()
    work.facts["progress"] = {
        "outputs": progress.outputs,
        "done": [*progress.done, loop.id],
        "safe_url": progress.safe_url,
    }


def _with_extension(loop: EachStep, files: list[ArtifactRef]) -> EachStep:
    """Return the loop with the extension that all fetched files shared as its expectation."""
    endings = {_ending(file.name) for file in files}
    last = loop.args.steps[-1]
    if isinstance(last, DownloadStep) and last.args.every:
        return loop  # attachments are of any kind
    if len(endings) != 1 or not all(endings) or len(files) < 2:
        return loop
    known = next((item for item in last.expect if isinstance(item, FileKept)), None)
    if known is not None and known.extension:
        return loop
    changed = last.model_copy(update={"expect": (FileKept(extension=endings.pop()),)})
    steps = (*loop.args.steps[:-1], changed)
    return loop.model_copy(update={"args": loop.args.model_copy(update={"steps": steps})})


def _ending(name: str) -> str:
    found = extension(name)
    return f".{found}" if found else ""


# -- One file of a page ---------------------------------------------------------------------------


async def _from_page(work: Work) -> None:
    if "rows" in work.facts:
        await back_to(work, str(list_fact(work).get("url") or ""))
    snapshot = await work.clear_view(await _with_file(work))
    wanted = look_ahead(work.agent, work.planned)
    found = page_files(snapshot, work.planned.file_type, wanted.thing)
    if not found:
        menu = await _export_menu(work, snapshot)
        if menu is None:
            raise Fatal(
                f"{snapshot.url} shows nowhere {_what(work)} to download",
                code="not_found_on_page",
                hint="Name the page or the button, such as `the Export CSV button`.",
            )
        snapshot, found = menu
    link = await _one_of(work, "file", found, snapshot)
    if link is None:
        raise Fatal(f"No link on {snapshot.url} is {_what(work)}", code="not_found_on_page")
    others = [other for other in found if other is not link][:2]
    for place, candidate in enumerate((link, *others)):
        if await _try_file(work, candidate, snapshot, last=place == len(others)):
            return


async def _try_file(work: Work, link: FileLink, snapshot: Snapshot, *, last: bool) -> bool:
    """Fetch the file behind the link; a file of another type is no answer while another link is left."""
    args = DownloadArgs(target=describe(link.node, snapshot, phrase=_phrase(link.node)))
    step = _download(work, work.planned.title or f"Download {_what(work)}", args, link.extension)
    try:
        await work.perform(step.model_copy(update={"id": work.step_id()}))
    except StepFailed as failure:
        if last or failure.code != "download":
            raise
        await back_to(work, snapshot.url)
        return False
    return True


async def _export_menu(
    work: Work, snapshot: Snapshot
) -> tuple[Snapshot, tuple[FileLink, ...]] | None:
    """Open a menu that promises exports and return what it holds."""
    openers = [
        node
        for node in snapshot.nodes
        if node.visible
        and node.role == "button"
        and (
            say.has(node.name, say.DOWNLOAD)
            or say.equals(node.name, say.MENU)
            or say.equals(node.name, "actions|aktionen")
        )
        and (node.expanded is False or "aria-haspopup" in node.attributes)
    ]
    for opener in openers[:3]:
        step = ClickStep(
            id=work.step_id("menu"),
            title=f"Open {opener.name}",
            args=TargetArgs(target=describe(opener, snapshot, phrase=_phrase(opener))),
        )
        await work.perform(step)
        shown = await settled(work)
        found = page_files(shown, work.planned.file_type, work.planned.thing)
        if found:
            return shown, found
        work.steps.pop()
        await work.replay()
    return None


# -- Common ---------------------------------------------------------------------------------------


async def _one_of(
    work: Work, purpose: str, found: tuple[FileLink, ...], snapshot: Snapshot
) -> FileLink | None:
    clear = clear_file(found)
    if clear is not None:
        return clear
    close = [link for link in found if found[0].score - link.score < 0.1][:6]
    node = await work.choose(
        purpose,
        f"download {_what(work)}",
        [link.node for link in close],
        snapshot,
        what=f"Which of these is {_what(work)}?",
    )
    return next((link for link in close if link.node is node), None)


def _download(work: Work, title: str, args: DownloadArgs, promised: str) -> DownloadStep:
    kind = file_type_of(work.planned.file_type) if work.planned.file_type else ""
    ending = f".{kind}" if kind else f".{promised}" if promised and args.target is None else ""
    expect: tuple[Expectation, ...] = (FileKept(extension=ending),)
    return DownloadStep(id=work.step_id("file"), title=title, args=args, expect=expect, retries=1)


def _what(work: Work) -> str:
    kind = work.planned.file_type.upper()
    thing = work.planned.thing
    called = " and ".join(work.planned.fields) or "file"
    return " ".join(
        part for part in (f"the {kind or called}", f"of {thing}" if thing else "") if part
    )


def _phrase(node: Node) -> str:
    return f"{node.name or node.text or 'download'} {node.role}"
