"""Holding the alerts that a report touches, all at once and in one order, so that two desks never wait for each other.

Whoever needs several alerts holds them in the order of their ids, before anything is written. What was read before may
have changed meanwhile: then the transaction is begun anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Row, Table, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.store.changes import lock_alert
from tocsin_alerting.store.tables import AlertRow, ReportRow

_report = cast("Table", ReportRow.__table__)
_alert = cast("Table", AlertRow.__table__)
_OF_SERIES = (
    select(_report.c.alert_id, _alert.c.state, _alert.c.status)
    .join(_alert, _report.c.alert_id == _alert.c.id)
    .where(
        _report.c.institute == bindparam("institute"),
        _report.c.series == bindparam("series"),
        _report.c.kind == bindparam("kind"),
    )
    .order_by(_report.c.current.desc(), _report.c.received_at.desc())
    .limit(1)
)
_OPEN = select(_alert.c.id).where(_alert.c.open_key == bindparam("key"))


class CrossedError(Exception):
    """Another desk changed an alert between the look at it and the hold on it; the transaction is begun anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """The alerts that a report touches."""

    by_id: Mapping[str, AlertRow]
    open: AlertRow | None
    """The one that takes further reports of the key, where one was asked for."""


def alert_of_series(session: Session, institute: str, series: str, kind: str) -> Row[str, str, str] | None:
    """The alert that a series belongs to, with its state and status: of its current report, else of its newest."""
    return session.execute(_OF_SERIES, {"institute": institute, "series": series, "kind": kind}).one_or_none()


def hold(session: Session, ids: Collection[str], *, key: str | None = None) -> Held:
    """Hold alerts until the transaction ends.

    Args:
        session: of the transaction.
        ids: of the alerts.
        key: hold the alert as well that is open for this key, if one is.

    Raises:
        CrossedError: the open alert was closed, or another one opened, meanwhile.
    """
    if not ids and key is not None:
        return _hold_open(session, key)
    if key is None and len(ids) == 1:
        (one,) = ids
        alert = lock_alert(session, one)
        return Held({} if alert is None else {one: alert}, None)
    open_id = None if key is None else session.execute(_OPEN, {"key": key}).scalar_one_or_none()
    wanted = sorted({*ids} if open_id is None else {*ids, open_id})
    rows = session.scalars(
        select(AlertRow)
        .where(AlertRow.id.in_(wanted))
        .order_by(AlertRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    held = {row.id: row for row in rows}
    if open_id is None:
        return Held(held, None)
    if held[open_id].open_key != key:
        raise CrossedError(f"alert {open_id} is no longer open for its key")
    return Held(held, held[open_id])


def _hold_open(session: Session, key: str) -> Held:
    alert = session.scalars(
        select(AlertRow).where(AlertRow.open_key == key).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    return Held({} if alert is None else {alert.id: alert}, alert)
