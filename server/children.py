"""Runs of agents as threads of their own: started by people, schedules, and the orchestrator's test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from podium.server.driver import Driver
from podium.server.ledger import resolve_inputs
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.engine import Segment, SegmentKind
from podium.state.errors import Conflict, NotFound
from podium.state.ids import IdFactory
from podium.state.runs import Run, RunMode
from podium.state.stores import Stores, Thread, Version


@dataclass(frozen=True, slots=True)
class RunThreads:
    """Makes the rows of a run and of its segments. The thread of a run has the run's id."""

    stores: Stores
    clock: Clock
    ids: IdFactory

    def open(
        self,
        *,
        run_id: str,
        version: Version,
        inputs: JsonObject,
        mode: RunMode,
        trigger: str,
        release_writes: bool = False,
    ) -> Run:
        """Keep a queued run and its thread; opening the same id twice returns the kept run.

        Raises:
            UserError: If an input is unknown, missing or not of its type.
        """
        now = self.clock.now()
        values = resolve_inputs(version.spec, inputs)
        run = self.stores.runs.create(
            Run(
                run_id=run_id,
                thread_id=run_id,
                agent=version.spec.name,
                version=version.version,
                mode=mode,
                inputs=values,
                trigger=trigger,
                created_at=now,
            )
        )
        start: JsonObject = {
            "run_id": run_id,
            "inputs": values,
            "mode": mode,
            "trigger": trigger,
            "release_writes": release_writes,
        }
        thread = Thread(
            thread_id=run_id,
            title=f"{version.spec.name} version {version.version}",
            status="queued",
            created_at=now,
            updated_at=now,
            data={"kind": "run", "mode": mode, "agent": version.spec.name, "input": start},
        )
        if self._thread(run_id) is None:
            self.stores.threads.put(thread)
        return run

    def next_segment(self, thread_id: str, payload: JsonObject) -> Segment:
        """Return the thread's next segment and make it the present one.

        Raises:
            NotFound: If there is no such thread.
        """
        thread = self.stores.threads.get(thread_id)
        kind: SegmentKind = "run" if thread.data.get("kind") == "run" else "chat"
        segment = Segment(
            segment_id=self.ids.new("seg"), kind=kind, thread_id=thread_id, payload=payload
        )
        data = {**thread.data, "segment": segment.segment_id, "payload": payload}
        self.stores.threads.put(
            thread.model_copy(
                update={"status": "queued", "data": data, "updated_at": self.clock.now()}
            )
        )
        return segment

    def _thread(self, thread_id: str) -> Thread | None:
        try:
            return self.stores.threads.get(thread_id)
        except NotFound:
            return None


class TestRuns:
    """The orchestrator's child runs: driven inside its own segment, on threads of their own."""

    __test__ = False

    def __init__(self, threads: RunThreads, driver: Driver) -> None:
        self._threads = threads
        self._driver = driver

    async def test(
        self, *, run_id: str, agent: str, version: int, release_writes: bool
    ) -> JsonObject:
        """Run that version with real data; return the run as doors show it."""
        stores = self._threads.stores
        kept = await asyncio.to_thread(stores.agents.version, agent, version)
        run = await asyncio.to_thread(
            self._threads.open,
            run_id=run_id,
            version=kept,
            inputs={},
            mode="test",
            trigger="test",
            release_writes=release_writes,
        )
        if run.status in {"finished", "waiting"}:
            return run.to_json()
        return await self._go_on(run_id, {})

    async def answer(self, run_id: str, answer: JsonObject) -> JsonObject:
        """Answer what the run waits for and return it when it stops again."""
        run = await asyncio.to_thread(self._threads.stores.runs.get, run_id)
        if run.status == "finished":
            return run.to_json()
        if run.question is None:
            raise Conflict(f"Run {run_id!r} waits for nothing")
        return await self._go_on(run_id, {"question_id": run.question.id, "answer": answer})

    async def _go_on(self, run_id: str, payload: JsonObject) -> JsonObject:
        segment = await asyncio.to_thread(self._threads.next_segment, run_id, payload)
        await self._driver.drive_apart(segment)
        run = await asyncio.to_thread(self._threads.stores.runs.get, run_id)
        return run.to_json()
