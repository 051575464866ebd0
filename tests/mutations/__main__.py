"""The mutation lab: `python -m tests.mutations [--json] [--fresh] [--budget SECONDS] [--shard I/N] [--only TEXT] [--set NAME] [--peers]`.

`--set` runs another set than the first; the newest one was never tuned on. `--peers` puts others beside us on 25 cases.

Results add up in `.mutations/` until the code changes; a call goes on where the last one stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from podium.state.document import JsonObject
from tests.kept import LOCK, kept_folder
from tests.mutations.eighth import eighth_cases
from tests.mutations.fifth import fifth_cases
from tests.mutations.fourth import fourth_cases
from tests.mutations.lab import Result, flows_of, open_lab, summary
from tests.mutations.mutators import Case, all_cases
from tests.mutations.ninth import ninth_cases
from tests.mutations.second import second_cases
from tests.mutations.seventh import seventh_cases
from tests.mutations.sixth import sixth_cases
from tests.mutations.third import third_cases

SETS: dict[str, Callable[[int], tuple[Case, ...]]] = {
    "main": lambda seeds: all_cases(seeds=seeds),
    "second": lambda _: second_cases(),
    "third": lambda _: third_cases(),
    "fourth": lambda _: fourth_cases(),
    "fifth": fifth_cases,
    "sixth": sixth_cases,
    "seventh": seventh_cases,
    "eighth": eighth_cases,
    "ninth": ninth_cases,
}
"""By name, in the order in which they were written."""
SOURCES = ("state", "tools", "graphs", "server", "tests/mutations", "benchmarks/flow", LOCK)


def say(text: str) -> None:
    """Tell the reader; stdout stays free for the document."""
    print(text, file=sys.stderr, flush=True)


def read_results(folder: Path) -> dict[str, Result]:
    """Return what earlier calls found out, by case."""
    file = folder / "results.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    results = [Result(**json.loads(line)) for line in lines]
    return {one.case: one for one in results}


async def run(arguments: argparse.Namespace) -> tuple[JsonObject, list[Result]]:
    """Run what is still to do within the budget and return the document of all that is known."""
    name: str = arguments.set
    folder = kept_folder(".mutations", name, sources=SOURCES, fresh=arguments.fresh)
    cases = SETS[name](arguments.seeds)
    if arguments.only:
        cases = tuple(case for case in cases if any(one in case.id for one in arguments.only))
    index, _, count = arguments.shard.partition("/")
    mine = cases[int(index) - 1 :: int(count)]
    known = read_results(folder)
    todo = [case for case in mine if case.id not in known]
    say(f"{len(todo)} of {len(cases)} cases to run")
    started = time.monotonic()

    def within() -> bool:
        return time.monotonic() - started < float(arguments.budget)

    def done(result: Result) -> None:
        known[result.case] = result
        with (folder / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(result.to_json() + "\n")
        if not result.good or arguments.verbose:
            say(f"  {result.verdict:15} {result.case}  {result.ms} ms  {result.why[:300]}")
        elif len(known) % 25 == 0:
            say(f"  {len(known)} cases, {time.monotonic() - started:.0f} s")

    if todo:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            async with open_lab(Path(place)) as lab:
                await lab.prepare(flows_of(todo), say=say, kept=folder)
                await lab.run(_while(within, todo), lanes=arguments.lanes, done=done)
    wanted = {case.id for case in cases}
    results = [one for name, one in known.items() if name in wanted]
    document = summary(results, planned=len(cases))
    if arguments.peers:
        document["peers"] = await _peers(known, folder)
    return document, results


async def _peers(known: dict[str, Result], folder: Path) -> JsonObject:
    """Return the peers' columns, from an earlier call where there is one."""
    from tests.mutations.peers import compare

    file = folder / "peers.json"
    if not file.exists():
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            file.write_text(json.dumps(await compare(known, Path(place))), encoding="utf-8")
    document: JsonObject = json.loads(file.read_text(encoding="utf-8"))
    return document


def _while(within: Callable[[], bool], todo: list[Case]) -> Iterator[Case]:
    for case in todo:
        if not within():
            return
        yield case


def table(document: JsonObject, results: list[Result]) -> str:
    """Return the figures for people."""
    lines = [f"{'mutator':34}{'kind':12}{'cases':>6}{'good':>6}"]
    by_mutator = document["by_mutator"]
    assert isinstance(by_mutator, dict)
    for name, row in by_mutator.items():
        assert isinstance(row, dict)
        lines.append(f"{name:34}{row['kind']!s:12}{row['cases']:>6}{row['good']:>6}")
    lines.append("")
    lines += [f"{key}: {value}" for key, value in document.items() if key != "by_mutator"]
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """Print the figures; the exit code says whether anything wrong was written."""
    parser = argparse.ArgumentParser(prog="mutations")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--set", choices=tuple(SETS), default="main")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--budget", type=float, default=3600.0)
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--lanes", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args(argv)
    document, results = asyncio.run(run(arguments))
    print(json.dumps(document) if arguments.json else table(document, results))
    return 1 if document["wrong_writes"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
