"""Firings, the feed of run changes, and wakes in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from podium.state.errors import NotFound
from podium.state.firings import Firing, FiringStatus, RunChange, Wake
from podium.state.outbox import Message
from podium.state.sql.engine import insert_once, reading, upsert, writing
from podium.state.sql.tables import firings as rows
from podium.state.sql.tables import messages as message_rows
from podium.state.sql.tables import run_changes, schedules, wakes


class SqlFirings:
    """The `FiringStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, firing: Firing, *, connection: sa.Connection | None = None) -> bool:
        """Keep the firing; false when it is known already."""
        with writing(self._engine, connection) as conn:
            return insert_once(conn, rows, firing_values(firing))

    def get(self, firing_id: str) -> Firing:
        """Return the firing.

        Raises:
            NotFound: When there is none.
        """
        with reading(self._engine) as conn:
            row = conn.execute(sa.select(rows).where(rows.c.firing_id == firing_id)).mappings()
            found = row.first()
        if found is None:
            raise NotFound(f"There is no firing {firing_id!r}")
        return Firing.model_validate(dict(found))

    def waiting(self, now: datetime, *, stale: datetime, limit: int = 200) -> tuple[Firing, ...]:
        """Return what is due and pending, or was claimed before `stale` and never begun; the longest waiting first."""
        pending = sa.and_(rows.c.status == "pending", rows.c.due_at <= now)
        forgotten = sa.and_(rows.c.status == "claimed", rows.c.claimed_at < stale)
        query = (
            sa.select(rows)
            .where(sa.or_(pending, forgotten))
            .order_by(rows.c.due_at, rows.c.firing_id)
            .limit(limit)
        )
        return self._firings(query)

    def claimed(self) -> tuple[Firing, ...]:
        """Return what is held by whoever starts it at this moment."""
        query = sa.select(rows).where(rows.c.status == "claimed")
        return self._firings(query.order_by(rows.c.claimed_at, rows.c.firing_id))

    def claim(self, firing: Firing, *, at: datetime) -> bool:
        """Take a waiting firing as it was seen; only one caller gets true."""
        with writing(self._engine) as conn:
            return _move(conn, firing, status="claimed", claimed_at=at)

    def settle(
        self, firing: Firing, status: FiringStatus, *, at: datetime | None = None, note: str = ""
    ) -> bool:
        """Move on a firing that was claimed at `at` (or is pending, with none); false when somebody else has it now."""
        seen = firing
        if at is not None:
            seen = firing.model_copy(update={"status": "claimed", "claimed_at": at})
        with writing(self._engine) as conn:
            return _move(conn, seen, status=status, note=note, claimed_at=None)

    def list(self, *, agent: str | None = None, limit: int = 50) -> tuple[Firing, ...]:
        """Return firings, newest first."""
        wanted = sa.true() if agent is None else rows.c.agent == agent
        return self._firings(
            sa.select(rows)
            .where(wanted)
            .order_by(rows.c.created_at.desc(), rows.c.due_at.desc(), rows.c.firing_id.desc())
            .limit(limit)
        )

    def following(self, run_id: str) -> tuple[Firing, ...]:
        """Return what follows from that run, oldest first."""
        return self._firings(
            sa.select(rows)
            .where(rows.c.parent == run_id)
            .order_by(rows.c.created_at, rows.c.firing_id)
        )

    def changes(self, *, limit: int = 100) -> tuple[RunChange, ...]:
        """Return run changes nobody took up yet, oldest first."""
        query = sa.select(run_changes).order_by(run_changes.c.seq).limit(limit)
        with reading(self._engine) as conn:
            found = conn.execute(query).mappings().all()
        return tuple(RunChange.model_validate(dict(row)) for row in found)

    def take_up(
        self,
        change: RunChange,
        *,
        firings: Sequence[Firing] = (),
        messages: Sequence[Message] = (),
        failed: bool | None = None,
    ) -> int | None:
        """Drop the change and keep what follows from it, all or nothing; none when somebody else did.

        With `failed` the agent's schedule counts a failure or starts counting anew; its count is returned.
        """
        with writing(self._engine) as conn:
            gone = conn.execute(run_changes.delete().where(run_changes.c.seq == change.seq))
            if gone.rowcount != 1:
                return None
            for firing in firings:
                insert_once(conn, rows, firing_values(firing))
            for message in messages:
                insert_once(conn, message_rows, message.model_dump())
            return 0 if failed is None else _count_failure(conn, change.agent, failed=failed)

    def wake_at(self, wake: Wake) -> None:
        """Wake the thread at that moment, instead of any earlier wish."""
        with writing(self._engine) as conn:
            upsert(conn, wakes, [wake.model_dump()])

    def awake(self, now: datetime, *, limit: int = 200) -> tuple[Wake, ...]:
        """Return what is due to be woken."""
        query = sa.select(wakes).where(wakes.c.due_at <= now).order_by(wakes.c.due_at).limit(limit)
        with reading(self._engine) as conn:
            return tuple(Wake.model_validate(dict(row)) for row in conn.execute(query).mappings())

    def woken(self, wake: Wake) -> bool:
        """Drop the wish as it was seen; only one caller gets true."""
        with writing(self._engine) as conn:
            return conn.execute(wakes.delete().where(*_seen(wake))).rowcount == 1

    def put_off(self, wake: Wake, *, to: datetime) -> bool:
        """Move the wish as it was seen to a later moment; only one caller gets true."""
        with writing(self._engine) as conn:
            return conn.execute(wakes.update().where(*_seen(wake)).values(due_at=to)).rowcount == 1

    def _firings(self, query: sa.Select[tuple[object, ...]]) -> tuple[Firing, ...]:
        with reading(self._engine) as conn:
            return tuple(Firing.model_validate(dict(row)) for row in conn.execute(query).mappings())


def firing_values(firing: Firing) -> dict[str, object]:
    """Return the row of a firing."""
    return firing.model_dump()


def _move(conn: sa.Connection, seen: Firing, **changes: object) -> bool:
    at = seen.claimed_at
    moved = conn.execute(
        rows.update()
        .where(
            rows.c.firing_id == seen.firing_id,
            rows.c.status == seen.status,
            rows.c.claimed_at.is_(None) if at is None else rows.c.claimed_at == at,
        )
        .values(**changes)
    )
    return moved.rowcount == 1


def _count_failure(conn: sa.Connection, agent: str, *, failed: bool) -> int:
    count = schedules.c.failures + 1 if failed else 0
    conn.execute(schedules.update().where(schedules.c.agent == agent).values(failures=count))
    query = sa.select(schedules.c.failures).where(schedules.c.agent == agent)
    return conn.execute(query).scalar() or 0


def _seen(wake: Wake) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return wakes.c.thread_id == wake.thread_id, wakes.c.due_at == wake.due_at
