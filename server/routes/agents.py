"""Agents and their schedules."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from pydantic import ValidationError

from podium.server.routes.shared import Body, Id, Service, StrictRoute
from podium.server.service import Podium
from podium.server.views import agent_document, agent_view, run_view, schedule_view, version_view
from podium.state.document import JsonObject
from podium.state.errors import InvalidProgram, NotFound, UserError
from podium.state.program import parse_program
from podium.state.spec import AgentSpec, check_agent_name
from podium.state.triggers import zone

router = APIRouter(route_class=StrictRoute, tags=["agents"])


class AgentIn(Body):
    """An exported agent."""

    podium_agent: int
    spec: JsonObject
    program: JsonObject


class ScheduleIn(Body):
    """When an agent shall run, in words or as five cron fields."""

    agent: str
    when: str
    timezone: str = ""


@router.get("/agents")
async def agents(podium: Service) -> list[JsonObject]:
    """List the agents by name."""
    return await asyncio.to_thread(
        lambda: [agent_view(podium.stores, item) for item in podium.stores.agents.list()]
    )


@router.post("/agents", status_code=201)
async def import_agent(body: AgentIn, podium: Service) -> JsonObject:
    """Add an agent from an exported document, as a draft."""
    if body.podium_agent != 1:
        raise InvalidProgram(f"podium_agent {body.podium_agent} is not known; 1 is")
    try:
        spec = AgentSpec.model_validate(body.spec)
    except ValidationError as error:
        raise InvalidProgram(
            "The spec is not valid",
            problems=tuple(f"{item['loc']}: {item['msg']}" for item in error.errors()),
        ) from error
    check_agent_name(spec.name)
    program = parse_program(body.program)
    created = await asyncio.to_thread(
        podium.stores.agents.create,
        name=spec.name,
        spec=spec,
        program=program,
        reason="imported",
        author="you",
    )
    return await asyncio.to_thread(agent_view, podium.stores, created)


@router.get("/agents/{name}")
async def agent(name: Id, podium: Service) -> JsonObject:
    """Show an agent with its active program and last runs."""
    return await asyncio.to_thread(_shown, podium, name)


def _shown(podium: Podium, name: str) -> JsonObject:
    found = podium.stores.agents.get(name)
    runs = podium.stores.runs.list(agent=found.name, limit=5)
    return {
        **agent_view(podium.stores, found),
        "program": podium.stores.agents.version(found.name).program.to_json(),
        "runs": [run_view(item) for item in runs],
    }


@router.delete("/agents/{name}", status_code=204)
async def delete(name: Id, podium: Service) -> None:
    """Delete an agent with its schedule; its runs, tables and files stay."""
    found = await asyncio.to_thread(podium.stores.agents.get, name)
    await asyncio.to_thread(podium.stores.schedules.delete, found.name)
    await asyncio.to_thread(podium.stores.agents.delete, found.name)


@router.get("/agents/{name}/versions")
async def versions(name: Id, podium: Service) -> list[JsonObject]:
    """List an agent's versions, oldest first."""
    active = (await asyncio.to_thread(podium.stores.agents.get, name)).active_version
    found = await asyncio.to_thread(podium.stores.agents.versions, name)
    return [version_view(item, active=active) for item in found]


@router.get("/agents/{name}/export")
async def export(name: Id, podium: Service) -> JsonObject:
    """Return the agent as one document, without secrets."""
    return agent_document(await asyncio.to_thread(podium.stores.agents.version, name))


@router.post("/agents/{name}/pause")
async def pause(name: Id, podium: Service) -> JsonObject:
    """Let no schedule or person run the agent until it is resumed."""
    changed = await asyncio.to_thread(podium.stores.agents.set_state, name, "paused")
    return await asyncio.to_thread(agent_view, podium.stores, changed)


@router.post("/agents/{name}/resume")
async def resume(name: Id, podium: Service) -> JsonObject:
    """Deploy the agent's active version."""
    found = await asyncio.to_thread(podium.stores.agents.get, name)
    changed = await asyncio.to_thread(
        podium.stores.agents.activate, found.name, found.active_version
    )
    return await asyncio.to_thread(agent_view, podium.stores, changed)


# -- Schedules -------------------------------------------------------------------------------------


@router.get("/schedules", tags=["schedules"])
async def schedules(podium: Service) -> list[JsonObject]:
    """List all schedules with their next five firings."""
    rows = await asyncio.to_thread(podium.stores.schedules.list)
    return [schedule_view(row, now=podium.clock.now()) for row in rows]


@router.post("/schedules", status_code=201, tags=["schedules"])
async def schedule(body: ScheduleIn, podium: Service) -> JsonObject:
    """Keep an agent's schedule, replacing the one before."""
    from podium.tools.offline.outline import read_schedule

    name = body.timezone or podium.desk.timezone
    zone(name)
    rule = read_schedule(body.when, timezone=name)
    if rule is None:
        raise UserError(
            f"{body.when!r} is no schedule", hint="DELETE the schedule to run the agent by hand."
        )
    agent = await asyncio.to_thread(podium.stores.agents.get, body.agent)
    await asyncio.to_thread(podium.desk.keep_schedule, agent.name, rule)
    return await _schedule_of(podium, agent.name)


@router.delete("/schedules/{agent}", status_code=204, tags=["schedules"])
async def unschedule(agent: Id, podium: Service) -> None:
    """Forget an agent's schedule; it runs only when asked then."""
    await _schedule_of(podium, agent)
    await asyncio.to_thread(podium.stores.schedules.delete, agent)


async def _schedule_of(podium: Podium, agent: str) -> JsonObject:
    for row in await asyncio.to_thread(podium.stores.schedules.list):
        if row.agent == agent:
            return schedule_view(row, now=podium.clock.now())
    raise NotFound(f"{agent!r} has no schedule")
