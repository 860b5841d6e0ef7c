"""Reminders of alerts that an institute has in hand: rows with a time, looked at by the desk's timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.reminders import IN_HAND, ReminderPolicy, ReminderReason, first_reminder, remind
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.statements import changed_rows, dialect_insert
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_answering import ReminderRow
from tocsin_schemas.vocabulary import AlertChange, AlertPurpose, AlertState, Answer, Severity


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder whose time has come, as it was seen."""

    alert_id: str
    institute: str
    round: int
    next_at: datetime
    sent: int


@dataclass(frozen=True, slots=True)
class Reminded:
    """An institute that was reminded."""

    alert_id: str
    institute: str
    number: int
    """From 1."""
    revision: int


def note_answer_in_hand(session: Session, alert: AlertRow, *, institute: str, answer: Answer, now: datetime) -> None:
    """Begin the institute's reminders anew with an answer that leaves something to be said; end them with a last word.

    When the first is due is for the policy in force to say, which the timer asks: it looks at once.
    """
    key = {"alert_id": alert.id, "institute": institute, "round": alert.round}
    new = {"next_at": now if answer in IN_HAND else None, "sent": 0}
    session.execute(
        dialect_insert(session, ReminderRow)
        .values(**key, **new, unwanted_at=None, unwanted_by=None)
        .on_conflict_do_update(index_elements=list(key), set_=new)
    )


def end_reminders(session: Session, alert_id: str, *, institute: str | None = None, before: int | None = None) -> None:
    """Remind nobody of the alert any more; or one institute only, or only of the rounds before one."""
    rows = update(ReminderRow).where(ReminderRow.alert_id == alert_id, ReminderRow.next_at.is_not(None))
    if institute is not None:
        rows = rows.where(ReminderRow.institute == institute)
    if before is not None:
        rows = rows.where(ReminderRow.round < before)
    session.execute(rows.values(next_at=None))


def stop_reminding(session: Session, *, alert_id: str, institute: str, by: str, now: datetime) -> bool:
    """Do as an institute's people ask: remind them of this alert no more, in this round; whether it is concerned."""
    alert = lock_alert(session, alert_id)
    if alert is None or session.get(ResponseRow, (alert_id, institute, alert.round)) is None:
        return False
    note_unwanted(session, alert, institute=institute, by=by, now=now)
    return True


def note_unwanted(session: Session, alert: AlertRow, *, institute: str, by: str, now: datetime) -> None:
    """Remind an institute of the alert no more, in this round; the caller holds the alert. The first wish is kept."""
    key = {"alert_id": alert.id, "institute": institute, "round": alert.round}
    row = dialect_insert(session, ReminderRow).values(**key, next_at=None, unwanted_at=now, unwanted_by=by, sent=0)
    first = {
        "next_at": None,
        "unwanted_at": func.coalesce(ReminderRow.unwanted_at, row.excluded.unwanted_at),
        "unwanted_by": func.coalesce(ReminderRow.unwanted_by, row.excluded.unwanted_by),
    }
    session.execute(row.on_conflict_do_update(index_elements=list(key), set_=first))


def due_reminders(session: Session, now: datetime) -> list[DueReminder]:
    """Reminders whose time has come, the longest ago first."""
    rows = session.execute(
        select(ReminderRow.alert_id, ReminderRow.institute, ReminderRow.round, ReminderRow.next_at, ReminderRow.sent)
        .where(ReminderRow.next_at <= now)
        .order_by(ReminderRow.next_at, ReminderRow.alert_id, ReminderRow.institute)
        .limit(BATCH)
    )
    return [DueReminder(row.alert_id, row.institute, row.round, row.next_at, row.sent) for row in rows]


def send_reminder(session: Session, due: DueReminder, *, policy: ReminderPolicy, now: datetime) -> Reminded | None:
    """Remind one institute, in the caller's transaction; None where it is not to be, or another desk was faster."""
    alert = lock_alert(session, due.alert_id)
    row = session.get(ReminderRow, (due.alert_id, due.institute, due.round), populate_existing=True)
    response = session.get(ResponseRow, (due.alert_id, due.institute, due.round), populate_existing=True)
    if alert is None or row is None or response is None:
        return None
    # Guidance asks nobody to act, and a last word is no duty where no answer is.
    reminds = alert.purpose == AlertPurpose.REPORT and response.answer_required
    rule = policy.get(Severity(alert.severity)) if reminds else None
    answer = None if response.answer is None else Answer(response.answer)
    begins = row.sent == 0 and answer is not None and response.answered_at is not None
    first = first_reminder(rule, answer, response.answered_at) if begins and response.answered_at and answer else None
    decided = remind(
        rule,
        answer=answer,
        closed=alert.state in {AlertState.RESOLVED, AlertState.RETRACTED},
        newer_round=alert.round != due.round,
        wanted=row.unwanted_at is None,
        due_at=first or due.next_at,
        sent=row.sent,
        now=now,
    )
    reminded = decided.reason is ReminderReason.REMINDED
    if not _taken(session, due, decided.next_at, sent=due.sent + reminded) or not reminded:
        return None
    event = record_change(
        session, alert, change=AlertChange.UPDATED, reason=decided.reason.value, now=now, institute=due.institute
    )
    return Reminded(due.alert_id, due.institute, due.sent + 1, event.revision)


def send_reminders(store: Store, *, policy: ReminderPolicy, now: datetime) -> list[Reminded]:
    """Remind everybody whose time has come, each in a transaction of its own."""
    return act_on_due(
        store,
        lambda session: due_reminders(session, now),
        lambda session, due: send_reminder(session, due, policy=policy, now=now),
    )


def _taken(session: Session, due: DueReminder, next_at: datetime | None, *, sent: int) -> bool:
    """The conditional update: of several desks one takes it."""
    taken = (
        update(ReminderRow)
        .where(
            ReminderRow.alert_id == due.alert_id,
            ReminderRow.institute == due.institute,
            ReminderRow.round == due.round,
            ReminderRow.next_at == due.next_at,
            ReminderRow.sent == due.sent,
        )
        .values(next_at=next_at, sent=sent)
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, taken) == 1
