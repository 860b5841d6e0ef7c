"""Looks, quorums with deadlines, and reminders; when an institute first broke its silence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables. Of answers that stand already, when they were given is the best that is known."""
    op.create_table(
        "looks",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("institute", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_looks_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "institute", "round", "by", name=op.f("pk_looks")),
    )
    op.create_table(
        "quorums",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("institutes", sa.String(length=8), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_quorums_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "round", name=op.f("pk_quorums")),
    )
    op.create_index(op.f("ix_quorums_next_at"), "quorums", ["next_at"])
    op.create_table(
        "reminders",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("institute", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("unwanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unwanted_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_reminders_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "institute", "round", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_next_at"), "reminders", ["next_at"])
    op.add_column("responses", sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True))
    responses = sa.table("responses", sa.column("answered_at"), sa.column("first_answered_at"))
    op.execute(sa.update(responses).values(first_answered_at=responses.c.answered_at))


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("responses") as table:
        table.drop_column("first_answered_at")
    op.drop_index(op.f("ix_reminders_next_at"), table_name="reminders")
    op.drop_table("reminders")
    op.drop_index(op.f("ix_quorums_next_at"), table_name="quorums")
    op.drop_table("quorums")
    op.drop_table("looks")
