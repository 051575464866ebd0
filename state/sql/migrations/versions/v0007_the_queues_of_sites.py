"""The queues of sites: when a run may begin at one.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "podium_site_places",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("origin", "run_id", name=op.f("pk_podium_site_places")),
    )
    with op.batch_alter_table("podium_site_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_podium_site_places_origin_at"), ["origin", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_podium_site_places_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("podium_site_places")
