"""`extract`: the list that is meant, its columns, its key and its further pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.program import (
    Column,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    Pagination,
    RowCount,
)
from podium.state.questions import FieldSpec
from podium.tools.building.acts.detailing import Details, compile_details, look_at_rows, renamed
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.searching import of_search
from podium.tools.building.fields import (
    Row,
    guess_key,
    is_unique,
    low_cardinality,
    map_field,
    map_fields,
    numbering,
)
from podium.tools.building.links import canonical, is_stable
from podium.tools.building.lists import ListFit, clear_list, empty_list, fits
from podium.tools.building.pagination import (
    Pager,
    find_pagers,
    last_page,
    page_signatures,
    pages_said,
    same_list,
)
from podium.tools.building.wanted import (
    Wanted,
    likeness,
    look_ahead,
    shorter_names,
    title_parts,
    url_words,
)
from podium.tools.building.work import NONE, StepFailed, Work, distinct
from podium.tools.chooser import Candidate
from podium.tools.grounding.describe import describe
from podium.tools.grounding.emptiness import says_none
from podium.tools.grounding.lists import describe_list, match_list
from podium.tools.grounding.words import fold
from podium.tools.page import Record, Snapshot
from podium.tools.runner import StepResult

_NEEDS_ROWS = frozenset({"filter", "pick", "new_since", "changed", "download", "store"})
_SCROLLS = 6
"""How far a list is scrolled by itself to see whether it goes on: a virtual one draws some more rows than it shows."""


async def build_extract(work: Work) -> None:
    """Read the planned list, all its pages, and keep how."""
    planned = work.planned
    wanted = look_ahead(work.agent, planned)
    if wanted.query:
        wanted = of_search(work, wanted)
    snapshot = await with_lists(work, wanted)
    fit = await _the_list(work, snapshot, wanted)
    address = _address(work, snapshot)
    missing = _missing(work, fit) if fit.rows else ()
    details: Details | None = None
    if missing:
        taken = tuple(column.name for column in fit.spec.columns)
        guessed = _guessed(work, fit)
        details = await look_at_rows(work, fit, snapshot, (*missing, *guessed), taken)
        if details is not None:
            details = _surer(details, guessed)
        await back_to(work, address)
        snapshot = await with_lists(work, wanted)
        fit = await _the_list(work, snapshot, wanted)
    elsewhere = details.fields if details is not None else {}
    listed = tuple(name for name in planned.fields if name not in elsewhere)
    mapping = await _map_fields(work, listed, fit.spec.columns, fit.rows, snapshot)
    spec = _named(fit.spec, mapping, planned.implied)
    if details is not None:
        details = renamed(details, fit.spec, spec)
    key = await _key(work, spec, mapping, fit.rows)
    spec = spec.model_copy(update={"key": key or spec.key})
    take = tuple(dict.fromkeys((*spec.key, *(slug(name) for name in mapping)))) if mapping else ()
    if planned.without and not mapping:
        take = await _all_but(work, spec, fit.rows, snapshot)
    step = ExtractStep(
        id=work.step_id(),
        title=planned.title or f"Read {planned.thing or 'the list'}",
        args=ExtractArgs(
            list=spec,
            take=() if _rows_needed(work) else take,
            limit=planned.limit,
            url=address,
        ),
        expect=(RowCount(at_least=1 if fit.collection.records else 0),),
        retries=1,
    )
    if fit.collection.records:
        step, result = await _run_with_pages(work, step, snapshot, fit)
    else:
        step, result = await _run_empty(work, step)
    step, result = await _sure_key(work, step, result)
    _hold_first_rows(work, step, fit)
    work.keep(step, result)
    _remember(work, step, take)
    work.facts[PAGE_SAYS] = list[JsonValue](_names_of(snapshot))
    if details is not None:
        await compile_details(work, step, details)


async def _all_but(
    work: Work, spec: ListSpec, rows: tuple[Row, ...], snapshot: Snapshot
) -> tuple[str, ...]:
    """Return the columns of the list without those that are not wanted; what tells the rows apart stays."""
    unwanted = await _map_fields(work, work.planned.without, spec.columns, rows, snapshot)
    left = {column.name for column in unwanted.values()}
    kept = sorted(left & set(spec.key))
    if kept:
        work.notes.append(f"{', '.join(kept)} is read all the same: it tells the rows apart.")
    return tuple(one.name for one in spec.columns if one.name not in left or one.name in spec.key)


def _missing(work: Work, fit: ListFit) -> tuple[str, ...]:
    """Return the wanted fields that no column of the list is called like, and that nobody was asked about."""
    given = work.answer("fields") or {}
    matches = map_fields(work.planned.fields, fit.spec.columns, fit.rows)
    return tuple(
        field
        for field, match in matches.items()
        if match.column is None
        and match.score == 0
        and field not in work.planned.implied
        and slug(field) not in given
    )


def _guessed(work: Work, fit: ListFit) -> tuple[str, ...]:
    """Return the wanted fields whose column is called something else: only what its values are like speaks for it."""
    matches = map_fields(work.planned.fields, fit.spec.columns, fit.rows)
    return tuple(
        field
        for field, match in matches.items()
        if match.column is not None and not _is_called(field, match.column)
    )


def _is_called(field: str, column: Column) -> bool:
    return not column.header or likeness(field, column.header) >= 0.5


def _surer(details: Details, guessed: tuple[str, ...]) -> Details | None:
    """Return the details without fields that a column of the list may be, unless the row's own page calls them so."""
    fields = {
        field: column
        for field, column in details.fields.items()
        if field not in guessed or likeness(field, column.header) >= 0.9
    }
    return replace(details, fields=fields) if fields else None


def _hold_first_rows(work: Work, step: ExtractStep, fit: ListFit) -> None:
    """Refuse a reading that lacks what the page showed at first: it began on another page of the list.

    Raises:
        Fatal: If most of the rows that were seen at first are missing.
    """
    names = [
        column.name for column in fit.spec.columns if column.type in {"text", "number", "date"}
    ]
    seen = [tuple(str(row.get(name)) for name in names) for row in fit.rows]
    new = [
        column.name
        for column in step.args.list.columns
        if column.type in {"text", "number", "date"}
    ]
    read = {tuple(str(row.get(name)) for name in new) for row in work.rows(step.id)}
    missing = sum(row not in read for row in seen[: step.args.limit])
    if step.args.take or len(names) != len(new) or missing * 2 <= len(seen):
        return
    raise Fatal(
        f"Only a part of the list was read: {missing} of the {len(seen)} rows that it showed at first are missing",
        code="expectation",
    )


async def with_lists(work: Work, wanted: Wanted) -> Snapshot:
    """Return the page once a list that may be the wanted one is there: scripts bring rows late."""

    def has_list(page: Snapshot) -> bool:
        found = fits(page, wanted)
        return bool(found) and found[0].score >= 0.3 and not _busy(page)

    return await work.look_until(
        has_list, await work.clear_view(await settled(work)), looks=12, still=4
    )


def _busy(snapshot: Snapshot) -> bool:
    return any(
        node.attributes.get("aria-busy") == "true" or node.role == "progressbar"
        for node in snapshot.nodes
        if node.visible
    )


async def _the_list(work: Work, snapshot: Snapshot, wanted: Wanted) -> ListFit:
    empty = empty_list(snapshot, wanted)
    if empty is not None:
        return empty
    found = fits(snapshot, wanted)
    if not found or found[0].score < 0.12:
        said = "; ".join(snapshot.messages[:2])
        none = says_none(snapshot, (wanted.thing, *wanted.aliases))
        if none:
            raise Fatal(
                f"{snapshot.url} says {none!r}: what columns its list has cannot be seen today",
                code="not_found_on_page",
                hint="Build it when the list has at least one row.",
            )
        raise Fatal(
            f"{snapshot.url} shows no list of {wanted.thing or 'records'}{f': {said}' if said else ''}",
            code="not_found_on_page",
            hint="Name the page where the list is, or what its columns are called.",
        )
    clear = clear_list(found)
    if clear is not None:
        return clear
    rivals = [fit for fit in found if found[0].score - fit.score < 0.07 and fit.score > 0][:6]
    if len(rivals) < 2:
        return found[0]
    labels = distinct([fit.summary for fit in rivals])
    thing = wanted.thing or work.planned.title
    picked = await work.choose_label(
        "list", thing, labels, snapshot, what=f"Which of these holds {thing}?"
    )
    if picked is None:
        raise Fatal(f"No list on {snapshot.url} holds {thing!r}", code="not_found_on_page")
    return rivals[labels.index(picked)]


# -- Columns --------------------------------------------------------------------------------------


async def _map_fields(
    work: Work,
    fields: tuple[str, ...],
    columns: tuple[Column, ...],
    rows: tuple[Row, ...],
    snapshot: Snapshot,
) -> dict[str, Column]:
    """Return wanted field -> column; asks once for all that are not clear."""
    found: dict[str, Column] = {}
    pending: dict[str, tuple[Column, ...]] = {}
    implied = work.planned.implied
    for field, match in map_fields(fields, columns, rows).items():
        for plain in shorter_names(field, work.planned.thing):
            if match.column is None and plain not in fields:
                short = map_field(plain, columns, rows)
                match = short if short.column is not None else match
        if match.column is not None:
            found[field] = match.column
        elif field not in implied:
            pending[field] = match.rivals or columns
    work.notes += [
        f"{field!r} is read from the column {column.header!r}."
        for field, column in found.items()
        if not _is_called(field, column)
    ]
    given = work.answer("fields")
    specs: list[FieldSpec] = []
    for field, rivals in pending.items():
        labels = distinct([column_label(column, rows) for column in rivals])
        picked = (
            str(given.get(slug(field)))
            if given is not None
            else await _by_chooser(work, field, labels, snapshot)
        )
        if picked in labels:
            found[field] = rivals[labels.index(picked)]
        elif given is not None:
            work.notes.append(f"The list has no column for {field!r}.")
        else:
            specs.append(
                FieldSpec(
                    name=slug(field),
                    title=f"Which column is {field!r}?",
                    type="choice",
                    choices=(*labels, NONE),
                )
            )
    if specs:
        names = ", ".join(spec.name for spec in specs)
        await work.ask(
            "fields", kind="choice", title=f"Which columns are meant by {names}?", fields=specs
        )
    return {field: found[field] for field in fields if field in found}


async def _by_chooser(work: Work, field: str, labels: list[str], snapshot: Snapshot) -> str:
    candidates = [Candidate(ref=str(i), summary=label, score=0.5) for i, label in enumerate(labels)]
    choice = await work.services.chooser.choose(
        f"column {field}", candidates, page=f"{snapshot.title} {snapshot.url}"
    )
    work.model_calls += choice.model_calls
    if choice.ref is not None and choice.ref.isdigit() and int(choice.ref) < len(labels):
        return labels[int(choice.ref)]
    return ""


def column_label(column: Column, rows: tuple[Row, ...] | list[Row]) -> str:
    """Return the column as a person sees it: its header and two examples."""
    examples = [str(row.get(column.name)) for row in rows if row.get(column.name) not in {None, ""}]
    shown = ", ".join(text[:30] for text in dict.fromkeys(examples[:6]))
    short = ", ".join(shown.split(", ")[:2])
    name = column.header or column.name.replace("_", " ")
    return f"{name} (such as {short})" if short else name


def _key_label(column: Column, rows: tuple[Row, ...]) -> str:
    label = column_label(column, rows)
    return label if is_unique((column.name,), rows) else f"{label}, not unique"


def slug(text: str) -> str:
    """Return the words as a name for rows and answers."""
    return re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_") or "value"


def _named(spec: ListSpec, mapping: dict[str, Column], implied: Sequence[str]) -> ListSpec:
    """Return the list with its columns called as the user called them, before what nobody asked for."""
    taken = {column.name for column in spec.columns}
    names: dict[str, str] = {}
    for field in sorted(mapping, key=lambda name: name in implied):
        column, name = mapping[field], slug(field)
        if column.name not in names and (name == column.name or name not in taken):
            names[column.name] = name
            taken.add(name)
    columns = tuple(
        column.model_copy(update={"name": names.get(column.name, column.name)})
        for column in spec.columns
    )
    for field, column in mapping.items():
        renamed = names.get(column.name, column.name)
        mapping[field] = column.model_copy(update={"name": renamed})
    key = tuple(names.get(name, name) for name in spec.key)
    return spec.model_copy(update={"columns": columns, "key": key})


async def _key(
    work: Work, spec: ListSpec, mapping: dict[str, Column], rows: tuple[Row, ...]
) -> tuple[str, ...]:
    wanted = _planned_key(work)
    if not wanted:
        return ()
    if wanted in mapping:
        return (mapping[wanted].name,)
    match = map_field(wanted, spec.columns, rows)
    names = (wanted, *shorter_names(wanted, work.planned.thing))
    for plain in names[1:]:
        if match.column is None:
            match = map_field(plain, spec.columns, rows)
    for plain in names:
        if match.column is None:
            match = numbering(plain, spec.columns, rows) or match
    if match.column is not None:
        return (match.column.name,)
    heads = [column for column in spec.columns[:1] if not column.header and column.type == "text"]
    if spec.kind == "table" and heads and not match.rivals and is_unique((heads[0].name,), rows):
        return (heads[0].name,)  # the heads of the rows stand in a column that has no head itself
    columns = match.rivals or spec.columns
    labels = distinct([_key_label(column, rows) for column in columns])
    spec_field = FieldSpec(
        name="key", title=f"Which column is {wanted!r}?", type="choice", choices=(*labels, NONE)
    )
    answer = await work.ask(
        "key",
        kind="choice",
        title=f"Which column is the key {wanted!r}?",
        text="A key tells rows apart: rows of the same key replace each other in a table.",
        fields=[spec_field],
    )
    picked = str(answer.get("key"))
    return (columns[labels.index(picked)].name,) if picked in labels else ()


def _planned_key(work: Work) -> str:
    if work.planned.key:
        return work.planned.key
    ids = [step.id for step in work.agent.steps]
    start = ids.index(work.planned.id) if work.planned.id in ids else 0
    for step in work.agent.steps[start + 1 :]:
        if step.op == "extract":
            break
        if step.key:
            return step.key
    return ""


async def _sure_key(
    work: Work, step: ExtractStep, result: StepResult
) -> tuple[ExtractStep, StepResult]:
    """Return the step with a key that tells all rows apart, over every page; a key the user named is kept."""
    rows = cast("list[Row]", work.rows(step.id))
    spec = step.args.list
    if _planned_key(work) or not rows or (spec.key and is_unique(spec.key, rows)):
        if spec.key and rows and not is_unique(spec.key, rows):
            different = len({tuple(str(row.get(name)) for name in spec.key) for row in rows})
            work.notes.append(
                f"! The key {', '.join(spec.key)} is not unique: {len(rows)} rows have {different} different values, "
                "and rows of the same key replace each other in a table."
            )
        return step, result
    names = {column.name for column in spec.columns}
    columns = [column for column in spec.columns if all(column.name in row for row in rows)]
    key = guess_key(columns, rows) if names else ()
    changed = spec.model_copy(update={"key": key})
    args = step.args.model_copy(update={"list": changed})
    step = step.model_copy(update={"args": args})
    # Row keys are part of what the runner stages: the step is run as it is compiled.
    await back_to(work, step.args.url)
    return step, await work.try_out(step)


# -- Pages ----------------------------------------------------------------------------------------


async def _run_with_pages(
    work: Work, step: ExtractStep, snapshot: Snapshot, fit: ListFit
) -> tuple[ExtractStep, StepResult]:
    """Run the step with each way to further pages until one proves to yield more rows."""
    shown = len(fit.collection.records)
    limit, total = step.args.limit, fit.collection.total
    if total is not None and total < shown:
        total = None  # a number on the page that counts something else
    complete = (limit is not None and limit <= shown) or (total is not None and total <= shown)
    if not complete and fit.collection.kind != "record":
        paged = await _by_pager(work, step, snapshot, fit) or await _by_scrolling(work, step, fit)
        if paged is not None:
            return paged
    result = await work.try_out(step)
    if total is not None and total > shown and limit is None:
        work.notes.append(f"! The page speaks of {total} records; only {shown} could be reached.")
    elif not complete and (pages := pages_said(snapshot)) > 1:
        work.notes.append(
            f"! This is page 1 of {pages}, and no way to the others was found: only its rows are read."
        )
    return step, result


async def _run_empty(work: Work, step: ExtractStep) -> tuple[ExtractStep, StepResult]:
    """Run the step on a list without rows; how it will go on to further pages is found by their usual names."""
    names = ", ".join(column.header or column.name for column in step.args.list.columns)
    work.notes.append(
        f"The list is empty today; its columns are {names}. None today is a result; types and further pages are guessed by their names."
    )
    paged = _with_pages(step, Pagination(kind="next"))
    return paged, await work.try_out(paged)


async def _by_pager(
    work: Work, step: ExtractStep, snapshot: Snapshot, fit: ListFit
) -> tuple[ExtractStep, StepResult] | None:
    """Try the page's pagers; the one that yields most rows is taken, none when none yields more."""
    shown = len(fit.collection.records)
    pagers = find_pagers(snapshot, fit.collection)[:3]
    best: tuple[int, ExtractStep, Pager] | None = None
    for pager in pagers:
        if not _stays(pager, snapshot):
            continue
        paged = _with_pages(step, _pagination(pager, snapshot))
        before = await work.page.url()
        try:
            paged, result = await _try_pages(work, paged, pager, snapshot)
        except StepFailed as failure:
            if failure.code == "would_write":
                work.notes.append(
                    f"{pager.node.name!r} would send something that is not plainly a page's number: what it leads to is not read."
                )
            await back_to(work, step.args.url)
            continue
        if not same_list(before, await work.page.url()) or not one_family(work.rows(step.id)):
            await back_to(work, step.args.url)
            continue
        rows = work.services.runner.items(step.id, work.context())
        pages = result.outputs.get("pages")
        if (rows > shown or not pager.node.enabled) and (best is None or rows > best[0]):
            best = rows, paged, pager
            if not isinstance(pages, int) or pages >= last_page(snapshot):
                _note_pages(work, pager, rows)
                return paged, result  # the page offers no number beyond what was read
        await back_to(work, step.args.url)
    if best is None:
        return None
    _note_pages(work, best[2], best[0])
    return best[1], await work.try_out(best[1])


async def _try_pages(
    work: Work, paged: ExtractStep, pager: Pager, snapshot: Snapshot
) -> tuple[ExtractStep, StepResult]:
    """Run the step through its pages; a pager that posts nothing but the page's number is allowed to.

    Raises:
        StepFailed: If it fails otherwise.
    """
    try:
        return paged, await work.try_out(paged)
    except StepFailed as failure:
        signatures = page_signatures(work.page.traffic().held, pager, snapshot)
        if failure.code != "would_write" or not signatures:
            raise
    await back_to(work, paged.args.url)
    paged = paged.model_copy(update={"signatures": signatures})
    return paged, await work.try_out(paged)


def _stays(pager: Pager, snapshot: Snapshot) -> bool:
    """Return whether the pager's address, when it has one, belongs to the same list; frames have their own."""
    href = pager.node.attributes.get("href", "")
    if not href.startswith("http") or pager.node.frame:
        return True
    return same_list(snapshot.url, href)


def one_family(rows: list[dict[str, JsonValue]]) -> bool:
    """Return whether the further pages' records live where the first page's do: a `next` may lead to another folder."""
    pages: dict[str, set[str]] = {}
    for row in rows:
        pages.setdefault(str(row.get("_page")), set()).update(_parents(row))
    first, *later = pages.values() or [set[str]()]
    return len(first) != 1 or all(not found or first & found for found in later)


def _parents(row: Mapping[str, JsonValue]) -> set[str]:
    links = row.get("_href")
    if not isinstance(links, dict):
        return set()
    paths = (urlsplit(str(href)).path for href in links.values())
    return {re.sub(r"\d+", "*", path.rsplit("/", 1)[0]) for path in paths if path}


def _note_pages(work: Work, pager: Pager, rows: int) -> None:
    work.notes.append(f"The list goes on by {pager.kind.replace('_', ' ')}: {rows} rows.")


async def _by_scrolling(
    work: Work, step: ExtractStep, fit: ListFit
) -> tuple[ExtractStep, StepResult] | None:
    grows = await _grows(work, fit)
    await back_to(work, step.args.url)
    if not grows:
        return None
    paged = _with_pages(step, Pagination(kind="scroll"))
    return paged, await work.try_out(paged)


def _with_pages(step: ExtractStep, pagination: Pagination) -> ExtractStep:
    spec = step.args.list.model_copy(update={"pagination": pagination})
    return step.model_copy(update={"args": step.args.model_copy(update={"list": spec})})


def _pagination(pager: Pager, snapshot: Snapshot) -> Pagination:
    control = describe(pager.node, snapshot, phrase=f"{pager.kind.replace('_', ' ')} page")
    return Pagination(kind=pager.kind, control=control)


async def _grows(work: Work, fit: ListFit) -> bool:
    """Return whether scrolling brings further records: more of them, or others in a list that keeps those in view."""
    if len(fit.collection.records) < 5:
        return False
    known = {_said(record) for record in fit.collection.records}
    await work.read_only()
    await work.page.scroll_end()
    if await _shows_others(work, fit, known, looks=3):
        return True
    # The page is at its end; what scrolls may be the list itself, within a component or beside a larger pane.
    for _ in range(_SCROLLS):
        snapshot = await work.look()
        match = match_list(describe_list(fit.collection, snapshot), snapshot)
        if match.collection is None or not await work.page.scroll_on(match.collection.ref):
            return False
        if await _shows_others(work, fit, known, looks=1):
            return True
    return False


async def _shows_others(
    work: Work, fit: ListFit, known: set[tuple[str, ...]], *, looks: int
) -> bool:
    """Return whether the list soon shows more records, or ends with one that is not known."""
    for _ in range(looks):
        await work.page.settle(timeout_s=2)
        snapshot = await work.look()
        spec = describe_list(fit.collection, snapshot)
        match = match_list(spec, snapshot)
        shown = match.collection.records if match.collection is not None else ()
        if len(shown) > len(fit.collection.records):
            return True
        if shown and _said(shown[-1]) not in known:
            return True
        await work.pause(0.4)
    return False


def _said(record: Record) -> tuple[str, ...]:
    return tuple(value.text for value in record.values)


async def back_to(work: Work, url: str) -> None:
    """Go back to the list's first page: by its address, else by the compiled steps."""
    if url:
        try:
            await work.read_only()
            await work.page.goto(url)
        except (StepError, NotPermitted):
            await work.replay()
        return
    await work.replay()


def _address(work: Work, snapshot: Snapshot) -> str:
    """Return the list's address when a GET leads there; '' when it came by clicks or a POST."""
    steps = (*work.draft.steps, *work.steps)
    last = next((step for step in reversed(steps) if step.safe_point), None)
    if last is not None and _clicks_after(work, last.id):
        return ""  # the tab or fold that was opened since has no address
    safe = work.progress().safe_url
    if safe and canonical(safe) == canonical(snapshot.url):
        return snapshot.url
    return (
        snapshot.url
        if last is not None and _nothing_after(work, last.id) and is_stable(snapshot.url)
        else ""
    )


def _clicks_after(work: Work, step_id: str) -> bool:
    steps = [*work.draft.steps, *work.steps]
    place = next(i for i, step in enumerate(steps) if step.id == step_id)
    return any(step.op == "click" and step.on_error != "skip" for step in steps[place + 1 :])


def _nothing_after(work: Work, step_id: str) -> bool:
    steps = [*work.draft.steps, *work.steps]
    place = next(i for i, step in enumerate(steps) if step.id == step_id)
    return all(step.on_error == "skip" for step in steps[place + 1 :])


# -- What later steps need ------------------------------------------------------------------------


def _rows_needed(work: Work) -> bool:
    ids = [step.id for step in work.agent.steps]
    start = ids.index(work.planned.id) if work.planned.id in ids else 0
    return any(step.op in _NEEDS_ROWS for step in work.agent.steps[start + 1 :])


PAGE_SAYS = "page_says"
"""Fact: what the page of the list that was read last is called."""


def _names_of(snapshot: Snapshot) -> list[str]:
    return [
        snapshot.title,
        *title_parts(snapshot.title),
        *snapshot.headings,
        *url_words(snapshot.url),
        *(collection.heading for collection in snapshot.collections),
    ]


def _remember(work: Work, step: ExtractStep, take: tuple[str, ...]) -> None:
    rows = cast("list[Row]", work.rows(step.id))
    spec = step.args.list
    values: dict[str, JsonValue] = {
        name: cast("list[JsonValue]", kinds)
        for name, kinds in low_cardinality(spec.columns, rows).items()
    }
    fact: JsonObject = {
        "step": step.id,
        "url": step.args.url,
        "columns": [column.to_json() for column in spec.columns],
        "values": values,
        "key": list(spec.key),
        "take": list(take),
        "rows": len(rows),
    }
    work.facts["list"] = fact
    work.facts["rows"] = step.id
    work.facts.pop("files", None)
    work.notes.append(
        f"Read {len(rows)} rows with {', '.join(column.header or column.name for column in spec.columns)}."
    )
