"""Runs of agents."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from podium.server.following import chain_view
from podium.server.routes.shared import (
    Body,
    Id,
    LastEvent,
    Service,
    Streams,
    StrictRoute,
    Wait,
    events_page,
    stream,
)
from podium.server.service import Podium
from podium.server.views import run_view
from podium.state.document import JsonObject

router = APIRouter(prefix="/runs", route_class=StrictRoute, tags=["runs"])


class RunIn(Body):
    """Which agent runs, and with what."""

    agent: str
    inputs: JsonObject = Field(default_factory=dict)
    version: int | None = None


@router.post("", status_code=202, response_model=None)
async def start(
    request: Request,
    body: RunIn,
    podium: Service,
    wait: Wait,
    idempotency_key: Annotated[str, Header(max_length=255)] = "",
    *,
    streams: Streams,
) -> Response | JsonObject:
    """Start a run; answer when it stops (or is `running` when that takes longer), or with its events as they come.

    The same `Idempotency-Key` again is the same run: it is started once.
    """
    run = await podium.start_run(
        body.agent, body.inputs, body.version, trigger="http", dedupe_key=idempotency_key
    )
    if streams:
        return stream(request, podium, run.run_id, after=0, final="run")
    return await _settled(podium, run.run_id, wait)


@router.get("")
async def runs(
    podium: Service,
    agent: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[JsonObject]:
    """List live runs, newest first; with an agent also its builds and tests."""
    if agent is not None:
        agent = (await asyncio.to_thread(podium.stores.agents.get, agent)).name
    found = await asyncio.to_thread(podium.stores.runs.list, agent=agent, limit=limit)
    return [run_view(item) for item in found]


@router.get("/{run_id}")
async def run(run_id: Id, podium: Service) -> JsonObject:
    """Show a run: steps with evidence, outputs, artifacts, what it waits for, and the runs that follow it."""
    found = await asyncio.to_thread(podium.stores.runs.get, run_id)
    return await asyncio.to_thread(chain_view, podium.stores, found)


@router.get("/{run_id}/why")
async def why(run_id: Id, podium: Service) -> JsonObject:
    """Say why the run failed: step, expected and seen, what changed since the last good run, its class."""
    return await asyncio.to_thread(_why, podium, run_id)


def _why(podium: Podium, run_id: str) -> JsonObject:
    agent = podium.stores.runs.get(run_id).agent
    return podium.desk.troubleshooting.view(agent, run_id=run_id)


@router.post("/{run_id}/resume", status_code=202)
async def resume(run_id: Id, podium: Service, wait: Wait) -> JsonObject:
    """Go on with a run that stopped without an end."""
    await podium.resume_run(run_id)
    return await _settled(podium, run_id, wait)


class ForkIn(Body):
    """From which step a run is done again."""

    step: str
    repeat_writes: bool = False


@router.post("/{run_id}/fork", status_code=202)
async def fork(run_id: Id, body: ForkIn, podium: Service, wait: Wait) -> JsonObject:
    """Run again from a step on, on a copy of the run's thread; nothing is written twice unless asked."""
    forked = await podium.fork_run(run_id, body.step, repeat_writes=body.repeat_writes)
    return await _settled(podium, forked.run_id, wait)


@router.post("/{run_id}/cancel")
async def cancel(run_id: Id, podium: Service) -> JsonObject:
    """End a run that is queued, under way or waiting."""
    return run_view(await podium.cancel_run(run_id))


@router.get("/{run_id}/events", response_model=None)
async def events(
    request: Request,
    run_id: Id,
    podium: Service,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    *,
    streams: Streams,
    last: LastEvent,
) -> Response | JsonObject:
    """Return the run's events: a page of JSON, or a stream that `Last-Event-ID` resumes."""
    await asyncio.to_thread(podium.stores.runs.get, run_id)
    since = after if last is None else last
    if streams:
        return stream(request, podium, run_id, after=since, final="run")
    return await asyncio.to_thread(events_page, podium, run_id, after=since, limit=limit)


async def _settled(podium: Podium, run_id: str, wait: float) -> JsonObject:
    await podium.settle(run_id, timeout_s=wait)
    found = await asyncio.to_thread(podium.stores.runs.get, run_id)
    return await asyncio.to_thread(chain_view, podium.stores, found)
