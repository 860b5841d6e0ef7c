"""Guidance on results that differ: raised, updated and taken back in the transaction of the report that shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import BindParameter, Table, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tocsin_alerting.policy.answering import state_of
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.guidance import (
    Divergence,
    GuidanceDecision,
    decide_guidance,
    divergence_of,
)
from tocsin_alerting.policy.results import question_key, result_of
from tocsin_alerting.store.answers import standings
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.guidance_rows import Rows, label, spoken_for
from tocsin_alerting.store.rounds import Call, adjust_round, begin_round, end_rounds, plan_for, record_calls
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.tables_guidance import GuidanceRow, QuestionRow, ResultRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
    ReportKind,
    Status,
    Tlp,
)

_report, _question, _result, _guidance = (
    cast("Table", row.__table__) for row in (ReportRow, QuestionRow, ResultRow, GuidanceRow)
)
_ASKED = (
    select(_result.c.question)
    .join(_report, _report.c.id == _result.c.report_id)
    .where(_report.c.institute == bindparam("institute"))
    .distinct()
)
_names: BindParameter[Any] = bindparam("names", expanding=True)
# Two statements, each by an index: nearly every report supersedes none.
_ASKED_BY_SERIES = _ASKED.where(_report.c.series == bindparam("series"))
_ASKED_BY_NAME = _ASKED.where(
    or_(_report.c.series.in_(_names), _report.c.event_id.in_(_names), _report.c.id.in_(_names))
)
_OPEN = {
    "sqlite": sqlite.insert(_question).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_question).on_conflict_do_nothing(),
}
_HOLD = select(_question.c.alert_id).where(_question.c.key == bindparam("asked")).with_for_update()
_SPEAK = update(_question).where(_question.c.key == bindparam("asked"))
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
    held = {key: _hold(session, key) for key in sorted(questions)}
    if own is not None:
        session.execute(_ANSWER, {"report_id": report, "question": own})
    return tuple(
        _Question(session, key, alert, report, directory, now, traceparent).reconsider() for key, alert in held.items()
    )


def _asked_before(session: Session, assessment: Assessment) -> Collection[str]:
    """The questions of the earlier reports whose place this one takes, or which it takes back."""
    asked: dict[str, Any] = {"institute": assessment.institute, "series": assessment.series}
    found = set(session.execute(_ASKED_BY_SERIES, asked).scalars())
    superseded = assessment.finding.supersedes if assessment.finding is not None else ()
    if superseded:
        # A report may be named with its source or its institute before it.
        names = {*superseded, *(name.rpartition(" ")[2] for name in superseded)}
        found |= set(session.execute(_ASKED_BY_NAME, {**asked, "names": sorted(names)}).scalars())
    return found


def _hold(session: Session, key: str) -> str | None:
    """Hold a question until the transaction ends; the guidance alert that was raised last about it.

    Callers take questions in the order of their keys, so that no two desks wait for each other.
    """
    session.execute(_OPEN[session.get_bind().dialect.name], {"key": key, "alert_id": None})
    alert: str | None = session.execute(_HOLD, {"asked": key}).scalar_one()
    return alert


@dataclass(frozen=True, slots=True)
class _Question:
    session: Session
    key: str
    alert_id: str | None
    report: str
    """The one whose taking it is."""
    directory: Directory
    now: datetime
    traceparent: str | None

    def reconsider(self) -> GuidanceDecision:
        rows: Rows = self.session.execute(_CURRENT, {"question": self.key}).all()
        after = self._divergence(rows)
        if after is None and self.alert_id is None:
            return decide_guidance(None, None, None)
        alert = None if self.alert_id is None else lock_alert(self.session, self.alert_id)
        said = None if alert is None else self.session.get_one(GuidanceRow, alert.id)
        before = None if said is None else Divergence.model_validate(said.content)
        decision = decide_guidance(before, None if alert is None else AlertState(alert.state), after)
        match decision.change:
            case AlertChange.RAISED if after is not None:
                raised = self._raise(after, rows, decision)
                self.session.execute(_SPEAK, {"asked": self.key, "alert_id": raised})
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
            **spoken_for(after, rows),
        )
        alert.tlp = label(alert, after, rows)
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
        alert.tlp = label(alert, after, rows)
        for name, value in spoken_for(after, rows).items():
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
