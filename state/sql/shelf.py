"""Files in the database: contents in pieces, so that a large one is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

import sqlalchemy as sa

from podium.state.sql.engine import insert_once, reading, take_turns, writing
from podium.state.sql.tables import blob_chunks, blob_names, blobs

_AT_ONCE = 100
"""Names dropped in one transaction: each content takes a lock, of which PostgreSQL has a bounded number."""


class SqlShelf:
    """The `Shelf` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, sha256: str, chunks: Iterable[bytes]) -> None:
        """Keep the content, unless it is there already."""
        with writing(self._engine) as conn:
            take_turns(conn, f"blob.{sha256}")
            if not insert_once(conn, blobs, {"sha256": sha256}):
                return
            for number, data in enumerate(chunks):
                values = {"sha256": sha256, "number": number, "data": data}
                conn.execute(blob_chunks.insert().values(**values))

    def holds(self, sha256: str) -> bool:
        """Return whether the content is there."""
        with reading(self._engine) as conn:
            return conn.execute(_blob(sha256)).first() is not None

    def chunks(self, sha256: str) -> Generator[bytes]:
        """Return the content piece by piece; nothing when it is not there."""
        number = 0
        while True:
            query = sa.select(blob_chunks.c.data).where(
                blob_chunks.c.sha256 == sha256, blob_chunks.c.number == number
            )
            with reading(self._engine) as conn:
                data = conn.execute(query).scalar()
            if data is None:
                return
            yield data
            number += 1

    def name(self, path: str, sha256: str) -> bool:
        """Give the content the name; false when the name stands for another one."""
        with writing(self._engine) as conn:
            insert_once(conn, blob_names, {"path": path, "sha256": sha256})
            return conn.execute(_named(path)).scalar() == sha256

    def named(self, path: str) -> str | None:
        """Return the content that the name stands for."""
        with reading(self._engine) as conn:
            return conn.execute(_named(path)).scalar()

    def forget(self, paths: Sequence[str]) -> None:
        """Drop the names, and contents that have no other."""
        for first in range(0, len(paths), _AT_ONCE):
            self._forget(paths[first : first + _AT_ONCE])

    def _forget(self, paths: Sequence[str]) -> None:
        mine = blob_names.c.path.in_(list(paths))
        with writing(self._engine) as conn:
            gone = set(conn.execute(sa.select(blob_names.c.sha256).where(mine)).scalars())
            for sha256 in sorted(
                gone
            ):  # in one order: who keeps the same content now comes before or after
                take_turns(conn, f"blob.{sha256}")
            conn.execute(blob_names.delete().where(mine))
            for sha256 in sorted(gone):
                others = sa.select(blob_names.c.path).where(blob_names.c.sha256 == sha256)
                if conn.execute(others.limit(1)).first() is None:
                    for table in (blob_chunks, blobs):
                        conn.execute(table.delete().where(table.c.sha256 == sha256))


def _blob(sha256: str) -> sa.Select[str]:
    return sa.select(blobs.c.sha256).where(blobs.c.sha256 == sha256)


def _named(path: str) -> sa.Select[str]:
    return sa.select(blob_names.c.sha256).where(blob_names.c.path == path)
