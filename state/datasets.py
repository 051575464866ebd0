"""The tables agents fill, on sqlite-utils: one SQLite file that any tool can open.

Every dataset is a table of its name. Two columns are ours: `_id` keeps the order in which rows were first added, `_key` tells
rows apart. What a dataset is keyed by, and what its columns hold, lies in the table `_podium_datasets`.
"""
# sqlite-utils leaves type parameters open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue, TypeAdapter

from podium.state.document import Document
from podium.state.errors import Conflict, NotFound, SetupError
from podium.state.export import export_rows
from podium.state.rows import (
    ColumnKind,
    check_case,
    clean_row,
    dataset_name,
    joined,
    kind_of,
    row_key,
)
from podium.state.sqlite_files import prepare_file
from podium.state.stores import Row, Stored

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.db import Table

_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
_CATALOGUE = "_podium_datasets"
_TIMEOUT_S = 30.0
_AFFINITY: dict[ColumnKind, type] = {
    "empty": bytes,  # no conversion
    "text": str,
    "integer": int,
    "real": float,
    "boolean": int,
    "mixed": bytes,
    "json": str,
}


class _Dataset(Document):
    """What the catalogue knows of one dataset."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, ColumnKind]
    indexed: bool = False
    """Its full-text index exists and has all text columns."""


class SqliteDatasets:
    """The `DatasetStore` on one SQLite file. Each call has a connection of its own, so threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def upsert(self, dataset: str, rows: Sequence[Row], *, key: tuple[str, ...]) -> Stored:
        """Add rows, or replace those with the same key; columns a row does not have stay as they are.

        Raises:
            UserError: If a name cannot be used or a row lacks a key column.
            Conflict: If the dataset is keyed otherwise and its rows would fall together.
        """
        name = dataset_name(dataset)
        cleaned = {row_key(row, key): row for row in map(clean_row, rows)}
        with self._writing() as db:
            entry = _entry(db, name) or _create(db, name, key)
            if entry.key != key:
                entry = _rekey(db, entry, key)
            entry = _widen(db, entry, list(cleaned.values()))
            return _merge(db, entry, cleaned)

    def rows(self, dataset: str, *, limit: int | None = None) -> tuple[Row, ...]:
        """Return rows in the order they were first added.

        Raises:
            NotFound: When there is no such dataset.
        """
        with self._reading() as db:
            entry = _known(db, dataset)
            found = _table(db, entry.name).rows_where(order_by="_id", limit=limit)
            return tuple(_row(entry, values) for values in found)

    def list(self) -> tuple[tuple[str, int], ...]:
        """Return (dataset, number of rows), by name."""
        with self._reading() as db:
            names = [str(row["name"]) for row in _catalogue(db).rows_where(order_by="name")]
            return tuple((name, _table(db, name).count) for name in names)

    def search(self, dataset: str, words: str, *, limit: int = 50) -> tuple[Row, ...]:
        """Return the rows that hold all the words, best first; the index is built on first use.

        Raises:
            NotFound: When there is no such dataset.
        """
        with self._writing() as db:
            entry = _known(db, dataset)
            texts = [name for name, kind in entry.columns.items() if kind not in {"empty", "real"}]
            if not texts or not words.strip():
                return ()
            if not entry.indexed:
                _table(db, entry.name).enable_fts(texts, create_triggers=True, replace=True)
                entry = _save(db, entry.model_copy(update={"indexed": True}))
            table = _table(db, entry.name)
            found = table.search(words, limit=limit, quote=True)
            return tuple(_row(entry, dict(values)) for values in found)

    def export(self, dataset: str, *, path: Path) -> Path:
        """Write the dataset as CSV or JSON, by the path's suffix.

        Raises:
            NotFound: When there is no such dataset.
            UserError: On another suffix.
            SetupError: If the file cannot be written.
        """
        with self._reading() as db:
            entry = _known(db, dataset)
            found = _table(db, entry.name).rows_where(order_by="_id")
            rows = [_row(entry, values) for values in found]
        return export_rows(rows, list(entry.columns), path)

    @contextmanager
    def _reading(self) -> Generator[Database]:
        with _translated(), self._connected() as db:
            yield db

    @contextmanager
    def _writing(self) -> Generator[Database]:
        with _translated(), self._connected() as db:
            # Upgrading a read lock fails at once and ignores the timeout, hence IMMEDIATE.
            db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.commit()
            finally:
                db.rollback()

    @contextmanager
    def _connected(self) -> Generator[Database]:
        from sqlite_utils import Database

        prepare_file(self._path)
        conn = sqlite3.connect(self._path, timeout=_TIMEOUT_S, isolation_level=None)
        try:
            conn.execute("PRAGMA synchronous=NORMAL")
            db = Database(conn)
            if not _catalogue(db).exists():
                conn.execute("BEGIN IMMEDIATE")
                _catalogue(db).create(
                    {"name": str, "key": str, "columns": str, "indexed": int},
                    pk="name",
                    if_not_exists=True,
                )
                db.commit()
            yield db
        finally:
            conn.close()


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise SetupError(
            f"The dataset file cannot be used: {error}",
            hint="Free disk space, or stop the program that holds it.",
        ) from error


def _catalogue(db: Database) -> Table:
    return db.table(_CATALOGUE)


def _table(db: Database, name: str) -> Table:
    return db.table(name)


def _known(db: Database, dataset: str) -> _Dataset:
    entry = _entry(db, dataset_name(dataset))
    if entry is None:
        raise NotFound(f"There is no dataset {dataset!r}")
    return entry


def _entry(db: Database, name: str) -> _Dataset | None:
    for found in _catalogue(db).rows_where("name = ?", [name]):
        return _Dataset(
            name=name,
            key=tuple(json.loads(found["key"])),
            columns=json.loads(found["columns"]),
            indexed=bool(found["indexed"]),
        )
    return None


def _save(db: Database, entry: _Dataset) -> _Dataset:
    _catalogue(db).upsert(
        {
            "name": entry.name,
            "key": json.dumps(entry.key),
            "columns": json.dumps(entry.columns),
            "indexed": int(entry.indexed),
        },
        pk="name",
    )
    return entry


def _create(db: Database, name: str, key: tuple[str, ...]) -> _Dataset:
    table = _table(db, name)
    table.create({"_id": int, "_key": str}, pk="_id", not_null={"_key"})
    table.create_index(["_key"], unique=True)
    return _save(db, _Dataset(name=name, key=key, columns={}))


def _rekey(db: Database, entry: _Dataset, key: tuple[str, ...]) -> _Dataset:
    table = _table(db, entry.name)
    keys: dict[str, int] = {}
    for values in table.rows_where(order_by="_id"):
        new = row_key({name: None for name in key} | _row(entry, values), key)
        if new in keys:
            raise Conflict(
                f"The dataset {entry.name!r} is keyed by {_said(entry.key)}; by {_said(key)} its rows would fall together",
                hint="Choose another dataset, or the same key.",
            )
        keys[new] = values["_id"]
    # In two passes, because a new key may equal another row's old one.
    for new, number in keys.items():
        table.update(number, {"_key": f"new {new}"})
    for new, number in keys.items():
        table.update(number, {"_key": new})
    return _save(db, entry.model_copy(update={"key": key}))


def _said(key: tuple[str, ...]) -> str:
    return ", ".join(key) or "all columns"


def _widen(db: Database, entry: _Dataset, rows: list[Row]) -> _Dataset:
    """Make every column able to hold the rows' values unchanged."""
    columns = dict(entry.columns)
    for row in rows:
        for name, value in row.items():
            columns[name] = joined(columns.get(name, "empty"), kind_of(value))
    if columns == entry.columns:
        return entry
    check_case(columns)
    table = _table(db, entry.name)
    new = [name for name in columns if name not in entry.columns]
    for name in new:
        table.add_column(name, _AFFINITY[columns[name]])
    changed = [name for name in entry.columns if columns[name] != entry.columns[name]]
    if entry.indexed:
        table.disable_fts()
    if changed:
        rewritten = [name for name in changed if columns[name] == "json"]
        kept = [
            (values["_id"], _row(entry, values))
            for values in (table.rows_where(order_by="_id") if rewritten else ())
        ]
        table.transform(types={name: _AFFINITY[columns[name]] for name in changed})
        for number, row in kept:
            table.update(number, {name: _stored(row[name], "json") for name in rewritten})
    return _save(db, entry.model_copy(update={"columns": columns, "indexed": False}))


def _merge(db: Database, entry: _Dataset, rows: Mapping[str, Row]) -> Stored:
    table = _table(db, entry.name)
    kept = {
        str(values["_key"]): (int(values["_id"]), _row(entry, values))
        for values in table.rows_where()
        if values["_key"] in rows
    }
    added = [{"_key": key} | _values(entry, row) for key, row in rows.items() if key not in kept]
    if added:
        columns = ["_key", *entry.columns]
        table.insert_all({name: row.get(name) for name in columns} for row in added)
    changed = 0
    for key, (number, before) in kept.items():
        if any(before[name] != value for name, value in rows[key].items()):
            table.update(number, _values(entry, rows[key]))
            changed += 1
    return Stored(added=len(added), changed=changed, unchanged=len(kept) - changed)


def _values(entry: _Dataset, row: Row) -> dict[str, object]:
    return {name: _stored(value, entry.columns[name]) for name, value in row.items()}


def _stored(value: JsonValue, kind: ColumnKind) -> object:
    if value is None:
        return None
    return json.dumps(value) if kind == "json" else value


def _row(entry: _Dataset, values: Mapping[str, object]) -> Row:
    return {name: _value(values[name], kind) for name, kind in entry.columns.items()}


def _value(stored: object, kind: ColumnKind) -> JsonValue:
    if stored is None:
        return None
    if kind == "boolean":
        return bool(stored)
    return _JSON.validate_json(str(stored)) if kind == "json" else _JSON.validate_python(stored)
