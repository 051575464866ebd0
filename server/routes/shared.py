"""What the routes share: the service, strict JSON, bounded waiting, event streams."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Annotated

from fastapi import Depends, Header, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, JsonValue
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from podium.server.service import Podium
from podium.server.strict_json import read_json
from podium.state.document import JsonObject
from podium.state.events import Event

API = "/api/v1"
WAIT_S = 30.0
"""How long an answer waits for a thread to stop, unless `Prefer: wait=N` says otherwise."""
MAX_WAIT_S = 600.0

_POLL_S = 0.2
_PING_S = 15
_PAGE = 500
_STREAM = "text/event-stream"


async def get_podium(request: Request) -> Podium:
    """Return the service that the app was made for."""
    podium: Podium = request.app.state.podium
    return podium


Service = Annotated[Podium, Depends(get_podium)]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~:#-]{0,199}$")]


class Body(BaseModel):
    """A request's body: unknown members are an error, not ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


# -- Strict JSON -----------------------------------------------------------------------------------


class _StrictRequest(Request):
    async def json(self) -> JsonValue:
        try:
            return read_json(await self.body())
        except ValueError as error:
            problem = {"type": "json_invalid", "loc": ("body",), "msg": str(error), "input": ""}
            raise RequestValidationError([problem]) from error


class StrictRoute(APIRoute):
    """A route whose body is JSON that every reader reads alike."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """Return the handler on strictly read requests."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(_StrictRequest(request.scope, request.receive))

        return strict


# -- Waiting and streaming -------------------------------------------------------------------------


def wait_s(prefer: Annotated[str, Header()] = "") -> float:
    """Return how long the client wants to wait (RFC 7240)."""
    match = re.search(r"\bwait\s*=\s*(\d{1,6})\b", prefer)
    return min(float(match[1]), MAX_WAIT_S) if match else WAIT_S


Wait = Annotated[float, Depends(wait_s)]


def wants_stream(accept: Annotated[str, Header()] = "") -> bool:
    """Return whether the client asks for Server-Sent Events."""
    return _STREAM in accept.lower()


Streams = Annotated[bool, Depends(wants_stream)]


def last_event(last_event_id: Annotated[str, Header()] = "") -> int | None:
    """Return the last event the client saw, when it reconnects."""
    return int(last_event_id) if last_event_id.isdigit() and len(last_event_id) < 19 else None


LastEvent = Annotated[int | None, Depends(last_event)]


def stream(
    request: Request, podium: Podium, thread_id: str, *, after: int, final: str = "thread"
) -> EventSourceResponse:
    """Return the thread's events as they come, and at its next stop the thread itself."""
    stopping: asyncio.Event = request.app.state.stopping
    return EventSourceResponse(
        _follow(podium, thread_id, after=after, stopping=stopping, final=final),
        ping=_PING_S,
        headers={"Content-Location": f"{API}/threads/{thread_id}/events"},
    )


async def _follow(
    podium: Podium, thread_id: str, *, after: int, stopping: asyncio.Event, final: str
) -> AsyncGenerator[ServerSentEvent]:
    seq = after
    while not stopping.is_set():
        thread = await asyncio.to_thread(podium.stores.threads.get, thread_id)
        stopped = thread.status not in {"queued", "running"}
        page = await asyncio.to_thread(podium.stores.events.after, seq, limit=_PAGE)
        for event in page:
            seq = event.seq
            if belongs(event, thread_id):
                yield _sent(event)
        if stopped and not page:
            view = await asyncio.to_thread(view_of, podium, thread_id, final)
            yield ServerSentEvent(id=str(seq), event=final, data=json.dumps(view))
            return
        if not page:
            await asyncio.sleep(_POLL_S)


def view_of(podium: Podium, thread_id: str, kind: str) -> JsonObject:
    """Return what a stream ends with: the run or the thread."""
    if kind == "run":
        return podium.stores.runs.get(thread_id).to_json()
    return podium.chat_view(thread_id)


def belongs(event: Event, thread_id: str) -> bool:
    """Return whether the event is of the thread, or of a test run its work started."""
    return event.thread_id == thread_id or event.thread_id.startswith(f"run_{thread_id}_")


def _sent(event: Event) -> ServerSentEvent:
    data: JsonObject = {
        "seq": event.seq,
        "thread_id": event.thread_id,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "data": event.data,
    }
    return ServerSentEvent(id=str(event.seq), event=event.kind, data=json.dumps(data))


def segment_start(podium: Podium, thread_id: str, segment_id: str) -> int:
    """Return the number of the event with which the segment was queued."""
    seq = 0
    while page := podium.stores.events.after(seq, thread_id=thread_id, limit=_PAGE):
        for event in page:
            seq = event.seq
            if event.kind == "segment.queued" and event.data.get("segment") == segment_id:
                return seq
    return seq


def events_page(podium: Podium, thread_id: str, *, after: int, limit: int) -> JsonObject:
    """Return a page of the thread's events, and where the next one starts."""
    page = podium.stores.events.after(after, thread_id=thread_id, limit=limit)
    events: list[JsonValue] = [event.to_json() for event in page]
    return {"events": events, "next": page[-1].seq if page else after}
