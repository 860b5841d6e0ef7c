"""What an alert is about, as far as subscriptions look at it."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.subscriptions import Subject, may_be_subscribed_to
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.evaluation import System
from tocsin_schemas.vocabulary import AlertChange, Domain

_alert, _report = cast("Table", AlertRow.__table__).c, cast("Table", ReportRow.__table__).c
_REPORTS = (
    select(_alert.domain, _report.institute, _report.assessment)
    .join_from(AlertRow, ReportRow, _report.alert_id == _alert.id)
    .where(_alert.id == bindparam("alert"), _report.current)
    .order_by(_report.id)
)
_CHANGES = frozenset({AlertChange.RAISED, AlertChange.UPDATED})
"""Changes by which an alert can become one that somebody subscribes to."""


def alert_subject(session: Session, event: AlertEvent, directory: Directory) -> Subject | None:
    """What the event's alert is about; None where no subscription is to be looked at."""
    if (
        not directory.subscribers
        or event.change not in _CHANGES
        or not may_be_subscribed_to(event.purpose, event.status)
    ):
        return None
    rows = session.execute(_REPORTS, {"alert": event.alert}).all()
    if not rows:
        return None
    reporters = {row.institute for row in rows}
    return Subject(
        severity=event.severity,
        domain=None if rows[0].domain is None else Domain(rows[0].domain),
        systems={directory.systems.canonical(system).id for row in rows for system in _systems(row.assessment)},
        reporters=reporters,
        regions=directory.regions(reporters),
    )


def _systems(assessment: dict[str, Any]) -> list[System]:
    finding, incident = assessment.get("finding"), assessment.get("incident")
    found = [finding["system"]] if finding else (incident or {}).get("systems", ())
    return [System.model_validate(one) for one in found]
