"""What must always hold of the store, as questions whose answers must be empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tocsin_alerting.store.answering_audit import waiting_questions
from tocsin_alerting.store.muting_audit import kept_back_without_cause, untold_though_over
from tocsin_alerting.store.severity_audit import other_override_stands, severity_without_cause
from tocsin_alerting.store.tables import AlertRow, ChangeRow, OutboxRow, ReportRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas.vocabulary import AlertPurpose, AlertState

_OUTBOX_PATIENCE = timedelta(seconds=30)
_STEP_PATIENCE = timedelta(seconds=30)
_ATTEMPT_PATIENCE = timedelta(minutes=5)
_EXAMPLES = 20
_LIVE = (AlertState.OPEN.value, AlertState.ACKNOWLEDGED.value)


class Invariant(StrEnum):
    """What must hold."""

    SILENCE_HAS_A_NEXT_STEP = "silence_has_a_next_step"
    """An institute that owes an answer to a live alert has a next step with a time, or its ladder is exhausted."""
    STEPS_FIRE = "steps_fire"
    """No wait is long over: a desk's timer runs."""
    QUORUMS_HAVE_AN_END = "quorums_have_an_end"
    """The quorum of a live alert's round has a deadline to come, or it has passed."""
    DEADLINES_ARE_SEEN = "deadlines_are_seen"
    """No deadline has long passed unnoticed."""
    REMINDERS_ARE_SENT = "reminders_are_sent"
    """No reminder is long overdue."""
    REMINDERS_REMIND_OF_SOMETHING = "reminders_remind_of_something"
    """Who is to be reminded has an answer that leaves something to be said."""
    DELIVERIES_END = "deliveries_end"
    """A planned delivery has an outcome or a next attempt."""
    FOLDED_ARE_FOUND = "folded_are_found"
    """What was folded names the bulletin that holds it."""
    ATTEMPTS_ARE_MADE = "attempts_are_made"
    """No attempt is long overdue: a notifier runs."""
    OUTBOX_DRAINS = "outbox_drains"
    """No event waits long to be published: a relay runs."""
    REVISIONS_HAVE_NO_GAPS = "revisions_have_no_gaps"
    """An alert has exactly one change for each revision up to its present one."""
    LIVE_ALERTS_HAVE_REPORTS = "live_alerts_have_reports"
    """An alert that is not retracted has a current report; one of guidance compares those of other alerts."""
    THE_NEWEST_OVERRIDE_STANDS = "the_newest_override_stands"
    """The override of an alert that is not retracted is its newest that was not withdrawn."""
    SEVERITY_HAS_ITS_CAUSE = "severity_has_its_cause"
    """An alert that is not retracted is as severe as its current reports make it, and the override that stands."""
    WHAT_IS_KEPT_BACK_HAS_A_CAUSE = "what_is_kept_back_has_a_cause"
    """A muted delivery names a silence, a window or an incident that exists."""
    NOBODY_STAYS_UNTOLD = "nobody_stays_untold"
    """When what kept an alert back is over, those who were not told are: a desk's timer runs."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that does not hold."""

    invariant: Invariant
    subject: str
    """What it concerns, by its ids."""


def audit(
    session: Session,
    now: datetime,
    *,
    outbox_patience: timedelta = _OUTBOX_PATIENCE,
    step_patience: timedelta = _STEP_PATIENCE,
    attempt_patience: timedelta = _ATTEMPT_PATIENCE,
    limit: int = _EXAMPLES,
) -> list[Violation]:
    """All that does not hold at `now`, at most `limit` examples of each invariant.

    Args:
        session: any session on the store.
        now: the present instant.
        outbox_patience: how long an event may wait to be published.
        step_patience: how long a wait may be over before its step fires; so with deadlines and reminders.
        attempt_patience: how long a delivery's attempt may be overdue.
        limit: how many examples of each.
    """
    live_response = (
        select(ResponseRow.alert_id, ResponseRow.institute)
        .join(AlertRow, (AlertRow.id == ResponseRow.alert_id) & (AlertRow.round == ResponseRow.round))
        .where(AlertRow.state.in_(_LIVE), ResponseRow.answer.is_(None))
    )
    gaps = (
        select(AlertRow.id)
        .outerjoin(ChangeRow, ChangeRow.alert_id == AlertRow.id)
        .group_by(AlertRow.id, AlertRow.revision)
        .having(
            (func.count(ChangeRow.revision) != AlertRow.revision)
            | (func.coalesce(func.max(ChangeRow.revision), 0) != AlertRow.revision)
        )
    )
    current = select(ReportRow.id).where(ReportRow.alert_id == AlertRow.id, ReportRow.current).exists()
    questions = {
        Invariant.SILENCE_HAS_A_NEXT_STEP: live_response.where(
            ResponseRow.answer_required, ResponseRow.next_step_at.is_(None), ResponseRow.exhausted_at.is_(None)
        ),
        Invariant.STEPS_FIRE: live_response.where(ResponseRow.next_step_at < now - step_patience),
        Invariant.DELIVERIES_END: select(DeliveryRow.id).where(
            DeliveryRow.outcome == "pending", DeliveryRow.next_attempt_at.is_(None)
        ),
        Invariant.FOLDED_ARE_FOUND: select(DeliveryRow.id).where(
            DeliveryRow.outcome == "folded", DeliveryRow.summary_id.is_(None)
        ),
        Invariant.ATTEMPTS_ARE_MADE: select(DeliveryRow.id).where(
            DeliveryRow.outcome == "pending", DeliveryRow.next_attempt_at < now - attempt_patience
        ),
        Invariant.OUTBOX_DRAINS: select(OutboxRow.number).where(
            OutboxRow.published_at.is_(None), OutboxRow.created_at < now - outbox_patience
        ),
        Invariant.REVISIONS_HAVE_NO_GAPS: gaps,
        Invariant.LIVE_ALERTS_HAVE_REPORTS: select(AlertRow.id).where(
            AlertRow.state != AlertState.RETRACTED.value, AlertRow.purpose == AlertPurpose.REPORT.value, ~current
        ),
    }
    waiting = waiting_questions(_LIVE, overdue=now - step_patience)
    questions |= {Invariant(name): question for name, question in waiting.items()}
    return [
        *(
            Violation(invariant, " ".join(str(part) for part in row))
            for invariant, question in questions.items()
            for row in session.execute(question.limit(limit))
        ),
        *(Violation(Invariant.THE_NEWEST_OVERRIDE_STANDS, alert) for alert in other_override_stands(session, limit)),
        *(Violation(Invariant.SEVERITY_HAS_ITS_CAUSE, alert) for alert in severity_without_cause(session, limit)),
        *(
            Violation(Invariant.WHAT_IS_KEPT_BACK_HAS_A_CAUSE, delivery)
            for delivery in kept_back_without_cause(session, limit)
        ),
        *(
            Violation(Invariant.NOBODY_STAYS_UNTOLD, kept)
            for kept in untold_though_over(session, now, step_patience, limit)
        ),
    ]
