"""The data steps: filtering, picking, comparing with memory, storing. Work on staged rows, never on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import JsonValue

from podium.state.errors import Fatal
from podium.state.export import export_rows
from podium.state.program import (
    AssertStep,
    ChangedStep,
    Column,
    Condition,
    EachStep,
    JoinStep,
    Move,
    NewSinceStep,
    PickStep,
    StoreStep,
    WhereStep,
    detail_columns,
    detail_step,
    walk,
)
from podium.state.runs import ArtifactRef
from podium.state.stores import Row
from podium.tools.grounding.lists import Cell, type_rows
from podium.tools.grounding.values import has_moved, meets
from podium.tools.running.expecting import judge_rows, note_held
from podium.tools.running.task import Task, consumers, key_of, row_hash, visible

_LARGEST_VALUE = 2_000


_SAMPLE_ROWS = 10
"""Rows a run shows of what it stored; outputs travel in checkpoints, so they stay small."""


def staged(task: Task, step_id: str) -> tuple[Row, ...]:
    """Return the rows of an earlier step."""
    return task.services.stores.staging.rows(task.context.run_id, step_id)


def stage(task: Task, rows: Sequence[Row]) -> None:
    """Keep the rows of this step and note how many; the first row's values become `{steps.ID.first.column}`."""
    task.services.stores.staging.put(task.context.run_id, task.step.id, rows)
    task.rows = len(rows)
    task.outputs["count"] = len(rows)
    if rows:
        task.outputs["first"] = {
            name: value
            for name, value in visible(rows[0]).items()
            if not isinstance(value, str) or len(value) <= _LARGEST_VALUE
        }
    task.evidence["rows"] = len(rows)


def run_where(task: Task, step: WhereStep) -> None:
    """Keep the rows that satisfy every condition; none may be left, which is no failure by itself."""
    rows = staged(task, step.args.rows)
    stage(task, fulfilling(task, rows, step.args.conditions))
    task.evidence["of"] = len(rows)
    _judge(task)


def fulfilling(task: Task, rows: Sequence[Row], wanted: Sequence[Condition]) -> list[Row]:
    """Return the rows for which all conditions hold. Raises: Fatal when they lack a column."""
    conditions = [_rendered(task, condition) for condition in wanted]
    for condition in conditions:
        if rows and not any(condition.column in row for row in rows):
            raise Fatal(f"The rows have no column {condition.column!r}", code="unknown_name")
    return [row for row in rows if all(meets(row, one) for one in conditions)]


def _rendered(task: Task, condition: Condition) -> Condition:
    match condition.value:
        case str() as text:
            value: JsonValue = task.render(text)
        case list() as values:
            value = [task.render(one) if isinstance(one, str) else one for one in values]
        case _:
            return condition
    return condition.model_copy(update={"value": value})


def _judge(task: Task) -> None:
    """Judge row counts only where the program states one: a filter may well leave nothing."""
    if any(item.kind == "rows" for item in task.step.expect):
        judge_rows(task)


def run_pick(task: Task, step: PickStep) -> None:
    """Keep the first, last, highest, lowest rows, or the one with the key."""
    rows, args = list(staged(task, step.args.rows)), step.args
    kept: list[Row] = []
    match args.which:
        case "first":
            kept = rows[: args.count]
        case "last":
            kept = rows[-args.count :] if args.count else []
        case "highest" | "lowest":
            if rows and not any(args.column in row for row in rows):
                raise Fatal(f"The rows have no column {args.column!r}", code="unknown_name")
            known = [row for row in rows if not _empty(row.get(args.column))]
            # Equal values keep the page's order, in both directions.
            ordered = sorted(
                known, key=lambda row: _rank(row[args.column]), reverse=args.which == "highest"
            )
            kept = ordered[: args.count]
        case "by_key":
            wanted = task.render(args.key).casefold().strip()
            kept = [row for row in rows if key_of(row).casefold() == wanted]
    stage(task, kept)
    task.evidence["of"] = len(rows)
    _judge(task)


def _empty(value: JsonValue) -> bool:
    return value is None or value == ""


def _rank(value: JsonValue) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (1, float(value), "")
    return (0, 0.0, str(value).casefold())


def run_memory(task: Task, step: NewSinceStep | ChangedStep) -> None:
    """Keep the rows that earlier runs have not seen, or have seen otherwise.

    What is kept here counts as seen only once the step that uses it is done: a run that was killed finds it again.
    """
    if isinstance(step, ChangedStep) and step.args.move is not None:
        _run_moved(task, step, step.args.move)
        return
    rows = staged(task, step.args.rows)
    seen = task.services.stores.memory.seen(task.context.agent, step.id)
    fresh = [row for row in rows if key_of(row) not in seen]
    if isinstance(step, ChangedStep):
        columns = step.args.columns
        fresh = [
            row
            for row in rows
            if key_of(row) not in seen or _view(row, columns) != _view(seen[key_of(row)], columns)
        ]
    stage(task, fresh)
    task.evidence["of"] = len(rows)
    if not consumers(task.context.program.steps, step.id):
        remember(task, step.id, fresh)
    _judge(task)


def _run_moved(task: Task, step: ChangedStep, move: Move) -> None:
    """Keep the rows whose number moved far enough since the run before; the others are remembered at once.

    A kept row's new value is remembered by what uses it, so that a run that was killed finds the move again.
    """
    rows = staged(task, step.args.rows)
    column = step.args.columns[0] if step.args.columns else ""
    if rows and not any(column in row for row in rows):
        raise Fatal(f"The rows have no column {column!r}", code="unknown_name")
    seen = task.services.stores.memory.seen(task.context.agent, step.id)
    known = [row for row in rows if column in seen.get(key_of(row), {})]
    kept = [row for row in known if has_moved(seen[key_of(row)][column], row.get(column), move)]
    stage(task, kept)
    task.evidence["of"] = len(rows)
    task.evidence["compared"] = len(known)
    if rows and not known:
        task.evidence["first"] = "nothing to compare with yet; what was read is remembered"
    used = bool(consumers(task.context.program.steps, step.id))
    moved = {key_of(row) for row in kept} if used else set[str]()
    remember(
        task, step.id,
        [row for row in rows if key_of(row) not in moved and not _empty(row.get(column))],
    )  # fmt: skip
    _judge(task)


def _view(row: Row, columns: Sequence[str]) -> Row:
    shown = visible(row)
    return {name: shown.get(name) for name in columns} if columns else shown


def remember(task: Task, step_id: str, rows: Sequence[Row]) -> None:
    """Let the agent know the rows from now on; only live runs learn."""
    if task.context.mode == "live" and rows:
        kept = {key_of(row): visible(row) for row in rows}
        task.services.stores.memory.remember(task.context.agent, step_id, kept)


def remember_used(task: Task) -> None:
    """After a step that may be the last use of remembered rows: count as seen what was worked through.

    A store is the use of all rows at once, the end of a loop's body the use of one.
    """
    steps = task.context.program.steps
    for source in walk(steps):
        if not isinstance(source, NewSinceStep | ChangedStep):
            continue
        users = consumers(steps, source.id)
        if not users:
            continue
        last = users[-1]
        rows = {key_of(row): row for row in staged(task, source.id)}
        loops = [user for user in users if isinstance(user, EachStep)]
        loop = next(
            (one for one in loops if one.args.steps and one.args.steps[-1].id == task.step.id), None
        )
        if loop is not None and task.item is not None:
            _mark(task, loop.id)
            if loop is last and task.item_key in rows and _through(task, loops, task.item_key):
                remember(task, source.id, [rows[task.item_key]])
        elif last.id == task.step.id:
            remember(
                task, source.id, [row for key, row in rows.items() if _through(task, loops, key)]
            )


def _mark(task: Task, loop_id: str) -> None:
    task.services.stores.staging.put(
        task.context.run_id, _mark_id(loop_id, task.item_key), [{"_key": task.item_key}]
    )


def _through(task: Task, loops: Sequence[EachStep], key: str) -> bool:
    """Return whether every loop over these rows has finished with the row, as far as it walks that row."""
    for loop in loops:
        walked = {key_of(row) for row in staged(task, loop.args.rows)}
        if key in walked and not staged(task, _mark_id(loop.id, key)):
            return False
    return True


def _mark_id(loop_id: str, key: str) -> str:
    return f"{loop_id}.{row_hash({'key': key})[:16]}"


def run_assert(task: Task, step: AssertStep) -> None:
    """Fail when the number of rows is outside the bounds. Raises: Fatal."""
    count = len(staged(task, step.args.rows))
    task.rows = count
    task.evidence["rows"] = count
    least, most = step.args.at_least, step.args.at_most
    if least is not None and count < least:
        raise Fatal(f"There are {count} rows, at least {least} are required", code="expectation")
    if most is not None and count > most:
        raise Fatal(f"There are {count} rows, at most {most} are allowed", code="expectation")
    task.evidence["proof"] = True


def stage_details(task: Task, cells: Mapping[str, Cell]) -> None:
    """Keep what was read of the present row's own page; read again after a kill, it is the same."""
    written: JsonValue = {
        name: [cell.text, cell.href, cell.datetime] for name, cell in cells.items()
    }
    place = _details_id(task.step.id, task.item_key)
    task.services.stores.staging.put(task.context.run_id, place, [{"_cells": written}])


def run_join(task: Task, step: JoinStep) -> None:
    """Give each row what its own page said, typed by all pages together; a row whose page was not read has it empty.

    Raises:
        Fatal: If there are more rows than pages may be opened, or no page has one of the columns any more.
    """
    args, program = step.args, task.context.program
    rows = staged(task, args.rows)
    _check_bound(task, args.details, len(rows))
    details = detail_step(program.steps, step)
    if details is None:
        raise Fatal(f"No step {args.details!r} reads the rows' own pages", code="unknown_name")
    read = {
        key: cells for row in rows if (cells := _details(task, args.details, key := key_of(row)))
    }
    typed = dict(zip(read, type_rows(details.args.list, list(read.values())), strict=True))
    if task.context.mode != "build":
        _check_columns(typed, detail_columns(program.steps, step))
    taken = {name: None for name in args.columns}
    wanted = {*args.columns, *(f"{name}_currency" for name in args.columns)}
    joined: list[Row] = []
    for row in rows:
        own = typed.get(key_of(row), {})
        more = {name: value for name, value in own.items() if name in wanted}
        joined.append({**row, **taken, **more})
    stage(task, joined)
    task.evidence |= {"of": len(rows), "details": len(read)}
    _judge(task)


def _details_id(step_id: str, key: str) -> str:
    return f"{step_id}.{row_hash({'details': key})[:16]}"


def _details(task: Task, step_id: str, key: str) -> dict[str, Cell]:
    kept = staged(task, _details_id(step_id, key))
    cells = kept[0].get("_cells") if kept else None
    if not isinstance(cells, dict):
        return {}
    return {
        name: Cell(*(str(part) for part in parts))
        for name, parts in cells.items()
        if isinstance(parts, list)
    }


def _check_bound(task: Task, details: str, count: int) -> None:
    loops = (one for one in walk(task.context.program.steps) if isinstance(one, EachStep))
    bound = next(
        (loop.args.limit for loop in loops if any(one.id == details for one in loop.args.steps)),
        None,
    )
    if bound is not None and count > bound:
        raise Fatal(
            f"There are {count} rows; the pages of at most {bound} are opened",
            code="expectation",
            hint="Narrow the list by a condition, or read it without what only the rows' own pages say.",
        )


def _check_columns(typed: Mapping[str, Row], columns: Sequence[Column]) -> None:
    for column in columns:
        if typed and all(_empty(row.get(column.name)) for row in typed.values()):
            raise Fatal(
                f"None of {len(typed)} rows' own pages has {column.header or column.name!r}",
                code="not_found_on_page",
            )


def run_store(task: Task, step: StoreStep) -> None:
    """Upsert the rows into the dataset; build and test only rehearse it.

    Raises:
        Fatal: If a row lacks a key column, or two rows of this run have the same key and differ.
    """
    args = step.args
    rows = [_taken(row, args.columns) for row in staged(task, args.rows)]
    task.rows = len(rows)
    _check_keys(rows, args.key)
    sample: list[JsonValue] = [dict(row) for row in rows[:_SAMPLE_ROWS]]
    task.outputs |= {"count": len(rows), "dataset": args.dataset, "sample": sample}
    task.evidence |= {"dataset": args.dataset, "rows": len(rows)}
    if task.context.mode != "live":
        task.evidence["rehearsed"] = True
        return
    if rows:
        stored = task.services.datasets.upsert(args.dataset, rows, key=args.key)
        changes: dict[str, JsonValue] = {
            "added": stored.added,
            "changed": stored.changed,
            "unchanged": stored.unchanged,
        }
        task.outputs |= changes
        task.evidence |= changes
    if rows and args.export:
        task.artifacts.append(_written(task, rows, name=f"{args.dataset}.{args.export}"))
    task.evidence["proof"] = True
    note_held(task, [item for item in step.expect if item.kind == "rows"])


def _written(task: Task, rows: Sequence[Row], *, name: str) -> ArtifactRef:
    """Return the rows as a kept file; the same rows are the same file."""
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    with TemporaryDirectory() as folder:
        path = export_rows(rows, columns, Path(folder) / name)
        ref = task.services.artifacts.keep(
            path, agent=task.context.space, name=name, run_id=task.context.run_id
        )
    task.evidence |= {"file": ref.name, "bytes": ref.bytes, "sha256": ref.sha256}
    return ref


def _taken(row: Row, columns: Sequence[str]) -> Row:
    shown = visible(row)
    if not columns:
        return shown
    wanted = {*columns, *(f"{name}_currency" for name in columns)}
    return {name: value for name, value in shown.items() if name in wanted}


def _check_keys(rows: Sequence[Row], key: Sequence[str]) -> None:
    for name in key:
        missing = sum(_empty(row.get(name)) for row in rows)
        if missing:
            raise Fatal(
                f"{missing} of {len(rows)} rows have no {name!r}, which is their key",
                code="expectation",
            )
