"""Sealed storage of browser sessions in SQL, for workers that share no folder."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.sql.engine import reading, upsert, writing
from podium.state.sql.tables import sealed_sessions as kept


class SqlSealed:
    """The `SealedStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, run_id: str, sealed: bytes) -> None:
        """Keep it, replacing the one before."""
        with writing(self._engine) as conn:
            upsert(conn, kept, [{"run_id": run_id, "sealed": sealed}])

    def get(self, run_id: str) -> bytes | None:
        """Return it."""
        query = sa.select(kept.c.sealed).where(kept.c.run_id == run_id)
        with reading(self._engine) as conn:
            found = conn.execute(query).scalar()
        return None if found is None else bytes(found)

    def drop(self, run_id: str) -> None:
        """Forget it."""
        with writing(self._engine) as conn:
            conn.execute(kept.delete().where(kept.c.run_id == run_id))
