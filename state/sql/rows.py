"""Rows between the steps of a run, and rows that an agent has seen, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from podium.state.sql.engine import reading, upsert, writing
from podium.state.sql.tables import memory, staging
from podium.state.stores import Row


class SqlStaging:
    """The `StagingStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, run_id: str, step_id: str, rows: Sequence[Row]) -> None:
        """Keep the rows of the step, replacing those before."""
        kept = [
            {"run_id": run_id, "step_id": step_id, "position": position, "row": dict(row)}
            for position, row in enumerate(rows)
        ]
        with writing(self._engine) as conn:
            conn.execute(staging.delete().where(_of_step(run_id, step_id)))
            if kept:
                conn.execute(staging.insert(), kept)

    def rows(self, run_id: str, step_id: str) -> tuple[Row, ...]:
        """Return the rows of the step, in order; empty when there are none."""
        query = (
            sa.select(staging.c.row).where(_of_step(run_id, step_id)).order_by(staging.c.position)
        )
        with reading(self._engine) as conn:
            return tuple(conn.execute(query).scalars())

    def drop(self, run_id: str) -> None:
        """Forget the rows of the run."""
        with writing(self._engine) as conn:
            conn.execute(staging.delete().where(staging.c.run_id == run_id))


def _of_step(run_id: str, step_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(staging.c.run_id == run_id, staging.c.step_id == step_id)


class SqlMemory:
    """The `MemoryStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def seen(self, agent: str, step_id: str) -> Mapping[str, Row]:
        """Return row key -> row as last remembered."""
        query = sa.select(memory.c.row_key, memory.c.row).where(
            memory.c.agent == agent, memory.c.step_id == step_id
        )
        with reading(self._engine) as conn:
            return {found.row_key: found.row for found in conn.execute(query)}

    def remember(self, agent: str, step_id: str, rows: Mapping[str, Row]) -> None:
        """Add to what was seen."""
        kept = [
            {"agent": agent, "step_id": step_id, "row_key": key, "row": dict(row)}
            for key, row in rows.items()
        ]
        with writing(self._engine) as conn:
            upsert(conn, memory, kept)
