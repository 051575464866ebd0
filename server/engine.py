"""The run engine on DBOS: segments as durable workflows, executed by the process that holds the lock."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions, SetWorkflowID, WorkflowStatus

from podium.server.lock import ExecutionLock
from podium.state.document import JsonObject
from podium.state.engine import Segment
from podium.state.ids import IdFactory

QUEUE = "segments"
WORKFLOW = "segment"
VERSION = "engine-1"
"""Constant on purpose: the default is a hash of source, and any edit would strand queued rows (facts: engine §2)."""

_POLL_S = 0.1
_ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


class DbosEngine:
    """Queues segments for the executing process, and executes them when it is this one."""

    def __init__(
        self,
        *,
        database: sa.Engine,
        lock: ExecutionLock,
        drive: Callable[[Segment], Awaitable[None]],
        ids: IdFactory,
        workers: int,
    ) -> None:
        self._database = database
        self._lock = lock
        self._drive = drive
        self._workers = workers
        self._client: DBOSClient | None = None
        self._executor_id = f"{socket.gethostname()}-{os.getpid()}-{ids.new('x')}"
        self._launched = False
        self._serving = False
        self._workflow: Callable[[JsonObject], Coroutine[object, object, None]] | None = None

    async def serve(self, role: str = "serve") -> bool:
        """Become the executing process: take the lock, work off the queue. False when another one executes."""
        if not self._lock.take(role):
            return False
        self._serving = True
        await self._launch(listen=True)
        return True

    async def submit(self, segment: Segment) -> None:
        """Queue the segment; submitting the same id twice queues it once."""
        if self._serving or not self._lock.take("run"):
            await self._enqueue(segment)
            return
        await self._launch(listen=False)
        await self._start(segment)

    async def wait(self, segment_id: str, *, timeout_s: float | None = None) -> bool:
        """Return whether the segment ended within the time."""
        deadline = None if timeout_s is None else asyncio.get_running_loop().time() + timeout_s
        while True:
            if await self._ended(segment_id):
                return True
            if deadline is not None and asyncio.get_running_loop().time() >= deadline:
                return False
            await asyncio.sleep(_POLL_S)

    def abandoned(self) -> bool:
        """Return whether nobody executes: the lock is free and was not ours."""
        if self._lock.held:
            return False
        if not self._lock.take("run"):
            return False
        self._lock.release()
        return True

    async def lost(self, segment_id: str) -> bool:
        """Return whether the segment neither waits in the queue nor is executed by this process."""
        row = await self._row(segment_id)
        if row is None or row.status in _ENDED:
            return True
        return row.status == "PENDING" and row.executor_id != self._executor_id

    async def cancel(self, segment_id: str) -> None:
        """Stop the segment, queued or under way."""
        await asyncio.to_thread(self._connect().cancel_workflow, segment_id)

    async def close(self) -> None:
        """Stop executing and give the lock back."""
        if self._client is not None:
            await asyncio.to_thread(self._client.destroy)
        if self._launched:
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
            # DBOS made its own pool the loop's default one and has shut it down now.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
            self._launched = False
        self._lock.release()

    # -- DBOS ------------------------------------------------------------------------------------

    async def _launch(self, *, listen: bool) -> None:
        if self._launched:
            return
        DBOS(
            config={
                "name": "podium",
                "system_database_url": str(self._database.url),
                "system_database_engine": self._database,
                "application_version": VERSION,
                "executor_id": self._executor_id,
                # A segment reports its own failure on its thread; DBOS would print it once more.
                "log_level": "CRITICAL",
                "console_log_level": "CRITICAL",
                "scheduler_polling_interval_sec": 60.0,
            }
        )
        self._workflow = self._register()
        # A process that must not dequeue has to say so: it would take other processes' work (facts: engine §0).
        DBOS.listen_queues([QUEUE] if listen else [])
        DBOS.launch()
        self._launched = True
        if listen:
            await DBOS.register_queue_async(
                QUEUE,
                partition_concurrency=1,
                worker_concurrency=self._workers,
                polling_interval_sec=_POLL_S,
            )

    def _register(self) -> Callable[[JsonObject], Coroutine[object, object, None]]:
        drive = self._drive

        @DBOS.step(name="drive", preemptible=True)
        async def execute(value: JsonObject) -> None:
            await drive(Segment.model_validate(value))

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=5)
        async def segment(value: JsonObject) -> None:
            await execute(value)

        return segment

    async def _start(self, segment: Segment) -> None:
        assert self._workflow is not None, "_launch() comes first"
        with SetWorkflowID(segment.segment_id):
            await DBOS.start_workflow_async(self._workflow, segment.to_json())

    async def _enqueue(self, segment: Segment) -> None:
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": segment.segment_id,
            "queue_partition_key": segment.thread_id,
            "app_version": VERSION,
        }
        await asyncio.to_thread(self._connect().enqueue, options, segment.to_json())

    async def _ended(self, segment_id: str) -> bool:
        row = await self._row(segment_id)
        return row is not None and row.status in _ENDED

    async def _row(self, segment_id: str) -> WorkflowStatus | None:
        rows = await asyncio.to_thread(
            self._connect().list_workflows,
            workflow_ids=[segment_id],
            load_input=False,
            load_output=False,
        )
        return rows[0] if rows else None

    def _connect(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(system_database_engine=self._database)
        return self._client
