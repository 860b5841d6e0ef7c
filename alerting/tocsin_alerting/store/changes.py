"""A change of an alert: its next revision, its line in the time line, and its event in the outbox, in one go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from tocsin_alerting.store.tables import AlertRow, ChangeRow, OutboxRow
from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.envelope import Envelope
from tocsin_schemas.event_types import ALERT_TYPES
from tocsin_schemas.topics import ALERTS
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
)

SOURCE = "urn:tocsin:alerting"
"""CloudEvents source of the events on `alerts`."""

_CHANGE = insert(cast("Table", ChangeRow.__table__))
"""Statements are built once: to build them takes longer than to run them."""
_EVENT = insert(cast("Table", OutboxRow.__table__))


def lock_alert(session: Session, alert_id: str) -> AlertRow | None:
    """The alert, held until the transaction ends: whoever else wants to change it waits.

    On SQLite the transaction itself holds the write lock. Whatever the session read before is read anew.
    """
    return session.scalars(
        select(AlertRow).where(AlertRow.id == alert_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def record_change(
    session: Session,
    alert: AlertRow,
    *,
    change: AlertChange,
    reason: str,
    now: datetime,
    institute: str | None = None,
    step: int | None = None,
    reports: Iterable[str] = (),
    rules: Iterable[str] = (),
    actor: str | None = None,
    note: str | None = None,
    traceparent: str | None = None,
) -> AlertEvent:
    """Make what the alert row now says its next revision, and have it told.

    The caller holds the alert (see `lock_alert`) and has already put the new state and severity into the row.
    """
    alert.revision += 1
    alert.updated_at = now
    event = AlertEvent(
        alert=alert.id,
        revision=alert.revision,
        change=change,
        at=now,
        reason=reason,
        kind=ReportKind(alert.kind),
        purpose=AlertPurpose(alert.purpose),
        state=AlertState(alert.state),
        severity=Severity(alert.severity),
        oecd_class=OecdClass(alert.oecd_class),
        status=Status(alert.status),
        tlp=Tlp(alert.tlp),
        round=alert.round,
        institute=institute,
        step=step,
        reports=tuple(reports),
        rules=tuple(rules),
    )
    data = event.model_dump(mode="json", exclude_none=True)
    # Before the rows that refer to it; a new alert has not been written yet.
    session.flush()
    session.execute(
        _CHANGE,
        {
            "alert_id": alert.id,
            "revision": event.revision,
            "change": change.value,
            "reason": reason,
            "at": now,
            "event": data,
            "note": note,
            "actor": actor,
        },
    )
    session.execute(
        _EVENT,
        {
            "topic": ALERTS.base_name,
            "key": alert.id,
            "value": _envelope(event, data, traceparent).to_json().decode(),
            "created_at": now,
            "published_at": None,
        },
    )
    return event


def _envelope(event: AlertEvent, data: dict[str, object], traceparent: str | None) -> Envelope:
    extensions = {"tlp": event.tlp.value}
    if traceparent is not None:
        extensions["traceparent"] = traceparent
    return Envelope(
        id=event_id(event.alert, event.revision),
        source=SOURCE,
        type=ALERT_TYPES[event.change],
        subject=event.alert,
        data=data,
        time=event.at,
        extensions=extensions,
    )


def event_id(alert_id: str, revision: int) -> str:
    """Id of the event of a change: the same however often it is published."""
    return str(uuid5(NAMESPACE_URL, f"{SOURCE}:{json.dumps([alert_id, revision])}"))
