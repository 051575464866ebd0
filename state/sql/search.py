"""The index of the workspace in SQL: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from podium.state.runs import Run
from podium.state.search import Entry, EntryKind
from podium.state.sql.engine import is_sqlite, reading, upsert, writing
from podium.state.sql.tables import runs, turns
from podium.state.sql.tables import search as rows
from podium.state.stores import Turn

_FIELDS = tuple(rows.c[name] for name in Entry.model_fields)


class SqlSearch:
    """The `SearchStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def unindexed_runs(self, *, limit: int = 100) -> tuple[Run, ...]:
        """Return finished live runs without an entry, oldest first."""
        query = (
            sa.select(runs.c.document)
            .where(runs.c.status == "finished", runs.c.mode == "live")
            .where(sa.not_(_indexed("run", runs.c.run_id)))
            .order_by(runs.c.created_at, runs.c.run_id)
            .limit(limit)
        )
        with reading(self._engine) as conn:
            return tuple(Run.model_validate(value) for value in conn.execute(query).scalars())

    def unindexed_turns(self, *, limit: int = 500) -> tuple[Turn, ...]:
        """Return what was said and has no entry, oldest first."""
        query = (
            sa.select(turns)
            .where(sa.not_(_indexed("turn", sa.cast(turns.c.seq, sa.Text))))
            .order_by(turns.c.seq)
            .limit(limit)
        )
        with reading(self._engine) as conn:
            return tuple(Turn.model_validate(dict(row)) for row in conn.execute(query).mappings())

    def entries(self, kind: EntryKind) -> dict[str, datetime]:
        """Return ref -> moment of all entries of a kind."""
        query = sa.select(rows.c.ref, rows.c.at).where(rows.c.kind == kind)
        with reading(self._engine) as conn:
            return {row.ref: row.at for row in conn.execute(query)}

    def put(self, entries: Sequence[Entry]) -> None:
        """Keep the entries, replacing those of the same kind and ref, all or nothing."""
        # Of two with one ref the later one counts; PostgreSQL refuses to touch a row twice.
        kept = {
            (item.kind, item.ref): {**item.model_dump(), "folded": item.folded} for item in entries
        }
        with writing(self._engine) as conn:
            # In one order for all: two that index runs with the same rows wait for each other, not in a circle.
            upsert(conn, rows, [kept[key] for key in sorted(kept)], key=("kind", "ref"))

    def find(self, words: Sequence[str], *, agent: str = "", limit: int = 50) -> tuple[Entry, ...]:
        """Return entries in which every word begins some word, newest first."""
        if not words:
            return ()
        query = (
            sa.select(*_FIELDS)
            .where(self._holds(words), rows.c.agent == agent if agent else sa.true())
            .order_by(rows.c.at.desc(), rows.c.place.desc())
            .limit(limit)
        )
        with reading(self._engine) as conn:
            return tuple(Entry.model_validate(dict(row)) for row in conn.execute(query).mappings())

    def _holds(self, words: Sequence[str]) -> sa.ColumnElement[bool]:
        if is_sqlite(self._engine):
            # Folded words hold letters and digits only, so that none can break out of its quotes.
            match = " AND ".join(f'"{word}" *' for word in words)
            found = sa.text(
                "SELECT rowid FROM podium_search_fts WHERE podium_search_fts MATCH :match"
            ).bindparams(match=match)
            return rows.c.place.in_(found.columns(sa.column("rowid", sa.Integer)).scalar_subquery())
        match = " & ".join(f"'{word}':*" for word in words)
        vector = sa.func.to_tsvector(sa.literal_column("'simple'"), rows.c.folded)
        return vector.op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), match))


def _indexed(kind: EntryKind, ref: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(rows.c.kind == kind, rows.c.ref == ref)
