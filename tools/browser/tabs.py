"""The tabs and frames of one session: which is active, what is loading, where scripts of ours can run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.wire import DevToolsError, Wire, dig, mapping, number, objects, text

_WORLD = "podium"
_PENDING_TYPES = frozenset({"Document", "Script", "Stylesheet", "XHR", "Fetch", "Preflight"})
LONG_REQUEST_S = 6.0


@cache
def page_script() -> str:
    """Return the script that runs in every frame, in a world of its own."""
    folder = files("podium.tools.browser")
    return "\n".join(
        (folder / name).read_text(encoding="utf-8") for name in ("snapshot.js", "acting.js")
    )


@dataclass(slots=True)
class Session:
    """One attached target: a tab, or a frame that lives in a process of its own."""

    id: str
    target: str
    kind: str
    opener: str = ""
    parent: str = ""
    """Session of the tab it belongs to; '' for tabs."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    crashed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One document of the active tab."""

    id: str
    session: str
    parent: str
    url: str
    name: str
    loader: str


@dataclass(slots=True)
class _Pending:
    url: str
    since: float
    kind: str
    loader: str


class Tabs:
    """Follows Chromium's events for one browser context."""

    def __init__(self, wire: Wire, viewport: tuple[int, int] = (1280, 900)) -> None:
        self._wire = wire
        self._viewport = viewport
        self._sessions: dict[str, Session] = {}
        self._by_target: dict[str, Session] = {}
        self._order: list[str] = []
        """Targets of tabs, the active one last."""
        self._worlds: dict[tuple[str, str], int] = {}
        self._loading: dict[str, set[str]] = {}
        """Session -> frames that are loading."""
        self._pending: dict[tuple[str, str], _Pending] = {}
        self._endless: set[str] = set()
        """Addresses whose answer never ends (long polls, streams), learnt."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._attaching: set[str] = set()
        self.started = False
        self.finished = 0
        """Counts answered requests that pages act on."""
        self.frames_seen: set[str] = set()
        self.dialogs: list[str] = []
        self.documents: list[tuple[str, int, str, str]] = []
        """(url, status, mime type, target) of top-level documents, in order."""
        self.last_load: dict[str, str] = {}
        """Target -> loader of its present document."""
        self._changed = asyncio.Event()
        for method, listener in (
            ("Target.attachedToTarget", self._attached),
            ("Target.detachedFromTarget", self._detached),
            ("Target.targetCreated", self._created),
            ("Target.targetDestroyed", self._destroyed),
            ("Target.targetCrashed", self._crashed),
            ("Page.frameAttached", self._frame_attached),
            ("Page.frameNavigated", self._frame_navigated),
            ("Page.frameDetached", self._frame_gone),
            ("Page.frameStartedLoading", self._started_loading),
            ("Page.frameStartedNavigating", self._started_loading),
            ("Page.frameRequestedNavigation", self._requested_navigation),
            ("Page.frameStoppedLoading", self._stopped_loading),
            ("Page.navigatedWithinDocument", self._note),
            ("Page.javascriptDialogOpening", self._dialog),
            ("Network.requestWillBeSent", self._request),
            ("Network.responseReceived", self._response),
            ("Network.loadingFinished", self._finished),
            ("Network.loadingFailed", self._finished),
        ):
            wire.on(method, listener)

    # -- what is there -----------------------------------------------------------------------------

    @property
    def active(self) -> str:
        """Target id of the active tab, or '' when every tab is gone."""
        return self._order[-1] if self._order else ""

    @property
    def tabs(self) -> tuple[str, ...]:
        """Target ids of the open tabs, the active one last."""
        return tuple(self._order)

    async def session(self, *, timeout_s: float = 10.0) -> Session:
        """Return the active tab's session once it is usable.

        Raises:
            Retryable: If there is none any more (`browser_gone`).
        """
        found = self._by_target.get(self.active)
        if found is not None and not found.crashed:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await found.ready.wait()
                return found
        raise Retryable("The page has crashed or was closed", code="browser_gone")

    async def wait_active(self, timeout_s: float = 5.0) -> None:
        """Wait until there is a tab."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not self.active:
                    await self.changed()

    async def changed(self) -> None:
        """Wait for the next event of interest."""
        self._changed.clear()
        await self._changed.wait()

    def activate(self, target: str) -> None:
        """Make a known tab the active one."""
        if target in self._order:
            self._order.remove(target)
            self._order.append(target)

    async def frames(self) -> list[Frame]:
        """Return the documents of the active tab, outermost first."""
        top = await self.session()
        family = [
            top,
            *(
                one
                for one in self._sessions.values()
                if one.parent == top.id and one.ready.is_set()
            ),
        ]
        trees = await asyncio.gather(*(self._tree(one) for one in family))
        frames = [frame for tree in trees for frame in tree]
        known = {frame.id for frame in frames}
        self.frames_seen |= known
        return [frame for frame in frames if not frame.parent or frame.parent in known]

    async def _tree(self, session: Session) -> list[Frame]:
        try:
            answer = await self._wire.send("Page.getFrameTree", {}, session.id)
        except DevToolsError:
            return []
        frames: list[Frame] = []

        def walk(node: JsonObject) -> None:
            frame = mapping(node, "frame")
            frames.append(
                Frame(
                    text(frame, "id"),
                    session.id,
                    text(frame, "parentId"),
                    text(frame, "url"),
                    text(frame, "name"),
                    text(frame, "loaderId"),
                )
            )
            for child in objects(node, "childFrames"):
                walk(child)

        walk(mapping(answer, "frameTree"))
        return frames

    # -- running our script ------------------------------------------------------------------------

    async def call(
        self, frame: Frame, name: str, *arguments: JsonValue, timeout_s: float = 30.0
    ) -> JsonValue:
        """Call a function of the page script in a frame.

        Raises:
            DevToolsError: If the frame's document was replaced meanwhile (`context_gone`) or the script failed.
        """
        declaration = f"(...values) => typeof podium === 'undefined' || !podium.ready ? '?missing' : podium.{name}(...values)"
        for _ in range(3):
            world = await self._world(frame)
            params: JsonObject = {
                "functionDeclaration": declaration,
                "executionContextId": world,
                "arguments": [{"value": value} for value in arguments],
                "awaitPromise": True,
                "returnByValue": True,
            }
            try:
                value = await self._value(
                    "Runtime.callFunctionOn", params, frame.session, timeout_s
                )
            except DevToolsError as error:
                if (
                    "Cannot find context" in error.detail
                    and (frame.session, frame.id) in self._worlds
                ):
                    self._worlds.pop((frame.session, frame.id), None)
                    continue
                raise
            if value != "?missing":
                return value
            await self._value(
                "Runtime.evaluate",
                {"expression": page_script(), "contextId": world},
                frame.session,
                timeout_s,
            )
        raise DevToolsError(name, "Cannot find context with specified id")

    async def _world(self, frame: Frame) -> int:
        key = (frame.session, frame.id)
        known = self._worlds.get(key)
        if known is None:
            answer = await self._wire.send(
                "Page.createIsolatedWorld",
                {"frameId": frame.id, "worldName": _WORLD},
                frame.session,
            )
            known = self._worlds[key] = int(number(answer, "executionContextId"))
        return known

    async def _value(
        self, method: str, params: JsonObject, session: str, timeout_s: float
    ) -> JsonValue:
        answer = await self._wire.send(method, params, session, timeout_s=timeout_s)
        failure = mapping(answer, "exceptionDetails")
        if failure:
            raise DevToolsError(
                method, text(failure, "exception", "description") or text(failure, "text")
            )
        return dig(answer, "result", "value")

    async def owner_ref(self, child: Frame, parent: Frame) -> str:
        """Return the ref, in the parent's document, of the element that holds the child frame."""
        owner = await self._wire.send("DOM.getFrameOwner", {"frameId": child.id}, parent.session)
        world = await self._world(parent)
        node = await self._wire.send(
            "DOM.resolveNode",
            {"backendNodeId": int(number(owner, "backendNodeId")), "executionContextId": world},
            parent.session,
        )
        params: JsonObject = {
            "functionDeclaration": "function () { return podium.refOf(this); }",
            "objectId": text(node, "object", "objectId"),
            "returnByValue": True,
        }
        value = await self._value("Runtime.callFunctionOn", params, parent.session, 10.0)
        return value if isinstance(value, str) else ""

    async def object_of(self, frame: Frame, ref: str) -> str:
        """Return a DevTools object id of the element.

        Raises:
            DevToolsError: If it is gone.
        """
        params: JsonObject = {
            "functionDeclaration": "(ref) => podium.elementOf(ref)",
            "executionContextId": await self._world(frame),
            "arguments": [{"value": ref}],
        }
        answer = await self._wire.send("Runtime.callFunctionOn", params, frame.session)
        found = text(answer, "result", "objectId")
        if not found:
            raise DevToolsError("object_of", "Cannot find context: the element is gone")
        return found

    # -- is it at work? ----------------------------------------------------------------------------

    def loading(self) -> bool:
        """Return whether a document of the active tab is being loaded."""
        session = self._by_target.get(self.active)
        return session is not None and bool(self._loading.get(session.id))

    def waiting(self) -> list[str]:
        """Return the addresses of requests of the active tab that the page waits for."""
        session = self._by_target.get(self.active)
        if session is None:
            return []
        now = time.monotonic()
        family = {
            session.id,
            *(one.id for one in self._sessions.values() if one.parent == session.id),
        }
        urls: list[str] = []
        for (owner, _), pending in list(self._pending.items()):
            if owner not in family or pending.url in self._endless:
                continue
            if now - pending.since > LONG_REQUEST_S and pending.kind in {"XHR", "Fetch"}:
                self._endless.add(pending.url)
                continue
            urls.append(pending.url)
        return urls

    # -- events ------------------------------------------------------------------------------------

    def _touch(self) -> None:
        self._changed.set()

    def _note(self, params: JsonObject, session: str) -> None:
        self._touch()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _created(self, params: JsonObject, session: str) -> None:
        target = text(params, "targetInfo", "targetId")
        if (
            self.started
            and text(params, "targetInfo", "type") == "page"
            and target not in self._attaching
        ):
            self._attaching.add(target)
            self._touch()
            self._spawn(self._attach(target))

    async def _attach(self, target: str) -> None:
        with suppress(DevToolsError, Retryable):
            await self._wire.send("Target.attachToTarget", {"targetId": target, "flatten": True})

    def _attached(self, params: JsonObject, session: str) -> None:
        info = mapping(params, "targetInfo")
        kind = text(info, "type")
        target = text(info, "targetId")
        if kind not in {"page", "iframe"} or target in self._by_target:
            return
        parent = self._sessions.get(session)
        one = Session(
            text(params, "sessionId"),
            target,
            kind,
            opener=text(info, "openerId"),
            parent="" if parent is None else parent.parent or parent.id,
        )
        self._sessions[one.id] = one
        self._by_target[target] = one
        self.frames_seen.add(target)
        if kind == "page":
            self._order.append(target)
        self._touch()
        self._spawn(self._prepare(one))

    async def _prepare(self, session: Session) -> None:
        commands: list[tuple[str, JsonObject]] = [
            ("Page.enable", {}),
            ("Network.enable", {"maxPostDataSize": 0}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": page_script(), "worldName": _WORLD, "runImmediately": True}),
            ("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}),
        ]  # fmt: skip
        if session.kind == "page":
            # Tabs of parallel runs are never in front; pages must not notice.
            commands.append(("Emulation.setFocusEmulationEnabled", {"enabled": True}))
            size: JsonObject = {
                "width": self._viewport[0],
                "height": self._viewport[1],
                "deviceScaleFactor": 1,
                "mobile": False,
            }
            commands.append(("Emulation.setDeviceMetricsOverride", size))
        try:
            await asyncio.gather(
                *(self._wire.send(method, params, session.id) for method, params in commands),
                return_exceptions=True,
            )
        finally:
            session.ready.set()
            self._touch()
        if session.kind == "page" and len(self._order) > 1:
            # A dialog that opened before events were on is not announced again.
            with suppress(DevToolsError, Retryable):
                await self._wire.send("Page.handleJavaScriptDialog", {"accept": False}, session.id)

    def _detached(self, params: JsonObject, session: str) -> None:
        self._forget(text(params, "sessionId"))

    def _destroyed(self, params: JsonObject, session: str) -> None:
        found = self._by_target.get(text(params, "targetId"))
        if found is not None:
            self._forget(found.id)

    def _forget(self, session_id: str) -> None:
        session = self._sessions.pop(session_id, None)
        if session is None:
            return
        self._by_target.pop(session.target, None)
        if session.target in self._order:
            self._order.remove(session.target)
        self._loading.pop(session_id, None)
        for key in [key for key in self._pending if key[0] == session_id]:
            del self._pending[key]
        for world in [world for world in self._worlds if world[0] == session_id]:
            del self._worlds[world]
        self._touch()

    def _crashed(self, params: JsonObject, session: str) -> None:
        found = self._by_target.get(text(params, "targetId"))
        if found is not None:
            found.crashed = True
            self._loading.pop(found.id, None)
            self._touch()

    def _frame_attached(self, params: JsonObject, session: str) -> None:
        self.frames_seen.add(text(params, "frameId"))
        self._touch()

    def _frame_navigated(self, params: JsonObject, session: str) -> None:
        frame = mapping(params, "frame")
        self._worlds.pop((session, text(frame, "id")), None)
        found = self._sessions.get(session)
        if found is not None and found.kind == "page" and not text(frame, "parentId"):
            loader = text(frame, "loaderId")
            self.last_load[found.target] = loader
            found.crashed = False
            # Requests of the document before are of no interest any more.
            for key in [
                key
                for key, one in self._pending.items()
                if key[0] == session and one.loader != loader
            ]:
                del self._pending[key]
        self._touch()

    def _frame_gone(self, params: JsonObject, session: str) -> None:
        frame = text(params, "frameId")
        self._worlds.pop((session, frame), None)
        self._loading.get(session, set()).discard(frame)
        self._touch()

    def _started_loading(self, params: JsonObject, session: str) -> None:
        if text(params, "navigationType") in {"sameDocument", "historySameDocument"}:
            return
        self._loading.setdefault(session, set()).add(text(params, "frameId"))
        self._touch()

    def _requested_navigation(self, params: JsonObject, session: str) -> None:
        # Announced before it starts; only navigations of this tab end in frameStoppedLoading.
        self._touch()

    def _stopped_loading(self, params: JsonObject, session: str) -> None:
        self._loading.get(session, set()).discard(text(params, "frameId"))
        self._touch()

    def _dialog(self, params: JsonObject, session: str) -> None:
        self.dialogs.append(f"{text(params, 'type')}: {text(params, 'message')}"[:500])
        # `beforeunload` would keep a page that the program wants to leave; every other question is answered with no.
        accept = text(params, "type") in {"beforeunload", "alert"}
        self._touch()
        self._spawn(self._answer(session, accept=accept))

    async def _answer(self, session: str, *, accept: bool) -> None:
        with suppress(DevToolsError, Retryable):
            await self._wire.send("Page.handleJavaScriptDialog", {"accept": accept}, session)

    def _request(self, params: JsonObject, session: str) -> None:
        kind = text(params, "type")
        self._touch()
        if kind not in _PENDING_TYPES or text(params, "request", "url").startswith(
            ("data:", "blob:")
        ):
            return
        url = text(params, "request", "url").split("?")[0]
        self._pending[session, text(params, "requestId")] = _Pending(
            url, time.monotonic(), kind, text(params, "loaderId")
        )

    def _response(self, params: JsonObject, session: str) -> None:
        self._touch()
        response = mapping(params, "response")
        mime = text(response, "mimeType")
        found = self._sessions.get(session)
        if (
            text(params, "type") == "Document"
            and found
            and found.kind == "page"
            and text(params, "frameId") == found.target
        ):
            self.documents.append(
                (text(response, "url"), int(number(response, "status")), mime, found.target)
            )
        if mime in {"text/event-stream", "multipart/x-mixed-replace"}:
            self._pending.pop((session, text(params, "requestId")), None)

    def _finished(self, params: JsonObject, session: str) -> None:
        if self._pending.pop((session, text(params, "requestId")), None) is not None:
            self.finished += 1
        self._touch()

    async def close(self) -> None:
        """Stop following."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
