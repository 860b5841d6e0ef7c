"""Whether people are still being reached: looks at a step's pages and lets the next channel, or the next step, go out.

Asked by whoever learns of a failure, and by the desk's timer for what has waited too long and as the last word: each
change is a conditional update, so that it does not matter how often or by whom it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.reaching import Judgement, Next, Page, ReachReason, judge
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.store.changes import lock_alert
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.statements import changed_rows
from tocsin_alerting.store.tables import AlertRow, ChangeRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas.vocabulary import AlertState

_PAGES = [reason.value for reason in TellingReason if reason.pages]
_CLOSED = {AlertState.RESOLVED.value, AlertState.RETRACTED.value}


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """A step that was looked at because of one of its pages."""

    delivery: str
    alert_id: str
    institute: str
    judgement: Judgement
    stood_in: tuple[str, ...]
    """The deliveries that go out now in place of others."""
    hurried: bool
    """Whether the ladder's next step was brought forward."""
    coordinating: bool
    """Whether the page told the coordinator of another institute's silence: there is nobody after them."""


def reconsider(session: Session, delivery: DeliveryRow, *, now: datetime) -> Reconsidered | None:
    """Judge the step that a page belongs to, and act; None where nobody waits for that step any more.

    Runs in the caller's transaction. Without the alert's lock two failures at the same instant may each take the
    other for a message that still reaches somebody; the desk, which has it, looks again.
    """
    if delivery.alert_id is None or delivery.kind == DeliveryKind.EDIT or delivery.reason not in _PAGES:
        return None
    alert = session.get(AlertRow, delivery.alert_id)
    if alert is None or alert.state in _CLOSED or alert.round != delivery.round:
        return None
    session.flush()
    pages = _step_of(session, delivery)
    coordinating = delivery.reason == TellingReason.LADDER_EXHAUSTED
    step, subject = pages.step, pages.subject
    response = session.get(ResponseRow, (alert.id, subject, alert.round), populate_existing=True)
    if response is not None and (response.answer is not None or (not coordinating and response.step != step)):
        return None
    judgement = judge(pages.pages, now)
    stood_in = tuple(one for one, why in judgement.stand_in if _stands_in(session, one, why, now))
    hurried = (
        judgement.next is Next.NEXT_PERSON
        and not coordinating
        and _hurry(session, delivery, step=step, reason=judgement.reason, now=now)
    )
    return Reconsidered(delivery.id, delivery.alert_id, delivery.institute, judgement, stood_in, hurried, coordinating)


def reconsider_due(
    store: Store,
    *,
    now: datetime,
    also: Callable[[Session, Reconsidered], None] | None = None,
) -> list[Reconsidered]:
    """Look at every page that is doubted by now and was not looked at yet, each in a transaction of its own.

    `also` is done in the same transaction as the look itself.
    """
    doubted = (
        select(DeliveryRow.id, DeliveryRow.alert_id)
        .where(DeliveryRow.doubt_at <= now, DeliveryRow.judged_at.is_(None))
        .order_by(DeliveryRow.doubt_at, DeliveryRow.id)
        .limit(BATCH)
    )

    def look_again(session: Session, due: tuple[str, str | None]) -> Reconsidered | None:
        identifier, alert_id = due
        if alert_id is not None:
            lock_alert(session, alert_id)
        row = session.get(DeliveryRow, identifier, populate_existing=True)
        if row is None or row.doubt_at is None or row.doubt_at > now or row.judged_at is not None:
            return None
        outcome = reconsider(session, row, now=now)
        row.judged_at = now
        if outcome is not None and also is not None:
            also(session, outcome)
        return outcome

    return act_on_due(store, lambda session: session.execute(doubted), look_again)


@dataclass(frozen=True, slots=True)
class _Step:
    step: int
    subject: str
    """The institute whose answer makes the pages pointless."""
    pages: tuple[Page, ...]


def _step_of(session: Session, delivery: DeliveryRow) -> _Step:
    """All pages of the step that a page belongs to, whatever change told of them."""
    rows = session.execute(
        select(DeliveryRow, ChangeRow.event)
        .outerjoin(
            ChangeRow, and_(ChangeRow.alert_id == DeliveryRow.alert_id, ChangeRow.revision == DeliveryRow.revision)
        )
        .where(
            DeliveryRow.alert_id == delivery.alert_id,
            DeliveryRow.institute == delivery.institute,
            DeliveryRow.round == delivery.round,
            DeliveryRow.reason.in_(_PAGES),
            DeliveryRow.kind != DeliveryKind.EDIT.value,
        )
        .order_by(DeliveryRow.revision, DeliveryRow.created_at, DeliveryRow.id)
        .execution_options(populate_existing=True)
    ).all()
    keys = {row.id: _key(row, event) for row, event in rows}
    key = keys[delivery.id]
    return _Step(key[0], key[1], tuple(_page(row) for row, _ in rows if keys[row.id] == key))


def _key(row: DeliveryRow, event: dict[str, Any] | None) -> tuple[int, str]:
    """Number of the step, and the institute whose step it is: a silent one's, where the coordinator is told of it."""
    if row.reason == TellingReason.LADDER_EXHAUSTED:
        return 0, str((event or {}).get("institute") or row.institute)
    return int((event or {}).get("step") or 1), row.institute


def _page(row: DeliveryRow) -> Page:
    return Page(
        id=row.id,
        outcome=Outcome(row.outcome),
        receipt=None if row.receipt is None else Receipt(row.receipt),
        doubt_at=row.doubt_at,
        stands_by_for=row.stands_by_for,
    )


def _stands_in(session: Session, identifier: str, reason: ReachReason, now: datetime) -> bool:
    row = session.get(DeliveryRow, identifier)
    if row is None:
        return False
    # It is given as much time as it would have had when it was planned.
    patience = None if row.doubt_at is None else row.doubt_at - row.created_at
    stands_in = (
        update(DeliveryRow)
        .where(DeliveryRow.id == identifier, DeliveryRow.outcome == Outcome.STANDBY.value)
        .values(
            outcome=Outcome.PENDING.value,
            outcome_reason=None,
            next_attempt_at=now,
            stood_in=reason.value,
            doubt_at=None if patience is None else now + patience,
            judged_at=None,
        )
        .execution_options(synchronize_session="fetch")
    )
    return changed_rows(session, stands_in) == 1


def _hurry(session: Session, delivery: DeliveryRow, *, step: int, reason: ReachReason, now: datetime) -> bool:
    """The institute's next step fires now, if it still waits for the people whom nothing reaches."""
    hurries = (
        update(ResponseRow)
        .where(
            ResponseRow.alert_id == delivery.alert_id,
            ResponseRow.institute == delivery.institute,
            ResponseRow.round == delivery.round,
            ResponseRow.step == step,
            ResponseRow.answer.is_(None),
            ResponseRow.exhausted_at.is_(None),
            ResponseRow.next_step_at > now,
        )
        .values(next_step_at=now, hurried=reason.value)
        .execution_options(synchronize_session="fetch")
    )
    return changed_rows(session, hurries) == 1


def reconsider_planned(session: Session, planned: Iterable[str], *, now: datetime) -> None:
    """Look at pages that stand by as soon as they are planned: what they stand by for may have failed already."""
    ids = list(planned)
    rows = session.scalars(
        select(DeliveryRow).where(DeliveryRow.id.in_(ids), DeliveryRow.outcome == Outcome.STANDBY.value)
    ).all()
    for row in rows:
        reconsider(session, row, now=now)
