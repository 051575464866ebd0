"""Deleted agents and what was said.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "podium_deleted_agents",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deleted_at", UtcDateTime, nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_podium_deleted_agents")),
    )
    op.create_table(
        "podium_turns",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("queued", sa.Boolean(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_podium_turns")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("podium_turns") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_turns_thread_id_seq"), ["thread_id", "seq"], unique=False
        )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("podium_turns")
    op.drop_table("podium_deleted_agents")
