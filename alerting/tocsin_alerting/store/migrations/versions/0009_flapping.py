"""Alerts that go up and down: which flap, and when they last turned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nothing flaps yet."""
    op.create_table(
        "flapping",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_flapping_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_flapping")),
    )
    op.create_index(op.f("ix_flapping_last_at"), "flapping", ["last_at"])


def downgrade() -> None:
    """Back to calling people for every turn."""
    op.drop_index(op.f("ix_flapping_last_at"), table_name="flapping")
    op.drop_table("flapping")
