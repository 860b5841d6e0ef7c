"""Answers of institutes: the first counts, later ones are kept beside it, and from the commit on nobody is chased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import func, literal, or_, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.answering import AnswerOutcome, Standing, replaceable, state_of
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.columns import UtcDateTime
from tocsin_alerting.store.deadlines import end_quorums, note_answer
from tocsin_alerting.store.reminding import note_answer_in_hand, note_unwanted
from tocsin_alerting.store.statements import changed_rows
from tocsin_alerting.store.tables import AlertRow, AnswerRow, ResponseRow
from tocsin_schemas.vocabulary import AlertChange, AlertState, Answer


class Via(StrEnum):
    """The way an answer came."""

    EMAIL_LINK = "email_link"
    SLACK = "slack"
    API = "api"
    PAGE = "page"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What became of an answer; `standing` and what follows describe the answer that stands now, whoever gave it."""

    outcome: AnswerOutcome
    alert_id: str
    institute: str
    round: int
    """The alert's present round; 0 where there is no such alert."""
    standing: Answer | None
    by: str | None
    via: str | None
    at: datetime | None
    revision: int | None
    """The revision that tells of it, where it counted."""


def give_answer(
    session: Session,
    *,
    alert_id: str,
    institute: str,
    answer: Answer,
    by: str,
    via: Via,
    now: datetime,
    note: str | None = None,
    delivery_id: str | None = None,
    round: int | None = None,  # noqa: A002 - the domain's word
    remind: bool = True,
) -> GivenAnswer:
    """Take an institute's answer to an alert: one conditional UPDATE decides whether it counts.

    Call it inside `with store.transaction() as session`. The answer, its line in the ledger, the change, the event
    and the end of the institute's ladder are committed together.

    Args:
        session: of the caller's transaction.
        alert_id: the alert.
        institute: on whose behalf it is given.
        answer: what it says.
        by: who gave it: a contact id, `slack:<team>:<user>` or `operator`.
        via: the way it came.
        now: when.
        note: what the person said with it; protected like the alert's text.
        delivery_id: the message it answers, where there is one.
        round: the round that the person saw; None takes the present one.
        remind: whether its people may be reminded of it later; the policy says whether they are.
    """
    alert = lock_alert(session, alert_id)
    if alert is None:
        return GivenAnswer(AnswerOutcome.UNKNOWN_ALERT, alert_id, institute, 0, None, None, None, None, None)
    outcome = _take(session, alert, institute=institute, answer=answer, by=by, via=via, now=now, seen_round=round)
    session.add(
        AnswerRow(
            id=str(uuid4()),
            alert_id=alert_id,
            institute=institute,
            round=round or alert.round,
            answer=answer.value,
            outcome=outcome.value,
            at=now,
            by=by,
            via=via.value,
            note=note,
            delivery_id=delivery_id,
        )
    )
    revision = None
    if outcome is AnswerOutcome.COUNTED:
        alert.state = state_of(standings(session, alert)).value
        if alert.state == AlertState.RESOLVED:
            alert.open_key = None
        event = record_change(
            session,
            alert,
            change=AlertChange.RESOLVED if answer is Answer.RESOLVE else AlertChange.ACKNOWLEDGED,
            reason=answer.value,
            now=now,
            institute=institute,
            actor=by,
            note=note,
        )
        revision = event.revision
        _follow(session, alert, institute=institute, answer=answer, by=by, remind=remind, now=now)
    response = session.get(ResponseRow, (alert_id, institute, alert.round), populate_existing=True)
    return GivenAnswer(
        outcome=outcome,
        alert_id=alert_id,
        institute=institute,
        round=alert.round,
        standing=Answer(response.answer) if response is not None and response.answer is not None else None,
        by=response.answered_by if response is not None else None,
        via=response.answered_via if response is not None else None,
        at=response.answered_at if response is not None else None,
        revision=revision,
    )


def _follow(
    session: Session, alert: AlertRow, *, institute: str, answer: Answer, by: str, remind: bool, now: datetime
) -> None:
    """What an answer that counts does beside ending the ladder."""
    note_answer_in_hand(session, alert, institute=institute, answer=answer, now=now)
    if not remind:
        note_unwanted(session, alert, institute=institute, by=by, now=now)
    note_answer(session, alert, now)
    if alert.state == AlertState.RESOLVED:
        end_quorums(session, alert)


def standings(session: Session, alert: AlertRow) -> list[Standing]:
    """What each institute of the alert's present round owes and has said."""
    rows = session.execute(
        select(ResponseRow.answer_required, ResponseRow.answer).where(
            ResponseRow.alert_id == alert.id, ResponseRow.round == alert.round
        )
    )
    return [Standing(required, None if answer is None else Answer(answer)) for required, answer in rows]


def _take(
    session: Session,
    alert: AlertRow,
    *,
    institute: str,
    answer: Answer,
    by: str,
    via: Via,
    now: datetime,
    seen_round: int | None,
) -> AnswerOutcome:
    asked = session.execute(
        select(ResponseRow.answer).where(
            ResponseRow.alert_id == alert.id, ResponseRow.institute == institute, ResponseRow.round == alert.round
        )
    ).one_or_none()
    if asked is None:
        return AnswerOutcome.NOT_CONCERNED
    if alert.state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        return AnswerOutcome.CLOSED
    if seen_round is not None and seen_round != alert.round:
        return AnswerOutcome.STALE_ROUND
    answered = (
        update(ResponseRow)
        .where(
            ResponseRow.alert_id == alert.id,
            ResponseRow.institute == institute,
            ResponseRow.round == alert.round,
            or_(ResponseRow.answer.is_(None), ResponseRow.answer.in_(replaceable(answer))),
        )
        .values(
            answer=answer.value,
            answered_at=now,
            answered_by=by,
            answered_via=via.value,
            first_answered_at=func.coalesce(ResponseRow.first_answered_at, literal(now, UtcDateTime())),
            next_step_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    return AnswerOutcome.COUNTED if changed_rows(session, answered) == 1 else AnswerOutcome.ALREADY_ANSWERED


__all__ = ["AnswerOutcome", "GivenAnswer", "Via", "give_answer", "standings"]
