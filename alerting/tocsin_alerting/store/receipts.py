"""What a provider says of a message after it took it: delivered, bounced, marked as spam. Repeats change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.reach_policy import ReachPolicy
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.store.changes import lock_alert
from tocsin_alerting.store.marks import mark, unmark
from tocsin_alerting.store.reaching import reconsider
from tocsin_alerting.store.statements import changed_rows, insert_or_ignore
from tocsin_alerting.store.tables_deliveries import DeliveryRow, ReceiptRow
from tocsin_schemas.vocabulary import Severity

_USUAL = ReachPolicy()


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
    NEXT_CHANNEL = "next_channel"
    """Taken, and the same people are told by another channel now."""
    REPEATED = "repeated"
    LATE = "late"
    """Something newer is known of the message already."""
    UNKNOWN_DELIVERY = "unknown_delivery"


def take_receipt(
    session: Session,
    event: ProviderEvent,
    *,
    channel: Channel,
    now: datetime,
    put_off: Callable[[Severity], timedelta] = _USUAL.deferred_after,
) -> ReceiptOutcome:
    """Record one event, once; where it says that somebody was not reached, let the next be told at once.

    `put_off` says how long a mailbox may put a page of some severity off.

    Runs in the caller's transaction. An event that comes late never undoes what a newer one, an answer or a later
    step of the ladder has settled.
    """
    found = _delivery(session, event, channel)
    new = changed_rows(
        session,
        insert_or_ignore(session, ReceiptRow).values(
            provider=_provider(channel),
            event_id=event.event_id,
            delivery_id=found.id if found else None,
            event=event.receipt.value,
            reason=event.reason[:500] if event.reason else None,
            at=event.at,
            received_at=now,
        ),
    )
    if new == 0:
        return ReceiptOutcome.REPEATED
    if found is None:
        return ReceiptOutcome.UNKNOWN_DELIVERY
    # The alert before what belongs to it: the order in which everybody locks.
    judged = event.receipt is not Receipt.DELIVERED and found.alert_id is not None
    alert = lock_alert(session, str(found.alert_id)) if judged else None
    session.refresh(found, with_for_update=True)
    if not _is_newer(found, event):
        return ReceiptOutcome.LATE
    before, found.receipt, found.receipt_at = found.receipt, event.receipt.value, event.at
    _judge_destination(session, found, event)
    if alert is None:
        if event.receipt is Receipt.DELIVERED:
            found.doubt_at = None
        return ReceiptOutcome.TAKEN
    _doubt(found, before, event, put_off(Severity(alert.severity)), now)
    if not event.receipt.undeliverable:
        return ReceiptOutcome.TAKEN
    reached = reconsider(session, found, now=now)
    if reached is not None and reached.hurried:
        return ReceiptOutcome.BROUGHT_FORWARD
    return ReceiptOutcome.NEXT_CHANNEL if reached is not None and reached.stood_in else ReceiptOutcome.TAKEN


def _provider(channel: Channel) -> str:
    return {Channel.EMAIL: "sendgrid"}.get(channel, channel.value)


def _delivery(session: Session, event: ProviderEvent, channel: Channel) -> DeliveryRow | None:
    query = select(DeliveryRow).where(DeliveryRow.channel == channel.value)
    if event.delivery_id is not None:
        return session.scalars(query.where(DeliveryRow.id == event.delivery_id)).one_or_none()
    if event.provider_id is None:
        return None
    return session.scalars(query.where(DeliveryRow.provider_id == event.provider_id)).first()


def _is_newer(delivery: DeliveryRow, event: ProviderEvent) -> bool:
    if delivery.receipt_at is None or delivery.receipt is None:
        return True
    known = Receipt(delivery.receipt)
    return (event.at, event.receipt.rank) > (delivery.receipt_at, known.rank)


def _judge_destination(session: Session, delivery: DeliveryRow, event: ProviderEvent) -> None:
    """An address that refused is bad until a message sent to it is known to have arrived later."""
    if event.receipt.undeliverable and not event.temporary:
        reason = f"{event.receipt}: {event.reason}" if event.reason else event.receipt.value
        mark(session, channel=delivery.channel, address=delivery.address, at=event.at, reason=reason)
    elif event.receipt is Receipt.DELIVERED:
        unmark(session, channel=delivery.channel, address=delivery.address, arrived_at=event.at)


def _doubt(delivery: DeliveryRow, before: str | None, event: ProviderEvent, put_off: timedelta, now: datetime) -> None:
    """When it is to be seen whether the person is reached: at once, or when the mailbox has put it off for long."""
    if event.receipt.undeliverable:
        delivery.doubt_at, delivery.judged_at = now, None
    elif event.receipt is Receipt.DELIVERED:
        delivery.doubt_at = None
    elif before != Receipt.DEFERRED:
        # The first word counts: SendGrid tries for three days, and says so each time.
        delivery.doubt_at, delivery.judged_at = event.at + put_off, None
