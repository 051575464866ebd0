"""Time travel: a run done again from a step on, on a copy of its thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.server.forking import Forks
from podium.state.errors import Conflict, UserError
from podium.state.program import Program
from tests.doubles import a_step
from tests.server.harness import Doubles, deploy, opened
from tests.server.test_engine import steps_done


async def test_a_fork_goes_on_from_the_step_with_what_was_before(tmp_path: Path) -> None:
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium, program=Program(steps=(a_step("one"), a_step("two"), a_step("three"))))
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)
        doubles.runner.done.clear()

        forked = await podium.fork_run(run.run_id, "two")
        await podium.settle(forked.thread_id)

        kept = podium.stores.runs.get(forked.run_id)
        assert doubles.runner.done == ["two", "three"]
        assert (kept.outcome, kept.trigger) == ("success", "fork")
        assert [record.id for record in kept.steps] == ["one", "two", "three"]
        assert steps_done(podium, run.run_id) == ["one", "two", "three"], "the original stays"
        assert doubles.runner.progress[-1].done == ("one", "two")


async def test_a_fork_writes_nothing_that_its_original_wrote_unless_asked(tmp_path: Path) -> None:
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)

        first = await podium.fork_run(run.run_id, "one")
        await podium.settle(first.thread_id)
        second = await podium.fork_run(first.run_id, "two", repeat_writes=True)
        await podium.settle(second.thread_id)

        of_first = next(c for c in doubles.runner.contexts if c.run_id == first.run_id)
        of_second = next(c for c in doubles.runner.contexts if c.run_id == second.run_id)
    assert (of_first.origin_run, of_first.repeat_writes) == (run.run_id, False)
    assert (of_second.origin_run, of_second.repeat_writes) == (run.run_id, True)


async def test_a_fork_that_is_killed_half_way_is_no_run_or_goes_on_from_its_step(
    tmp_path: Path,
) -> None:
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)
        doubles.runner.done.clear()
        forks = Forks(podium.stores, podium.threads, podium.driver, podium.clock)

        copy = await forks.copy(run, run_id="run_fork", step="two", repeat_writes=False)
        swept_before_the_run_is_kept = await podium.sweep(grace_s=0)
        known = [kept.run_id for kept in podium.stores.runs.list()]
        with podium.stores.transaction() as connection:
            forks.open(copy, connection)
            podium.threads.next_segment("run_fork", {}, connection=connection)
        swept_before_it_is_executed = await podium.sweep(grace_s=0)
        await podium.settle("run_fork")

        assert (swept_before_the_run_is_kept, known) == (0, [run.run_id])
        assert swept_before_it_is_executed == 1
        assert doubles.runner.done == ["two"], "what was before the step is not done again"
        context = next(c for c in doubles.runner.contexts if c.run_id == "run_fork")
        assert context.origin_run == run.run_id


async def test_a_step_that_is_not_there_or_was_never_reached_cannot_be_forked_from(
    tmp_path: Path,
) -> None:
    doubles = Doubles()
    doubles.runner.raises = {"one": [RuntimeError("a bug")]}
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)

        with pytest.raises(UserError, match="no step 'nine'"):
            await podium.fork_run(run.run_id, "nine")
        with pytest.raises(Conflict, match="never came to 'two'"):
            await podium.fork_run(run.run_id, "two")
