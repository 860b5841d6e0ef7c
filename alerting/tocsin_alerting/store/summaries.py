"""What was folded into a bulletin: every alert is found from it, with as much as a reader may know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.bulletins.counting import Held
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level, label_of
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.queue import ALERTS
from tocsin_alerting.store.tables import ReportRow
from tocsin_schemas.vocabulary import AlertState, Severity, Status, Tlp

GRAVEST = 10
"""How many alerts a summary names."""

_row, _alert, _report = DELIVERIES.c, ALERTS.c, ReportRow.__table__.c
_FOLDED = (
    select(_row.alert_id, func.max(_row.folded_at, type_=UtcDateTime()).label("folded_at"))
    .where(_row.summary_id == bindparam("summary"))
    .group_by(_row.alert_id)
    .subquery()
)
_HELD = (
    select(
        _FOLDED.c.alert_id,
        _FOLDED.c.folded_at,
        _alert.severity,
        _alert.tlp,
        _alert.status,
        _alert.state,
        _alert.domain,
        _report.institute,
        _report.facts,
    )
    .join_from(_FOLDED, ALERTS, _alert.id == _FOLDED.c.alert_id)
    .outerjoin(ReportRow.__table__, _report.id == _alert.lead_report)
)
_LABELS = select(_report.alert_id, _report.tlp).join_from(
    _FOLDED, ReportRow.__table__, _report.alert_id == _FOLDED.c.alert_id
)


def held(session: Session, summary: str, *, directory: Directory, level: Callable[[Tlp], Level]) -> tuple[Held, ...]:
    """The alerts that a bulletin holds, each once, the gravest first; those of which nothing may be known are left out.

    Args:
        session: a session that looks.
        summary: id of the bulletin.
        directory: names of institutes.
        level: how much the reader may know of an alert with a given label.
    """
    labels: dict[str, Tlp] = {}
    for alert, text in session.execute(_LABELS, {"summary": summary}):
        labels[alert] = max(labels.get(alert, Tlp.CLEAR), label_of(text), key=lambda label: label.rank)
    levels = {label: level(label) for label in Tlp}
    found = []
    for row in session.execute(_HELD, {"summary": summary}):
        label = max(labels.get(row.alert_id, Tlp.CLEAR), label_of(row.tlp), key=lambda label: label.rank)
        if levels[label] is not Level.NOTHING:
            found.append(_held(row, label, levels[label], directory))
    return tuple(sorted(found, key=lambda each: (-each.severity.rank, each.folded_at, each.alert_id)))


def named(holds: Iterable[Held]) -> tuple[str, ...]:
    """Ids of the alerts that a summary names: the gravest that are still open, then the others."""
    closed = {AlertState.RESOLVED, AlertState.RETRACTED}
    ordered = sorted(holds, key=lambda each: each.state in closed)
    return tuple(each.alert_id for each in ordered[:GRAVEST])


def _held(row: Any, label: Tlp, level: Level, directory: Directory) -> Held:
    full = level is Level.FULL
    facts = row.facts if full and row.facts is not None else {}
    system = facts.get("system") or {}
    return Held(
        alert_id=row.alert_id,
        level=level,
        severity=Severity(row.severity),
        tlp=label,
        status=Status(row.status),
        state=AlertState(row.state),
        reporter=directory.institute_name(row.institute) if full and row.institute else None,
        system=" ".join(part for part in (system.get("name"), system.get("version")) if part) or None,
        evaluation=facts.get("evaluation"),
        domain=row.domain if full else None,
        folded_at=row.folded_at,
    )
