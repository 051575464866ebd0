"""Workers that share a database, and threads by status.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "podium_workers",
        sa.Column("executor_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("born", sa.Text(), nullable=False),
        sa.Column("beat_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name=op.f("pk_podium_workers")),
    )
    with op.batch_alter_table("podium_workers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_workers_beat_at"), ["beat_at"], unique=False)
    with op.batch_alter_table("podium_threads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_threads_status"), ["status"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("podium_threads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_threads_status"))
    with op.batch_alter_table("podium_workers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_podium_workers_beat_at"))
    op.drop_table("podium_workers")
