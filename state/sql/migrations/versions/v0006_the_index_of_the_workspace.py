"""The index of the workspace: one table, and what finds words in it.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from podium.state.sql.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FTS = (
    "CREATE VIRTUAL TABLE podium_search_fts USING fts5("
    "folded, content='podium_search', content_rowid='place')",
    "CREATE TRIGGER podium_search_added AFTER INSERT ON podium_search BEGIN "
    "INSERT INTO podium_search_fts(rowid, folded) VALUES (new.place, new.folded); END",
    "CREATE TRIGGER podium_search_gone AFTER DELETE ON podium_search BEGIN "
    "INSERT INTO podium_search_fts(podium_search_fts, rowid, folded) "
    "VALUES ('delete', old.place, old.folded); END",
    "CREATE TRIGGER podium_search_changed AFTER UPDATE OF folded ON podium_search BEGIN "
    "INSERT INTO podium_search_fts(podium_search_fts, rowid, folded) "
    "VALUES ('delete', old.place, old.folded); "
    "INSERT INTO podium_search_fts(rowid, folded) VALUES (new.place, new.folded); END",
)
_GIN = (
    "CREATE INDEX ix_podium_search_words ON podium_search USING gin (to_tsvector('simple', folded))"
)


def upgrade() -> None:
    """Apply the change."""
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "podium_search",
        sa.Column("place", serial, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_podium_search")),
    )
    with op.batch_alter_table("podium_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_podium_search_kind_ref"), ["kind", "ref"], unique=True)
        batch_op.create_index(batch_op.f("ix_podium_search_agent"), ["agent"], unique=False)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _FTS if sqlite else (_GIN,):
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text("DROP TABLE podium_search_fts"))
    op.drop_table("podium_search")
