"""The effect journal in SQL: append-only, on an engine that syncs every commit to the disk."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.effects import EffectRecord, check_next
from podium.state.sql.engine import reading, take_turns, writing
from podium.state.sql.tables import effects


class SqlEffects:
    """The `EffectStore` on SQL. Give it an engine opened with `synchronous="FULL"`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def get(self, effect_key: str) -> EffectRecord | None:
        """Return the newest record of that write."""
        with reading(self._engine) as conn:
            return _newest(conn, effect_key)

    def put(self, record: EffectRecord) -> None:
        """Keep the record durably before returning.

        Raises:
            Conflict: When the write is done; a done write stays done.
        """
        with writing(self._engine) as conn:
            take_turns(conn, record.effect_key)
            check_next(_newest(conn, record.effect_key), record)
            conn.execute(
                effects.insert().values(
                    effect_key=record.effect_key,
                    run_id=record.run_id,
                    status=record.status,
                    at=record.at,
                    document=record.to_json(),
                )
            )


def _newest(conn: sa.Connection, effect_key: str) -> EffectRecord | None:
    query = (
        sa.select(effects.c.document)
        .where(effects.c.effect_key == effect_key)
        .order_by(effects.c.seq.desc())
        .limit(1)
    )
    found = conn.execute(query).scalar()
    return None if found is None else EffectRecord.model_validate(found)
