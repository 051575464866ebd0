"""Sealed credentials in SQL. Nothing here can read them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from podium.state.clock import Clock
from podium.state.sql.engine import reading, upsert, writing
from podium.state.sql.tables import secrets
from podium.state.vault import SealedSecret, SealedVault


class SqlSecrets:
    """The `SecretRows` of one workspace on SQL."""

    def __init__(self, engine: sa.Engine, *, workspace: str = "default") -> None:
        self._engine = engine
        self._workspace = workspace

    def put(self, secret: SealedSecret) -> None:
        """Keep it, replacing the one of that name."""
        with writing(self._engine) as conn:
            upsert(conn, secrets, [{"workspace": self._workspace, **secret.model_dump()}])

    def get(self, name: str) -> SealedSecret | None:
        """Return the one of that name."""
        with reading(self._engine) as conn:
            row = conn.execute(sa.select(secrets).where(self._named(name))).mappings().first()
        return None if row is None else _sealed(row)

    def list(self) -> tuple[SealedSecret, ...]:
        """Return all, by name."""
        query = (
            sa.select(secrets)
            .where(secrets.c.workspace == self._workspace)
            .order_by(secrets.c.name)
        )
        with reading(self._engine) as conn:
            return tuple(_sealed(row) for row in conn.execute(query).mappings())

    def used(self, name: str, at: datetime) -> None:
        """Remember the moment of its last use."""
        with writing(self._engine) as conn:
            conn.execute(secrets.update().where(self._named(name)).values(last_used_at=at))

    def delete(self, name: str) -> bool:
        """Forget it and return whether it was there."""
        with writing(self._engine) as conn:
            return conn.execute(secrets.delete().where(self._named(name))).rowcount == 1

    def _named(self, name: str) -> sa.ColumnElement[bool]:
        return sa.and_(secrets.c.workspace == self._workspace, secrets.c.name == name)


def open_vault(
    engine: sa.Engine, key: bytes, clock: Clock, *, workspace: str = "default"
) -> SealedVault:
    """Return the workspace's vault on the control plane's database."""
    return SealedVault(
        SqlSecrets(engine, workspace=workspace), key, clock=clock, workspace=workspace
    )


def _sealed(row: sa.RowMapping) -> SealedSecret:
    return SealedSecret.model_validate({key: row[key] for key in row if key != "workspace"})
