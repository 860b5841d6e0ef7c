"""Flapping in the store: a change is damped where it is decided, and the end is said by the desk's timer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.lifecycle import Decision, LifecycleReason
from tocsin_alerting.policy.muting.flapping import Damping, FlappingRule, Moved, Way, damping, is_over
from tocsin_alerting.policy.telling import TellingReason
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.tables import AlertRow, ChangeRow
from tocsin_alerting.store.tables_muting import FlappingRow
from tocsin_schemas.vocabulary import AlertChange, AlertState, Severity

_WAYS = {
    LifecycleReason.SEVERITY_RAISED: Way.UP,
    LifecycleReason.SEVERITY_LOWERED: Way.DOWN,
    LifecycleReason.CORROBORATED: Way.CONFIRMED,
    LifecycleReason.CORROBORATED_ASKED_ANEW: Way.CONFIRMED,
    LifecycleReason.CONFIRMATION_LOST: Way.UNCONFIRMED,
}
_DAMPED = {Damping.LINE: LifecycleReason.FLAPPING, Damping.EDIT: LifecycleReason.FLAPPING_EDITED}


def damped(session: Session, alert: AlertRow, decision: Decision, *, directory: Directory, now: datetime) -> Decision:
    """The decision, told more quietly where the alert flaps; the caller holds the alert, whose row is as it was."""
    way = _WAYS.get(decision.reason)
    if decision.change is not AlertChange.UPDATED or way is None:
        return decision
    past, first = _past(session, alert.id)
    change = Moved(now, way, decision.severity)
    rule = directory.muting.flapping
    found = damping(past, change, rule, first=first, resolved=alert.state == AlertState.RESOLVED.value)
    row = session.get(FlappingRow, alert.id)
    if row is not None:
        row.last_at = now
    if not found.damps:
        return decision
    if row is None:
        session.add(FlappingRow(alert_id=alert.id, since=now, last_at=now))
    return replace(decision, reason=_DAMPED[found], new_round=False)


def end_flapping(store: Store, *, directory: Directory, now: datetime) -> list[str]:
    """Say of every alert that has been quiet for long enough that it has; their ids."""
    rule = directory.muting.flapping
    quiet = (
        select(FlappingRow.alert_id)
        .where(FlappingRow.last_at <= now - rule.quiet)
        .order_by(FlappingRow.last_at)
        .limit(BATCH)
    )
    return act_on_due(
        store,
        lambda session: session.scalars(quiet),
        lambda session, alert_id: alert_id if _end(session, alert_id, rule, now) else None,
    )


def _end(session: Session, alert_id: str, rule: FlappingRule, now: datetime) -> bool:
    alert = lock_alert(session, alert_id)
    row = session.get(FlappingRow, alert_id, populate_existing=True)
    if alert is None or row is None or not is_over(row.last_at, now, rule):
        return False
    session.delete(row)
    if alert.state in {AlertState.RESOLVED.value, AlertState.RETRACTED.value}:
        return False
    record_change(session, alert, change=AlertChange.UPDATED, reason=TellingReason.FLAPPING_ENDED.value, now=now)
    return True


def _past(session: Session, alert_id: str) -> tuple[list[Moved], Severity]:
    """The alert's moves since flapping was last said to be over, and its highest severity until then."""
    rows = session.execute(
        select(ChangeRow.at, ChangeRow.reason, ChangeRow.event)
        .where(ChangeRow.alert_id == alert_id)
        .order_by(ChangeRow.revision)
    ).all()
    moves: list[Moved] = []
    first, before = Severity.UNCLASSIFIED, Severity.UNCLASSIFIED
    for place, row in enumerate(rows):
        severity = Severity(row.event["severity"])
        move = _moved(row, before, moves) if place else None
        if row.reason == TellingReason.FLAPPING_ENDED:
            first = _highest([first, *(one.severity for one in moves)])
            moves = []
        elif move is not None:
            moves.append(move)
        else:
            # As it was raised, or what a person made of it.
            first = _highest([first, severity])
        before = severity
    return moves, first


def _moved(row: Row[Any], before: Severity, moves: list[Moved]) -> Moved | None:
    severity = Severity(row.event["severity"])
    known = {reason.value: way for reason, way in _WAYS.items()}
    if row.reason in known:
        return Moved(row.at, known[row.reason], severity)
    if row.reason not in {reason.value for reason in _DAMPED.values()}:
        return None
    said = row.reason == LifecycleReason.FLAPPING.value
    if severity is not before:
        way = Way.UP if severity.rank > before.rank else Way.DOWN
    else:
        # It was damped without a change of severity: a confirmation that came or went, against the last one.
        confirmations = [one.way for one in moves if one.way in {Way.CONFIRMED, Way.UNCONFIRMED}]
        way = confirmations[-1].back if confirmations else Way.CONFIRMED
    return Moved(row.at, way, severity, said=said, damped=True)


def _highest(severities: Iterable[Severity]) -> Severity:
    return max(severities, key=lambda severity: severity.rank)
