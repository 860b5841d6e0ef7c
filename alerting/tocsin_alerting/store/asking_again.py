"""Withdrawing an institute's answer and asking it again: the answer stays in the ledger, the ladder begins anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from tocsin_alerting.policy.answering import AnswerOutcome, state_of
from tocsin_alerting.policy.asking_again import AskAgainOutcome, may_ask_again
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.ladders import LadderReason, Move, begin
from tocsin_alerting.store.answers import Via, standings
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.deadlines import note_withdrawal
from tocsin_alerting.store.reminding import end_reminders
from tocsin_alerting.store.rounds import tellable
from tocsin_alerting.store.tables import AlertRow, AnswerRow, ResponseRow
from tocsin_schemas.vocabulary import AlertChange, AlertState, Answer

ANSWER_WITHDRAWN = "answer_withdrawn"
"""Why a ladder began again."""


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What became of the wish that an institute be asked again."""

    outcome: AskAgainOutcome
    alert_id: str
    institute: str
    withdrawn: Answer | None
    """The answer that was taken back; None where it had given none."""
    step: int | None
    """The step of its ladder that is told now; None where nobody of it may be, or nothing was done."""
    revision: int | None


def ask_again(
    session: Session,
    *,
    alert_id: str,
    institute: str,
    why: str,
    by: str,
    via: Via,
    directory: Directory,
    now: datetime,
    seen_at: datetime | None = None,
) -> AskedAgain:
    """Take an institute's answer back and begin its ladder again, now.

    Call it inside `with store.transaction() as session`. Who may ask for it is for the caller to decide.

    Args:
        session: of the caller's transaction.
        alert_id: the alert.
        institute: whose answer it is.
        why: the reason, in the person's words; protected like the alert's text.
        by: who: a contact id, `slack:<team>:<user>`, `institute:<id>` or `operator`.
        via: the way it came.
        directory: the ladders, and who may be told.
        now: when.
        seen_at: as of when the person saw the answer; None takes back whatever stands.
    """
    alert = lock_alert(session, alert_id)
    if alert is None:
        return AskedAgain(AskAgainOutcome.UNKNOWN_ALERT, alert_id, institute, None, None, None)
    response = session.get(ResponseRow, (alert_id, institute, alert.round), populate_existing=True)
    answer = None if response is None or response.answer is None else Answer(response.answer)
    outcome = may_ask_again(
        state=AlertState(alert.state),
        asked=response is not None,
        answer=answer,
        answered_at=None if response is None else response.answered_at,
        ladder_runs=response is not None and response.next_step_at is not None,
        seen_at=seen_at,
    )
    if outcome is not AskAgainOutcome.ASKED_AGAIN or response is None:
        return AskedAgain(outcome, alert_id, institute, None, None, None)
    if answer is not None:
        session.add(_ledger_line(alert, response, answer, why=why, by=by, via=via, now=now))
    move = _begin(alert, response, directory, now)
    response.answer = response.answered_at = response.answered_by = response.answered_via = None
    response.first_answered_at = None
    response.step, response.next_step_at = move.step, move.next_step_at
    response.exhausted_at = now if move.exhausted else None
    session.flush()
    end_reminders(session, alert_id, institute=institute)
    note_withdrawal(session, alert, now)
    alert.state = state_of(standings(session, alert)).value
    event = record_change(
        session,
        alert,
        change=AlertChange.ESCALATED,
        reason=move.reason.value if move.exhausted else ANSWER_WITHDRAWN,
        now=now,
        institute=institute,
        step=None if move.exhausted else move.step,
        actor=by,
        note=why,
    )
    return AskedAgain(outcome, alert_id, institute, answer, event.step, event.revision)


def _begin(alert: AlertRow, response: ResponseRow, directory: Directory, now: datetime) -> Move:
    ladder = directory.ladders.get(response.ladder)
    if ladder is None:
        # The policy no longer has it: that is loud, as it is when a ladder moves on.
        return Move(response.step, None, exhausted=True, reason=LadderReason.LADDER_EXHAUSTED)
    return begin(
        ladder,
        answer_required=response.answer_required,
        tellable=tellable(directory, alert, response.institute, now),
        now=now,
    )


def _ledger_line(
    alert: AlertRow, response: ResponseRow, answer: Answer, *, why: str, by: str, via: Via, now: datetime
) -> AnswerRow:
    return AnswerRow(
        id=str(uuid4()),
        alert_id=alert.id,
        institute=response.institute,
        round=alert.round,
        answer=answer.value,
        outcome=AnswerOutcome.WITHDRAWN.value,
        at=now,
        by=by,
        via=via.value,
        note=why,
        delivery_id=None,
    )
