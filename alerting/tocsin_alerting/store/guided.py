"""What a guidance alert says, and the table of an exercise's alert, as they are read for a reader."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.comparison import ComparisonTable, comparison_table
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.guidance import Divergence
from tocsin_alerting.policy.results import result_of
from tocsin_alerting.store.tables import ReportRow
from tocsin_alerting.store.tables_guidance import GuidanceRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.vocabulary import Action

_guidance, _reports = (row.__table__.c for row in (GuidanceRow, ReportRow))
_CONTENT = select(_guidance.alert_id, _guidance.content).where(
    _guidance.alert_id.in_(bindparam("alerts", expanding=True))
)
_COMPARED = (
    select(*_reports)
    .where(_reports.id.in_(bindparam("reports", expanding=True)))
    .order_by(_reports.received_at, _reports.id)
)


def divergences(session: Session, alerts: Collection[str]) -> dict[str, Divergence]:
    """What guidance alerts say, by alert."""
    if not alerts:
        return {}
    rows = session.execute(_CONTENT, {"alerts": list(alerts)})
    return {row.alert_id: Divergence.model_validate(row.content) for row in rows}


def compared_reports(session: Session, divergence: Divergence) -> Sequence[Row[Any]]:
    """The reports that a guidance alert compares: they belong to alerts of their own."""
    return session.execute(_COMPARED, {"reports": [party.report for party in divergence.parties]}).all()


def exercise_table(reports: Sequence[ReportRow | Row[Any]], directory: Directory) -> ComparisonTable | None:
    """The results by language of the exercise that an alert's current reports belong to; None where there is none."""
    # Looked at before it is read: hardly any report belongs to an exercise, and every message comes by here.
    joint = [
        row
        for row in reports
        if row.current
        and row.action != Action.RETRACT
        and (row.assessment.get("finding") or {}).get("exercise") is not None
    ]
    read = ((Assessment.model_validate(row.assessment), row.id) for row in joint)
    found = [result_of(assessment, identifier, directory.systems) for assessment, identifier in read]
    results = [result for result in found if result is not None]
    name = next((result.exercise_name for result in results if result.exercise_name is not None), None)
    return None if name is None else comparison_table(results, exercise=name)
