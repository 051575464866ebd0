"""The control plane's tables. Searchable facts are columns; the whole record is a JSON document beside them.

The prefix keeps them apart from the run engine's tables, which share the file.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

PREFIX = "podium_"
VERSION_TABLE = "podium_schema"


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment in UTC, without its zone where the database knows none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: sa.Dialect,
    ) -> datetime | None:
        """Return the moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""Plain JSON values, in and out as objects."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime, nullable=nullable)


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=nullable)


def _parent() -> sa.Column[str]:
    """Return the column that names the run another one follows; empty for most."""
    return sa.Column("parent", sa.Text, nullable=False, server_default="")


def _serial(name: str) -> sa.Column[int]:
    # SQLite counts up by itself only in a column declared exactly INTEGER.
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, primary_key=True, autoincrement=True)


agents = sa.Table(
    "podium_agents",
    metadata,
    _key("agent_id"),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    _text("state"),
    sa.Column("active_version", sa.Integer, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
)

versions = sa.Table(
    "podium_versions",
    metadata,
    sa.Column(
        "agent_id",
        sa.Text,
        sa.ForeignKey("podium_agents.agent_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("version", sa.Integer, primary_key=True),
    _json("spec"),
    _json("program"),
    _text("reason"),
    _text("author"),
    _moment("created_at"),
)

deleted_agents = sa.Table(
    "podium_deleted_agents",
    metadata,
    _key("agent_id"),
    _text("name"),
    _moment("deleted_at"),
    sa.Column("versions", sa.Integer, nullable=False),
    _json("document"),
)

runs = sa.Table(
    "podium_runs",
    metadata,
    _key("run_id"),
    _text("thread_id"),
    _text("agent"),
    _text("mode"),
    _text("status"),
    _text("outcome", nullable=True),
    _parent(),
    _moment("created_at"),
    _json("document"),
    sa.Index(None, "thread_id"),
    sa.Index(None, "parent"),
    sa.Index(None, "agent", "created_at"),
    sa.Index(None, "created_at"),
    sa.Index(None, "status", "agent"),
)

run_changes = sa.Table(
    "podium_run_changes",
    metadata,
    _serial("seq"),
    _text("run_id"),
    _text("agent"),
    _text("status"),
    _text("outcome", nullable=True),
    _text("trigger"),
    sqlite_autoincrement=True,
)

questions = sa.Table(
    "podium_questions",
    metadata,
    _key("question_id"),
    _text("thread_id"),
    _moment("asked_at"),
    _moment("closed_at", nullable=True),
    _json("document"),
    _json("answer", nullable=True),
    sa.Index(None, "closed_at", "thread_id"),
)

events = sa.Table(
    "podium_events",
    metadata,
    _serial("seq"),
    _text("thread_id"),
    _text("kind"),
    _moment("at"),
    _json("data"),
    sa.Index(None, "thread_id", "seq"),
    # A number is never given twice, so a reader's place stays valid.
    sqlite_autoincrement=True,
)

effects = sa.Table(
    "podium_effects",
    metadata,
    _serial("seq"),
    _text("effect_key"),
    _text("run_id"),
    _text("status"),
    _moment("at"),
    _json("document"),
    sa.Index(None, "effect_key", "seq"),
    sqlite_autoincrement=True,
)

schedules = sa.Table(
    "podium_schedules",
    metadata,
    _key("agent"),
    _json("document"),
    _moment("next_at", nullable=True),
    sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Index(None, "next_at"),
)

firings = sa.Table(
    "podium_firings",
    metadata,
    _key("firing_id"),
    _text("agent"),
    _text("cause"),
    _text("run_id"),
    _moment("due_at"),
    _json("inputs"),
    _parent(),
    _text("status"),
    _text("note"),
    _moment("claimed_at", nullable=True),
    _moment("created_at"),
    sa.Index(None, "parent"),
    sa.Index(None, "status", "due_at"),
    sa.Index(None, "agent", "created_at"),
)

wakes = sa.Table(
    "podium_wakes",
    metadata,
    _key("thread_id"),
    _moment("due_at"),
    _text("question_id"),
    sa.Index(None, "due_at"),
)

triggers = sa.Table(
    "podium_triggers",
    metadata,
    _key("trigger_id"),
    _text("agent"),
    _text("kind"),
    _text("after"),
    sa.Column("enabled", sa.Boolean, nullable=False),
    _json("document"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    _moment("created_at"),
    sa.Index(None, "agent"),
    sa.Index(None, "after"),
)

received = sa.Table(
    "podium_received",
    metadata,
    _key("trigger_id"),
    _key("message_id"),
    _moment("at"),
)

destinations = sa.Table(
    "podium_destinations",
    metadata,
    _key("destination_id"),
    _text("agent"),
    _json("document"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    _moment("created_at"),
)

messages = sa.Table(
    "podium_messages",
    metadata,
    _key("message_id"),
    _text("destination_id"),
    _text("event"),
    _text("agent"),
    _text("run_id"),
    _json("body"),
    _text("status"),
    sa.Column("attempts", sa.Integer, nullable=False),
    _moment("next_at"),
    _text("error"),
    _moment("created_at"),
    _moment("delivered_at", nullable=True),
    sa.Index(None, "status", "next_at"),
    sa.Index(None, "agent", "created_at"),
    sa.Index(None, "destination_id", "created_at"),
)

threads = sa.Table(
    "podium_threads",
    metadata,
    _key("thread_id"),
    _text("title"),
    _text("status"),
    _moment("created_at"),
    _moment("updated_at"),
    _json("data"),
    sa.Index(None, "created_at"),
    sa.Index(None, "status"),
)

workers = sa.Table(
    "podium_workers",
    metadata,
    _key("executor_id"),
    _text("role"),
    _text("place"),
    sa.Column("pid", sa.BigInteger, nullable=False),
    _text("born"),
    # The database's own clock writes and compares it: workers' clocks differ.
    _moment("beat_at"),
    sa.Index(None, "beat_at"),
)

turns = sa.Table(
    "podium_turns",
    metadata,
    _serial("seq"),
    _text("thread_id"),
    _text("role"),
    _text("text"),
    _moment("at"),
    sa.Column("queued", sa.Boolean, nullable=False),
    _json("data"),
    sa.Index(None, "thread_id", "seq"),
    sqlite_autoincrement=True,
)

datasets = sa.Table(
    "podium_datasets",
    metadata,
    _key("name"),
    _json("key"),
    _json("columns"),
)
"""The tables agents fill, where they lie in the database."""

dataset_rows = sa.Table(
    "podium_dataset_rows",
    metadata,
    _serial("seq"),
    _text("dataset"),
    _text("row_key"),
    # Kept as written: binary JSON refuses what a page may hold.
    sa.Column("row", sa.JSON, nullable=False),
    _text("words"),
    sa.UniqueConstraint("dataset", "row_key"),
    sqlite_autoincrement=True,
)
"""Words are found by an index on `words` (PostgreSQL)."""

blobs = sa.Table("podium_blobs", metadata, _key("sha256"))

blob_chunks = sa.Table(
    "podium_blob_chunks",
    metadata,
    _key("sha256"),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

blob_names = sa.Table(
    "podium_blob_names",
    metadata,
    _key("path"),
    _text("sha256"),
    sa.Index(None, "sha256"),
)

sealed_sessions = sa.Table(
    "podium_sealed_sessions",
    metadata,
    _key("run_id"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

site_places = sa.Table(
    "podium_site_places",
    metadata,
    _key("origin"),
    _key("run_id"),
    _moment("at"),
    sa.Index(None, "origin", "at"),
    sa.Index(None, "run_id"),
)
"""When a run may begin at a site that has a rate."""

search = sa.Table(
    "podium_search",
    metadata,
    _serial("place"),
    _text("kind"),
    _text("ref"),
    _text("agent"),
    _text("run_id"),
    _text("thread_id"),
    _text("step"),
    _moment("at"),
    _text("title"),
    _text("text"),
    _text("folded"),
    sa.Index(None, "kind", "ref", unique=True),
    sa.Index(None, "agent"),
)
"""Words are found by an FTS5 table beside it (SQLite), kept by triggers, or by an index on `folded` (PostgreSQL)."""

staging = sa.Table(
    "podium_staging",
    metadata,
    _key("run_id"),
    _key("step_id"),
    sa.Column("position", sa.Integer, primary_key=True),
    _json("row"),
)

memory = sa.Table(
    "podium_memory",
    metadata,
    _key("agent"),
    _key("step_id"),
    _key("row_key"),
    _json("row"),
)

secrets = sa.Table(
    "podium_secrets",
    metadata,
    _key("workspace"),
    _key("name"),
    sa.Column("version", sa.Integer, nullable=False),
    _text("origin"),
    _text("user"),
    sa.Column("has_totp", sa.Boolean, nullable=False),
    _moment("created_at"),
    _moment("last_used_at", nullable=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

artifacts = sa.Table(
    "podium_artifacts",
    metadata,
    _serial("seq"),
    _text("agent"),
    _text("asked_name"),
    _text("name"),
    _text("path"),
    _text("sha256"),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    _text("run_id"),
    _text("item"),
    _moment("created_at"),
    sa.UniqueConstraint("agent", "asked_name", "sha256"),
    sqlite_autoincrement=True,
)

artifact_links = sa.Table(
    "podium_artifact_links",
    metadata,
    _key("agent"),
    _key("step_id"),
    _key("item"),
    _text("path"),
    _text("sha256"),
    _text("row_hash"),
)

evidence = sa.Table(
    "podium_evidence",
    metadata,
    _key("evidence_id"),
    _text("run_id"),
    _text("path"),
    _moment("created_at"),
    sa.Index(None, "run_id"),
)
