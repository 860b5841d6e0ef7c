"""The queue: what is due on a channel, and in which order; one delivery per destination at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.notification import DeliveryKind, TellingReason
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES, insert_or_ignore
from tocsin_alerting.store.tables import AlertRow, DeliveryRow, DestinationRow
from tocsin_schemas.vocabulary import Severity

ALERTS = cast("Table", AlertRow.__table__)
DESTINATIONS = cast("Table", DestinationRow.__table__)
_CHANNEL: BindParameter[str] = bindparam("channel", type_=String())
_NOW: BindParameter[datetime] = bindparam("now", type_=UtcDateTime())
_PAGES = [reason.value for reason in TellingReason if reason.pages]
_PENDING = DeliveryRow.outcome == Outcome.PENDING.value


def has_due(session: Session, channel: Channel, now: datetime) -> bool:
    """Whether a look at the queue would find anything; a cheap question that takes no lock."""
    return bool(most_pressing(session, channel, now, 1))


def next_instant(session: Session, channel: Channel, now: datetime) -> datetime | None:
    """When something in the queue may next become due: a retry, the end of a claim, or of a destination's hold."""
    found = session.execute(
        select(
            select(func.min(DeliveryRow.next_attempt_at))
            .where(DeliveryRow.channel == channel.value, _PENDING, DeliveryRow.next_attempt_at > now)
            .scalar_subquery(),
            select(func.min(DeliveryRow.claimed_until))
            .where(DeliveryRow.channel == channel.value, _PENDING, DeliveryRow.claimed_until > now)
            .scalar_subquery(),
            select(func.min(DestinationRow.not_before))
            .where(DestinationRow.channel == channel.value, DestinationRow.not_before > now)
            .scalar_subquery(),
        )
    ).one()
    return min((instant for instant in found if instant is not None), default=None)


def most_pressing(session: Session, channel: Channel, now: datetime, limit: int) -> list[str]:
    """One delivery per free destination, the most pressing, by how pressing it is."""
    return list(session.scalars(_MOST_PRESSING, {"channel": channel.value, "now": now, "limit": limit}))


def _free(claimed_until: Any, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(claimed_until.is_(None), claimed_until <= now)


def lock_destinations(session: Session, channel: Channel, ids: Sequence[str], now: datetime) -> list[str]:
    """Take the candidates' destinations for this transaction, leave those that another worker has, and look again."""
    addresses = sorted(set(session.scalars(select(DeliveryRow.address).where(DeliveryRow.id.in_(ids)))))
    own = (DestinationRow.channel == channel.value, DestinationRow.address.in_(addresses))
    missing = set(addresses) - set(session.scalars(select(DestinationRow.address).where(*own)))
    if missing:
        # Planning makes them. A row without would never be locked, and its messages never sent.
        session.execute(
            insert_or_ignore(session, DestinationRow),
            [{"channel": channel.value, "address": address} for address in sorted(missing)],
        )
    held = session.scalars(
        select(DestinationRow.address)
        .where(
            *own,
            or_(DestinationRow.not_before.is_(None), DestinationRow.not_before <= now),
        )
        .with_for_update(skip_locked=True)
    ).all()
    flying = aliased(DeliveryRow)
    # A statement of its own sees what the worker that held the destination before has committed.
    still = set(
        session.scalars(
            select(DeliveryRow.id).where(
                DeliveryRow.id.in_(ids),
                DeliveryRow.address.in_(held),
                _PENDING,
                _free(DeliveryRow.claimed_until, now),
                ~exists().where(
                    flying.channel == DeliveryRow.channel,
                    flying.address == DeliveryRow.address,
                    flying.outcome == Outcome.PENDING.value,
                    flying.claimed_until > now,
                ),
            )
        )
    )
    return [one for one in ids if one in still]


def _most_pressing() -> Select[tuple[str]]:
    """Built once: to build it takes longer than to run it."""
    row = DELIVERIES.c
    flying, earlier = DELIVERIES.alias(), DELIVERIES.alias()
    alert, place = ALERTS.c, DESTINATIONS.c
    pages = and_(row.reason.in_(_PAGES), row.kind != DeliveryKind.EDIT.value)
    lane = case(
        (and_(pages, alert.severity == Severity.CRITICAL.value), 0),
        (and_(pages, alert.severity == Severity.SEVERE.value), 1),
        (pages, 2),
        # What stands there is put right before the thread speaks of it.
        (row.kind == DeliveryKind.EDIT.value, 3),
        else_=4,
    )
    order = (lane, row.next_attempt_at, row.created_at, row.revision, row.id)
    ranked = (
        select(
            row.id,
            lane.label("lane"),
            row.next_attempt_at,
            row.created_at,
            func.row_number().over(partition_by=row.address, order_by=order).label("place"),
        )
        .select_from(DELIVERIES)
        .join(ALERTS, alert.id == row.alert_id)
        .outerjoin(
            DESTINATIONS,
            and_(place.channel == row.channel, place.address == row.address),
        )
        .where(
            row.channel == _CHANNEL,
            row.outcome == Outcome.PENDING.value,
            row.next_attempt_at <= _NOW,
            _free(row.claimed_until, _NOW),
            or_(place.not_before.is_(None), place.not_before <= _NOW),
            ~exists().where(
                flying.c.channel == row.channel,
                flying.c.address == row.address,
                flying.c.outcome == Outcome.PENDING.value,
                flying.c.claimed_until > _NOW,
            ),
            # What follows a message waits until it has gone out, or has failed.
            or_(
                and_(pages, row.kind == DeliveryKind.MESSAGE.value),
                ~exists().where(
                    earlier.c.alert_id == row.alert_id,
                    earlier.c.channel == row.channel,
                    earlier.c.address == row.address,
                    earlier.c.kind == DeliveryKind.MESSAGE.value,
                    earlier.c.reason.in_(_PAGES),
                    earlier.c.revision < row.revision,
                    earlier.c.outcome == Outcome.PENDING.value,
                ),
            ),
        )
        .subquery()
    )
    return (
        select(ranked.c.id)
        .where(ranked.c.place == 1)
        .order_by(ranked.c.lane, ranked.c.next_attempt_at, ranked.c.created_at, ranked.c.id)
        .limit(bindparam("limit", type_=Integer))
    )


_MOST_PRESSING = _most_pressing()
