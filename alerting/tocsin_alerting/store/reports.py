"""Taking a graded report: one transaction from the assessment to the alert, its change, its event and who is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tocsin_alerting.policy.correlation import correlate
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.lifecycle import (
    AlertNow,
    Arriving,
    Decision,
    LifecycleReason,
    Standing,
    decide,
    raise_alert,
    without,
)
from tocsin_alerting.store.alert_rows import alert_row, apply_decision
from tocsin_alerting.store.changes import lock_alert
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.standing_override import standing_override
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.errors import ProblemCode, invalid
from tocsin_schemas.vocabulary import Action, AlertChange, AlertState, Severity

_TRIES = 8
_report = cast("Table", ReportRow.__table__)
_alert = cast("Table", AlertRow.__table__)
_REPORT = insert(_report)
"""Statements are built once: to build them takes longer than to run them."""
_KNOWN = (
    select(_report.c.alert_id, _alert.c.revision)
    .join(_alert, _report.c.alert_id == _alert.c.id)
    .where(_report.c.id == bindparam("report"))
)
_ALERT_OF_SERIES = (
    select(_report.c.alert_id)
    .where(
        _report.c.institute == bindparam("institute"),
        _report.c.series == bindparam("series"),
        _report.c.kind == bindparam("kind"),
    )
    .order_by(_report.c.current.desc(), _report.c.received_at.desc())
    .limit(1)
)
_CURRENT = select(_report.c.id, _report.c.institute, _report.c.series, _report.c.severity, _report.c.received_at).where(
    _report.c.alert_id == bindparam("alert"), _report.c.current
)
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
        except IntegrityError:
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
    """
    identifier = report_id(assessment.source, assessment.report)
    known = session.execute(_KNOWN, {"report": identifier}).one_or_none()
    if known is not None:
        return Taken(LifecycleReason.DUPLICATE, known.alert_id, None, known.revision)
    return _Taking(session, assessment, identifier, directory, now, traceparent).take()


def report_id(source: str, event_id: str) -> str:
    """The row id of a report: of its source and event id, which identify it for ever."""
    return str(uuid5(NAMESPACE_URL, f"tocsin:report:{source} {event_id}"))


class _Taking:
    """One assessment on its way into the store."""

    def __init__(
        self,
        session: Session,
        assessment: Assessment,
        identifier: str,
        directory: Directory,
        now: datetime,
        traceparent: str | None,
    ) -> None:
        self._session = session
        self._assessment = assessment
        self._directory = directory
        self._now = now
        self._traceparent = traceparent
        grade = assessment.grade
        self._report = Arriving(
            id=identifier,
            series=_series(assessment.institute, assessment.series),
            action=assessment.action,
            severity=grade.severity if grade is not None else None,
            received_at=now,
        )

    def take(self) -> Taken:
        own = self._alert_of_series()
        if self._report.action is Action.RETRACT:
            if own is None:
                raise invalid(
                    "subject",
                    "is a series of which nothing was ever reported by this institute.",
                    "Retract with the subject and the institute of the report that is to be taken back.",
                    ProblemCode.NEVER_SEEN,
                )
            return self._change(own, decide(self._now_of(own), self._report))
        moved = own is not None and own.status != self._assessment.status
        again = own is not None and own.state == AlertState.RETRACTED
        if own is not None and not moved and not again:
            return self._change(own, decide(self._now_of(own), self._report))
        if own is not None and moved and not again:
            self._leave(own)
        correlation = correlate(self._assessment)
        open_alert = self._session.scalars(
            select(AlertRow).where(AlertRow.open_key == correlation.key).with_for_update()
        ).one_or_none()
        if open_alert is not None:
            return self._change(open_alert, decide(self._now_of(open_alert), self._report))
        return self._raise(correlation.key, raise_alert(self._report, again=again, moved=moved))

    def _alert_of_series(self) -> AlertRow | None:
        """The alert that the series belongs to: of its current report, else of its newest."""
        identifier = self._session.execute(
            _ALERT_OF_SERIES,
            {
                "institute": self._assessment.institute,
                "series": self._assessment.series,
                "kind": self._assessment.kind.value,
            },
        ).scalar_one_or_none()
        return None if identifier is None else lock_alert(self._session, identifier)

    def _now_of(self, alert: AlertRow) -> AlertNow:
        rows = self._session.execute(_CURRENT, {"alert": alert.id})
        return AlertNow(
            state=AlertState(alert.state),
            severity=Severity(alert.severity),
            current=tuple(
                Standing(row.id, _series(row.institute, row.series), Severity(row.severity), row.received_at)
                for row in rows
            ),
            override=standing_override(self._session, alert, arriving=(self._report.id, self._assessment)),
        )

    def _raise(self, key: str, decision: Decision) -> Taken:
        alert = alert_row(self._assessment, key=key, report=self._report.id, now=self._now)
        self._session.add(alert)
        # Here another desk's alert for the same key shows, before anything else is written.
        self._session.flush()
        return self._change(alert, decision)

    def _change(self, alert: AlertRow, decision: Decision) -> Taken:
        self._write_report(alert, decision.current)
        apply_decision(
            self._session,
            alert,
            decision,
            reports=(self._report.id,),
            reporters=_reporters(decision.current),
            assessment=self._assessment if decision.lead == self._report.id else None,
            directory=self._directory,
            now=self._now,
            traceparent=self._traceparent,
        )
        return Taken(decision.reason, alert.id, decision.change, alert.revision)

    def _leave(self, alert: AlertRow) -> None:
        """The series goes to an alert of its new status; its old one lives on without it, or is retracted."""
        decision = without(self._now_of(alert), self._report.series)
        self._outdate(alert)
        apply_decision(
            self._session,
            alert,
            decision,
            reports=(self._report.id,),
            reporters=_reporters(decision.current),
            assessment=None,
            directory=self._directory,
            now=self._now,
            traceparent=self._traceparent,
        )

    def _write_report(self, alert: AlertRow, current: tuple[Standing, ...]) -> None:
        assessment = self._assessment
        self._outdate(alert)
        self._session.execute(
            _REPORT,
            {
                "id": self._report.id,
                "source": assessment.source,
                "event_id": assessment.report,
                "series": assessment.series,
                "institute": assessment.institute,
                "kind": assessment.kind.value,
                "action": assessment.action.value,
                "tlp": assessment.tlp.value,
                "status": assessment.status.value,
                "severity": self._report.severity.value if self._report.severity is not None else None,
                "current": any(standing.id == self._report.id for standing in current),
                "assessment": assessment.model_dump(mode="json", exclude_none=True),
                "alert_id": alert.id,
                "trace": self._traceparent,
                "reported_at": assessment.reported_at,
                "received_at": self._now,
            },
        )
        # The alert shows every report it ever gathered: it is as strict as the strictest of them.
        alert.tlp = max(label_of(alert.tlp), assessment.tlp, key=lambda label: label.rank).value

    def _outdate(self, alert: AlertRow) -> None:
        """The series' earlier reports in this alert no longer count."""
        self._session.execute(
            _OUTDATED,
            {"alert": alert.id, "of_institute": self._assessment.institute, "of_series": self._assessment.series},
        )


def _series(institute: str, series: str) -> str:
    return f"{institute} {series}"


def _reporters(current: Iterable[Standing]) -> frozenset[str]:
    return frozenset(standing.series.split(" ", 1)[0] for standing in current)
