"""Schedules of agents in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from podium.state.errors import NotFound
from podium.state.firings import Firing
from podium.state.sql.engine import insert_once, reading, upsert, writing
from podium.state.sql.firings import firing_values
from podium.state.sql.tables import agents, schedules
from podium.state.sql.tables import firings as firing_rows
from podium.state.stores import ScheduleRow
from podium.state.triggers import Schedule


class SqlSchedules:
    """The `ScheduleStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def set(
        self,
        agent: str,
        schedule: Schedule,
        *,
        next_at: datetime | None,
        connection: sa.Connection | None = None,
    ) -> None:
        """Keep the agent's schedule, replacing the one before; it is not paused and has no failures."""
        row = {
            "agent": agent,
            "document": schedule.to_json(),
            "next_at": next_at,
            "stopped": False,
            "note": "",
            "failures": 0,
        }
        with writing(self._engine, connection) as conn:
            upsert(conn, schedules, [row])

    def get(self, agent: str) -> Schedule | None:
        """Return the agent's schedule."""
        query = sa.select(schedules.c.document).where(schedules.c.agent == agent)
        with reading(self._engine) as conn:
            found = conn.execute(query).scalar()
        return None if found is None else Schedule.model_validate(found)

    def row(self, agent: str) -> ScheduleRow:
        """Return the agent's schedule with where it stands.

        Raises:
            NotFound: When it has none.
        """
        found = self._rows(schedules.c.agent == agent, schedules.c.agent)
        if not found:
            raise _no_schedule(agent)
        return found[0]

    def list(self) -> tuple[ScheduleRow, ...]:
        """Return all schedules, by agent."""
        return self._rows(sa.true(), schedules.c.agent)

    def due(self, now: datetime, *, limit: int = 500) -> tuple[ScheduleRow, ...]:
        """Return schedules whose next firing is not later than `now`, of deployed agents; none that is paused."""
        due = sa.and_(
            schedules.c.next_at <= now, agents.c.state == "deployed", schedules.c.stopped.is_(False)
        )
        return self._rows(due, schedules.c.next_at, limit)

    def passed(self, now: datetime, *, limit: int = 500) -> tuple[ScheduleRow, ...]:
        """Return those that would be due if they or their agents were not paused."""
        held = sa.or_(schedules.c.stopped.is_(True), agents.c.state == "paused")
        return self._rows(sa.and_(schedules.c.next_at <= now, held), schedules.c.next_at, limit)

    def claim(
        self,
        agent: str,
        *,
        fired: datetime,
        next_at: datetime | None,
        firings: Sequence[Firing] = (),
        connection: sa.Connection | None = None,
    ) -> bool:
        """Move the schedule on from `fired` and keep what fires, all or nothing; only one caller gets true."""
        with writing(self._engine, connection) as conn:
            moved = conn.execute(
                schedules.update()
                .where(schedules.c.agent == agent, schedules.c.next_at == fired)
                .values(next_at=next_at)
            )
            if moved.rowcount != 1:
                return False
            for firing in firings:
                insert_once(conn, firing_rows, firing_values(firing))
            return True

    def pause(self, agent: str, *, note: str, connection: sa.Connection | None = None) -> bool:
        """Stop the schedule; false when it was stopped already.

        Raises:
            NotFound: When it has none.
        """
        with writing(self._engine, connection) as conn:
            stopped = conn.execute(
                schedules.update()
                .where(schedules.c.agent == agent, schedules.c.stopped.is_(False))
                .values(stopped=True, note=note)
            )
            if stopped.rowcount == 1:
                return True
            known = conn.execute(sa.select(schedules.c.agent).where(schedules.c.agent == agent))
            if known.scalar() is None:
                raise _no_schedule(agent)
            return False

    def resume(
        self, agent: str, *, next_at: datetime | None, connection: sa.Connection | None = None
    ) -> None:
        """Let it go on from there, with no failures counted.

        Raises:
            NotFound: When it has none.
        """
        with writing(self._engine, connection) as conn:
            going = conn.execute(
                schedules.update()
                .where(schedules.c.agent == agent)
                .values(stopped=False, note="", failures=0, next_at=next_at)
            )
            if going.rowcount != 1:
                raise _no_schedule(agent)

    def delete(self, agent: str, *, connection: sa.Connection | None = None) -> None:
        """Forget the agent's schedule."""
        with writing(self._engine, connection) as conn:
            conn.execute(schedules.delete().where(schedules.c.agent == agent))

    def _rows(
        self,
        condition: sa.ColumnElement[bool],
        order: sa.ColumnElement[object],
        limit: int | None = None,
    ) -> tuple[ScheduleRow, ...]:
        query = (
            sa.select(schedules, agents.c.state)
            .select_from(schedules.outerjoin(agents, agents.c.name == schedules.c.agent))
            .where(condition)
            .order_by(order, schedules.c.agent)
            .limit(limit)
        )
        with reading(self._engine) as conn:
            return tuple(
                ScheduleRow(
                    agent=row.agent,
                    schedule=Schedule.model_validate(row.document),
                    next_at=row.next_at,
                    paused=row.stopped or row.state == "paused",
                    stopped=row.stopped,
                    note=row.note,
                    failures=row.failures,
                )
                for row in conn.execute(query)
            )


def _no_schedule(agent: str) -> NotFound:
    return NotFound(
        f"{agent!r} has no schedule", hint=f'Give it one: `podium schedule {agent} "WORDS"`.'
    )
