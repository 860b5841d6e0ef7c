"""Overrides: a person sets an alert's severity, or takes that back; override, change and event are one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.lifecycle import AlertNow, Decision, overridden, severity_of
from tocsin_alerting.policy.overrides import NO_GRADE, OverrideOutcome, evidence_faults, target_faults
from tocsin_alerting.policy.testimony import Witness
from tocsin_alerting.store.alert_rows import apply_decision
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.changes import lock_alert
from tocsin_alerting.store.gathered import gathered, now_of
from tocsin_alerting.store.standing_override import counting, harmful_reports, newest_standing, standing_override
from tocsin_alerting.store.tables import AlertRow, ChangeRow
from tocsin_alerting.store.tables_judgements import OverrideRow
from tocsin_alerting.store.weighings import read_weighing
from tocsin_schemas.errors import Problem
from tocsin_schemas.evaluation import Evidence
from tocsin_schemas.vocabulary import AlertPurpose, AlertState, ReportKind, Severity


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of an alert's severity, and why."""

    severity: Severity
    why: str
    """Protected like the alert's text; so is the evidence."""
    evidence: tuple[Evidence, ...]
    by: str
    """Who says it: `operator`, `institute:<id>` or a contact's id."""
    via: Via
    request: str | None = None
    """The request's own id: the same wish sent again under it changes nothing."""

    @property
    def references(self) -> list[dict[str, Any]]:
        """The evidence as it is stored."""
        return [each.model_dump(mode="json", exclude_none=True) for each in self.evidence]

    def row_id(self, *about: str) -> str:
        """The id of what is recorded: of the request where it has an id, else a new one."""
        if self.request is None:
            return str(uuid4())
        return str(uuid5(NAMESPACE_URL, f"tocsin:said:{json.dumps([*about, self.by, self.request])}"))


@dataclass(frozen=True, slots=True)
class GivenOverride:
    """What became of the wish, and how the alert stands now."""

    outcome: OverrideOutcome
    alert_id: str
    override: OverrideRow | None = None
    severity: Severity | None = None
    """The alert's severity now."""
    problems: tuple[Problem, ...] = ()
    """Why it is invalid, by field."""


def set_override(
    session: Session,
    *,
    alert_id: str,
    wish: Wish,
    directory: Directory,
    now: datetime,
    seen_revision: int | None = None,
) -> GivenOverride:
    """Let a person's severity stand for the reports that the alert has now.

    Call it inside `with store.transaction() as session`. What was asked before a raise does not answer the raised
    severity: everybody is asked anew.

    Args:
        session: of the caller's transaction.
        alert_id: the alert.
        wish: what is said, why and by whom.
        directory: the policy.
        now: the present instant.
        seen_revision: the alert's revision that the person looked at; reports that came later count themselves.
    """
    alert = lock_alert(session, alert_id)
    if alert is None:
        return GivenOverride(OverrideOutcome.UNKNOWN_ALERT, alert_id)
    identifier = wish.row_id("override", alert_id)
    known = session.get(OverrideRow, identifier)
    if known is not None:
        return _again(alert, known, wish)
    if alert.purpose == AlertPurpose.GUIDANCE:
        return GivenOverride(OverrideOutcome.INVALID, alert_id, severity=Severity(alert.severity), problems=(NO_GRADE,))
    if alert.state == AlertState.RETRACTED:
        return GivenOverride(OverrideOutcome.RETRACTED, alert_id, severity=Severity(alert.severity))
    before, testimonies = alert_now(session, alert)
    seen = frozenset(one.id for one in before.current) - _come_since(session, alert_id, seen_revision)
    repeated = _standing_repeat(session, alert, wish, seen)
    if repeated is not None:
        return GivenOverride(OverrideOutcome.REPEATED, alert_id, repeated, before.severity)
    harmful = harmful_reports(session, alert_id)
    shared = severity_of(before.current)
    problems = target_faults(wish.severity, kind=ReportKind(alert.kind), harm=bool(harmful)) + evidence_faults(
        wish.severity, shared=shared, standing=before.severity, evidence=wish.evidence
    )
    if problems:
        return GivenOverride(OverrideOutcome.INVALID, alert_id, severity=before.severity, problems=tuple(problems))
    decision = overridden(before, counting(identifier, wish.severity, seen, testimonies, harmful))
    if decision.severity is before.severity:
        unchanged = wish.severity is before.severity
        outcome = OverrideOutcome.UNCHANGED if unchanged else OverrideOutcome.CHANGED_SINCE
        return GivenOverride(outcome, alert_id, severity=before.severity)
    row = OverrideRow(
        id=identifier,
        alert_id=alert_id,
        revision=alert.revision + 1,
        severity=wish.severity.value,
        before=before.severity.value,
        shared=shared.value,
        seen=sorted(seen),
        why=wish.why,
        evidence=wish.references,
        at=now,
        by=wish.by,
        via=wish.via.value,
    )
    session.add(row)
    alert.override = identifier
    _apply(session, alert, decision, directory, now, actor=wish.by, note=wish.why)
    return GivenOverride(OverrideOutcome.RECORDED, alert_id, row, decision.severity)


def withdraw_override(
    session: Session, *, alert_id: str, override_id: str, why: str, by: str, directory: Directory, now: datetime
) -> GivenOverride:
    """Take an override back: an earlier one that still stands takes its place, or the shared grade does.

    Call it inside `with store.transaction() as session`.
    """
    alert = lock_alert(session, alert_id)
    if alert is None:
        return GivenOverride(OverrideOutcome.UNKNOWN_ALERT, alert_id)
    row = session.get(OverrideRow, override_id)
    if row is None or row.alert_id != alert_id:
        return GivenOverride(OverrideOutcome.UNKNOWN_OVERRIDE, alert_id)
    if row.withdrawn_at is not None:
        return GivenOverride(OverrideOutcome.REPEATED, alert_id, row, Severity(alert.severity))
    if alert.state == AlertState.RETRACTED:
        return GivenOverride(OverrideOutcome.RETRACTED, alert_id, row, Severity(alert.severity))
    before, testimonies = alert_now(session, alert)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, by, why
    session.flush()
    alert.override = newest_standing(session, alert_id)
    decision = overridden(before, standing_override(session, alert, testimonies), withdrawn=True)
    _apply(session, alert, decision, directory, now, actor=by, note=why)
    return GivenOverride(OverrideOutcome.RECORDED, alert_id, row, decision.severity)


def alert_now(session: Session, alert: AlertRow) -> tuple[AlertNow, tuple[Witness, ...]]:
    """An alert that the caller holds, as the life cycle sees it, and the reports that it gathered."""
    testimonies = gathered(session, alert.id)
    return now_of(alert, testimonies, standing_override(session, alert, testimonies)), testimonies


def _apply(
    session: Session,
    alert: AlertRow,
    decision: Decision,
    directory: Directory,
    now: datetime,
    *,
    actor: str,
    note: str,
) -> None:
    apply_decision(
        session,
        alert,
        decision,
        # None came: who asks what an override has looked at finds it with the override.
        reports=(),
        reporters=frozenset(standing.series.split(" ", 1)[0] for standing in decision.current),
        assessment=None,
        weighing=read_weighing(alert.weighing),
        directory=directory,
        now=now,
        traceparent=None,
        actor=actor,
        note=note,
    )


def _come_since(session: Session, alert_id: str, revision: int | None) -> frozenset[str]:
    """Ids of the reports that came to an alert after a revision."""
    if revision is None:
        return frozenset()
    events = session.scalars(
        select(ChangeRow.event).where(ChangeRow.alert_id == alert_id, ChangeRow.revision > revision)
    )
    return frozenset(report for event in events for report in event.get("reports", ()))


def _says_the_same(row: OverrideRow, wish: Wish) -> bool:
    return (row.severity, row.why, row.evidence, row.by) == (
        wish.severity.value,
        wish.why,
        wish.references,
        wish.by,
    )


def _standing_repeat(session: Session, alert: AlertRow, wish: Wish, seen: frozenset[str]) -> OverrideRow | None:
    """The override that stands, where the same person said the same of the same reports without an id."""
    if wish.request is not None or alert.override is None:
        return None
    row = session.get_one(OverrideRow, alert.override)
    return row if _says_the_same(row, wish) and frozenset(row.seen) == seen else None


def _again(alert: AlertRow, known: OverrideRow, wish: Wish) -> GivenOverride:
    severity = Severity(alert.severity)
    if _says_the_same(known, wish):
        return GivenOverride(OverrideOutcome.REPEATED, alert.id, known, severity)
    return GivenOverride(OverrideOutcome.INVALID, alert.id, known, severity, problems=(ID_TAKEN,))


ID_TAKEN = Problem(
    "Idempotency-Key", "was used for something else.", "Use a new one for each thing you want to be recorded."
)
