"""Schedules: keeping, pausing, skipping, running now."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from podium.server.routes.shared import Body, Id, Service, StrictRoute
from podium.server.service import Podium
from podium.server.timetable import Timetable
from podium.server.views import firing_view, run_view, schedule_view
from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.triggers import Missed, Overlap

router = APIRouter(route_class=StrictRoute, tags=["schedules"])


class ScheduleIn(Body):
    """When an agent shall run, in words or as five cron fields, and what to do when it cannot."""

    agent: str
    when: str
    timezone: str = ""
    missed: Missed | None = None
    overlap: Overlap | None = None
    cap: int | None = None
    exclusive: bool | None = None
    pause_after: int | None = None


@router.get("/schedules")
async def schedules(podium: Service) -> list[JsonObject]:
    """List all schedules with their next five firings."""
    rows = await asyncio.to_thread(podium.stores.schedules.list)
    return [schedule_view(row, now=podium.clock.now()) for row in rows]


@router.post("/schedules", status_code=201)
async def schedule(body: ScheduleIn, podium: Service) -> JsonObject:
    """Keep an agent's schedule, replacing the one before; policies that are not given stay."""
    agent = await asyncio.to_thread(podium.stores.agents.get, body.agent)
    heard = await asyncio.to_thread(
        podium.desk.roster.schedule_in_words,
        agent.name,
        body.when,
        timezone=body.timezone or podium.desk.timezone,
        policies=body.model_dump(include={"missed", "overlap", "cap", "exclusive", "pause_after"}),
    )
    if heard.schedule is None:
        raise UserError(
            f"{body.when!r} is no schedule", hint="DELETE the schedule to run the agent by hand."
        )
    return {**await _shown(podium, agent.name), "assumed": heard.assumed}


@router.get("/schedules/{agent}")
async def show(agent: Id, podium: Service) -> JsonObject:
    """Show a schedule with its next five times and what it started last."""
    shown = await _shown(podium, agent)
    firings = await asyncio.to_thread(podium.stores.firings.list, agent=agent, limit=20)
    return {**shown, "firings": [firing_view(item) for item in firings]}


@router.delete("/schedules/{agent}", status_code=204)
async def unschedule(agent: Id, podium: Service) -> None:
    """Forget an agent's schedule; it runs only when asked then."""
    await _shown(podium, agent)
    await asyncio.to_thread(podium.desk.roster.unschedule, agent)


@router.post("/schedules/{agent}/pause")
async def pause(agent: Id, podium: Service) -> JsonObject:
    """Stop a schedule until it is resumed."""
    await asyncio.to_thread(_timetable(podium).pause, agent)
    return await _shown(podium, agent)


@router.post("/schedules/{agent}/resume")
async def resume(agent: Id, podium: Service) -> JsonObject:
    """Let a schedule go on; what passed meanwhile is not made up for."""
    await asyncio.to_thread(_timetable(podium).resume, agent)
    return await _shown(podium, agent)


@router.post("/schedules/{agent}/skip")
async def skip(agent: Id, podium: Service) -> JsonObject:
    """Leave the next time out."""
    await asyncio.to_thread(_timetable(podium).skip, agent)
    return await _shown(podium, agent)


@router.post("/schedules/{agent}/now", status_code=201)
async def now(agent: Id, podium: Service) -> JsonObject:
    """Start a run at once; the next time stays what it is."""
    return run_view(await podium.run_now(agent))


def _timetable(podium: Podium) -> Timetable:
    return Timetable(podium.stores, podium.clock)


async def _shown(podium: Podium, agent: str) -> JsonObject:
    row = await asyncio.to_thread(podium.stores.schedules.row, agent)
    return schedule_view(row, now=podium.clock.now())
