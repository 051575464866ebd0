"""Suggestions from the run records: listing, and deciding on them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from podium.server.routes.chat import settled
from podium.server.routes.shared import Body, Id, Service, StrictRoute, Wait
from podium.server.service import Podium
from podium.server.suggesting import Suggestions, as_request, deciding, put_aside
from podium.state.document import JsonObject
from podium.state.suggestions import Decision

router = APIRouter(route_class=StrictRoute, tags=["suggestions"])


class DecisionIn(Body):
    """What shall become of a proposal."""

    decision: Literal["accept", "dismiss", "never"]


@router.get("/suggestions")
async def suggestions(podium: Service, agent: Annotated[str, Query()] = "") -> list[JsonObject]:
    """List what the records prove, each with the runs it rests on and its effect."""
    found = await asyncio.to_thread(_desk(podium).open, agent=agent)
    return [suggestion.to_json() for suggestion in found]


@router.post("/suggestions/{suggestion_id}")
async def decide(suggestion_id: Id, body: DecisionIn, podium: Service, wait: Wait) -> JsonObject:
    """Accept a proposal, put it aside, or never have its kind again.

    One that is carried out by a request is a work thread, with its own plan and approval: `waiting` until that is
    given, and `not accepted` when it came to nothing.
    """
    desk = _desk(podium)
    suggestion = await asyncio.to_thread(desk.find, suggestion_id)
    if body.decision == "accept":
        if as_request(suggestion) is None:
            reply = await asyncio.to_thread(desk.accept, suggestion)
            return {"decision": "accepted", "reply": reply, "thread": None}
        segment = await podium.request(deciding(suggestion, "accepted"))
        thread = await settled(podium, segment.thread_id, wait)
        # Nothing is decided while its plan waits, and nothing was accepted when it came to nothing.
        decided = await asyncio.to_thread(desk.decisions)
        under_way = thread["status"] in {"queued", "running", "waiting"}
        came_to = decided.get(suggestion.suggestion_id) or (
            "waiting" if under_way else "not accepted"
        )
        return {"decision": came_to, "reply": thread["reply"], "thread": thread}
    decision: Decision = "dismissed" if body.decision == "dismiss" else "never"
    await asyncio.to_thread(desk.decide, suggestion, decision)
    return {"decision": decision, "reply": put_aside(suggestion, decision), "thread": None}


def _desk(podium: Podium) -> Suggestions:
    return Suggestions(podium.stores, podium.clock, podium.desk.timezone)
