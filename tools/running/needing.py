"""Which columns of a list a program needs: rows that are only acted on need what chooses and names them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.state.program import (
    AssertStep,
    EachStep,
    ExtractStep,
    ListSpec,
    NewSinceStep,
    PickStep,
    Step,
    WhereStep,
    walk,
)

_ACTING = frozenset({"open", "click", "fill", "select", "check", "press", "hover", "wait", "assert", "upload", "scroll"})  # fmt: skip
"""Steps in a loop that take of their row no more than they name."""
_NAMED = re.compile(r"\{item\.(\w+)")


def wanted_columns(step: ExtractStep, steps: Sequence[Step]) -> frozenset[str]:
    """Return the columns that the run needs from the list.

    What the step keeps, else what its rows are chosen and acted on by, else all that were labelled.
    """
    spec = step.args.list
    used = acted_on_by(step.id, steps) if not step.args.take else None
    needed = {*spec.key, *step.args.take, *(used or ())}
    if not step.args.take and used is None:
        needed = {
            column.name for column in spec.columns if _labelled(column.header, column.name, spec)
        }
    known = {column.name for column in spec.columns}
    return frozenset(needed & known | {*step.args.take}) - {*step.args.may_lack}


def _labelled(header: str, name: str, spec: ListSpec) -> bool:
    return bool(header) or name in spec.key


def acted_on_by(source: str, steps: Sequence[Step]) -> frozenset[str] | None:
    """Return the columns by which the rows are chosen and acted on; None where the rows themselves are kept or told."""
    made, names, acted = {source}, set[str](), False
    for step in walk(tuple(steps)):
        rows = getattr(step.args, "rows", None)
        if _tells(step, made):
            return None
        if rows not in made:
            continue
        match step:
            case WhereStep():
                made.add(step.id)
                names |= {condition.column for condition in step.args.conditions}
            case PickStep():
                made.add(step.id)
                names |= {step.args.column} if step.args.column else set()
            case NewSinceStep():
                made.add(step.id)
            case AssertStep():
                pass
            case EachStep() if all(one.op in _ACTING for one in walk(step.args.steps)):
                acted = True
                names |= set(_NAMED.findall(step.model_dump_json()))
            case _:
                return None
    return frozenset(names) if acted else None


def _tells(step: Step, made: set[str]) -> bool:
    """Return whether the step uses values of the rows by name: of the first one, say."""
    said = set(re.findall(r"\{steps\.([\w-]+)\.", step.model_dump_json()))
    return bool(said & made)
