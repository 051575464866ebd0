"""Run records in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.errors import Conflict, NotFound
from podium.state.runs import Run
from podium.state.sql.engine import insert_once, reading, writing
from podium.state.sql.tables import run_changes, runs


class SqlRuns:
    """The `RunStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def create(self, run: Run, *, connection: sa.Connection | None = None) -> Run:
        """Keep a new run; creating the same id twice returns the kept one.

        With a `connection` the row becomes part of its transaction, as the enqueue is.
        """
        with writing(self._engine, connection) as conn:
            if insert_once(conn, runs, {"run_id": run.run_id, **_columns(run)}):
                _tell(conn, run)
            return _run(conn, run.run_id)

    def get(self, run_id: str) -> Run:
        """Return the run.

        Raises:
            NotFound: When there is none.
        """
        with reading(self._engine) as conn:
            return _run(conn, run_id)

    def replace(self, run: Run, *, connection: sa.Connection | None = None) -> Run:
        """Keep the changed run; keeping a finished one again as it is changes nothing.

        Raises:
            NotFound: When there is none of that id.
            Conflict: When the kept one is finished and differs.
        """
        with writing(self._engine, connection) as conn:
            kept = _run(conn, run.run_id, lock=True)
            if kept == run:
                return kept
            if kept.status == "finished":
                raise Conflict(f"Run {run.run_id!r} is finished; it cannot become {run.status}")
            conn.execute(runs.update().where(runs.c.run_id == run.run_id).values(**_columns(run)))
            if kept.status != run.status:
                _tell(conn, run)
        return run

    def list(self, *, agent: str | None = None, limit: int = 50) -> tuple[Run, ...]:
        """Return runs, newest first, without test and build runs unless the agent is named."""
        wanted = runs.c.mode == "live" if agent is None else runs.c.agent == agent
        query = (
            sa.select(runs.c.document)
            .where(wanted)
            .order_by(runs.c.created_at.desc(), runs.c.run_id.desc())
            .limit(limit)
        )
        with reading(self._engine) as conn:
            return tuple(Run.model_validate(value) for value in conn.execute(query).scalars())

    def following(self, run_id: str) -> tuple[Run, ...]:
        """Return the runs that follow that one in a chain, oldest first."""
        query = (
            sa.select(runs.c.document)
            .where(runs.c.parent == run_id)
            .order_by(runs.c.created_at, runs.c.run_id)
        )
        with reading(self._engine) as conn:
            return tuple(Run.model_validate(value) for value in conn.execute(query).scalars())

    def of_thread(self, thread_id: str) -> Run | None:
        """Return the run that lives on the thread."""
        query = (
            sa.select(runs.c.document)
            .where(runs.c.thread_id == thread_id)
            .order_by(runs.c.created_at.desc(), runs.c.run_id.desc())
            .limit(1)
        )
        with reading(self._engine) as conn:
            found = conn.execute(query).scalar()
        return None if found is None else Run.model_validate(found)

    def unfinished(self, *, agent: str | None = None) -> tuple[Run, ...]:
        """Return live runs that are queued, under way or waiting, oldest first."""
        query = (
            sa.select(runs.c.document)
            .where(runs.c.status.in_(("queued", "running", "waiting")), runs.c.mode == "live")
            .where(sa.true() if agent is None else runs.c.agent == agent)
            .order_by(runs.c.created_at, runs.c.run_id)
        )
        with reading(self._engine) as conn:
            return tuple(Run.model_validate(value) for value in conn.execute(query).scalars())


def _tell(conn: sa.Connection, run: Run) -> None:
    """Write the change beside the run, in one transaction, for what follows from it."""
    if run.mode == "live" and run.status != "queued":
        conn.execute(
            run_changes.insert().values(
                run_id=run.run_id,
                agent=run.agent,
                status=run.status,
                outcome=run.outcome,
                trigger=run.trigger,
            )
        )


def _columns(run: Run) -> dict[str, object]:
    return {
        "thread_id": run.thread_id,
        "agent": run.agent,
        "mode": run.mode,
        "status": run.status,
        "outcome": run.outcome,
        "parent": run.parent,
        "created_at": run.created_at,
        "document": run.to_json(),
    }


def _run(conn: sa.Connection, run_id: str, *, lock: bool = False) -> Run:
    query = sa.select(runs.c.document).where(runs.c.run_id == run_id)
    found = conn.execute(query.with_for_update() if lock else query).scalar()
    if found is None:
        raise NotFound(f"There is no run {run_id!r}", hint="`podium runs list` shows them.")
    return Run.model_validate(found)
