"""Inhibition: a confirmed incident keeps back further calls about the hazards that it grew from.

What must hold, all of it, or the hazard calls as ever:

- the incident is live, of the same status (an exercise inhibits nothing that is real), and its label is no stricter
  than the hazard's: whoever would be called about the hazard may be told of the incident;
- it is confirmed by an independent report, or as certain and as severe as the policy's rule asks;
- it is about the same system in the same domain, or names a report or evidence of the hazard;
- the hazard is a finding, graded, and not above the incident in severity;
- the institute was told of the incident in its present round.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.policy.muting.matcher import Subject
from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import AlertPurpose, AlertState, Certainty, Domain, ReportKind, Severity, Tlp

_CATCH_ALL = (None, Domain.OTHER, Domain.GENERAL_CAPABILITY, Domain.RELIABILITY)
"""What is no one hazard: sharing it, an incident and a finding need have nothing to do with each other."""


class InhibitionRule(Record):
    """The policy's `inhibition`: which incidents count as confirmed."""

    enabled: bool = True
    corroborated: bool = True
    """Whether an independent confirmation is enough."""
    certainties: tuple[Certainty, ...] = (Certainty.OBSERVED, Certainty.LIKELY)
    """So certain without it."""
    severity_at_least: Severity = Severity.SEVERE
    """And, without a confirmation, so severe."""


@dataclass(frozen=True, slots=True)
class Source:
    """An incident's alert, as it stands."""

    subject: Subject
    state: AlertState
    tlp: Tlp
    certainty: Certainty
    confirmed: bool
    """Whether an independent report confirms it."""
    builds_on: frozenset[str]
    """Names of reports that its own build on, and digests of what they rest on."""
    told: frozenset[str]
    """Institutes that it concerns in its present round."""
    revision: int = 0
    """Of its alert, as it was read."""

    @property
    def cause(self) -> str:
        """How deliveries name it."""
        return f"inhibition:{self.subject.alert}"


def is_confirmed(source: Source, rule: InhibitionRule) -> bool:
    """Whether an incident is sure and grave enough to speak for the hazards behind it."""
    subject = source.subject
    if not rule.enabled or subject.kind is not ReportKind.INCIDENT or subject.purpose is not AlertPurpose.REPORT:
        return False
    if source.state not in {AlertState.OPEN, AlertState.ACKNOWLEDGED}:
        return False
    if rule.corroborated and source.confirmed:
        return True
    return source.certainty in rule.certainties and subject.severity.rank >= rule.severity_at_least.rank


def inhibits(source: Source, hazard: Subject, tlp: Tlp, rule: InhibitionRule) -> bool:
    """Whether an incident keeps back calls about a hazard, for the institutes that were told of it."""
    if not is_confirmed(source, rule) or source.subject.alert == hazard.alert:
        return False
    if hazard.kind is not ReportKind.FINDING or hazard.purpose is not AlertPurpose.REPORT:
        return False
    if source.subject.status is not hazard.status or not tlp.allows(source.tlp):
        return False
    if not 0 <= hazard.severity.rank <= source.subject.severity.rank:
        return False
    return bool(source.builds_on & hazard.names) or _same_thing(source.subject, hazard)


def _same_thing(one: Subject, other: Subject) -> bool:
    return one.domain not in _CATCH_ALL and one.domain is other.domain and bool(one.systems & other.systems)
