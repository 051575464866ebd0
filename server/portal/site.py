"""One portal's live parts, and what every request passes through: session, CSRF, recording, HTML."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from podium.server.portal.data import PortalFile, World
from podium.server.portal.files import content_disposition
from podium.server.portal.layout import Layout, Naming, Paths
from podium.server.portal.truth import PortalTruth, Write

ATTEMPTS_BEFORE_LOCK = 5

Page = Callable[["Visit"], Awaitable[Response]]


@dataclass
class Session:
    """What the server knows about one browser."""

    token: str
    csrf: str
    user: str | None = None
    notice: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request, already connected with its session and, for a write, with its record."""

    request: Request
    session: Session
    fields: Mapping[str, str]  # by canonical key: the query of a read, the form of a write
    write: Write | None = None

    def text(self, key: str) -> str:
        """Return a field without surrounding blanks; empty when absent."""
        return self.fields.get(key, "").strip()

    def accept(self) -> None:
        """Note that the write had its effect."""
        if self.write is not None:
            self.write.accepted = True


@dataclass(kw_only=True)
class Site:
    """The parts that all pages of one portal share."""

    words: Mapping[str, str]
    statuses: Mapping[str, str]
    layout: Layout
    naming: Naming
    paths: Paths
    world: World
    truth: PortalTruth
    cookie: str
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    wrong_attempts: dict[str, int] = field(default_factory=dict[str, int])

    def route(
        self, path: str, page: Page, *, kind: str = "", public: bool = False, recorded: bool = True
    ) -> Route:
        """Return the route of a page; with a `kind` it answers POST, otherwise GET."""

        async def endpoint(request: Request) -> Response:
            session = self.session_of(request)
            visit = await self._visit(request, session, kind=kind if recorded else "")
            if session.user is None and not public:
                wanted = {self.naming.field("next"): request.url.path}
                address = self.paths.sign_in + ("" if kind else f"?{urlencode(wanted)}")
                return self._with_cookie(RedirectResponse(address, 303), session)
            if kind and not secrets.compare_digest(visit.text("csrf"), session.csrf):
                return self.message(visit, "expired", status=403)
            return self._with_cookie(await page(visit), session)

        return Route(path, endpoint, methods=["POST" if kind else "GET"])

    def render(
        self, visit: Visit, template: str, *, status: int = 200, **context: object
    ) -> Response:
        """Return a page in this portal's words, names and arrangement."""
        shared: dict[str, object] = {
            "w": self.words,
            "lay": self.layout,
            "paths": self.paths,
            "world": self.world,
            "c": self.naming.css,
            "id": self.naming.element_id,
            "n": self.naming.field,
            "money": self.layout.shown_money,
            "day": self.layout.shown_date,
            "session": visit.session,
            "here": visit.request.url.path,
        }
        html = _templates().get_template(template).render(shared | context)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})

    def message(self, visit: Visit, key: str, *, status: int) -> Response:
        """Return a page that only says something."""
        title, text = self.words[key], self.words[f"{key}_text"]
        return self.render(visit, "message.html", status=status, title=title, text=text)

    def link(self, path: str, **query: str) -> str:
        """Return an address whose query keys are canonical keys; empty values are left out."""
        pairs = {self.naming.field(key): value for key, value in query.items() if value}
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def serve_file(self, visit: Visit, file: PortalFile) -> Response:
        """Return a file as an attachment, and record it."""
        if visit.request.method == "GET":
            self.truth.record_download(file)
        headers = {"Content-Disposition": content_disposition(file.name)}
        return Response(file.content, media_type=file.media_type, headers=headers)

    def stylesheet(self) -> str:
        """Return the CSS with this seed's class names and colours."""

        def selector(key: str) -> str:
            return f".{self.naming.css(key)}"

        return _templates().get_template("site.css").render(lay=self.layout, c=selector)

    def start_session(self, old: Session, *, user: str | None) -> Session:
        """Replace a session, so that a token known before signing in is worth nothing after."""
        self.sessions.pop(old.token, None)
        fresh = Session(secrets.token_urlsafe(18), secrets.token_urlsafe(18), user)
        self.sessions[fresh.token] = fresh
        return fresh

    def redirect(self, address: str, session: Session) -> Response:
        """Return the answer that sends the browser to read `address`."""
        return self._with_cookie(RedirectResponse(quote(address, safe="/?=&%"), 303), session)

    def session_of(self, request: Request) -> Session:
        """Return the session of the request's cookie, or a new one of nobody."""
        known = self.sessions.get(request.cookies.get(self.cookie, ""))
        return known or self.start_session(Session("", ""), user=None)

    async def _visit(self, request: Request, session: Session, *, kind: str) -> Visit:
        if request.method in ("GET", "HEAD"):
            pairs = list(request.query_params.items())
        else:
            pairs = parse_qsl(
                (await request.body()).decode("utf-8", "replace"), keep_blank_values=True
            )
        fields = {self.naming.canonical(name): value for name, value in pairs}
        write = self.record(request, kind, fields) if kind else None
        return Visit(request=request, session=session, fields=fields, write=write)

    def record(self, request: Request, kind: str, fields: Mapping[str, str]) -> Write:
        """Keep an arrived write without its CSRF token."""
        return self.truth.record_write(
            kind=kind,
            method=request.method,
            path=request.url.path,
            fields={key: value for key, value in fields.items() if key != "csrf"},
            client_token=request.headers.get("idempotency-key"),
        )

    def _with_cookie(self, response: Response, session: Session) -> Response:
        if "set-cookie" not in response.headers and session.token in self.sessions:
            response.set_cookie(self.cookie, session.token, httponly=True, samesite="lax")
        return response


@cache
def _templates() -> jinja2.Environment:
    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
