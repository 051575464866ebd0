"""How many MiniWoB tasks are learnt on one seed and replayed on others, without any model? One table, or one document.

Usage: python benchmarks/miniwob HTML_FOLDER [--json] [--seeds N] [--only PREFIX] [--seconds S] [--again]

Results add up in `.bench/` until the code changes: a call goes on where the last one stopped, `--again` starts anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from learning import Hands, NotLearnt, hands, learn, replay
from pages import Site, serve
from wording import Reading, read

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from podium.state.program import Program
from tests.kept import LOCK, kept_folder

SOURCES = ("state", "tools", "benchmarks/miniwob", LOCK, "requirements/miniwob.lock")
_LEARN_ON = 3
"""So many seeds are tried to learn on; the first build that works is kept."""

Result = dict[str, object]


def say(text: str) -> None:
    """Tell the reader; stdout stays free for the result."""
    print(text, file=sys.stderr, flush=True)


async def one_task(hands: Hands, site: Site, task: str, seeds: int) -> Result:
    """Learn and replay one task."""
    page = await hands.browser.session("utterances", origins=(site.origin,))
    asked = {
        seed: await hands.utterance(page, site.address(task, seed)) for seed in range(1, seeds + 2)
    }
    readings = {seed: reading for seed, text in asked.items() if (reading := read(text))}
    own = any(reading.own_pattern for reading in readings.values())
    result: Result = {
        "task": task,
        "asks": asked[1],
        "read": len(readings),
        "seeds": len(asked),
        "own_pattern": own,
    }
    if not readings:
        return {**result, "outcome": "not read"}
    why = ""
    for seed in list(readings)[:_LEARN_ON]:
        started = time.monotonic()
        try:
            program = await learn(hands, site, task, seed, readings[seed])
        except NotLearnt as failure:
            why = why or str(failure)
            continue
        learnt = {"learnt_on": seed, "learn_s": round(time.monotonic() - started, 1)}
        replays = await _replays(hands, site, task, seed, readings, program)
        return {**result, **learnt, **replays}
    return {**result, "outcome": "not learnt", "why": why}


async def _replays(
    hands: Hands,
    site: Site,
    task: str,
    learnt_on: int,
    readings: dict[int, Reading],
    program: Program,
) -> Result:
    own = readings[learnt_on].shape
    others = {seed: reading for seed, reading in readings.items() if seed != learnt_on}
    alike = {seed: reading for seed, reading in others.items() if reading.shape == own}
    done, failures = 0, list[str]()
    for seed, reading in alike.items():
        ok, why = await replay(hands, site, task, seed, reading, program)
        done += ok
        if not ok:
            failures.append(f"seed {seed}: {why}")
    kind = (
        "no other seed asks alike"
        if not alike
        else "replayed"
        if done == len(alike)
        else "partly"
        if done
        else "failed"
    )
    return {
        "outcome": kind,
        "done": done,
        "tried": len(alike),
        "otherwise_worded": len(others) - len(alike),
        "why": "; ".join(failures[:2]),
    }


async def run(options: argparse.Namespace) -> list[Result]:
    """Return the results of all tasks, those of earlier calls included."""
    file = kept_folder(".bench", "miniwob", sources=SOURCES, fresh=options.again) / "tasks.json"
    kept: dict[str, Result] = {}
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
    folder = Path(options.folder)
    tasks = sorted(path.stem for path in (folder / "miniwob").glob("*.html"))
    tasks = [task for task in tasks if task.startswith(options.only)]
    until = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as place, serve(folder) as site:
        async with hands(Path(place)) as ours:
            for number, task in enumerate(tasks, 1):
                if task in kept and kept[task].get("seeds") == options.seeds + 1:
                    continue
                if time.monotonic() > until:
                    say(f"stopped after {options.seconds} s; call again to go on with {task}")
                    break
                before = ours.model_calls
                result = await one_task(ours, site, task, options.seeds)
                kept[task] = {**result, "model_calls": ours.model_calls - before}
                file.write_text(json.dumps(kept, indent=1), encoding="utf-8")
                say(f"{number}/{len(tasks)} {_line(kept[task])}")
    return [kept[task] for task in tasks if task in kept]


def _line(result: Result) -> str:
    share = f"{result['done']}/{result['tried']}" if "done" in result else ""
    return f"{result['task']!s:28} {result['outcome']!s:12} {share:6} {str(result.get('why', ''))[:110]}".rstrip()


def summary(results: list[Result], tasks_in_all: int) -> Result:
    """Return the figures over all tasks, and those without the tasks that a pattern of their own reads."""
    general = [result for result in results if not result["own_pattern"]]
    return {
        "tasks": tasks_in_all,
        "measured": len(results),
        **_outcomes(results),
        "model_calls": sum(int(str(result["model_calls"])) for result in results),
        **{f"{name}_without_own_patterns": value for name, value in _outcomes(general).items()},
    }


def _outcomes(results: list[Result]) -> Result:
    outcomes = [str(result["outcome"]) for result in results]
    return {
        **{kind.replace(" ", "_"): outcomes.count(kind) for kind in sorted(set(outcomes))},
        "replays": sum(int(str(result.get("tried", 0))) for result in results),
        "replays_rewarded": sum(int(str(result.get("done", 0))) for result in results),
    }


def main() -> int:
    """Print the table, or with `--json` one document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=540.0)
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    results = asyncio.run(run(options))
    figures = summary(results, len(list((Path(options.folder) / "miniwob").glob("*.html"))))
    if options.json:
        print(json.dumps({"summary": figures, "tasks": results}))
        return 0
    for result in results:
        print(_line(result))
    print("\n" + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
