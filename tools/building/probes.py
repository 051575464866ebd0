"""Compiling a write's probe: the list where what was written appears, found and tried by reads in a session beside the build's.

Before the write the pages near the form are looked at; after a released one, those where exactly one record with the
written values came to be are known to show it. Of a held write only the columns can tell, so its probe is not proven:
the first live run does that.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from podium.state.errors import PodiumError, Unavailable
from podium.state.program import (
    ClickStep,
    Column,
    Condition,
    ExtractArgs,
    ExtractStep,
    FillStep,
    ListSpec,
    Pagination,
    RowCount,
    SelectStep,
    Step,
    leaves_form,
    since_last,
)
from podium.tools.building.links import canonical, is_stable, ways_on
from podium.tools.building.lists import rows_shown
from podium.tools.building.pagination import find_pagers
from podium.tools.building.wanted import Wanted, likeness
from podium.tools.building.work import READING, Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.lists import describe_list
from podium.tools.grounding.values import compare
from podium.tools.grounding.words import fold
from podium.tools.page import Collection, Page, Snapshot
from podium.tools.runner import Progress, RunContext

_MOST_PAGES = 4
"""Pages near the form that are looked at: each costs the site a visit."""
_PAGE_BOUND = 10
_TELLING = 4
"""A value shorter than this stands in many rows."""
_SAME_NAME = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One value that a step put into the form."""

    label: str
    value: str
    """As the program has it, a template."""
    example: str
    typed: bool
    """Typed by hand; otherwise chosen from a list that many records share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page near the form, as it was before the write."""

    url: str
    counts: tuple[int, ...] = ()
    """How many records of each kind of list had the written values."""
    probes: tuple[ExtractStep, ...] = ()
    """Looks for the written values that its columns suggest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A look that was tried, and what is known of it."""

    step: ExtractStep
    proven: bool


def written_by(steps: Sequence[Step], given: dict[str, str]) -> tuple[Written, ...]:
    """Return what the steps since the form was opened put into it."""
    found: list[Written] = []
    for step in since_last(steps, lambda one: one.op == "extract" or leaves_form(one)):
        if not isinstance(step, FillStep | SelectStep):
            continue
        target, example = step.args.target, step.args.value
        for name, value in given.items():
            example = example.replace(f"{{inputs.{name}}}", value)
        label = target.label or target.name or target.phrase or target.placeholder
        if label and example.strip() and "{" not in example:
            found.append(
                Written(
                    label=label,
                    value=step.args.value,
                    example=example,
                    typed=isinstance(step, FillStep),
                )
            )
    return tuple(found)


async def places_before(
    work: Work, form: Snapshot, wanted: Wanted, written: Sequence[Written]
) -> tuple[Place, ...]:
    """Return the pages where the record may appear, as they are before it is written."""
    if not any(_telling(item) for item in written):
        return ()
    found: list[Place] = []
    async with _beside(work) as page:
        for url in _near(form, wanted, work.origins) if page is not None else ():
            assert page is not None
            place = await _visited(page, url, written, close=_is_above(url, form.url))
            if place is not None:
                found.append(place)
    return tuple(found)


async def compiled(
    work: Work,
    step: ClickStep | SelectStep,
    places: Sequence[Place],
    written: Sequence[Written],
    *,
    released: bool,
) -> Probe | None:
    """Return the look that tells whether the write happened, tried on the site; None where no page shows it."""
    async with _beside(work) as page:
        if page is None:
            return None
        for place in places:
            probes = place.probes
            if released:
                probes = await _appeared(page, place, written)
            for probe in probes:
                named = probe.model_copy(update={"id": f"{step.id}-probe"})
                if await _holds(work, page, named, place, written, released=released):
                    return Probe(step=named, proven=released)
    return None


# -- Pages ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _beside(work: Work) -> AsyncGenerator[Page | None]:
    """Open a session that is signed in like the build's, so that its form stays as it is."""
    browser, run_id = work.services.browser, _beside_id(work)
    try:
        kept = await work.page.storage()
        page = await browser.session(run_id, origins=work.origins)
        await page.restore(kept)
        await page.begin(READING)
    except Unavailable:
        raise
    except PodiumError:
        await work.services.runner.finish(_context(work))
        yield None
        return
    try:
        yield page
    finally:
        await work.services.runner.finish(_context(work))


def _beside_id(work: Work) -> str:
    return f"{work.draft.build_id}~beside"


def _context(work: Work) -> RunContext:
    context = work.context()
    return RunContext(
        run_id=_beside_id(work),
        agent=context.agent,
        version=0,
        mode="build",
        program=context.program,
        origins=work.origins,
        inputs=context.inputs,
    )


def _near(form: Snapshot, wanted: Wanted, origins: tuple[str, ...]) -> tuple[str, ...]:
    """Return addresses near the form, the likeliest first: its own page, those above it, those called like it."""
    ranked: dict[str, float] = {}
    if is_stable(form.url):
        ranked[canonical(form.url)] = 0.5
    for way in ways_on(form, wanted, origins=origins):
        if not way.href or not is_stable(way.href):
            continue
        score = way.score + (1.0 if _is_above(way.href, form.url) else 0.0)
        url = canonical(way.href)
        ranked[url] = max(ranked.get(url, 0.0), score)
    best = sorted(ranked, key=lambda url: -ranked[url])
    return tuple(best[:_MOST_PAGES])


def _is_above(url: str, form: str) -> bool:
    """Return whether the page is the form's own or one that its path leads through: `/tickets` of `/tickets/new`."""
    parts, own = urlsplit(url), urlsplit(form)
    path, route = parts.path.rstrip("/") + "/", parts.fragment.rstrip("/") + "/"
    return (
        parts.netloc == own.netloc
        and bool(path.strip("/") or route.strip("/"))
        and (own.path.rstrip("/") + "/").startswith(path)
        and (own.fragment.rstrip("/") + "/").startswith(route)
    )


async def _shown(page: Page, url: str) -> Snapshot | None:
    try:
        await page.goto(url)
        await page.settle(timeout_s=3)
        snapshot = await page.snapshot()
    except Unavailable:
        raise
    except PodiumError:
        return None  # one page fewer where it may appear
    return snapshot if canonical(snapshot.url) == canonical(url) else None


async def _visited(
    page: Page, url: str, written: Sequence[Written], *, close: bool
) -> Place | None:
    snapshot = await _shown(page, url)
    if snapshot is None:
        return None
    lists = _lists(snapshot)
    return Place(
        url=url,
        counts=tuple(_count(collection, written) for collection in lists),
        probes=tuple(
            probe
            for collection in lists
            if (probe := _by_columns(collection, snapshot, url, written, close=close)) is not None
        ),
    )


def _lists(snapshot: Snapshot) -> tuple[Collection, ...]:
    return tuple(
        one
        for one in snapshot.collections
        if one.kind != "record" and one.records and one.region not in {"navigation", "footer"}
    )


# -- Lists ------------------------------------------------------------------------------------------------


def _telling(item: Written) -> bool:
    return item.typed and len(item.example.strip()) >= _TELLING


def _count(collection: Collection, written: Sequence[Written]) -> int:
    """Return how many records show a telling value that was written."""
    return sum(
        any(
            _telling(item) and _says(value.text, item)
            for value in record.values
            for item in written
        )
        for record in collection.records
    )


def _says(text: str, item: Written) -> bool:
    return fold(text) == fold(item.example)


def _by_columns(
    collection: Collection, snapshot: Snapshot, url: str, written: Sequence[Written], *, close: bool
) -> ExtractStep | None:
    """Return the look that the list's headers suggest for the form's fields, values unseen.

    One header that is called like a field may be chance; of a list on the way to the form it is not.
    """
    spec = describe_list(collection, snapshot)
    rows = rows_shown(collection, snapshot, spec)
    conditions = [
        Condition(column=column.name, cmp="=", value=item.value)
        for item in written
        if item.typed
        and (column := _called_like(item.label, spec.columns)) is not None
        # A list that shortens its texts cannot be asked for a whole one.
        and not any(str(row.get(column.name) or "").endswith(("\u2026", "...")) for row in rows)
    ]
    telling = {item.value for item in written if _telling(item)}
    if not any(condition.value in telling for condition in conditions):
        return None
    if len(conditions) < 2 and not close:
        return None
    return _look(spec, collection, snapshot, url, conditions)


def _called_like(label: str, columns: Sequence[Column]) -> Column | None:
    found = [column for column in columns if likeness(label, column.header) >= _SAME_NAME]
    return found[0] if len(found) == 1 else None


async def _appeared(
    page: Page, place: Place, written: Sequence[Written]
) -> tuple[ExtractStep, ...]:
    """Return looks for lists of the page that have one record more with the values than before."""
    snapshot = await _shown(page, place.url)
    if snapshot is None:
        return ()
    before = max(place.counts, default=0)
    found: list[ExtractStep] = []
    for collection in _lists(snapshot):
        if _count(collection, written) != before + 1:
            continue
        spec = describe_list(collection, snapshot)
        conditions = _matching(spec, collection, snapshot, written)
        if conditions:
            found.append(_look(spec, collection, snapshot, place.url, conditions))
    return tuple(found)


def _matching(
    spec: ListSpec, collection: Collection, snapshot: Snapshot, written: Sequence[Written]
) -> list[Condition]:
    """Return conditions for the columns in which a record shows what was written; a telling one must be among them."""
    best: list[tuple[Column, Written]] = []
    for row in rows_shown(collection, snapshot, spec):
        pairs = [
            (column, item)
            for column in spec.columns
            for item in written
            if compare(row.get(column.name), "=", item.example)
        ]
        if any(_telling(item) for _, item in pairs) and len(pairs) > len(best):
            best = pairs
    unique: dict[str, Condition] = {}
    for column, item in best:
        unique.setdefault(column.name, Condition(column=column.name, cmp="=", value=item.value))
    return list(unique.values())


def _look(
    spec: ListSpec,
    collection: Collection,
    snapshot: Snapshot,
    url: str,
    conditions: list[Condition],
) -> ExtractStep:
    pagers = find_pagers(snapshot, collection)
    pagination = None
    if pagers:
        control = describe(pagers[0].node, snapshot, phrase="further pages")
        pagination = Pagination(kind=pagers[0].kind, control=control, max_pages=_PAGE_BOUND)
    return ExtractStep(
        id="probe",
        title=f"Look for it in {spec.heading or 'the list'}",
        args=ExtractArgs(
            list=spec.model_copy(update={"pagination": pagination}),
            url=url,
            take=tuple(str(condition.column) for condition in conditions),
            conditions=tuple(conditions),
        ),
        expect=(RowCount(at_least=0),),
    )


async def _holds(
    work: Work,
    page: Page,
    probe: ExtractStep,
    place: Place,
    written: Sequence[Written],
    *,
    released: bool,
) -> bool:
    """Try the look as it is compiled: it finds the record that was written, and none with other values.

    What was held must not be found, unless a record with the same values was there before.
    """
    found = await _rows_found(work, page, probe)
    if found is None:
        return False
    if not released:
        return found <= max(place.counts, default=0)
    others = await _rows_found(work, page, _with_other_values(probe, written))
    return found >= 1 and others == 0


def _with_other_values(probe: ExtractStep, written: Sequence[Written]) -> ExtractStep:
    telling = {item.value for item in written if _telling(item)}
    conditions = tuple(
        one.model_copy(update={"value": f"{one.value} 7Q3Z"}) if one.value in telling else one
        for one in probe.args.conditions
    )
    return probe.model_copy(
        update={"args": probe.args.model_copy(update={"conditions": conditions})}
    )


async def _rows_found(work: Work, page: Page, probe: ExtractStep) -> int | None:
    if await _shown(page, probe.args.url) is None:
        return None
    result = await work.services.runner.run_step(probe, _context(work), Progress())
    count = result.outputs.get("count")
    return count if result.record.status == "done" and isinstance(count, int) else None
