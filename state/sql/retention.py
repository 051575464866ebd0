"""What is old enough to go: turns, events, staged rows and the index of screenshots of threads that ended long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from podium.state.sql.engine import reading, writing
from podium.state.sql.tables import (
    events,
    evidence,
    sealed_sessions,
    search,
    site_places,
    staging,
    threads,
    turns,
)

_NEVER_OLD = ("suggestion.", "agent.")
"""Kinds of events that hold for good: what was decided on suggestions, what became of agents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldThread:
    """A thread that ended, with what else is kept about it."""

    thread_id: str
    segments: tuple[str, ...]
    evidence: tuple[str, ...]
    """Paths of screenshots and dumps, relative to the data folder."""


class SqlRetention:
    """Finds and drops what is old. Run records, datasets, files, the effect journal and decisions stay."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def old(self, before: datetime, *, limit: int = 200) -> tuple[OldThread, ...]:
        """Return threads that ended before that moment, oldest first."""
        ended = (
            sa.select(threads.c.thread_id)
            .where(threads.c.status.in_(("done", "failed")), threads.c.updated_at < before)
            .order_by(threads.c.updated_at)
            .limit(limit)
        )
        with reading(self._engine) as conn:
            ids = list(conn.execute(ended).scalars())
            queued = sa.select(events.c.thread_id, events.c.data).where(
                events.c.thread_id.in_(ids), events.c.kind == "segment.queued"
            )
            segments = [(row.thread_id, str(row.data["segment"])) for row in conn.execute(queued)]
            kept = sa.select(evidence.c.run_id, evidence.c.path).where(evidence.c.run_id.in_(ids))
            paths = [(row.run_id, row.path) for row in conn.execute(kept)]
        return tuple(
            OldThread(
                thread_id=one,
                segments=tuple(segment for of, segment in segments if of == one),
                evidence=tuple(path for of, path in paths if of == one),
            )
            for one in ids
        )

    def drop(self, thread_ids: list[str], before: datetime) -> None:
        """Forget these threads, and events of no thread that are older than that moment, decisions excepted."""
        known = sa.select(threads.c.thread_id)
        with writing(self._engine) as conn:
            for table, column in (
                (turns, turns.c.thread_id),
                (events, events.c.thread_id),
                (staging, staging.c.run_id),
                (evidence, evidence.c.run_id),
                (site_places, site_places.c.run_id),
                (sealed_sessions, sealed_sessions.c.run_id),
                (threads, threads.c.thread_id),
            ):
                conn.execute(table.delete().where(column.in_(thread_ids)))
            said = sa.and_(search.c.kind == "turn", search.c.thread_id.in_(thread_ids))
            conn.execute(search.delete().where(said))
            lasting = [events.c.kind.startswith(kind, autoescape=True) for kind in _NEVER_OLD]
            conn.execute(
                events.delete().where(
                    events.c.at < before,
                    events.c.thread_id.not_in(known),
                    sa.not_(sa.or_(*lasting)),
                )
            )
