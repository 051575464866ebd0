"""Wanted columns that the list lacks and each row's own page or panel has: looked for on a few rows, compiled as a loop."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import cast

from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.program import (
    ClickStep,
    Column,
    Condition,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    JoinArgs,
    JoinStep,
    ListSpec,
    OpenArgs,
    OpenStep,
    PressArgs,
    PressStep,
    RowCount,
    Step,
    TargetArgs,
)
from podium.state.target import Target
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.opening import settled
from podium.tools.building.details import (
    SHOWS,
    Found,
    Sample,
    find_fields,
    joined_fact,
    page_links,
    said,
    shared_spec,
)
from podium.tools.building.fields import Row, title_column
from podium.tools.building.links import may_follow
from podium.tools.building.lists import ListFit
from podium.tools.building.wanted import Wanted
from podium.tools.building.work import StepFailed, Work
from podium.tools.grounding.columns import slug
from podium.tools.grounding.describe import describe
from podium.tools.grounding.lists import match_list, read_cells, type_rows
from podium.tools.page import Node, Snapshot

LIMIT = 1000
"""Highest number of rows whose pages a run opens; a longer list fails and says so."""
_PAGES = 3
"""Rows that are looked at before a program is made of it, and in its trial."""
_LINKS = 3
"""Links of a row that are followed to find its own page."""
_TRIAL = 30
"""Rows whose pages the build reads when later steps choose by what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Where the missing fields are, and how a row leads there."""

    fields: dict[str, Column]
    spec: ListSpec
    link: str = ""
    """Name under which the row keeps the address of its own page."""
    opener: Target | None = None
    """What is clicked in the row, where there is no address."""
    tie: tuple[str, str] | None = None
    """Column of the details and of the row that say the same: proof that a panel shows this row."""
    close: bool = False
    """The panel covers the list until Escape is pressed."""


async def look_at_rows(
    work: Work, fit: ListFit, snapshot: Snapshot, fields: tuple[str, ...], taken: tuple[str, ...]
) -> Details | None:
    """Return where the rows' own pages or panels have the fields; the page has to be opened anew afterwards."""
    samples = samples_of(fit.spec, snapshot)[:_PAGES]
    if not samples or fit.collection.kind == "record":
        return None
    links = page_links(samples, fit.spec.columns, fit.spec.key, origins=work.origins)
    for link in links[:_LINKS]:
        found = await _by_address(work, samples, link, fields)
        if found:
            spec, named = shared_spec(found, _all_fields(found), taken)
            return Details(fields=named, spec=spec, link=link)
    return await _by_click(work, fit, samples, fields, taken) if not links else None


def renamed(details: Details, before: ListSpec, after: ListSpec) -> Details:
    """Return the details with the rows' columns by the names that they have now: the user's words."""
    pairs = zip(before.columns, after.columns, strict=True)
    names = {old.name: new.name for old, new in pairs if old.name != new.name}
    tie, opener = details.tie, details.opener
    if opener is not None:
        key = re.sub(
            r"\{item\.(\w+)\}",
            lambda found: f"{{item.{names.get(found[1], found[1])}}}",
            opener.row_key,
        )
        opener = opener.model_copy(update={"row_key": key})
    return replace(
        details,
        link=names.get(details.link, details.link),
        opener=opener,
        tie=(tie[0], names.get(tie[1], tie[1])) if tie else None,
    )


def samples_of(spec: ListSpec, snapshot: Snapshot) -> list[Sample]:
    """Return the records of the list that the page shows, with their rows."""
    match = match_list(spec, snapshot)
    if match.collection is None:
        return []
    rows = type_rows(spec, read_cells(spec, match.collection, match.mapping), links=True)
    return [
        Sample(record=record, row=row, snapshot=snapshot)
        for record, row in zip(match.collection.records, rows, strict=True)
    ]


def _all_fields(found: list[Found]) -> dict[str, Column]:
    return {field: column for one in reversed(found) for field, column in one.fields.items()}


async def _by_address(
    work: Work, samples: list[Sample], link: str, fields: tuple[str, ...]
) -> list[Found]:
    found: list[Found] = []
    for sample in samples:
        href = _href(sample, link)
        if not href:
            continue
        await work.read_only()
        try:
            await work.page.goto(href, timeout_s=15.0)
        except (StepError, NotPermitted):
            continue
        page = await _with_fields(work, fields, before=sample.snapshot)
        one = find_fields(page, fields, before=sample.snapshot)
        if one is not None:
            found.append(one)
        elif not found and sample is samples[1 if len(samples) > 1 else 0]:
            break  # two rows' pages without it: this link leads elsewhere
    if len(found) > 1 and len({said(one.collection) for one in found}) == 1:
        return []  # every page says the same: it is said of the site, not of the row
    return found


def _href(sample: Sample, link: str) -> str:
    own = sample.row.get("_href")
    if isinstance(own, dict) and link in own:
        return str(own[link])
    return next(
        (node.attributes.get("href", "") for node in sample.nodes if slug(node.name) == link), ""
    )


async def _with_fields(
    work: Work, fields: tuple[str, ...], before: Snapshot | None = None
) -> Snapshot:
    return await work.look_until(
        lambda page: find_fields(page, fields, before=before) is not None,
        await settled(work),
        looks=6,
        still=2,
    )


# -- Panels and dialogs ---------------------------------------------------------------------------


async def _by_click(
    work: Work, fit: ListFit, samples: list[Sample], fields: tuple[str, ...], taken: tuple[str, ...]
) -> Details | None:
    """Rows without addresses: click what opens a row's details and read what appears."""
    sample = samples[0]
    opener = _opener(fit, sample)
    if opener is None:
        return None
    key = " | ".join(f"{{item.{name}}}" for name in fit.spec.key)
    target = describe(opener, sample.snapshot, phrase="row's details", row_key=key)
    await work.read_only()
    try:
        await work.page.click(opener.ref)
    except StepError:
        return None
    page = await _with_fields(work, fields, before=sample.snapshot)
    found = find_fields(page, fields, before=sample.snapshot)
    if found is None:
        return None
    tie = _tie(found, sample)
    gone = True
    if page.url == sample.snapshot.url:
        await work.page.press("Escape")
        after = await settled(work)
        gone = find_fields(after, fields, before=sample.snapshot) is None
    if not gone and not tie:
        work.notes.append(
            "A click on a row shows what is wanted, but nothing there tells which row it belongs to: it is not used."
        )
        return None
    spec, named = shared_spec([found], dict(found.fields), taken)
    if tie:
        spec = _with_tie(spec, found, tie[0])
    return Details(
        fields=named,
        spec=spec,
        opener=_without_row(target, sample.row),
        tie=tie,
        close=gone and page.url == sample.snapshot.url,
    )


def _opener(fit: ListFit, sample: Sample) -> Node | None:
    """Return what opens the row's details: its name, else a control that says so, else the row itself."""
    anyone = Wanted(thing="")
    nodes = [
        node
        for node in sample.nodes
        if node.role in {"link", "button"} and may_follow(node, anyone, by_address=False)
    ]
    title = title_column(fit.spec.columns, [sample.row])
    named = str(sample.row.get(title.name)) if title is not None else ""
    by_name = next((node for node in nodes if named and named in {node.name, node.text}), None)
    itself = next((node for node in sample.snapshot.nodes if node.ref == sample.record.ref), None)
    return by_name or next((node for node in nodes if _shows(node)), None) or itself


def _shows(node: Node) -> bool:
    return say.has(node.name or node.text, SHOWS)


def _tie(found: Found, sample: Sample) -> tuple[str, str] | None:
    """Return the pair of columns, of the details and of the row, that hold the same telling value."""
    for column in found.spec.columns:
        value = found.row.get(column.name)
        for name, own in sample.row.items():
            if not name.startswith("_") and isinstance(value, str) and value and value == own:
                return (column.name, name)
    return None


def _with_tie(spec: ListSpec, found: Found, name: str) -> ListSpec:
    known = {column.header for column in spec.columns}
    more = [one for one in found.spec.columns if one.name == name and one.header not in known]
    return spec.model_copy(update={"columns": (*spec.columns, *more)})


def _without_row(target: Target, row: Row) -> Target:
    """Return the target without what names just this row: the row's key finds it."""
    said = {str(value) for value in row.values() if isinstance(value, str) and len(value) >= 3}

    def general(text: str) -> str:
        return "" if any(value in text for value in said) else text

    return target.model_copy(
        update={
            "name": general(target.name),
            "text": general(target.text),
            "label": general(target.label),
            "heading": general(target.heading),
            "anchors": tuple(text for text in target.anchors if general(text)),
            "attributes": {
                name: value
                for name, value in target.attributes.items()
                if name != "href" and general(value)
            },
        }
    )


# -- The program ----------------------------------------------------------------------------------


async def compile_details(work: Work, step: ExtractStep, details: Details) -> None:
    """Compile the loop over the rows and the join, tried on the first rows.

    Raises:
        Fatal: If there are more rows than pages may be opened.
        StepFailed: If the first rows' pages cannot be read that way.
    """
    count = len(work.rows(step.id))
    if count > LIMIT:
        raise Fatal(
            f"The list has {count} rows; the pages of at most {LIMIT} rows are opened for {', '.join(details.fields)}",
            code="not_found_on_page",
            hint="Narrow the list, or ask for the columns that the list itself has.",
        )
    names = tuple(column.name for column in details.fields.values())
    inner = _inner_steps(work, details, names)
    loop = EachStep(
        id=work.step_id("details"),
        title=f"Read {', '.join(details.fields)} on each row's own page",
        args=EachArgs(rows=step.id, steps=inner, limit=LIMIT),
    )
    read = next(one for one in inner if isinstance(one, ExtractStep))
    await _trial(work, loop, count if count <= _TRIAL and _chosen_by(work) else min(count, _PAGES))
    join = JoinStep(
        id=work.step_id("joined"),
        title=f"Add {', '.join(details.fields)} to the rows",
        args=JoinArgs(rows=step.id, details=read.id, columns=names),
    )
    await work.perform(join)
    fact = work.facts.get("list")
    assert isinstance(fact, dict), "a list was read before"
    rows = cast("list[Row]", work.rows(join.id))
    work.facts["list"] = joined_fact(fact, join.id, tuple(details.fields.values()), rows)
    work.facts["rows"] = join.id
    work.notes.append(
        f"{', '.join(details.fields)} stands on each row's own page: it is opened for every row, at most {LIMIT}."
    )


def _chosen_by(work: Work) -> bool:
    return any(step.op in {"filter", "pick"} for step in work.agent.steps)


def _inner_steps(work: Work, details: Details, names: tuple[str, ...]) -> tuple[Step, ...]:
    conditions: tuple[Condition, ...] = ()
    if details.tie:
        mine, rows = details.tie
        conditions = (Condition(column=mine, cmp="=", value=f"{{item.{rows}}}"),)
    read = ExtractStep(
        id=work.step_id("detail"),
        title=f"Read {', '.join(details.fields)}",
        args=ExtractArgs(
            list=details.spec,
            take=names if details.tie is None else (*names, details.tie[0]),
            may_lack=names,
            conditions=conditions,
        ),
        expect=(RowCount(at_least=1),),
        retries=3 if details.tie else 1,
        on_error="skip",
    )
    if details.opener is None:
        way: Step = OpenStep(
            id=work.step_id("row"),
            title="Open the row's own page",
            args=OpenArgs(url=f"{{item._href.{details.link}}}"),
            retries=1,
            on_error="skip",
        )
        return (way, read)
    way = ClickStep(
        id=work.step_id("row"),
        title="Open the row's details",
        args=TargetArgs(target=details.opener),
        retries=1,
        on_error="skip",
    )
    if not details.close:
        return (way, read)
    close = PressStep(
        id=work.step_id("close"),
        title="Close the row's details",
        args=PressArgs(key="Escape"),
        on_error="skip",
    )
    return (way, read, close)


async def _trial(work: Work, loop: EachStep, count: int) -> None:
    """Read the pages of the first rows, and keep the loop for all; one that cannot be read is left out, as in a run.

    Raises:
        StepFailed: If none could be read.
    """
    context, runner = work.context(loop), work.services.runner
    read, failed = 0, None
    for place in range(count):
        row = runner.item(loop.args.rows, place, context)
        for step in loop.args.steps:
            result = await runner.run_step(step, context, work.progress(), item=row)
            work.records.append(result.record)
            if result.record.status == "failed":
                failed = result
                break
            read += isinstance(step, ExtractStep)
    if failed is not None and not read:
        raise StepFailed(failed)
    work.steps.append(loop)
    progress = work.progress()
    work.facts["progress"] = {
        "outputs": progress.outputs,
        "done": [*progress.done, loop.id],
        "safe_url": progress.safe_url,
    }
