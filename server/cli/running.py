"""`run`, `runs resume`, `runs cancel`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import JsonValue

from podium.server.bootstrap import open_podium
from podium.server.cli.listings import records, show_run
from podium.server.cli.output import DONE, FAILED, OUTCOMES, WAITING, emit, say
from podium.server.cli.progress import Follower
from podium.server.following import Following, chain_view
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.server.views import run_view
from podium.state.document import JsonObject
from podium.state.runs import Run

Work = Callable[[Podium], Awaitable[Run]]


def run(
    name: str, inputs: JsonObject, version: int | None, *, dedupe_key: str, as_json: bool
) -> int:
    """Run an agent to its stop and return the exit code."""

    async def work(podium: Podium) -> Run:
        follower = Follower(podium, quiet=as_json)
        started = await podium.start_run(
            name, inputs, version, trigger="cli", dedupe_key=dedupe_key
        )
        return await _until_stopped(follower, started.run_id)

    return _report(asyncio.run(_with_podium(work)), as_json=as_json)


def now(name: str, *, as_json: bool) -> int:
    """Run a scheduled agent to its stop and return the exit code."""

    async def work(podium: Podium) -> Run:
        follower = Follower(podium, quiet=as_json)
        started = await podium.run_now(name)
        return await _until_stopped(follower, started.run_id)

    return _report(asyncio.run(_with_podium(work)), as_json=as_json)


def resume(run_id: str, *, as_json: bool) -> int:
    """Go on with a run and return the exit code."""

    async def work(podium: Podium) -> Run:
        follower = Follower(podium, quiet=as_json)
        await podium.resume_run(run_id)
        return await _until_stopped(follower, run_id)

    return _report(asyncio.run(_with_podium(work)), as_json=as_json)


def resumable(*, as_json: bool) -> int:
    """List the runs that `runs resume` can go on with, and those that wait for an answer instead."""
    with records() as kept:
        unfinished = kept.stores.runs.unfinished()
        waiting = [run for run in unfinished if run.status == "waiting"]
        gone = [run for run in unfinished if run.status != "waiting"] if kept.abandoned() else []
    if as_json:
        views: list[JsonValue] = [run_view(run) for run in gone]
        emit(views)
        return DONE
    for run in gone:
        say(
            f"{run.agent}, {run.status} since {run.created_at:%Y-%m-%d %H:%M}: podium runs resume {run.run_id}"
        )
    for run in waiting:
        say(f"{run.agent} waits for an answer: podium answer {run.thread_id}")
    if not gone:
        say(
            "No run is left to go on with. A failed one: podium runs list, then podium runs fork RUN --from STEP."
        )
    return DONE


def fork(run_id: str, step: str, *, repeat_writes: bool, as_json: bool) -> int:
    """Run again from a step on and return the exit code."""

    async def work(podium: Podium) -> Run:
        follower = Follower(podium, quiet=as_json)
        forked = await podium.fork_run(run_id, step, repeat_writes=repeat_writes)
        return await _until_stopped(follower, forked.run_id)

    return _report(asyncio.run(_with_podium(work)), as_json=as_json)


def cancel(run_id: str, *, as_json: bool) -> int:
    """End a run; the exit code says whether it was ended."""

    async def work(podium: Podium) -> Run:
        return await podium.cancel_run(run_id)

    cancelled = asyncio.run(_with_podium(work))
    _report(cancelled, as_json=as_json)
    return DONE


async def _with_podium(work: Work) -> Run:
    async with open_podium(Settings()) as podium:
        return await work(podium)


async def _until_stopped(follower: Follower, run_id: str) -> Run:
    """Follow the run, and what follows it, to their stop."""
    await follower.until_stopped(run_id)
    run = follower.podium.stores.runs.get(run_id)
    if run.status == "finished":
        await Following(follower.podium).settle(run_id)
    return run


def _report(finished: Run, *, as_json: bool) -> int:
    with records() as kept:
        view = chain_view(kept.stores, finished)
    if as_json:
        emit(view)
    else:
        show_run(finished, view)
    if finished.status != "finished":
        return WAITING
    return OUTCOMES.get(str(finished.outcome), FAILED)
