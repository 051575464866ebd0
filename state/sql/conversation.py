"""What was said in work threads, in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.sql.engine import reading, writing
from podium.state.sql.tables import turns
from podium.state.stores import Turn


class SqlConversation:
    """The `ConversationStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, turn: Turn, *, connection: sa.Connection | None = None) -> Turn:
        """Keep what was said and return it with its `seq`."""
        values = turn.model_dump(exclude={"seq"})
        with writing(self._engine, connection) as conn:
            made = conn.execute(turns.insert().values(**values)).inserted_primary_key
        return turn.model_copy(update={"seq": made[0] if made else 0})

    def turns(self, thread_id: str, *, limit: int = 50) -> tuple[Turn, ...]:
        """Return the thread's last turns, oldest first."""
        query = (
            sa.select(turns)
            .where(turns.c.thread_id == thread_id)
            .order_by(turns.c.seq.desc())
            .limit(limit)
        )
        with reading(self._engine) as conn:
            found = [Turn.model_validate(dict(row)) for row in conn.execute(query).mappings()]
        return tuple(reversed(found))

    def waiting(self, thread_id: str) -> Turn | None:
        """Return the thread's first queued turn."""
        waiting = sa.and_(turns.c.thread_id == thread_id, turns.c.queued)
        query = sa.select(turns).where(waiting).order_by(turns.c.seq).limit(1)
        with reading(self._engine) as conn:
            row = conn.execute(query).mappings().first()
        return None if row is None else Turn.model_validate(dict(row))

    def take(self, turn: Turn, *, connection: sa.Connection | None = None) -> bool:
        """Mark a queued turn as taken up; false when somebody took it before."""
        mine = sa.and_(turns.c.seq == turn.seq, turns.c.queued)
        with writing(self._engine, connection) as conn:
            return conn.execute(turns.update().where(mine).values(queued=False)).rowcount == 1

    def queued(self) -> tuple[str, ...]:
        """Return the threads that have queued turns."""
        query = sa.select(turns.c.thread_id).where(turns.c.queued).distinct()
        with reading(self._engine) as conn:
            return tuple(conn.execute(query).scalars())
