"""What each lane of a channel's destinations has come to: what waits, what went out lately, what was folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, func, select, union_all
from sqlalchemy.orm import Session

from tocsin_alerting.policy.budgets import Budget
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.queue import ALERTS, CHANNEL, NOW, WAITS
from tocsin_schemas.vocabulary import Status

_row, _alert = DELIVERIES.c, ALERTS.c
URGENT_LANE = case((_row.lane <= Lane.URGENT.value, 1), else_=0)
"""1 for a message of the urgent lane."""
_NEW = and_(_row.lane <= Lane.TOLD.value, _row.alert_id.is_not(None))
"""What budgets count: messages that stand by themselves or call people; not edits, not lines in a thread."""
FOLDABLE = and_(
    _row.channel == CHANNEL,
    _row.outcome == WAITS,
    _row.next_attempt_at <= NOW,
    # What may have been taken by the provider is tried again, not folded.
    _row.claimed_by.is_(None),
    _NEW,
)
_WAITING = (
    select(_row.address, URGENT_LANE.label("urgent"), _alert.status, func.count().label("waiting"))
    .join_from(DELIVERIES, ALERTS, _alert.id == _row.alert_id)
    .where(FOLDABLE)
    .group_by(_row.address, URGENT_LANE, _alert.status)
)
"""Statements are built once: to build them takes longer than to run them."""
_ADDRESSES: BindParameter[list[str]] = bindparam("addresses", expanding=True)


def _counted(within: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_row.address, URGENT_LANE.label("urgent"), _alert.status, _row.sent_at)
        .join_from(DELIVERIES, ALERTS, _alert.id == _row.alert_id)
        .where(_row.channel == CHANNEL, _row.address.in_(_ADDRESSES), _NEW, within)
    )


_SENT = union_all(
    _counted(_row.sent_at > bindparam("since", type_=UtcDateTime())),
    # On its way, or nobody knows whether it was taken.
    _counted(and_(_row.outcome == WAITS, _row.claimed_by.is_not(None))),
)


@dataclass(frozen=True, slots=True)
class Group:
    """One lane of one destination, of alerts of one status: what has a budget."""

    address: str
    urgent: bool
    status: Status

    def key(self, channel: Channel) -> str:
        """What an open storm of it is known by."""
        return f"{channel.value}:{'urgent' if self.urgent else 'ordinary'}:{self.status.value}:{self.address}"


@dataclass(frozen=True, slots=True)
class Sent:
    """When new messages of a lane went out lately; None for one that is on its way."""

    at: tuple[datetime | None, ...]

    def since(self, instant: datetime) -> int:
        """How many since an instant."""
        return sum(at is None or at > instant for at in self.at)


def waiting_new(session: Session, channel: Channel, now: datetime) -> dict[Group, int]:
    """How many new messages are due and may be folded, by lane."""
    rows = session.execute(_WAITING, {"on_channel": channel.value, "now": now})
    return {Group(row.address, bool(row.urgent), Status(row.status)): row.waiting for row in rows}


def sent_lately(
    session: Session, channel: Channel, budgets: Mapping[str, Budget], *, before: datetime, now: datetime
) -> dict[Group, Sent]:
    """What went out to some addresses since a window before an instant, and what is on its way, by lane."""
    if not budgets:
        return {}
    since = before - max(budget.window for budget in budgets.values())
    asked = {"on_channel": channel.value, "now": now, "addresses": sorted(budgets), "since": since}
    found: dict[Group, list[datetime | None]] = {}
    for row in session.execute(_SENT, asked):
        group = Group(row.address, bool(row.urgent), Status(row.status))
        found.setdefault(group, []).append(row.sent_at)
    return {group: Sent(tuple(at)) for group, at in found.items()}


def folded_lately(session: Session, summary: str, since: datetime) -> int:
    """How many new messages were folded into a summary since an instant."""
    counted = select(func.count()).where(_row.summary_id == summary, _row.folded_at > since, _NEW)
    return session.scalar(counted) or 0
