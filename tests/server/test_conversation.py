"""A conversation over time: what is said meanwhile is kept, approvals hold for what was shown, and it stays small."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from pydantic import JsonValue

from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.errors import Conflict, Unavailable
from podium.state.plan import PlannedAgent, PlannedStep, Request, Understanding
from podium.tools.builder import BuildResult, Draft
from podium.tools.planner import WorkspaceView
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


def said_by_user(podium: Podium, thread_id: str) -> list[str]:
    """Return what the person said in the thread, in order."""
    turns = podium.stores.conversation.turns(thread_id)
    return [turn.text for turn in turns if turn.role == "user"]


def leave_queued(podium: Podium, thread_id: str, text: str) -> None:
    """Leave the words as a process leaves them that dies before the thread stops."""
    turn = podium.stores.conversation.turns(thread_id)[0]
    podium.stores.conversation.add(
        turn.model_copy(update={"text": text, "queued": True, "data": {}})
    )


class Away(ScriptedPlanner):
    """Cannot be reached as often as it is told to be."""

    away = 0

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        if self.away:
            self.away -= 1
            raise Unavailable("The database is away")
        return await super().understand(goal, workspace=workspace)


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
        assert said_by_user(podium, segment.thread_id) == ["watch prices", "pause"]


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
        leave_queued(podium, segment.thread_id, "pause")

        await podium.recover()
        await podium.settle(segment.thread_id)

        assert podium.stores.agents.get("old").state == "paused"


async def test_queued_words_that_many_take_up_are_said_once(tmp_path: Path) -> None:
    planner = reads(pause=a_request("pause", agents=("old",)))
    async with opened(tmp_path, Doubles(planner=planner)) as podium:
        deploy(podium, "old")
        segment = await podium.chat("watch prices", approve_all=True)
        await podium.settle(segment.thread_id)
        leave_queued(podium, segment.thread_id, "pause")

        await asyncio.gather(*(podium.take_up(segment.thread_id) for _ in range(4)))
        await podium.settle(segment.thread_id)

        events = podium.stores.events.after(0, thread_id=segment.thread_id)
        queued = [event for event in events if event.kind == "segment.queued"]
        assert len(queued) == 2, "one for each thing that was said"
        assert said_by_user(podium, segment.thread_id) == ["watch prices", "pause"]
        turns = podium.stores.conversation.turns(segment.thread_id)
        assert not [turn.text for turn in turns if "taken up" in turn.text]


async def test_queued_words_survive_who_takes_them_up_and_fails(tmp_path: Path) -> None:
    planner = Away()
    async with opened(tmp_path, Doubles(planner=planner)) as podium:
        segment = await podium.chat("watch prices")
        await podium.settle(segment.thread_id)
        assert podium.chat_view(segment.thread_id)["status"] == "waiting"
        leave_queued(podium, segment.thread_id, "cancel")
        planner.away = 1

        with pytest.raises(Unavailable):
            await podium.take_up(segment.thread_id)
        assert podium.stores.conversation.queued() == (segment.thread_id,)
        await podium.settle(segment.thread_id)

        assert podium.chat_view(segment.thread_id)["reply"] == "Cancelled."
        assert podium.stores.questions.open() == ()
        assert podium.stores.conversation.queued() == ()
        assert said_by_user(podium, segment.thread_id) == ["watch prices", "cancel"]


PASTED = "log in as lea with password Sommer!2026x"


async def test_who_pastes_a_password_meanwhile_is_told_where_it_went(tmp_path: Path) -> None:
    builder = Held()
    async with opened(tmp_path, Doubles(builder=builder)) as podium:
        busy = await podium.chat("watch prices", approve_all=True)
        await asyncio.wait_for(builder.started.wait(), 20)
        queued = await podium.chat(PASTED, thread_id=busy.thread_id)
        shown = str(podium.queued_view(queued)["reply"])
        said = [turn.text for turn in podium.stores.conversation.turns(busy.thread_id)]
        builder.go_on.set()
        await podium.settle(busy.thread_id)

        assert "out of your message" in shown
        assert "is busy" in shown
        assert sum("out of your message" in text for text in said) == 1
        assert not [text for text in (shown, *said) if "Sommer" in text]


async def test_who_pastes_a_password_into_an_answer_is_told_where_it_went(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        waiting = await podium.chat("watch prices")
        await podium.settle(waiting.thread_id)
        assert podium.chat_view(waiting.thread_id)["status"] == "waiting"

        segment = await podium.chat(
            f"drop step 2, {PASTED}", thread_id=waiting.thread_id, approve_all=True
        )
        await podium.settle(segment.thread_id)

        said = [turn.text for turn in podium.stores.conversation.turns(segment.thread_id)]
        assert "out of your message" in str(podium.chat_view(segment.thread_id)["reply"])
        assert sum("out of your message" in text for text in said) == 1
        assert not [text for text in said if "Sommer" in text]


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
