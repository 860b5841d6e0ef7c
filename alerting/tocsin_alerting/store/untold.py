"""Whose last message about an alert was kept back, and nothing later told them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.notification_plan import Untold
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.telling import UNMUTED, DeliveryKind, TellingReason
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas.alert_events import AlertEvent

_row = cast("Table", DeliveryRow.__table__).c
_TELLS_NOTHING = (Outcome.WITHHELD.value, Outcome.SUPERSEDED.value, Outcome.STANDBY.value, Outcome.SKIPPED.value)
_SPOKEN = (
    select(_row.institute, _row.contact, _row.channel, _row.address, _row.reason, _row.outcome, _row.revision)
    .where(
        _row.alert_id == bindparam("alert"),
        _row.institute == bindparam("of_institute"),
        _row.revision < bindparam("before"),
        _row.kind != DeliveryKind.EDIT.value,
        _row.outcome.not_in(_TELLS_NOTHING),
    )
    .order_by(_row.revision, _row.created_at, _row.id)
)
_EVER = 2**31 - 1


def untold_by(session: Session, event: AlertEvent) -> tuple[Untold, ...]:
    """Who is told by an event that says that what was kept back is told now; nobody by any other."""
    if event.institute is None or event.reason not in {reason.value for reason in UNMUTED}:
        return ()
    return untold_of(session, event.alert, event.institute, before=event.revision)


def untold_of(session: Session, alert: str, institute: str, *, before: int = _EVER) -> tuple[Untold, ...]:
    """Addresses of an institute's people whose last message about an alert was kept back, in the order of changes."""
    found: dict[tuple[str, str], Untold] = {}
    for row in session.execute(_SPOKEN, {"alert": alert, "of_institute": institute, "before": before}):
        place = (row.channel, row.address)
        if row.outcome != Outcome.MUTED.value:
            # What came later told them of the alert as it stood.
            found.pop(place, None)
            continue
        asked = TellingReason(row.reason).pages or (place in found and found[place].asked)
        found[place] = Untold(row.institute, row.contact, Channel(row.channel), row.address, asked)
    return tuple(found.values())
