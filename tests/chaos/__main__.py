"""`make chaos`: kill, count, add up. Each call works for some minutes and goes on where the last one stopped.

    python -m tests.chaos [--json] [--seconds N] [--kills N] [--afresh]

Results add up in `.chaos/` until the code changes. The full size is a thousand kills.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import ExitStack

from tests.chaos.campaign import Batch, Results, load, save, told
from tests.chaos.learnt import portal_target
from tests.kept import LOCK, kept_folder
from tests.postgres import PostgresServer, find_binaries, postgres_server

SOURCES = ("state", "tools", "graphs", "server", "tests/chaos", "tests/postgres.py", LOCK)


def main() -> int:
    """Play batches until the time or the kills are used up; print the document."""
    parser = argparse.ArgumentParser(prog="chaos")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=480.0)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--afresh", action="store_true")
    options = parser.parse_args()
    file = kept_folder(".chaos", "main", sources=SOURCES, fresh=options.afresh) / "results.json"
    results = load(file)
    deadline = time.monotonic() + options.seconds
    with ExitStack() as stack:
        server: PostgresServer | None = None
        if find_binaries() is not None:
            server = stack.enter_context(postgres_server())
        else:
            told("no PostgreSQL: SQLite alone is tried")
        portal = stack.enter_context(portal_target())
        while results.kills < options.kills and time.monotonic() < deadline:
            seed = results.batches + 1
            postgres = server if seed % 2 == 0 else None
            Batch(seed, results, postgres=postgres, portal=portal, say=told).play()
            save(results, file)
            told(f"{results.kills} of {options.kills} kills")
    document = results.to_json()
    print(json.dumps(document) if options.json else table(results))  # noqa: T201  the document
    return 0 if results.good else 1


def table(results: Results) -> str:
    """Return the results for people."""
    lines = [f"  {name:18} {value}" for name, value in results.to_json().items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
