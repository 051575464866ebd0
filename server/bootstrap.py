"""Opens a working process; the wiring is `podium.server.composition`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from podium.server.records import open_records
from podium.server.settings import Settings

if TYPE_CHECKING:
    from podium.server.service import Podium


@asynccontextmanager
async def open_podium(
    settings: Settings, *, serve: bool = False, role: str = "serve"
) -> AsyncGenerator[Podium]:
    """Yield the workspace with its engine; `serve` makes this process the executing one, known to others as `role`.

    Raises:
        SetupError: If the data folder cannot be used.
        Conflict: If `serve` is asked for and another process executes.
    """
    # Heavy libraries load here, so that listings and `--help` stay fast.
    from podium.server.composition import compose

    records = open_records(settings)
    try:
        async with compose(records, serve=serve, role=role) as podium:
            yield podium
    finally:
        records.close()
