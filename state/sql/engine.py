"""Engines and transactions: how a connection is set up, and how a write or a read begins."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import ConnectionPoolEntry

from podium.state.errors import Unavailable, UserError
from podium.state.sqlite_files import prepare_file

Synchronous = Literal["NORMAL", "FULL"]
Values = Mapping[str, object]

_BUSY_TIMEOUT_MS = 30_000
_SERVER_RETURNS_S = 60.0
"""How long a transaction waits to begin while a database server restarts."""
_SERVER_POLL_S = 0.2
NO_IDLE_LOCKS = "idle_in_transaction_session_timeout=10s"
"""A process that is frozen within a transaction keeps its locks no longer than this: whoever takes over needs the rows."""


class _Cursor(Protocol):
    def execute(self, sql: str, /) -> object: ...

    def close(self) -> None: ...


class _DriverConnection(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


def open_engine(url: str, *, synchronous: Synchronous = "NORMAL") -> sa.Engine:
    """Return an engine on the database, creating a SQLite file that only its owner can read.

    With `NORMAL` a commit survives the end of the process; with `FULL` also a power cut, at the
    price of one more sync (0.1 ms instead of 0.01 ms where it was measured, some ms on a slow disk).

    Raises:
        UserError: If the URL names no SQLite file and no PostgreSQL database.
        SetupError: If the SQLite file cannot be used.
    """
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError as error:
        raise UserError(
            "The database URL cannot be read", hint="Give sqlite:///FILE or postgresql://..."
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite_engine(parsed, synchronous)
        case "postgresql":
            return _postgres_engine(parsed)
        case other:
            raise UserError(
                f"{other!r} databases are not supported",
                hint="Give sqlite:///FILE or postgresql://...",
            )


def _postgres_engine(url: sa.URL) -> sa.Engine:
    own = url.query.get("options", "")
    options = own if isinstance(own, str) else " ".join(own)
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,  # connections of a server that was restarted meanwhile are replaced
        connect_args={
            "connect_timeout": 5,
            "application_name": "podium",
            "options": f"{options} -c {NO_IDLE_LOCKS}".strip(),
        },
    )


def _sqlite_engine(url: sa.URL, synchronous: Synchronous) -> sa.Engine:
    if url.database in {None, "", ":memory:"}:
        raise UserError(
            "The database must be a file: several threads and processes use it",
            hint="Give sqlite:///FILE, or use podium.state.memory in tests.",
        )
    prepare_file(Path(str(url.database)))
    engine = sa.create_engine(url, pool_size=20)
    pragmas = (
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    )

    def set_up(connection: _DriverConnection, _record: object) -> None:
        # The driver begins a transaction before the first write only; IMMEDIATE takes the lock
        # then, because upgrading a read lock fails at once and ignores the busy timeout.
        connection.isolation_level = "IMMEDIATE"
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", set_up)
    return engine


def close_engine(engine: sa.Engine) -> None:
    """Close all connections, and from now on each one as soon as it is given back.

    `dispose()` alone leaves those open that a thread holds at that moment, and those of a later use,
    until they are collected.
    """
    if not event.contains(engine, "checkin", _close):
        event.listen(engine, "checkin", _close)
    engine.dispose()


def _close(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


def is_sqlite(connection: sa.Connection | sa.Engine) -> bool:
    """Return whether it leads to SQLite; otherwise it is PostgreSQL."""
    return connection.dialect.name == "sqlite"


def begin_now(connection: sa.Connection) -> None:
    """Take the write lock before the first read of a read-modify-write (SQLite; others lock rows)."""
    if is_sqlite(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def take_turns(connection: sa.Connection, subject: str) -> None:
    """Let transactions that write about the subject follow each other (PostgreSQL; SQLite has one writer)."""
    if not is_sqlite(connection):
        number = sa.func.hashtext(f"podium.{subject}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


@contextmanager
def writing(engine: sa.Engine, connection: sa.Connection | None = None) -> Generator[sa.Connection]:
    """Yield a connection whose transaction commits at the end, or the caller's own, left open.

    Raises:
        Unavailable: If the database cannot be used: locked for long, full, or gone.
    """
    if connection is not None:
        yield connection
        return
    with translated(), _connected(engine) as own, own.begin():
        begin_now(own)
        yield own


@contextmanager
def reading(engine: sa.Engine, connection: sa.Connection | None = None) -> Generator[sa.Connection]:
    """Yield a connection to read from, or the caller's own.

    Raises:
        Unavailable: If the database cannot be used: locked for long, or gone.
    """
    if connection is not None:
        yield connection
        return
    with translated(), _connected(engine) as own:
        yield own


def _connected(engine: sa.Engine) -> sa.Connection:
    """Return a connection; a server that is being restarted is waited for, because nothing was begun yet."""
    deadline = time.monotonic() + _SERVER_RETURNS_S
    while True:
        try:
            return engine.connect()
        except exc.OperationalError:
            if is_sqlite(engine) or time.monotonic() > deadline:
                raise
        time.sleep(_SERVER_POLL_S)


@contextmanager
def translated() -> Generator[None]:
    """Turn what a database refuses for reasons of its own into our error.

    Raises:
        Unavailable: If it is locked for long, full, damaged, or gone.
    """
    try:
        yield
    except exc.DatabaseError as error:
        # A broken constraint, a wrong value or wrong SQL are bugs of ours and stay what they are.
        if isinstance(error, exc.IntegrityError | exc.DataError | exc.ProgrammingError):
            raise
        raise Unavailable(
            f"The database cannot be used: {error.orig}",
            hint="Free disk space, or stop the program that holds the database.",
        ) from error


def insert_once(connection: sa.Connection, table: sa.Table, values: Values) -> bool:
    """Insert the row; return false when one with the same primary key is there already."""
    statement = _insert(connection, table).values(**values).on_conflict_do_nothing()
    # PostgreSQL's driver counts no inserted rows; both tell which row they returned.
    key = next(iter(table.primary_key))
    return connection.execute(statement.returning(key)).first() is not None


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Iterable[Values],
    *,
    key: Sequence[str] = (),
) -> None:
    """Insert the rows, replacing those with the same key (by default the primary key)."""
    kept = [dict(row) for row in rows]
    if not kept:
        return
    keys = list(key) or [column.name for column in table.primary_key]
    statement = _insert(connection, table)
    changes = {name: statement.excluded[name] for name in kept[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), kept)


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)
