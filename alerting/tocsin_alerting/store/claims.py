"""Whose turn it is: due deliveries are claimed for a while, at most one per destination at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, and_, select, tuple_, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.notification import DeliveryKind, TellingReason
from tocsin_alerting.policy.sending import Anchor, DropReason, Due, Fate, Outcome, Sibling, fate_of
from tocsin_alerting.store.outcomes import record_dropped
from tocsin_alerting.store.queue import lock_destinations, most_pressing
from tocsin_alerting.store.tables import AlertRow, ChangeRow, DeliveryRow, ResponseRow
from tocsin_schemas.vocabulary import AlertChange, AlertState

LEASE = timedelta(seconds=20)
"""How long a claim holds: longer than the two calls of eight seconds that a sending may take."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this worker's to send, until its lease ends."""

    id: str
    alert_id: str
    revision: int
    round: int
    change: AlertChange
    institute: str
    subject: str
    """The institute whose answer makes a page pointless: its own, or the one whose ladder is exhausted."""
    about: str | None
    """The institute that the change concerns, where it concerns one."""
    step: int | None
    contact: str
    channel: Channel
    address: str
    kind: DeliveryKind
    reason: TellingReason
    attempts: int
    """This one included."""
    uncertain: bool
    """Whether an earlier attempt may have been taken without our knowing."""
    created_at: datetime
    anchor: Anchor | None
    moved: bool


@dataclass(frozen=True, slots=True)
class Claims:
    """What a look at the queue gave."""

    claimed: tuple[Claimed, ...]
    dropped: int
    """How many turned out to be pointless; where there are any, another look may give more."""


def claim_due(
    session: Session, channel: Channel, *, owner: str, now: datetime, limit: int, previews: bool = False
) -> Claims:
    """Claim up to `limit` deliveries whose turn has come, the most pressing first, and drop what has become pointless.

    Call it inside `store.transaction()`. Several workers may: a destination is one worker's at a time.
    """
    ids = most_pressing(session, channel, now, limit)
    if ids and session.get_bind().dialect.name == "postgresql":
        ids = lock_destinations(session, channel, ids, now)
    rows = _load(session, ids)
    siblings = _siblings(session, channel, rows)
    answered = _answered(session, rows)
    claimed: list[Claimed] = []
    dropped: dict[str, DropReason] = {}
    for row in rows:
        fate = fate_of(_due(row, answered), siblings.get((row.alert_id, row.address), ()), previews=previews)
        dropped.update(fate.drops)
        if fate.drop is not None:
            dropped[row.id] = fate.drop
        else:
            claimed.append(_claimed(row, fate))
    for delivery, reason in dropped.items():
        record_dropped(session, delivery, reason)
    if claimed:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id.in_([one.id for one in claimed]))
            .values(claimed_by=owner, claimed_until=now + LEASE, attempts=DeliveryRow.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return Claims(tuple(claimed), len(dropped))


def _load(session: Session, ids: Sequence[str]) -> list[Row[Any]]:
    if not ids:
        return []
    found = session.execute(
        select(
            DeliveryRow.id,
            DeliveryRow.alert_id,
            DeliveryRow.revision,
            DeliveryRow.round,
            DeliveryRow.change,
            DeliveryRow.institute,
            DeliveryRow.contact,
            DeliveryRow.channel,
            DeliveryRow.address,
            DeliveryRow.kind,
            DeliveryRow.reason,
            DeliveryRow.attempts,
            DeliveryRow.claimed_by,
            DeliveryRow.created_at,
            AlertRow.state.label("alert_state"),
            AlertRow.round.label("alert_round"),
            ChangeRow.event,
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .outerjoin(
            ChangeRow,
            and_(ChangeRow.alert_id == DeliveryRow.alert_id, ChangeRow.revision == DeliveryRow.revision),
        )
        .where(DeliveryRow.id.in_(ids))
    )
    by_id = {row.id: row for row in cast("list[Row[Any]]", found.all())}
    return [by_id[one] for one in ids]


def _siblings(session: Session, channel: Channel, rows: Iterable[Row[Any]]) -> dict[tuple[str, str], list[Sibling]]:
    pairs = sorted({(row.alert_id, row.address) for row in rows})
    found: dict[tuple[str, str], list[Sibling]] = {pair: [] for pair in pairs}
    if not pairs:
        return found
    for row in session.execute(
        select(
            DeliveryRow.id,
            DeliveryRow.alert_id,
            DeliveryRow.address,
            DeliveryRow.revision,
            DeliveryRow.kind,
            DeliveryRow.reason,
            DeliveryRow.outcome,
            DeliveryRow.provider_id,
            DeliveryRow.provider_place,
        ).where(DeliveryRow.channel == channel.value, tuple_(DeliveryRow.alert_id, DeliveryRow.address).in_(pairs))
    ):
        found[row.alert_id, row.address].append(
            Sibling(
                row.id,
                row.revision,
                DeliveryKind(row.kind),
                TellingReason(row.reason),
                Outcome(row.outcome),
                row.provider_id,
                row.provider_place,
            )
        )
    return found


def _answered(session: Session, rows: Iterable[Row[Any]]) -> set[tuple[str, str, int]]:
    """Which institutes have answered which of the rows' alerts, in which round."""
    alerts = {row.alert_id for row in rows}
    if not alerts:
        return set()
    found = session.execute(
        select(ResponseRow.alert_id, ResponseRow.institute, ResponseRow.round).where(
            ResponseRow.alert_id.in_(alerts), ResponseRow.answer.is_not(None)
        )
    )
    return {(alert, institute, round_) for alert, institute, round_ in found}


def _subject(row: Row[Any]) -> str:
    if row.reason != TellingReason.LADDER_EXHAUSTED:
        return str(row.institute)
    return str((row.event or {}).get("institute") or row.institute)


def _due(row: Row[Any], answered: set[tuple[str, str, int]]) -> Due:
    return Due(
        id=row.id,
        revision=row.revision,
        kind=DeliveryKind(row.kind),
        reason=TellingReason(row.reason),
        round=row.round,
        alert_state=AlertState(row.alert_state),
        alert_round=row.alert_round,
        answered=(row.alert_id, _subject(row), row.round) in answered,
    )


def _claimed(row: Row[Any], fate: Fate) -> Claimed:
    return Claimed(
        id=row.id,
        alert_id=row.alert_id,
        revision=row.revision,
        round=row.round,
        change=AlertChange(row.change),
        institute=row.institute,
        subject=_subject(row),
        about=(row.event or {}).get("institute"),
        step=(row.event or {}).get("step"),
        contact=row.contact,
        channel=Channel(row.channel),
        address=row.address,
        kind=DeliveryKind(row.kind),
        reason=TellingReason(row.reason),
        attempts=row.attempts + 1,
        uncertain=row.claimed_by is not None,
        created_at=row.created_at,
        anchor=fate.anchor,
        moved=fate.moved,
    )


@dataclass(frozen=True, slots=True)
class Fence:
    """The last look before the provider is asked."""

    due: Due
    tlp: str


def last_look(session: Session, claimed: Claimed) -> Fence | None:
    """What a claimed delivery's fate depends on, as it stands now; None where the alert is gone."""
    row = session.execute(
        select(AlertRow.state, AlertRow.round, AlertRow.tlp, ResponseRow.answer)
        .outerjoin(
            ResponseRow,
            and_(
                ResponseRow.alert_id == AlertRow.id,
                ResponseRow.institute == claimed.subject,
                ResponseRow.round == claimed.round,
            ),
        )
        .where(AlertRow.id == claimed.alert_id)
    ).one_or_none()
    if row is None:
        return None
    due = Due(
        id=claimed.id,
        revision=claimed.revision,
        kind=claimed.kind,
        reason=claimed.reason,
        round=claimed.round,
        alert_state=AlertState(row.state),
        alert_round=row.round,
        answered=row.answer is not None,
    )
    return Fence(due, row.tlp)
