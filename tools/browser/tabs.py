"""The tabs and frames of one session: which is active, what is loading, where scripts of ours can run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.activity import Activity
from podium.tools.browser.wire import DevToolsError, Wire, dig, mapping, number, objects, text
from podium.tools.page import DialogAnswer, Tab

_WORLD = "podium"
SOCKET_BINDING = "podiumSocket"
"""What our script calls when a WebSocket is to send a message."""
_MOVES_S = 2.0
"""How long a frame is waited for that left its process for another one."""


@cache
def page_script() -> str:
    """Return the script that runs in every frame, in a world of its own."""
    folder = files("podium.tools.browser")
    return "\n".join(
        (folder / name).read_text(encoding="utf-8")
        for name in ("snapshot.js", "widening.js", "acting.js")
    )


@cache
def timers_script() -> str:
    """Return the script that counts a page's short timers, in the page's own world."""
    return (files("podium.tools.browser") / "timers.js").read_text(encoding="utf-8")


@cache
def sockets_script() -> str:
    """Return the script that lets a WebSocket's messages wait for leave, in the page's own world."""
    return (files("podium.tools.browser") / "sockets.js").read_text(encoding="utf-8")


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


def _says(message: str, answer: DialogAnswer) -> bool:
    wanted = " ".join(answer.message.casefold().split())
    return wanted in " ".join(message.casefold().split())


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
        self._equipment: tuple[tuple[str, JsonObject], ...] = ()
        """What every session is sent beside the usual."""
        self._swapped: dict[str, tuple[str, float]] = {}
        """Frame -> its tab and when it left the tab's process for another one."""
        self.activity = Activity(wire)
        self.ticking: set[str] = set()
        """Origins whose pages always have a timer running."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._attaching: set[str] = set()
        self.started = False
        self.acted_in = ""
        """Session of the frame that was acted in last."""
        self.frames_seen: set[str] = set()
        self.dialogs: list[str] = []
        self.on_drag: Callable[[JsonValue], None] | None = None
        """Told what the browser's own drag carries, while somebody drags."""
        self.dialog_answer: DialogAnswer | None = None
        """How the next question that fits is answered."""
        for method, listener in (
            ("Target.attachedToTarget", self._attached),
            ("Target.detachedFromTarget", self._detached),
            ("Target.targetCreated", self._created),
            ("Target.targetDestroyed", self._destroyed),
            ("Target.targetCrashed", self._crashed),
            ("Page.frameAttached", self._frame_attached),
            ("Page.frameNavigated", self._frame_navigated),
            ("Page.frameDetached", self._frame_gone),
            ("Page.javascriptDialogOpening", self._dialog),
            ("Input.dragIntercepted", self._dragged),
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

    @property
    def usable(self) -> bool:
        """Whether the active tab is there and has not crashed."""
        found = self._by_target.get(self.active)
        return found is not None and not found.crashed

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
                    await self.activity.changed(timeout_s)

    def activate(self, target: str) -> None:
        """Make a known tab the active one."""
        if target in self._order:
            self._order.remove(target)
            self._order.append(target)

    async def listed(self) -> tuple[Tab, ...]:
        """Return the open tabs, the active one last."""
        answer = await self._wire.send("Target.getTargets")
        infos = {text(info, "targetId"): info for info in objects(answer, "targetInfos")}
        return tuple(
            Tab(
                id=target,
                url=text(infos[target], "url"),
                title=text(infos[target], "title"),
                active=target == self.active,
            )
            for target in self._order
            if target in infos
        )

    async def close_tab(self, target: str) -> None:
        """Close a tab; the one that was active before it is active again at once."""
        found = self._by_target.get(target)
        with suppress(DevToolsError):
            await self._wire.send("Target.closeTarget", {"targetId": target})
        if found is not None:
            self._forget(found.id)

    def roots(self) -> list[Frame]:
        """Return the active tab's own document, and that of the foreign frame that was acted in last.

        Other foreign frames are none of the page's business: advertisements move for ever.

        Raises:
            Retryable: If the tab is gone (`browser_gone`).
        """
        top = self._by_target.get(self.active)
        if top is None or top.crashed:
            raise Retryable("The page has crashed or was closed", code="browser_gone")
        family = [top, *(one for one in self._inner(top) if one.id == self.acted_in)]
        return [Frame(one.target, one.id, "", "", "", "") for one in family if not one.crashed]

    async def ready_roots(self) -> list[Frame]:
        """Return `roots` once the tab can be spoken to. Raises: Retryable."""
        await self.session()
        return self.roots()

    async def frames(self) -> Sequence[Frame]:
        """Return the documents of the active tab, outermost first."""
        top = await self.session()
        family = [top, *(one for one in self._inner(top) if one.ready.is_set())]
        trees = await asyncio.gather(*(self._tree(one) for one in family))
        frames = [frame for tree in trees for frame in tree]
        known = {frame.id for frame in frames}
        self.frames_seen |= known
        return [frame for frame in frames if not frame.parent or frame.parent in known]

    async def _tree(self, session: Session) -> Sequence[Frame]:
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

    async def equip(self, commands: Sequence[tuple[str, JsonObject]]) -> None:
        """Send the commands to every tab and frame process, those to come included."""
        self._equipment = (*self._equipment, *commands)
        for session in list(self._sessions.values()):
            await session.ready.wait()
            for method, params in commands:
                await self._wire.send(method, params, session.id)

    async def adopt(self, frame: Frame, refs: Sequence[str]) -> None:
        """Let the page script see into the closed shadow roots of those elements."""
        world = await self._world(frame)
        for ref in refs:
            host = await self.object_of(frame, ref)
            described = await self._wire.send(
                "DOM.describeNode", {"objectId": host, "depth": 1, "pierce": True}, frame.session
            )
            for root in objects(described, "node", "shadowRoots"):
                node = await self._wire.send(
                    "DOM.resolveNode",
                    {
                        "backendNodeId": int(number(root, "backendNodeId")),
                        "executionContextId": world,
                    },
                    frame.session,
                )
                params: JsonObject = {
                    "functionDeclaration": "function (ref) { podium.adopt(ref, this); }",
                    "objectId": text(node, "object", "objectId"),
                    "arguments": [{"value": ref}],
                }
                await self._value("Runtime.callFunctionOn", params, frame.session, 10.0)

    # -- is it at work? ----------------------------------------------------------------------------

    def loading(self) -> bool:
        """Return whether a document of the active tab is being loaded."""
        session = self._by_target.get(self.active)
        if session is None:
            return False
        if not session.ready.is_set() or self.activity.loading(session.id):
            return True
        return any(
            not one.ready.is_set() or self.activity.loading(one.id) for one in self._inner(session)
        ) or self._moving(session.target)

    def _inner(self, top: Session) -> list[Session]:
        """Return the sessions of a tab's frames that live in processes of their own."""
        return [one for one in self._sessions.values() if one.parent == top.id]

    def _moving(self, tab: str) -> bool:
        """Return whether a frame of the tab is on its way into a process of its own, where it is not seen yet."""
        now = time.monotonic()
        return any(
            where == tab and now - since < _MOVES_S and frame not in self._by_target
            for frame, (where, since) in self._swapped.items()
        )

    def waiting(self) -> bool:
        """Return whether the active tab waits for an answer."""
        session = self._by_target.get(self.active)
        if session is None:
            return False
        return self.activity.waiting({session.id, *(one.id for one in self._inner(session))})

    # -- events ------------------------------------------------------------------------------------

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
            self.activity.touch()
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
            self.activity.targets[one.id] = target
        self.activity.touch()
        self._spawn(self._prepare(one))

    async def _prepare(self, session: Session) -> None:
        commands: list[tuple[str, JsonObject]] = [
            ("Page.enable", {}),
            ("Network.enable", {"maxPostDataSize": 0}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": page_script(), "worldName": _WORLD, "runImmediately": True}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": timers_script()}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": sockets_script()}),
            ("Runtime.enable", {}),
            ("Runtime.addBinding", {"name": SOCKET_BINDING, "executionContextName": _WORLD}),
            ("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}),
        ]  # fmt: skip
        commands += self._equipment
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
            await self._catch_up(session)
        finally:
            session.ready.set()
            self.activity.touch()
        if session.kind == "page" and len(self._order) > 1:
            # A dialog that opened before events were on is not announced again.
            with suppress(DevToolsError, Retryable):
                await self._wire.send("Page.handleJavaScriptDialog", {"accept": False}, session.id)

    async def _catch_up(self, session: Session) -> None:
        """Learn what a target did before its events were on."""
        try:
            tree = await self._wire.send("Page.getFrameTree", {}, session.id, timeout_s=10)
            params: JsonObject = {"expression": "document.readyState", "returnByValue": True}
            state = await self._value("Runtime.evaluate", params, session.id, 10)
        except (DevToolsError, Retryable):
            return
        self.activity.shows(session.id, mapping(tree, "frameTree", "frame"))
        if session.kind == "iframe" and state != "complete":
            self.activity.begins(session.id, session.target)

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
        self._wire.abandon(session.id)
        self.activity.forget(session.id)
        for inner in self._inner(session):
            self._forget(inner.id)
        if session.target in self._order:
            self._order.remove(session.target)
        self.activity.targets.pop(session_id, None)
        for world in [world for world in self._worlds if world[0] == session_id]:
            del self._worlds[world]
        self.activity.touch()

    def _crashed(self, params: JsonObject, session: str) -> None:
        found = self._by_target.get(text(params, "targetId"))
        if found is not None:
            found.crashed = True
            self.activity.forget(found.id)

    def _frame_attached(self, params: JsonObject, session: str) -> None:
        self.frames_seen.add(text(params, "frameId"))
        self.activity.touch()

    def _frame_navigated(self, params: JsonObject, session: str) -> None:
        self._worlds.pop((session, text(params, "frame", "id")), None)
        found = self._sessions.get(session)
        if found is not None:
            found.crashed = False

    def _frame_gone(self, params: JsonObject, session: str) -> None:
        if text(params, "reason") == "swap":
            found = self._sessions.get(session)
            if found is not None:
                tab = self._sessions.get(found.parent, found).target
                self._swapped[text(params, "frameId")] = tab, time.monotonic()
        self._worlds.pop((session, text(params, "frameId")), None)

    def _dialog(self, params: JsonObject, session: str) -> None:
        kind, message = text(params, "type"), text(params, "message")
        # `beforeunload` would keep a page that the program wants to leave; every other question is answered with no,
        # unless the program said how this one is answered.
        answer: JsonObject = {"accept": kind in {"beforeunload", "alert"}}
        prepared = self.dialog_answer
        if prepared is not None and kind in {"confirm", "prompt"} and _says(message, prepared):
            self.dialog_answer = None
            answer = {"accept": prepared.accept}
            if kind == "prompt":
                answer["promptText"] = prepared.text
        agreed = " (accepted)" if answer["accept"] and kind in {"confirm", "prompt"} else ""
        self.dialogs.append(f"{kind}{agreed}: {message}"[:500])
        self.activity.touch()
        self._spawn(self._answer(session, answer))

    def _dragged(self, params: JsonObject, session: str) -> None:
        if self.on_drag is not None:
            self.on_drag(params.get("data"))

    async def _answer(self, session: str, answer: JsonObject) -> None:
        with suppress(DevToolsError, Retryable):
            await self._wire.send("Page.handleJavaScriptDialog", answer, session)

    async def close(self) -> None:
        """Stop following."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
