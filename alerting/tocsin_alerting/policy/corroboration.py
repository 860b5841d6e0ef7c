"""How sure an alert is, from all its current reports: who confirms whom, and what that changes.

- *Severity is not a count of heads*: it is that of the most severe current report, however many there are.
- *Certainty* is the highest among the reports of that severity. It rises by the policy's step when one of them is
  confirmed: by a current report of another origin, with no institute standing behind both, that answers the same
  question (system, evaluation, hazard domain; versions of the system that are both named must agree) and is graded
  the same, or within one level where their numbers do not contradict each other: whoever finds less, by more than both
  uncertainties allow, has confirmed nothing. Further confirmations are told and add nothing.
- *Urgency* is the soonest of any current report, and sooner by the policy's step where the policy says so.
- *OECD class* is the highest among the reports of the alert's severity.

All of it is a function of the set of reports: their order plays no part. Only the words (`verdicts`) follow the order
in which they came, as a reader does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import combinations

from tocsin_alerting.policy.divergence import THRESHOLD, compare
from tocsin_alerting.policy.holm import holm
from tocsin_alerting.policy.measured import Measured, pairs
from tocsin_alerting.policy.origins import Origins, Tie, origins_of, tie_between
from tocsin_alerting.policy.systems import Systems
from tocsin_alerting.policy.testimony import Facts, Witness, question_of
from tocsin_schemas.vocabulary import Certainty, OecdClass, Severity, Urgency

CERTAINTIES = (Certainty.UNKNOWN, Certainty.UNLIKELY, Certainty.POSSIBLE, Certainty.LIKELY, Certainty.OBSERVED)
URGENCIES = (Urgency.UNKNOWN, Urgency.PAST, Urgency.FUTURE, Urgency.EXPECTED, Urgency.IMMEDIATE)
"""From least to most."""
_CLASSES = tuple(OecdClass)
_APART = 1
"""How many levels a confirmation may be away from what it confirms."""


@dataclass(frozen=True, slots=True)
class CorroborationRule:
    """What an independent confirmation changes; the policy's."""

    certainty: dict[Certainty, Certainty] = field(
        default_factory=lambda: {
            Certainty.UNKNOWN: Certainty.POSSIBLE,
            Certainty.UNLIKELY: Certainty.POSSIBLE,
            Certainty.POSSIBLE: Certainty.LIKELY,
            Certainty.LIKELY: Certainty.OBSERVED,
        }
    )
    """What a certainty becomes; what is not listed stays."""
    urgency: dict[Severity, dict[Urgency, Urgency]] = field(default_factory=dict)
    """By the alert's severity: what an urgency becomes."""
    page_again: frozenset[Severity] = frozenset()
    """Severities at which everybody is asked anew."""


class Verdict(StrEnum):
    """What one report adds to those before it."""

    FIRST = "first"
    """Nothing was there to be confirmed."""
    CONFIRMS = "confirms"
    SAME_EVIDENCE = "same_evidence"
    DERIVED = "derived"
    THROUGH_OTHERS = "through_others"
    """One origin: counted once."""
    SAME_INSTITUTE = "same_institute"
    """One institute stands behind both."""
    OTHER_QUESTION = "other_question"
    """Another system, evaluation or hazard domain."""
    OTHER_VERSION = "other_version"
    """Of the system."""
    SEVERITY_APART = "severity_apart"
    RESULTS_DIFFER = "results_differ"
    """Graded a level apart, and the numbers differ by more than their uncertainties allow."""
    UNGRADED = "ungraded"


ONE_ORIGIN = (Verdict.SAME_EVIDENCE, Verdict.DERIVED, Verdict.THROUGH_OTHERS)
"""A report of which this is said repeats what is there: it is counted once."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One current report, and what it adds."""

    report: str
    origin: str
    verdict: Verdict
    other: str | None
    """The report it confirms, repeats or differs from."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the current reports come to together."""

    certainty: Certainty
    reported_certainty: Certainty
    """What it would be without a confirmation."""
    urgency: Urgency
    oecd_class: OecdClass
    confirming: frozenset[str]
    """Reports of the pairs that confirm each other, one of a pair at least being as severe as the alert."""
    verdicts: tuple[Weighed, ...]
    """In the order of arrival."""

    @property
    def confirmed(self) -> bool:
        """Whether anything confirms what the alert says."""
        return bool(self.confirming)

    def same_weight(self, other: Weighing) -> bool:
        """Whether two weighings come to the same, whatever is said of single reports."""
        return (self.certainty, self.urgency, self.confirmed) == (other.certainty, other.urgency, other.confirmed)


def weigh(testimonies: Iterable[Witness], rule: CorroborationRule, systems: Systems) -> Weighing | None:
    """Weigh the reports of an alert against each other; None where none is current.

    Args:
        testimonies: the current reports, and what they build on, which ties them together and counts for nothing.
        rule: the policy's.
        systems: which names mean one system.
    """
    # Stable: of two that came in one instant, the one that is given later came later.
    gathered = sorted(testimonies, key=lambda each: each.received_at)
    scale = _Scale(origins_of(gathered), systems)
    current = [each for each in gathered if each.current and each.facts is not None and each.severity is not None]
    if not current:
        return None
    severity = max((each.severity for each in current if each.severity is not None), key=lambda one: one.rank)
    leading = [each for each in current if each.severity is severity]
    facts = [each.facts for each in leading if each.facts is not None]
    reported = max((each.certainty for each in facts), key=CERTAINTIES.index)
    urgency = max((each.facts.urgency for each in current if each.facts is not None), key=URGENCIES.index)
    confirming = frozenset(
        each.report
        for one, other in combinations(current, 2)
        if severity in (one.severity, other.severity) and scale.compare(one, other) is Verdict.CONFIRMS
        for each in (one, other)
    )
    return Weighing(
        certainty=rule.certainty.get(reported, reported) if confirming else reported,
        reported_certainty=reported,
        urgency=rule.urgency.get(severity, {}).get(urgency, urgency) if confirming else urgency,
        oecd_class=max((each.oecd_class for each in facts), key=_class_rank),
        confirming=confirming,
        verdicts=tuple(scale.verdict(each, current[:place]) for place, each in enumerate(current)),
    )


class _Scale:
    """Compares reports two by two."""

    def __init__(self, origins: Origins, systems: Systems) -> None:
        self._origins = origins
        self._systems = systems

    def verdict(self, testimony: Witness, before: list[Witness]) -> Weighed:
        """What a report adds to those before it: of one origin with any it adds nothing, else the best counts."""
        found = [(self.compare(testimony, other), other.report) for other in before]
        verdict, other = min(found, key=lambda each: _FIRST_SAID.index(each[0]), default=(Verdict.FIRST, None))
        return Weighed(testimony.report, self._origins.of[testimony.report], verdict, other)

    def compare(self, one: Witness, other: Witness) -> Verdict:
        """Whether two reports confirm each other, and if not, why."""
        if self._origins.same(one.report, other.report):
            return _TIES[tie_between(one, other)]
        # Who stands behind the evidence counts, not who sent the report: a repetition speaks for its origin.
        if self._origins.one_behind_both(one.report, other.report):
            return Verdict.SAME_INSTITUTE
        if one.facts is None or other.facts is None or one.severity is None or other.severity is None:
            return Verdict.UNGRADED
        question = question_of(one.facts, self._systems)
        if question is None or question != question_of(other.facts, self._systems):
            return Verdict.OTHER_QUESTION
        if len({version for version in (self._version(one.facts), self._version(other.facts)) if version}) > 1:
            return Verdict.OTHER_VERSION
        if Severity.UNCLASSIFIED in (one.severity, other.severity):
            return Verdict.UNGRADED
        if abs(one.severity.rank - other.severity.rank) > _APART:
            return Verdict.SEVERITY_APART
        if one.severity is not other.severity and _differ(
            *sorted((one.facts.measured, other.facts.measured), key=repr)
        ):
            return Verdict.RESULTS_DIFFER
        return Verdict.CONFIRMS

    def _version(self, facts: Facts) -> str | None:
        return None if facts.system is None else self._systems.canonical(facts.system).version


_TIES = {
    Tie.SAME_SERIES: Verdict.DERIVED,
    Tie.SAME_EVIDENCE: Verdict.SAME_EVIDENCE,
    Tie.DERIVED: Verdict.DERIVED,
    Tie.THROUGH_OTHERS: Verdict.THROUGH_OTHERS,
}
_FIRST_SAID = (
    *ONE_ORIGIN,
    Verdict.CONFIRMS,
    Verdict.RESULTS_DIFFER,
    Verdict.SEVERITY_APART,
    Verdict.OTHER_VERSION,
    Verdict.UNGRADED,
    Verdict.OTHER_QUESTION,
    Verdict.SAME_INSTITUTE,
)


@lru_cache(maxsize=4096)
def _differ(one: tuple[Measured, ...], other: tuple[Measured, ...]) -> bool:
    """Whether what both measured differs by more than their uncertainties allow, corrected for how many there are.

    Kept, for the reports of an alert are weighed anew with every report that joins it.
    """
    found = [compare(each.score, counterpart.score, metric=each.metric).p for each, counterpart in pairs(one, other)]
    return any(p <= THRESHOLD for p in holm([p for p in found if p is not None]))


def _class_rank(oecd_class: OecdClass) -> int:
    return -1 if oecd_class is OecdClass.UNCLASSIFIED else _CLASSES.index(oecd_class)
