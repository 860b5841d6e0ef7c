"""An alert's row: as it is raised, and as a decision of the life cycle makes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.answering import state_of
from tocsin_alerting.policy.corroboration import Weighing
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.lifecycle import Decision, LifecycleReason
from tocsin_alerting.policy.overrides import class_under
from tocsin_alerting.store.answers import standings
from tocsin_alerting.store.changes import record_change
from tocsin_alerting.store.flapping import damped
from tocsin_alerting.store.rounds import Call, adjust_round, begin_round, end_rounds, plan_for, record_calls
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.weighings import weighing_content
from tocsin_schemas.assessment import Assessment, Grade
from tocsin_schemas.vocabulary import AlertChange, AlertPurpose, AlertState


def alert_row(assessment: Assessment, *, key: str, report: str, now: datetime, open_: bool = True) -> AlertRow:
    """A new alert for its first report, before its first change; with `open_` it takes further reports of its key.

    Its id is made from the report's, so that taking the report again after a crash raises the same alert.
    """
    grade = _graded(assessment)
    return AlertRow(
        id=str(uuid5(NAMESPACE_URL, f"tocsin:alert:{report}")),
        correlation_key=key,
        open_key=key if open_ else None,
        kind=assessment.kind.value,
        purpose=AlertPurpose.REPORT.value,
        status=assessment.status.value,
        tlp=assessment.tlp.value,
        state=AlertState.OPEN.value,
        revision=0,
        round=1,
        lead_report=report,
        route="",
        policy="",
        raised_at=now,
        updated_at=now,
        **_of_grade(grade),
    )


def apply_decision(
    session: Session,
    alert: AlertRow,
    decision: Decision,
    *,
    reports: Iterable[str],
    reporters: Iterable[str],
    assessment: Assessment | None,
    weighing: Weighing | None,
    directory: Directory,
    now: datetime,
    traceparent: str | None,
    actor: str | None = None,
    note: str | None = None,
) -> None:
    """Make the alert what a decision says, and have it told.

    Args:
        session: of the transaction that holds the alert.
        alert: its row.
        decision: what it becomes.
        reports: ids of the reports behind the change.
        reporters: institutes with a current report.
        assessment: the lead report's, when it is at hand; else it is read.
        weighing: what the current reports come to together; None where none is current.
        directory: the policy.
        now: the present instant.
        traceparent: of the report that caused it.
        actor: the person who caused it, where one did.
        note: what that person said with it.
    """
    if decision.change is None:
        session.flush()
        return
    change = decision.change
    decision = damped(session, alert, decision, directory=directory, now=now)
    grade = _speak_by(session, alert, decision, assessment)
    alert.severity = decision.severity.value
    _weigh_in(alert, weighing)
    calls = _ask(session, alert, decision, reporters, directory, now)
    record_change(
        session,
        alert,
        change=change,
        reason=decision.reason.value,
        now=now,
        reports=reports,
        rules=tuple(dict.fromkeys(reason.rule for reason in grade.reasons)) if grade is not None else (),
        actor=actor,
        note=note,
        traceparent=traceparent,
    )
    record_calls(session, alert, calls, now, traceparent)


def _ask(
    session: Session,
    alert: AlertRow,
    decision: Decision,
    reporters: Iterable[str],
    directory: Directory,
    now: datetime,
) -> tuple[Call, ...]:
    """Ask whom the decision says to ask, and let the state follow."""
    if decision.change is AlertChange.RETRACTED:
        alert.state, alert.open_key, alert.override = AlertState.RETRACTED.value, None, None
        end_rounds(session, alert)
        return ()
    if decision.change is AlertChange.RAISED:
        return begin_round(session, alert, plan_for(alert, reporters, directory), directory, now)
    if decision.new_round:
        alert.round += 1
        end_rounds(session, alert, before=alert.round)
        alert.state = AlertState.OPEN.value
        if alert.open_key is None and not _key_is_taken(session, alert):
            alert.open_key = alert.correlation_key
        return begin_round(session, alert, plan_for(alert, reporters, directory), directory, now)
    if alert.state == AlertState.RESOLVED:
        return ()
    quietly = decision.reason in {LifecycleReason.FLAPPING, LifecycleReason.FLAPPING_EDITED}
    calls = adjust_round(session, alert, plan_for(alert, reporters, directory), directory, now, quietly=quietly)
    session.flush()
    alert.state = state_of(standings(session, alert)).value
    if alert.state == AlertState.RESOLVED:
        alert.open_key = None
    return calls


def _key_is_taken(session: Session, alert: AlertRow) -> bool:
    """Whether another alert has been raised for the key since this one was resolved."""
    return session.execute(select(AlertRow.id).where(AlertRow.open_key == alert.correlation_key)).first() is not None


def _speak_by(session: Session, alert: AlertRow, decision: Decision, assessment: Assessment | None) -> Grade | None:
    """Let the lead report speak for the alert; its grade, or None where nothing is current."""
    if decision.lead is None:
        return None
    if assessment is None:
        content = session.execute(select(ReportRow.assessment).where(ReportRow.id == decision.lead)).scalar_one()
        assessment = Assessment.model_validate(content)
    grade = _graded(assessment)
    alert.lead_report = decision.lead
    for name, value in _of_grade(grade).items():
        setattr(alert, name, value)
    # Where a person's severity stands, the class follows it.
    alert.oecd_class = class_under(assessment, decision.severity).value
    return grade


def _weigh_in(alert: AlertRow, weighing: Weighing | None) -> None:
    """How sure and how urgent it is follows from all current reports, and not from the one that speaks for them."""
    if weighing is None:
        alert.weighing = None
        return
    alert.certainty, alert.urgency = weighing.certainty.value, weighing.urgency.value
    if alert.override is None:
        # Where a person's severity stands, the class follows it.
        alert.oecd_class = weighing.oecd_class.value
    alert.weighing = weighing_content(weighing)


def _graded(assessment: Assessment) -> Grade:
    if assessment.grade is None:
        raise ValueError("a retraction speaks for no alert")
    return assessment.grade


def _of_grade(grade: Grade) -> dict[str, str | None]:
    return {
        "severity": grade.severity.value,
        "oecd_class": grade.oecd_class.value,
        "certainty": grade.certainty.value,
        "urgency": grade.urgency.value,
        "domain": grade.domain.value if grade.domain is not None else None,
        "rubric": grade.rubric,
    }
