"""Bulletins, storms, and lanes: deliveries may be a bulletin's, may be folded into one, and wait in a stored order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGES = (
    "raised",
    "severity_raised",
    "escalated",
    "ladder_exhausted",
    "override_raised",
    "override_withdrawn_raised",
    "corroborated_asked_anew",
)


def upgrade() -> None:
    """Add the tables; what waits gets its lane from its alert, and every destination of what waits gets its row."""
    op.create_table(
        "bulletins",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("institute", sa.String(length=40), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint("key", name=op.f("uq_bulletins_key")),
    )
    op.create_table(
        "storms",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("open_key", sa.String(length=260), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("bulletin_id", sa.String(length=36), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name=op.f("fk_storms_bulletin_id_bulletins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storms")),
        sa.UniqueConstraint("open_key", name=op.f("uq_storms_open_key")),
    )
    op.create_index(op.f("ix_storms_channel_next_look_at"), "storms", ["channel", "next_look_at"])
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("alert_id", existing_type=sa.String(length=36), nullable=True)
        deliveries.add_column(sa.Column("bulletin_id", sa.String(length=36), nullable=True))
        deliveries.add_column(sa.Column("lane", sa.Integer(), nullable=True))
        deliveries.add_column(sa.Column("summary_id", sa.String(length=36), nullable=True))
        deliveries.add_column(sa.Column("folded_at", sa.DateTime(timezone=True), nullable=True))
        deliveries.add_column(sa.Column("timing", sa.String(length=24), nullable=True))
        for column in ("bulletin_id", "summary_id"):
            deliveries.create_foreign_key(op.f(f"fk_deliveries_{column}_bulletins"), "bulletins", [column], ["id"])
    _fill_in()
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("lane", existing_type=sa.Integer(), nullable=False)
    _index()


def _fill_in() -> None:
    deliveries = sa.table(
        "deliveries",
        *(sa.column(name) for name in ("alert_id", "channel", "address", "kind", "reason", "lane", "outcome")),
    )
    alerts = sa.table("alerts", *(sa.column(name) for name in ("id", "severity", "urgency", "status", "purpose")))
    destinations = sa.table("destinations", sa.column("channel"), sa.column("address"))

    def of_alert(name: str) -> sa.ScalarSelect[object]:
        return sa.select(alerts.c[name]).where(alerts.c.id == deliveries.c.alert_id).scalar_subquery()

    urgent = sa.and_(of_alert("status") == "actual", of_alert("purpose") == "report")
    lane = sa.case(
        (deliveries.c.kind == "edit", 4),
        (deliveries.c.reason.not_in(_PAGES), 5),
        (sa.and_(urgent, of_alert("severity") == "critical"), 0),
        (sa.and_(urgent, sa.or_(of_alert("severity") == "severe", of_alert("urgency") == "immediate")), 1),
        (of_alert("severity").in_(("negligible", "minor")), 3),
        else_=2,
    )
    op.execute(sa.update(deliveries).values(lane=lane))
    known = sa.exists().where(
        destinations.c.channel == deliveries.c.channel, destinations.c.address == deliveries.c.address
    )
    waiting = (
        sa.select(deliveries.c.channel, deliveries.c.address)
        .where(deliveries.c.outcome == "pending", ~known)
        .distinct()
    )
    op.execute(sa.insert(destinations).from_select(["channel", "address"], waiting))


def _index() -> None:
    waiting, claimed = sa.text("outcome = 'pending'"), sa.text("claimed_until IS NOT NULL")
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["channel", "address", "lane", "next_attempt_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(
        "ix_deliveries_claimed",
        "deliveries",
        ["channel", "address", "claimed_until"],
        sqlite_where=claimed,
        postgresql_where=claimed,
    )
    op.create_index(op.f("ix_deliveries_channel_address_sent_at"), "deliveries", ["channel", "address", "sent_at"])
    op.create_index(op.f("ix_deliveries_bulletin_id"), "deliveries", ["bulletin_id"])
    op.create_index(op.f("ix_deliveries_summary_id_folded_at"), "deliveries", ["summary_id", "folded_at"])


def downgrade() -> None:
    """Back to deliveries of alerts only. What was folded stays told of by nobody's message, and is superseded."""
    deliveries = sa.table(
        "deliveries", *(sa.column(name) for name in ("alert_id", "outcome", "summary_id", "outcome_reason"))
    )
    op.execute(sa.delete(deliveries).where(deliveries.c.alert_id.is_(None)))
    op.execute(
        sa.update(deliveries)
        .where(deliveries.c.outcome == "folded")
        .values(outcome="superseded", outcome_reason="folded", summary_id=None)
    )
    for name in (
        "ix_deliveries_waiting",
        "ix_deliveries_claimed",
        op.f("ix_deliveries_channel_address_sent_at"),
        op.f("ix_deliveries_bulletin_id"),
        op.f("ix_deliveries_summary_id_folded_at"),
    ):
        op.drop_index(name, table_name="deliveries")
    with op.batch_alter_table("deliveries") as table:
        for column in ("bulletin_id", "summary_id"):
            table.drop_constraint(op.f(f"fk_deliveries_{column}_bulletins"), type_="foreignkey")
        for column in ("bulletin_id", "lane", "summary_id", "folded_at", "timing"):
            table.drop_column(column)
        table.alter_column("alert_id", existing_type=sa.String(length=36), nullable=False)
    op.drop_table("storms")
    op.drop_table("bulletins")
