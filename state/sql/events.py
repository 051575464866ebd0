"""The event log in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.events import Event
from podium.state.sql.engine import reading, take_turns, writing
from podium.state.sql.tables import events


class SqlEvents:
    """The `EventStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def append(self, event: Event, *, connection: sa.Connection | None = None) -> Event:
        """Keep the event and return it with its `seq`."""
        values = event.model_dump(exclude={"seq", "data"})
        with writing(self._engine, connection) as conn:
            # Numbers must become visible in order, or a reader that tails them loses one.
            take_turns(conn, "events")
            seq = conn.execute(
                events.insert()
                .values(**values, data=event.to_json()["data"])
                .returning(events.c.seq)
            ).scalar_one()
        return event.model_copy(update={"seq": seq})

    def after(
        self, seq: int, *, thread_id: str | None = None, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return events with a larger `seq`, in order."""
        query = sa.select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit)
        if thread_id is not None:
            query = query.where(events.c.thread_id == thread_id)
        with reading(self._engine) as conn:
            found = conn.execute(query).mappings()
            return tuple(Event.model_validate(dict(row)) for row in found)

    def newest(self) -> int:
        """Return the largest `seq`; 0 when nothing happened yet."""
        with reading(self._engine) as conn:
            return conn.execute(sa.select(sa.func.max(events.c.seq))).scalar_one() or 0
