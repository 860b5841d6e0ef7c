"""Guidance on results that differ: what results answer which question, and what is said about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; all alerts there are tell what was reported. Results that came before are compared with none."""
    op.add_column("alerts", sa.Column("purpose", sa.String(length=16), nullable=False, server_default="report"))
    op.create_table(
        "questions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_questions_alert_id_alerts")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_questions")),
    )
    op.create_table(
        "results",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_results_report_id_reports")),
        sa.ForeignKeyConstraint(["question"], ["questions.key"], name=op.f("fk_results_question_questions")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_results")),
    )
    op.create_index(op.f("ix_results_question"), "results", ["question"])
    op.create_table(
        "guidance",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_guidance_alert_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_guidance")),
    )


def downgrade() -> None:
    """Back to alerts that only tell what was reported."""
    op.drop_table("guidance")
    op.drop_index(op.f("ix_results_question"), table_name="results")
    op.drop_table("results")
    op.drop_table("questions")
    op.drop_column("alerts", "purpose")
