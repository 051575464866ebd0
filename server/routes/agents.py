"""Agents and their schedules."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from podium.server.routes.shared import Body, Id, Service, StrictRoute, Wait
from podium.server.service import Podium
from podium.server.views import (
    agent_document,
    agent_view,
    diff_view,
    run_view,
    version_view,
)
from podium.state.document import JsonObject

router = APIRouter(route_class=StrictRoute, tags=["agents"])


class AgentIn(Body):
    """An exported agent."""

    podium_agent: int
    spec: JsonObject
    program: JsonObject


class NameIn(Body):
    """A new name."""

    name: str


class VersionIn(Body):
    """A version's number."""

    version: int | None = None


@router.get("/agents")
async def agents(podium: Service) -> list[JsonObject]:
    """List the agents by name."""
    return await asyncio.to_thread(
        lambda: [agent_view(podium.stores, item) for item in podium.stores.agents.list()]
    )


@router.post("/agents", status_code=201)
async def import_agent(body: AgentIn, podium: Service) -> JsonObject:
    """Add an agent from an exported document, as a draft."""
    created = await asyncio.to_thread(
        podium.desk.roster.import_, body.model_dump(), source="a document"
    )
    return await asyncio.to_thread(agent_view, podium.stores, created)


@router.get("/agents/deleted")
async def deleted(podium: Service) -> list[JsonObject]:
    """List the agents that can be brought back, the latest first."""
    return [item.to_json() for item in await asyncio.to_thread(podium.stores.agents.deleted)]


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
    """Delete an agent with its schedule; its runs, tables and files stay, and it can be restored."""
    await asyncio.to_thread(podium.desk.roster.delete, name)


@router.post("/agents/{name}/restore")
async def restore(name: Id, podium: Service, body: NameIn | None = None) -> JsonObject:
    """Bring a deleted agent back, under another name if one is given."""
    new = body.name if body else ""
    changed = await asyncio.to_thread(podium.desk.roster.restore, name, new=new)
    return await asyncio.to_thread(agent_view, podium.stores, changed)


@router.post("/agents/{name}/rename")
async def rename(name: Id, body: NameIn, podium: Service) -> JsonObject:
    """Give the agent another name; runs, schedule, memory and files follow."""
    changed = await asyncio.to_thread(podium.desk.roster.rename, name, body.name)
    return await asyncio.to_thread(agent_view, podium.stores, changed)


@router.post("/agents/{name}/rollback")
async def rollback(name: Id, podium: Service, body: VersionIn | None = None) -> JsonObject:
    """Make an earlier version the active one, by default the one before."""
    version = body.version if body else None
    await asyncio.to_thread(podium.desk.roster.roll_back, name, version)
    changed = await asyncio.to_thread(podium.stores.agents.get, name)
    return await asyncio.to_thread(agent_view, podium.stores, changed)


@router.get("/agents/{name}/diff")
async def diff(
    name: Id,
    podium: Service,
    v1: Annotated[int | None, Query(ge=1)] = None,
    v2: Annotated[int | None, Query(ge=1)] = None,
) -> JsonObject:
    """Return what differs between two versions: plan, spec, program, and which steps are the same."""
    before, after, found = await asyncio.to_thread(podium.desk.roster.compare, name, v1, v2)
    return diff_view(name, before, after, found)


class DocumentIn(Body):
    """An agent's document as it was changed."""

    document: str
    approve_all: bool = False


@router.get("/agents/{name}/document")
async def document(name: Id, podium: Service) -> JsonObject:
    """Return the agent as one YAML document that people edit."""
    text = await asyncio.to_thread(podium.desk.document, name)
    return {"agent": name, "document": text}


@router.put("/agents/{name}/document", status_code=202)
async def edit(name: Id, body: DocumentIn, podium: Service, wait: Wait) -> JsonObject:
    """Apply an edited document as a change: a work thread that shows the diff and waits for approval."""
    request = await asyncio.to_thread(podium.desk.edited, name, body.document)
    segment = await podium.request(request, approve_all=body.approve_all)
    await podium.settle(segment.thread_id, timeout_s=wait)
    return await asyncio.to_thread(podium.chat_view, segment.thread_id)


@router.get("/agents/{name}/why")
async def why(name: Id, podium: Service, run: Annotated[str, Query()] = "") -> JsonObject:
    """Say why the agent's last failed run, or the one given, failed."""
    return await asyncio.to_thread(podium.desk.troubleshooting.view, name, run_id=run)


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
    changed = await asyncio.to_thread(podium.desk.roster.pause, name)
    return await asyncio.to_thread(agent_view, podium.stores, changed)


@router.post("/agents/{name}/resume")
async def resume(name: Id, podium: Service) -> JsonObject:
    """Deploy the agent's active version."""
    changed = await asyncio.to_thread(podium.desk.roster.resume, name)
    return await asyncio.to_thread(agent_view, podium.stores, changed)


# -- Schedules -------------------------------------------------------------------------------------
