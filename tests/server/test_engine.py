"""Who executes: segments on the real engine, in one process and in two, killed and taken over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.engine import Segment
from podium.state.errors import Conflict
from tests.doubles import a_choice, a_request, read_as
from tests.server.harness import Doubles, deploy, opened
from tests.server.processes import other_process, said


async def prepared(home: Path) -> None:
    """Keep a deployed agent `prices` in the folder."""
    async with opened(home, serve=False) as podium:
        deploy(podium)


def steps_done(podium: Podium, run_id: str) -> list[str]:
    """Return the ids of the steps that were executed to an end, in all processes together."""
    events = podium.stores.events.after(0, thread_id=run_id)
    return [
        str(record["id"])
        for event in events
        if event.kind == "step.finished" and isinstance(record := event.data["record"], dict)
    ]


# -- One process -----------------------------------------------------------------------------------


@pytest.mark.parametrize("serve", [True, False])
async def test_a_run_is_executed_here_when_nobody_else_executes(
    tmp_path: Path, *, serve: bool
) -> None:
    async with opened(tmp_path, serve=serve) as podium:
        deploy(podium)

        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)

        kept = podium.stores.runs.get(run.run_id)
        assert (kept.status, kept.outcome) == ("finished", "success")


async def test_a_chat_that_is_driven_here_starts_a_run_here(tmp_path: Path) -> None:
    """Without a server both are executed by this process, and the run is no part of the chat's workflow."""
    doubles = Doubles()
    doubles.planner.reading = read_as(a_request("run", agents=("prices",)))
    async with opened(tmp_path, doubles, serve=False) as podium:
        deploy(podium)

        chat = await podium.chat("run prices")
        await podium.settle(chat.thread_id)
        (run,) = podium.stores.runs.list()
        await podium.settle(run.thread_id)

        assert podium.chat_view(chat.thread_id)["status"] == "done"
        assert podium.stores.runs.get(run.run_id).outcome == "success"


async def test_several_threads_are_executed_at_a_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)

        runs = [await podium.start_run("prices", {}, None) for _ in range(6)]
        await asyncio.gather(*(podium.settle(run.thread_id) for run in runs))

        outcomes = {podium.stores.runs.get(run.run_id).outcome for run in runs}
    assert outcomes == {"success"}


async def test_a_run_under_way_is_cancelled(tmp_path: Path) -> None:
    await prepared(tmp_path)
    with other_process(tmp_path, "serve") as process:
        assert await said(process) == "serving"
        async with opened(tmp_path, serve=False) as podium:
            run = await podium.start_run("prices", {}, None)
            assert await said(process) == "hanging"

            await podium.cancel_run(run.run_id)
            await podium.settle(run.thread_id, timeout_s=20)

            kept = podium.stores.runs.get(run.run_id)
            thread = podium.stores.threads.get(run.thread_id)
    assert (kept.status, kept.outcome, thread.status) == ("finished", "cancelled", "done")


async def test_a_defect_ends_the_run_as_failed(tmp_path: Path) -> None:
    doubles = Doubles()
    doubles.runner.raises = {"two": [RuntimeError("a bug")]}
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)

        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)

        kept = podium.stores.runs.get(run.run_id)
    assert (kept.status, kept.outcome) == ("finished", "fail")
    assert kept.error is not None
    assert kept.error.code == "internal"


# -- Two processes ---------------------------------------------------------------------------------


async def test_a_second_server_is_refused_and_told_who_serves(tmp_path: Path) -> None:
    async with opened(tmp_path):
        with pytest.raises(Conflict, match=r"serve \(process \d+\)"):
            async with opened(tmp_path):
                raise AssertionError("two processes execute")


async def test_beside_a_server_another_process_enqueues_and_waits(tmp_path: Path) -> None:
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        with other_process(tmp_path, "run") as process:
            outcome = await said(process)

    assert outcome == "success"
    assert doubles.runner.done == ["one", "two"], "executed here"


@pytest.mark.parametrize("serves", [True, False])
async def test_a_run_of_a_killed_process_is_taken_over_and_repeats_nothing(
    tmp_path: Path, *, serves: bool
) -> None:
    await prepared(tmp_path)
    doubles = Doubles()
    async with opened(tmp_path, doubles, serve=False) as podium:
        with other_process(tmp_path, "serve" if serves else "hang") as process:
            if serves:
                assert await said(process) == "serving"
                await podium.start_run("prices", {}, None)
            assert await said(process) == "hanging"
        run = podium.stores.runs.list()[0]

        await podium.settle(run.thread_id, timeout_s=60)

        kept = podium.stores.runs.get(run.run_id)
        assert steps_done(podium, run.run_id) == ["one", "two"]
    assert (kept.status, kept.outcome) == ("finished", "success")
    assert doubles.runner.done == ["two"]


async def test_a_new_server_goes_on_with_what_a_killed_one_left(tmp_path: Path) -> None:
    await prepared(tmp_path)
    with other_process(tmp_path, "hang") as process:
        assert await said(process) == "hanging"
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        recovered = await podium.recover()
        run = podium.stores.runs.list()[0]
        await podium.settle(run.thread_id, timeout_s=60)
        again = await podium.recover()

        assert podium.stores.runs.get(run.run_id).outcome == "success"
    assert (recovered, again) == (1, 0)
    assert doubles.runner.done == ["two"]


async def test_what_waits_in_the_queue_of_a_new_server_is_not_taken_twice(tmp_path: Path) -> None:
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)

        recovered = await podium.recover()
        await podium.settle(run.thread_id)

    assert recovered == 0
    assert doubles.runner.done == ["one", "two"]


async def test_a_run_that_was_opened_and_never_begun_is_begun(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        run = await podium.open_run("prices", {}, None, trigger="schedule")

        assert await podium.recover() == 1
        await podium.settle(run.thread_id)

        assert podium.stores.runs.get(run.run_id).outcome == "success"


async def test_an_answer_that_was_kept_and_not_handed_on_is_handed_on(tmp_path: Path) -> None:
    doubles = Doubles()
    doubles.runner.asks = {"two": a_choice()}
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)
        opened_question = podium.waiting_question(run.thread_id)
        # What a process does that dies before its second half.
        podium.stores.questions.answer(opened_question.question.id, {"status": "Open"})

        with pytest.raises(Conflict, match="answered already"):
            await podium.answer(run.thread_id, {"status": "Paid"})
        await podium.settle(run.thread_id)

        assert podium.stores.runs.get(run.run_id).outputs["two"] == {"status": "Open"}


@pytest.mark.parametrize("fails", [False, True])
async def test_whoever_answers_a_run_is_told_how_it_ended(tmp_path: Path, *, fails: bool) -> None:
    doubles = Doubles()
    doubles.runner.asks = {"two": a_choice()}
    doubles.runner.fails = {"two": [None]} if fails else {}
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await podium.start_run("prices", {}, None)
        await podium.settle(run.thread_id)
        await podium.answer(run.thread_id, {"status": "Open"})
        await podium.settle(run.thread_id)

        view = podium.chat_view(run.thread_id)

    assert run.run_id in str(view["reply"])
    assert ("fail" if fails else "success") in str(view["reply"])
    assert view["runs"] == [run.run_id]


async def test_a_further_goal_is_not_lost_when_its_process_dies_at_once(tmp_path: Path) -> None:
    """Before its first checkpoint a killed turn looks like the finished one before it."""
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        first = await podium.chat("watch prices", approve_all=True)
        await podium.settle(first.thread_id)
        start: JsonObject = {"goal": "again", "messages": [], "approve_all": True, "given": {}}
        thread = podium.stores.threads.get(first.thread_id)
        data: JsonObject = {**thread.data, "input": start}
        podium.stores.threads.put(thread.model_copy(update={"data": data, "status": "queued"}))
        podium.threads.next_segment(first.thread_id, {"input": start})  # and dies

        assert await podium.recover() == 1
        await podium.settle(first.thread_id)

        assert podium.chat_view(first.thread_id)["status"] == "done"
    assert len(doubles.builder.finished) == 2


async def test_a_turn_that_was_under_way_is_not_started_anew(tmp_path: Path) -> None:
    doubles = Doubles()
    doubles.builder.asks = {"finish_up": a_choice()}
    async with opened(tmp_path, doubles) as podium:
        segment = await podium.chat("watch prices", approve_all=True)
        await podium.settle(segment.thread_id)
        thread = podium.stores.threads.get(segment.thread_id)
        payload: JsonObject = {"input": thread.data["input"], "turn": segment.segment_id}
        again: Segment = podium.threads.next_segment(segment.thread_id, payload)

        await podium.driver.drive(again)

        assert podium.chat_view(segment.thread_id)["status"] == "waiting"
    assert doubles.builder.built == ["start"]
