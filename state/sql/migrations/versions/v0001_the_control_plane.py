"""The control plane.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "podium_agents",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active_version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_podium_agents")),
        sa.UniqueConstraint("name", name=op.f("uq_podium_agents_name")),
    )
    op.create_table(
        "podium_artifact_links",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "step_id", "item", name=op.f("pk_podium_artifact_links")),
    )
    op.create_table(
        "podium_artifacts",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_podium_artifacts")),
        sa.UniqueConstraint(
            "agent",
            "asked_name",
            "sha256",
            name=op.f("uq_podium_artifacts_agent_asked_name_sha256"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "podium_effects",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("effect_key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_podium_effects")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("podium_effects", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_effects_effect_key_seq"), ["effect_key", "seq"], unique=False
        )

    op.create_table(
        "podium_events",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_podium_events")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("podium_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_events_thread_id_seq"), ["thread_id", "seq"], unique=False
        )

    op.create_table(
        "podium_evidence",
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_podium_evidence")),
    )
    with op.batch_alter_table("podium_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_evidence_run_id"), ["run_id"], unique=False)

    op.create_table(
        "podium_memory",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row", Json, nullable=False),
        sa.PrimaryKeyConstraint("agent", "step_id", "row_key", name=op.f("pk_podium_memory")),
    )
    op.create_table(
        "podium_questions",
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime, nullable=True),
        sa.Column("document", Json, nullable=False),
        sa.Column("answer", Json, nullable=True),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_podium_questions")),
    )
    with op.batch_alter_table("podium_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_questions_closed_at_thread_id"),
            ["closed_at", "thread_id"],
            unique=False,
        )

    op.create_table(
        "podium_runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_podium_runs")),
    )
    with op.batch_alter_table("podium_runs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_runs_agent_created_at"), ["agent", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_podium_runs_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_podium_runs_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "podium_schedules",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_podium_schedules")),
    )
    with op.batch_alter_table("podium_schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_schedules_next_at"), ["next_at"], unique=False)

    op.create_table(
        "podium_secrets",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("has_totp", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name=op.f("pk_podium_secrets")),
    )
    op.create_table(
        "podium_staging",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", Json, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "step_id", "position", name=op.f("pk_podium_staging")),
    )
    op.create_table(
        "podium_threads",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_podium_threads")),
    )
    with op.batch_alter_table("podium_threads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_threads_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "podium_versions",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("spec", Json, nullable=False),
        sa.Column("program", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["podium_agents.agent_id"],
            name=op.f("fk_podium_versions_agent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agent_id", "version", name=op.f("pk_podium_versions")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("podium_versions")
    with op.batch_alter_table("podium_threads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_threads_created_at"))

    op.drop_table("podium_threads")
    op.drop_table("podium_staging")
    op.drop_table("podium_secrets")
    with op.batch_alter_table("podium_schedules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_schedules_next_at"))

    op.drop_table("podium_schedules")
    with op.batch_alter_table("podium_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_runs_thread_id"))
        batch_op.drop_index(batch_op.f("ix_podium_runs_created_at"))
        batch_op.drop_index(batch_op.f("ix_podium_runs_agent_created_at"))

    op.drop_table("podium_runs")
    with op.batch_alter_table("podium_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_questions_closed_at_thread_id"))

    op.drop_table("podium_questions")
    op.drop_table("podium_memory")
    with op.batch_alter_table("podium_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_evidence_run_id"))

    op.drop_table("podium_evidence")
    with op.batch_alter_table("podium_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_events_thread_id_seq"))

    op.drop_table("podium_events")
    with op.batch_alter_table("podium_effects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_effects_effect_key_seq"))

    op.drop_table("podium_effects")
    op.drop_table("podium_artifacts")
    op.drop_table("podium_artifact_links")
    op.drop_table("podium_agents")
