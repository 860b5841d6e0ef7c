"""Reports are weighed against each other: what each rests on, whom it replaces, and which alerts belong together."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what reports are weighed by, and fill it in for the reports that are there."""
    with op.batch_alter_table("reports") as reports:
        reports.add_column(sa.Column("facts", sa.JSON(), nullable=True))
        reports.add_column(sa.Column("superseded_by", sa.String(length=200), nullable=True))
        reports.create_index(op.f("ix_reports_event_id"), ["event_id"])
        reports.create_index(op.f("ix_reports_series"), ["series"])
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("weighing", sa.JSON(), nullable=True))
    op.create_table(
        "report_mentions",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_mentions_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "kind", "name", name=op.f("pk_report_mentions")),
    )
    op.create_index(op.f("ix_report_mentions_name_kind"), "report_mentions", ["name", "kind"])
    op.create_table(
        "alert_relations",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("relation", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_relations_alert_id_alerts")),
        sa.ForeignKeyConstraint(["other_id"], ["alerts.id"], name=op.f("fk_alert_relations_other_id_alerts")),
        sa.PrimaryKeyConstraint("alert_id", "other_id", "relation", name=op.f("pk_alert_relations")),
    )
    _fill_in()


def _fill_in() -> None:
    connection = op.get_bind()
    reports = sa.table("reports", sa.column("id"), sa.column("assessment", sa.JSON()), sa.column("facts", sa.JSON()))
    mentions = sa.table("report_mentions", sa.column("report_id"), sa.column("kind"), sa.column("name"))
    identifiers = connection.execute(sa.select(reports.c.id)).scalars().all()
    for identifier in identifiers:
        assessment = connection.execute(sa.select(reports.c.assessment).where(reports.c.id == identifier)).scalar_one()
        facts = _facts(assessment)
        if facts is None:
            continue
        connection.execute(sa.update(reports).where(reports.c.id == identifier).values(facts=facts))
        named = [
            {"report_id": identifier, "kind": kind, "name": name}
            for kind in ("evidence", "derived_from")
            for name in facts[kind]
        ]
        if named:
            connection.execute(sa.insert(mentions), named)


def _facts(assessment: dict[str, Any]) -> dict[str, Any] | None:
    """As `Facts` was when this step was written."""
    grade = assessment.get("grade")
    finding = assessment.get("finding")
    body = finding or assessment.get("incident")
    if grade is None or body is None:
        return None
    rests_on = body.get("evidence", ()) if finding else body.get("supporting_materials", ())
    facts = {
        "kind": assessment["kind"],
        "certainty": grade["certainty"],
        "urgency": grade["urgency"],
        "oecd_class": grade["oecd_class"],
        "evidence": list(dict.fromkeys(each["digest"] for each in rests_on if each.get("digest"))),
        "derived_from": list(dict.fromkeys(body.get("derived_from", ()))),
        "supersedes": [],
    }
    if grade.get("domain"):
        facts["domain"] = grade["domain"]
    if finding:
        system = finding["system"]
        facts["system"] = {name: system[name] for name in ("name", "version") if system.get(name)}
        named = (grade.get("evaluation") or finding["evaluation"]["name"]).casefold()
        facts["evaluation"] = re.sub(r"[\s_-]+", "-", named).strip("-")
    return facts
