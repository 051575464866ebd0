"""What Alembic executes for a command; the connection comes from `alembic_config`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from podium.state.sql.tables import PREFIX, VERSION_TABLE, metadata


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    # The run engine's tables live in the same database.
    return kind != "table" or (name or "").startswith(PREFIX)


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        include_name=_ours,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_migrate(context.config.attributes["connection"])
