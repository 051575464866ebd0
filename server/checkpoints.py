"""LangGraph's checkpoints in a file of their own, so that their write lock is not the control plane's."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


class SqliteCheckpoints:
    """One saver per process, opened on first use and closed with the workspace."""

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

    async def close(self) -> None:
        """Close the file."""
        await self._stack.aclose()
        self._saver = None
