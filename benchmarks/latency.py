"""How does the flow bear slow sites? Page latency and late rendering; no wrong action at any speed."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.flow import playwright_script, podium_agent
from benchmarks.flow.measure import Round, interleave, median
from benchmarks.flow.site import Flow, Truth, open_flow

_ROWS = (("classic", 0), ("classic", 200), ("classic", 1000), ("slow", 0))


async def _measure(flow: Flow, folder: Path, *, rounds: int) -> dict[str, float]:
    async with (
        podium_agent.open_agent(flow, folder / "home") as workspace,
        playwright_script.open_browser() as browser,
    ):
        drivers: dict[str, Round] = {
            "podium": partial(podium_agent.replay, workspace, flow),
            "playwright": lambda: playwright_script.run(
                browser, flow, Path(tempfile.mkdtemp(dir=folder))
            ),
        }
        taken = await interleave(drivers, rounds=rounds)
    return {name: median([one.wall_s for one in all_]) for name, all_ in taken.items()}


def _wrong(truth: Truth, number: str) -> int:
    """Return how many things happened at the site that the flow does not do."""
    writes = [one for one in truth["writes"] if one["kind"] not in {"sign_out", "sign_in"}]
    files = [
        one for one in truth["downloads"] if number not in one["name"] and number not in one["path"]
    ]
    return len(writes) + len(files)


def main() -> int:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    rows: list[dict[str, object]] = []
    for variant, latency_ms in _ROWS:
        print(f"== {variant}, {latency_ms} ms", file=sys.stderr, flush=True)
        with (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
            open_flow(variant=variant, latency_ms=latency_ms) as flow,
        ):
            wall = asyncio.run(_measure(flow, Path(folder), rounds=rounds))
            wrong = _wrong(flow.truth(), flow.number)
        rows.append(
            {
                "latency_ms": latency_ms,
                "late_rendering": variant == "slow",
                "podium_s": wall["podium"],
                "playwright_s": wall["playwright"],
                "ratio_playwright": round(wall["podium"] / wall["playwright"], 3),
                "wrong_actions": wrong,
            }
        )
    print(json.dumps(rows))
    return 1 if any(row["wrong_actions"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
