"""Alerts as silences and inhibition see them, for tests."""

from dataclasses import replace
from typing import Any

from tocsin_alerting.policy.muting.inhibition import Source
from tocsin_alerting.policy.muting.matcher import Subject
from tocsin_schemas import AlertPurpose, AlertState, Certainty, Domain, ReportKind, Severity, Status, Tlp


def subject(**changes: Any) -> Subject:
    """A severe finding on one system in one domain."""
    made = Subject(
        alert="hazard",
        kind=ReportKind.FINDING,
        purpose=AlertPurpose.REPORT,
        status=Status.ACTUAL,
        severity=Severity.SEVERE,
        urgent=False,
        domain=Domain.CYBER,
        systems=frozenset({"gpt-4o"}),
        evaluations=frozenset({"cybench"}),
        reporters=frozenset({"gb"}),
    )
    return replace(made, **changes)


def source(about: Subject | None = None, **changes: Any) -> Source:
    """A severe incident about the same, observed, of which two institutes were told."""
    made = Source(
        subject=about
        or subject(alert="incident", kind=ReportKind.INCIDENT, evaluations=frozenset(), reporters=frozenset({"fr"})),
        state=AlertState.OPEN,
        tlp=Tlp.AMBER,
        certainty=Certainty.OBSERVED,
        confirmed=False,
        builds_on=frozenset(),
        told=frozenset({"gb", "jp"}),
    )
    return replace(made, **changes)
