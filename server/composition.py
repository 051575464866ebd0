"""The wiring of a working process: browser, builder, runner, graphs, engine."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from podium.graphs.orchestrator.ports import OrchestratorServices
from podium.server.build_limit import LimitedBuilder
from podium.server.chaining import Chaining
from podium.server.checkpoints import Checkpoints, PostgresCheckpoints, SqliteCheckpoints
from podium.server.children import RunThreads, TestRuns
from podium.server.desk import Desk
from podium.server.driver import Driver, DriverServices
from podium.server.engine import DbosEngine, Limits, Right, executor_id
from podium.server.events import EventLog, RecordingBuilder, RecordingRunner
from podium.server.fleet import Fleet
from podium.server.hooks import Hooks
from podium.server.lock import ExecutionLock
from podium.server.minds import open_chooser, open_meter, open_planner
from podium.server.records import Records
from podium.server.retention import Retention
from podium.server.roster import Roster
from podium.server.searching import Index
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.server.telling import Telling
from podium.server.troubleshooting import Troubleshooting
from podium.server.verbs import Verbs
from podium.state.document import JsonObject
from podium.state.engine import Segment
from podium.state.errors import Conflict
from podium.state.runs import Run
from podium.state.sql import open_engine
from podium.state.sql.retention import SqlRetention
from podium.state.sql.workers import SqlWorkers
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.builder import Builder
from podium.tools.building import SiteBuilder
from podium.tools.models import Meter
from podium.tools.planner import Planner
from podium.tools.runner import StepRunner
from podium.tools.running import LocalStepRunner


@dataclass(slots=True)
class _Late:
    """Breaks the circle: verbs start runs through the service, which is made last."""

    podium: Podium | None = None

    async def start_run(self, name: str, inputs: JsonObject, version: int | None) -> Run:
        assert self.podium is not None, "the service is bound before any verb is carried out"
        return await self.podium.start_run(name, inputs, version, trigger="chat")


@dataclass(frozen=True, slots=True)
class Hands:
    """What does the work: reads requests, explores sites, executes steps."""

    planner: Planner
    builder: Builder
    runner: StepRunner
    meter: Meter | None = None
    """Counts what planner and builder ask a model; each segment has its budget."""


@asynccontextmanager
async def compose(records: Records, *, serve: bool, role: str = "serve") -> AsyncGenerator[Podium]:
    """Yield the working service on these records.

    Raises:
        Conflict: If `serve` is asked for and another process executes.
    """
    settings = records.settings
    browser = open_browser(settings)
    meter = open_meter(settings, records.clock)
    chooser = open_chooser(settings, meter)
    runner = LocalStepRunner(
        browser=browser,
        stores=records.stores,
        artifacts=records.artifacts,
        datasets=records.datasets,
        vault=records.vault,
        chooser=chooser,
        clock=records.clock,
        sealed=records.sealed,
        rates=settings.rates,
    )
    builder = SiteBuilder(
        browser=browser,
        runner=runner,
        chooser=chooser,
        vault=records.vault,
        artifacts=records.artifacts,
    )
    planner = open_planner(settings, meter)
    hands = Hands(planner=planner, builder=builder, runner=runner, meter=meter)
    try:
        async with assemble(records, hands, serve=serve, role=role) as podium:
            yield podium
    finally:
        await browser.close()


@asynccontextmanager
async def assemble(
    records: Records,
    hands: Hands,
    *,
    serve: bool,
    role: str = "serve",
    checkpoints: Checkpoints | None = None,
    recover_first: bool = True,
) -> AsyncGenerator[Podium]:
    """Yield the working service on these records and hands; when it serves, it goes on first with what a dead process left.

    Raises:
        Conflict: If `serve` is asked for and another process executes.
    """
    settings = records.settings
    log = EventLog(records.stores.events, records.clock)
    runner = RecordingRunner(hands.runner, log)
    limited = LimitedBuilder(hands.builder, records.clock, settings.build_timeout_s)
    builder = RecordingBuilder(limited, log)
    checkpoints = checkpoints or open_checkpoints(settings)
    driver = Driver(
        DriverServices(
            stores=records.stores,
            runner=runner,
            log=log,
            clock=records.clock,
            ids=records.ids,
            checkpoints=checkpoints,
            timezone=settings.timezone,
        )
    )
    threads = RunThreads(records.stores, records.clock, records.ids)
    late = _Late()
    desk = open_desk(records, late)
    driver.bind(
        OrchestratorServices(
            planner=hands.planner,
            builder=builder,
            workspace=desk,
            children=TestRuns(threads, driver),
        )
    )
    right = open_right(records)
    following: set[asyncio.Task[bool]] = set()

    async def drive(segment: Segment) -> None:
        assert late.podium is not None, "the service is bound before anything is executed"
        with hands.meter.scope(thread=segment.thread_id) if hands.meter else nullcontext():
            await late.podium.execute(segment)
        if segment.kind == "chat":
            # Apart from the segment, which ends with this: what was said meanwhile becomes one of its own.
            saying = asyncio.create_task(
                late.podium.take_up(segment.thread_id), context=contextvars.Context()
            )
            following.add(saying)
            saying.add_done_callback(following.discard)

    engine = DbosEngine(
        database=records.stores.engine,
        right=right,
        drive=drive,
        limits=Limits(
            process=settings.workers,
            agent=settings.agent_concurrency,
            workspace=settings.workspace_concurrency,
        ),
    )
    if isinstance(right, Fleet):
        right.on_lost = engine.fence
    podium = Podium(
        stores=records.stores,
        vault=records.vault,
        datasets=records.datasets,
        artifacts=records.artifacts,
        planner=hands.planner,
        desk=desk,
        threads=threads,
        engine=engine,
        driver=driver,
        clock=records.clock,
        ids=records.ids,
        home=settings.home,
        retention=Retention(
            SqlRetention(records.stores.engine),
            checkpoints,
            engine,
            records.clock,
            records.artifacts,
            Index(records.stores),
        ),
        retention_days=settings.retention_days,
    )
    late.podium = podium
    try:
        first = podium.recover if recover_first else None
        if serve and not await engine.serve(role, first=first):
            raise Conflict(
                f"{settings.home} is executed by {right.holder()}",
                hint="One process per data folder executes: stop it first, set PODIUM_HOME, or use PostgreSQL.",
            )
        yield podium
    finally:
        driver.drain()
        await engine.close(grace_s=settings.grace_s)
        await checkpoints.close()


def open_desk(records: Records, late: _Late) -> Desk:
    """Return what the orchestrator sees of the workspace, on these records."""
    stores, clock, timezone = records.stores, records.clock, records.settings.timezone
    roster = Roster(stores, clock)
    verbs = Verbs(
        roster=roster,
        stores=stores,
        datasets=records.datasets,
        start_run=late.start_run,
        folder=records.settings.home / "exports",
        timezone=timezone,
    )
    telling = Telling(stores, records.datasets, clock, timezone)
    return Desk(
        stores=stores,
        vault=records.vault,
        clock=clock,
        timezone=timezone,
        roster=roster,
        verbs=verbs,
        telling=telling,
        troubleshooting=Troubleshooting(stores, records.vault, telling.at, records.artifacts),
        chaining=Chaining(stores, Hooks(stores, records.vault, clock, records.ids)),
    )


def open_checkpoints(settings: Settings) -> Checkpoints:
    """Return where LangGraph's checkpoints go."""
    if settings.shared:
        return PostgresCheckpoints(settings.control_url, connections=settings.workers + 4)
    return SqliteCheckpoints(settings.checkpoints_path)


def open_right(records: Records) -> Right:
    """Return the right to execute: a lease among workers on PostgreSQL, else the lock on the data folder."""
    settings = records.settings
    name = executor_id(records.ids)
    if settings.shared:
        workers = SqlWorkers(open_engine(settings.control_url))
        return Fleet(workers, executor_id=name, lease_s=settings.lease_s)
    return ExecutionLock(settings.home, executor_id=name)


def open_browser(settings: Settings) -> PodiumBrowser:
    """Return the process's browser; Chromium starts with the first session."""
    return PodiumBrowser(
        BrowserSettings(
            chromium=Path(settings.chromium) if settings.chromium else None,
            no_sandbox=settings.chromium_no_sandbox,
            headful=settings.headful,
            folder=settings.home / "browser",
            max_age_s=settings.chromium_max_age_s,
            max_memory_mb=settings.chromium_max_mb,
        )
    )
