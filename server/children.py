"""Runs of agents as threads of their own: started by people, schedules, and the orchestrator's test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import sqlalchemy as sa

from podium.server.driver import Driver
from podium.server.ledger import resolve_inputs
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.engine import Segment, SegmentKind
from podium.state.errors import Conflict, NotFound
from podium.state.ids import IdFactory
from podium.state.runs import Run, RunMode
from podium.state.sql import SqlStores
from podium.state.stores import Thread, Version

_PRIORITIES = {"manual": 2, "webhook": 10, "chain": 10, "schedule": 20}
"""By trigger; the smallest goes first. What a person started or asked is waited for."""
_TAKEN_OVER = 1
"""A run that stopped half-way, whose site may wait for it, goes before those of its agent that have not begun."""


@dataclass(frozen=True, slots=True)
class RunThreads:
    """Makes the rows of a run and of its segments. The thread of a run has the run's id."""

    stores: SqlStores
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
        parent: str = "",
        origin_run: str = "",
        release_writes: bool = False,
        connection: sa.Connection | None = None,
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
                parent=parent,
                created_at=now,
            ),
            connection=connection,
        )
        start: JsonObject = {
            "run_id": run_id,
            "inputs": values,
            "mode": mode,
            "trigger": trigger,
            "release_writes": release_writes,
            "origin_run": origin_run,
        }
        thread = Thread(
            thread_id=run_id,
            title=f"{version.spec.name} version {version.version}",
            status="queued",
            created_at=now,
            updated_at=now,
            data={"kind": "run", "mode": mode, "agent": version.spec.name, "input": start},
        )
        if self._thread(run_id, connection) is None:
            self.stores.threads.put(thread, connection=connection)
        return run

    def next_segment(
        self,
        thread_id: str,
        payload: JsonObject,
        *,
        after: str | None = None,
        connection: sa.Connection | None = None,
    ) -> Segment:
        """Return the thread's next segment and make it the present one.

        With `after` only if that is the present one still: of two that take a thread over one does.

        Raises:
            NotFound: If there is no such thread.
            Conflict: If another segment than `after` is the present one.
        """
        thread = self.stores.threads.get(thread_id, connection=connection)
        if after is not None and thread.data.get("segment", "") != after:
            raise Conflict(f"Thread {thread_id!r} goes on already")
        kind: SegmentKind = "run" if thread.data.get("kind") == "run" else "chat"
        start = thread.data.get("input")
        segment = Segment(
            segment_id=self.ids.new("seg"),
            kind=kind,
            thread_id=thread_id,
            payload=payload,
            lane=str(thread.data.get("agent") or "") if kind == "run" else "",
            priority=_TAKEN_OVER if after else _priority(start if isinstance(start, dict) else {}),
        )
        data = {**thread.data, "segment": segment.segment_id, "payload": payload}
        self.stores.threads.put(
            thread.model_copy(
                update={"status": "queued", "data": data, "updated_at": self.clock.now()}
            ),
            connection=connection,
        )
        return segment

    def _thread(self, thread_id: str, connection: sa.Connection | None) -> Thread | None:
        try:
            return self.stores.threads.get(thread_id, connection=connection)
        except NotFound:
            return None


def _priority(start: JsonObject) -> int:
    return _PRIORITIES.get(str(start.get("trigger")), _PRIORITIES["manual"])


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
