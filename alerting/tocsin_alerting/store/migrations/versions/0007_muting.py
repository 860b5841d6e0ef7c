"""Silences, and what they and confirmed incidents keep from whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nothing is silenced yet."""
    op.create_table(
        "silences",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("institute", sa.String(length=40), nullable=True),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_early", sa.Boolean(), nullable=False),
        sa.Column("gravest", sa.String(length=16), nullable=True),
        sa.Column("begun_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_ends_at"), "silences", ["ends_at"])
    op.create_table(
        "silence_changes",
        sa.Column("silence_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["silence_id"], ["silences.id"], name=op.f("fk_silence_changes_silence_id_silences")),
        sa.PrimaryKeyConstraint("silence_id", "number", name=op.f("pk_silence_changes")),
    )
    op.create_table(
        "mutings",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("institute", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("effect", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alert_revision", sa.Integer(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aftermath", sa.String(length=24), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_mutings_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "institute", "cause", "effect", name=op.f("pk_mutings")),
    )
    op.create_index(op.f("ix_mutings_ended_at_kind"), "mutings", ["ended_at", "kind"])
    op.create_index(op.f("ix_mutings_source_id"), "mutings", ["source_id"])


def downgrade() -> None:
    """Back to telling everybody everything; messages that were kept back count as withheld."""
    op.execute("UPDATE deliveries SET outcome = 'withheld' WHERE outcome = 'muted'")
    op.drop_index(op.f("ix_mutings_source_id"), table_name="mutings")
    op.drop_index(op.f("ix_mutings_ended_at_kind"), table_name="mutings")
    op.drop_table("mutings")
    op.drop_table("silence_changes")
    op.drop_index(op.f("ix_silences_ends_at"), table_name="silences")
    op.drop_table("silences")
