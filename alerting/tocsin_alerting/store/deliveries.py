"""Deliveries: planned once however often an event is read, and each with an outcome or a time to try again."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid5

from sqlalchemy import Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level, label_of
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned, PlannedDelivery, Told
from tocsin_alerting.policy.reaching import Place, Start, place_of
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.policy.timing import Timing, TimingReason
from tocsin_alerting.store.destinations import know_destinations
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.store.untold import untold_by
from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.vocabulary import Urgency

_DELIVERIES = UUID("6f2d0c1e-3b59-5c07-9a55-5f1f6a0f2c11")
"""Namespace of the deliveries' ids."""
DELIVERIES = cast("Table", DeliveryRow.__table__)
_delivery = DELIVERIES.c
_alert = cast("Table", AlertRow.__table__).c
_response = cast("Table", ResponseRow.__table__).c
_ALERT = select(_alert.tlp, _alert.urgency).where(_alert.id == bindparam("alert"))
"""Statements are built once: to build them takes longer than to run them."""
_CONCERNED = (
    select(_response.institute, _response.ladder, _response.answered_by)
    .where(_response.alert_id == bindparam("alert"), _response.round == bindparam("in_round"))
    .order_by(_response.institute)
)
_UNTOLD = (Outcome.MUTED.value, Outcome.STANDBY.value, Outcome.SKIPPED.value)
_TOLD = (
    select(_delivery.institute, _delivery.contact, _delivery.channel, _delivery.address)
    .where(
        _delivery.alert_id == bindparam("alert"),
        _delivery.revision < bindparam("before"),
        _delivery.kind == DeliveryKind.MESSAGE.value,
        _delivery.disclosure != Level.NOTHING.value,
        # Whoever was not told has nothing to be brought up to date.
        _delivery.outcome.not_in(_UNTOLD),
    )
    .order_by(_delivery.revision, _delivery.created_at, _delivery.id)
)
_PLANNED = (
    select(_delivery.id)
    .where(
        _delivery.alert_id == bindparam("alert"),
        _delivery.revision == bindparam("revision"),
        _delivery.channel == bindparam("channel"),
        # What stands by is planned by whoever comes first.
        _delivery.stands_by_for.is_(None),
    )
    .limit(1)
)


def delivery_id(alert_id: str, revision: int, contact: str, channel: str, address: str, kind: str) -> str:
    """The id of a delivery: the same however often it is planned, and carried by every attempt."""
    return str(uuid5(_DELIVERIES, json.dumps([alert_id, revision, contact, channel, address, kind])))


def alert_facts(session: Session, event: AlertEvent) -> AlertFacts | None:
    """What the store knows of an event's alert as of before the event, or None where it knows no such alert."""
    alert = session.execute(_ALERT, {"alert": event.alert}).one_or_none()
    if alert is None:
        return None
    concerned = session.execute(_CONCERNED, {"alert": event.alert, "in_round": event.round})
    told = session.execute(_TOLD, {"alert": event.alert, "before": event.revision})
    return AlertFacts(
        tlp=label_of(alert.tlp),
        concerned=tuple(Concerned(institute, ladder, answered_by) for institute, ladder, answered_by in concerned),
        told=tuple(
            Told(institute, contact, Channel(channel), address) for institute, contact, channel, address in told
        ),
        urgency=Urgency(alert.urgency),
        untold=untold_by(session, event),
    )


def planned_by(channel: Channel, delivery: PlannedDelivery) -> bool:
    """Whether a channel's notifier plans a delivery: its own, and all that stand by for others.

    So a page that fails at once finds what stands by for it, even where the other channel's notifier lags behind.
    """
    return delivery.channel is channel or delivery.after is not None


def plan(
    session: Session,
    event: AlertEvent,
    channel: Channel,
    planned: Iterable[PlannedDelivery],
    *,
    policy: str,
    now: datetime,
    muted: Mapping[PlannedDelivery, str] | None = None,
    begun: Mapping[Place, Start] | None = None,
    patience: timedelta | None = None,
    timings: Mapping[PlannedDelivery, Timing] | None = None,
) -> tuple[str, ...]:
    """Write what an event's plan says for a channel; the ids of the rows that are new.

    An event that was planned for the channel before is left as it was, even where the policy has changed since. What
    `muted` names is kept back by the cause that it names; `begun` says which pages stand by for others. What `timings`
    does not name is due now. A page that no provider has taken `patience` after that is doubted.
    """
    own = [delivery for delivery in planned if planned_by(channel, delivery)]
    asked = {"alert": event.alert, "revision": event.revision, "channel": channel.value}
    if not own or session.scalar(_PLANNED, asked):
        return ()
    at_once = Timing(now, TimingReason.AT_ONCE)
    due = {delivery: (timings or {}).get(delivery, at_once) for delivery in own}
    rows = [
        _row(event, delivery, policy=policy, now=now, muted=(muted or {}).get(delivery), timing=due[delivery])
        | _chain(event, delivery, (begun or {}).get(place_of(delivery)), patience=patience, now=due[delivery].at)
        for delivery in own
    ]
    know_destinations(session, ((row["channel"], row["address"]) for row in rows))
    return tuple(session.execute(_insert_rows(session.get_bind().dialect.name), rows).scalars())


@functools.cache
def _insert_rows(dialect: str) -> Any:
    insert: Any = postgresql.insert(DELIVERIES) if dialect == "postgresql" else sqlite.insert(DELIVERIES)
    return insert.on_conflict_do_nothing().returning(DELIVERIES.c.id)


def _chain(
    event: AlertEvent, planned: PlannedDelivery, begins: Start | None, *, patience: timedelta | None, now: datetime
) -> dict[str, Any]:
    """What says when a page is doubted, and for which it stands by."""
    before = planned.after
    asks = planned.reason.pages and planned.kind is not DeliveryKind.EDIT and not planned.withheld
    values: dict[str, Any] = {
        "stands_by_for": None
        if before is None
        else delivery_id(
            event.alert, event.revision, before.contact, before.channel.value, before.address, before.kind.value
        ),
        "doubt_at": now + patience if asks and patience is not None else None,
    }
    if planned.withheld or begins not in {Start.STANDS_BY, Start.KNOWN_BAD}:
        return values
    outcome = Outcome.STANDBY if begins is Start.STANDS_BY else Outcome.SKIPPED
    return values | {"outcome": outcome.value, "outcome_reason": begins.value, "next_attempt_at": None}


def _row(
    event: AlertEvent, planned: PlannedDelivery, *, policy: str, now: datetime, muted: str | None, timing: Timing
) -> dict[str, Any]:
    outcome, why = (Outcome.PENDING, None) if muted is None else (Outcome.MUTED, muted)
    if planned.withheld:
        outcome, why = Outcome.WITHHELD, planned.disclosure_reason
    return {
        "id": delivery_id(
            event.alert,
            event.revision,
            planned.contact,
            planned.channel.value,
            planned.address,
            planned.kind.value,
        ),
        "alert_id": event.alert,
        "revision": event.revision,
        "round": event.round,
        "change": event.change.value,
        "institute": planned.institute,
        "contact": planned.contact,
        "channel": planned.channel.value,
        "address": planned.address,
        "kind": planned.kind.value,
        "reason": planned.reason.value,
        "lane": planned.lane.value,
        "disclosure": planned.disclosure.value,
        "policy": policy,
        "outcome": outcome.value,
        "outcome_reason": why,
        "attempts": 0,
        "next_attempt_at": timing.at if outcome is Outcome.PENDING else None,
        "timing": timing.reason.value,
        "created_at": now,
    }
