"""Messages of WebSockets under the write hold: each waits in its page until the step's policy has let it pass.

Chromium pauses no message of a WebSocket; a script in the page does. Sockets that a worker opens are out of its reach.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.requests import body_fields, operation_of
from podium.tools.browser.tabs import SOCKET_BINDING
from podium.tools.browser.wire import DevToolsError, Wire, dig, number, text

METHOD = "SEND"
"""Stands for the HTTP method in a message's signature."""
ANSWERED = 101
"""The site said something on the socket after the message; whether it is about it, only the page knows."""

_NAMES = ("type", "event", "name", "topic", "t", "kind", "cmd")
_SAYS = (*_NAMES, "msg", "action", "op", "method", "command")
_PULSES = frozenset(
    {"ping", "pong", "heartbeat", "phx_heartbeat", "keepalive", "keep-alive", "ka", "hb"}
)
_BARE = frozenset({"2", "3", "\n", "\r\n"})
"""Pulses without a word: of engine.io and of STOMP."""
_PHOENIX = 5
"""So many parts its messages have as lists: two references, topic, event, payload."""
_SIGNALR: JsonObject = {"type": 6}
_OPENS = frozenset({"connection_init", "phx_join", "phx_leave"})
"""Words by which a protocol, and no site, opens and closes its channels."""
_MARKS = frozenset(
    {"id", "ref", "join_ref", "seq", "ts", "time", "timestamp", "jsonrpc", "version"}
)
"""What a pulse may carry beside its word: a number or a moment, but nothing that it would be done to."""
_WORD = re.compile(r"[A-Za-z][\w.:-]{0,60}\Z")

Decide = Callable[[str, str], Awaitable[bool]]
"""Given a socket's address and a message, says whether it may leave."""


class Sockets:
    """Asks about every message that a page of the session is to send, and tells the page the answer."""

    def __init__(self, wire: Wire, decide: Decide, answered: Callable[[str], None]) -> None:
        self._wire = wire
        self._decide = decide
        self._answered = answered
        self._urls: dict[tuple[str, int, int], str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        wire.on("Runtime.bindingCalled", self._called)

    def _called(self, params: JsonObject, session: str) -> None:
        if text(params, "name") != SOCKET_BINDING:
            return
        try:
            said = cast("JsonValue", json.loads(text(params, "payload")))
        except ValueError:
            return
        context, message = int(number(params, "executionContextId")), int(number(said, "id"))
        key = (session, context, message)
        if dig(said, "answered") is True:
            url = self._urls.pop(key, "")
            if url:
                self._answered(url)
            return
        self._urls[key] = text(said, "url")
        task = asyncio.get_running_loop().create_task(
            self._answer(session, context, message, text(said, "url"), text(said, "body"))
        )
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: the guard keeps what the acting step must learn

    async def _answer(self, session: str, context: int, message: int, url: str, body: str) -> None:
        leave = False
        try:
            leave = await self._decide(url, body)
        finally:
            detail = json.dumps(json.dumps({"id": message, "leave": leave}))
            expression = f"dispatchEvent(new CustomEvent('podium-socket!',{{detail:{detail}}}))"
            params: JsonObject = {"expression": expression, "contextId": context}
            with suppress(DevToolsError, Retryable):  # the page is gone, and its message with it
                await self._wire.send("Runtime.evaluate", params, session)

    def close(self) -> None:
        """Stop answering: what still waits is never sent."""
        for task in self._tasks:
            task.cancel()


def message_operation(body: str) -> str:
    """Return what a message says it is: its `type` or event, the name in a list, the command of a text protocol."""
    told = re.sub(r"\A\d+(?=[\[{])", "", body.strip())  # numbered envelopes
    try:
        value = cast("JsonValue", json.loads(told))
    except ValueError:
        first = told.split("\n", 1)[0].split(" ", 1)[0]
        return first if _WORD.match(first) else ""
    if isinstance(value, list):
        words = [part for part in value if isinstance(part, str) and _WORD.match(part)]
        return "+".join(words[:3])
    if not isinstance(value, dict):
        return ""
    inner = value.get("payload")
    if isinstance(inner, dict) and isinstance(inner.get("query"), str):
        # GraphQL's protocols call queries and mutations `subscribe` or `start`.
        told = json.dumps(inner)
    known = operation_of("", told, "application/json")
    if known:
        return known
    named = (value.get(name) for name in _NAMES)
    return next((name for name in named if isinstance(name, str) and _WORD.match(name)), "")


def message_fields(body: str) -> tuple[str, ...]:
    """Return the names of the fields a message carries, never its values."""
    return body_fields(body, "application/json")


def is_pulse(body: str) -> bool:
    """Return whether a message is by its whole shape one of a protocol: a heartbeat, or the opening of a channel.

    What a site itself calls `subscribe`, `join` or `leave` may as well be done to a plan or a team.
    """
    if body in _BARE:
        return True
    told = re.sub(r"\A\d+(?=[\[{])", "", body.strip().rstrip("\x1e"))
    try:
        value = cast("JsonValue", json.loads(told))
    except ValueError:
        return told.lower() in _PULSES
    if isinstance(value, list):
        return _is_listed_pulse(value)
    return isinstance(value, dict) and _is_named_pulse(value)


def _is_listed_pulse(value: list[JsonValue]) -> bool:
    if len(value) == _PHOENIX:
        _, _, topic, event, payload = value
        return event in _OPENS or (topic == "phoenix" and event == "heartbeat" and not payload)
    return len(value) == 1 and str(value[0]).lower() in _PULSES


def _is_named_pulse(value: JsonObject) -> bool:
    if value == _SIGNALR or value.get("type") in _OPENS or value.get("event") in _OPENS:
        return True
    words = {str(value[name]).lower() for name in _SAYS if value.get(name)} - {"phoenix"}
    rest = [name for name, given in value.items() if name not in _SAYS and given]
    return len(words) == 1 and words <= _PULSES and _MARKS.issuperset(rest)
