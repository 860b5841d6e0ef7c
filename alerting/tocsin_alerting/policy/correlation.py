"""Which reports are told as one alert.

A report is gathered with others when they share all that its kind of key names. A label and a status are always part
of it: a text must not become stricter, or an exercise real, by the company it keeps.

- **Findings** share the system (by its canonical name) and the hazard domain: who is on duty wants to hear once that a
  system is dangerous in biology, with every result beside it, and not once for each of ten evaluations. Each result
  stays a report of its own: none is bundled with another into a score. Where no domain is known, or only a catch-all,
  the evaluation takes its place. Versions are left out on purpose: half of the reports do not name one, and whoever is
  told sees each report's own.
- **Findings of a joint exercise** share the exercise and the evaluation: the systems, languages and institutes of one
  joint test stand side by side in one alert, as its table shows them.
- **Incidents** are gathered by their own series: there is no shared name for an event in the world, and to tell two
  incidents as one would hide the second. Only what says itself that it repeats another (`derived_from`), or rests on
  the same evidence, is the same event told again; the store finds it.
- **Time**: what comes long after an alert's last change does not join it: the people who were told have forgotten it.

A series that belongs to an alert follows it whatever its correction says; the store sees to that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from tocsin_alerting.policy.systems import Systems, plain
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.finding import Finding
from tocsin_schemas.vocabulary import Domain

WINDOW = timedelta(days=30)
"""How long after its last change an alert takes reports of further series, where the policy does not say."""

_CATCH_ALL = (None, Domain.OTHER, Domain.GENERAL_CAPABILITY, Domain.RELIABILITY)
"""What is no one hazard: two findings that share it need have nothing to do with each other."""


class CorrelationReason(StrEnum):
    """What the reports of one alert share."""

    SAME_SYSTEM_AND_DOMAIN = "same_system_and_domain"
    SAME_SYSTEM_AND_EVALUATION = "same_system_and_evaluation"
    """No hazard domain is known."""
    SAME_EXERCISE_AND_EVALUATION = "same_exercise_and_evaluation"
    SAME_SERIES = "same_series"


class Relation(StrEnum):
    """What an alert has to do with another one that people should look at as well."""

    SAME_EVENT = "same_event"
    """Its report tells the same event, or rests on the same evidence, under another label or status."""
    SUPERSEDED_BY = "superseded_by"
    """A report of this one was replaced by one of the other."""
    SUPERSEDES = "supersedes"
    CONTINUED_BY = "continued_by"
    """So long after this one's last change that a new one was raised."""
    CONTINUES = "continues"
    INHIBITED_BY = "inhibited_by"
    """While the other, a confirmed incident, is live, calls about this one are kept back."""
    INHIBITS = "inhibits"


@dataclass(frozen=True, slots=True)
class Correlation:
    """A digest of what reports must share to be told as one, and what that is."""

    key: str
    reason: CorrelationReason


def correlate(assessment: Assessment, systems: Systems) -> Correlation:
    """What an assessment that opens a series is gathered by."""
    shared = [assessment.status.value, assessment.tlp.value, assessment.kind.value]
    if assessment.finding is None:
        reason = CorrelationReason.SAME_SERIES
        shared += [assessment.institute, assessment.series]
    elif assessment.finding.exercise is not None:
        reason = CorrelationReason.SAME_EXERCISE_AND_EVALUATION
        shared += [plain(assessment.finding.exercise), _evaluation(assessment, assessment.finding)]
    else:
        domain = assessment.grade.domain if assessment.grade is not None else assessment.finding.domain
        shared.append(systems.canonical(assessment.finding.system).id)
        shared.append(domain.value if domain is not None else "")
        if domain in _CATCH_ALL:
            reason = CorrelationReason.SAME_SYSTEM_AND_EVALUATION
            shared.append(_evaluation(assessment, assessment.finding))
        else:
            reason = CorrelationReason.SAME_SYSTEM_AND_DOMAIN
    return Correlation(sha256(json.dumps([reason.value, *shared]).encode()).hexdigest(), reason)


def is_forgotten(last_change: datetime, now: datetime, window: timedelta) -> bool:
    """Whether an alert changed so long ago that a further report about the same thing is told as a new one."""
    return now - last_change > window


def _evaluation(assessment: Assessment, finding: Finding) -> str:
    registered = assessment.grade.evaluation if assessment.grade is not None else None
    return plain(registered or finding.evaluation.name)
