"""Storms: what is over a destination's budget is folded into one summary, which is kept up to date until it is over.

Nothing is dropped: each folded delivery names the bulletin that holds it. Folding decides nothing about answers: who
owes one still does, and ladders go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from tocsin_alerting.policy.budget import BudgetDecision, BudgetReason, LaneFacts, decide
from tocsin_alerting.policy.budgets import Budget
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.queue import ALERTS, CHANNEL, DESTINATIONS, NOW, WAITS
from tocsin_alerting.store.storm_editions import STORMS, end_storm, touch
from tocsin_schemas.vocabulary import Status

_STORMS = UUID("5b0a4c3e-0a7e-5b55-9a8e-7d0d3c1e9b42")

_row, _alert, _storm = DELIVERIES.c, ALERTS.c, STORMS.c
_URGENT = case((_row.lane <= Lane.URGENT.value, 1), else_=0)
_NEW = and_(_row.lane <= Lane.TOLD.value, _row.alert_id.is_not(None))
"""What budgets count: messages that stand by themselves or call people; not edits, not lines in a thread."""
_FOLDABLE = and_(
    _row.channel == CHANNEL,
    _row.outcome == WAITS,
    _row.next_attempt_at <= NOW,
    # What may have been taken by the provider is tried again, not folded.
    _row.claimed_by.is_(None),
    _NEW,
)
_WAITING = (
    select(_row.address, _URGENT.label("urgent"), _alert.status, func.count().label("waiting"))
    .join_from(DELIVERIES, ALERTS, _alert.id == _row.alert_id)
    .where(_FOLDABLE)
    .group_by(_row.address, _URGENT, _alert.status)
)
"""Statements are built once: to build them takes longer than to run them."""
_ADDRESSES: BindParameter[list[str]] = bindparam("addresses", expanding=True)


def _counted(within: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_row.address, _URGENT.label("urgent"), _alert.status, _row.sent_at)
        .join_from(DELIVERIES, ALERTS, _alert.id == _row.alert_id)
        .where(_row.channel == CHANNEL, _row.address.in_(_ADDRESSES), _NEW, within)
    )


_SENT = union_all(
    _counted(_row.sent_at > bindparam("since", type_=UtcDateTime())),
    # On its way, or nobody knows whether it was taken.
    _counted(and_(_row.outcome == WAITS, _row.claimed_by.is_not(None))),
)
_OPEN = select(*_storm).where(_storm.channel == CHANNEL, _storm.open_key.is_not(None))
_OF_GROUP = and_(
    _FOLDABLE,
    _row.address == bindparam("at_address"),
    bindparam("of_urgent", type_=Integer()) == _URGENT,
    exists().where(_alert.id == _row.alert_id, _alert.status == bindparam("of_status")),
)


@dataclass(frozen=True, slots=True)
class _Group:
    """One lane of one destination, of alerts of one status: what has a budget."""

    address: str
    urgent: bool
    status: Status

    def key(self, channel: Channel) -> str:
        return f"{channel.value}:{'urgent' if self.urgent else 'ordinary'}:{self.status.value}:{self.address}"


@dataclass(frozen=True, slots=True)
class _Sent:
    """When new messages of a lane went out lately; None for one that is on its way."""

    at: tuple[datetime | None, ...]

    def since(self, instant: datetime) -> int:
        return sum(at is None or at > instant for at in self.at)


def fold_overflow(session: Session, channel: Channel, *, directory: Directory, now: datetime) -> int:
    """Fold what is over the budgets of a channel's destinations; how many were folded.

    Call it inside `store.transaction()`, before anything is claimed.
    """
    asked = {"on_channel": channel.value, "now": now}
    waiting = {
        _Group(row.address, bool(row.urgent), Status(row.status)): row.waiting
        for row in session.execute(_WAITING, asked)
    }
    if not waiting:
        return 0
    held = _hold(session, channel, {group.address for group in waiting})
    budgets = {address: directory.budget(channel, address) for address in held}
    storms = {storm.open_key: storm for storm in session.execute(_OPEN, asked)}
    began = min((storm.began_at for storm in storms.values() if storm.address in held), default=now)
    sent = _sent_lately(session, asked, budgets, began)
    folded = 0
    for group, count in waiting.items():
        if group.address not in held:
            continue
        budget, storm = budgets[group.address], storms.get(group.key(channel))
        lately = sent.get(group, _Sent(()))
        facts = LaneFacts(
            sent=lately.since(now - budget.window),
            spent=lately.since((now if storm is None else storm.began_at) - budget.window),
            folded=0 if storm is None else _folded_lately(session, storm.bulletin_id, now - budget.window),
            waiting=count,
            storm=storm is not None,
        )
        decision = decide(facts, budget.limit(urgent=group.urgent))
        if decision.reason is BudgetReason.STORM_OVER and storm is not None:
            end_storm(session, storm, directory=directory, now=now)
        if decision.folds:
            _fold(session, channel, group, decision, storm, budget=budget, directory=directory, now=now)
            folded += decision.folds
    return folded


def _hold(session: Session, channel: Channel, addresses: Iterable[str]) -> set[str]:
    """The destinations that are this worker's to decide about; on PostgreSQL another may be at some of them."""
    wanted = set(addresses)
    if session.get_bind().dialect.name != "postgresql":
        return wanted
    place = DESTINATIONS.c
    locked = (
        select(place.address)
        .where(place.channel == channel.value, place.address.in_(sorted(wanted)))
        .order_by(place.address)
        .with_for_update(skip_locked=True)
    )
    return set(session.scalars(locked))


def _sent_lately(
    session: Session, asked: Mapping[str, Any], budgets: Mapping[str, Budget], before: datetime
) -> dict[_Group, _Sent]:
    if not budgets:
        return {}
    since = before - max(budget.window for budget in budgets.values())
    found: dict[_Group, list[datetime | None]] = {}
    for row in session.execute(_SENT, {**asked, "addresses": sorted(budgets), "since": since}):
        group = _Group(row.address, bool(row.urgent), Status(row.status))
        found.setdefault(group, []).append(row.sent_at)
    return {group: _Sent(tuple(at)) for group, at in found.items()}


def _folded_lately(session: Session, summary: str, since: datetime) -> int:
    counted = select(func.count()).where(_row.summary_id == summary, _row.folded_at > since, _NEW)
    return session.scalar(counted) or 0


def _fold(
    session: Session,
    channel: Channel,
    group: _Group,
    decision: BudgetDecision,
    storm: Any | None,
    *,
    budget: Budget,
    directory: Directory,
    now: datetime,
) -> None:
    asked = {
        "on_channel": channel.value,
        "now": now,
        "at_address": group.address,
        "of_urgent": int(group.urgent),
        "of_status": group.status.value,
    }
    order = (_row.lane, _row.next_attempt_at, _row.created_at, _row.revision, _row.id)
    kept = list(session.scalars(select(_row.id).where(_OF_GROUP).order_by(*order).limit(decision.sends), asked))
    if storm is None:
        first = session.execute(select(_row.institute, _row.contact).where(_OF_GROUP).limit(1), asked).one()
        summary = _begin(session, channel, group, first, budget=budget, directory=directory, now=now)
    else:
        summary = storm.bulletin_id
        touch(session, summary, directory=directory, now=now)
    session.execute(
        update(DELIVERIES)
        .where(_OF_GROUP, _row.id.not_in(kept))
        .values(
            outcome=Outcome.FOLDED.value,
            outcome_reason=decision.reason.value,
            summary_id=summary,
            folded_at=now,
            next_attempt_at=None,
        ),
        asked,
    )


def _begin(
    session: Session,
    channel: Channel,
    group: _Group,
    first: Any,
    *,
    budget: Budget,
    directory: Directory,
    now: datetime,
) -> str:
    """Open a storm; its summary is posted, and waits for a moment for what else comes."""
    key = group.key(channel)
    told_at = now + budget.gather
    summary = post_bulletin(
        session,
        BulletinKind.STORM_SUMMARY,
        key=f"storm:{key}:{now.isoformat()}",
        institute=first.institute,
        contact=first.contact,
        channel=channel,
        address=group.address,
        content={
            "messages": budget.limit(urgent=group.urgent),
            "window_seconds": budget.window.total_seconds(),
            "began": now.isoformat(),
            "status": group.status.value,
            "urgent": group.urgent,
        },
        policy=directory.version,
        now=now,
        due=told_at,
        urgent=group.urgent,
    )
    session.execute(
        insert(STORMS),
        {
            "id": str(uuid5(_STORMS, f"{key}:{now.isoformat()}")),
            "open_key": key,
            "channel": channel.value,
            "address": group.address,
            "urgent": group.urgent,
            "status": group.status.value,
            "bulletin_id": summary,
            "began_at": now,
            "folded_at": now,
            "told_at": told_at,
            "next_look_at": told_at + min(budget.every, budget.window),
        },
    )
    return summary
