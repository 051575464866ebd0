"""Work threads in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.errors import NotFound
from podium.state.sql.engine import reading, upsert, writing
from podium.state.sql.tables import threads
from podium.state.stores import Thread


class SqlThreads:
    """The `ThreadStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, thread: Thread, *, connection: sa.Connection | None = None) -> None:
        """Keep the thread, replacing the one before.

        With a `connection` the row becomes part of its transaction, as the enqueue is.
        """
        row = {**thread.model_dump(exclude={"data"}), "data": thread.to_json()["data"]}
        with writing(self._engine, connection) as conn:
            upsert(conn, threads, [row])

    def replace(self, thread: Thread, *, segment: str) -> bool:
        """Keep the changed thread if that is its present segment."""
        with writing(self._engine) as conn:
            kept = self.get(thread.thread_id, connection=conn)
            if kept.data.get("segment", "") != segment:
                return False
            self.put(thread, connection=conn)
        return True

    def get(self, thread_id: str, *, connection: sa.Connection | None = None) -> Thread:
        """Return the thread; with a `connection` it is locked until that transaction ends.

        Raises:
            NotFound: When there is none.
        """
        query = sa.select(threads).where(threads.c.thread_id == thread_id)
        if connection is not None:
            query = query.with_for_update()
        with reading(self._engine, connection) as conn:
            row = conn.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"There is no thread {thread_id!r}")
        return Thread.model_validate(dict(row))

    def list(self, *, kind: str = "", limit: int = 50) -> tuple[Thread, ...]:
        """Return threads, newest first; with `kind` those of that kind (`chat`, `run`)."""
        query = (
            sa.select(threads)
            .order_by(threads.c.created_at.desc(), threads.c.thread_id.desc())
            .limit(limit)
        )
        if kind:
            query = query.where(threads.c.data["kind"].as_string() == kind)
        with reading(self._engine) as conn:
            found = conn.execute(query).mappings()
            return tuple(Thread.model_validate(dict(row)) for row in found)

    def unfinished(self) -> tuple[Thread, ...]:
        """Return all threads that are queued or running, oldest first."""
        query = (
            sa.select(threads)
            .where(threads.c.status.in_(("queued", "running")))
            .order_by(threads.c.created_at, threads.c.thread_id)
        )
        with reading(self._engine) as conn:
            found = conn.execute(query).mappings()
            return tuple(Thread.model_validate(dict(row)) for row in found)
