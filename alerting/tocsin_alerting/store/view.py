"""Reads alerts for readers: one alert, a page of them, and what was sent about one. All that is shown comes by here."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store.guided import compared_reports, divergences
from tocsin_alerting.store.record import AlertRecord, alert_record
from tocsin_alerting.store.standings import Standings, standings_of
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas.vocabulary import AlertChange, AlertPurpose, AlertState, Tlp


def alert_view(
    session: Session, alert_id: str, *, directory: Directory, level: Callable[[Tlp], Level]
) -> AlertView | None:
    """An alert as one reader may see it; None where there is none, or where the reader may know nothing of it.

    Args:
        session: a session that looks.
        alert_id: the alert.
        directory: names and contacts.
        level: how much the reader may see of an alert with a given label.
    """
    record = alert_record(session, alert_id, directory=directory)
    return None if record is None else record.at(level(record.label))


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Some alerts, newest first, and how to ask for those after them."""

    items: tuple[AlertView, ...]
    """Without reports and changes. What the reader may know nothing of is left out, so a page may be short."""
    next: str | None
    """Cursor of the next page; None at the end."""


def alert_page(
    session: Session,
    *,
    directory: Directory,
    level: Callable[[Tlp], Level],
    states: Collection[AlertState],
    limit: int,
    cursor: str | None = None,
) -> AlertPage:
    """Alerts in some of the states, those raised last first.

    Raises:
        ValueError: the cursor is none that was given out.
    """
    query = select(AlertRow).where(AlertRow.state.in_([state.value for state in states]))
    if cursor is not None:
        raised_at, alert_id = _read_cursor(cursor)
        query = query.where(
            or_(AlertRow.raised_at < raised_at, and_(AlertRow.raised_at == raised_at, AlertRow.id < alert_id))
        )
    rows = session.scalars(query.order_by(AlertRow.raised_at.desc(), AlertRow.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return AlertPage(views_of(session, shown, directory=directory, level=level), _cursor(shown[-1]) if more else None)


def views_of(
    session: Session, shown: Sequence[AlertRow], *, directory: Directory, level: Callable[[Tlp], Level]
) -> tuple[AlertView, ...]:
    """Alerts for a list, in the order given, without reports and changes; what may not be known is left out."""
    reports = _by_alert(
        session.scalars(
            select(ReportRow)
            .where(ReportRow.alert_id.in_([row.id for row in shown]))
            .order_by(ReportRow.received_at, ReportRow.id)
        )
    )
    standings = standings_of(session, [row.id for row in shown])
    guidance = divergences(session, [row.id for row in shown if row.purpose == AlertPurpose.GUIDANCE])
    items = []
    for row in shown:
        said = guidance.get(row.id)
        gathered = reports.get(row.id, []) if said is None else compared_reports(session, said)
        record = AlertRecord(row, gathered, (), standings.get(row.id, Standings()), directory, divergence=said)
        view = record.at(level(record.label))
        if view is not None:
            items.append(replace(view, reports=(), changes=()))
    return tuple(items)


def _by_alert(rows: Iterable[ReportRow]) -> Mapping[str, list[ReportRow]]:
    found: dict[str, list[ReportRow]] = {}
    for row in rows:
        found.setdefault(row.alert_id, []).append(row)
    return found


def _cursor(row: AlertRow) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.raised_at.isoformat(), row.id]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        raised_at, alert_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = datetime.fromisoformat(raised_at)
    except (binascii.Error, UnicodeDecodeError, TypeError, ValueError) as error:
        raise ValueError("cursor: is none that this list gave; leave it out to begin at the newest alert") from error
    if instant.tzinfo is None or not isinstance(alert_id, str):
        raise ValueError("cursor: is none that this list gave; leave it out to begin at the newest alert")
    return instant.astimezone(UTC), alert_id


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """Who was told what and when, and what came of it. Holds nothing that was reported."""

    id: str
    revision: int
    change: AlertChange
    institute: str
    contact: str
    channel: str
    address: str
    kind: str
    reason: str
    disclosure: str
    outcome: str
    outcome_reason: str | None
    summary: str | None
    """Id of the bulletin in which it is found, where it was folded."""
    timing: str | None
    """Why it goes out when it does."""
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    stood_in: str | None
    """Why it went out in place of another message to the same contact."""
    receipt: str | None
    receipt_at: datetime | None


def deliveries_of(session: Session, alert_id: str) -> tuple[DeliveryView, ...]:
    """Every message that was planned about an alert, in the order of its changes."""
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.alert_id == alert_id)
        .order_by(DeliveryRow.revision, DeliveryRow.institute, DeliveryRow.channel, DeliveryRow.contact, DeliveryRow.id)
    )
    return tuple(
        DeliveryView(
            id=row.id,
            revision=row.revision,
            change=AlertChange(row.change),
            institute=row.institute,
            contact=row.contact,
            channel=row.channel,
            address=row.address,
            kind=row.kind,
            reason=row.reason,
            disclosure=row.disclosure,
            outcome=row.outcome,
            outcome_reason=row.outcome_reason,
            summary=row.summary_id,
            timing=row.timing,
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
            created_at=row.created_at,
            sent_at=row.sent_at,
            stood_in=row.stood_in,
            receipt=row.receipt,
            receipt_at=row.receipt_at,
        )
        for row in rows
    )
