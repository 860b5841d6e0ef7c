"""Reports as witnesses, for tests of how they are weighed."""

from datetime import UTC, datetime

from tests.alerting.assessments import evidence, finding
from tocsin_alerting.policy.testimony import Witness, facts_of, names_of, report_id
from tocsin_schemas import Assessment, Certainty, Severity, Urgency

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def witness_of(assessment: Assessment, *, at: datetime = AT, current: bool = True) -> Witness:
    """An assessment as a witness."""
    return Witness(
        report=report_id(assessment.source, assessment.report),
        institute=assessment.institute,
        series=assessment.series,
        names=names_of(
            source=assessment.source,
            event_id=assessment.report,
            institute=assessment.institute,
            series=assessment.series,
        ),
        severity=assessment.grade.severity if assessment.grade is not None else None,
        received_at=at,
        current=current,
        facts=facts_of(assessment),
    )


def witness(
    report: str = "r1",
    institute: str = "gb",
    *contents: str,
    derived_from: tuple[str, ...] = (),
    severity: Severity = Severity.SEVERE,
    certainty: Certainty = Certainty.LIKELY,
    urgency: Urgency = Urgency.EXPECTED,
    system: str = "example-model-4",
    version: str | None = None,
    evaluation: str = "wmdp_bio",
    at: datetime = AT,
    current: bool = True,
) -> Witness:
    """A finding as a witness, resting on evidence with these contents."""
    assessment = finding(
        report,
        institute=institute,
        severity=severity,
        certainty=certainty,
        urgency=urgency,
        system=system,
        version=version,
        evaluation=evaluation,
        evidence=evidence(*contents),
        derived_from=derived_from,
    )
    return witness_of(assessment, at=at, current=current)
