"""The conversation: `chat`, `threads`, `inbox`, `understand`."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, JsonValue

from podium.server.routes.shared import (
    Body,
    Id,
    LastEvent,
    Service,
    Streams,
    StrictRoute,
    Wait,
    events_page,
    segment_start,
    stream,
)
from podium.server.service import Podium
from podium.server.views import question_view, understanding_view
from podium.state.document import JsonObject
from podium.state.errors import UserError

router = APIRouter(route_class=StrictRoute, tags=["conversation"])

_TEXT = 100_000


class ChatIn(Body):
    """What a person says."""

    text: str = Field(max_length=_TEXT)
    thread_id: str | None = None
    """Goes on with this thread: a further goal when it is done, an answer when it waits."""
    approve_all: bool = False
    """Plans, tests and deployments are approved beforehand."""
    answers: JsonObject = Field(default_factory=dict)
    """Answers given beforehand, by field name."""


class UnderstandIn(Body):
    """A request that is only read."""

    text: str = Field(max_length=_TEXT)


class AnswerIn(Body):
    """An answer: its fields, or decisions as LangChain's chat pages send them."""

    answer: JsonValue = None
    decisions: list[JsonObject] | None = None


@router.post("/chat", response_model=None)
async def chat(
    request: Request,
    body: ChatIn,
    podium: Service,
    wait: Wait,
    *,
    streams: Streams,
    last: LastEvent,
) -> Response | JsonObject:
    """Take one turn: JSON when the thread stops (or `queued` when that takes longer), or its events as they come.

    With `Last-Event-ID` and `thread_id` a stream that broke goes on; nothing is said twice.
    """
    if streams and last is not None and body.thread_id is not None:
        await asyncio.to_thread(podium.stores.threads.get, body.thread_id)
        return stream(request, podium, body.thread_id, after=last)
    segment = await podium.chat(
        body.text,
        thread_id=body.thread_id,
        approve_all=body.approve_all,
        given=body.answers,
    )
    if streams:
        after = await asyncio.to_thread(
            segment_start, podium, segment.thread_id, segment.segment_id
        )
        return stream(request, podium, segment.thread_id, after=after)
    if not segment.segment_id:
        # The thread is busy: these words are said as soon as it stops.
        return await asyncio.to_thread(podium.queued_view, segment)
    return await settled(podium, segment.thread_id, wait)


@router.post("/understand")
async def understand(body: UnderstandIn, podium: Service) -> JsonObject:
    """Return what the planner reads in a request, starting nothing."""
    return understanding_view(await podium.understand(body.text))


@router.get("/threads")
async def threads(
    podium: Service, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[JsonObject]:
    """List work threads and run threads, newest first."""
    found = await asyncio.to_thread(podium.stores.threads.list, limit=limit)
    return [
        {
            "thread_id": thread.thread_id,
            "title": thread.title,
            "kind": thread.data.get("kind"),
            "status": thread.status,
            "created_at": thread.created_at.isoformat(),
            "updated_at": thread.updated_at.isoformat(),
        }
        for thread in found
    ]


@router.get("/threads/{thread_id}")
async def thread(thread_id: Id, podium: Service) -> JsonObject:
    """Show a thread: status, reply, open question, plan, agents, runs."""
    return await asyncio.to_thread(podium.chat_view, thread_id)


@router.post("/threads/{thread_id}/answer", response_model=None)
async def answer(
    request: Request,
    thread_id: Id,
    body: AnswerIn,
    podium: Service,
    wait: Wait,
    *,
    streams: Streams,
) -> Response | JsonObject:
    """Answer what the thread waits for: `{"answer": {...}}` by field name, or `{"decisions": [...]}`."""
    segment = await podium.answer(thread_id, _given(body))
    if streams:
        after = await asyncio.to_thread(segment_start, podium, thread_id, segment.segment_id)
        return stream(request, podium, thread_id, after=after)
    return await settled(podium, thread_id, wait)


@router.post("/threads/{thread_id}/cancel")
async def cancel(thread_id: Id, podium: Service, wait: Wait) -> JsonObject:
    """End the thread's work; its open question is withdrawn."""
    await podium.cancel_thread(thread_id)
    return await settled(podium, thread_id, wait)


@router.get("/threads/{thread_id}/events", response_model=None)
async def events(
    request: Request,
    thread_id: Id,
    podium: Service,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    *,
    streams: Streams,
    last: LastEvent,
) -> Response | JsonObject:
    """Return the thread's events: a page of JSON, or a stream that `Last-Event-ID` resumes."""
    await asyncio.to_thread(podium.stores.threads.get, thread_id)
    since = after if last is None else last
    if streams:
        return stream(request, podium, thread_id, after=since)
    return await asyncio.to_thread(events_page, podium, thread_id, after=since, limit=limit)


@router.get("/inbox")
async def inbox(podium: Service) -> list[JsonObject]:
    """List the questions that wait for a person, oldest first."""
    found = await asyncio.to_thread(podium.stores.questions.open)
    return [question_view(item) for item in found if not item.question.timer]


async def settled(podium: Podium, thread_id: str, wait: float) -> JsonObject:
    """Return the thread when it stops, or as it is when that takes longer."""
    await podium.settle(thread_id, timeout_s=wait)
    return await asyncio.to_thread(podium.chat_view, thread_id)


def _given(body: AnswerIn) -> JsonValue:
    if (body.answer is None) == (body.decisions is None):
        raise UserError(
            "Give either an answer or decisions",
            hint='Such as {"answer": {"decision": "approve"}}.',
        )
    return body.answer if body.decisions is None else {"decisions": list(body.decisions)}
