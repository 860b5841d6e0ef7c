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
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.destinations import DESTINATIONS
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_bulletins import StormRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow, DestinationRow

ALERTS = cast("Table", AlertRow.__table__)
STORMS = cast("Table", StormRow.__table__)
CHANNEL: BindParameter[str] = bindparam("on_channel", type_=String())
NOW: BindParameter[datetime] = bindparam("now", type_=UtcDateTime())
WAITS: ColumnElement[str] = literal_column("'pending'", String())
"""As the words of the partial index say it: a bound value would not be known to be the same."""
_PENDING = DeliveryRow.outcome == WAITS


def has_due(session: Session, channel: Channel, now: datetime) -> bool:
    """Whether a look at the queue would find anything, or a storm is to be seen to; one question that takes no lock."""
    return bool(session.scalar(_HAS_DUE, {"on_channel": channel.value, "now": now, "limit": 1}))


def next_instant(session: Session, channel: Channel, now: datetime) -> datetime | None:
    """When there may next be something to do: a retry, the end of a claim or of a destination's hold, a storm."""
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
            select(func.min(StormRow.next_look_at)).where(StormRow.channel == channel.value).scalar_subquery(),
        )
    ).one()
    return min((instant for instant in found if instant is not None), default=None)


def most_pressing(session: Session, channel: Channel, now: datetime, limit: int) -> list[str]:
    """One delivery per free destination, the most pressing, by how pressing it is."""
    return list(session.scalars(_MOST_PRESSING, {"on_channel": channel.value, "now": now, "limit": limit}))


def _free(claimed_until: Any, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(claimed_until.is_(None), claimed_until <= now)


def lock_destinations(session: Session, channel: Channel, ids: Sequence[str], now: datetime) -> list[str]:
    """Take the candidates' destinations for this transaction, leave those that another worker has, and look again."""
    addresses = sorted(set(session.scalars(select(DeliveryRow.address).where(DeliveryRow.id.in_(ids)))))
    held = session.scalars(
        select(DestinationRow.address)
        .where(
            DestinationRow.channel == channel.value,
            DestinationRow.address.in_(addresses),
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
                    flying.outcome == WAITS,
                    flying.claimed_until > now,
                ),
            )
        )
    )
    return [one for one in ids if one in still]


def _most_pressing() -> Select[tuple[str]]:
    """Built once: to build it takes longer than to run it.

    Each free destination is asked for its first: that costs as much as there are destinations, however much waits.
    """
    row, place = DELIVERIES.alias("candidate"), DESTINATIONS.c
    flying, earlier = DELIVERIES.alias("flying"), DELIVERIES.alias("earlier")
    new = and_(row.c.kind == DeliveryKind.MESSAGE.value, row.c.lane <= Lane.TOLD.value)

    def waits_for(same: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            same,
            earlier.c.channel == row.c.channel,
            earlier.c.address == row.c.address,
            earlier.c.kind == DeliveryKind.MESSAGE.value,
            earlier.c.lane <= Lane.TOLD.value,
            earlier.c.revision < row.c.revision,
            earlier.c.outcome == WAITS,
        )

    first = (
        select(row.c.id)
        .where(
            row.c.channel == place.channel,
            row.c.address == place.address,
            row.c.outcome == WAITS,
            row.c.next_attempt_at <= NOW,
            _free(row.c.claimed_until, NOW),
            # What follows a message waits until it has gone out, or has failed.
            or_(
                new,
                and_(
                    ~waits_for(earlier.c.alert_id == row.c.alert_id),
                    ~waits_for(earlier.c.bulletin_id == row.c.bulletin_id),
                ),
            ),
        )
        .order_by(row.c.lane, row.c.next_attempt_at, row.c.created_at, row.c.revision, row.c.id)
        .limit(1)
        .correlate(DESTINATIONS)
        .scalar_subquery()
    )
    free = (
        select(first.label("id"))
        .where(
            place.channel == CHANNEL,
            or_(place.not_before.is_(None), place.not_before <= NOW),
            ~exists().where(
                flying.c.channel == place.channel,
                flying.c.address == place.address,
                flying.c.outcome == WAITS,
                flying.c.claimed_until > NOW,
            ),
        )
        .subquery()
    )
    found = DELIVERIES.c
    return (
        select(found.id)
        .join_from(DELIVERIES, free, free.c.id == found.id)
        .order_by(found.lane, found.next_attempt_at, found.created_at, found.id)
        .limit(bindparam("limit", type_=Integer))
    )


_MOST_PRESSING = _most_pressing()
_HAS_DUE = select(
    or_(
        exists().where(STORMS.c.channel == CHANNEL, STORMS.c.next_look_at <= NOW),
        _MOST_PRESSING.exists(),
    )
)
