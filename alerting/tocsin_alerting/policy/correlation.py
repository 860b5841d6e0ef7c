"""Which reports are told as one alert.

A report is gathered with others when they share all that its kind of key names. A label and a status are always part
of it: a text must not become stricter, or an exercise real, by the company it keeps.

- **Findings** share the system, the evaluation and the hazard domain: several institutes that test one system with one
  evaluation say one thing, and joint exercises do so on purpose. Versions are left out on purpose too: half of the
  reports do not name one, and whoever is told sees each report's own.
- **Incidents** are gathered by their own series only: there is no shared name for an event in the world, and to
  tell two incidents as one would hide the second.

A series that belongs to an alert follows it whatever its correction says; the store sees to that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from tocsin_schemas.assessment import Assessment
from tocsin_schemas.finding import Finding


class CorrelationReason(StrEnum):
    """What the reports of one alert share."""

    SAME_SYSTEM_AND_EVALUATION = "same_system_and_evaluation"
    SAME_SERIES = "same_series"


@dataclass(frozen=True, slots=True)
class Correlation:
    """A digest of what reports must share to be told as one, and what that is."""

    key: str
    reason: CorrelationReason


def correlate(assessment: Assessment) -> Correlation:
    """What an assessment that opens a series is gathered by."""
    shared = [assessment.status.value, assessment.tlp.value, assessment.kind.value]
    if assessment.finding is not None:
        reason = CorrelationReason.SAME_SYSTEM_AND_EVALUATION
        shared += _of_finding(assessment.finding, assessment)
    else:
        reason = CorrelationReason.SAME_SERIES
        shared += [assessment.institute, assessment.series]
    return Correlation(sha256(json.dumps([reason.value, *shared]).encode()).hexdigest(), reason)


def _of_finding(finding: Finding, assessment: Assessment) -> list[str]:
    domain = assessment.grade.domain if assessment.grade is not None else finding.domain
    return [_plain(finding.system.name), _plain(finding.evaluation.name), domain.value if domain is not None else ""]


def _plain(name: str) -> str:
    """A name without what people write differently: capitals and the number of spaces."""
    return " ".join(name.split()).casefold()
