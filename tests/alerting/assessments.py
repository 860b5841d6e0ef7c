"""Graded reports for tests: small, valid, and different where the test says so."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tocsin_schemas import (
    Action,
    Assessment,
    CausalLink,
    Certainty,
    Domain,
    Evaluation,
    Evidence,
    Finding,
    Grade,
    HarmType,
    Incident,
    Materialisation,
    OecdClass,
    Reason,
    RelationToAi,
    ReportKind,
    Retraction,
    Severity,
    Status,
    Submitter,
    System,
    Tlp,
    Urgency,
)

OBSERVED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
_CLASSES = {
    Severity.NEGLIGIBLE: OecdClass.HAZARD,
    Severity.MINOR: OecdClass.HAZARD,
    Severity.MODERATE: OecdClass.HAZARD,
    Severity.SEVERE: OecdClass.SERIOUS_HAZARD,
    Severity.CRITICAL: OecdClass.DISASTER,
    Severity.UNCLASSIFIED: OecdClass.UNCLASSIFIED,
}


def digest(content: str) -> str:
    """The digest of some evidence."""
    return f"sha256:{sha256(content.encode()).hexdigest()}"


def evidence(*contents: str) -> tuple[Evidence, ...]:
    """Evidence by its content."""
    return tuple(Evidence(digest=digest(content)) for content in contents)


def grade(
    severity: Severity,
    domain: Domain | None = Domain.CHEMICAL_BIOLOGICAL,
    *,
    certainty: Certainty = Certainty.LIKELY,
    urgency: Urgency = Urgency.EXPECTED,
) -> Grade:
    """A grade with one reason."""
    return Grade(
        severity=severity,
        oecd_class=_CLASSES[severity],
        certainty=certainty,
        urgency=urgency,
        domain=domain,
        reasons=(Reason(rule=f"test.{severity}", sentence="It is said to be so.", source="the tests"),),
        rubric="tests-1",
    )


def finding(
    report: str = "r1",
    *,
    institute: str = "gb",
    series: str | None = None,
    action: Action = Action.REPORT,
    severity: Severity = Severity.SEVERE,
    tlp: Tlp = Tlp.AMBER,
    status: Status = Status.ACTUAL,
    system: str = "example-model-4",
    evaluation: str = "wmdp_bio",
    version: str | None = None,
    domain: Domain | None = Domain.CHEMICAL_BIOLOGICAL,
    certainty: Certainty = Certainty.LIKELY,
    urgency: Urgency = Urgency.EXPECTED,
    **fields: Any,
) -> Assessment:
    """A graded finding; its series is its own id unless told otherwise. `fields` are further ones of the finding."""
    return Assessment(
        finding=Finding(
            institute=institute,
            tlp=tlp,
            status=status,
            language="en",
            title="What was found",
            summary="How it was found.",
            system=System(name=system, version=version),
            evaluation=Evaluation(name=evaluation),
            observed_at=OBSERVED_AT,
            **fields,
        ),
        grade=grade(severity, domain, certainty=certainty, urgency=urgency),
        kind=ReportKind.FINDING,
        action=action,
        **_identity(report, institute, series, tlp, status),
    )


def incident(
    report: str = "i1",
    *,
    institute: str = "gb",
    series: str | None = None,
    action: Action = Action.REPORT,
    severity: Severity = Severity.CRITICAL,
    tlp: Tlp = Tlp.AMBER,
    status: Status = Status.ACTUAL,
    **fields: Any,
) -> Assessment:
    """A graded incident; its series is its own id unless told otherwise. `fields` replace those of the incident."""
    body: dict[str, Any] = {
        "relation_to_ai": RelationToAi(description="It decided.", causal_link=CausalLink.ESTABLISHED),
        "supporting_materials": (Evidence(title="Records of the service"),),
        "materialisation": Materialisation.OCCURRED,
    }
    return Assessment(
        incident=Incident(
            institute=institute,
            tlp=tlp,
            status=status,
            language="en",
            title="What happened",
            description="How it happened.",
            submitter=Submitter(role="evaluations team"),
            severity="disaster",
            harm_types=(HarmType.PHYSICAL,),
            **(body | fields),
        ),
        grade=grade(severity, None),
        kind=ReportKind.INCIDENT,
        action=action,
        **_identity(report, institute, series, tlp, status),
    )


def retraction(
    report: str,
    series: str,
    *,
    institute: str = "gb",
    kind: ReportKind = ReportKind.FINDING,
    tlp: Tlp = Tlp.AMBER,
    status: Status = Status.ACTUAL,
) -> Assessment:
    """A series is taken back."""
    return Assessment(
        retraction=Retraction(institute=institute, tlp=tlp, status=status, language="en", reason="A mistake."),
        kind=kind,
        action=Action.RETRACT,
        **_identity(report, institute, series, tlp, status),
    )


def _identity(report: str, institute: str, series: str | None, tlp: Tlp, status: Status) -> dict[str, Any]:
    return {
        "source": f"urn:tocsin:institute:{institute}",
        "report": report,
        "series": series or report,
        "institute": institute,
        "tlp": tlp,
        "status": status,
        "language": "en",
        "reported_at": OBSERVED_AT,
    }
