"""What the keys of a program's writes depend on: with it unchanged, another version of the agent repeats none of them."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.program import EachStep, Program, Step, columns_of, origin_list, walk

WRITES = frozenset({"write", "irreversible"})


def same_writes(before: Program, after: Program) -> bool:
    """Return whether a write of either program has the journal's key of the same write in the other.

    The key names the step, and inside of a loop the row; so the step, what it sends, and what its rows are told apart by
    must be as they were. Targets may differ: healing changes those alone.
    """
    return _identities(before) == _identities(after)


def _identities(program: Program) -> list[dict[str, object]]:
    return [
        {
            "step": step.id,
            "op": step.op,
            "effect": step.effect,
            "sends": sorted(step.signatures),
            "rows": _rows_of(program, step),
        }
        for step in walk(program.steps)
        if step.effect in WRITES
    ]


def _rows_of(program: Program, step: Step) -> list[str]:
    """Return what tells the rows apart that the step writes for; empty outside of loops."""
    loop = _loop_around(program.steps, step.id)
    if loop is None:
        return []
    rows = loop.args.rows
    listed = origin_list(program, rows)
    key = listed.args.list.key if listed is not None else ()
    names = key or tuple(column.name for column in columns_of(program, rows))
    return list(names)


def _loop_around(steps: Sequence[Step], step_id: str) -> EachStep | None:
    """Return the innermost loop around the step."""
    found: EachStep | None = None
    for step in walk(tuple(steps)):
        if isinstance(step, EachStep) and any(one.id == step_id for one in walk(step.args.steps)):
            found = step
    return found
