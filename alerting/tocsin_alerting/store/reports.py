"""Taking a graded report: one transaction from the assessment to the alert, its change, its event and who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.policy.testimony import report_id
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.guidance import give_guidance
from tocsin_alerting.store.holding import CrossedError
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.taking import Taking
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.vocabulary import AlertChange

_TRIES = 8
_report = cast("Table", ReportRow.__table__)
_alert = cast("Table", AlertRow.__table__)
_KNOWN = (
    select(_report.c.alert_id, _alert.c.revision)
    .join(_alert, _report.c.alert_id == _alert.c.id)
    .where(_report.c.id == bindparam("report"))
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an assessment."""

    reason: LifecycleReason
    alert_id: str
    change: AlertChange | None
    """None: the alert did not change."""
    revision: int
    """The alert's revision now."""


def take(
    store: Store, assessment: Assessment, *, directory: Directory, now: datetime, traceparent: str | None = None
) -> Taken:
    """Take an assessment in one transaction, tried again when another desk was faster to raise the same alert.

    Raises:
        InvalidEvent: a retraction of a series that was never seen.
        sqlalchemy.exc.OperationalError: the store is away, or a lock could not be had.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            with store.transaction() as session:
                return take_assessment(session, assessment, directory=directory, now=now, traceparent=traceparent)
        except (IntegrityError, CrossedError):
            # The other transaction is committed by now: what collided is found by the next try.
            if attempt == _TRIES:
                raise
    raise AssertionError("the last try returns or raises")


def take_assessment(
    session: Session, assessment: Assessment, *, directory: Directory, now: datetime, traceparent: str | None = None
) -> Taken:
    """Take an assessment within the caller's transaction.

    Raises:
        InvalidEvent: a retraction of a series that was never seen.
        sqlalchemy.exc.IntegrityError: another desk raised the same alert meanwhile; roll back and call again.
        CrossedError: another desk changed an alert that was about to be held; roll back and call again.
    """
    identifier = report_id(assessment.source, assessment.report)
    known = session.execute(_KNOWN, {"report": identifier}).one_or_none()
    if known is not None:
        return Taken(LifecycleReason.DUPLICATE, known.alert_id, None, known.revision)
    alert, decision = Taking(session, assessment, directory=directory, now=now, traceparent=traceparent).take()
    give_guidance(session, assessment, report=identifier, directory=directory, now=now, traceparent=traceparent)
    return Taken(decision.reason, alert.id, decision.change, alert.revision)


__all__ = ["CrossedError", "Taken", "report_id", "take", "take_assessment"]
