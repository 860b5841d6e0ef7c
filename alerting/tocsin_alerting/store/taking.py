"""One assessment on its way into the store: where it belongs, what it changes there, and what it changes elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tocsin_alerting.policy.correlation import Relation, correlate, is_forgotten
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.lifecycle import (
    AlertNow,
    Arriving,
    Decision,
    LifecycleReason,
    decide,
    unheard,
    without,
)
from tocsin_alerting.policy.raising import raise_alert, raise_retracted
from tocsin_alerting.policy.testimony import Witness, facts_of, names_of, report_id
from tocsin_alerting.store.alert_rows import alert_row
from tocsin_alerting.store.company import Company, company_of
from tocsin_alerting.store.deciding import Deciding
from tocsin_alerting.store.gathered import counting_reports, gathered, now_of, series_of
from tocsin_alerting.store.holding import CrossedError, Held, alert_of_series, hold
from tocsin_alerting.store.mentions import Mentioned
from tocsin_alerting.store.relations import relate
from tocsin_alerting.store.report_rows import mark_outdated, mark_superseded
from tocsin_alerting.store.standing_override import standing_override
from tocsin_alerting.store.tables import AlertRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.errors import ProblemCode, invalid
from tocsin_schemas.vocabulary import Action, AlertState, ReportKind

_NOBODY = Company((), None, (), ())


class Taking:
    """Takes one assessment within the caller's transaction."""

    def __init__(
        self,
        session: Session,
        assessment: Assessment,
        *,
        directory: Directory,
        now: datetime,
        traceparent: str | None,
    ) -> None:
        self._session = session
        self._assessment = assessment
        self._directory = directory
        self._now = now
        self._facts = facts_of(assessment)
        severity = assessment.grade.severity if assessment.grade is not None else None
        self._witness = Witness(
            report=report_id(assessment.source, assessment.report),
            institute=assessment.institute,
            series=assessment.series,
            names=names_of(
                source=assessment.source,
                event_id=assessment.report,
                institute=assessment.institute,
                series=assessment.series,
            ),
            severity=severity,
            received_at=now,
            current=False,
            facts=self._facts,
        )
        self._report = Arriving(
            id=self._witness.report,
            series=series_of(assessment.institute, assessment.series),
            action=assessment.action,
            severity=severity,
            received_at=now,
        )
        self._deciding = Deciding(session, assessment, self._witness, directory, now, traceparent)

    def take(self) -> tuple[AlertRow, Decision]:
        """Take it; the alert it went to, and what was decided there."""
        assessment = self._assessment
        company = _NOBODY if self._facts is None else company_of(self._session, self._witness, self._facts)
        found = alert_of_series(self._session, assessment.institute, assessment.series, assessment.kind.value)
        if self._report.action is Action.RETRACT and found is None:
            raise invalid(
                "subject",
                "is a series of which nothing was ever reported by this institute.",
                "Retract with the subject and the institute of the report that is to be taken back.",
                ProblemCode.NEVER_SEEN,
            )
        again = found is not None and found.state == AlertState.RETRACTED
        moved = found is not None and found.status != assessment.status
        stays = found is not None and (self._report.action is Action.RETRACT or not (again or moved))
        key = correlate(assessment, self._directory.systems).key
        held = hold(
            self._session,
            {*_alerts(company), *([found.alert_id] if found is not None else [])},
            key=None if stays or company.replaced_by is not None else key,
        )
        own = held.by_id[found.alert_id] if found is not None else None
        if own is not None and (own.state == AlertState.RETRACTED) is not again:
            raise CrossedError(f"alert {own.id} was retracted meanwhile")
        if company.replaced_by is not None:
            there = held.by_id[company.replaced_by.alert]
            self._withdraw(held, company.replaces, but=None)
            kept = self._unheard(own, there, company.replaced_by, key)
            self._reweigh(held, company.naming)
            return kept
        if own is not None and not stays and not again:
            self._leave(own)
        target = own if stays else self._place(held, company, key)
        self._withdraw(held, company.replaces, but=target)
        if target is not None:
            decision = self._join(target, company.replaces)
        else:
            target = self._raise(key)
            decision = self._deciding.apply(target, raise_alert(self._report, again=again, moved=moved and not again))
        self._relate(target, held, company)
        self._reweigh(held, (one for one in company.naming if one.alert != target.id))
        return target, decision

    def _place(self, held: Held, company: Company, key: str) -> AlertRow | None:
        """The alert that takes a report whose series has none: of what it replaces, of its event, or of its key."""
        incident = self._assessment.kind is ReportKind.INCIDENT
        for one in _in_order(held, (one.alert for one in company.replaces)):
            if self._fits(one) and (incident or one.correlation_key == key):
                return one
        for one in _in_order(held, (one.alert for one in company.same)):
            if incident and self._fits(one):
                return one
        if held.open is None or not is_forgotten(held.open.updated_at, self._now, self._directory.gathering.window):
            return held.open
        held.open.open_key = None
        self._session.flush()
        return None

    def _fits(self, alert: AlertRow) -> bool:
        """Whether the report may be told there: no text becomes stricter or real by the company it keeps."""
        assessment = self._assessment
        return (
            alert.state != AlertState.RETRACTED
            and alert.kind == assessment.kind
            and alert.status == assessment.status
            and label_of(alert.tlp) is assessment.tlp
        )

    def _join(self, alert: AlertRow, replaced: Sequence[Mentioned]) -> Decision:
        here = [one for one in replaced if one.alert == alert.id]
        before = counting_reports(self._session, alert.id)
        series = {series_of(one.institute, one.series) for one in here}
        decision = decide(self._now_of(alert, before), self._report, superseded=series)
        for one in here:
            mark_superseded(self._session, one, self._assessment.series)
        return self._deciding.apply(alert, decision, before)

    def _now_of(self, alert: AlertRow, testimonies: Sequence[Witness]) -> AlertNow:
        # An override looked at reports that may no longer count.
        ever = testimonies if alert.override is None else gathered(self._session, alert.id)
        override = standing_override(self._session, alert, ever, arriving=(self._witness, self._assessment))
        return now_of(alert, testimonies, override)

    def _raise(self, key: str, *, retracted: bool = False) -> AlertRow:
        alert = alert_row(self._assessment, key=key, report=self._report.id, now=self._now, open_=not retracted)
        alert.policy = self._directory.version
        self._session.add(alert)
        # Here another desk's alert for the same key shows, before anything else is written.
        self._session.flush()
        return alert

    def _leave(self, alert: AlertRow) -> None:
        """The series goes to an alert of its new status; its old one lives on without it, or is retracted."""
        before = counting_reports(self._session, alert.id)
        decision = without(self._now_of(alert, before), [self._report.series])
        mark_outdated(self._session, alert.id, self._assessment.institute, self._assessment.series)
        self._deciding.elsewhere(alert, decision, before, reports=(self._report.id,))

    def _withdraw(self, held: Held, replaced: Sequence[Mentioned], *, but: AlertRow | None) -> None:
        """What the report replaces no longer counts in other alerts; whoever was told there learns of it."""
        for alert in _by_id(held, (one.alert for one in replaced)):
            if but is not None and alert.id == but.id:
                continue
            here = [one for one in replaced if one.alert == alert.id]
            before = counting_reports(self._session, alert.id)
            decision = without(
                self._now_of(alert, before),
                {series_of(one.institute, one.series) for one in here},
                reason=LifecycleReason.REPORT_SUPERSEDED,
                at_end=LifecycleReason.SUPERSEDED,
            )
            for one in here:
                mark_superseded(self._session, one, self._assessment.series)
            self._deciding.elsewhere(alert, decision, before, reports=tuple(one.report for one in here))

    def _unheard(self, own: AlertRow | None, there: AlertRow, by: Mentioned, key: str) -> tuple[AlertRow, Decision]:
        """Its institute had replaced its series before it came: it is kept, and counts nowhere."""
        if own is not None:
            before = counting_reports(self._session, own.id)
            return own, self._deciding.apply(own, unheard(self._now_of(own, before)), before, superseded_by=by.series)
        alert = self._raise(key, retracted=True)
        decision = self._deciding.apply(alert, raise_retracted(self._report), superseded_by=by.series)
        relate(self._session, alert.id, Relation.SUPERSEDED_BY, there.id, self._now)
        return alert, decision

    def _reweigh(self, held: Held, naming: Iterable[Mentioned]) -> None:
        """Alerts whose reports build on this one learn what they go back to."""
        for alert in _by_id(held, (one.alert for one in naming)):
            if alert.state != AlertState.RETRACTED:
                self._deciding.reweigh(alert, now=self._now_of)

    def _relate(self, alert: AlertRow, held: Held, company: Company) -> None:
        """Alerts that others should be looked at with point to each other."""
        for one in {one.alert for one in company.replaces} - {alert.id}:
            relate(self._session, one, Relation.SUPERSEDED_BY, alert.id, self._now)
        for one in {one.alert for one in company.same} - {alert.id}:
            relate(self._session, one, Relation.SAME_EVENT, alert.id, self._now)
        if held.open is not None and held.open.open_key is None and held.open.id != alert.id:
            relate(self._session, held.open.id, Relation.CONTINUED_BY, alert.id, self._now)


def _alerts(company: Company) -> set[str]:
    ones = (
        *company.replaces,
        *company.same,
        *company.naming,
        *([company.replaced_by] if company.replaced_by is not None else []),
    )
    return {one.alert for one in ones}


def _in_order(held: Held, ids: Iterable[str]) -> list[AlertRow]:
    return sorted((held.by_id[one] for one in set(ids)), key=lambda alert: (alert.raised_at, alert.id))


def _by_id(held: Held, ids: Iterable[str]) -> list[AlertRow]:
    return [held.by_id[one] for one in sorted(set(ids))]
