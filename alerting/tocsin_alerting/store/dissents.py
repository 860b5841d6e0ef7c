"""Dissents: an institute holds another severity; it is recorded and told, and changes nothing about the alert's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.dissent import DissentOutcome, DissentReason
from tocsin_alerting.policy.overrides import NO_GRADE, target_faults
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.overrides import ID_TAKEN, Wish
from tocsin_alerting.store.standing_override import harmful_reports
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_judgements import DissentRow
from tocsin_schemas.errors import Problem
from tocsin_schemas.vocabulary import AlertChange, AlertPurpose, AlertState, ReportKind, Severity


@dataclass(frozen=True, slots=True)
class GivenDissent:
    """What became of it; `dissent` is what the institute says now, or what was withdrawn."""

    outcome: DissentOutcome
    alert_id: str
    institute: str
    dissent: DissentRow | None = None
    severity: Severity | None = None
    """The alert's severity, which stays as it is."""
    problems: tuple[Problem, ...] = ()
    """Why it is invalid, by field."""


def record_dissent(session: Session, *, alert_id: str, institute: str, wish: Wish, now: datetime) -> GivenDissent:
    """Record what an institute holds against an alert's severity, in place of what it said before.

    Call it inside `with store.transaction() as session`. What it said before is kept.
    """
    alert = lock_alert(session, alert_id)
    if alert is None:
        return GivenDissent(DissentOutcome.UNKNOWN_ALERT, alert_id, institute)
    severity = Severity(alert.severity)
    identifier = wish.row_id("dissent", alert_id, institute)
    known = session.get(DissentRow, identifier)
    if known is not None:
        same = _says_the_same(known, wish)
        outcome = DissentOutcome.REPEATED if same else DissentOutcome.INVALID
        return GivenDissent(outcome, alert_id, institute, known, severity, () if same else (ID_TAKEN,))
    if alert.purpose == AlertPurpose.GUIDANCE:
        return GivenDissent(DissentOutcome.INVALID, alert_id, institute, severity=severity, problems=(NO_GRADE,))
    if alert.state == AlertState.RETRACTED:
        return GivenDissent(DissentOutcome.RETRACTED, alert_id, institute, severity=severity)
    newest = newest_dissent(session, alert_id, institute)
    if newest is not None and newest.withdrawn_at is None and _says_the_same(newest, wish):
        return GivenDissent(DissentOutcome.REPEATED, alert_id, institute, newest, severity)
    problems = target_faults(wish.severity, kind=ReportKind(alert.kind), harm=bool(harmful_reports(session, alert_id)))
    if problems:
        return GivenDissent(DissentOutcome.INVALID, alert_id, institute, severity=severity, problems=tuple(problems))
    if wish.severity is severity:
        return GivenDissent(DissentOutcome.AGREES, alert_id, institute, severity=severity)
    row = DissentRow(
        id=identifier,
        alert_id=alert_id,
        revision=alert.revision + 1,
        institute=institute,
        severity=wish.severity.value,
        against=severity.value,
        why=wish.why,
        evidence=wish.references,
        at=now,
        by=wish.by,
        via=wish.via.value,
    )
    session.add(row)
    _tell(session, alert, DissentReason.RECORDED, institute, now, actor=wish.by, note=wish.why)
    return GivenDissent(DissentOutcome.RECORDED, alert_id, institute, row, severity)


def withdraw_dissent(
    session: Session, *, alert_id: str, institute: str, why: str | None, by: str, now: datetime
) -> GivenDissent:
    """Take an institute's dissent back; what it said stays on record.

    Call it inside `with store.transaction() as session`.
    """
    alert = lock_alert(session, alert_id)
    if alert is None:
        return GivenDissent(DissentOutcome.UNKNOWN_ALERT, alert_id, institute)
    severity = Severity(alert.severity)
    row = newest_dissent(session, alert_id, institute)
    if row is None:
        return GivenDissent(DissentOutcome.NO_DISSENT, alert_id, institute, severity=severity)
    if row.withdrawn_at is not None:
        return GivenDissent(DissentOutcome.REPEATED, alert_id, institute, row, severity)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, by, why
    _tell(session, alert, DissentReason.WITHDRAWN, institute, now, actor=by, note=why)
    return GivenDissent(DissentOutcome.RECORDED, alert_id, institute, row, severity)


def newest_dissent(session: Session, alert_id: str, institute: str) -> DissentRow | None:
    """An institute's last word on an alert's severity, withdrawn or not."""
    return session.scalars(
        select(DissentRow)
        .where(DissentRow.alert_id == alert_id, DissentRow.institute == institute)
        .order_by(DissentRow.revision.desc())
        .limit(1)
    ).one_or_none()


def _tell(
    session: Session,
    alert: AlertRow,
    reason: DissentReason,
    institute: str,
    now: datetime,
    *,
    actor: str,
    note: str | None,
) -> None:
    record_change(
        session,
        alert,
        change=AlertChange.UPDATED,
        reason=reason.value,
        now=now,
        institute=institute,
        actor=actor,
        note=note,
    )


def _says_the_same(row: DissentRow, wish: Wish) -> bool:
    return (row.severity, row.why, row.evidence) == (wish.severity.value, wish.why, wish.references)
