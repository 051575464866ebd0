"""What every request must satisfy before any route sees it: Host, Origin, size, content type, token.

A page of the web can make a browser send requests to loopback, and point a name of its own at it; the token alone
would not help where a browser keeps it. So the check is in front of everything, and denies by default.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from podium.server.problems import answer, problem
from podium.state.document import JsonObject

BODY_LIMIT = 4 * 1024 * 1024
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
PUBLIC_PATHS = frozenset({"/", "/docs", "/healthz", "/readyz"})
"""Nothing of the workspace is behind these."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


@dataclass(frozen=True, slots=True)
class GuardRules:
    """Who is let in. An empty token asks for none (`langgraph dev` has doors of its own)."""

    hosts: frozenset[str] = LOOPBACK_HOSTS
    origins: frozenset[str] = frozenset()
    """Origins allowed beside the server's own."""
    token: str = ""
    public: frozenset[str] = PUBLIC_PATHS
    signed: str = "/hooks/"
    """Under it a POST bears a signature of its own instead of the token."""
    own_pages: bool = True
    """All pages are ours: none loads anything from elsewhere."""


class Guard:
    """ASGI middleware that lets nothing through that breaks the rules."""

    def __init__(self, app: ASGIApp, rules: GuardRules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem document."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if refused is not None:
            extra = {"WWW-Authenticate": "Bearer"} if refused["status"] == 401 else None
            await answer(refused, headers=extra)(scope, receive, _hardened(send, self._rules))
            return
        await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        body = _Measured(receive)
        hardened = _Started(_hardened(send, self._rules))
        try:
            await self._app(scope, body, hardened)
        except _TooLarge:
            if not hardened.started:
                await answer(_too_large())(scope, receive, _hardened(send, self._rules))

    def _refusal(self, scope: Scope, headers: Headers) -> JsonObject | None:
        host = _host_name(headers.get("host", ""))
        if host not in self._rules.hosts:
            return problem(
                421,
                code="wrong_host",
                detail="This server does not answer for that host name",
                hint="Use http://127.0.0.1 or http://localhost.",
            )
        if not self._origin_allowed(headers):
            return problem(
                403,
                code="foreign_origin",
                detail="Pages of other origins may not use this server",
            )
        if scope["type"] == "http":
            refused = _body_refusal(scope["method"], headers)
            if refused is not None:
                return refused
        if scope["path"] in self._rules.public and scope.get("method") in {"GET", "HEAD"}:
            return None
        if scope["path"].startswith(self._rules.signed) and scope.get("method") == "POST":
            return None
        return self._token_refusal(headers)

    def _origin_allowed(self, headers: Headers) -> bool:
        origins = headers.getlist("origin")
        site, mode = headers.get("sec-fetch-site", ""), headers.get("sec-fetch-mode", "")
        # Pictures, scripts and the like of other pages come without an Origin. A link may be followed.
        if not origins and site in {"cross-site", "same-site"} and mode != "navigate":
            return False
        own = headers.get("host", "").lower()
        return all(
            origin in self._rules.origins or (urlsplit(origin).netloc.lower() == own and own != "")
            for origin in origins
        )

    def _token_refusal(self, headers: Headers) -> JsonObject | None:
        if not self._rules.token:
            return None
        given = headers.getlist("authorization")
        expected = f"Bearer {self._rules.token}".encode()
        if len(given) == 1 and hmac.compare_digest(given[0].encode("latin-1"), expected):
            return None
        return problem(
            401,
            code="not_signed_in",
            detail="The request bears no valid token",
            hint="Send `Authorization: Bearer TOKEN`; the token is PODIUM_TOKEN, or lies in http.token in the data folder.",
        )


def _host_name(value: str) -> str:
    value = value.lower()
    if value.startswith("["):
        return value.split("]", 1)[0] + "]"
    return value.rsplit(":", 1)[0] if ":" in value else value


def _body_refusal(method: str, headers: Headers) -> JsonObject | None:
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > BODY_LIMIT:
        return _too_large()
    has_body = length not in {"", "0"} or "transfer-encoding" in headers
    if not has_body:
        return None
    kind = headers.get("content-type", "").split(";", 1)[0].strip().lower()
    # Browsers send text/plain and forms to other origins without asking first; JSON they do not.
    if method not in _WITH_BODY or kind != "application/json":
        return problem(
            415,
            code="wrong_content_type",
            detail="The body must be application/json",
            hint="Send `Content-Type: application/json`.",
        )
    return None


def _too_large() -> JsonObject:
    return problem(413, code="too_large", detail=f"A body may have {BODY_LIMIT:,} bytes at most")


class _TooLarge(HTTPException):
    """Of the kind that FastAPI lets through while it reads a body."""

    def __init__(self) -> None:
        super().__init__(413, f"A body may have {BODY_LIMIT:,} bytes at most")


class _Measured:
    """Counts what arrives: a body without a length is measured as it comes."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            if self._bytes > BODY_LIMIT:
                raise _TooLarge
        return message


class _Started:
    """Knows whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = self.started or message["type"] == "http.response.start"
        await self._send(message)


def _hardened(send: Send, rules: GuardRules) -> Send:
    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            for name, value in _HEADERS.items() if rules.own_pages else ():
                headers.setdefault(name, value)
        await send(message)

    return hardened
