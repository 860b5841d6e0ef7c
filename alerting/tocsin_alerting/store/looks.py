"""Who has looked: recorded once for each person and round, by a press of theirs and never by a fetched page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.statements import insert_or_ignore
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_answering import LookRow


def record_look(session: Session, *, alert_id: str, institute: str, by: str, via: Via, now: datetime) -> bool:
    """Record that somebody of an institute has looked at an alert; whether the institute is concerned by it.

    It is no change of the alert: nobody is told, no ladder stops. Looking again changes nothing.

    Args:
        session: of the caller's transaction.
        alert_id: the alert.
        institute: whose person it is.
        by: who: a contact id, `slack:<team>:<user>`, `institute:<id>` or `operator`.
        via: where.
        now: when.
    """
    round_ = session.scalar(
        select(ResponseRow.round)
        .join(AlertRow, (AlertRow.id == ResponseRow.alert_id) & (AlertRow.round == ResponseRow.round))
        .where(AlertRow.id == alert_id, ResponseRow.institute == institute)
    )
    if round_ is None:
        return False
    look = {"alert_id": alert_id, "institute": institute, "round": round_, "by": by, "via": via.value, "at": now}
    session.execute(insert_or_ignore(session, LookRow), look)
    return True
