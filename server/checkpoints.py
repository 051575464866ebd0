"""LangGraph's checkpoints, apart from the control plane: a file of their own, or a schema of PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from podium.state.errors import LeaseLost, Unavailable
from podium.state.sql.engine import NO_IDLE_LOCKS

_SCHEMA = "podium_checkpoints"
_EPOCHS = """
CREATE TABLE IF NOT EXISTS thread_epochs (thread_id text PRIMARY KEY, epoch bigint NOT NULL)
"""
_TAKE = """
INSERT INTO thread_epochs VALUES (%s, 1)
ON CONFLICT (thread_id) DO UPDATE SET epoch = thread_epochs.epoch + 1 RETURNING epoch
"""
_SETUP_LOCK = 7_041_776
_SETUP_POLL_S = 0.1
_SILENT_S = 3.0
_END_SILENT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = ANY(pg_blocking_pids(%s)) AND wait_event = 'ClientRead' AND state_change < now() - make_interval(secs => %s)
"""
_SERVER_RETURNS_S = 60.0


class Checkpoints(Protocol):
    """Gives the savers that threads' checkpoints go to."""

    async def saver(self) -> BaseCheckpointSaver[str]:
        """Return a saver that reads all threads, and writes those that nobody executes."""
        ...

    async def take(self, thread_id: str) -> BaseCheckpointSaver[str]:
        """Return the saver to execute the thread with; whoever took the thread before cannot write any more."""
        ...

    async def forget(self, thread_ids: Sequence[str]) -> None:
        """Delete the threads' checkpoints."""
        ...

    async def trim(self, thread_id: str) -> None:
        """Delete all checkpoints but the newest of a thread that is done: a conversation does not grow without end."""
        ...

    async def close(self) -> None:
        """Close file or connections."""
        ...


_OLDER = {
    table: f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < "
    "(SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '')"
    for table in ("writes", "checkpoints")
}


class SqliteCheckpoints:
    """One saver per process, opened on first use and closed with the workspace. The lock on the home is the fence."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = AsyncExitStack()
        self._saver: AsyncSqliteSaver | None = None
        self._opening = asyncio.Lock()

    async def saver(self) -> BaseCheckpointSaver[str]:
        """Return the open saver."""
        async with self._opening:
            if self._saver is None:
                saver = await self._stack.enter_async_context(
                    AsyncSqliteSaver.from_conn_string(str(self._path))
                )
                await saver.conn.execute("PRAGMA busy_timeout=30000")
                # A lost last checkpoint repeats one step, which the journal makes harmless;
                # a sync per checkpoint costs several times the step's own overhead.
                await saver.conn.execute("PRAGMA synchronous=NORMAL")
                await saver.setup()
                self._path.chmod(0o600)
                self._saver = saver
        return self._saver

    async def take(self, thread_id: str) -> BaseCheckpointSaver[str]:
        """Return the open saver: one process executes, and one segment of a thread at a time."""
        return await self.saver()

    async def forget(self, thread_ids: Sequence[str]) -> None:
        """Delete the threads' checkpoints."""
        saver = await self.saver()
        for thread_id in thread_ids:
            await saver.adelete_thread(thread_id)

    async def trim(self, thread_id: str) -> None:
        """Delete all checkpoints but the newest of a thread that is done."""
        saver = await self.saver()
        assert isinstance(saver, AsyncSqliteSaver)
        async with saver.lock:
            for table in ("writes", "checkpoints"):
                await saver.conn.execute(_OLDER[table], (thread_id, thread_id))
            await saver.conn.commit()

    async def close(self) -> None:
        """Close the file."""
        await self._stack.aclose()
        self._saver = None


class PostgresCheckpoints:
    """A saver object for each thread on one pool: a shared one has a lock that all runs would queue at."""

    def __init__(self, url: str, *, connections: int) -> None:
        self._url = url
        self._connections = connections
        self._opening = asyncio.Lock()
        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] | None = None

    async def saver(self) -> BaseCheckpointSaver[str]:
        """Return a saver without a fence."""
        return FencedSaver(await self._opened())

    async def take(self, thread_id: str) -> BaseCheckpointSaver[str]:
        """Return the saver to execute the thread with, behind a fence of its own."""
        pool = await self._opened()
        async with _translated(), pool.connection() as connection:
            taken = asyncio.Event()
            waiting = connection.info.backend_pid
            ending = asyncio.create_task(_end_silent(pool, waiting, until=taken))
            try:
                row = await (await connection.execute(_TAKE, (thread_id,))).fetchone()
            finally:
                taken.set()
                with suppress(psycopg.Error, PoolTimeout):
                    await ending
        assert row is not None, "RETURNING returns"
        return FencedSaver(pool, thread_id=thread_id, epoch=int(row["epoch"]))

    async def forget(self, thread_ids: Sequence[str]) -> None:
        """Delete the threads' checkpoints."""
        saver = await self.saver()
        for thread_id in thread_ids:
            await saver.adelete_thread(thread_id)
        pool = await self._opened()
        async with _translated(), pool.connection() as connection:
            await connection.execute(
                "DELETE FROM thread_epochs WHERE thread_id = ANY(%s)", (list(thread_ids),)
            )

    async def trim(self, thread_id: str) -> None:
        """Delete all checkpoints but the newest of a thread that is done."""
        saver = FencedSaver(await self._opened())
        async with _translated():
            await saver.aprune([thread_id])

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _opened(self) -> AsyncConnectionPool[AsyncConnection[DictRow]]:
        async with self._opening:
            if self._pool is None:
                async with _translated():
                    await self._prepare()
                    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
                        self._url,
                        connection_class=AsyncConnection[DictRow],
                        min_size=1,
                        max_size=self._connections,
                        timeout=_SERVER_RETURNS_S,
                        open=False,
                        check=_check_alive,
                        kwargs={
                            "autocommit": True,
                            "prepare_threshold": 0,
                            "row_factory": dict_row,
                            "options": f"-csearch_path={_SCHEMA} -c {NO_IDLE_LOCKS}",
                            "connect_timeout": 5,
                        },
                    )
                    await pool.open(wait=True)
                self._pool = pool
        return self._pool

    async def _prepare(self) -> None:
        """Make schema and tables, one process at a time."""
        connection = await AsyncConnection[DictRow].connect(
            self._url, autocommit=True, row_factory=dict_row, connect_timeout=5
        )
        async with connection:
            # Asked for again and again: LangGraph builds indexes concurrently, which waits for every open
            # transaction, also for one that itself waits for this lock.
            while not await _locked(connection):  # noqa: ASYNC110  nobody here tells us when
                await asyncio.sleep(_SETUP_POLL_S)
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}".encode())
            await connection.execute(f"SET search_path TO {_SCHEMA}".encode())
            await AsyncPostgresSaver(connection).setup()
            await connection.execute(_EPOCHS)


class FencedSaver(AsyncPostgresSaver):
    """Writes a thread only while nobody took it over: a frozen worker that thaws finds its epoch gone."""

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection[DictRow]],
        *,
        thread_id: str = "",
        epoch: int = 0,
    ) -> None:
        super().__init__(pool)
        self._pool = pool
        self._thread_id = thread_id
        self._epoch = epoch

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncGenerator[AsyncCursor[DictRow]]:
        async with _translated(), self.lock, self._pool.connection() as connection:
            if not pipeline:
                async with connection.cursor(binary=True, row_factory=dict_row) as cursor:
                    yield cursor
                return
            async with connection.transaction():
                await self._check(connection)
                async with (
                    connection.pipeline(),
                    connection.cursor(binary=True, row_factory=dict_row) as cursor,
                ):
                    yield cursor

    async def _check(self, connection: AsyncConnection[DictRow]) -> None:
        """Hold the epoch until the transaction ends, so that nobody takes the thread in between."""
        if not self._thread_id:
            return
        found = await connection.execute(
            "SELECT epoch FROM thread_epochs WHERE thread_id = %s FOR SHARE", (self._thread_id,)
        )
        row = await found.fetchone()
        if row is None or row["epoch"] != self._epoch:
            raise LeaseLost(f"Thread {self._thread_id!r} was taken over by another process")


async def _locked(connection: AsyncConnection[DictRow]) -> bool:
    found = await connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (_SETUP_LOCK,))
    row = await found.fetchone()
    return row is not None and bool(row["got"])


async def _end_silent(
    pool: AsyncConnectionPool[AsyncConnection[DictRow]], waiting: int, *, until: asyncio.Event
) -> None:
    """End the transactions that `waiting` waits for and whose client says nothing: a process frozen while it writes.

    PostgreSQL's own limit for idle transactions does not see them: within a pipeline they count as active.
    """
    while not until.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), _SILENT_S)
            return
        async with pool.connection() as connection:
            await connection.execute(_END_SILENT, (waiting, _SILENT_S))


async def _check_alive(connection: AsyncConnection[DictRow]) -> None:
    """Raise what a connection to a server that was restarted raises; the pool then makes a new one."""
    await connection.execute("")


@asynccontextmanager
async def _translated() -> AsyncGenerator[None]:
    try:
        yield
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise Unavailable(
            f"The checkpoints cannot be used: {error}", hint="Start the database server."
        ) from error
