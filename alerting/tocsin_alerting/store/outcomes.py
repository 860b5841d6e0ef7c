"""What came of an attempt: the one place where a delivery gets its outcome, or its next time to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.sending import DropReason, Outcome
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.marks import UNMARKED, mark
from tocsin_alerting.store.reaching import reconsider
from tocsin_alerting.store.statements import changed_rows, dialect_insert
from tocsin_alerting.store.tables_deliveries import DeliveryRow, DestinationRow


@dataclass(frozen=True, slots=True)
class Sent:
    """What a provider took."""

    delivery: str
    channel: Channel
    address: str
    at: datetime
    provider_id: str | None
    """What the provider calls it: Slack's `ts`, or SendGrid's X-Message-Id."""
    disclosed: Level
    """How much was really said: the label may have changed since the planning."""
    place: str | None = None
    pause: timedelta = timedelta(0)
    """How long the destination rests before it takes its next message."""


def record_sent(session: Session, sent: Sequence[Sent]) -> None:
    """Providers took these: whatever else was thought of the deliveries meanwhile, that is so."""
    if not sent:
        return
    session.execute(
        _SENT,
        [
            {
                "delivery": one.delivery,
                "at": one.at,
                "provider": one.provider_id,
                "place": one.place,
                "disclosed": one.disclosed.value,
            }
            for one in sent
        ],
    )
    # A mail's acceptance says nothing of the mailbox; Slack's acceptance is the delivery.
    arrived = [one for one in sent if one.channel is Channel.SLACK]
    if arrived:
        statement = dialect_insert(session, DestinationRow)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["channel", "address"],
                set_={"not_before": statement.excluded.not_before, **UNMARKED},
            ),
            [
                {"channel": one.channel.value, "address": one.address, "not_before": one.at + one.pause}
                for one in arrived
            ],
        )


def record_previewed(
    session: Session, delivery: str, *, now: datetime, rendered: dict[str, Any], disclosed: Level
) -> bool:
    """The channel only previews: what would have been sent is kept, and was not sent."""
    return _settle(
        session,
        delivery,
        _PENDING,
        outcome=Outcome.PREVIEWED,
        reason=None,
        sent_at=now,
        rendered=rendered,
        disclosure=disclosed.value,
    )


def record_dropped(session: Session, delivery: str, reason: DropReason) -> bool:
    """It has become pointless before it was sent."""
    return _settle(session, delivery, _PENDING, outcome=Outcome.SUPERSEDED, reason=reason.value)


def record_withheld(session: Session, delivery: str, reason: str) -> bool:
    """By now nothing of it may be said at its address."""
    return _settle(session, delivery, _PENDING, outcome=Outcome.WITHHELD, reason=reason)


def record_retry(
    session: Session,
    delivery: str,
    *,
    owner: str,
    reason: str,
    next_attempt_at: datetime,
    uncertain: bool,
    doubted: datetime | None = None,
) -> bool:
    """It was not taken, or nobody knows: it is tried again; where `doubted`, people are told otherwise meanwhile.

    A claim that nobody gave back says that the last attempt may have been taken, as when its worker died; so an
    uncertain attempt leaves the claim's owner in place and only ends the claim.
    """
    changed = changed_rows(
        session,
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery, _PENDING, DeliveryRow.claimed_by == owner)
        .values(
            next_attempt_at=next_attempt_at,
            outcome_reason=reason[:200],
            claimed_by=owner if uncertain else None,
            claimed_until=None,
            **({} if doubted is None else {"doubt_at": doubted}),
        ),
    )
    return changed == 1


def record_failed(
    session: Session,
    delivery: str,
    *,
    now: datetime,
    reason: str,
    bad_address: bool,
) -> bool:
    """It will never be taken. Whether its institute's ladder was brought forward because its step reached nobody."""
    settled = _settle(session, delivery, _PENDING, outcome=Outcome.FAILED, reason=reason)
    row = session.get(DeliveryRow, delivery, populate_existing=True)
    if row is None or not settled:
        return False
    if bad_address:
        mark(session, channel=row.channel, address=row.address, at=now, reason=reason)
    row.doubt_at, row.judged_at = now, None
    found = reconsider(session, row, now=now)
    return found is not None and found.hurried


def hold_destination(session: Session, *, channel: Channel, address: str, until: datetime) -> None:
    """Nothing goes to this destination before an instant; a hold that lasts longer stays."""
    statement = dialect_insert(session, DestinationRow).values(channel=channel.value, address=address, not_before=until)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "address"],
            set_={"not_before": until},
            where=DestinationRow.not_before.is_(None) | (DestinationRow.not_before < until),
        )
    )


_SENT = (
    update(DELIVERIES)
    .where(
        DELIVERIES.c.id == bindparam("delivery"),
        DELIVERIES.c.outcome != Outcome.SENT.value,
        DELIVERIES.c.outcome != Outcome.PREVIEWED.value,
    )
    .values(
        outcome=Outcome.SENT.value,
        outcome_reason=None,
        next_attempt_at=None,
        claimed_by=None,
        claimed_until=None,
        sent_at=bindparam("at"),
        provider_id=bindparam("provider"),
        provider_place=bindparam("place"),
        disclosure=bindparam("disclosed"),
        # It was taken: now only the provider's later word is doubted.
        doubt_at=None,
    )
)
_PENDING: ColumnElement[bool] = DeliveryRow.outcome == Outcome.PENDING.value


def _settle(
    session: Session,
    delivery: str,
    where: ColumnElement[bool],
    *,
    outcome: Outcome,
    reason: str | None,
    **values: Any,
) -> bool:
    changed = changed_rows(
        session,
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery, where)
        .values(
            outcome=outcome.value,
            outcome_reason=None if reason is None else reason[:200],
            next_attempt_at=None,
            claimed_by=None,
            claimed_until=None,
            **values,
        ),
    )
    return changed == 1
