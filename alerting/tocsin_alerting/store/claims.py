"""Whose turn it is: due deliveries are claimed for a while, at most one per destination at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.alert_claims import Claimed, load_alerts
from tocsin_alerting.store.bulletin_claims import ClaimedBulletin, load_bulletins
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.outcomes import record_dropped
from tocsin_alerting.store.queue import lock_destinations, most_pressing
from tocsin_alerting.store.statements import changed_rows

LEASE = timedelta(seconds=30)
"""How long a claim holds: longer than the three calls of eight seconds that a sending may take."""

_row = DELIVERIES.c
_CLAIM = (
    update(DELIVERIES)
    .where(_row.id.in_(bindparam("ids", expanding=True)))
    .values(claimed_by=bindparam("owner"), claimed_until=bindparam("until"), attempts=_row.attempts + 1)
)
_TAKE_BACK = (
    update(DELIVERIES)
    .where(
        _row.channel == bindparam("of_channel"),
        _row.outcome == Outcome.PENDING.value,
        _row.claimed_by == bindparam("owner"),
        _row.claimed_until > bindparam("now"),
    )
    .values(claimed_until=None)
)
"""Statements are built once: to build them takes longer than to run them."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a look at the queue gave."""

    claimed: tuple[Claimed, ...]
    dropped: int
    """How many turned out to be pointless; where there are any, another look may give more."""
    bulletins: tuple[ClaimedBulletin, ...] = ()

    @property
    def count(self) -> int:
        """How many are to be sent."""
        return len(self.claimed) + len(self.bulletins)


def claim_due(
    session: Session, channel: Channel, *, owner: str, now: datetime, limit: int, previews: bool = False
) -> Claims:
    """Claim up to `limit` deliveries whose turn has come, the most pressing first, and drop what has become pointless.

    Call it inside `store.transaction()`. Several workers may: a destination is one worker's at a time.
    """
    ids = most_pressing(session, channel, now, limit)
    if ids and session.get_bind().dialect.name == "postgresql":
        ids = lock_destinations(session, channel, ids, now)
    claimed, dropped = load_alerts(session, channel, ids, previews=previews)
    alerts = {*dropped, *(one.id for one in claimed)}
    bulletins, pointless = load_bulletins(session, [one for one in ids if one not in alerts], previews=previews)
    dropped |= pointless
    for delivery, reason in dropped.items():
        record_dropped(session, delivery, reason)
    taken = [*(one.id for one in claimed), *(one.id for one in bulletins)]
    if taken:
        session.execute(_CLAIM, {"ids": taken, "owner": owner, "until": now + LEASE})
    return Claims(tuple(claimed), len(dropped), tuple(bulletins))


def take_back(session: Session, channel: Channel, *, owner: str, now: datetime) -> int:
    """End the claims that an earlier process of the same name left when it died; how many.

    What they were for may have been taken, so the claims' owner stays in place: the next attempts are uncertain ones.
    """
    return changed_rows(session, _TAKE_BACK, {"of_channel": channel.value, "owner": owner, "now": now})
