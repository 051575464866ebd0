"""What the pages of one session are at work on: documents being loaded, requests they wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from podium.state.document import JsonObject
from podium.tools.browser.wire import Wire, mapping, number, text

_WAITED_FOR = frozenset({"Document", "Script", "Stylesheet", "XHR", "Fetch", "Preflight"})
_ENDLESS = frozenset({"text/event-stream", "multipart/x-mixed-replace"})
LONG_REQUEST_S = 6.0
"""A request that takes longer, while nothing else happens, is taken for a long poll."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A top-level document that arrived."""

    url: str
    status: int
    mime: str
    target: str
    loader: str


@dataclass(frozen=True, slots=True)
class Committed:
    """A document that a tab came to show."""

    url: str
    mime: str
    target: str
    loader: str


@dataclass(slots=True)
class _Pending:
    url: str
    since: float
    kind: str
    loader: str
    frame: str


class Activity:
    """Follows loading and requests by Chromium's events."""

    def __init__(self, wire: Wire) -> None:
        self._loading: dict[str, set[str]] = {}
        """Session -> frames that are loading."""
        self._pending: dict[tuple[str, str], _Pending] = {}
        self._endless: set[str] = set()
        self._changed = asyncio.Event()
        self.finished = 0
        """Counts answered requests that pages act on."""
        self.documents: list[Loaded] = []
        """Answers to navigations; those that became downloads are among them."""
        self.committed: list[Committed] = []
        self.targets: dict[str, str] = {}
        """Session -> target, of tabs."""
        self.last_load: dict[str, str] = {}
        """Target -> loader of its present document."""
        self.address: dict[str, str] = {}
        """Target -> address of its present document, as its script may have changed it."""
        for method, listener in (
            ("Page.frameNavigated", self._navigated),
            ("Page.frameDetached", self._detached),
            ("Page.frameStartedLoading", self._started),
            ("Page.frameStartedNavigating", self._started),
            ("Page.frameRequestedNavigation", self._note),
            ("Page.frameStoppedLoading", self._stopped),
            ("Page.navigatedWithinDocument", self._readdressed),
            ("Network.requestWillBeSent", self._request),
            ("Network.responseReceived", self._response),
            ("Network.loadingFinished", self._finished),
            ("Network.loadingFailed", self._finished),
            ("Target.attachedToTarget", self._attached),
        ):
            wire.on(method, listener)

    def loading(self, session: str) -> bool:
        """Return whether a document of that tab is being loaded."""
        return bool(self._loading.get(session))

    def waiting(self, sessions: set[str]) -> bool:
        """Return whether the pages of those sessions wait for an answer."""
        now = time.monotonic()
        found = False
        for key, pending in list(self._pending.items()):
            if key[0] not in sessions or pending.url in self._endless:
                continue
            if now - pending.since > LONG_REQUEST_S and pending.kind != "Document":
                self._endless.add(pending.url)
                continue
            found = True
        return found

    def begins(self, session: str, frame: str) -> None:
        """Note that a frame is loading whose start was not seen."""
        self._loading.setdefault(session, set()).add(frame)

    def forget(self, session: str) -> None:
        """Drop what a session that is gone was doing."""
        self._loading.pop(session, None)
        for key in [key for key in self._pending if key[0] == session]:
            del self._pending[key]
        self.touch()

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()

    async def changed(self, at_most_s: float) -> None:
        """Wait for the next event of interest, at most that long."""
        self._changed.clear()
        try:
            async with asyncio.timeout(at_most_s):
                await self._changed.wait()
        except TimeoutError:
            return

    # -- events ------------------------------------------------------------------------------------

    def _note(self, params: JsonObject, session: str) -> None:
        self.touch()

    def _attached(self, params: JsonObject, session: str) -> None:
        # A worker's script is answered to the worker, not to the page that asked for it.
        url = text(params, "targetInfo", "url").split("?")[0]
        self._drop(session, lambda one: one.kind in {"Script", "Document"} and one.url == url)

    def _navigated(self, params: JsonObject, session: str) -> None:
        frame = mapping(params, "frame")
        if not text(frame, "parentId"):
            self.shows(session, frame)
        self.touch()

    def _readdressed(self, params: JsonObject, session: str) -> None:
        target = self.targets.get(session)
        if target is not None and text(params, "frameId") == target:
            self.address[target] = text(params, "url")
        self.touch()

    def shows(self, session: str, frame: JsonObject) -> None:
        """Note the document that a tab shows."""
        target = self.targets.get(session)
        loader = text(frame, "loaderId")
        if target is None or self.last_load.get(target) == loader:
            return
        self.last_load[target] = loader
        url, mime = text(frame, "url"), text(frame, "mimeType")
        self.address[target] = url
        self.committed.append(Committed(url, mime, target, loader))
        self._drop(session, lambda one: one.loader != loader)  # asked for by the document before

    def _detached(self, params: JsonObject, session: str) -> None:
        frame = text(params, "frameId")
        self._loading.get(session, set()).discard(frame)
        self._drop(session, lambda one: one.frame == frame)
        self.touch()

    def _drop(self, session: str, which: Callable[[_Pending], bool]) -> None:
        for key in [key for key, one in self._pending.items() if key[0] == session and which(one)]:
            del self._pending[key]

    def _started(self, params: JsonObject, session: str) -> None:
        if text(params, "navigationType") in {"sameDocument", "historySameDocument"}:
            return
        self._loading.setdefault(session, set()).add(text(params, "frameId"))
        self.touch()

    def _stopped(self, params: JsonObject, session: str) -> None:
        self._loading.get(session, set()).discard(text(params, "frameId"))
        self.touch()

    def _request(self, params: JsonObject, session: str) -> None:
        kind = text(params, "type")
        url = text(params, "request", "url").split("?")[0]
        if kind in _WAITED_FOR and not url.startswith(("data:", "blob:")):
            self._pending[session, text(params, "requestId")] = _Pending(
                url, time.monotonic(), kind, text(params, "loaderId"), text(params, "frameId")
            )
        self.touch()

    def _response(self, params: JsonObject, session: str) -> None:
        response = mapping(params, "response")
        mime = text(response, "mimeType")
        target = self.targets.get(session)
        if (
            text(params, "type") == "Document"
            and target is not None
            and text(params, "frameId") == target
        ):
            self.documents.append(
                Loaded(
                    text(response, "url"),
                    int(number(response, "status")),
                    mime,
                    target,
                    text(params, "loaderId"),
                )
            )
        if mime in _ENDLESS:
            self._pending.pop((session, text(params, "requestId")), None)
        self.touch()

    def _finished(self, params: JsonObject, session: str) -> None:
        if self._pending.pop((session, text(params, "requestId")), None) is not None:
            self.finished += 1
        self.touch()
