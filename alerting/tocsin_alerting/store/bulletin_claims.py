"""Bulletins whose turn has come: claimed with all else of the queue, with what they are rendered from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.sending import Anchor, DropReason, Outcome
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store.bulletins import BULLETINS
from tocsin_alerting.store.deliveries import DELIVERIES

_row, _bulletin = DELIVERIES.c, BULLETINS.c
_LOAD = (
    select(
        _row.id,
        _row.bulletin_id,
        _row.revision,
        _row.kind,
        _row.attempts,
        _row.claimed_by,
        _row.created_at,
        _bulletin.kind.label("bulletin_kind"),
        _bulletin.institute,
        _bulletin.contact,
        _bulletin.channel,
        _bulletin.address,
    )
    .join_from(DELIVERIES, BULLETINS, _bulletin.id == _row.bulletin_id)
    .where(_row.id.in_(bindparam("ids", expanding=True)))
)
"""Statements are built once: to build them takes longer than to run them."""
_EDITIONS = select(
    _row.id, _row.bulletin_id, _row.revision, _row.kind, _row.outcome, _row.provider_id, _row.provider_place
).where(_row.bulletin_id.in_(bindparam("bulletins", expanding=True)))


@dataclass(frozen=True, slots=True)
class ClaimedBulletin:
    """An edition of a bulletin that is this worker's to send, until its lease ends."""

    id: str
    """Of the delivery."""
    bulletin_id: str
    edition: int
    bulletin: BulletinKind
    institute: str
    contact: str
    channel: Channel
    address: str
    kind: DeliveryKind
    attempts: int
    """This one included."""
    uncertain: bool
    """Whether an earlier attempt may have been taken without our knowing."""
    created_at: datetime
    anchor: Anchor | None


def load_bulletins(
    session: Session, ids: Sequence[str], *, previews: bool
) -> tuple[list[ClaimedBulletin], dict[str, DropReason]]:
    """What is due of bulletins, and which of it has become pointless.

    An edit changes the first edition; where none went out there is nothing to change, and one with a later edition is
    dropped: the later one says all.
    """
    rows = session.execute(_LOAD, {"ids": list(ids)}).all() if ids else []
    if not rows:
        return [], {}
    editions: dict[str, list[Any]] = {}
    for edition in session.execute(_EDITIONS, {"bulletins": sorted({row.bulletin_id for row in rows})}):
        editions.setdefault(edition.bulletin_id, []).append(edition)
    claimed, dropped = [], {}
    for row in rows:
        others = [each for each in editions[row.bulletin_id] if each.id != row.id]
        edits = row.kind == DeliveryKind.EDIT
        anchor = _anchor(others, previews=previews) if edits else None
        if any(each.revision > row.revision and each.outcome == Outcome.PENDING for each in others):
            dropped[row.id] = DropReason.NEWER_EDIT
        elif edits and anchor is None:
            dropped[row.id] = DropReason.NOT_TOLD_BEFORE
        else:
            claimed.append(_claimed(row, anchor))
    return claimed, dropped


def _anchor(others: Sequence[Any], *, previews: bool) -> Anchor | None:
    for each in sorted(others, key=lambda each: -each.revision):
        sent = each.outcome == Outcome.SENT and each.provider_id is not None
        if each.kind == DeliveryKind.MESSAGE and (sent or (previews and each.outcome == Outcome.PREVIEWED)):
            return Anchor(each.provider_id, each.provider_place)
    return None


def _claimed(row: Any, anchor: Anchor | None) -> ClaimedBulletin:
    return ClaimedBulletin(
        id=row.id,
        bulletin_id=row.bulletin_id,
        edition=row.revision,
        bulletin=BulletinKind(row.bulletin_kind),
        institute=row.institute,
        contact=row.contact,
        channel=Channel(row.channel),
        address=row.address,
        kind=DeliveryKind(row.kind),
        attempts=row.attempts + 1,
        uncertain=row.claimed_by is not None,
        created_at=row.created_at,
        anchor=anchor,
    )
