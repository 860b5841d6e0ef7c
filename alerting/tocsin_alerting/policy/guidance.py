"""Which results of one question diverge, and what guidance people are given about it.

Every pair of results of different institutes that do not rest on one another is compared, metric by metric and scorer
by scorer. In a joint exercise results in different languages are what the exercise is about: they stand side by side in
its table and are no divergence. The p-values of all that is compared are corrected together (Holm).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.divergence import THRESHOLD, Comparison, ComparisonReason, Method, Score, compare
from tocsin_alerting.policy.holm import holm
from tocsin_alerting.policy.measured import pairs
from tocsin_alerting.policy.results import Result, SetupField, independent
from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import AlertChange, AlertState, Severity


class GuidanceReason(StrEnum):
    """Why a guidance alert changed, or did not."""

    DIVERGENCE = "divergence"
    """Results differ by more than their uncertainties allow."""
    DIVERGENCE_CHANGED = "divergence_changed"
    """A further result or a correction changed what differs."""
    DIVERGENCE_GONE = "divergence_gone"
    """After a correction or a retraction the results no longer differ by more than chance explains."""
    NOTHING_DIVERGES = "nothing_diverges"
    AS_BEFORE = "as_before"


class Side(Record):
    """One institute's value in a comparison."""

    report: str
    institute: str
    value: float
    stderr: float | None = None
    samples: int | None = None


class Difference(Record):
    """Two results of one metric and scorer, and what the test says about them."""

    metric: str
    scorer: str | None = None
    one: Side
    other: Side
    reason: ComparisonReason
    difference: float
    standard_error: float | None = None
    p: float | None = None
    p_corrected: float | None = None
    """After Holm, for all that was compared."""
    threshold: float
    method: Method | None = None
    diverges: bool


class SetupLine(Record):
    """One thing that the set-ups have in common or not, by report."""

    field: SetupField
    values: dict[str, str | None]
    """By report; None where it does not say."""

    @property
    def same(self) -> bool:
        """Whether all say the same; what nobody states is not known to be the same."""
        return len(set(self.values.values())) == 1 and None not in self.values.values()

    @property
    def unknown(self) -> bool:
        """Whether nobody states it."""
        return set(self.values.values()) == {None}


class Party(Record):
    """A report that takes part."""

    report: str
    institute: str


class Divergence(Record):
    """What a guidance alert says: which results differ, by how much more than chance explains, and what differs."""

    evaluation: str
    version: str | None = None
    system: str
    system_version: str | None = None
    parties: Annotated[tuple[Party, ...], Field(min_length=2)]
    """Reports of which at least one comparison diverges."""
    differences: tuple[Difference, ...]
    """All that was compared between them, those that diverge first."""
    setups: tuple[SetupLine, ...]
    comparisons: int
    """How many were corrected for."""

    @property
    def diverging(self) -> tuple[Difference, ...]:
        """Those that differ by more than chance explains."""
        return tuple(each for each in self.differences if each.diverges)

    @property
    def institutes(self) -> frozenset[str]:
        """Whom it concerns."""
        return frozenset(party.institute for party in self.parties)

    @property
    def pairs(self) -> frozenset[tuple[str, str, str, str | None]]:
        """Which institutes differ in what."""
        return frozenset(
            (*sorted((each.one.institute, each.other.institute)), each.metric, each.scorer)  # type: ignore[misc]
            for each in self.diverging
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    one: Result
    other: Result
    metric: str
    scorer: str | None
    found: Comparison


@dataclass(frozen=True, slots=True)
class GuidanceDecision:
    """What becomes of the guidance about one question."""

    change: AlertChange | None
    """None: nothing changes. Raised: by a new alert, whatever there was before."""
    reason: GuidanceReason


def decide_guidance(before: Divergence | None, state: AlertState | None, after: Divergence | None) -> GuidanceDecision:
    """What is to be done about a question whose results have changed.

    An answer to a divergence does not answer another one: where people have resolved it and a further pair of
    institutes, or a further metric, comes to differ, a new alert is raised. Else what they resolved stays resolved.

    Args:
        before: what the question's guidance alert says; None where none was ever raised.
        state: that alert's.
        after: what diverges now.
    """
    standing = before is not None and state is not None and state is not AlertState.RETRACTED
    if after is None:
        if standing:
            return GuidanceDecision(AlertChange.RETRACTED, GuidanceReason.DIVERGENCE_GONE)
        return GuidanceDecision(None, GuidanceReason.NOTHING_DIVERGES)
    if before is None or not standing or (state is AlertState.RESOLVED and after.pairs - before.pairs):
        return GuidanceDecision(AlertChange.RAISED, GuidanceReason.DIVERGENCE)
    if after == before:
        return GuidanceDecision(None, GuidanceReason.AS_BEFORE)
    return GuidanceDecision(AlertChange.UPDATED, GuidanceReason.DIVERGENCE_CHANGED)


def severity_of_guidance(reported: Iterable[Severity]) -> Severity:
    """How a guidance alert is routed: as the most severe report that it compares, and as minor where none is graded.

    It says nothing about the system that the reports' own alerts do not say.
    """
    return max((Severity.MINOR, *reported), key=lambda severity: severity.rank)


def divergence_of(results: Iterable[Result], *, threshold: float = THRESHOLD) -> Divergence | None:
    """What diverges among the current results of one question; None where nothing does. Their order plays no part."""
    # By institute and report, however they were read: the same results, the same guidance.
    ordered = sorted(results, key=lambda result: (result.institute, result.report))
    laid = [pair for one, other in combinations(ordered, 2) if _comparable(one, other) for pair in _pairs(one, other)]
    tested = [pair for pair in laid if pair.found.p is not None]
    corrected = dict(zip((id(pair) for pair in tested), holm([pair.found.p or 0.0 for pair in tested]), strict=True))
    differences = [_difference(pair, corrected.get(id(pair)), threshold) for pair in laid]
    involved = {side.report for each in differences if each.diverges for side in (each.one, each.other)}
    if not involved:
        return None
    parties = [result for result in ordered if result.report in involved]
    first = parties[0]
    shown = [each for each in differences if {each.one.report, each.other.report} <= involved]
    return Divergence(
        evaluation=first.evaluation,
        version=first.version,
        system=first.system,
        system_version=first.system_version,
        parties=tuple(Party(report=result.report, institute=result.institute) for result in parties),
        differences=tuple(sorted(shown, key=_prominence)),
        setups=_setups(parties),
        comparisons=len(tested),
    )


def _comparable(one: Result, other: Result) -> bool:
    if one.institute == other.institute or not independent(one, other):
        return False
    by_design = one.exercise is not None and one.exercise == other.exercise
    return not (by_design and one.languages and other.languages and one.languages != other.languages)


def _pairs(one: Result, other: Result) -> Iterable[_Pair]:
    for each, counterpart in pairs(one.measured, other.measured):
        found = compare(each.score, counterpart.score, metric=each.metric)
        yield _Pair(one, other, each.metric, each.scorer, found)


def _difference(pair: _Pair, corrected: float | None, threshold: float) -> Difference:
    found = pair.found
    diverges = corrected is not None and corrected <= threshold
    reason = found.reason
    if found.testable:
        reason = ComparisonReason.DIVERGES if diverges else ComparisonReason.WITHIN_UNCERTAINTY
    return Difference(
        metric=pair.metric,
        scorer=pair.scorer,
        one=_side(pair.one, found.one),
        other=_side(pair.other, found.other),
        reason=reason,
        difference=found.difference,
        standard_error=found.standard_error,
        p=found.p,
        p_corrected=corrected,
        threshold=threshold,
        method=found.method,
        diverges=diverges,
    )


def _side(result: Result, score: Score) -> Side:
    return Side(
        report=result.report,
        institute=result.institute,
        value=score.value,
        stderr=score.stderr,
        samples=score.samples,
    )


def _prominence(each: Difference) -> tuple[object, ...]:
    return (
        not each.diverges,
        1.0 if each.p_corrected is None else each.p_corrected,
        each.metric,
        each.scorer or "",
        each.one.report,
        each.other.report,
    )


def _setups(parties: Sequence[Result]) -> tuple[SetupLine, ...]:
    stated = {result.report: dict(result.setup) for result in parties}
    return tuple(
        SetupLine(field=field, values={report: setup.get(field) for report, setup in stated.items()})
        for field in SetupField
    )
