"""Measure the run engine without any browser: runs per second, overhead per step, pick-up latency, growth.

Steps do nothing, so what is measured is graph, checkpoints, stores and queue. SQLite has one executing process,
PostgreSQL 1, 2 and 4. `BENCH_RUNS` sets the number of runs of each row.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from podium.server.records import Records, open_records  # noqa: E402
from podium.state.plan import InputSpec  # noqa: E402
from podium.state.program import Program  # noqa: E402
from podium.state.runs import Run  # noqa: E402
from podium.state.spec import AgentSpec  # noqa: E402
from podium.state.stores import Thread  # noqa: E402
from tests.chaos.campaign import deploy, engine_is_there, submit  # noqa: E402
from tests.chaos.life import Place  # noqa: E402
from tests.chaos.sites import Job  # noqa: E402
from tests.doubles import a_step  # noqa: E402
from tests.postgres import PostgresServer, find_binaries, postgres_server  # noqa: E402

STEPS = 10
RUNS = int(os.environ.get("BENCH_RUNS", "40"))
JOB = Job(
    name="ten-steps",
    spec=AgentSpec(
        name="ten-steps",
        goal="Nothing",
        origins=("https://shop.test",),
        inputs=(InputSpec(name="token"),),
    ),
    program=Program(steps=tuple(a_step(f"s{number}") for number in range(STEPS))),
    keys=lambda _: (),
)


def main() -> None:
    """Print one JSON document."""
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        rows.append(measured("sqlite", 1, None))
        if find_binaries() is not None:
            server = stack.enter_context(postgres_server())
            rows += [measured("postgresql", workers, server) for workers in (1, 2, 4)]
    print(json.dumps({"steps": STEPS, "runs": RUNS, "rows": rows}))


def measured(store: str, workers: int, server: PostgresServer | None) -> dict[str, object]:
    """Return one row: how fast, and what much history costs."""
    home = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    url = server.create(f"bench_{workers}") if server else ""
    place = Place(home=home, database_url=url)
    (home / "database_url").write_text(url, encoding="utf-8")
    records = open_records(place.settings)
    try:
        deploy(records, JOB)
        with working(home, workers):
            while not engine_is_there(records):
                time.sleep(0.1)
            pick_up = [picked_up(records, place, f"one_{number}") for number in range(5)]
            took_s = drained(records, place, "fresh")
            overhead = overhead_per_step(records, "fresh")
            row: dict[str, object] = {
                "store": store,
                "workers": workers,
                "runs_per_s": round(RUNS / took_s, 2),
                "overhead_ms_per_step": overhead,
                "pick_up_ms_p50": round(statistics.median(pick_up) * 1000),
            }
            if workers == 1:
                add_history(records, finished=10_000, waiting=1_000)
                later_s = drained(records, place, "later")
                # The same machine minutes apart: the ratio is what holds.
                row["slower_with_10000_finished_and_1000_waiting"] = round(later_s / took_s, 2)
        return row
    finally:
        records.close()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def working(home: Path, workers: int) -> Generator[None]:
    """Have so many processes work off the queue."""
    command = [sys.executable, "-m", "tests.server.process", str(home), "work"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(workers)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                print("a worker had to be killed", file=sys.stderr)


def picked_up(records: Records, place: Place, run_id: str) -> float:
    """Return how long a run waits for its first step when nothing else is to do."""
    began = time.monotonic()
    submit(records, place, run_id, JOB)
    while not any(
        event.kind == "step.started" for event in records.stores.events.after(0, thread_id=run_id)
    ):
        time.sleep(0.01)
    took_s = time.monotonic() - began
    wait_for(records, [run_id])
    return took_s


def drained(records: Records, place: Place, name: str) -> float:
    """Return how long it takes to work off the runs, from the first one handed in."""
    ids = [f"{name}_{number}" for number in range(RUNS)]
    began = time.monotonic()
    for run_id in ids:
        submit(records, place, run_id, JOB)
    wait_for(records, ids)
    return time.monotonic() - began


def wait_for(records: Records, ids: list[str]) -> None:
    """Return when all of them have ended."""
    left = list(ids)
    while left:
        left = [one for one in left if records.stores.runs.get(one).status != "finished"]
        time.sleep(0.05 if left else 0)


def overhead_per_step(records: Records, name: str) -> float:
    """Return the median of a run's time over its steps; its steps themselves take none."""
    took = [records.stores.runs.get(f"{name}_{number}").overhead_ms for number in range(RUNS)]
    return round(statistics.median(took) / STEPS, 1)


def add_history(records: Records, *, finished: int, waiting: int) -> None:
    """Write records as so many runs leave them; executing them would take an hour."""
    now = records.clock.now()
    everything = range(finished + waiting)
    for first in everything[::500]:
        with records.stores.transaction() as connection:
            for number in everything[first : first + 500]:
                over = number < finished
                run = Run(
                    run_id=f"old_{number}",
                    thread_id=f"old_{number}",
                    agent=JOB.name,
                    version=1,
                    status="finished" if over else "waiting",
                    outcome="success" if over else None,
                    created_at=now,
                )
                thread = Thread(
                    thread_id=run.thread_id,
                    title="old",
                    status="done" if over else "waiting",
                    created_at=now,
                    updated_at=now,
                    data={"kind": "run", "agent": JOB.name, "segment": f"seg_{number}"},
                )
                records.stores.threads.put(thread, connection=connection)
                records.stores.runs.create(run, connection=connection)
        print(f"history: {first} of {len(everything)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
