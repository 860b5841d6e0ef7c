"""Storms: what is over a destination's budget is folded into one summary, which is kept up to date until it is over.

Nothing is dropped: each folded delivery names the bulletin that holds it. Folding decides nothing about answers: who
owes one still does, and ladders go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from tocsin_alerting.policy.budget import BudgetDecision, BudgetReason, LaneFacts, decide
from tocsin_alerting.policy.budgets import Budget
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.destinations import DESTINATIONS
from tocsin_alerting.store.queue import ALERTS, CHANNEL, STORMS
from tocsin_alerting.store.storm_editions import end_storm, touch
from tocsin_alerting.store.storm_facts import (
    FOLDABLE,
    URGENT_LANE,
    Group,
    Sent,
    folded_lately,
    sent_lately,
    waiting_new,
)

_STORMS = UUID("5b0a4c3e-0a7e-5b55-9a8e-7d0d3c1e9b42")

_row, _alert, _storm = DELIVERIES.c, ALERTS.c, STORMS.c
_OPEN = select(*_storm).where(_storm.channel == CHANNEL, _storm.open_key.is_not(None))
_OF_GROUP = and_(
    FOLDABLE,
    _row.address == bindparam("at_address"),
    bindparam("of_urgent", type_=Integer()) == URGENT_LANE,
    exists().where(_alert.id == _row.alert_id, _alert.status == bindparam("of_status")),
)


def fold_overflow(session: Session, channel: Channel, *, directory: Directory, now: datetime) -> int:
    """Fold what is over the budgets of a channel's destinations; how many were folded.

    Call it inside `store.transaction()`, before anything is claimed.
    """
    asked = {"on_channel": channel.value, "now": now}
    waiting = waiting_new(session, channel, now)
    if not waiting:
        return 0
    held = _hold(session, channel, {group.address for group in waiting})
    budgets = {address: directory.budget(channel, address) for address in held}
    storms = {storm.open_key: storm for storm in session.execute(_OPEN, asked)}
    began = min((storm.began_at for storm in storms.values() if storm.address in held), default=now)
    sent = sent_lately(session, channel, budgets, before=began, now=now)
    folded = 0
    for group, count in waiting.items():
        if group.address not in held:
            continue
        budget, storm = budgets[group.address], storms.get(group.key(channel))
        lately = sent.get(group, Sent(()))
        facts = LaneFacts(
            sent=lately.since(now - budget.window),
            spent=lately.since((now if storm is None else storm.began_at) - budget.window),
            folded=0 if storm is None else folded_lately(session, storm.bulletin_id, now - budget.window),
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


def _fold(
    session: Session,
    channel: Channel,
    group: Group,
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
    group: Group,
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
