"""Schedules of agents in SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from podium.state.sql.engine import reading, upsert, writing
from podium.state.sql.tables import agents, schedules
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
        """Keep the agent's schedule, replacing the one before."""
        row = {"agent": agent, "document": schedule.to_json(), "next_at": next_at}
        with writing(self._engine, connection) as conn:
            upsert(conn, schedules, [row])

    def get(self, agent: str) -> Schedule | None:
        """Return the agent's schedule."""
        query = sa.select(schedules.c.document).where(schedules.c.agent == agent)
        with reading(self._engine) as conn:
            found = conn.execute(query).scalar()
        return None if found is None else Schedule.model_validate(found)

    def list(self) -> tuple[ScheduleRow, ...]:
        """Return all schedules, by agent."""
        return self._rows(sa.true(), schedules.c.agent)

    def due(self, now: datetime) -> tuple[ScheduleRow, ...]:
        """Return the schedules whose next firing is not later than `now`, of deployed agents."""
        due = sa.and_(schedules.c.next_at <= now, agents.c.state == "deployed")
        return self._rows(due, schedules.c.next_at)

    def claim(
        self,
        agent: str,
        *,
        fired: datetime,
        next_at: datetime | None,
        connection: sa.Connection | None = None,
    ) -> bool:
        """Move the schedule on from `fired`; only one caller gets true."""
        with writing(self._engine, connection) as conn:
            moved = conn.execute(
                schedules.update()
                .where(schedules.c.agent == agent, schedules.c.next_at == fired)
                .values(next_at=next_at)
            )
            return moved.rowcount == 1

    def delete(self, agent: str, *, connection: sa.Connection | None = None) -> None:
        """Forget the agent's schedule."""
        with writing(self._engine, connection) as conn:
            conn.execute(schedules.delete().where(schedules.c.agent == agent))

    def _rows(
        self, condition: sa.ColumnElement[bool], order: sa.ColumnElement[object]
    ) -> tuple[ScheduleRow, ...]:
        query = (
            sa.select(schedules, agents.c.state)
            .select_from(schedules.outerjoin(agents, agents.c.name == schedules.c.agent))
            .where(condition)
            .order_by(order, schedules.c.agent)
        )
        with reading(self._engine) as conn:
            return tuple(
                ScheduleRow(
                    agent=row.agent,
                    schedule=Schedule.model_validate(row.document),
                    next_at=row.next_at,
                    paused=row.state == "paused",
                )
                for row in conn.execute(query)
            )
