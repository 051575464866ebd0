"""Datasets, files and sealed sessions, where they lie in the database.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_GIN = (
    "CREATE INDEX ix_podium_dataset_rows_words ON podium_dataset_rows "
    "USING gin (to_tsvector('simple', words))"
)


def upgrade() -> None:
    """Apply the change."""
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "podium_datasets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", Json, nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_podium_datasets")),
    )
    op.create_table(
        "podium_dataset_rows",
        sa.Column("seq", serial, autoincrement=True, nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_podium_dataset_rows")),
        sa.UniqueConstraint(
            "dataset", "row_key", name=op.f("uq_podium_dataset_rows_dataset_row_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "podium_blobs",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_podium_blobs")),
    )
    op.create_table(
        "podium_blob_chunks",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "number", name=op.f("pk_podium_blob_chunks")),
    )
    op.create_table(
        "podium_blob_names",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_podium_blob_names")),
    )
    with op.batch_alter_table("podium_blob_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_blob_names_sha256"), ["sha256"], unique=False)
    op.create_table(
        "podium_sealed_sessions",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_podium_sealed_sessions")),
    )
    if op.get_bind().dialect.name != "sqlite":
        op.execute(sa.text(_GIN))


def downgrade() -> None:
    """Take the change back."""
    for name in (
        "sealed_sessions",
        "blob_names",
        "blob_chunks",
        "blobs",
        "dataset_rows",
        "datasets",
    ):
        op.drop_table(f"podium_{name}")
