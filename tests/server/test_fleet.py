"""Several workers on one PostgreSQL: killed, frozen, told to stop, and left without their database."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint

from podium.server.checkpoints import PostgresCheckpoints
from podium.server.fleet import Fleet
from podium.server.service import Podium
from podium.state.errors import LeaseLost
from podium.state.sql import open_engine
from podium.state.sql.migrations import upgrade
from podium.state.sql.workers import SqlWorkers, Worker
from tests.postgres import PostgresServer
from tests.server.harness import Doubles, deploy, opened
from tests.server.processes import other_process, said
from tests.server.test_engine import steps_done


@pytest.fixture
def home(tmp_path: Path, postgres: PostgresServer) -> Path:
    """Return a data folder whose control plane is a fresh database."""
    url = postgres.create(f"fleet_{os.getpid()}")
    (tmp_path / "database_url").write_text(url, encoding="utf-8")
    return tmp_path


def url_of(home: Path) -> str:
    """Return the address of the folder's database."""
    return (home / "database_url").read_text(encoding="utf-8")


async def settled(podium: Podium, run_id: str, within_s: float = 60) -> str:
    """Return the outcome of the run; the test is no worker and only waits."""
    deadline = time.monotonic() + within_s
    while True:
        run = await asyncio.to_thread(podium.stores.runs.get, run_id)
        if run.status == "finished":
            return str(run.outcome)
        assert time.monotonic() < deadline, f"{run_id} is still {run.status}"
        await asyncio.sleep(0.1)


# -- One after the other ---------------------------------------------------------------------------


async def test_a_run_is_executed_by_whoever_submits_it_when_no_worker_is_there(home: Path) -> None:
    async with opened(home, serve=False) as podium:
        deploy(podium)

        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)

        assert podium.stores.runs.get(run.run_id).outcome == "success"


async def test_a_killed_worker_s_run_is_taken_over_by_the_other_and_repeats_nothing(
    home: Path,
) -> None:
    doubles = Doubles()
    async with opened(home, serve=False) as podium:
        deploy(podium)
    with other_process(home, "serve") as process:
        assert await said(process) == "serving"
        async with opened(home, serve=False) as podium:
            run = await podium.start_run("prices", {}, None)
        assert await said(process) == "hanging"
        async with opened(home, doubles) as podium:
            stopping = asyncio.Event()
            going = asyncio.create_task(podium.keep_going(stopping))
            process.kill()
            killed = time.monotonic()

            assert await settled(podium, run.run_id) == "success"

            took_s = time.monotonic() - killed
            stopping.set()
            await going
            assert steps_done(podium, run.run_id) == ["one", "two"]
    assert doubles.runner.done == ["two"]
    assert took_s < 30, (
        "a dead process of this machine is seen at once; the rest is this machine's load"
    )


async def test_a_frozen_worker_loses_its_run_and_writes_nothing_when_it_thaws(home: Path) -> None:
    doubles = Doubles()
    async with opened(home, serve=False) as podium:
        deploy(podium)
    with other_process(home, "slow") as process:
        assert await said(process) == "serving"
        async with opened(home, serve=False) as podium:
            run = await podium.start_run("prices", {}, None)
        assert await said(process) == "in two"
        process.send_signal(signal.SIGSTOP)
        async with opened(home, doubles) as podium:
            stopping = asyncio.Event()
            going = asyncio.create_task(podium.keep_going(stopping))
            assert await settled(podium, run.run_id) == "success"
            # Its thread is done a moment after the run is finished.
            assert await podium.settle(run.thread_id, timeout_s=30)
            before = podium.stores.events.newest()

            process.send_signal(signal.SIGCONT)
            assert await said(process) == "abandoned"

            stopping.set()
            await going
            assert podium.stores.threads.get(run.run_id).status == "done"
            told = podium.stores.events.after(before, thread_id=run.run_id)
    assert doubles.runner.done == ["two"]
    assert [event.kind for event in told if event.kind == "run.finished"] == []


async def test_a_worker_told_to_stop_hands_its_run_over_at_a_step_s_end(home: Path) -> None:
    doubles = Doubles()
    async with opened(home, serve=False) as podium:
        deploy(podium)
    with other_process(home, "slow") as process:
        assert await said(process) == "serving"
        async with opened(home, serve=False) as podium:
            run = await podium.start_run("prices", {}, None)
            assert await said(process) == "in two"

            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 30) == 0

            assert podium.stores.threads.get(run.run_id).status == "queued"
            assert steps_done(podium, run.run_id) == ["one", "two"]
        async with opened(home, doubles) as podium:
            assert await settled(podium, run.run_id) == "success"
    assert doubles.runner.done == [], "the step that was under way was let end, and is not repeated"


async def test_a_run_goes_on_when_its_database_was_away(
    home: Path, postgres: PostgresServer
) -> None:
    doubles = Doubles()
    async with opened(home, doubles) as podium:
        deploy(podium)
        doubles.runner.pause_s = 1.5
        stopping = asyncio.Event()
        going = asyncio.create_task(podium.keep_going(stopping))
        run = await podium.start_run("prices", {}, None)
        await asyncio.sleep(2)  # in one of its steps
        await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(5)
        await asyncio.to_thread(postgres.start)

        assert await settled(podium, run.run_id) == "success"
        stopping.set()
        await going
        assert list(dict.fromkeys(steps_done(podium, run.run_id))) == ["one", "two"]


# -- The parts -------------------------------------------------------------------------------------


@pytest.fixture
async def checkpoints(home: Path) -> AsyncIterator[PostgresCheckpoints]:
    opened_here = PostgresCheckpoints(url_of(home), connections=4)
    yield opened_here
    await opened_here.close()


async def test_who_lost_a_thread_cannot_write_it_any_more(checkpoints: PostgresCheckpoints) -> None:
    config: RunnableConfig = {"configurable": {"thread_id": "run_1", "checkpoint_ns": ""}}
    within: RunnableConfig = {"configurable": {**config["configurable"], "checkpoint_id": "1"}}
    first = await checkpoints.take("run_1")
    await first.aput(config, empty_checkpoint(), {}, {})

    second = await checkpoints.take("run_1")

    with pytest.raises(LeaseLost, match="run_1"):
        await first.aput(config, empty_checkpoint(), {}, {})
    with pytest.raises(LeaseLost, match="run_1"):
        await first.aput_writes(within, [("channel", 1)], "task")
    await second.aput(config, empty_checkpoint(), {}, {})


async def test_a_process_frozen_within_a_write_holds_nobody_up(
    checkpoints: PostgresCheckpoints, home: Path
) -> None:
    await checkpoints.take("run_1")
    frozen = await psycopg.AsyncConnection.connect(
        url_of(home), options="-csearch_path=podium_checkpoints"
    )
    try:
        # A pipeline that is open: PostgreSQL's limit for idle transactions does not reach it.
        pipeline = frozen.pipeline()
        await pipeline.__aenter__()
        held = await frozen.execute("SELECT epoch FROM thread_epochs FOR SHARE")
        assert await held.fetchone() is not None, "nothing is held before it was sent and answered"

        second = await asyncio.wait_for(checkpoints.take("run_1"), 60)

        with pytest.raises(psycopg.OperationalError):
            await pipeline.__aexit__(None, None, None)
    finally:
        await frozen.close()
    config: RunnableConfig = {"configurable": {"thread_id": "run_1", "checkpoint_ns": ""}}
    await second.aput(config, empty_checkpoint(), {}, {})


def test_only_a_worker_that_beats_is_alive(home: Path) -> None:
    engine = open_engine(url_of(home))
    upgrade(engine)
    workers = SqlWorkers(engine)
    lost: list[str] = []
    one = Fleet(workers, executor_id="one", lease_s=1.0, on_lost=lambda: lost.append("one"))
    two = Fleet(workers, executor_id="two", lease_s=1.0)

    assert (one.abandoned(), two.listening()) == (True, False)
    assert one.take("worker")
    assert two.take("run") is False, "beside a worker nobody else executes"
    assert two.take("serve")
    assert two.alive() == {"one", "two"}

    one.release()
    assert two.alive() == {"two"}
    two.release()
    assert two.abandoned()
    assert lost == []
    engine.dispose()


@pytest.mark.parametrize("jump", [timedelta(hours=2), -timedelta(hours=2)])
def test_a_clock_that_jumps_keeps_no_dead_worker_alive_and_loses_no_living_one(
    home: Path, jump: timedelta
) -> None:
    engine = open_engine(url_of(home))
    upgrade(engine)
    shift = timedelta()
    workers = SqlWorkers(engine, now=lambda: sa.func.now() + shift)
    lease = timedelta(seconds=5)
    living, dead = (
        Worker(executor_id=name, role="worker", place="", pid=1, born="")
        for name in ("living", "dead")
    )
    workers.beat(living)
    workers.beat(dead)
    assert len(workers.beating(within=lease)) == 2

    shift = jump
    assert workers.beating(within=lease) == ()
    workers.beat(living)

    assert workers.beating(within=lease) == (living,)
    workers.close()
    engine.dispose()
