"""A report as a witness: what it is asked, what it says, how sure it is, and what it rests on.

The store keeps what an assessment says here as plain values (`Facts`), so that the reports of an alert can be weighed
against each other without reading their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from tocsin_alerting.policy.measured import Measured, measured_by
from tocsin_alerting.policy.systems import Systems, plain
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.evaluation import Evidence, System
from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import Certainty, Domain, OecdClass, ReportKind, Severity, Urgency

_OF_NOTHING = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The digest of an empty file: what two reports share by it is nothing."""


class Facts(Record):
    """What a report says that other reports are weighed against; holds none of its texts."""

    kind: ReportKind
    certainty: Certainty
    urgency: Urgency
    oecd_class: OecdClass
    domain: Domain | None = None
    system: System | None = None
    """Of a finding."""
    evaluation: str | None = None
    """Of a finding: the registry's name, else the report's own, in its plain form."""
    measured: tuple[Measured, ...] = ()
    """Of a finding: its numbers."""
    evidence: tuple[str, ...] = ()
    """Digests of what it rests on."""
    derived_from: tuple[str, ...] = ()
    """What it repeats or builds on, as it names it."""
    supersedes: tuple[str, ...] = ()
    """Reports of its own institute whose place it takes, as it names them."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A report in the company of others."""

    report: str
    institute: str
    series: str
    names: frozenset[str]
    """By which other reports may name it."""
    severity: Severity | None
    """None for a retraction."""
    received_at: datetime
    current: bool
    facts: Facts | None
    """None for a retraction."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a finding answers: two findings can confirm each other only where this is the same."""

    system: str
    evaluation: str
    domain: Domain | None


def facts_of(assessment: Assessment) -> Facts | None:
    """What a graded report bears witness to; None for a retraction."""
    grade = assessment.grade
    if grade is None:
        return None
    finding, incident = assessment.finding, assessment.incident
    body = finding or incident
    if body is None:
        raise ValueError("a graded assessment has a finding or an incident")
    rests_on = finding.evidence if finding is not None else incident.supporting_materials if incident else ()
    return Facts(
        kind=assessment.kind,
        certainty=grade.certainty,
        urgency=grade.urgency,
        oecd_class=grade.oecd_class,
        domain=grade.domain,
        system=None if finding is None else System(name=finding.system.name, version=finding.system.version),
        evaluation=None if finding is None else plain(grade.evaluation or finding.evaluation.name),
        measured=() if finding is None else measured_by(finding),
        evidence=tuple(_digests(rests_on)),
        derived_from=tuple(dict.fromkeys(body.derived_from)),
        supersedes=tuple(dict.fromkeys(body.supersedes)),
    )


def question_of(facts: Facts, systems: Systems) -> Question | None:
    """What a finding answers; None for an incident, which answers nothing but happened."""
    if facts.system is None or facts.evaluation is None:
        return None
    return Question(systems.canonical(facts.system).id, facts.evaluation, facts.domain)


def report_id(source: str, event_id: str) -> str:
    """The store's id of a report: of its source and event id, which identify it for ever."""
    return str(uuid5(NAMESPACE_URL, f"tocsin:report:{source} {event_id}"))


def names_of(*, source: str, event_id: str, institute: str, series: str) -> frozenset[str]:
    """Every way to name a report: by event id, with its source, by series, with its institute, by our own id."""
    return frozenset({event_id, f"{source} {event_id}", series, f"{institute} {series}", report_id(source, event_id)})


def _digests(evidence: Iterable[Evidence]) -> Iterator[str]:
    yield from dict.fromkeys(each.digest for each in evidence if each.digest is not None and each.digest != _OF_NOTHING)
