"""Throw-away sites on loopback, for tests that need a real browser and real requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of an urlencoded body."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that came with it."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that is not simply a page."""

    body: str | bytes = ""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay_s: float = 0.0


Answer = str | bytes | Reply | Callable[[Request], "str | bytes | Reply"]


def _not_found(_: Request) -> Answer:
    return Reply(status=404, body="<h1>Not found</h1>")


_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".csv": "text/csv",
          ".pdf": "application/pdf", ".txt": "text/plain; charset=utf-8", ".png": "image/png"}  # fmt: skip


class Site:
    """A running site: its address, its pages (may be changed while it runs), and every request that arrived."""

    def __init__(
        self,
        pages: Mapping[str, Answer],
        *,
        host: str = "127.0.0.1",
        fallback: Callable[[Request], Answer] | None = None,
    ) -> None:
        self.pages = dict(pages)
        self.fallback: Callable[[Request], Answer] = fallback or _not_found
        self.requests: list[Request] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._serve(self)

            do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET

            def log_message(self, format: str, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                return  # browsers drop connections as they like

        self._server = Server((host, 0), Handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length") or 0)
        if "chunked" in (handler.headers.get("transfer-encoding") or ""):
            body = b""
            while size := int(handler.rfile.readline().strip(), 16):
                body += handler.rfile.read(size)
                handler.rfile.readline()
            handler.rfile.readline()
        else:
            body = handler.rfile.read(length)
        parts = urlsplit(handler.path)
        request = Request(
            method=handler.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={key.lower(): value for key, value in handler.headers.items()},
            body=body,
        )
        self.requests.append(request)
        kept = self.pages.get(parts.path)
        answer = self.fallback(request) if kept is None else kept
        if callable(answer):
            answer = answer(request)
        reply = answer if isinstance(answer, Reply) else Reply(body=answer)
        if reply.delay_s:
            time.sleep(reply.delay_s)
        raw = reply.body.encode() if isinstance(reply.body, str) else reply.body
        ending = "." + parts.path.rsplit(".", 1)[-1] if "." in parts.path else ""
        kind = _TYPES.get(ending, reply.type) if reply.type.startswith("text/html") else reply.type
        handler.send_response(reply.status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(raw)))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if request.method != "HEAD":
            handler.wfile.write(raw)

    def arrived(self, method: str = "", path: str = "") -> list[Request]:
        """Return the requests of that method and path, favicons left out."""
        return [
            request
            for request in self.requests
            if request.path != "/favicon.ico"
            and (not method or request.method == method)
            and (not path or request.path == path)
        ]

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2)


@contextmanager
def serving(pages: Mapping[str, Answer], *, host: str = "127.0.0.1") -> Generator[Site]:
    """Serve pages for a while: path -> HTML, `Reply`, or a function of the request."""
    site = Site(pages, host=host)
    try:
        yield site
    finally:
        site.close()


def serve(pages: Mapping[str, Answer], *, host: str = "127.0.0.1") -> Site:
    """Serve pages until the returned site is closed or the process ends."""
    return Site(pages, host=host)
