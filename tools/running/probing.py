"""Looking whether a write happened: by its compiled probe, in the run's own session or in one beside it. Reads only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

from podium.state.document import JsonObject
from podium.state.effects import NOT_SEEN, EffectRecord, Sighting, before_of
from podium.state.errors import Fatal, InvalidProgram, NotPermitted, Refused, Retryable, StepError
from podium.state.program import ExtractStep, OpenStep, Step, TextShown, parse_step
from podium.state.templates import names_in
from podium.tools.page import StepPolicy
from podium.tools.running.expecting import judge_page
from podium.tools.running.going import go
from podium.tools.running.signing_in import password_field, sign_in_again
from podium.tools.running.task import Task, row_hash
from podium.tools.running.timing import TimedPage

Perform = Callable[[Task], Awaitable[None]]
Verdict = Literal["done", "absent", "unknown"]


def probe_of(step: Step) -> Step | None:
    """Return the step's probe. Raises: Fatal when it is no read."""
    return read_step(step, step.probe, "probe")


def read_step(step: Step, value: JsonObject | None, name: str) -> Step | None:
    """Return the reading step that a step carries, if any. Raises: Fatal when it is none."""
    if value is None:
        return None
    try:
        look = parse_step(value)
    except InvalidProgram as error:
        raise Fatal(
            f"The {name} of {step.title!r} is not a step", code="invalid_program"
        ) from error
    if look.effect != "read":
        raise Fatal(f"The {name} of {step.title!r} is not a read", code="invalid_program")
    return look


async def look_for(task: Task, look: Step, perform: Perform, *, beside: bool = False) -> Sighting:
    """Return what the probe shows now; in the run's own session, signing in again where that has expired.

    `beside` looks with the run's cookies in a session of its own, so that a form that is filled stays as it is.
    """
    if beside:
        async with _session_beside(task) as page:
            return NOT_SEEN if page is None else await _look(task, look, perform, page)
    return await _look(task, look, perform, task.live_page)


async def _look(task: Task, look: Step, perform: Perform, page: TimedPage) -> Sighting:
    inner = Task(
        services=task.services,
        step=look,
        context=task.context,
        progress=task.progress,
        item=task.item,
        page=page,
    )
    await page.begin(StepPolicy(hold_writes=True))
    try:
        if isinstance(look, ExtractStep) and look.args.url:
            await go(inner, inner.render(look.args.url))
            if page is task.page and await sign_in_again(task):
                await page.begin(StepPolicy(hold_writes=True))
                await go(inner, inner.render(look.args.url))
            await perform(inner)
            return await _counted(inner, look)
        await perform(inner)
        await judge_page(inner)
    except Fatal as error:
        there = error.code == "expectation" and await _is_its_place(inner, look)
        return Sighting(count=0, complete=True) if there else NOT_SEEN
    except (Refused, NotPermitted):
        return NOT_SEEN
    except Retryable as error:
        if error.code == "browser_gone":
            raise
        return NOT_SEEN
    return Sighting(count=1, complete=True)


async def _counted(inner: Task, look: ExtractStep) -> Sighting:
    """Return how many rows fit; a list on another page than its own says nothing."""
    if not _same_place(inner.render(look.args.url), await inner.live_page.url()):
        return NOT_SEEN
    # Nearly all rows are enough to read a list, not to prove that one is absent.
    partly = inner.evidence.get("unread") or inner.evidence.get("short")
    complete = not (partly or look.args.limit is not None)
    return Sighting(
        count=inner.rows or 0, complete=complete, empty=inner.evidence.get("empty") is True
    )


async def _is_its_place(inner: Task, look: Step) -> bool:
    """Return whether an opened page is the one that was meant, and only the text that is looked for is missing."""
    if not isinstance(look, OpenStep):
        return False
    if not all(isinstance(item, TextShown) for item in look.expect):
        return False
    page = inner.live_page
    documents = page.traffic().documents
    if documents and documents[-1][1] >= 400:
        return False
    if password_field(await page.snapshot()) is not None:
        return False
    return _same_place(inner.render(look.args.url), await page.url())


def _same_place(wanted: str, present: str) -> bool:
    mine, here = urlsplit(wanted), urlsplit(present)
    route = [part.fragment if part.fragment.startswith(("/", "!")) else "" for part in (mine, here)]
    return (mine.netloc, mine.path.rstrip("/"), route[0]) == (
        here.netloc, here.path.rstrip("/"), route[1],
    )  # fmt: skip


@asynccontextmanager
async def _session_beside(task: Task) -> AsyncGenerator[TimedPage | None]:
    """Open a session with the run's cookies and storage; None when the browser cannot just now."""
    context, services = task.context, task.services
    run_id = f"{context.run_id}~beside"
    try:
        kept = await task.live_page.storage()
        opened = await services.browser.session(run_id, origins=context.origins)
        page = TimedPage(opened, services.clock)
        await page.restore(kept)
    except StepError:
        await services.browser.release(run_id)
        yield None
        return
    try:
        yield page
    finally:
        task.live_page.spent_s += page.spent_s
        await services.browser.release(run_id)


# -- What it means ------------------------------------------------------------------------------------


def judge(look: Step, record: EffectRecord, seen: Sighting, *, proven: bool) -> Verdict:
    """Return what a look says about a write that was sent: done, surely absent, or nothing.

    Rows like the one that was written may have been there before: only one more than then is this write's. A text that
    an `open` looks for is new by its own words, and needs no look before.
    """
    if seen.count is None:
        return "unknown"
    before = before_of(record)
    counted = before.count is not None or not isinstance(look, ExtractStep)
    least = before.count or 0
    if seen.count > least:
        return "done" if counted else "unknown"
    # A page that says "nothing" in place of its list may also have failed to load it.
    sure = seen.complete and seen.count == least and (not seen.empty or before.empty)
    return "absent" if sure and proven else "unknown"


def has_rival(task: Task, look: Step, record: EffectRecord) -> bool:
    """Return whether another run of the agent may have written the same values since this one began."""
    names = {name for space, name in names_in(str(look.to_json())) if space == "inputs"}
    context = task.context
    mine = {name: context.inputs.get(name) for name in names}
    runs = task.services.stores.runs.list(agent=context.agent, limit=50)
    since = next((run.created_at for run in runs if run.run_id == context.run_id), record.at)
    return any(
        run.run_id != context.run_id
        and (run.finished_at is None or run.finished_at >= since)
        and {name: run.inputs.get(name) for name in names} == mine
        for run in runs
    )


# -- Whether the probe can be relied on -----------------------------------------------------------------


def _trust_key(task: Task) -> str:
    return f"{task.context.agent}:{task.step.id}:~probe:{row_hash({'probe': str(task.step.probe)})[:16]}"


async def is_proven(task: Task) -> bool:
    """Return whether the probe was seen to find a write: by the build, or by an earlier run."""
    if task.step.probe_proven:
        return True
    kept = await asyncio.to_thread(task.services.stores.effects.get, _trust_key(task))
    return kept is not None


async def prove(task: Task, perform: Perform, before: Sighting) -> None:
    """After a write that the site took: look whether the probe finds it, and remember if so."""
    look = probe_of(task.step)
    if look is None or before.count is None or await is_proven(task):
        return
    seen = await look_for(task, look, perform, beside=True)
    found = seen.count == before.count + 1
    task.evidence["probe"] = "found it" if found else "did not find it"
    if not found:
        return
    record = EffectRecord(
        effect_key=_trust_key(task),
        run_id=task.context.run_id,
        step_id=task.step.id,
        status="done",
        request={},
        at=task.services.clock.now(),
        evidence={"probe": "found a write of this step"},
        attempt=task.attempt,
    )
    await asyncio.to_thread(task.services.stores.effects.put, record)
