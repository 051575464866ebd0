"""The tables agents fill, on PostgreSQL: for workers that share no folder.

Rows are JSON in one table that any tool can query: `SELECT row->>'sku' FROM podium_dataset_rows WHERE dataset = 'prices'`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Seq
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from podium.state.document import Document
from podium.state.errors import Conflict, NotFound
from podium.state.export import export_rows
from podium.state.rows import check_case, clean_row, dataset_name, row_key
from podium.state.search import fold
from podium.state.sql.engine import reading, take_turns, upsert, writing
from podium.state.sql.tables import dataset_rows as kept
from podium.state.sql.tables import datasets
from podium.state.stores import Row, Stored

_AT_ONCE = 1000
"""Keys in one query."""
_WORDS = 100_000
"""Characters of a row that are searched."""


class _Dataset(Document):
    """What is known of one dataset."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()

    def filled(self, row: Row) -> Row:
        """Return the row with all columns, in their order."""
        return {name: row.get(name) for name in self.columns}


class SqlDatasets:
    """The `DatasetStore` on PostgreSQL. Who changes a dataset has it alone until the end of the transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def upsert(self, dataset: str, rows: Seq[Row], *, key: tuple[str, ...]) -> Stored:
        """Add rows, or replace those with the same key; columns a row does not have stay as they are.

        Raises:
            UserError: If a name cannot be used or a row lacks a key column.
            Conflict: If the dataset is keyed otherwise and its rows would fall together.
        """
        name = dataset_name(dataset)
        cleaned = {_digest(row_key(row, key)): row for row in map(clean_row, rows)}
        with writing(self._engine) as conn:
            take_turns(conn, f"dataset.{name}")
            entry = _entry(conn, name) or _Dataset(name=name, key=key)
            if entry.key != key:
                entry = _rekeyed(conn, entry, key)
            columns = (*entry.columns, *(column for row in cleaned.values() for column in row))
            entry = entry.model_copy(update={"columns": tuple(dict.fromkeys(columns))})
            check_case(dict.fromkeys(entry.columns, "json"))
            upsert(conn, datasets, [entry.model_dump(mode="json")])
            return _merge(conn, name, cleaned)

    def rows(self, dataset: str, *, limit: int | None = None) -> tuple[Row, ...]:
        """Return rows in the order they were first added.

        Raises:
            NotFound: When there is no such dataset.
        """
        with reading(self._engine) as conn:
            entry = _known(conn, dataset)
            query = _of(entry.name).order_by(kept.c.seq).limit(limit)
            return tuple(entry.filled(row.row) for row in conn.execute(query))

    def list(self) -> tuple[tuple[str, int], ...]:
        """Return (dataset, number of rows), by name."""
        query = (
            sa.select(datasets.c.name, sa.func.count(kept.c.seq))
            .join_from(datasets, kept, kept.c.dataset == datasets.c.name, isouter=True)
            .group_by(datasets.c.name)
        )
        with reading(self._engine) as conn:
            return tuple(sorted((row[0], row[1]) for row in conn.execute(query)))

    def search(self, dataset: str, words: str, *, limit: int = 50) -> tuple[Row, ...]:
        """Return the rows that hold all the words, best first.

        Raises:
            NotFound: When there is no such dataset.
        """
        wanted = fold(words)
        simple = sa.literal_column("'simple'", sa.Text)
        vector = sa.func.to_tsvector(simple, kept.c.words)
        asked = sa.func.plainto_tsquery(simple, wanted)
        with reading(self._engine) as conn:
            entry = _known(conn, dataset)
            if not wanted:
                return ()
            found = _of(entry.name).where(vector.op("@@")(asked))
            best = found.order_by(sa.func.ts_rank(vector, asked).desc(), kept.c.seq).limit(limit)
            return tuple(entry.filled(row.row) for row in conn.execute(best))

    def export(self, dataset: str, *, path: Path) -> Path:
        """Write the dataset as CSV or JSON, by the path's suffix.

        Raises:
            NotFound: When there is no such dataset.
            UserError: On another suffix.
            SetupError: If the file cannot be written.
        """
        with reading(self._engine) as conn:
            entry = _known(conn, dataset)
            found = conn.execute(_of(entry.name).order_by(kept.c.seq))
            rows = [entry.filled(row.row) for row in found]
        return export_rows(rows, entry.columns, path)


def _digest(key: str) -> str:
    # A key may be a whole row, longer than an index takes.
    return hashlib.sha256(key.encode()).hexdigest()


def _words(row: Row) -> str:
    texts = (str(value) for value in row.values() if isinstance(value, str | int | list | dict))
    return fold(" ".join(texts)[:_WORDS])


def _of(name: str) -> sa.Select[Any, Any, Any]:
    return sa.select(kept.c.seq, kept.c.row_key, kept.c.row).where(kept.c.dataset == name)


def _entry(conn: sa.Connection, name: str) -> _Dataset | None:
    found = conn.execute(sa.select(datasets).where(datasets.c.name == name)).mappings().first()
    return None if found is None else _Dataset.model_validate(dict(found))


def _known(conn: sa.Connection, dataset: str) -> _Dataset:
    entry = _entry(conn, dataset_name(dataset))
    if entry is None:
        raise NotFound(f"There is no dataset {dataset!r}")
    return entry


def _rekeyed(conn: sa.Connection, entry: _Dataset, key: tuple[str, ...]) -> _Dataset:
    keys: dict[str, int] = {}
    for found in conn.execute(_of(entry.name)):
        new = _digest(row_key({name: None for name in key} | entry.filled(found.row), key))
        if new in keys:
            said = ", ".join(entry.key) or "all columns"
            raise Conflict(
                f"The dataset {entry.name!r} is keyed by {said}; by {', '.join(key) or 'all columns'} its rows would fall together",
                hint="Choose another dataset, or the same key.",
            )
        keys[new] = found.seq
    # In two passes, because a new key may equal another row's old one.
    for prefix in ("new ", ""):
        for new, seq in keys.items():
            conn.execute(kept.update().where(kept.c.seq == seq).values(row_key=f"{prefix}{new}"))
    return entry.model_copy(update={"key": key})


def _merge(conn: sa.Connection, name: str, rows: Mapping[str, Row]) -> Stored:
    before = dict(_present(conn, name, tuple(rows)))
    added = [_values(name, key, row) for key, row in rows.items() if key not in before]
    if added:
        conn.execute(kept.insert(), added)
    changed = 0
    for key, (seq, old) in before.items():
        row = rows[key]
        if any(old.get(column) != value for column, value in row.items()):
            values = _values(name, key, {**old, **row})
            conn.execute(kept.update().where(kept.c.seq == seq).values(**values))
            changed += 1
    return Stored(added=len(added), changed=changed, unchanged=len(before) - changed)


def _present(
    conn: sa.Connection, name: str, keys: Seq[str]
) -> Iterable[tuple[str, tuple[int, Row]]]:
    for start in range(0, len(keys), _AT_ONCE):
        some = _of(name).where(kept.c.row_key.in_(keys[start : start + _AT_ONCE]))
        for found in conn.execute(some):
            yield found.row_key, (found.seq, found.row)


def _values(name: str, key: str, row: Row) -> dict[str, object]:
    return {"dataset": name, "row_key": key, "row": row, "words": _words(row)}
