"""browser-use's DevTools client (cdp-use), narrowed to one browser context."""

# cdp-use carries no types that hold under strict checking; what leaves this module is typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportUnknownParameterType=false
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import json
from typing import cast

from cdp_use.cdp.registration_library import CDPRegistrationLibrary
from cdp_use.cdp.registry import EventRegistry
from cdp_use.client import CDPClient

from podium.state.document import JsonObject
from podium.tools.browser.engine import watch_connection
from podium.tools.browser.wire import Wire, text

_TIMEOUT_S = 60.0
_MAX_FRAME_BYTES = 100 * 1024 * 1024
_NAMES_CONTEXT = frozenset(
    {
        "Target.createTarget",
        "Browser.setDownloadBehavior",
        "Browser.grantPermissions",
        "Browser.resetPermissions",
        "Storage.getCookies",
        "Storage.setCookies",
        "Storage.clearCookies",
    }
)
_TARGET_EVENTS = frozenset(
    {"Target.attachedToTarget", "Target.targetCreated", "Target.targetInfoChanged"}
)
_OURS = ("Browser.download", "Page.javascriptDialog", "Fetch.")
scopes: dict[str, Wire] = {}
"""Browser context -> the wire its next connection belongs to."""


class _Registry(EventRegistry):
    """Gives every event to the wire first; browser-use keeps one handler per event."""

    def __init__(self, wire: Wire, context: str = "") -> None:
        super().__init__()
        self._wire = wire
        self._context = context

    async def handle_event(
        self, method: str, params: JsonObject, session_id: str | None = None
    ) -> bool:
        context = text(params, "targetInfo", "browserContextId")
        if self._context and method in _TARGET_EVENTS and context != self._context:
            return False  # another run's
        self._wire.spread(method, params, session_id or "")
        if method.startswith(_OURS):
            return True
        return await super().handle_event(method, params, session_id)


class BrowserWideClient(CDPClient):
    """A connection to the whole Chromium."""

    def __init__(self, url: str, wire: Wire) -> None:
        super().__init__(url)
        self._event_registry = _Registry(wire)

    async def connect(self) -> None:
        """Open the connection."""
        await self.start()

    def abandon(self, session: str) -> None:
        """Do nothing: this connection speaks to no session."""


class ScopedClient(CDPClient):
    """The DevTools client of one browser context; without a context in its address, the library's own."""

    def __init__(
        self,
        url: str,
        *,
        additional_headers: dict[str, str] | None = None,
        max_ws_frame_size: int = _MAX_FRAME_BYTES,
    ) -> None:
        address, _, self._context = url.partition("#context=")
        super().__init__(
            address, additional_headers=additional_headers, max_ws_frame_size=max_ws_frame_size
        )
        self._wire = scopes.get(self._context)
        if self._wire is not None:
            self._event_registry = _Registry(self._wire, self._context)
            self.register = CDPRegistrationLibrary(self._event_registry)

        self._asked: dict[str, set[int]] = {}
        """Session -> ids of its commands that have no answer yet."""

    async def start(self) -> None:
        """Connect, and become what the run's wire sends on."""
        await super().start()
        if self._wire is not None:
            self._wire.attach(self)
            watch_connection(self, self._wire.close)

    async def send_raw(
        self, method: str, params: JsonObject | None = None, session_id: str | None = None
    ) -> JsonObject:
        """Send a command; at browser level, to this context only."""
        if self._wire is None:
            return cast("JsonObject", await super().send_raw(method, params, session_id))
        if session_id:
            return await self._ask(method, params, session_id)
        if method == "Target.setAutoAttach":
            # It would attach to the pages of every other run; `Tabs` attaches to those of this one.
            return {}
        if method in _NAMES_CONTEXT:
            params = {**(params or {}), "browserContextId": self._context}
        answer = cast("JsonObject", await super().send_raw(method, params, None))
        if method == "Target.getTargets":
            infos = cast("list[JsonObject]", answer["targetInfos"])
            own = [
                one
                for one in infos
                if one.get("browserContextId") == self._context and one["type"] == "page"
            ]
            return {"targetInfos": [*own]}
        return answer

    async def _ask(self, method: str, params: JsonObject | None, session: str) -> JsonObject:
        # Chromium never answers what a tab was asked while it closed: its commands end with their session.
        if self.ws is None:
            raise ConnectionError("The connection is closed")
        self.msg_id += 1
        number = self.msg_id
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self.pending_requests[number] = answer
        asked = self._asked.setdefault(session, set())
        asked.add(number)
        command = {"id": number, "method": method, "params": params or {}, "sessionId": session}
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self.ws.send(json.dumps(command))
                return await answer
        finally:
            asked.discard(number)
            self.pending_requests.pop(number, None)

    def abandon(self, session: str) -> None:
        """Fail the commands that a session which is gone has not answered."""
        for number in tuple(self._asked.pop(session, ())):
            answer = self.pending_requests.pop(number, None)
            if answer is not None and not answer.done():
                answer.set_exception(RuntimeError({"message": "Session with given id not found"}))
