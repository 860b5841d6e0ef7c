"""Reads a bulletin for its reader: what it says, and of each alert it names as much as may be said there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.bulletins.counting import count
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.record import alert_record
from tocsin_alerting.store.summaries import held, named
from tocsin_alerting.store.tables_bulletins import BulletinRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas.vocabulary import Tlp


def bulletin_view(
    session: Session, identifier: str, *, directory: Directory, level: Callable[[Tlp], Level], public_url: str
) -> BulletinView | None:
    """A bulletin as one reader may have it, from what is true now; None where there is no such bulletin.

    Args:
        session: a session that looks.
        identifier: of the bulletin.
        directory: names and contacts.
        level: how much the reader may know of an alert with a given label, decided for each alert.
        public_url: where pages are.
    """
    row = session.get(BulletinRow, identifier)
    if row is None:
        return None
    kind = BulletinKind(row.kind)
    holds = held(session, row.id, directory=directory, level=level) if kind.holds else None
    views, unknown = [], []
    for alert in row.alerts if holds is None else named(holds):
        record = alert_record(session, alert, directory=directory)
        view = None if record is None else record.at(level(record.label))
        if view is not None:
            views.append(view)
        elif record is not None:
            unknown.append(record.label)
    contact = directory.contacts.get(row.contact)
    return BulletinView(
        id=row.id,
        kind=kind,
        edition=row.edition,
        content=row.content,
        alerts=tuple(views),
        unknown=tuple(unknown),
        institute_name=directory.institute_name(row.institute),
        contact_name=row.contact if contact is None else contact.name,
        public_url=public_url.rstrip("/"),
        created_at=row.created_at,
        updated_at=row.updated_at,
        holds=None if holds is None else count(holds, since=_told_before(session, row)),
    )


def _told_before(session: Session, row: BulletinRow) -> datetime | None:
    """When its last edition went out; None where it is the first, or is changed in place and has no earlier ones."""
    if row.channel == Channel.SLACK.value:
        return None
    found: datetime | None = session.scalar(
        select(func.max(DeliveryRow.sent_at, type_=UtcDateTime())).where(DeliveryRow.bulletin_id == row.id)
    )
    return found
