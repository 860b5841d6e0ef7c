"""Guidance on results that differ: raised, updated and taken back in the transaction of the report that shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table, bindparam, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tocsin_alerting.policy.answering import state_of
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.guidance import (
    Divergence,
    GuidanceDecision,
    decide_guidance,
    divergence_of,
    severity_of_guidance,
)
from tocsin_alerting.policy.results import question_key, result_of
from tocsin_alerting.store.answers import standings
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.rounds import Call, adjust_round, begin_round, end_rounds, plan_for, record_calls
from tocsin_alerting.store.tables import AlertRow, GuidanceRow, QuestionRow, ReportRow, ResultRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
    Certainty,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
    Urgency,
)

Rows = Sequence[Any]
"""Current reports of a question, as the columns that `_CURRENT` reads."""
_report, _question, _result, _guidance = (
    cast("Table", row.__table__) for row in (ReportRow, QuestionRow, ResultRow, GuidanceRow)
)
_ASKED_BEFORE = (
    select(_result.c.question)
    .join(_report, _report.c.id == _result.c.report_id)
    .where(
        _report.c.institute == bindparam("institute"),
        or_(
            _report.c.series.in_(bindparam("names", expanding=True)),
            _report.c.event_id.in_(bindparam("names", expanding=True)),
            _report.c.id.in_(bindparam("names", expanding=True)),
        ),
    )
    .distinct()
)
_ANSWER = insert(_result)
_CURRENT = (
    select(_report.c.id, _report.c.institute, _report.c.tlp, _report.c.severity, _report.c.assessment)
    .join(_result, _report.c.id == _result.c.report_id)
    .where(_result.c.question == bindparam("question"), _report.c.current)
)


def give_guidance(
    session: Session,
    assessment: Assessment,
    *,
    report: str,
    directory: Directory,
    now: datetime,
    traceparent: str | None = None,
) -> tuple[GuidanceDecision, ...]:
    """Compare what a report that was just taken changes, and have the institutes told whose results differ.

    Called within the report's transaction, after its alert: whoever compares results of one question holds the
    question, so that two desks that take two diverging reports at once raise one alert.
    """
    # A test shows an institute that its connection works: nobody's results are compared with it.
    if assessment.kind is not ReportKind.FINDING or assessment.status is Status.TEST:
        return ()
    result = result_of(assessment, report, directory.systems)
    own = None if result is None else question_key(result, assessment.status)
    questions = set(_asked_before(session, assessment)) | ({own} if own is not None else set())
    if not questions:
        return ()
    _hold(session, questions)
    if own is not None:
        session.execute(_ANSWER, {"report_id": report, "question": own})
    return tuple(_Question(session, key, report, directory, now, traceparent).reconsider() for key in sorted(questions))


def _asked_before(session: Session, assessment: Assessment) -> Collection[str]:
    """The questions of the earlier reports whose place this one takes, or which it takes back."""
    body = assessment.finding
    names = (assessment.series, *getattr(body, "supersedes", ()))
    rows = session.execute(_ASKED_BEFORE, {"institute": assessment.institute, "names": names})
    return rows.scalars().all()


def _hold(session: Session, questions: Collection[str]) -> None:
    """Hold the questions until the transaction ends, in one order for all desks."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for key in sorted(questions):
        session.execute(dialect.insert(_question).values(key=key, alert_id=None).on_conflict_do_nothing())
        session.execute(select(_question.c.key).where(_question.c.key == key).with_for_update())


@dataclass(frozen=True, slots=True)
class _Question:
    session: Session
    key: str
    report: str
    """The one whose taking it is."""
    directory: Directory
    now: datetime
    traceparent: str | None

    def reconsider(self) -> GuidanceDecision:
        rows: Rows = self.session.execute(_CURRENT, {"question": self.key}).all()
        after = self._divergence(rows)
        row = self.session.get_one(QuestionRow, self.key, populate_existing=True)
        alert = None if row.alert_id is None else lock_alert(self.session, row.alert_id)
        said = None if alert is None else self.session.get_one(GuidanceRow, alert.id)
        before = None if said is None else Divergence.model_validate(said.content)
        decision = decide_guidance(before, None if alert is None else AlertState(alert.state), after)
        match decision.change:
            case AlertChange.RAISED if after is not None:
                row.alert_id = self._raise(after, rows, decision)
            case AlertChange.UPDATED if after is not None and alert is not None and said is not None:
                said.content = after.model_dump(mode="json")
                self._update(alert, after, rows, decision)
            case AlertChange.RETRACTED if alert is not None:
                self._take_back(alert, decision)
        return decision

    def _divergence(self, rows: Rows) -> Divergence | None:
        if len({row.institute for row in rows}) < 2:
            return None
        read = ((Assessment.model_validate(row.assessment), row.id) for row in rows)
        results = (result_of(assessment, identifier, self.directory.systems) for assessment, identifier in read)
        return divergence_of(result for result in results if result is not None)

    def _raise(self, after: Divergence, rows: Rows, decision: GuidanceDecision) -> str:
        """By an id made of the question and the report, so that taking the report again raises the same alert."""
        alert = AlertRow(
            id=str(uuid5(NAMESPACE_URL, f"tocsin:guidance:{self.key} {self.report}")),
            correlation_key=self.key,
            # No report ever joins it.
            open_key=None,
            kind=ReportKind.FINDING.value,
            purpose=AlertPurpose.GUIDANCE.value,
            tlp=Tlp.CLEAR.value,
            state=AlertState.OPEN.value,
            revision=0,
            round=1,
            route="",
            policy="",
            raised_at=self.now,
            updated_at=self.now,
            **_spoken_for(after, rows),
        )
        alert.tlp = _label(alert, after, rows)
        self.session.add(alert)
        self.session.flush()
        self.session.add(GuidanceRow(alert_id=alert.id, content=after.model_dump(mode="json")))
        calls = begin_round(
            self.session, alert, plan_for(alert, after.institutes, self.directory), self.directory, self.now
        )
        self._record(alert, decision, after)
        record_calls(self.session, alert, calls, self.now, self.traceparent)
        return alert.id

    def _update(self, alert: AlertRow, after: Divergence, rows: Rows, decision: GuidanceDecision) -> None:
        alert.tlp = _label(alert, after, rows)
        for name, value in _spoken_for(after, rows).items():
            setattr(alert, name, value)
        calls: tuple[Call, ...] = ()
        if alert.state != AlertState.RESOLVED:
            plan = plan_for(alert, after.institutes, self.directory)
            calls = adjust_round(self.session, alert, plan, self.directory, self.now)
            self.session.flush()
            alert.state = state_of(standings(self.session, alert)).value
        self._record(alert, decision, after)
        record_calls(self.session, alert, calls, self.now, self.traceparent)

    def _take_back(self, alert: AlertRow, decision: GuidanceDecision) -> None:
        alert.state = AlertState.RETRACTED.value
        end_rounds(self.session, alert)
        self._record(alert, decision, None)

    def _record(self, alert: AlertRow, decision: GuidanceDecision, after: Divergence | None) -> None:
        if decision.change is None:
            raise ValueError("nothing changes: there is nothing to record")
        record_change(
            self.session,
            alert,
            change=decision.change,
            reason=decision.reason.value,
            now=self.now,
            reports=[self.report] if after is None else [party.report for party in after.parties],
            traceparent=self.traceparent,
        )


def _label(alert: AlertRow, divergence: Divergence, rows: Rows) -> str:
    """The strictest of what it compares and ever compared."""
    compared = {party.report for party in divergence.parties}
    labels = [label_of(alert.tlp), *(label_of(row.tlp) for row in rows if row.id in compared)]
    return max(labels, key=lambda label: label.rank).value


def _spoken_for(divergence: Divergence, rows: Rows) -> dict[str, Any]:
    """What the alert's row says of the most severe report that it compares."""
    compared = {party.report for party in divergence.parties}
    parties = [row for row in rows if row.id in compared]
    lead = max(parties, key=lambda row: (Severity(row.severity).rank, row.id))
    assessment = Assessment.model_validate(lead.assessment)
    grade = assessment.grade
    return {
        # Part of the question: all its results share it.
        "status": assessment.status.value,
        "lead_report": lead.id,
        "severity": severity_of_guidance(Severity(row.severity) for row in parties).value,
        "oecd_class": (grade.oecd_class if grade is not None else OecdClass.UNCLASSIFIED).value,
        "certainty": (grade.certainty if grade is not None else Certainty.UNKNOWN).value,
        "urgency": (grade.urgency if grade is not None else Urgency.UNKNOWN).value,
        "domain": grade.domain.value if grade is not None and grade.domain is not None else None,
        "rubric": grade.rubric if grade is not None else "",
    }
