"""What is done before anything is claimed: storms are attended to, and what is over a budget is folded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, exists, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.digests import fold_digests
from tocsin_alerting.store.queue import CHANNEL, NOW, WAITS
from tocsin_alerting.store.storm_editions import attend, touch
from tocsin_alerting.store.storms import fold_overflow

FOLLOWS_A_FOLDED = "follows_a_folded"
"""Why a follow-up is folded: what it follows was."""
_AT_ONCE = 5_000

_row = DELIVERIES.c
_told, _held = DELIVERIES.alias("told"), DELIVERIES.alias("held")


def _new_before(other: FromClause) -> ColumnElement[bool]:
    """Whether another delivery is a message about the same alert at the same address, which this one follows."""
    return and_(
        other.c.alert_id == _row.alert_id,
        other.c.channel == _row.channel,
        other.c.address == _row.address,
        other.c.lane <= Lane.TOLD.value,
        other.c.revision <= _row.revision,
    )


_FOLLOWING = (
    select(
        _row.id,
        select(_held.c.summary_id)
        .where(_new_before(_held), _held.c.outcome == Outcome.FOLDED.value)
        .order_by(_held.c.revision.desc())
        .limit(1)
        .scalar_subquery()
        .label("summary"),
    )
    .where(
        _row.channel == CHANNEL,
        _row.outcome == WAITS,
        _row.next_attempt_at <= NOW,
        _row.claimed_by.is_(None),
        _row.lane >= Lane.EDIT.value,
        exists().where(_new_before(_held), _held.c.outcome == Outcome.FOLDED.value),
        ~exists().where(
            _new_before(_told),
            _told.c.outcome.in_([Outcome.PENDING.value, Outcome.SENT.value, Outcome.PREVIEWED.value]),
        ),
    )
    .limit(_AT_ONCE)
)
_FOLD = (
    update(DELIVERIES)
    .where(_row.id == bindparam("delivery"), _row.outcome == WAITS)
    .values(
        outcome=Outcome.FOLDED.value,
        outcome_reason=FOLLOWS_A_FOLDED,
        summary_id=bindparam("summary"),
        folded_at=bindparam("at", type_=UtcDateTime()),
        next_attempt_at=None,
    )
)


def make_room(session: Session, channel: Channel, *, directory: Directory, now: datetime) -> int:
    """Attend to storms and fold what is over the budgets of a channel's destinations; how many were folded.

    Call it inside `store.transaction()`, before anything is claimed.
    """
    attend(session, channel, directory=directory, now=now)
    fold_digests(session, channel, directory=directory, now=now)
    followed = _fold_what_follows(session, channel, directory, now)
    return followed + fold_overflow(session, channel, directory=directory, now=now)


def _fold_what_follows(session: Session, channel: Channel, directory: Directory, now: datetime) -> int:
    """What changes or follows a message that was folded belongs into the same summary."""
    rows = session.execute(_FOLLOWING, {"on_channel": channel.value, "now": now}).all()
    if rows:
        session.execute(_FOLD, [{"delivery": row.id, "summary": row.summary, "at": now} for row in rows])
    for summary in sorted({row.summary for row in rows}):
        touch(session, summary, directory=directory, now=now)
    return len(rows)
