"""What a provider says of a message after it took it: delivered, bounced, marked as spam. Repeats change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.notification import DeliveryKind, TellingReason
from tocsin_alerting.store.changes import lock_alert
from tocsin_alerting.store.tables import (
    AlertRow,
    ChangeRow,
    DeliveryRow,
    DestinationRow,
    ReceiptRow,
    ResponseRow,
)
from tocsin_schemas.vocabulary import AlertState

_REASON_CHARACTERS = 200


class Receipt(StrEnum):
    """A provider's word on one message, in the order in which one may follow another at the same instant."""

    DEFERRED = "deferred"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    BOUNCE = "bounce"
    SPAMREPORT = "spamreport"

    @property
    def undeliverable(self) -> bool:
        """Whether the person was not reached, or does not want to be."""
        return self in {Receipt.BOUNCE, Receipt.DROPPED, Receipt.SPAMREPORT}

    @property
    def rank(self) -> int:
        """Place in the order; of two words of the same second the higher is the later."""
        return list(Receipt).index(self)


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event as a provider reported it."""

    event_id: str
    """The provider's id of the event: repeats carry the same."""
    receipt: Receipt
    at: datetime
    delivery_id: str | None
    """Our id of the delivery, where the provider gives it back."""
    provider_id: str | None
    """The provider's id of the message."""
    reason: str | None = None
    temporary: bool = False
    """Whether the address may work again without anybody's doing."""


class ReceiptOutcome(StrEnum):
    """What came of an event."""

    TAKEN = "taken"
    BROUGHT_FORWARD = "brought_forward"
    """Taken, and the institute's next people are told now."""
    REPEATED = "repeated"
    LATE = "late"
    """Something newer is known of the message already."""
    UNKNOWN_DELIVERY = "unknown_delivery"


def take_receipt(session: Session, event: ProviderEvent, *, channel: Channel, now: datetime) -> ReceiptOutcome:
    """Record one event, once; where it says that somebody was not reached, let the next people be told at once.

    Runs in the caller's transaction. An event that comes late never undoes what a newer one, an answer or a later
    step of the ladder has settled.
    """
    found = _delivery(session, event, channel)
    new = session.execute(
        _insert_once(session).values(
            provider=_provider(channel),
            event_id=event.event_id,
            delivery_id=found.id if found else None,
            event=event.receipt.value,
            reason=event.reason[:500] if event.reason else None,
            at=event.at,
            received_at=now,
        )
    )
    if new.rowcount == 0:  # type: ignore[attr-defined]
        return ReceiptOutcome.REPEATED
    if found is None:
        return ReceiptOutcome.UNKNOWN_DELIVERY
    # The alert before what belongs to it: the order in which everybody locks.
    undeliverable = event.receipt.undeliverable and found.alert_id is not None
    alert = lock_alert(session, str(found.alert_id)) if undeliverable else None
    session.refresh(found, with_for_update=True)
    if not _is_newer(found, event):
        return ReceiptOutcome.LATE
    found.receipt, found.receipt_at = event.receipt.value, event.at
    _judge_destination(session, found, event)
    if alert is not None and _bring_forward(session, alert, found, now):
        return ReceiptOutcome.BROUGHT_FORWARD
    return ReceiptOutcome.TAKEN


def _provider(channel: Channel) -> str:
    return {Channel.EMAIL: "sendgrid"}.get(channel, channel.value)


def _delivery(session: Session, event: ProviderEvent, channel: Channel) -> DeliveryRow | None:
    query = select(DeliveryRow).where(DeliveryRow.channel == channel.value)
    if event.delivery_id is not None:
        return session.scalars(query.where(DeliveryRow.id == event.delivery_id)).one_or_none()
    if event.provider_id is None:
        return None
    return session.scalars(query.where(DeliveryRow.provider_id == event.provider_id)).first()


def _insert_once(session: Session) -> Insert:
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        return sqlite.insert(ReceiptRow).on_conflict_do_nothing()
    return postgresql.insert(ReceiptRow).on_conflict_do_nothing()


def _is_newer(delivery: DeliveryRow, event: ProviderEvent) -> bool:
    if delivery.receipt_at is None or delivery.receipt is None:
        return True
    known = Receipt(delivery.receipt)
    return (event.at, event.receipt.rank) > (delivery.receipt_at, known.rank)


def _judge_destination(session: Session, delivery: DeliveryRow, event: ProviderEvent) -> None:
    """An address that refused is bad until a message sent to it is known to have arrived later."""
    place = session.get(DestinationRow, (delivery.channel, delivery.address), with_for_update=True)
    if event.receipt.undeliverable and not event.temporary:
        if place is None:
            place = DestinationRow(channel=delivery.channel, address=delivery.address, not_before=None)
            session.add(place)
        reason = f"{event.receipt}: {event.reason}" if event.reason else event.receipt.value
        place.bad_since, place.bad_reason = event.at, reason[:_REASON_CHARACTERS]
    elif event.receipt is Receipt.DELIVERED and place is not None and place.bad_since and event.at > place.bad_since:
        place.bad_since, place.bad_reason = None, None


def _bring_forward(session: Session, alert: AlertRow, delivery: DeliveryRow, now: datetime) -> bool:
    """Let the institute's next step fire now, if it still waits for the people whom this message did not reach."""
    if alert.state != AlertState.OPEN.value or alert.round != delivery.round:
        return False
    if not TellingReason(delivery.reason).pages or delivery.kind == DeliveryKind.EDIT:
        return False
    moved = session.execute(
        update(ResponseRow)
        .where(
            ResponseRow.alert_id == delivery.alert_id,
            ResponseRow.institute == delivery.institute,
            ResponseRow.round == delivery.round,
            ResponseRow.step == _step(session, delivery),
            ResponseRow.answer.is_(None),
            ResponseRow.exhausted_at.is_(None),
            ResponseRow.next_step_at > now,
        )
        .values(next_step_at=now)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def _step(session: Session, delivery: DeliveryRow) -> int:
    """The step of the ladder that the message belongs to; a later step has made up for it already."""
    event = session.scalar(
        select(ChangeRow.event).where(ChangeRow.alert_id == delivery.alert_id, ChangeRow.revision == delivery.revision)
    )
    return int((event or {}).get("step") or 1)
