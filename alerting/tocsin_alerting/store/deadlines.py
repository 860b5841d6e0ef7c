"""The quorum of a round and its deadline: met or missed once, however many desks look and however late they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.quorum import TOLD_AT_DEADLINE, Judgement, Quorum, QuorumReason, Voice, judge
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.statements import changed_rows
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_answering import QuorumRow
from tocsin_schemas.vocabulary import AlertChange, AlertState


@dataclass(frozen=True, slots=True)
class DueDeadline:
    """A deadline that has passed, as it was seen."""

    alert_id: str
    round: int
    next_at: datetime


@dataclass(frozen=True, slots=True)
class PassedDeadline:
    """A deadline that was found to have passed."""

    alert_id: str
    judgement: Judgement
    revision: int | None
    """Of the change that tells of it; None where there is nothing to tell."""


def begin_quorum(session: Session, alert: AlertRow, rule: Quorum | None, now: datetime) -> None:
    """Set the present round's deadline; without a rule there is none. The alert's row has been written."""
    if rule is not None:
        due = now + rule.within
        session.add(
            QuorumRow(
                alert_id=alert.id, round=alert.round, institutes=rule.institutes, due_at=due, next_at=due,
                met_at=None, missed_at=None, passed_at=None,
            )
        )  # fmt: skip


def end_quorums(session: Session, alert: AlertRow, *, before: int | None = None) -> None:
    """Look at no deadline of the alert any more; with `before`, only at none of the rounds before that one."""
    rows = update(QuorumRow).where(QuorumRow.alert_id == alert.id, QuorumRow.next_at.is_not(None))
    if before is not None:
        rows = rows.where(QuorumRow.round < before)
    session.execute(rows.values(next_at=None))


def note_answer(session: Session, alert: AlertRow, now: datetime) -> int | None:
    """See whether an answer that was just taken makes the quorum; the revision that tells so."""
    row = session.get(QuorumRow, (alert.id, alert.round), populate_existing=True)
    if row is None or row.met_at is not None or row.next_at is None:
        return None
    if _judged(session, row, now).reason is not QuorumReason.QUORUM_MET:
        return None
    row.met_at = now
    event = record_change(
        session, alert, change=AlertChange.UPDATED, reason=QuorumReason.QUORUM_MET.value, now=now
    )  # fmt: skip
    return event.revision


def note_withdrawal(session: Session, alert: AlertRow, now: datetime) -> None:
    """See whether a withdrawn answer unmakes the quorum before its deadline: then it may still be met, or missed."""
    row = session.get(QuorumRow, (alert.id, alert.round), populate_existing=True)
    if row is None or row.met_at is None or now >= row.due_at:
        return
    met_at, row.met_at = row.met_at, None
    if _judged(session, row, now).reason is QuorumReason.QUORUM_MET:
        row.met_at = met_at


def due_deadlines(session: Session, now: datetime) -> list[DueDeadline]:
    """Deadlines that have passed at `now`, the longest ago first."""
    rows = session.execute(
        select(QuorumRow.alert_id, QuorumRow.round, QuorumRow.next_at)
        .where(QuorumRow.next_at <= now)
        .order_by(QuorumRow.next_at, QuorumRow.alert_id)
        .limit(BATCH)
    )
    return [DueDeadline(row.alert_id, row.round, row.next_at) for row in rows]


def pass_deadline(session: Session, due: DueDeadline, now: datetime) -> PassedDeadline | None:
    """Find one deadline passed, in the caller's transaction; None where that is done, or its round is over."""
    alert = lock_alert(session, due.alert_id)
    row = session.get(QuorumRow, (due.alert_id, due.round), populate_existing=True)
    if alert is None or row is None or row.next_at != due.next_at:
        return None
    if alert.round != due.round or alert.state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        row.next_at = None
        return None
    judgement = _judged(session, row, now)
    if not judgement.over or not _taken(session, due, judgement, row.met_at, now):
        return None
    revision = None
    if judgement.reason in TOLD_AT_DEADLINE:
        event = record_change(
            session, alert, change=AlertChange.UPDATED, reason=judgement.reason.value, now=now
        )  # fmt: skip
        revision = event.revision
    return PassedDeadline(due.alert_id, judgement, revision)


def pass_deadlines(store: Store, *, now: datetime) -> list[PassedDeadline]:
    """Find every deadline passed that has, each in a transaction of its own."""
    return act_on_due(
        store,
        lambda session: due_deadlines(session, now),
        lambda session, due: pass_deadline(session, due, now),
    )


def _judged(session: Session, row: QuorumRow, now: datetime) -> Judgement:
    owing = session.execute(
        select(ResponseRow.institute, ResponseRow.first_answered_at).where(
            ResponseRow.alert_id == row.alert_id, ResponseRow.round == row.round, ResponseRow.answer_required
        )
    )
    voices = [Voice(institute, answered_at) for institute, answered_at in owing]
    return judge(row.institutes, voices, due_at=row.due_at, met=row.met_at is not None, now=now)


def _taken(
    session: Session, due: DueDeadline, judgement: Judgement, met_at: datetime | None, now: datetime
) -> bool:  # fmt: skip
    """The conditional update: of several desks one takes it."""
    missed = judgement.reason is QuorumReason.QUORUM_MISSED
    met = judgement.reason in {QuorumReason.SILENT_AT_DEADLINE, QuorumReason.ALL_ANSWERED}
    taken = (
        update(QuorumRow)
        .where(QuorumRow.alert_id == due.alert_id, QuorumRow.round == due.round, QuorumRow.next_at == due.next_at)
        .values(
            next_at=None,
            passed_at=now,
            missed_at=now if missed else None,
            met_at=(met_at or now) if met else None,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, taken) == 1
