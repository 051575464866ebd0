"""Processes that execute runs from one PostgreSQL: who of them is alive, by the database's own clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from podium.state.sql.engine import close_engine, reading, upsert, writing
from podium.state.sql.tables import workers

_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that executes, or may."""

    executor_id: str
    role: str
    """serve | worker | studio: works off the queue; run: executes its own segment only."""
    place: str
    """The machine and its process table; two workers of one place see each other's processes. Empty: unknown."""
    pid: int
    born: str
    """When the process started, because numbers are used again."""


class SqlWorkers:
    """Heartbeats in SQL.

    The database's clock may be set: forward, and everybody who lives is away until the next beat; back, and a beat of
    the time before lies in the future. It counts for no longer than one in the past, or the dead would be alive until
    the clock comes by again.
    """

    def __init__(
        self, engine: sa.Engine, *, now: Callable[[], sa.ColumnElement[datetime]] = sa.func.now
    ) -> None:
        self._engine = engine
        self._now = now

    def beat(self, worker: Worker) -> None:
        """Say that the worker is alive now, and forget those that are long gone.

        Raises:
            Unavailable: If the database cannot be used.
        """
        with writing(self._engine) as conn:
            now = conn.execute(sa.select(self._now())).scalar_one()
            upsert(conn, workers, [{**asdict(worker), "beat_at": now}])
            conn.execute(workers.delete().where(workers.c.beat_at < self._now() - _KEPT))

    def beating(self, *, within: timedelta) -> tuple[Worker, ...]:
        """Return the workers whose last beat is not further away than that."""
        now = self._now()
        query = sa.select(workers).where(workers.c.beat_at.between(now - within, now + within))
        with reading(self._engine) as conn:
            return tuple(
                Worker(
                    executor_id=row.executor_id,
                    role=row.role,
                    place=row.place,
                    pid=row.pid,
                    born=row.born,
                )
                for row in conn.execute(query)
            )

    def close(self) -> None:
        """Close the connections; they open again when they are needed."""
        close_engine(self._engine)

    def forget(self, executor_id: str) -> None:
        """Take the worker off the list: it has ended."""
        with writing(self._engine) as conn:
            conn.execute(workers.delete().where(workers.c.executor_id == executor_id))
