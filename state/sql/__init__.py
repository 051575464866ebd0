"""The stores on SQLAlchemy Core: one code base for SQLite and PostgreSQL."""

from __future__ import annotations

from podium.state.sql.engine import open_engine
from podium.state.sql.opening import SqlStores, open_stores

__all__ = ["SqlStores", "open_engine", "open_stores"]
