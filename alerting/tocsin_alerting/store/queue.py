"""The queue: what is due on a channel, and in which order; one delivery per destination at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.notification import DeliveryKind, TellingReason
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.deliveries import insert_or_ignore
from tocsin_alerting.store.tables import AlertRow, DeliveryRow, DestinationRow
from tocsin_schemas.vocabulary import Severity

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
    flying, earlier = aliased(DeliveryRow), aliased(DeliveryRow)
    pages = and_(DeliveryRow.reason.in_(_PAGES), DeliveryRow.kind != DeliveryKind.EDIT.value)
    lane = case(
        (and_(pages, AlertRow.severity == Severity.CRITICAL.value), 0),
        (and_(pages, AlertRow.severity == Severity.SEVERE.value), 1),
        (pages, 2),
        else_=3,
    )
    order = (lane, DeliveryRow.next_attempt_at, DeliveryRow.created_at, DeliveryRow.revision, DeliveryRow.id)
    ranked = (
        select(
            DeliveryRow.id,
            lane.label("lane"),
            DeliveryRow.next_attempt_at,
            DeliveryRow.created_at,
            func.row_number().over(partition_by=DeliveryRow.address, order_by=order).label("place"),
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .outerjoin(
            DestinationRow,
            and_(DestinationRow.channel == DeliveryRow.channel, DestinationRow.address == DeliveryRow.address),
        )
        .where(
            DeliveryRow.channel == channel.value,
            _PENDING,
            DeliveryRow.next_attempt_at <= now,
            _free(DeliveryRow.claimed_until, now),
            or_(DestinationRow.not_before.is_(None), DestinationRow.not_before <= now),
            ~exists().where(
                flying.channel == DeliveryRow.channel,
                flying.address == DeliveryRow.address,
                flying.outcome == Outcome.PENDING.value,
                flying.claimed_until > now,
            ),
            # What follows a message waits until it has gone out, or has failed.
            or_(
                and_(pages, DeliveryRow.kind == DeliveryKind.MESSAGE.value),
                ~exists().where(
                    earlier.alert_id == DeliveryRow.alert_id,
                    earlier.channel == DeliveryRow.channel,
                    earlier.address == DeliveryRow.address,
                    earlier.kind == DeliveryKind.MESSAGE.value,
                    earlier.reason.in_(_PAGES),
                    earlier.revision < DeliveryRow.revision,
                    earlier.outcome == Outcome.PENDING.value,
                ),
            ),
        )
        .subquery()
    )
    return list(
        session.scalars(
            select(ranked.c.id)
            .where(ranked.c.place == 1)
            .order_by(ranked.c.lane, ranked.c.next_attempt_at, ranked.c.created_at, ranked.c.id)
            .limit(limit)
        )
    )


def _free(claimed_until: Any, now: datetime) -> ColumnElement[bool]:
    return or_(claimed_until.is_(None), claimed_until <= now)


def lock_destinations(session: Session, channel: Channel, ids: Sequence[str], now: datetime) -> list[str]:
    """Take the candidates' destinations for this transaction, leave those that another worker has, and look again."""
    addresses = sorted(set(session.scalars(select(DeliveryRow.address).where(DeliveryRow.id.in_(ids)))))
    session.execute(
        insert_or_ignore(session, DestinationRow),
        [{"channel": channel.value, "address": address} for address in addresses],
    )
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
                    flying.outcome == Outcome.PENDING.value,
                    flying.claimed_until > now,
                ),
            )
        )
    )
    return [one for one in ids if one in still]
