"""Taking times: wall and processor, ours and Chromium's, in interleaved rounds."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil

Round = Callable[[], Awaitable[None]]
_REST_S = 0.4
"""Between two rounds: what one driver clears up or prepares is not the next one's time."""


@dataclass(frozen=True)
class Spent:
    """What one round took, in seconds."""

    wall_s: float
    cpu_s: float
    """Processor time of this process and of a driver's helper processes."""
    browser_cpu_s: float
    """Processor time of every Chromium under this process."""


@dataclass(frozen=True)
class _Clock:
    own: float
    helpers: Mapping[int, float]
    browsers: Mapping[int, float]


def _is_browser(process: psutil.Process) -> bool:
    return "chrom" in process.name()


def _read() -> _Clock:
    helpers: dict[int, float] = {}
    browsers: dict[int, float] = {}
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
            kind = browsers if _is_browser(process) else helpers
        except psutil.NoSuchProcess:
            continue
        kind[process.pid] = times.user + times.system
    return _Clock(time.process_time(), helpers, browsers)


def _grown(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """Return what the processes that still live have used; those that ended meanwhile keep theirs to themselves."""
    return sum(used - before.get(pid, 0.0) for pid, used in after.items())


async def spent(work: Round) -> Spent:
    """Do the work and return what it took."""
    before = _read()
    started = time.perf_counter()
    await work()
    wall = time.perf_counter() - started
    after = _read()
    return Spent(
        wall_s=wall,
        cpu_s=after.own - before.own + _grown(before.helpers, after.helpers),
        browser_cpu_s=_grown(before.browsers, after.browsers),
    )


async def interleave(drivers: Mapping[str, Round], *, rounds: int) -> dict[str, list[Spent]]:
    """Let each driver do its flow once per round, in turn; the first time is not counted."""
    taken: dict[str, list[Spent]] = {name: [] for name in drivers}
    for number in range(rounds + 1):
        for name, work in drivers.items():
            one = await spent(work)
            print(f"  round {number} {name} {one.wall_s:.3f} s", file=sys.stderr, flush=True)
            if number:
                taken[name].append(one)
            await asyncio.sleep(_REST_S)
    return taken


def median(values: Sequence[float]) -> float:
    """Return the median, in milliseconds' precision."""
    return round(statistics.median(values), 3)


def memory_bytes(pids: Sequence[int]) -> int:
    """Return the proportional memory of the processes; pages that several share count once."""
    total = 0
    for pid in pids:
        try:
            total += psutil.Process(pid).memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied, AttributeError):
            continue
    return total


def family() -> list[int]:
    """Return this process and all that it started."""
    return [os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))]
