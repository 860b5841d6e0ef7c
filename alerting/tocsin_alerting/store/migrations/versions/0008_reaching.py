"""Deliveries stand by for others, are doubted and judged; marks of addresses are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DOUBTED = sa.text("judged_at IS NULL AND doubt_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns; nothing is doubted yet, and marks that are there count as told."""
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("stands_by_for", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("stood_in", sa.String(length=24), nullable=True))
        table.add_column(sa.Column("doubt_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_deliveries_doubted", "deliveries", ["doubt_at"], sqlite_where=_DOUBTED, postgresql_where=_DOUBTED
    )
    with op.batch_alter_table("responses") as table:
        table.add_column(sa.Column("hurried", sa.String(length=24), nullable=True))
    with op.batch_alter_table("destinations") as table:
        table.add_column(sa.Column("bad_seen_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("bad_told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE destinations SET bad_seen_at = bad_since, bad_told_at = bad_since WHERE bad_since IS NOT NULL")


def downgrade() -> None:
    """Back to one channel and then the ladder's wait; what stood by counts as withheld."""
    op.execute("UPDATE deliveries SET outcome = 'withheld' WHERE outcome IN ('standby', 'skipped')")
    with op.batch_alter_table("destinations") as table:
        table.drop_column("bad_told_at")
        table.drop_column("bad_seen_at")
    with op.batch_alter_table("responses") as table:
        table.drop_column("hurried")
    op.drop_index("ix_deliveries_doubted", table_name="deliveries")
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("judged_at")
        table.drop_column("doubt_at")
        table.drop_column("stood_in")
        table.drop_column("stands_by_for")
