"""Daily digests: what waited for one is folded into it when its time has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.timing import TimingReason
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.queue import ALERTS, CHANNEL, NOW, WAITS

_row, _alert = DELIVERIES.c, ALERTS.c
_DUE = and_(
    _row.channel == CHANNEL,
    _row.outcome == WAITS,
    _row.next_attempt_at <= NOW,
    _row.timing == TimingReason.DIGEST.value,
    _row.claimed_by.is_(None),
)
_GROUPS = (
    select(
        _row.address,
        _row.institute,
        _row.contact,
        _alert.status,
        func.max(_row.next_attempt_at, type_=UtcDateTime()).label("due"),
    )
    .join_from(DELIVERIES, ALERTS, _alert.id == _row.alert_id)
    .where(_DUE)
    .group_by(_row.address, _row.institute, _row.contact, _alert.status)
    .order_by(_row.address, _row.contact, _alert.status)
)
"""Statements are built once: to build them takes longer than to run them."""
_FOLD = (
    update(DELIVERIES)
    .where(
        _DUE,
        _row.address == bindparam("at_address"),
        _row.contact == bindparam("of_contact"),
        exists().where(_alert.id == _row.alert_id, _alert.status == bindparam("of_status")),
    )
    .values(
        outcome=Outcome.FOLDED.value,
        outcome_reason=TimingReason.DIGEST.value,
        summary_id=bindparam("summary"),
        folded_at=NOW,
        next_attempt_at=None,
    )
)


def fold_digests(session: Session, channel: Channel, *, directory: Directory, now: datetime) -> int:
    """Post the digests whose time has come, each with what waited for it; how many digests.

    Call it inside `store.transaction()`. An exercise has a digest of its own, marked as everything of it is.
    """
    asked = {"on_channel": channel.value, "now": now}
    groups = session.execute(_GROUPS, asked).all()
    for group in groups:
        summary = post_bulletin(
            session,
            BulletinKind.DIGEST,
            key=f"digest:{channel.value}:{group.contact}:{group.status}:{group.due.isoformat()}:{group.address}",
            institute=group.institute,
            contact=group.contact,
            channel=channel,
            address=group.address,
            content={"status": group.status, "due": group.due.isoformat()},
            policy=directory.version,
            now=now,
        )
        session.execute(
            _FOLD,
            {
                **asked,
                "at_address": group.address,
                "of_contact": group.contact,
                "of_status": group.status,
                "summary": summary,
            },
        )
    return len(groups)
