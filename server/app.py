"""The HTTP door: one app on one service."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

from fastapi import FastAPI

import podium as product
from podium.server import problems
from podium.server.guard import LOOPBACK_HOSTS, Guard, GuardRules
from podium.server.routes import (
    agents,
    chat,
    pages,
    records,
    runs,
    schedules,
    suggestions,
    triggers,
)
from podium.server.routes.shared import API
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.server.tokens import access_token


def create_app(podium: Podium, settings: Settings) -> FastAPI:
    """Return the app that serves the workspace.

    Raises:
        SetupError: If there is no token to ask for.
    """
    app = FastAPI(
        title="Podium",
        version=product.__version__,
        summary="Turns a sentence into a working, deployed, repeatable web agent.",
        openapi_url=f"{API}/openapi.json",
        # Their pages load scripts from the net; `/docs` of ours loads nothing.
        docs_url=None,
        redoc_url=None,
    )
    app.state.podium = podium
    app.state.stopping = asyncio.Event()
    for router in (
        chat.router,
        agents.router,
        runs.router,
        schedules.router,
        triggers.router,
        records.router,
        suggestions.router,
    ):
        app.include_router(router, prefix=API)
    app.include_router(pages.router)
    app.include_router(triggers.hooks_router)
    problems.install(app)
    app.add_middleware(Guard, rules=guard_rules(settings))
    return app


def guard_rules(settings: Settings) -> GuardRules:
    """Return whom the server answers: its own names, its own pages, and who has the token."""
    return GuardRules(
        hosts=LOOPBACK_HOSTS | {_as_host(settings.host)}, token=access_token(settings)
    )


def _as_host(host: str) -> str:
    try:
        return f"[{host}]" if ip_address(host).version == 6 else host
    except ValueError:
        return host.lower()
