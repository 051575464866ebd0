"""Taking over compiled steps of an earlier version: they are replayed, so that what follows can be built on them."""

from __future__ import annotations

from typing import cast

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.program import (
    EachStep,
    ExtractStep,
    JoinStep,
    SignInStep,
    Step,
    WhenStep,
    detail_columns,
    rows_of,
    walk,
)
from podium.tools.building.details import joined_fact
from podium.tools.building.fields import Row, low_cardinality
from podium.tools.building.work import Work


async def keep_steps(work: Work, steps: tuple[Step, ...]) -> None:
    """Replay the compiled steps and learn from them what later planned steps need to know.

    Loops and writes are taken over unrepeated: what they fetch or send is proven by the test run of the whole
    program, and no write is sent a second time for the sake of a build.

    Raises:
        StepFailed: If one does not hold on the page as it is now.
        Asked: If one needs a person.
    """
    for step in steps:
        if isinstance(step, EachStep | WhenStep) or step.effect in {"write", "irreversible"}:
            _keep_unrepeated(work, step)
        else:
            await work.perform(step)
            await _learn(work, step)


def _keep_unrepeated(work: Work, step: Step) -> None:
    work.steps.append(step)
    progress = work.progress()
    work.facts["progress"] = {
        "outputs": progress.outputs,
        "done": [*progress.done, step.id],
        "safe_url": progress.safe_url,
    }
    fetched = [inner.id for inner in walk((step,)) if inner.op == "download"]
    if fetched:
        work.facts["files"] = fetched[-1]


async def _learn(work: Work, step: Step) -> None:
    if isinstance(step, ExtractStep):
        work.facts["list"] = _list_fact(work, step)
        work.facts.pop("files", None)
    if isinstance(step, ExtractStep) or (rows_of(step) is not None and step.op not in _ENDS):
        work.facts["rows"] = step.id
    if isinstance(step, JoinStep):
        _add_columns(work, step)
    if isinstance(step, SignInStep):
        work.facts["sign_in_url"] = step.args.url
    if step.op in _MOVES and work.opened is not None:
        work.facts["url"] = await work.page.url()


def _add_columns(work: Work, step: JoinStep) -> None:
    fact = work.facts.get("list")
    if isinstance(fact, dict):
        steps = (*work.draft.steps, *work.steps)
        work.facts["list"] = joined_fact(fact, step.id, detail_columns(steps, step))


_ENDS = frozenset({"store", "assert"})
_MOVES = frozenset({"open", "sign_in", "click", "fill", "select", "check", "press"})


def _list_fact(work: Work, step: ExtractStep) -> JsonObject:
    rows = cast("list[Row]", work.rows(step.id))
    spec = step.args.list
    values: dict[str, JsonValue] = {
        name: cast("list[JsonValue]", kinds)
        for name, kinds in low_cardinality(spec.columns, rows).items()
    }
    return {
        "step": step.id,
        "url": step.args.url,
        "columns": [column.to_json() for column in spec.columns],
        "values": values,
        "key": list(spec.key),
        "take": list(step.args.take),
        "rows": len(rows),
    }
