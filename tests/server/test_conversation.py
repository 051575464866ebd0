"""A conversation over time: what is said meanwhile is kept, approvals hold for what was shown, and it stays small."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Conflict
from podium.state.plan import PlannedAgent, PlannedStep, Request, Understanding
from podium.tools.builder import BuildResult, Draft
from tests.doubles import ScriptedBuilder, ScriptedPlanner, a_request, read_as
from tests.server.harness import Doubles, deploy, opened


class Held(ScriptedBuilder):
    """Builds nothing until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()
        self.go_on = asyncio.Event()

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        self.started.set()
        await self.go_on.wait()
        return await super().build_step(planned, agent, draft)


def reads(**table: Request) -> ScriptedPlanner:
    """Return a planner that reads `pause` as the request given for it, and everything else as a new job."""
    readings: dict[str, Understanding] = {text: read_as(request) for text, request in table.items()}
    return ScriptedPlanner(table=readings)


async def test_what_is_said_to_a_thread_that_works_is_done_when_it_stops(tmp_path: Path) -> None:
    builder = Held()
    planner = reads(pause=a_request("pause", agents=("old",)))
    async with opened(tmp_path, Doubles(planner=planner, builder=builder)) as podium:
        deploy(podium, "old")
        segment = await podium.chat("watch prices", approve_all=True)
        await asyncio.wait_for(builder.started.wait(), 20)

        queued = await podium.chat("pause", thread_id=segment.thread_id)
        while_working = podium.stores.agents.get("old").state
        builder.go_on.set()
        await podium.settle(segment.thread_id)

        assert queued.segment_id == ""
        assert while_working == "deployed"
        assert podium.stores.agents.get("old").state == "paused"
        assert podium.stores.agents.get("prices").state == "deployed"
        turns = podium.stores.conversation.turns(segment.thread_id)
        assert [turn.text for turn in turns if turn.role == "user"][:2] == ["watch prices", "pause"]


async def test_a_thread_that_works_holds_up_no_other(tmp_path: Path) -> None:
    builder = Held()
    planner = reads(pause=a_request("pause", agents=("old",)))
    async with opened(tmp_path, Doubles(planner=planner, builder=builder)) as podium:
        deploy(podium, "old")
        busy = await podium.chat("watch prices", approve_all=True)
        await asyncio.wait_for(builder.started.wait(), 20)

        other = await podium.chat("pause")
        await podium.settle(other.thread_id)

        assert podium.stores.agents.get("old").state == "paused"
        assert podium.chat_view(busy.thread_id)["status"] == "queued"
        builder.go_on.set()
        await podium.settle(busy.thread_id)


async def test_what_a_dead_process_queued_is_said_at_the_next_start(tmp_path: Path) -> None:
    planner = reads(pause=a_request("pause", agents=("old",)))
    async with opened(tmp_path, Doubles(planner=planner)) as podium:
        deploy(podium, "old")
        segment = await podium.chat("watch prices", approve_all=True)
        await podium.settle(segment.thread_id)
        turn = podium.stores.conversation.turns(segment.thread_id)[0]
        podium.stores.conversation.add(
            turn.model_copy(update={"text": "pause", "queued": True, "data": {}})
        )

        await podium.recover()
        await podium.settle(segment.thread_id)

        assert podium.stores.agents.get("old").state == "paused"


@pytest.mark.parametrize(
    "stale", [{"revision": 1}, {"question_id": "plan_1.1"}, {"subject": "another hash"}]
)
async def test_an_approval_of_an_earlier_revision_is_a_conflict(
    stale: JsonObject, tmp_path: Path
) -> None:
    async with opened(tmp_path) as podium:
        segment = await podium.chat("watch prices")
        await podium.settle(segment.thread_id)
        await podium.answer(segment.thread_id, {"decision": "edit", "change": "drop step 2"})
        await podium.settle(segment.thread_id)
        approve: dict[str, JsonValue] = {"decision": "approve", **stale}

        with pytest.raises(Conflict, match="what is asked now"):
            await podium.answer(segment.thread_id, approve)

        assert podium.chat_view(segment.thread_id)["status"] == "waiting"
        await podium.answer(segment.thread_id, {"decision": "approve", "revision": 2})


async def test_a_thread_of_two_hundred_turns_stays_small(tmp_path: Path) -> None:
    planner = ScriptedPlanner(reading=read_as(a_request("inspect", agents=("prices",))))
    sizes: list[int] = []
    async with opened(tmp_path, Doubles(planner=planner)) as podium:
        deploy(podium)
        thread_id = (await podium.chat("how is prices?")).thread_id
        await podium.settle(thread_id)
        for turn in range(2, 201):
            # Driven directly: handing a segment to the engine takes longer than the turn itself.
            text = f"{turn} " + "x" * 2000
            said: JsonObject = {"goal": text, "messages": [{"type": "human", "content": text}]}
            segment = podium.threads.next_segment(thread_id, {"input": said})
            await podium.driver.drive(segment)
            if turn in {50, 200}:
                sizes.append(_kept_bytes(tmp_path / "checkpoints.db", thread_id))

    assert sizes[1] < 1.2 * sizes[0]
    assert sizes[1] < 300_000


def _kept_bytes(path: Path, thread_id: str) -> int:
    with sqlite3.connect(path) as connection:
        total = 0
        for table, column in (("checkpoints", "checkpoint"), ("writes", "value")):
            found = connection.execute(
                f"SELECT coalesce(sum(length({column})), 0) FROM {table} WHERE thread_id = ?",
                (thread_id,),
            ).fetchone()
            total += int(found[0])
    return total
