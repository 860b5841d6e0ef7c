"""What a finding measured and how: as results of different institutes are laid side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from tocsin_alerting.policy.measured import Measured, measured_by
from tocsin_alerting.policy.systems import Systems, plain, plain_version
from tocsin_alerting.policy.testimony import facts_of, names_of
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.finding import Finding
from tocsin_schemas.vocabulary import RunOutcome, Status


class SetupField(StrEnum):
    """What can make the same evaluation of the same system come out differently elsewhere."""

    ELICITATION = "elicitation"
    SCAFFOLD = "scaffold"
    JUDGE = "judge"
    SAFEGUARDS = "safeguards"
    LANGUAGES = "languages"
    EPOCHS = "epochs"
    SAMPLES = "samples"
    TASK_VERSION = "task_version"
    SYSTEM_VERSION = "system_version"
    PACKAGE = "package"
    FRAMEWORK = "framework"
    REVISION = "revision"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Result:
    """What one report measured."""

    report: str
    """The store's id."""
    institute: str
    evaluation: str
    version: str | None
    system: str
    system_version: str | None
    exercise: str | None
    """Its plain name."""
    exercise_name: str | None
    """As the report writes it."""
    observed_at: datetime
    languages: tuple[str, ...]
    """Sorted; empty where the report does not say."""
    setup: tuple[tuple[SetupField, str | None], ...]
    """As reported; None where the report does not say."""
    measured: tuple[Measured, ...]
    evidence: frozenset[str]
    """Digests of what it rests on."""
    derived_from: frozenset[str]
    names: frozenset[str]
    """How other reports may name it."""


def result_of(assessment: Assessment, report: str, systems: Systems) -> Result | None:
    """What a report measured; None for an incident, a retraction, or a run that did not end well or gave no score."""
    finding = assessment.finding
    if finding is None or not finding.measurements:
        return None
    if finding.run is not None and finding.run.outcome is not RunOutcome.SUCCESS:
        return None
    facts = facts_of(assessment)
    system = systems.canonical(finding.system)
    registered = assessment.grade.evaluation if assessment.grade is not None else None
    version = finding.evaluation.version
    return Result(
        report=report,
        institute=assessment.institute,
        evaluation=plain(registered or finding.evaluation.name),
        version=None if version is None else plain_version(version),
        system=system.id,
        system_version=system.version,
        exercise=None if finding.exercise is None else plain(finding.exercise),
        exercise_name=finding.exercise,
        observed_at=finding.observed_at,
        languages=tuple(sorted(set(finding.conditions.languages_tested))),
        setup=tuple(_setup(finding).items()),
        measured=measured_by(finding),
        evidence=frozenset(facts.evidence) if facts is not None else frozenset(),
        derived_from=frozenset(finding.derived_from),
        names=names_of(
            source=assessment.source,
            event_id=assessment.report,
            institute=assessment.institute,
            series=assessment.series,
        ),
    )


def question_key(result: Result, status: Status) -> str:
    """A digest of what two results must share to answer one question; a version that is not stated matches no other."""
    shared = [status.value, result.evaluation, result.version, result.system, result.system_version]
    return sha256(json.dumps(["question", *shared]).encode()).hexdigest()


def independent(one: Result, other: Result) -> bool:
    """Whether neither repeats the other, nor both the same material: a re-publication is no second result."""
    if one.evidence & other.evidence:
        return False
    return not (one.derived_from & (other.names | other.derived_from) or other.derived_from & one.names)


def _setup(finding: Finding) -> dict[SetupField, str | None]:
    conditions, run = finding.conditions, finding.run
    samples = sorted({each.samples for each in finding.measurements if each.samples is not None})
    return {
        SetupField.ELICITATION: conditions.elicitation,
        SetupField.SCAFFOLD: conditions.scaffold,
        SetupField.JUDGE: _known(conditions.judge),
        SetupField.SAFEGUARDS: _known(conditions.safeguards),
        SetupField.LANGUAGES: ", ".join(sorted(set(conditions.languages_tested))) or None,
        SetupField.EPOCHS: None if run is None or run.epochs is None else str(run.epochs),
        SetupField.SAMPLES: ", ".join(str(count) for count in samples) or None,
        SetupField.TASK_VERSION: finding.evaluation.version,
        SetupField.SYSTEM_VERSION: finding.system.version,
        SetupField.PACKAGE: finding.evaluation.package,
        SetupField.FRAMEWORK: None if run is None else run.framework,
        SetupField.REVISION: None if run is None else run.revision,
        SetupField.DATE: f"{finding.observed_at:%Y-%m-%d}",
    }


def _known(word: str) -> str | None:
    return None if word == "unknown" else word
