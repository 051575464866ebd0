"""The port of the run engine, over its adapters: embedded on SQLite, and on PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from podium.server.service import Podium
from podium.state.engine import RunEngine, Segment
from podium.state.errors import NotFound
from podium.state.runs import Run
from podium.state.spec import Limits
from tests.builders import a_spec
from tests.doubles import a_choice
from tests.server.harness import Doubles, deploy, opened, start_afresh

pytestmark = pytest.mark.asyncio(loop_scope="module")

Workspace = tuple[Podium, Doubles]
WORKERS = 4
"""Segments that the workspaces of these tests execute at a time."""
_NUMBERS = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Workspace]:
    home: Path = tmp_path_factory.mktemp("engine")
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        (home / "database_url").write_text(server.create("run_engine"), encoding="utf-8")
    doubles = Doubles()
    async with opened(home, doubles) as podium:
        yield podium, doubles


@pytest.fixture
def workspace(shared: Workspace) -> Workspace:
    start_afresh(*shared)
    deploy(shared[0])
    return shared


async def until_executed(doubles: Doubles, runs: int = 1) -> None:
    """Wait until so many runs are in a step."""
    deadline = time.monotonic() + 30
    while True:
        if len(seen(doubles)) >= runs:
            return
        assert time.monotonic() < deadline, "nothing is executed"
        await asyncio.sleep(0.02)


def seen(doubles: Doubles) -> list[str]:
    """Return the runs in the order in which their first steps began."""
    return list(dict.fromkeys(context.run_id for context in doubles.runner.contexts))


async def opened_run(podium: Podium) -> tuple[Run, Segment]:
    """Return a run that is recorded with its first segment, and not handed in."""
    run = await podium.open_run("prices", {}, None, trigger="manual")
    return run, podium.threads.next_segment(run.run_id, {})


async def test_a_run_and_its_start_are_recorded_together_or_not_at_all(
    workspace: Workspace,
) -> None:
    podium, doubles = workspace
    number, version = next(_NUMBERS), podium.stores.agents.version("prices")

    def record(run_id: str, *, dies: bool) -> Segment:
        with podium.stores.transaction() as connection:
            podium.threads.open(
                run_id=run_id, version=version, inputs={}, mode="live", trigger="manual", connection=connection
            )  # fmt: skip
            segment = podium.threads.next_segment(run_id, {}, connection=connection)
            podium.engine.enqueue(segment, connection=connection)
            if dies:
                raise ZeroDivisionError
        return segment

    lost, kept = f"run_lost_{number}", f"run_kept_{number}"
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(record, lost, dies=True)
    segment = await asyncio.to_thread(record, kept, dies=False)

    assert await podium.engine.wait(segment.segment_id, timeout_s=30)
    assert podium.stores.runs.get(kept).outcome == "success"
    with pytest.raises(NotFound):
        podium.stores.runs.get(lost)
    assert seen(doubles) == [kept]


async def test_a_segment_that_is_handed_in_twice_is_executed_once(workspace: Workspace) -> None:
    podium, doubles = workspace
    run, segment = await opened_run(podium)

    await podium.engine.submit(segment)
    await podium.engine.submit(segment)
    await podium.settle(run.thread_id)

    assert doubles.runner.done == ["one", "two"]


async def test_a_segment_that_another_one_replaced_does_nothing(workspace: Workspace) -> None:
    podium, doubles = workspace
    _, stale = await opened_run(podium)
    present = podium.threads.next_segment(stale.thread_id, {})

    await podium.engine.submit(stale)
    assert await podium.engine.wait(stale.segment_id, timeout_s=30)
    before = list(doubles.runner.done)
    await podium.engine.submit(present)
    assert await podium.engine.wait(present.segment_id, timeout_s=30)

    assert before == []
    assert doubles.runner.done == ["one", "two"]


async def test_an_answer_goes_on_where_the_question_stopped(workspace: Workspace) -> None:
    podium, doubles = workspace
    doubles.runner.asks = {"two": a_choice()}
    run = await podium.start_run("prices", {}, None)
    await podium.settle(run.thread_id)
    waiting = podium.stores.runs.get(run.run_id).status

    await podium.answer(run.thread_id, {"status": "Paid"})
    await podium.settle(run.thread_id)

    assert waiting == "waiting"
    assert doubles.runner.done == ["one", "two"]
    assert podium.stores.runs.get(run.run_id).outputs["two"] == {"status": "Paid"}


async def test_a_segment_under_way_is_stopped_at_once(workspace: Workspace) -> None:
    podium, doubles = workspace
    doubles.runner.pause_s = 60
    run, segment = await opened_run(podium)
    await podium.engine.submit(segment)
    await until_executed(doubles)

    asked = time.monotonic()
    await podium.engine.cancel(segment.segment_id)
    ended = await podium.engine.wait(segment.segment_id, timeout_s=20)
    took_s = time.monotonic() - asked

    assert ended
    assert took_s < 5, "a second on a machine that is not loaded; the step takes a minute"
    assert doubles.runner.done == []
    assert (await podium.engine.standings([segment.segment_id]))[segment.segment_id] == "lost"
    assert podium.stores.runs.get(run.run_id).outcome is None, (
        "what becomes of the run is not the engine's"
    )


async def test_a_segment_that_waits_in_the_queue_is_cancelled_and_never_executed(
    workspace: Workspace,
) -> None:
    podium, doubles = workspace
    doubles.runner.pause_s = 0.3
    blocking = [await podium.start_run("prices", {}, None) for _ in range(WORKERS)]
    await until_executed(doubles, WORKERS)
    run, segment = await opened_run(podium)
    await podium.engine.submit(segment)
    stood = (await podium.engine.standings([segment.segment_id]))[segment.segment_id]

    await podium.engine.cancel(segment.segment_id)
    await asyncio.gather(*(podium.settle(one.thread_id) for one in blocking))

    assert stood == "queued"
    assert run.run_id not in seen(doubles)


async def test_a_run_that_takes_longer_than_its_limit_fails(workspace: Workspace) -> None:
    podium, doubles = workspace
    spec = a_spec("slow").model_copy(update={"limits": Limits(run_timeout_s=0.3)})
    deploy(podium, "slow", spec=spec)
    doubles.runner.pause_s = 60

    run = await podium.start_run("slow", {}, None)
    await podium.settle(run.thread_id, timeout_s=30)

    kept = podium.stores.runs.get(run.run_id)
    assert kept.outcome == "fail"
    assert kept.error is not None
    assert "time limit" in kept.error.message


async def test_a_run_that_somebody_waits_for_goes_before_scheduled_ones(
    workspace: Workspace,
) -> None:
    podium, doubles = workspace
    doubles.runner.pause_s = 0.3
    runs = [await podium.start_run("prices", {}, None) for _ in range(WORKERS)]
    await until_executed(doubles, WORKERS)
    runs += [
        await podium.start_run("prices", {}, None, trigger="schedule")
        for _ in range(2 * WORKERS - 1)
    ]
    urgent = await podium.start_run("prices", {}, None)
    doubles.runner.pause_s = 0.05

    await asyncio.gather(*(podium.settle(run.thread_id) for run in (*runs, urgent)))

    place = seen(doubles).index(urgent.run_id)
    assert place < 2 * WORKERS, "it was handed in last and is among the first to be taken"


async def test_an_agent_runs_once_for_a_key_whoever_asks_at_once(workspace: Workspace) -> None:
    podium, doubles = workspace
    key = f"order-{next(_NUMBERS)}"

    runs = await asyncio.gather(
        *(podium.start_run("prices", {}, None, dedupe_key=key) for _ in range(5))
    )
    await asyncio.gather(*(podium.settle(run.thread_id) for run in runs))

    assert len({run.run_id for run in runs}) == 1
    assert doubles.runner.done == ["one", "two"]


async def test_what_ended_can_be_forgotten_and_what_was_never_there_is_lost(
    workspace: Workspace,
) -> None:
    podium, _ = workspace
    engine: RunEngine = podium.engine
    run, segment = await opened_run(podium)
    await engine.submit(segment)
    await podium.settle(run.thread_id)
    ended = await engine.wait(segment.segment_id, timeout_s=30)

    await engine.forget([segment.segment_id])

    assert ended
    assert not await engine.wait(segment.segment_id, timeout_s=0)
    assert await engine.standings([segment.segment_id, "never"]) == {
        segment.segment_id: "lost",
        "never": "lost",
    }
