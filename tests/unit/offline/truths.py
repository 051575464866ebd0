"""Requests with conditions over small tables, and which rows they mean: the reading must be right, or ask, never differ.

Each condition is said in several ways; requests combine them in several orders and sentence forms. What the offline
planner reads is compiled as a build compiles it, on the table's own columns and values, without a browser.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import JsonValue

from podium.state.errors import UserError
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Column, ColumnType, Condition
from podium.state.templates import Scope, render
from podium.tools.building.fields import Row, low_cardinality, map_field
from podium.tools.building.filters import also_meant, matching, read_rule
from podium.tools.building.linking import apart
from podium.tools.offline import OfflinePlanner
from podium.tools.planner import WorkspaceView
from podium.tools.unused import unused_words

TODAY = date(2026, 1, 14)
SURE = 0.5
"""As the orchestrator: below this nothing is started."""

Verdict = Literal["right", "asked", "wrong"]
Keeps = Callable[[Row], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A condition: ways to say it, and the rows that meet it."""

    ways: tuple[str, ...]
    keeps: Keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list of a site and what is asked of it."""

    things: str
    fields: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One request, the rows that it means, and what became of it."""

    text: str
    verdict: Verdict
    detail: str = ""


def table(
    things: str, fields: str, columns: Mapping[str, ColumnType], rows: Sequence[Sequence[JsonValue]], said: Sequence[Said]
) -> Table:  # fmt: skip
    """Return a table whose columns have these headers and types."""
    made = tuple(
        Column(name=header.lower().replace(" ", "_"), header=header, type=kind, ordinal=place)
        for place, (header, kind) in enumerate(columns.items())
    )
    return Table(
        things=things,
        fields=fields,
        columns=made,
        rows=tuple(dict(zip((column.name for column in made), row, strict=True)) for row in rows),
        said=tuple(said),
    )


FORMS = (
    "collect all {things} {conditions} from {url} with {fields}",
    "from {url} get me the {things} {conditions}, {fields}",
    "please save {fields} of all {things} {conditions} at {url}",
    "{url}: list every one of the {things} {conditions}. Columns: {fields}.",
    "Could you fetch the {things} at {url}, only those {conditions}? I need {fields}.",
    "go to {url} and make a table of the {things} {conditions} ({fields})",
)
JOINTS = (" and ", ", ", " but ", " ")
URL = "https://lists.example/all"


def requests_of(which: Table, *, seed: int, count: int) -> Iterator[tuple[str, Keeps]]:
    """Yield requests with one to three of the table's conditions, in any order, form and way."""
    chance = random.Random(seed)
    for number in range(count):
        picked = chance.sample(which.said, k=min(1 + number % 3, len(which.said)))
        ways = [chance.choice(item.ways) for item in picked]
        meant = _all_of([item.keeps for item in picked])
        if not any(meant(row) for row in which.rows):
            continue  # nobody asks for what cannot be
        conditions = ways[0]
        for way in ways[1:]:
            conditions += chance.choice(JOINTS) + way
        text = chance.choice(FORMS).format(
            things=which.things, conditions=conditions, url=URL, fields=which.fields
        )
        yield text, meant


def each_way(which: Table) -> Iterator[tuple[str, Keeps]]:
    """Yield every way to say each single condition, in every sentence form."""
    for item, form in itertools.product(which.said, FORMS):
        for way in item.ways:
            yield (
                form.format(things=which.things, conditions=way, url=URL, fields=which.fields),
                item.keeps,
            )


def _all_of(keeps: Sequence[Keeps]) -> Keeps:
    return lambda row: all(one(row) for one in keeps)


def tried(which: Table, text: str, keeps: Keeps) -> Trial:
    """Read the request and compile what was read on the table; compare the rows with those that are meant."""
    planner = OfflinePlanner()
    view = WorkspaceView(now=datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC))
    read = asyncio.run(planner.understand(text, workspace=view))
    if read.confidence < SURE or not read.requests or read.requests[0].verb != "create":
        return Trial(text=text, verdict="asked", detail=f"not sure: {read.unexplained}")
    request = read.requests[0]
    if request.missing:
        return Trial(text=text, verdict="asked", detail=f"missing: {request.missing[0].field}")
    try:
        plan = asyncio.run(planner.plan(request, goal=text, answers={}, workspace=view))
    except UserError as error:
        return Trial(text=text, verdict="asked", detail=str(error))
    left = unused_words(text, plan.agents, not_read=read.unexplained)
    if left:
        return Trial(text=text, verdict="asked", detail=f"left: {left}")
    stray = " ".join(_stray(step, which) for step in plan.agents[0].steps).strip()
    found = _rows(which, plan.agents[0])
    if stray:
        # The build only notes that nothing on the page says so.
        return Trial(text=text, verdict="wrong", detail=f"the list is looked for by {stray!r}")
    if isinstance(found, str):
        return Trial(text=text, verdict="asked", detail=found)
    meant = [row for row in which.rows if keeps(row)]
    if found == meant and len(plan.agents) == 1 and request.schedule is None:
        return Trial(text=text, verdict="right")
    steps = [(step.op, step.thing, [rule.to_json() for rule in step.rules]) for step in plan.agents[0].steps]  # fmt: skip
    return Trial(text=text, verdict="wrong", detail=f"{len(found)} rows for {len(meant)}: {steps}")


def _rows(which: Table, agent: PlannedAgent) -> list[Row] | str:
    """Return the rows that the planned steps keep, or what would be asked."""
    rows = list(which.rows)
    for step in agent.steps:
        if step.op == "filter":
            kept = _filtered(which, rows, step)
            if isinstance(kept, str):
                return kept
            rows = kept
        elif step.op == "pick":
            picked = _picked(which, rows, step)
            if isinstance(picked, str):
                return picked
            rows = picked
        elif step.op in {"sign_in", "download", "fill", "submit", "new_since", "changed"}:
            return []
    return rows


def _stray(step: PlannedStep, which: Table) -> str:
    """Return the words of the list's name that the page would be searched for in vain: the build says or asks so."""
    known = {*which.things.split(), "rows", "list", "table", "everyone", "everything"}
    if step.op not in {"extract", "reach"}:
        return ""
    return " ".join(word for word in step.thing.lower().split() if word not in known)


def _filtered(which: Table, rows: Sequence[Row], step: PlannedStep) -> list[Row] | str:
    values = low_cardinality(which.columns, list(which.rows))
    scope = Scope(today=TODAY)
    conditions: list[Condition] = []
    parts = [
        part for rule in step.rules for part in apart(rule, which.columns, list(which.rows), ())
    ]
    for rule in parts:
        example = render(rule.value, scope) if isinstance(rule.value, str) and "{" in rule.value else None  # fmt: skip
        reading = read_rule(rule, which.columns, which.rows, values, example=example)
        if not isinstance(reading, Condition):
            return f"asks about {rule.phrase!r}"
        conditions.append(reading)
    conditions += also_meant(step.rules, conditions, which.columns, which.rows, values)
    ready = [
        item.model_copy(update={"value": render(item.value, scope)})
        if isinstance(item.value, str)
        else item
        for item in conditions
    ]
    return matching(rows, ready)


def _picked(which: Table, rows: Sequence[Row], step: PlannedStep) -> list[Row] | str:
    if step.which in {"first", "last"}:
        return list(rows[: step.count] if step.which == "first" else rows[-step.count :])
    if not step.fields:
        return "asks by which column"
    match = map_field(step.fields[0], which.columns, which.rows)
    if match.column is None:
        return "asks by which column"
    name = match.column.name
    ordered = sorted(rows, key=lambda row: str(row[name]) if match.column and match.column.type == "date" else float(str(row[name])))  # fmt: skip
    if step.which in {"highest", "newest"}:
        ordered.reverse()
    return ordered[: step.count]
