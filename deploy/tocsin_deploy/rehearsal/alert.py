"""An alert that is only thought of: as much of it as decides who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.matcher import Subject as Matched
from tocsin_alerting.policy.routing import RoutedAlert
from tocsin_alerting.policy.subscriptions import Subject, may_be_subscribed_to
from tocsin_alerting.policy.systems import plain
from tocsin_schemas import (
    AlertChange,
    AlertEvent,
    AlertPurpose,
    AlertState,
    Assessment,
    Domain,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    System,
    Tlp,
    Urgency,
)

NO_ALERT = "00000000-0000-0000-0000-000000000000"
"""The id of an alert that does not exist."""


@dataclass(frozen=True, slots=True)
class RehearsedAlert:
    """What an alert of one report would be."""

    kind: ReportKind
    status: Status
    tlp: Tlp
    severity: Severity
    reporters: tuple[str, ...]
    """Of guidance the institutes whose results it compares."""
    purpose: AlertPurpose = AlertPurpose.REPORT
    urgency: Urgency = Urgency.UNKNOWN
    oecd_class: OecdClass = OecdClass.UNCLASSIFIED
    domain: Domain | None = None
    systems: tuple[str, ...] = ()
    """As the report names them."""
    evaluations: tuple[str, ...] = ()
    """As the report names them."""

    @classmethod
    def of(cls, assessment: Assessment) -> RehearsedAlert:
        """The alert that a graded report would raise.

        Raises:
            ValueError: a retraction tells those who were told before, and nobody here was.
        """
        if assessment.grade is None:
            raise ValueError("a retraction is told to those who were told what it takes back")
        evaluations = []
        if assessment.finding is not None:
            systems = [assessment.finding.system.name]
            evaluations = [assessment.grade.evaluation or assessment.finding.evaluation.name]
        else:
            systems = [] if assessment.incident is None else [each.name for each in assessment.incident.systems]
        return cls(
            kind=assessment.kind,
            status=assessment.status,
            tlp=assessment.tlp,
            severity=assessment.grade.severity,
            reporters=(assessment.institute,),
            urgency=assessment.grade.urgency,
            oecd_class=assessment.grade.oecd_class,
            domain=assessment.grade.domain,
            systems=tuple(systems),
            evaluations=tuple(evaluations),
        )

    def routed(self) -> RoutedAlert:
        """What routes look at."""
        return RoutedAlert(
            kind=self.kind,
            status=self.status,
            tlp=self.tlp,
            severity=self.severity,
            reporters=self.reporters,
            purpose=self.purpose,
        )

    def subject(self, directory: Directory) -> Subject | None:
        """What subscriptions look at; None where there are none to this."""
        if not may_be_subscribed_to(self.purpose, self.status):
            return None
        return Subject(
            severity=self.severity,
            domain=self.domain,
            systems=self._canonical(directory),
            reporters=self.reporters,
            regions=directory.regions(self.reporters),
        )

    def matched(self, directory: Directory) -> Matched:
        """What maintenance windows look at."""
        return Matched(
            alert=NO_ALERT,
            kind=self.kind,
            purpose=self.purpose,
            status=self.status,
            severity=self.severity,
            urgent=self.urgency is Urgency.IMMEDIATE,
            domain=self.domain,
            systems=self._canonical(directory),
            evaluations=frozenset(plain(name) for name in self.evaluations),
            reporters=frozenset(self.reporters),
        )

    def _canonical(self, directory: Directory) -> frozenset[str]:
        return frozenset(directory.systems.canonical(System(name=name)).id for name in self.systems)

    def event(
        self,
        change: AlertChange,
        *,
        revision: int,
        at: datetime,
        reason: str,
        institute: str | None = None,
        step: int | None = None,
    ) -> AlertEvent:
        """What the notifiers would read of a change of it."""
        return AlertEvent(
            alert=NO_ALERT,
            revision=revision,
            change=change,
            at=at,
            reason=reason,
            kind=self.kind,
            purpose=self.purpose,
            state=AlertState.OPEN,
            severity=self.severity,
            oecd_class=self.oecd_class,
            status=self.status,
            tlp=self.tlp,
            institute=institute,
            step=step,
        )
