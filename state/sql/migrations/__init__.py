"""Bringing a database to the present schema: one Alembic tree for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from podium.state.errors import SetupError
from podium.state.sql.engine import begin_now, is_sqlite, translated
from podium.state.sql.tables import VERSION_TABLE
from podium.state.sqlite_files import locked

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0008"
"""The newest revision in `versions/` (a test compares)."""

_LOCK_NUMBER = 7_041_775


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the present schema; one process at a time does it.

    Raises:
        SetupError: If a newer Podium wrote it, or another process migrates it for too long.
    """
    # Alembic takes a third of a second to import; nearly every start finds nothing to do.
    with translated():
        if revision(engine) == HEAD:
            return
    from alembic import command
    from alembic.util import CommandError

    with translated(), _one_at_a_time(engine), migrations_connection(engine) as connection:
        try:
            command.upgrade(alembic_config(connection), HEAD)
        except CommandError as error:
            raise SetupError(
                f"The database has a schema this Podium does not know: {error}",
                hint="Install the newer Podium that wrote it, or choose another PODIUM_HOME.",
            ) from error


def revision(engine: sa.Engine) -> str | None:
    """Return the revision the database is at; none for an empty one."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(
            sa.select(sa.column("version_num", sa.String)).select_from(sa.table(VERSION_TABLE))
        ).scalar()


def alembic_config(connection: sa.Connection) -> Config:
    """Return Alembic's configuration for this tree, working on that connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def migrations_connection(engine: sa.Engine) -> Generator[sa.Connection]:
    """Yield a connection on which the schema may change, in one transaction."""
    with engine.connect() as connection:
        if not is_sqlite(connection):
            with connection.begin():
                yield connection
            return
        # Altering a table there means dropping and rebuilding it, which would delete what refers to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            begin_now(connection)
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


@contextmanager
def _one_at_a_time(engine: sa.Engine) -> Generator[None]:
    if not is_sqlite(engine):
        with engine.connect() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK_NUMBER)))
            try:
                yield
            finally:
                # The lock belongs to the session, which outlives this block in the pool.
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK_NUMBER)))
        return
    with locked(Path(str(engine.url.database))):
        yield
