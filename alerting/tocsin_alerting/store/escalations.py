"""The escalation timer's work: ladders whose wait is over move on, once, however many desks look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.ladders import LadderReason, Move, climb
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.muting_holds import holds
from tocsin_alerting.store.rounds import tellable
from tocsin_alerting.store.statements import changed_rows
from tocsin_alerting.store.tables import ResponseRow
from tocsin_schemas.vocabulary import AlertChange


@dataclass(frozen=True, slots=True)
class DueStep:
    """A wait that is over, as it was seen: it fires only if it still stands like this."""

    alert_id: str
    institute: str
    round: int
    step: int
    next_step_at: datetime


@dataclass(frozen=True, slots=True)
class Fired:
    """A ladder that moved on."""

    alert_id: str
    institute: str
    step: int | None
    """None: it is exhausted."""
    reason: LadderReason
    revision: int


def due_steps(session: Session, now: datetime) -> list[DueStep]:
    """Waits that are over at `now`, the longest over first."""
    rows = session.execute(
        select(
            ResponseRow.alert_id, ResponseRow.institute, ResponseRow.round, ResponseRow.step, ResponseRow.next_step_at
        )
        .where(ResponseRow.next_step_at <= now)
        .order_by(ResponseRow.next_step_at, ResponseRow.alert_id, ResponseRow.institute)
        .limit(BATCH)
    )
    return [DueStep(row.alert_id, row.institute, row.round, row.step, row.next_step_at) for row in rows]


def fire(session: Session, due: DueStep, *, directory: Directory, now: datetime) -> Fired | None:
    """Move one ladder on, in the caller's transaction; None when somebody was faster: an answer, or another desk."""
    alert = lock_alert(session, due.alert_id)
    if alert is None:
        return None
    response = session.get(ResponseRow, (due.alert_id, due.institute, due.round), populate_existing=True)
    if response is None or response.next_step_at is None or response.round != alert.round:
        return None
    if holds(session, alert, response, directory=directory, now=now):
        return None
    move = climb(
        directory.ladders.get(response.ladder),
        step=response.step,
        next_step_at=response.next_step_at,
        answer_required=response.answer_required,
        answered=response.answer is not None,
        tellable=tellable(directory, alert, due.institute, now),
        now=now,
        reached=response.hurried is None,
    )
    if not move.fires or not _moved(session, due, move, now):
        return None
    event = record_change(
        session,
        alert,
        change=AlertChange.ESCALATED,
        reason=move.reason.value,
        now=now,
        institute=due.institute,
        step=None if move.exhausted else move.step,
    )
    return Fired(due.alert_id, due.institute, event.step, move.reason, event.revision)


def fire_due(store: Store, *, directory: Directory, now: datetime) -> list[Fired]:
    """Move every ladder on whose wait is over, each in a transaction of its own."""
    return act_on_due(
        store,
        lambda session: due_steps(session, now),
        lambda session, due: fire(session, due, directory=directory, now=now),
    )


def _moved(session: Session, due: DueStep, move: Move, now: datetime) -> bool:
    """The conditional update: it takes only a ladder that stands as it was seen, and unanswered."""
    moved = (
        update(ResponseRow)
        .where(
            ResponseRow.alert_id == due.alert_id,
            ResponseRow.institute == due.institute,
            ResponseRow.round == due.round,
            ResponseRow.step == due.step,
            ResponseRow.next_step_at == due.next_step_at,
            ResponseRow.answer.is_(None),
        )
        .values(
            step=move.step,
            next_step_at=move.next_step_at,
            exhausted_at=now if move.exhausted else None,
            hurried=None,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, moved) == 1
