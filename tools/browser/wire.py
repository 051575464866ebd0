"""One DevTools connection as the rest of this package sees it: typed answers, several listeners, our errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, cast

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Retryable

Listener = Callable[[JsonObject, str], None]
_DEFAULT_TIMEOUT_S = 30.0
_LOST = (
    "Session with given id not found",
    "Target closed",
    "No target with given id",
    "Inspected target navigated or closed",
)
_CONTEXT_GONE = ("Cannot find context", "Execution context was destroyed", "uniqueContextId not found", "Promise was collected",
                 "No frame for given id", "Frame with the given id was not found", "Inspected target navigated",
                 "Not attached to an active page")  # fmt: skip


class RawClient(Protocol):
    """The part of browser-use's DevTools client that is used."""

    async def send_raw(
        self, method: str, params: JsonObject | None = None, session_id: str | None = None
    ) -> JsonObject:
        """Send a command and return its answer."""
        ...

    def abandon(self, session: str) -> None:
        """Fail the commands that a session which is gone has not answered."""
        ...


class DevToolsError(Exception):
    """Chromium refused a command."""

    def __init__(self, method: str, message: str) -> None:
        super().__init__(f"{method}: {message}")
        self.detail = message

    @property
    def context_gone(self) -> bool:
        """Whether the page the command was meant for has been replaced or closed."""
        return any(text in self.detail for text in (*_CONTEXT_GONE, *_LOST))


class Wire:
    """Sends commands and spreads events; the connection itself belongs to browser-use's session."""

    def __init__(self) -> None:
        self._client: RawClient | None = None
        self._listeners: dict[str, list[Listener]] = {}
        self.closed = False

    def attach(self, client: RawClient) -> None:
        """Use that connection from now on."""
        self._client = client

    def close(self) -> None:
        """Refuse further commands."""
        self.closed = True

    def abandon(self, session: str) -> None:
        """Fail what a session which is gone has not answered: Chromium never will."""
        if self._client is not None:
            self._client.abandon(session)

    def on(self, method: str, listener: Listener) -> None:
        """Call the listener with parameters and session id of each such event; it must not block."""
        self._listeners.setdefault(method, []).append(listener)

    def spread(self, method: str, params: JsonObject, session: str) -> None:
        """Give an event to its listeners."""
        for listener in self._listeners.get(method, ()):
            listener(params, session)

    async def send(
        self,
        method: str,
        params: JsonObject | None = None,
        session: str = "",
        *,
        timeout_s: float = _DEFAULT_TIMEOUT_S,
    ) -> JsonObject:
        """Send a command and return its answer.

        Raises:
            DevToolsError: If Chromium refuses it.
            Retryable: If Chromium is gone (`browser_gone`) or silent (`timeout`).
        """
        if self._client is None or self.closed:
            raise Retryable("The browser session is closed", code="browser_gone")
        return await guarded(
            method, self._client.send_raw(method, params or {}, session or None), timeout_s
        )


async def guarded(method: str, call: Awaitable[JsonObject], timeout_s: float) -> JsonObject:
    """Await a raw command and translate what the libraries below raise.

    Raises:
        DevToolsError: If Chromium refuses it.
        Retryable: If Chromium is gone or silent.
    """
    from websockets.exceptions import WebSocketException

    try:
        async with asyncio.timeout(timeout_s):
            return await call
    except TimeoutError as error:
        raise Retryable(
            f"The browser did not answer {method} in {timeout_s:.0f} s", code="timeout"
        ) from error
    except (OSError, WebSocketException) as error:
        raise Retryable("The browser has gone away", code="browser_gone") from error
    except RuntimeError as error:
        refusal: object = error.args[0] if error.args else ""
        if isinstance(refusal, dict):
            answer = cast("dict[str, object]", refusal)
            message = str(answer.get("message", answer))
            raise DevToolsError(method, message) from error
        raise Retryable(
            f"The browser connection is not usable: {error}", code="browser_gone"
        ) from error


def text(value: JsonValue, *keys: str) -> str:
    """Return the string under the keys, or ''."""
    found = dig(value, *keys)
    return found if isinstance(found, str) else ""


def number(value: JsonValue, *keys: str) -> float:
    """Return the number under the keys, or 0."""
    found = dig(value, *keys)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else 0.0


def flag(value: JsonValue, *keys: str) -> bool:
    """Return whether the value under the keys is true."""
    return dig(value, *keys) is True


def mapping(value: JsonValue, *keys: str) -> JsonObject:
    """Return the object under the keys, or an empty one."""
    found = dig(value, *keys)
    return found if isinstance(found, dict) else {}


def objects(value: JsonValue, *keys: str) -> list[JsonObject]:
    """Return the objects of the list under the keys."""
    found = dig(value, *keys)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def texts(value: JsonValue, *keys: str) -> tuple[str, ...]:
    """Return the strings of the list under the keys."""
    found = dig(value, *keys)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def dig(value: JsonValue, *keys: str) -> JsonValue:
    """Return what stands under nested keys, or None."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def first(values: Iterable[str]) -> str:
    """Return the first text that is not empty, or ''."""
    return next((value for value in values if value), "")
