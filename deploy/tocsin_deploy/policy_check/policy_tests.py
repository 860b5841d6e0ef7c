"""`policy_tests.yaml`: who must and who must not be told of which reports, as operators write it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from tocsin_alerting.policy.directory import Channel, PolicyId
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import TellingReason
from tocsin_deploy.rehearsal import RehearsedAlert
from tocsin_schemas import AlertPurpose, Domain, ReportKind, Severity, Status, Tlp, Urgency
from tocsin_schemas.scalars import Instant, InstituteId, Line, Record

TESTS_FILE = "policy_tests.yaml"


class Reported(Record):
    """A graded report in short: as much of it as decides who is told."""

    institutes: Annotated[tuple[InstituteId, ...], Field(min_length=1)]
    """Who reports it; of guidance, whose results it compares."""
    kind: ReportKind
    severity: Severity
    tlp: Tlp
    status: Status = Status.ACTUAL
    purpose: AlertPurpose = AlertPurpose.REPORT
    urgency: Urgency = Urgency.UNKNOWN
    domain: Domain | None = None
    systems: tuple[Line, ...] = ()

    def alert(self) -> RehearsedAlert:
        """The alert that it would raise."""
        return RehearsedAlert(
            kind=self.kind,
            status=self.status,
            tlp=self.tlp,
            severity=self.severity,
            reporters=self.institutes,
            purpose=self.purpose,
            urgency=self.urgency,
            domain=self.domain,
            systems=self.systems,
        )


class Reaches(Record):
    """Somebody who must be told, at the latest when so much time is over without an answer."""

    contact: Line | None = None
    team: PolicyId | None = None
    """Somebody of this team in every institute that the alert concerns."""
    channel: Channel | None = None
    """By this channel; None: by any."""
    within: Annotated[timedelta, Field(ge=timedelta(0))] = timedelta(0)
    """As ISO 8601 writes durations; left out: at once."""
    says: Level | None = None
    """How much; None: something."""
    reason: TellingReason | None = None
    """Why; None: for whatever reason."""

    @model_validator(mode="after")
    def _one(self) -> Reaches:
        if (self.contact is None) == (self.team is None):
            raise ValueError("must name either a contact or a team")
        return self


class NeverReaches(Record):
    """People who must not be told; all that is named must hold of a message to be one that must not be."""

    contact: Line | None = None
    institute: InstituteId | None = None
    team: PolicyId | None = None
    channel: Channel | None = None
    within: timedelta | None = None
    """Not so soon; None: never."""
    says: Level | None = None
    """Not so much; None: nothing at all."""

    @model_validator(mode="after")
    def _somebody(self) -> NeverReaches:
        if all(one is None for one in (self.contact, self.institute, self.team, self.channel, self.says)):
            raise ValueError("must name a contact, an institute, a team or a channel, or how much is said")
        return self


class PolicyTest(Record):
    """One report at one instant, and who must and must not be told of it."""

    name: Line
    at: Instant
    report: Reported | None = None
    file: Line | None = None
    """A report in the network's folder, which is graded by its rubric."""
    reaches: tuple[Reaches, ...] = ()
    not_reaches: tuple[NeverReaches, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> PolicyTest:
        if (self.report is None) == (self.file is None):
            raise ValueError("must have either a report or a file")
        if not self.reaches and not self.not_reaches:
            raise ValueError("must say who is reached or who is not")
        return self


class PolicyTestsFile(Record):
    """`policy_tests.yaml`."""

    tests: Annotated[tuple[PolicyTest, ...], Field(min_length=1)]
