"""A person's word on how severe an alert is: what it counts for, what it may say, and where it ends.

An override speaks for the reports that it looked at, and for no others. While it stands, the alert is as severe as the
override or as the most severe current report that the override has not looked at, whichever is graver. So an override
up is a floor under what was known, and an override down holds until there is new evidence; a correction is a new
report and counts itself, while what another institute only repeats is nothing new (see `repeats`). The newest override
that has not been withdrawn is the one that stands.

The rules of meaning hold for people as for the rubric: a finding is never above severe, critical needs harm that was
done, and `unclassified` is no grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin_schemas.assessment import Assessment
from tocsin_schemas.errors import Problem
from tocsin_schemas.evaluation import Evidence
from tocsin_schemas.vocabulary import CausalLink, Materialisation, OecdClass, ReportKind, Severity

TARGETS = tuple(severity for severity in Severity if severity is not Severity.UNCLASSIFIED)
"""What a person may say of an alert; mildest first."""
CEILING_WITHOUT_HARM = Severity.SEVERE
NO_GRADE = Problem(
    "alert",
    "is guidance on results that differ: it grades nothing of its own.",
    "Say it of the alert of the report that is meant.",
)
_LINKED = frozenset({CausalLink.ESTABLISHED, CausalLink.LIKELY})
_OF_HARM = frozenset({OecdClass.INCIDENT, OecdClass.SERIOUS_INCIDENT, OecdClass.DISASTER})


class OverrideOutcome(StrEnum):
    """What became of the wish to set or to withdraw an override."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """It had been done before; nothing changes."""
    UNKNOWN_ALERT = "unknown_alert"
    UNKNOWN_OVERRIDE = "unknown_override"
    RETRACTED = "retracted"
    """What the alert rested on was taken back: there is nothing left to judge."""
    UNCHANGED = "unchanged"
    """The alert is as severe as that already."""
    CHANGED_SINCE = "changed_since"
    """A report that came since the person looked outweighs it."""
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Override:
    """The override that stands, as the life cycle sees it."""

    id: str
    severity: Severity
    seen: frozenset[str]
    """Ids of the reports that it looked at, and of those that only repeat them."""
    harmful: frozenset[str] = frozenset()
    """Ids of reports by which harm was done; while none of them is current it counts as severe at most."""

    def severity_over(self, current: Iterable[tuple[str, Severity]]) -> Severity:
        """How severe an alert is, from the ids and grades of its current reports."""
        held, unseen = self._sides(tuple(current))
        return max((held, *unseen), key=lambda severity: severity.rank)

    def is_outweighed(self, current: Iterable[tuple[str, Severity]]) -> bool:
        """Whether a report that it has not looked at is graver, so that the override does not decide."""
        held, unseen = self._sides(tuple(current))
        return any(severity.rank > held.rank for severity in unseen)

    def _sides(self, current: Sequence[tuple[str, Severity]]) -> tuple[Severity, tuple[Severity, ...]]:
        """What the override counts as, and the grades of the reports that it has not looked at."""
        harm = any(report in self.harmful for report, _ in current)
        held = self.severity if harm else at_most(self.severity, CEILING_WITHOUT_HARM)
        return held, tuple(own for report, own in current if report not in self.seen)


def harm_was_done(assessment: Assessment) -> bool:
    """Whether a report says that harm happened and that the AI system led to it, or likely did."""
    incident = assessment.incident
    return (
        incident is not None
        and incident.materialisation is Materialisation.OCCURRED
        and incident.relation_to_ai.causal_link in _LINKED
    )


def at_most(severity: Severity, ceiling: Severity) -> Severity:
    """The severity, or the ceiling where it lies above it."""
    return min(severity, ceiling, key=lambda each: each.rank)


def class_under(assessment: Assessment, severity: Severity) -> OecdClass:
    """The OECD class of an alert that is `severity` and for which a graded report speaks.

    The report's own class where its severity was left alone. Else the class follows the severity, on the side (hazard
    or incident) that the report is on: serious from severe on. A person's severity never makes a disaster, which is a
    claim of its own: that a community could not cope.
    """
    grade = assessment.grade
    if grade is None or severity is grade.severity:
        return grade.oecd_class if grade is not None else OecdClass.UNCLASSIFIED
    serious = severity.rank >= Severity.SEVERE.rank
    if grade.oecd_class in _OF_HARM or (grade.oecd_class is OecdClass.UNCLASSIFIED and harm_was_done(assessment)):
        return OecdClass.SERIOUS_INCIDENT if serious else OecdClass.INCIDENT
    return OecdClass.SERIOUS_HAZARD if serious else OecdClass.HAZARD


def target_faults(severity: Severity, *, kind: ReportKind, harm: bool) -> list[Problem]:
    """Why nobody can say that an alert is `severity`, by the rules of meaning; empty where somebody can.

    Args:
        severity: what is said.
        kind: the alert's.
        harm: whether harm was done by one of its current reports.
    """
    if severity is Severity.UNCLASSIFIED:
        return [_fault("is no grade: it says that nobody has graded this.", TARGETS)]
    if severity.rank <= CEILING_WITHOUT_HARM.rank:
        return []
    if kind is ReportKind.FINDING:
        return [_fault("is above what a finding can be: it is about what could happen.", possible(kind, harm=False))]
    if not harm:
        return [_fault("needs harm that was done, with a link to the AI system.", possible(kind, harm=False))]
    return []


def possible(kind: ReportKind, *, harm: bool) -> tuple[Severity, ...]:
    """What may be said of an alert, mildest first."""
    if kind is ReportKind.INCIDENT and harm:
        return TARGETS
    return tuple(severity for severity in TARGETS if severity.rank <= CEILING_WITHOUT_HARM.rank)


def evidence_faults(
    severity: Severity, *, shared: Severity, standing: Severity, evidence: Sequence[Evidence]
) -> list[Problem]:
    """Up needs a reason; down needs evidence as well: it says that what was reported or decided is wrong.

    Args:
        severity: what the override says.
        shared: the grade by the rubric alone.
        standing: how severe the alert is now.
        evidence: what the override refers to.
    """
    if evidence or severity.rank >= max(shared.rank, standing.rank):
        return []
    lower_than = max(shared, standing, key=lambda each: each.rank)
    fix = "Refer to at least one piece of evidence by uri, digest or title."
    return [Problem("evidence", f"is needed to go below {lower_than.value}.", fix)]


def _fault(message: str, choices: Iterable[Severity]) -> Problem:
    return Problem("severity", message, f"Use one of: {', '.join(each.value for each in choices)}.")
