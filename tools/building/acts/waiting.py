"""`wait`: the list that the next steps read, looked at again and again until they would keep one of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.errors import Fatal
from podium.state.plan import waited_for
from podium.state.program import ExtractStep, Step, WaitArgs, WaitStep, WhereStep
from podium.state.runs import StepRecord
from podium.tools.building.acts.narrowing import build_list
from podium.tools.building.acts.reading import back_to
from podium.tools.building.acts.sifting import build_filter
from podium.tools.building.work import Work

_OF_THE_LOOK = ("list", "rows", "progress")
"""Facts that the look leaves behind; the steps that read for good make their own."""


async def build_wait(work: Work) -> None:
    """Read the list as the next steps will, and keep that as the look which is repeated.

    Raises:
        Fatal: If nothing is read after it, or the list has no address to come back to.
    """
    before = dict(work.facts)
    read, kept = waited_for(work.agent.steps, work.planned)
    if read is None:
        raise Fatal(
            f"{work.planned.title!r}: no later step reads what is waited for",
            code="not_found_on_page",
            hint="Say what is waited for as rows of a list: wait until order 1042 is shipped.",
        )
    own, told = len(work.steps), len(work.records)
    for planned, build in ((read, build_list), (kept, build_filter)):
        if planned is not None:
            inner = work.inner(planned)
            await build(inner)
            work.model_calls = inner.model_calls
    look = _look(work.steps[own:])
    there = bool(work.rows(str(work.facts.get("rows"))))
    del work.steps[own:], work.records[told:]
    for name in _OF_THE_LOOK:
        work.facts.pop(name, None)
        if name in before:
            work.facts[name] = before[name]
    planned = work.planned
    step = WaitStep(
        id=work.step_id(),
        title=planned.title,
        args=WaitArgs(
            until=look.to_json(), every_s=planned.every_s, timeout_s=planned.within_s
        ),
    )  # fmt: skip
    work.steps.append(step)
    work.records.append(
        StepRecord(id=step.id, title=step.title, op=step.op, effect="read", status="done")
    )
    work.notes.append(
        f"{planned.title}: {'so today already' if there else 'not so today, a run waits for it'}."
    )
    await back_to(work, look.args.url)


def _look(steps: Sequence[Step]) -> ExtractStep:
    """Return one step that reads what all of them do."""
    reads = [step for step in steps if isinstance(step, ExtractStep)]
    plain = all(isinstance(step, ExtractStep | WhereStep) for step in steps)
    if len(reads) != 1 or not plain or not reads[0].args.url:
        raise Fatal(
            "What is waited for stands on no page of its own that could be looked at again and again",
            code="not_built_yet",
            hint="Give the address of the list that shows it.",
        )
    conditions = tuple(
        one for step in steps if isinstance(step, WhereStep) for one in step.args.conditions
    )
    args = reads[0].args.model_copy(update={"conditions": conditions, "limit": None})
    return reads[0].model_copy(update={"args": args, "expect": ()})
