"""How long does the same flow take, by Podium's replay and by others? Medians of interleaved rounds, warm browsers."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.flow import library_agent, playwright_script, podium_agent, raw_cdp
from benchmarks.flow.measure import Round, Spent, interleave, median
from benchmarks.flow.site import Flow, open_flow


async def measure(flow: Flow, folder: Path, *, rounds: int) -> dict[str, list[Spent]]:
    """Return what each driver's rounds took."""

    def into(name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=name, dir=folder))

    async with (
        podium_agent.open_agent(flow, folder / "home") as workspace,
        playwright_script.open_browser() as browser,
        raw_cdp.open_chromium() as address,
        library_agent.open_library(folder / "browser-use") as library,
    ):
        drivers: dict[str, Round] = {
            "podium": partial(podium_agent.replay, workspace, flow),
            "playwright": lambda: playwright_script.run(browser, flow, into("playwright")),
            "cdp": lambda: raw_cdp.run(address, flow, into("cdp")),
            "browser_use_agent": partial(library_agent.run, library, flow),
            "browser_use_rerun": partial(library_agent.rerun, library, flow),
        }
        return await interleave(drivers, rounds=rounds)


def table(taken: dict[str, list[Spent]]) -> dict[str, object]:
    """Return the document: medians of wall time, ratios, and processor times."""
    wall = {name: median([one.wall_s for one in rounds]) for name, rounds in taken.items()}
    document: dict[str, object] = {f"{name}_s": value for name, value in wall.items()}
    document["ratio_playwright"] = round(wall["podium"] / wall["playwright"], 3)
    document["ratio_cdp"] = round(wall["podium"] / wall["cdp"], 3)
    document["ratio_agent"] = round(wall["browser_use_agent"] / wall["podium"], 2)
    document["ratio_rerun"] = round(wall["browser_use_rerun"] / wall["podium"], 2)
    document["cpu_s"] = {
        name: median([one.cpu_s for one in rounds]) for name, rounds in taken.items()
    }
    document["browser_cpu_s"] = {
        name: median([one.browser_cpu_s for one in rounds]) for name, rounds in taken.items()
    }
    document["rounds"] = len(taken["podium"])
    return document


def main() -> int:
    """Print the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, open_flow() as flow:
        taken = asyncio.run(measure(flow, Path(folder), rounds=rounds))
        truth = flow.truth()
    expected = (rounds + 1) * len(taken)
    # One sign-in more: the program was learnt by walking through the pages once.
    seen = (len(truth["downloads"]), len(truth["sign_ins"]) - 1)
    if seen != (expected, expected):
        print(f"the portal saw {seen} downloads and sign-ins, not {expected}", file=sys.stderr)
        return 1
    print(json.dumps(table(taken)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
