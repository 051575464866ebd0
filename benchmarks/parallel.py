"""What do 1, 4 and 8 runs at once take? Time, processor time and memory per run, in one process with one Chromium."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.flow import podium_agent
from benchmarks.flow.measure import family, memory_bytes, spent
from benchmarks.flow.site import Flow, open_flow
from podium.server.workspace import Workspace

_SAMPLE_S = 0.25


async def _peak_memory(stop: asyncio.Event) -> int:
    peak = 0
    while not stop.is_set():
        peak = max(peak, await asyncio.to_thread(lambda: memory_bytes(family())))
        try:
            await asyncio.wait_for(stop.wait(), _SAMPLE_S)
        except TimeoutError:
            continue
    return peak


async def _at_once(workspace: Workspace, flow: Flow, runs: int) -> dict[str, object]:
    stop = asyncio.Event()
    sampling = asyncio.create_task(_peak_memory(stop))
    each: list[float] = []

    async def one() -> None:
        started = time.perf_counter()
        await podium_agent.replay(workspace, flow)
        each.append(time.perf_counter() - started)

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(runs)))

    taken = await spent(all_of_them)
    stop.set()
    peak = await sampling
    return {
        "runs": runs,
        "wall_s": round(taken.wall_s, 3),
        "slowest_run_s": round(max(each), 3),
        "runs_per_s": round(runs / taken.wall_s, 2),
        "cpu_s_per_run": round(taken.cpu_s / runs, 3),
        "browser_cpu_s_per_run": round(taken.browser_cpu_s / runs, 3),
        "peak_mib": round(peak / 2**20),
    }


async def measure(flow: Flow, folder: Path) -> list[dict[str, object]]:
    """Return one row per number of runs at once."""
    async with podium_agent.open_agent(flow, folder, workers=8) as workspace:
        await podium_agent.replay(workspace, flow)
        idle = await asyncio.to_thread(lambda: memory_bytes(family()))
        rows: list[dict[str, object]] = []
        for runs in (1, 4, 8):
            await asyncio.sleep(1.0)
            row = await _at_once(workspace, flow, runs)
            peak = row["peak_mib"]
            assert isinstance(peak, int)
            rows.append({**row, "mib_per_run": round((peak - idle / 2**20) / runs)})
        return rows


def main() -> int:
    """Print the rows."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, open_flow() as flow:
        rows = asyncio.run(measure(flow, Path(folder)))
        truth = flow.truth()
    downloads = truth["downloads"]
    if len(downloads) != 1 + 1 + 4 + 8:
        print(f"the portal served {len(downloads)} files, not 14", file=sys.stderr)
        return 1
    print(json.dumps(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
