"""What starts agents and what goes out.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "podium_destinations",
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("destination_id", name=op.f("pk_podium_destinations")),
    )
    op.create_table(
        "podium_firings",
        sa.Column("firing_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("claimed_at", UtcDateTime, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("firing_id", name=op.f("pk_podium_firings")),
    )
    with op.batch_alter_table("podium_firings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_firings_agent_created_at"), ["agent", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_podium_firings_status_due_at"), ["status", "due_at"], unique=False
        )

    op.create_table(
        "podium_messages",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("delivered_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_podium_messages")),
    )
    with op.batch_alter_table("podium_messages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_messages_agent_created_at"), ["agent", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_podium_messages_destination_id_created_at"),
            ["destination_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_podium_messages_status_next_at"), ["status", "next_at"], unique=False
        )

    op.create_table(
        "podium_received",
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("trigger_id", "message_id", name=op.f("pk_podium_received")),
    )
    op.create_table(
        "podium_run_changes",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_podium_run_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "podium_triggers",
        sa.Column("trigger_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("trigger_id", name=op.f("pk_podium_triggers")),
    )
    with op.batch_alter_table("podium_triggers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_triggers_after"), ["after"], unique=False)
        batch_op.create_index(batch_op.f("ix_podium_triggers_agent"), ["agent"], unique=False)

    op.create_table(
        "podium_wakes",
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_podium_wakes")),
    )
    with op.batch_alter_table("podium_wakes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_wakes_due_at"), ["due_at"], unique=False)

    with op.batch_alter_table("podium_runs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_runs_status_agent"), ["status", "agent"], unique=False
        )

    with op.batch_alter_table("podium_schedules", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stopped", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("podium_schedules", schema=None) as batch_op:
        batch_op.drop_column("failures")
        batch_op.drop_column("note")
        batch_op.drop_column("stopped")

    with op.batch_alter_table("podium_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_runs_status_agent"))

    with op.batch_alter_table("podium_wakes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_wakes_due_at"))

    op.drop_table("podium_wakes")
    with op.batch_alter_table("podium_triggers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_triggers_agent"))
        batch_op.drop_index(batch_op.f("ix_podium_triggers_after"))

    op.drop_table("podium_triggers")
    op.drop_table("podium_run_changes")
    op.drop_table("podium_received")
    with op.batch_alter_table("podium_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_messages_status_next_at"))
        batch_op.drop_index(batch_op.f("ix_podium_messages_destination_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_podium_messages_agent_created_at"))

    op.drop_table("podium_messages")
    with op.batch_alter_table("podium_firings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_firings_status_due_at"))
        batch_op.drop_index(batch_op.f("ix_podium_firings_agent_created_at"))

    op.drop_table("podium_firings")
    op.drop_table("podium_destinations")
