"""The practice portal as one ASGI application with its truth beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from podium.server.portal.account import account_routes
from podium.server.portal.catalogue import catalogue_routes
from podium.server.portal.company import company_routes
from podium.server.portal.data import build_world
from podium.server.portal.documents import document_routes
from podium.server.portal.invoices import invoice_routes
from podium.server.portal.layout import Naming, Paths, choose_layout, choose_paths
from podium.server.portal.site import Site, Visit
from podium.server.portal.tickets import ticket_routes
from podium.server.portal.truth import PortalTruth
from podium.server.portal.vocabulary import choose_statuses, choose_words
from podium.state.errors import UserError

VARIANTS = ("classic", "cards", "modal", "slow", "german")
ORACLE_PATH = "/_oracle"

_FOLDER = Path(__file__).parent / "templates"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'self'; form-action 'self'"),
)


class PortalApp:
    """An ASGI application; `truth` grows while it is used."""

    def __init__(self, site: Site, *, latency_ms: int) -> None:
        self.truth: PortalTruth = site.truth
        self.username: str = site.world.username
        self.password: str = site.world.password
        self.words = site.words
        self.statuses = site.statuses
        self.layout = site.layout
        self.naming = site.naming
        self.paths: Paths = site.paths
        self._site = site
        self._latency_s = latency_ms / 1000
        self._app: ASGIApp = Starlette(
            routes=_routes(site), exception_handlers={404: self._not_served, 405: self._not_served}
        )

    def reset(self) -> None:
        """Forget every visitor: sessions, wrong attempts, writes, downloads."""
        self._site.sessions.clear()
        self._site.wrong_attempts.clear()
        self.truth.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, late by the latency unless it asks for the truth."""
        if self._latency_s and scope.get("path") != ORACLE_PATH:
            await asyncio.sleep(self._latency_s)
        await self._app(scope, receive, send)

    async def _not_served(self, request: Request, error: Exception) -> Response:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            self._site.record(request, "unknown", {})
        status = error.status_code if isinstance(error, HTTPException) else 404
        session = self._site.session_of(request)
        visit = Visit(request=request, session=session, fields={})
        return self._site.message(visit, "not_found", status=status)


def create_portal(seed: int = 0, *, variant: str = "classic", latency_ms: int = 0) -> PortalApp:
    """Return a portal; the same arguments always give the same pages and data.

    Raises:
        UserError: If there is no such variant.
    """
    if variant not in VARIANTS:
        raise UserError(f"There is no variant {variant!r}; choose one of {', '.join(VARIANTS)}")
    german = variant == "german"
    words, statuses = choose_words(seed, german=german), choose_statuses(seed, german=german)
    layout, paths = choose_layout(seed, variant=variant), choose_paths(seed, words)
    world = build_world(seed, words=words, statuses=statuses, layout=layout, paths=paths)
    truth = PortalTruth(world, layout, statuses, seed, variant)
    site = Site(
        words=words,
        statuses=statuses,
        layout=layout,
        naming=Naming(seed),
        paths=paths,
        world=world,
        truth=truth,
        cookie=f"portal_session_{seed}",  # browsers share cookies between ports of one host
    )
    return PortalApp(site, latency_ms=latency_ms)


def _routes(site: Site) -> list[Route]:
    async def oracle(_: Request) -> Response:
        return JSONResponse(site.truth.as_json())

    async def root(_: Request) -> Response:
        return RedirectResponse(site.paths.home, 303)

    async def stylesheet(_: Request) -> Response:
        return Response(site.stylesheet(), media_type="text/css")

    async def script(_: Request) -> Response:
        return Response((_FOLDER / "site.js").read_bytes(), media_type="text/javascript")

    async def favicon(_: Request) -> Response:
        return Response((_FOLDER / "favicon.svg").read_bytes(), media_type="image/svg+xml")

    return [
        Route(ORACLE_PATH, oracle),
        Route("/", root),
        Route("/assets/site.css", stylesheet),
        Route("/assets/site.js", script),
        Route("/favicon.ico", favicon),
        *account_routes(site),
        *company_routes(site),
        *invoice_routes(site),
        *document_routes(site),
        *catalogue_routes(site),
        *ticket_routes(site),
    ]
