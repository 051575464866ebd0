"""What starts agents beside the clock, and where messages about runs go."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from podium.server.chaining import completed
from podium.server.hooks import RETRY_AFTER_S, Hooks, Overrun, chain_of
from podium.server.problems import answer, problem
from podium.server.routes.shared import Body, Id, Service, StrictRoute
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.outbox import RUN_EVENTS
from podium.state.triggers import FAN_OUT
from podium.tools.webhooks import BadSignature

router = APIRouter(route_class=StrictRoute, tags=["triggers"])
hooks_router = APIRouter(tags=["webhooks"])
"""Its requests bear a signature instead of a token."""


class TriggerIn(Body):
    """What shall start an agent: a webhook, or the end of another agent's run."""

    agent: str
    kind: Literal["webhook", "chain"]
    after: str = ""
    outcomes: tuple[str, ...] = ("success",)
    inputs: JsonObject = Field(default_factory=dict)
    """What is not given is taken from the rows before, where names and types leave no doubt."""
    each: str = ""
    limit: int = Field(default=FAN_OUT, ge=1, le=1000)


class DestinationIn(Body):
    """Where messages about runs shall go."""

    url: str
    agent: str = ""
    events: tuple[str, ...] = RUN_EVENTS
    name: str = ""


@router.get("/triggers")
async def triggers(podium: Service, agent: str | None = None) -> list[JsonObject]:
    """List webhooks and chains."""
    found = await asyncio.to_thread(podium.stores.triggers.list, agent=agent)
    return [item.to_json() for item in found]


@router.post("/triggers", status_code=201)
async def add(body: TriggerIn, podium: Service) -> JsonObject:
    """Add a webhook, whose secret is shown this once, or a chain."""
    hooks = hooks_of(podium)
    if body.kind == "webhook":
        trigger, secret = await asyncio.to_thread(hooks.add_webhook, body.agent)
        return {**trigger.to_json(), "path": f"/hooks/{trigger.trigger_id}", "secret": secret}
    if not body.after:
        raise UserError("A chain needs `after`", hint="Name the agent that is waited for.")
    chain = chain_of(body.after, body.outcomes, body.inputs, each=body.each, limit=body.limit)
    chain = await asyncio.to_thread(completed, podium.stores, body.agent, chain)
    return (await asyncio.to_thread(hooks.add_chain, body.agent, chain)).to_json()


@router.post("/triggers/{trigger_id}/rotate")
async def rotate(trigger_id: Id, podium: Service) -> JsonObject:
    """Give a webhook a new secret, shown this once; the one before is taken for a day more."""
    secret = await asyncio.to_thread(hooks_of(podium).rotate, trigger_id)
    return {"trigger_id": trigger_id, "secret": secret}


@router.post("/triggers/{trigger_id}/enable")
async def enable(trigger_id: Id, podium: Service) -> JsonObject:
    """Switch a trigger on."""
    found = await asyncio.to_thread(podium.stores.triggers.enable, trigger_id, enabled=True)
    return found.to_json()


@router.post("/triggers/{trigger_id}/disable")
async def disable(trigger_id: Id, podium: Service) -> JsonObject:
    """Switch a trigger off."""
    found = await asyncio.to_thread(podium.stores.triggers.enable, trigger_id, enabled=False)
    return found.to_json()


@router.delete("/triggers/{trigger_id}", status_code=204)
async def delete(trigger_id: Id, podium: Service) -> None:
    """Forget a trigger."""
    await asyncio.to_thread(podium.stores.triggers.delete, trigger_id)


@router.get("/destinations")
async def destinations(podium: Service) -> list[JsonObject]:
    """List where messages go, without the addresses' secrets."""
    found = await asyncio.to_thread(podium.stores.outbox.destinations)
    return [item.to_json() for item in found]


@router.post("/destinations", status_code=201)
async def add_destination(body: DestinationIn, podium: Service) -> JsonObject:
    """Add an address that is told about runs; the secret its messages are signed by is shown this once."""
    destination, secret = await asyncio.to_thread(
        hooks_of(podium).add_destination,
        body.url,
        agent=body.agent,
        events=body.events,
        name=body.name,
    )
    return {**destination.to_json(), "secret": secret}


@router.delete("/destinations/{destination_id}", status_code=204)
async def delete_destination(destination_id: Id, podium: Service) -> None:
    """Tell that address nothing more."""
    await asyncio.to_thread(podium.stores.outbox.delete_destination, destination_id)


@router.get("/deliveries")
async def deliveries(
    podium: Service,
    agent: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[JsonObject]:
    """List messages with what came of them, newest first."""
    found = await asyncio.to_thread(podium.stores.outbox.messages, agent=agent, limit=limit)
    return [item.to_json() for item in found]


@router.post("/deliveries/{message_id}/replay", status_code=202)
async def replay(message_id: Id, podium: Service) -> JsonObject:
    """Deliver a message once more, under its id."""
    return (await asyncio.to_thread(hooks_of(podium).replay, message_id)).to_json()


@hooks_router.post("/hooks/{trigger_id}", status_code=202)
async def receive(trigger_id: str, request: Request, podium: Service) -> Response:
    """Take a signed message (Standard Webhooks) that starts an agent."""
    body = await request.body()
    header = request.headers.get
    try:
        firing, ignored = await asyncio.to_thread(
            hooks_of(podium).receive,
            trigger_id,
            message_id=header("webhook-id", ""),
            timestamp=header("webhook-timestamp", ""),
            signature=header("webhook-signature", ""),
            body=body,
        )
    except BadSignature:
        refused = problem(401, code="bad_signature", detail="The message bears no valid signature")
        return answer(refused, headers={"WWW-Authenticate": "Webhook-Signature"})
    except Overrun as error:
        busy = problem(429, code="busy", detail=error.message)
        return answer(busy, headers={"Retry-After": str(RETRY_AFTER_S)})
    told: JsonObject = {"run_id": firing.run_id, "agent": firing.agent, "ignored": list(ignored)}
    return JSONResponse(told, status_code=202)


def hooks_of(podium: Podium) -> Hooks:
    """Return what the workspace's triggers and destinations are kept by."""
    return Hooks(podium.stores, podium.vault, podium.clock, podium.ids)
