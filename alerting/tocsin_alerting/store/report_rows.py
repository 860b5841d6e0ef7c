"""A report's row: as it is written, and as it ceases to count."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.testimony import Witness
from tocsin_alerting.store.mentions import Mentioned
from tocsin_alerting.store.tables import ReportRow
from tocsin_schemas.assessment import Assessment

_report = cast("Table", ReportRow.__table__)
_REPORT = insert(_report)
"""Statements are built once: to build them takes longer than to run them."""
_OUTDATED = (
    update(_report)
    .where(
        _report.c.alert_id == bindparam("alert"),
        _report.c.institute == bindparam("of_institute"),
        _report.c.series == bindparam("of_series"),
        _report.c.current,
    )
    .values(current=False)
)
_SUPERSEDED = (
    update(_report).where(_report.c.id == bindparam("report")).values(current=False, superseded_by=bindparam("by"))
)


def write_report(
    session: Session,
    assessment: Assessment,
    witness: Witness,
    *,
    alert_id: str,
    current: bool,
    superseded_by: str | None,
    traceparent: str | None,
) -> None:
    """Keep a report in its alert."""
    session.execute(
        _REPORT,
        {
            "id": witness.report,
            "source": assessment.source,
            "event_id": assessment.report,
            "series": assessment.series,
            "institute": assessment.institute,
            "kind": assessment.kind.value,
            "action": assessment.action.value,
            "tlp": assessment.tlp.value,
            "status": assessment.status.value,
            "severity": witness.severity.value if witness.severity is not None else None,
            "current": current,
            "assessment": assessment.model_dump(mode="json", exclude_none=True),
            "facts": None if witness.facts is None else witness.facts.model_dump(mode="json", exclude_none=True),
            "superseded_by": superseded_by,
            "alert_id": alert_id,
            "trace": traceparent,
            "reported_at": assessment.reported_at,
            "received_at": witness.received_at,
        },
    )


def mark_outdated(session: Session, alert_id: str, institute: str, series: str) -> None:
    """A series' earlier reports in an alert no longer count."""
    session.execute(_OUTDATED, {"alert": alert_id, "of_institute": institute, "of_series": series})


def mark_superseded(session: Session, report: Mentioned, by: str) -> None:
    """A report no longer counts: a series of its institute took its place."""
    session.execute(_SUPERSEDED, {"report": report.report, "by": by})
