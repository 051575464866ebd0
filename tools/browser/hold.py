"""The write hold: which of a run's requests may leave, decided by the step that causes them (design §7).

Requests are paused at browser level, the only place that sees those of service workers, foreign frames and new tabs too.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import NotPermitted, Retryable
from podium.tools.browser.engine import BrowserClient, open_client, watch_connection
from podium.tools.browser.origins import Origin, origin_of
from podium.tools.browser.proxy import Gate
from podium.tools.browser.requests import (
    body_fields,
    has_file,
    is_telemetry,
    only_reads,
    operation_of,
    signature_of,
)
from podium.tools.browser.sockets import (
    ANSWERED,
    METHOD,
    is_pulse,
    message_fields,
    message_operation,
)
from podium.tools.browser.tabs import Tabs
from podium.tools.browser.wire import DevToolsError, Wire, dig, mapping, number, text
from podium.tools.grounding.requests import same_request
from podium.tools.page import SAFE_METHODS, RequestInfo, StepPolicy, Traffic

Verdict = Literal["pass", "write", "hold"]
Cause = Literal["load", "input"]
_PRIVATE_SCHEMES = ("data:", "blob:", "about:")
_UNKNOWN_FRAME_WAIT_S = 0.5
_NEXT_DOCUMENT_WAIT_S = 0.5
_MAY_WRITE = ("Document", "XHR", "Fetch", "EventSource", "Ping", "CSPViolationReport", "Other")
"""Every kind but those that elements load by GET alone (images, styles, scripts, fonts, media): the proxy sees to these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A paused request and what it stems from."""

    info: RequestInfo
    cause: Cause
    """`input`: it follows a click or key of the step and no new document has come since."""
    top_document: bool = False
    follows: bool = False
    """It is the redirect of a request that was already let through."""
    reads: bool = False
    """Its form says that it only reads (GraphQL query, `/search`)."""
    ambient: bool = False
    """The page sent the like before, by itself."""
    telemetry: bool = False
    """It reports to the site what its visitors do, or that they are there."""
    leaving: bool = False
    """A document that is gone sends it on its way out: nobody gets its answer."""
    beacon: bool = False
    """It is telemetry by its way of sending alone: of a step that writes it may be the write."""


def decide(request: Outgoing, policy: StepPolicy) -> Verdict:
    """Return what becomes of a request: let through, let through as the step's write, or held."""
    method = request.info.method
    writes = policy.effect in {"write", "irreversible"}
    if method in SAFE_METHODS:
        # `Delete` may be a plain link: in a write step the navigation that the click causes is the write.
        activation = (
            writes and request.top_document and request.cause == "input" and not request.follows
        )
        if not activation:
            return "pass"
        return "hold" if policy.hold_writes or _unlike(request, policy) else "write"
    if policy.effect == "sign_in":
        return "pass"
    if policy.effect == "read" and request.info.signature in policy.signatures:
        return "pass"
    if (request.reads and not _unbelieved(request, policy)) or request.ambient:
        return "pass"
    if request.leaving and (policy.effect == "read" or policy.hold_writes):
        return "hold"
    if request.cause == "load" and request.info.resource != "Document":
        # Pages read by POST while they load; nobody has touched anything yet.
        return "pass"
    if policy.effect == "read" or policy.hold_writes:
        return "hold"
    if request.telemetry and not request.beacon:
        return "pass"
    return "hold" if _unlike(request, policy) else "write"


def _unbelieved(request: Outgoing, policy: StepPolicy) -> bool:
    """Return whether a click that is only tried sends what reads by nothing but its name."""
    query = request.info.signature.rpartition("#")[2].split(" ")[0] == "query"
    return policy.trying and request.cause == "input" and not query


def _unlike(request: Outgoing, policy: StepPolicy) -> bool:
    """Return whether a write is another one than the step was learnt with: the same button may delete today."""
    return bool(policy.signatures) and not same_request(
        tuple(policy.signatures), request.info.signature
    )


@dataclass(slots=True)
class _Record:
    info: RequestInfo
    status: int = 0


class RunGuard:
    """The policy in force for one run, and the account of its requests."""

    def __init__(self, context: str, gate: Gate, tabs: Tabs) -> None:
        self.context = context
        self.gate = gate
        self.tabs = tabs
        self.policy = StepPolicy()
        self.stand_ins: dict[str, str] = {}
        """Addresses answered by us with a document of ours; nothing is sent."""
        self._sent: list[_Record] = []
        self._held: list[RequestInfo] = []
        self._muted: list[RequestInfo] = []
        self._blocked_from = 0
        self._held_since_input = 0
        self._touched = False
        self._loaders: dict[str, str] = {}
        self._left = ""
        """Address of the document that the last input went to."""
        self._known_documents: set[str] = set()
        self._coming_documents: set[str] = set()
        self._ambient: set[tuple[str, tuple[str, ...]]] = set()
        self._activated = False
        self._credentials: dict[Origin, tuple[str, str]] = {}
        self.failure: Exception | None = None
        """Why a write could not be journalled, and was therefore not sent."""

    # -- told by the page --------------------------------------------------------------------------

    def begin(self, policy: StepPolicy) -> None:
        """Put a step's policy in force and start a new account."""
        self.policy = policy
        self._sent = []
        self._held = []
        self._muted = []
        self._blocked_from = len(self.gate.blocked)
        self._held_since_input = 0
        self._activated = False

    def loading(self) -> None:
        """Note that what follows is caused by opening an address, not by input."""
        self._touched = False
        self._left = self.tabs.activity.address.get(self.tabs.active, "").split("#")[0]
        self._coming_documents.clear()

    def acting(self) -> None:
        """Note that what follows is caused by an input of ours."""
        self._touched = True
        self._activated = False
        self._held_since_input = 0
        self._loaders = dict(self.tabs.activity.last_load)
        self._left = self.tabs.activity.address.get(self.tabs.active, "").split("#")[0]
        self._known_documents = {one.url for one in self.tabs.activity.documents[-20:]}
        self._coming_documents.clear()

    def authenticate(self, origin: Origin, user: str, password: str) -> None:
        """Answer the origin's HTTP authentication challenge with that, once: what was wrong stays wrong."""
        self._credentials[origin] = (user, password)

    def credentials_for(self, origin: str) -> JsonObject:
        """Return Chromium's answer to a challenge of that origin."""
        try:
            user, password = self._credentials.pop(origin_of(origin))
        except (KeyError, NotPermitted):
            return {"response": "CancelAuth"}
        return {"response": "ProvideCredentials", "username": user, "password": password}

    def raise_failure(self) -> None:
        """Raise what `before_send` raised, once."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    def permits(self, origin: Origin) -> bool:
        """Return whether the plan names the origin."""
        return self.gate.permits(origin)

    def last_blocked(self) -> str:
        """Return the origin that was refused last since `begin`, or ''."""
        return self.gate.blocked[-1] if len(self.gate.blocked) > self._blocked_from else ""

    def held_since_input(self) -> bool:
        """Return whether a request was held since the last input."""
        return self._held_since_input > 0

    def traffic(
        self,
        clean: Callable[[str], str],
        *,
        documents: tuple[tuple[str, int], ...],
        dialogs: tuple[str, ...],
    ) -> Traffic:
        """Return the account since `begin`, without secrets."""

        def cleaned(info: RequestInfo) -> RequestInfo:
            return RequestInfo(
                method=info.method,
                url=clean(info.url),
                signature=clean(info.signature),
                fields=info.fields,
                resource=info.resource,
            )

        return Traffic(
            sent=tuple(cleaned(record.info) for record in self._sent),
            held=tuple(map(cleaned, self._held)),
            muted=tuple(map(cleaned, self._muted)),
            blocked=tuple(dict.fromkeys(self.gate.blocked[self._blocked_from :])),
            answered=tuple(
                (clean(record.info.signature), record.status)
                for record in self._sent
                if record.status
            ),
            documents=documents,
            dialogs=dialogs,
        )

    # -- told by the warden ------------------------------------------------------------------------

    def examine(self, params: JsonObject) -> Outgoing:
        """Return a paused request with its cause."""
        request = mapping(params, "request")
        method = text(request, "method")
        url = text(request, "url") + text(request, "urlFragment")
        resource = text(params, "resourceType")
        frame = text(params, "frameId")
        headers = {
            key.lower(): value
            for key, value in mapping(request, "headers").items()
            if isinstance(value, str)
        }
        body = _body(request)
        kind = headers.get("content-type", "")
        operation = "" if method in SAFE_METHODS else operation_of(url, body, kind)
        fields = body_fields(body, kind)
        info = RequestInfo(
            method=method,
            url=url,
            signature=signature_of(method, url, operation),
            fields=fields,
            resource=resource,
        )
        top = resource == "Document" and frame in self.tabs.tabs
        cause = self._cause(frame, headers.get("referer", ""))
        follows = dig(params, "redirectedRequestId") is not None or (
            self._activated and method in SAFE_METHODS and top
        )
        return Outgoing(
            info=info,
            cause=cause,
            leaving=resource != "Document" and self._leaves(frame, headers.get("referer", "")),
            top_document=top or (resource == "Document" and frame not in self.tabs.frames_seen),
            follows=follows,
            reads=method not in SAFE_METHODS
            and not has_file(body, kind)
            and only_reads(url, operation, body, document=resource == "Document"),
            telemetry=method == "POST" and (resource == "Ping" or is_telemetry(url)),
            beacon=method == "POST" and resource == "Ping" and not is_telemetry(url),
            ambient=resource != "Document" and (info.signature, fields) in self._ambient,
        )

    def examine_message(self, url: str, body: str) -> Outgoing:
        """Return a WebSocket's message with its cause: input, when one came and no document has since."""
        operation, fields = message_operation(body), message_fields(body)
        info = RequestInfo(
            method=METHOD,
            url=url,
            signature=signature_of(METHOD, url, operation),
            fields=fields,
            resource="WebSocket",
        )
        return Outgoing(
            info=info,
            cause=self._cause(self.tabs.active, ""),
            reads=is_pulse(body) or (bool(operation) and only_reads(url, operation, body)),
            # One without a name is like any other without a name.
            ambient=bool(operation or fields) and (info.signature, fields) in self._ambient,
        )

    async def leave_for(self, url: str, body: str) -> bool:
        """Return whether a WebSocket's message may leave; of a writing step `sent` is on record before it does."""
        request = self.examine_message(url, body)
        verdict = decide(request, self.policy)
        if verdict == "hold":
            self.held(request)
            return False
        if verdict == "write" and self.policy.before_send is not None:
            try:
                await self.policy.before_send(request.info)
            except BaseException as error:
                self.held(request)
                self.failure = error if isinstance(error, Exception) else None
                raise
        if not request.reads:
            self.passed(request)
        return True

    def heard(self, url: str) -> None:
        """Note that the site said something on a socket after a message of ours."""
        for record in self._sent:
            if record.info.resource == "WebSocket" and record.info.url == url and not record.status:
                record.status = ANSWERED

    def _cause(self, frame: str, referer: str) -> Cause:
        if not self._touched:
            return "load"
        owner = frame if frame in self.tabs.tabs else self.tabs.active
        if self.tabs.activity.last_load.get(owner) != self._loaders.get(owner):
            return "load"  # the click led to a new document, and that one asks
        if referer and referer in self._coming_documents and referer not in self._known_documents:
            return "load"  # the new document asks before the news of it has reached us
        return "input"

    async def see_document(self, params: JsonObject) -> None:
        """Wait a little for the news of the next document when the one before it may be sending something on its way out."""
        method, resource = text(params, "request", "method"), text(params, "resourceType")
        if method in SAFE_METHODS or resource == "Document" or not self._coming_documents:
            return
        headers = mapping(params, "request", "headers")
        referer = next((text(headers, key) for key in headers if key.lower() == "referer"), "")
        frame = text(params, "frameId")
        deadline = asyncio.get_running_loop().time() + _NEXT_DOCUMENT_WAIT_S
        while referer == self._left and not self._leaves(frame, referer):
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.02)

    def _leaves(self, frame: str, referer: str) -> bool:
        """Return whether the document that asks is the one before the present one of its tab."""
        owner = frame if frame in self.tabs.tabs else self.tabs.active
        present = self.tabs.activity.address.get(owner, "").split("#")[0]
        return bool(referer) and referer == self._left != present

    def passed(self, request: Outgoing) -> _Record | None:
        """Note a request that goes out; return the record its answer belongs to, when it is of interest."""
        info = request.info
        if request.top_document and info.method in SAFE_METHODS:
            self._coming_documents.add(info.url.split("#")[0])
        if info.method not in SAFE_METHODS:
            self._activated = True
            if request.cause == "load":
                self._ambient.add((info.signature, info.fields))
        elif not request.top_document:
            return None
        record = _Record(info)
        self._sent.append(record)
        return record

    def held(self, request: Outgoing) -> None:
        """Note a request that was not sent."""
        told = request.telemetry and not (request.beacon and self.policy.effect != "read")
        if told or (request.leaving and request.cause == "load"):
            self._muted.append(request.info)
            return
        if request.beacon:
            self._held.insert(0, request.info)  # what a form or script sends beside it says more
        else:
            self._held.append(request.info)
        self._held_since_input += 1


def _body(request: JsonObject) -> str:
    body = text(request, "postData")
    if body:
        return body
    entries = dig(request, "postDataEntries")
    if not isinstance(entries, list):
        return ""
    pieces: list[str] = []
    for entry in entries:
        with suppress(ValueError):
            pieces.append(base64.b64decode(text(entry, "bytes")).decode("utf-8", errors="replace"))
    return "".join(pieces)


class Warden:
    """Holds the browser-level pause of one Chromium and asks the guard of the run that a request belongs to."""

    def __init__(self) -> None:
        self._wire = Wire()
        self._client: BrowserClient | None = None
        self._contexts: dict[str, str] = {}
        """Target (page, frame, worker) -> browser context."""
        self._guards: dict[str, RunGuard] = {}
        self._answers: dict[str, _Record] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def wire(self) -> Wire:
        """The browser-level connection."""
        return self._wire

    async def connect(self, address: str) -> None:
        """Start pausing every request of that Chromium."""
        for event in ("Target.targetCreated", "Target.targetInfoChanged"):
            self._wire.on(event, self._target)
        self._wire.on("Fetch.requestPaused", self._paused)
        self._wire.on("Fetch.authRequired", self._challenged)
        self._client = await open_client(address, self._wire)
        await self._wire.send("Target.setDiscoverTargets", {"discover": True, "filter": [{}]})
        patterns: list[JsonValue] = [
            {"urlPattern": "*", "resourceType": kind} for kind in _MAY_WRITE
        ]
        await self._wire.send("Fetch.enable", {"patterns": patterns, "handleAuthRequests": True})

    def on_lost(self, kill: Callable[[], None]) -> None:
        """Kill Chromium when the connection breaks: what was paused would be sent."""
        if self._client is not None:
            watch_connection(self._client, kill)

    async def close(self) -> None:
        """Let go of the connection; Chromium must already be dead, or its paused requests would be sent."""
        self._wire.closed = True
        for task in list(self._tasks):
            task.cancel()
        if self._client is not None:
            await self._client.stop()

    def add(self, guard: RunGuard) -> None:
        """Ask that guard about the requests of its context from now on."""
        self._guards[guard.context] = guard

    def remove(self, guard: RunGuard) -> None:
        """Forget a run whose context is gone."""
        self._guards.pop(guard.context, None)

    def _target(self, params: JsonObject, session: str) -> None:
        info = mapping(params, "targetInfo")
        self._contexts[text(info, "targetId")] = text(info, "browserContextId")

    def _guard_of(self, frame: str) -> RunGuard | None:
        context = self._contexts.get(frame)
        if context is not None:
            return self._guards.get(context)
        return next(
            (guard for guard in self._guards.values() if frame in guard.tabs.frames_seen), None
        )

    def _paused(self, params: JsonObject, session: str) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(params))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _challenged(self, params: JsonObject, session: str) -> None:
        task = asyncio.get_running_loop().create_task(self._authenticate(params))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def _authenticate(self, params: JsonObject) -> None:
        guard = self._guard_of(text(params, "frameId"))
        answer: JsonObject = {"response": "CancelAuth"}
        if guard is not None and text(params, "authChallenge", "source") == "Server":
            answer = guard.credentials_for(text(params, "authChallenge", "origin"))
        request_id = text(params, "requestId")
        with suppress(DevToolsError, Retryable):
            await self._wire.send(
                "Fetch.continueWithAuth", {"requestId": request_id, "authChallengeResponse": answer}
            )

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: the guard keeps what the acting step must learn

    async def _answer(self, params: JsonObject) -> None:
        request_id = text(params, "requestId")
        try:
            if (
                dig(params, "responseStatusCode") is not None
                or dig(params, "responseErrorReason") is not None
            ):
                record = self._answers.pop(request_id, None)
                if record is not None:
                    record.status = int(number(params, "responseStatusCode"))
                await self._wire.send("Fetch.continueResponse", {"requestId": request_id})
                return
            await self._judge(params, request_id)
        except (DevToolsError, Retryable):
            return  # the page that asked is gone, and the request with it

    async def _judge(self, params: JsonObject, request_id: str) -> None:
        method = text(params, "request", "method")
        url = text(params, "request", "url")
        guard = self._guard_of(text(params, "frameId"))
        if guard is None and method in SAFE_METHODS and len(self._guards) > 0:
            # A frame that is just being made; the proxy behind this checks the origin all the same.
            await self._wire.send("Fetch.continueRequest", {"requestId": request_id})
            return
        if guard is None:
            guard = await self._late_guard(params)
        if guard is None:
            await self._fail(request_id, "BlockedByClient")
            return
        stand_in = guard.stand_ins.get(url)
        if stand_in is not None:
            await self._fulfil(request_id, 200, stand_in)
            return
        if not url.startswith(_PRIVATE_SCHEMES) and not self._permitted(guard, url):
            await self._fail(request_id, "BlockedByClient")
            return
        await guard.see_document(params)
        await self._apply(guard, guard.examine(params), request_id)

    async def _late_guard(self, params: JsonObject) -> RunGuard | None:
        """Wait for the news of a frame; a write of nobody known belongs to the only run there is, or to none."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _UNKNOWN_FRAME_WAIT_S
        while loop.time() < deadline:
            guard = self._guard_of(text(params, "frameId"))
            if guard is not None:
                return guard
            await asyncio.sleep(0.02)
        return next(iter(self._guards.values())) if len(self._guards) == 1 else None

    @staticmethod
    def _permitted(guard: RunGuard, url: str) -> bool:
        try:
            origin = origin_of(url)
        except NotPermitted:
            guard.gate.block(url.split("?")[0][:200])
            return False
        if guard.permits(origin):
            return True
        guard.gate.block(str(origin.page))
        return False

    async def _apply(self, guard: RunGuard, request: Outgoing, request_id: str) -> None:
        verdict = decide(request, guard.policy)
        if verdict == "hold":
            guard.held(request)
            await self._fulfil(request_id, 204, "")
            return
        if verdict == "write" and guard.policy.before_send is not None:
            try:
                await guard.policy.before_send(request.info)
            except BaseException as error:
                # What cannot be journalled is not sent; who acted is told.
                guard.held(request)
                guard.failure = error if isinstance(error, Exception) else None
                await self._fail(request_id, "Aborted")
                raise
        record = guard.passed(request)
        params: JsonObject = {"requestId": request_id}
        # The answer to a read is told by `Traffic.documents`: no second stop for it.
        if record is not None and (verdict == "write" or request.info.method not in SAFE_METHODS):
            self._answers[request_id] = record
            params["interceptResponse"] = True
        await self._wire.send("Fetch.continueRequest", params)

    async def _fail(self, request_id: str, reason: str) -> None:
        await self._wire.send("Fetch.failRequest", {"requestId": request_id, "errorReason": reason})

    async def _fulfil(self, request_id: str, status: int, body: str) -> None:
        params: JsonObject = {"requestId": request_id, "responseCode": status}
        if body:
            params["body"] = base64.b64encode(body.encode()).decode()
            params["responseHeaders"] = [
                {"name": "Content-Type", "value": "text/html; charset=utf-8"}
            ]
        await self._wire.send("Fetch.fulfillRequest", params)
