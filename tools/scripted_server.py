"""A model server for tests: OpenAI's chat-completions wire format on loopback, with scripted answers and faults.

Any client that speaks the format can be pointed at it. It is a double, not a model: it says what it was told to say, and an
unscripted request is an error.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self, TypeGuard

from pydantic import JsonValue

from podium.state.document import JsonObject

FaultKind = Literal["status", "silence", "hang_up", "cut_body", "not_json", "wrong_wire"]

_PATH = "/v1/chat/completions"
_CREATED = 1_700_000_000
"""Answers are the same in every test, their time too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: JsonObject

    @property
    def messages(self) -> tuple[JsonObject, ...]:
        """The messages, oldest first."""
        found = self.body.get("messages")
        return tuple(item for item in found if isinstance(item, dict)) if _is_list(found) else ()

    @property
    def text(self) -> str:
        """The texts of all messages, one below the other."""
        return "\n".join(_text(message.get("content")) for message in self.messages)

    @property
    def facts(self) -> JsonObject:
        """The JSON document in the first user message; empty when there is none."""
        for message in self.messages:
            if message.get("role") == "user":
                with suppress(ValueError):
                    value: JsonValue = json.loads(_text(message.get("content")))
                    return value if isinstance(value, dict) else {}
        return {}

    @property
    def wants(self) -> Literal["json_schema", "json_object", "tool", "text"]:
        """How the client asks for structure."""
        form = self.body.get("response_format")
        if isinstance(form, dict):
            return "json_schema" if form.get("type") == "json_schema" else "json_object"
        return "tool" if self.body.get("tools") else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model says. An object goes out as JSON text, or as a call of the tool that the client offers."""

    content: JsonValue
    finish_reason: str = "stop"
    refusal: str | None = None
    usage: tuple[int, int] | None = None
    """Input and output tokens; none: counted from the lengths of the texts."""
    tells_usage: bool = True
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How the server fails instead of answering."""

    kind: FaultKind
    status: int = 500
    message: str = "scripted fault"
    code: str | None = None
    retry_after: str | None = None
    delay_s: float = 0.0


Reply = Answer | Fault
Rule = Callable[[ReceivedRequest], Reply | None]
"""Answers a request by its content; none: it has nothing to say to this one."""


# -- What may be scripted --------------------------------------------------------------------------


def says(content: JsonValue, *, usage: tuple[int, int] | None = None) -> Answer:
    """Return a good answer."""
    return Answer(content=content, usage=usage)


def refuses(why: str = "I cannot help with that.") -> Answer:
    """Return a refusal in the wire format's own field."""
    return Answer(content=None, refusal=why)


def truncated(content: str = '{"requests": [{"verb": "cre') -> Answer:
    """Return an answer that stopped at the token limit, its JSON cut."""
    return Answer(content=content, finish_reason="length")


def huge(size_bytes: int = 10_000_000) -> Answer:
    """Return an answer larger than any client should read."""
    return Answer(content="x" * size_bytes)


def busy(*, retry_after_s: float | None = None) -> Fault:
    """Return HTTP 429, with the time to wait when one is given."""
    wait = None if retry_after_s is None else f"{retry_after_s:g}"
    return Fault(kind="status", status=429, message="Rate limit reached", retry_after=wait)


def fails(status: int = 500, message: str = "scripted fault", *, code: str | None = None) -> Fault:
    """Return an HTTP error."""
    return Fault(kind="status", status=status, message=message, code=code)


def stays_silent(delay_s: float) -> Fault:
    """Return silence for that long, then a closed connection."""
    return Fault(kind="silence", delay_s=delay_s)


def hangs_up() -> Fault:
    """Return a connection closed before any answer."""
    return Fault(kind="hang_up")


def cuts_body() -> Fault:
    """Return an answer whose body ends before its announced length."""
    return Fault(kind="cut_body")


def not_json() -> Fault:
    """Return a page where an answer should be, as a wrong address would."""
    return Fault(kind="not_json", status=200)


def wrong_wire() -> Fault:
    """Return JSON that is no chat completion."""
    return Fault(kind="wrong_wire", status=200)


# -- The server ------------------------------------------------------------------------------------


class ScriptedServer:
    """Answers the scripted replies in order, then by the rule; records every request.

    Use it as a context manager; `base_url` is what a client is configured with.
    """

    def __init__(self, *script: Reply, rule: Rule | None = None) -> None:
        self._script = deque(script)
        self._rule = rule
        self._requests: list[ReceivedRequest] = []
        self._lock = threading.Condition()
        self._closing = threading.Event()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def base_url(self) -> str:
        """The address a client is given."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def requests(self) -> tuple[ReceivedRequest, ...]:
        """Every request for an answer so far, in the order of arrival."""
        with self._lock:
            return tuple(self._requests)

    def wait_for(self, count: int, *, timeout_s: float = 10.0) -> bool:
        """Return whether that many requests have arrived, as soon as they have."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self._requests) >= count, timeout_s)

    def script(self, *replies: Reply) -> None:
        """Append replies to the script."""
        with self._lock:
            self._script.extend(replies)

    def reply_to(self, request: ReceivedRequest) -> Reply:
        """Record the request and return the reply it gets."""
        with self._lock:
            self._requests.append(request)
            self._lock.notify_all()
            if self._script:
                return self._script.popleft()
        reply = self._rule(request) if self._rule else None
        # Not a 500: clients would try again.
        return reply or fails(400, "Nothing is scripted for this request")

    def wait(self, seconds: float) -> None:
        """Pass the time, but not longer than the server lives."""
        self._closing.wait(seconds)


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, owner: ScriptedServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: clients that give up are part of what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def owner(self) -> ScriptedServer:
        """The server that knows the script."""
        assert isinstance(self.server, _Http)
        return self.server.owner

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: requests are recorded instead."""

    def do_GET(self) -> None:
        """List the models; anything else is not there."""
        if self.path.rstrip("/") != "/v1/models":
            self._send(404, _error("Not found", code=None))
            return
        self._send(
            200, {"object": "list", "data": [{"id": "scripted", "object": "model", "created": 0}]}
        )

    def do_POST(self) -> None:
        """Answer one request for a completion."""
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.rstrip("/") != _PATH:
            self._send(404, _error(f"Unknown path {self.path}", code=None))
            return
        body = _decoded(raw)
        if not isinstance(body.get("messages"), list) or not isinstance(body.get("model"), str):
            self._send(400, _error("`model` and `messages` are required", code=None))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = ReceivedRequest(path=self.path, headers=headers, body=body)
        reply = self.owner.reply_to(request)
        if reply.delay_s:
            self.owner.wait(reply.delay_s)
        # A client that gave up is no mistake of this side.
        with suppress(ConnectionError):
            if isinstance(reply, Fault):
                self._fail(reply)
            elif body.get("stream") is True:
                self._stream(request, reply)
            else:
                self._send(200, _completion(request, reply))

    def _fail(self, fault: Fault) -> None:
        match fault.kind:
            case "status":
                extra = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
                self._send(fault.status, _error(fault.message, code=fault.code), extra)
            case "silence" | "hang_up":
                self.close_connection = True
            case "cut_body":
                self._send_bytes(200, b'{"id": "cut", "choi', "application/json", announced=4_000)
                self.close_connection = True
            case "not_json":
                self._send_bytes(fault.status, b"<html>It works!</html>", "text/html")
            case "wrong_wire":
                self._send(fault.status, {"answer": "this is another format"})

    def _stream(self, request: ReceivedRequest, answer: Answer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in _chunks(request, answer):
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _send(self, status: int, body: JsonObject, extra: dict[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json", extra=extra)

    def _send_bytes(
        self,
        status: int,
        body: bytes,
        kind: str,
        *,
        announced: int | None = None,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(announced or len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


# -- The wire format -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer in the form that the client asked for."""

    text: str | None
    tool_calls: list[JsonValue] = field(default_factory=list[JsonValue])


def _said(request: ReceivedRequest, answer: Answer) -> _Said:
    text = answer.content if isinstance(answer.content, str) else json.dumps(answer.content)
    if answer.content is None:
        return _Said(None)
    if request.wants != "tool":
        return _Said(text)
    function: JsonValue = {"name": _tool_name(request.body), "arguments": text}
    return _Said(None, [{"id": "call_1", "type": "function", "function": function}])


def _completion(request: ReceivedRequest, answer: Answer) -> JsonObject:
    said = _said(request, answer)
    message: JsonObject = {
        "role": "assistant",
        "content": said.text,
        "refusal": answer.refusal,
    }
    finish = answer.finish_reason
    if said.tool_calls:
        message["tool_calls"] = said.tool_calls
        finish = "tool_calls" if finish == "stop" else finish
    choice: JsonValue = {"index": 0, "finish_reason": finish, "message": message}
    completion = _envelope(request, "chat.completion", [choice])
    return {**completion, "usage": _usage(request, answer)} if answer.tells_usage else completion


def _chunks(request: ReceivedRequest, answer: Answer) -> Iterator[JsonObject]:
    said = _said(request, answer)
    finish = "tool_calls" if said.tool_calls else answer.finish_reason
    calls: list[JsonValue] = [
        {"index": 0, **call} for call in said.tool_calls if isinstance(call, dict)
    ]
    deltas: list[JsonObject] = [{"role": "assistant", "content": ""}]
    if calls:
        deltas.append({"tool_calls": calls})
    if answer.refusal is not None:
        deltas.append({"refusal": answer.refusal})
    text = said.text or ""
    half = len(text) // 2
    deltas.extend({"content": part} for part in (text[:half], text[half:]))
    for delta in deltas:
        yield _chunk(request, delta, None)
    yield _chunk(request, {}, finish)
    options = request.body.get("stream_options")
    if answer.tells_usage and isinstance(options, dict) and options.get("include_usage"):
        yield {
            **_envelope(request, "chat.completion.chunk", []),
            "usage": _usage(request, answer),
        }


def _chunk(request: ReceivedRequest, delta: JsonObject, finish: str | None) -> JsonObject:
    choice: JsonValue = {"index": 0, "delta": delta, "finish_reason": finish}
    return _envelope(request, "chat.completion.chunk", [choice])


def _envelope(request: ReceivedRequest, kind: str, choices: list[JsonValue]) -> JsonObject:
    return {
        "id": "chatcmpl-scripted",
        "object": kind,
        "created": _CREATED,
        "model": request.body.get("model"),
        "choices": choices,
    }


def _usage(request: ReceivedRequest, answer: Answer) -> JsonObject:
    counted = len(json.dumps(request.body)) // 4, len(json.dumps(answer.content)) // 4
    prompt, completion = answer.usage or counted
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _error(message: str, *, code: str | None) -> JsonObject:
    return {"error": {"message": message, "type": "scripted", "param": None, "code": code}}


def _tool_name(body: JsonObject) -> str:
    """Return the tool that must be called, else the first one offered."""
    forced, offered = body.get("tool_choice"), body.get("tools")
    tool = forced if isinstance(forced, dict) else offered[0] if _is_list(offered) else None
    function = tool.get("function") if isinstance(tool, dict) else None
    return str(function.get("name")) if isinstance(function, dict) else "answer"


def _text(content: JsonValue) -> str:
    if isinstance(content, str):
        return content
    parts = content if _is_list(content) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def _decoded(raw: bytes) -> JsonObject:
    try:
        value: JsonValue = json.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_list(value: JsonValue) -> TypeGuard[list[JsonValue]]:
    return isinstance(value, list) and bool(value)
