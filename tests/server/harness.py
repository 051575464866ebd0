"""The real service on doubles: records, graphs, engine and doors are real, sites and planners are scripted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from podium.server.composition import Hands, assemble
from podium.server.records import open_records
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.state.program import Program
from podium.state.spec import AgentSpec
from podium.state.sql.engine import writing
from podium.state.sql.tables import metadata
from podium.state.stores import Version
from tests.builders import a_spec
from tests.doubles import ScriptedBuilder, ScriptedPlanner, ScriptedRunner, a_step

TOKEN = "the-token"
AUTH = {"Authorization": f"Bearer {TOKEN}"}
URL = "http://127.0.0.1:8765"


@dataclass
class Doubles:
    """What stands in for planner, builder and runner."""

    planner: ScriptedPlanner = field(default_factory=ScriptedPlanner)
    builder: ScriptedBuilder = field(default_factory=ScriptedBuilder)
    runner: ScriptedRunner = field(default_factory=ScriptedRunner)


def settings_in(home: Path) -> Settings:
    """Return settings that read nothing from outside but the database that a test chose for the folder."""
    chosen = home / "database_url"
    return Settings.model_validate(
        {
            "home": home,
            "database_url": chosen.read_text(encoding="utf-8") if chosen.exists() else "",
            "token": TOKEN,
            "timezone": "UTC",
            "workers": 4,
            "lease_s": 2.0,
            "grace_s": 5.0,
        }
    )


@asynccontextmanager
async def opened(
    home: Path, doubles: Doubles | None = None, *, serve: bool = True
) -> AsyncGenerator[Podium]:
    """Yield the workspace in that folder, by default as its executing process."""
    chosen = doubles or Doubles()
    records = open_records(settings_in(home))
    hands = Hands(planner=chosen.planner, builder=chosen.builder, runner=chosen.runner)
    try:
        # Tests look at what `recover` does, when they call it.
        async with assemble(records, hands, serve=serve, recover_first=False) as podium:
            yield podium
    finally:
        records.close()


def start_afresh(podium: Podium, doubles: Doubles) -> None:
    """Forget every record and script: opening a workspace takes a second, emptying one does not."""
    with writing(podium.stores.engine) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    fresh = Doubles()
    vars(doubles.planner).update(vars(fresh.planner))
    vars(doubles.builder).update(vars(fresh.builder))
    vars(doubles.runner).update(vars(fresh.runner))


@asynccontextmanager
async def client_of(
    podium: Podium, *, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[httpx.AsyncClient]:
    """Yield a client of the HTTP door, signed in."""
    from podium.server.app import create_app  # noqa: PLC0415  other processes need no door

    app = create_app(podium, settings_in(podium.home))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url=URL, headers=AUTH if headers is None else headers
    ) as client:
        yield client


def deploy(
    podium: Podium,
    name: str = "prices",
    *,
    spec: AgentSpec | None = None,
    program: Program | None = None,
) -> Version:
    """Keep a deployed agent of two steps."""
    podium.stores.agents.create(
        name=name,
        spec=spec or a_spec(name),
        program=program or Program(steps=(a_step("one"), a_step("two"))),
        reason="built",
        author="you",
    )
    podium.stores.agents.activate(name, 1)
    return podium.stores.agents.version(name)
