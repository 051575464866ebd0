"""The run engine on DBOS: segments as durable workflows, executed by the processes that have the right to."""

from __future__ import annotations

import asyncio
import contextvars
import os
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions, SetWorkflowID, WorkflowStatus

from podium.state.document import JsonObject
from podium.state.engine import Segment, Standing
from podium.state.errors import LeaseLost
from podium.state.ids import IdFactory

QUEUE = "segments"
WORKFLOW = "segment"
VERSION = "engine-1"
"""Constant on purpose: the default is a hash of source, and any edit would strand queued rows (facts: engine §2)."""

_POLL_S = 0.1
_ROW_FOLLOWS_S = 0.01
_BEGINS_WITHIN_S = 15.0
_ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


class Right(Protocol):
    """Who may execute: the lock on a data folder, or a lease among the workers of a server."""

    executor_id: str
    """This process, in the engine's rows."""

    @property
    def held(self) -> bool:
        """Whether this process may execute."""
        ...

    def take(self, role: str) -> bool:
        """Return whether this process may execute now."""
        ...

    def listening(self) -> bool:
        """Return whether others work off the queue."""
        ...

    def abandoned(self) -> bool:
        """Return whether nobody executes."""
        ...

    def alive(self) -> frozenset[str]:
        """Return the ids of the processes that may be executing."""
        ...

    def holder(self) -> str:
        """Return who executes, for messages."""
        ...

    def release(self) -> None:
        """Give the right back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is executed at a time; all workers of one database should agree."""

    process: int = 4
    """Segments in one process."""
    agent: int = 4
    """Runs of one agent, in all processes together."""
    workspace: int = 50
    """Segments in all processes together."""


def executor_id(ids: IdFactory) -> str:
    """Return a name for this process that no other has: with a shared one, runs are stolen (facts: engine §2)."""
    return f"{socket.gethostname()}-{os.getpid()}-{ids.new('x')}"


class DbosEngine:
    """Queues segments for the executing processes, and executes them when this is one."""

    def __init__(
        self,
        *,
        database: sa.Engine,
        right: Right,
        drive: Callable[[Segment], Coroutine[object, object, None]],
        limits: Limits,
    ) -> None:
        self._database = database
        self._right = right
        self._drive = drive
        self._limits = limits
        self._client: DBOSClient | None = None
        self.recovered = 0
        """How many threads went on when this process began to serve."""
        self._launched = False
        self._serving = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unlisted: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._workflow: Callable[[JsonObject], Coroutine[object, object, None]] | None = None

    @property
    def serving(self) -> bool:
        """Whether this process works off the queue."""
        return self._serving

    async def serve(
        self, role: str = "serve", *, first: Callable[[], Awaitable[int]] | None = None
    ) -> bool:
        """Become an executing process: take the right, work off the queue. False when only another one may.

        `first` queues what a dead process left half-way, so that it is there when the first is taken from the queue. It
        goes before what its agent has not begun; between agents the engine draws lots, whatever their priorities.
        """
        if not await asyncio.to_thread(self._right.take, role):
            return False
        self._serving = True
        if first is not None and await asyncio.to_thread(self._is_set_up):
            self.recovered = await first()
        await self._launch(listen=True)
        return True

    def _is_set_up(self) -> bool:
        schema = None if self._database.dialect.name == "sqlite" else "dbos"
        return sa.inspect(self._database).has_table("workflow_status", schema=schema)

    # -- Handing in ------------------------------------------------------------------------------

    async def queues(self) -> bool:
        """Return whether a segment is to be queued; otherwise this process may execute it, and is ready to."""
        if self._serving or not await asyncio.to_thread(self._right.take, "run"):
            return True
        await self._launch(listen=False)
        return False

    def enqueue(self, segment: Segment, *, connection: sa.Connection) -> None:
        """Queue the segment in the caller's transaction; the same id twice is queued once."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": segment.segment_id,
            "queue_partition_key": segment.lane or segment.thread_id,
            "priority": segment.priority,
            "app_version": VERSION,
        }
        self._connect().enqueue_in_transaction(connection, options, segment.to_json())

    async def start(self, segment: Segment) -> None:
        """Execute the segment here, at once, without the queue.

        What a chat starts is a workflow of its own, although the chat itself is driven by a step: DBOS allows no workflow
        that belongs to a step, so nothing of the caller's context goes with it.
        """
        await asyncio.create_task(self._start(segment), context=contextvars.Context())

    async def _start(self, segment: Segment) -> None:
        assert self._workflow is not None, "queues() comes first"
        with SetWorkflowID(segment.segment_id):
            await DBOS.start_workflow_async(self._workflow, segment.to_json())

    async def submit(self, segment: Segment) -> None:
        """Hand in a segment that is recorded already; the same id twice is executed once."""
        if not await self.queues():
            await self.start(segment)
            return
        await asyncio.to_thread(self._enqueue, segment)

    def _enqueue(self, segment: Segment) -> None:
        with self._database.begin() as connection:
            self.enqueue(segment, connection=connection)

    # -- Looking ---------------------------------------------------------------------------------

    async def wait(self, segment_id: str, *, timeout_s: float | None = None) -> bool:
        """Return whether the segment ended within the time."""
        deadline = None if timeout_s is None else asyncio.get_running_loop().time() + timeout_s
        pause_s = _POLL_S
        while True:
            row = (await self._rows([segment_id])).get(segment_id)
            if row is not None and row.status in _ENDED:
                return True
            if deadline is not None and asyncio.get_running_loop().time() >= deadline:
                return False
            here = self._running.get(segment_id)
            if here is None:
                await asyncio.sleep(pause_s)
            else:  # executed by this process: its end is noticed at once, and its row follows
                await asyncio.wait({here}, timeout=_POLL_S)
                pause_s = _ROW_FOLLOWS_S

    async def abandoned(self) -> bool:
        """Return whether nobody executes."""
        return await asyncio.to_thread(self._right.abandoned)

    async def standings(self, segment_ids: Collection[str]) -> dict[str, Standing]:
        """Return where each segment stands."""
        rows = await self._rows(segment_ids)
        self._unlisted = {one: at for one, at in self._unlisted.items() if one in rows}
        alive = await asyncio.to_thread(self._right.alive)
        return {one: self._standing(rows.get(one), alive) for one in segment_ids}

    def _standing(self, row: WorkflowStatus | None, alive: frozenset[str]) -> Standing:
        if row is None or row.status in _ENDED:
            return "lost"
        if row.status != "PENDING":
            return "queued"
        if row.executor_id == self._right.executor_id:
            return "executed" if row.workflow_id in self._running else self._begins(row.workflow_id)
        return "executed" if row.executor_id in alive else "lost"

    def _begins(self, segment_id: str) -> Standing:
        """Between being taken from the queue and its first step, a segment of ours is not among the running ones."""
        since = self._unlisted.setdefault(segment_id, time.monotonic())
        return "executed" if time.monotonic() - since < _BEGINS_WITHIN_S else "lost"

    async def cancel(self, segment_id: str) -> None:
        """Stop the segment, queued or under way."""
        await asyncio.to_thread(self._connect().cancel_workflow, segment_id)

    async def forget(self, segment_ids: Collection[str]) -> None:
        """Delete the rows of segments that ended."""
        await asyncio.to_thread(self._connect().delete_workflows, list(segment_ids))

    # -- Stopping --------------------------------------------------------------------------------

    def fence(self) -> None:
        """Stop all segments of this process: others may take them over. Called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop_running)

    def _stop_running(self) -> None:
        for task in self._running.values():
            task.cancel()

    async def close(self, *, grace_s: float = 0.0) -> None:
        """Take nothing more, give what runs some time to end, and give the right back."""
        self._serving = False
        if self._launched:
            wait_s = int(grace_s) if self._running else 0
            await asyncio.to_thread(
                DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=wait_s
            )
            # DBOS made its own pool the loop's default one and has shut it down now.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
            self._launched = False
        self._stop_running()
        if self._client is not None:
            await asyncio.to_thread(self._client.destroy)
            self._client = None
        await asyncio.to_thread(self._right.release)

    # -- DBOS ------------------------------------------------------------------------------------

    async def _launch(self, *, listen: bool) -> None:
        if self._launched:
            return
        self._loop = asyncio.get_running_loop()
        DBOS(
            config={
                "name": "podium",
                "system_database_url": self._database.url.render_as_string(hide_password=False),
                "system_database_engine": self._database,
                "application_version": VERSION,
                "executor_id": self._right.executor_id,
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
                partition_concurrency=self._limits.agent,
                global_concurrency=max(self._limits.workspace, self._limits.process),
                worker_concurrency=self._limits.process,
                polling_interval_sec=_POLL_S,
                on_conflict="always_update",
            )

    def _register(self) -> Callable[[JsonObject], Coroutine[object, object, None]]:
        @DBOS.step(name="drive", preemptible=True)
        async def execute(value: JsonObject) -> None:
            await self._execute(Segment.model_validate(value))

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=5)
        async def segment(value: JsonObject) -> None:
            await execute(value)

        return segment

    async def _execute(self, segment: Segment) -> None:
        task = asyncio.create_task(self._drive(segment))
        self._running[segment.segment_id] = task
        try:
            await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise LeaseLost(f"Segment {segment.segment_id!r} was stopped") from None
        finally:
            self._running.pop(segment.segment_id, None)

    async def _rows(self, segment_ids: Collection[str]) -> Mapping[str, WorkflowStatus]:
        if not segment_ids:
            return {}
        rows = await asyncio.to_thread(
            self._connect().list_workflows,
            workflow_ids=list(segment_ids),
            load_input=False,
            load_output=False,
        )
        return {row.workflow_id: row for row in rows}

    def _connect(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(system_database_engine=self._database)
        return self._client
