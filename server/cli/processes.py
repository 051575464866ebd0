"""Commands that are processes of their own: `serve`, `portal`, `demo`, `doctor`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from podium.server.cli.output import DONE, FAILED, emit, say
from podium.server.settings import Settings

if TYPE_CHECKING:
    from podium.server.retention import Pruned


def serve(host: str | None, port: int | None) -> int:
    """Serve until stopped."""
    from podium.server.serving import serve as run_server

    settings = Settings()
    asyncio.run(
        run_server(
            settings, host=host or settings.host, port=settings.port if port is None else port
        )
    )
    return DONE


def worker() -> int:
    """Execute what is queued until stopped."""
    from podium.server.serving import work

    asyncio.run(work(Settings()))
    return DONE


def prune(days: float | None, *, as_json: bool) -> int:
    """Forget what is old."""
    from podium.server.bootstrap import open_podium

    settings = Settings()

    async def work() -> Pruned:
        async with open_podium(settings) as podium:
            return await podium.retention.prune(
                days=settings.retention_days if days is None else days
            )

    pruned = asyncio.run(work())
    if as_json:
        emit(pruned.to_json())
    else:
        say(
            f"Forgot {pruned.threads} threads, {pruned.segments} queue rows and {pruned.files} screenshots."
        )
    return DONE


def portal(port: int, variant: str, latency_ms: int, seed: int) -> int:
    """Serve the practice portal until stopped."""
    from podium.server.portal.serve import run_portal

    run_portal(port, variant, latency_ms, seed)
    return DONE


def demo(*, as_json: bool) -> int:
    """Show the whole loop; the exit code says whether it ended as it should."""
    from podium.server.demo import run_demo

    shown = asyncio.run(run_demo(Settings(), quiet=as_json))
    if as_json:
        emit(shown.to_json())
    else:
        say(shown.table())
    return DONE if shown.good else FAILED


def doctor(*, as_json: bool) -> int:
    """Say what this machine has and lacks."""
    from podium.server.doctor import examine

    findings = examine(Settings())
    if as_json:
        emit([item.to_json() for item in findings])
    else:
        for item in findings:
            say(f"{'ok  ' if item.ok else 'LACK'}  {item.what}: {item.seen}")
            if not item.ok and item.remedy:
                say(f"      {item.remedy}")
    return DONE if all(item.ok or item.optional for item in findings) else FAILED
