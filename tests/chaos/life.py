"""One process that executes runs until it is killed: the real composition, with points around its ports."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from podium.server.composition import Hands, assemble, open_checkpoints
from podium.server.records import open_records
from podium.server.serving import listening, serve_podium, work_for
from podium.server.settings import Settings
from podium.state.sealed import SealedFolder
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.offline.chooser import OfflineChooser
from podium.tools.running import LocalStepRunner, Patience
from tests.chaos.points import Faults, FaultyCheckpoints, FaultyEffects, FaultyRunner, Strike
from tests.doubles import ScriptedBuilder, ScriptedPlanner

IN_FLIGHT_S = 3.0
"""A loopback site answers at once; the product's own 120 s would only make each doubt take that long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the processes of one campaign work."""

    home: Path
    database_url: str = ""
    lease_s: float = 5.0

    @property
    def settings(self) -> Settings:
        """Settings that read nothing from outside."""
        return Settings.model_validate(
            {
                "home": self.home,
                "database_url": self.database_url,
                "token": "chaos-token-of-no-use",
                "timezone": "UTC",
                "workers": 3,
                "lease_s": self.lease_s,
                "grace_s": 5.0,
            }
        )


def live(place: Place, role: str, strikes: tuple[Strike, ...], note: Path) -> None:
    """Be such a process."""
    asyncio.run(_live(place, role, strikes, note))


async def _live(place: Place, role: str, strikes: tuple[Strike, ...], note: Path) -> None:
    settings = place.settings
    browsers = settings.home / "browser"
    faults = Faults(strikes, note, browsers)
    opened = open_records(settings)
    effects = FaultyEffects(opened.stores.effects, faults)
    records = replace(opened, stores=replace(opened.stores, effects=effects))
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=browsers))
    runner = LocalStepRunner(
        browser=browser,
        stores=records.stores,
        artifacts=records.artifacts,
        datasets=records.datasets,
        vault=records.vault,
        chooser=OfflineChooser(),
        clock=records.clock,
        sealed=SealedFolder(settings.home / "sessions"),
        patience=Patience(in_flight_s=IN_FLIGHT_S, probe_s=1.0),
    )
    hands = Hands(
        planner=ScriptedPlanner(),
        builder=ScriptedBuilder(),
        runner=FaultyRunner(runner, faults),
    )

    def up(_: str) -> None:
        told = f"{records.clock.now().timestamp()} {time.process_time()}"
        (settings.home / f"{role}.up").write_text(told, encoding="ascii")

    checkpoints = FaultyCheckpoints(open_checkpoints(settings), faults)
    try:
        async with assemble(
            records, hands, serve=True, role=role, checkpoints=checkpoints
        ) as podium:
            if role == "serve":
                with listening("127.0.0.1", 0) as listener:
                    await serve_podium(podium, settings, listener, announce=up)
            else:
                await work_for(podium, announce=up)
    finally:
        await browser.close()
        opened.close()
