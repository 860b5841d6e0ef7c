"""Carrying out what a report changes on an alert: the report's row, the weighing of all, the change and its event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tocsin_alerting.policy.corroboration import Weighing, weigh
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.lifecycle import AlertNow, Decision
from tocsin_alerting.policy.reconsideration import confirm, reconsidered
from tocsin_alerting.policy.testimony import Witness
from tocsin_alerting.store.alert_rows import apply_decision
from tocsin_alerting.store.gathered import after, counting_reports, go_between, reporters
from tocsin_alerting.store.mentions import write_mentions
from tocsin_alerting.store.report_rows import mark_outdated, write_report
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.weighings import read_weighing, weighing_content
from tocsin_schemas.assessment import Assessment


class Deciding:
    """Carries decisions out, for one assessment."""

    def __init__(
        self,
        session: Session,
        assessment: Assessment,
        witness: Witness,
        directory: Directory,
        now: datetime,
        traceparent: str | None,
    ) -> None:
        self._session = session
        self._assessment = assessment
        self._witness = witness
        self._directory = directory
        self._now = now
        self._traceparent = traceparent

    def apply(
        self,
        alert: AlertRow,
        decision: Decision,
        before: Sequence[Witness] = (),
        *,
        superseded_by: str | None = None,
    ) -> Decision:
        """Write the report to its alert and make the alert what the decision says; the decision with its last reason.

        Args:
            alert: the one it belongs to.
            decision: by the reports' severities.
            before: the alert's reports without it.
            superseded_by: the series that had taken its place before it came.
        """
        assessment = self._assessment
        mark_outdated(self._session, alert.id, assessment.institute, assessment.series)
        write_report(
            self._session,
            assessment,
            self._witness,
            alert_id=alert.id,
            current=any(standing.id == self._witness.report for standing in decision.current),
            superseded_by=superseded_by,
            traceparent=self._traceparent,
        )
        if self._witness.facts is not None:
            write_mentions(self._session, self._witness.report, self._witness.facts)
        # The alert shows every report it ever gathered: it is as strict as the strictest of them.
        alert.tlp = max(label_of(alert.tlp), assessment.tlp, key=lambda label: label.rank).value
        return self._carry_out(alert, decision, before, (*before, self._witness), (self._witness.report,))

    def elsewhere(
        self, alert: AlertRow, decision: Decision, before: Sequence[Witness], *, reports: Iterable[str]
    ) -> None:
        """Make another alert what the decision says; the report is not written there."""
        self._carry_out(alert, decision, before, before, tuple(reports))

    def reweigh(self, alert: AlertRow, *, now: Callable[[AlertRow, Sequence[Witness]], AlertNow]) -> None:
        """Weigh the reports of an alert anew that build on the one that has come, and tell where that changes much."""
        testimonies = counting_reports(self._session, alert.id)
        before = read_weighing(alert.weighing)
        weighing = self._weigh(testimonies)
        if before is None or weighing is None or weighing.same_weight(before):
            alert.weighing = None if weighing is None else weighing_content(weighing)
            return
        decision = confirm(now(alert, testimonies), confirmed=weighing.confirmed)
        self._apply(alert, decision, weighing, reports=())

    def _weigh(self, testimonies: Sequence[Witness]) -> Weighing | None:
        further = go_between(self._session, testimonies)
        return weigh((*testimonies, *further), self._directory.corroboration, self._directory.systems)

    def _carry_out(
        self,
        alert: AlertRow,
        decision: Decision,
        before: Sequence[Witness],
        testimonies: Sequence[Witness],
        reports: tuple[str, ...],
    ) -> Decision:
        weighing = self._weigh(after(decision, testimonies))
        rule = self._directory.corroboration
        decision = reconsidered(decision, self._witness.report, self._weigh(before), weighing, rule)
        self._apply(alert, decision, weighing, reports=reports)
        return decision

    def _apply(self, alert: AlertRow, decision: Decision, weighing: Weighing | None, *, reports: Iterable[str]) -> None:
        apply_decision(
            self._session,
            alert,
            decision,
            reports=reports,
            reporters=reporters(decision),
            assessment=self._assessment if decision.lead == self._witness.report else None,
            weighing=weighing,
            directory=self._directory,
            now=self._now,
            traceparent=self._traceparent,
        )
