"""`wait` between looks: the run ends here until the next one, for minutes or days, and holds no worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from podium.state.errors import Fatal, Retryable
from podium.state.program import ExtractStep, Step, WaitStep
from podium.state.questions import FieldSpec, Question
from podium.tools.page import StepPolicy
from podium.tools.running.expecting import judge_page
from podium.tools.running.finding import Asked, find, question_id
from podium.tools.running.going import go
from podium.tools.running.probing import read_step
from podium.tools.running.signing_in import sign_in_again
from podium.tools.running.task import Task, row_hash

Perform = Callable[[Task], Awaitable[None]]

_AGAIN, _STOP = "look again", "stop waiting"
_NOT_YET = frozenset({"not_found_on_page", "expectation"})
_LOOK_S = 2.5
"""How long one look waits for the page: the next one comes anyway."""


async def watch(task: Task, step: WaitStep, perform: Perform) -> None:
    """Look; end the step when it is there, else stop until the next look. A test looks once and goes on.

    Raises:
        Asked: To stop: the question's end takes its default, and the step looks again.
        Fatal: If the time is up (`timeout`), or a person ended it (`cancelled`).
        StepError: If looking fails in another way than by not finding anything.
    """
    if (task.answer or {}).get("next") == _STOP:
        raise Fatal("Waiting was ended by an answer", code="cancelled")
    since, first = await asyncio.to_thread(_since, task)
    if await _is_there(task, step, perform, fresh=not first):
        await asyncio.to_thread(task.services.stores.staging.put, *_place(task), ())
        waited = round((task.services.clock.now() - since).total_seconds())
        task.evidence |= {"proof": True, "waited_s": waited}
        return
    if task.context.mode != "live":
        task.message = "not so yet: here a run would wait, what follows is tried all the same"
        return
    now, over = task.services.clock.now(), since + timedelta(seconds=step.args.timeout_s)
    if now >= over:
        raise Fatal(f"{step.title!r}: not so until {over:%Y-%m-%d %H:%M} UTC", code="timeout")
    next_look = min(now + timedelta(seconds=step.args.every_s), over)
    raise Asked(
        Question(
            id=question_id(task, f"look-{next_look:%Y%m%dT%H%M%S}"),
            kind="choice",
            title=f"{step.title}: waiting",
            text=f"The next look is at {next_look:%Y-%m-%d %H:%M} UTC, the last one at {over:%Y-%m-%d %H:%M} UTC.",
            fields=(
                FieldSpec(
                    name="next",
                    title="What now?",
                    type="choice",
                    choices=(_AGAIN, _STOP),
                    default=_AGAIN,
                ),
            ),
            expires_at=next_look,
            timer=True,
        )
    )


def _place(task: Task) -> tuple[str, str]:
    row = f".{row_hash({'key': task.item_key})}" if task.item_key else ""
    return task.context.run_id, f"{task.step.id}.since{row}"


def _since(task: Task) -> tuple[datetime, bool]:
    """Return when the waiting began, as whoever began it wrote down, and whether it begins now."""
    staging = task.services.stores.staging
    kept = staging.rows(*_place(task))
    if kept:
        return datetime.fromisoformat(str(kept[0]["_key"])), False
    now = task.services.clock.now()
    staging.put(*_place(task), [{"_key": now.isoformat()}])
    return now, True


async def _is_there(task: Task, step: WaitStep, perform: Perform, *, fresh: bool) -> bool:
    """Return whether it is there now; after the first look the page is loaded anew."""
    page = task.live_page
    look = read_step(step, step.args.until, "look")
    try:
        if look is not None:
            return await _finds(task, look, perform)
        if fresh:
            await go(task, await page.url())
            if await sign_in_again(task):
                await go(task, task.progress.safe_url or await page.url())
        assert step.args.target is not None, "checked with the program"
        await find(task, task.render_target(step.args.target), strict=False, timeout_s=_LOOK_S)
    except Fatal as error:
        if error.code not in _NOT_YET and not (error.code == "http_status" and _is_down(task)):
            raise
        return False
    except Retryable as error:
        if error.code == "browser_gone":
            raise
        task.evidence["last_look"] = (
            error.message
        )  # out of reach just now: the next look comes anyway
        return False
    return True


def _is_down(task: Task) -> bool:
    documents = task.live_page.traffic().documents
    return bool(documents) and documents[-1][1] >= 500


async def _finds(task: Task, look: Step, perform: Perform) -> bool:
    inner = Task(
        services=task.services,
        step=look,
        context=task.context,
        progress=task.progress,
        item=task.item,
        page=task.page,
    )
    await inner.live_page.begin(StepPolicy(signatures=frozenset(look.signatures)))
    if isinstance(look, ExtractStep) and look.args.url:
        await go(inner, inner.render(look.args.url))
        if await sign_in_again(task):
            await go(inner, inner.render(look.args.url))
    await perform(inner)
    if isinstance(look, ExtractStep):
        return bool(inner.rows)
    await judge_page(inner)
    return True
