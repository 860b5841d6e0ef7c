"""What people say of an alert's severity: overrides, and the dissents of institutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, and to each alert the override that stands: none yet."""
    op.add_column("alerts", sa.Column("override", sa.String(length=36), nullable=True))
    op.create_table(
        "overrides",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("shared", sa.String(length=16), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_overrides_alert_id_alerts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_alert_id"), "overrides", ["alert_id"])
    op.create_table(
        "dissents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("institute", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("against", sa.String(length=16), nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_dissents_alert_id_alerts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dissents")),
        sa.UniqueConstraint("alert_id", "revision", name=op.f("uq_dissents_alert_id_revision")),
    )


def _said() -> list[sa.Column[object]]:
    """Who said it, when, why, and who took it back."""
    return [
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
    ]


def downgrade() -> None:
    """Back to alerts that only reports decide about."""
    op.drop_table("dissents")
    op.drop_table("overrides")
    op.drop_column("alerts", "override")
