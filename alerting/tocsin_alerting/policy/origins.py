"""Which reports rest on one origin: what is told by many is no more certain than what it all goes back to.

Reports are of one origin when they are of one series, rest on the same evidence (its digest), or one repeats or builds
on the other (`derived_from`); and so on through any number of them. Two that name the same source are of one origin
even where that source was never reported here. The order in which they came plays no part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tocsin_alerting.policy.testimony import Testimony


class Tie(StrEnum):
    """Why two reports are of one origin."""

    SAME_SERIES = "same_series"
    SAME_EVIDENCE = "same_evidence"
    DERIVED = "derived"
    """One repeats or builds on the other, or both on a third."""
    THROUGH_OTHERS = "through_others"
    """They are tied to each other by further reports only."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The reports by origin."""

    of: dict[str, str]
    """By report: its origin, named by the least id of its reports, whatever came first."""

    @property
    def groups(self) -> frozenset[frozenset[str]]:
        """The reports of each origin."""
        found: dict[str, set[str]] = {}
        for report, origin in self.of.items():
            found.setdefault(origin, set()).add(report)
        return frozenset(frozenset(group) for group in found.values())

    def same(self, one: str, other: str) -> bool:
        """Whether two reports are of one origin."""
        return self.of[one] == self.of[other]


def origins_of(testimonies: Iterable[Testimony]) -> Origins:
    """Find the origins of reports; those that no longer count tie others together still."""
    found = list(testimonies)
    leaders: dict[str, str] = {}

    def leader(node: str) -> str:
        while leaders.setdefault(node, node) != node:
            leaders[node] = leaders[leaders[node]]
            node = leaders[node]
        return node

    named = {name for each in found for name in _builds_on(each)}
    for each in found:
        for tie in _ties(each, named):
            leaders[leader(tie)] = leader(f"report {each.report}")
    reports: dict[str, list[str]] = {}
    for each in found:
        reports.setdefault(leader(f"report {each.report}"), []).append(each.report)
    return Origins({report: min(group) for group in reports.values() for report in group})


def tie_between(one: Testimony, other: Testimony) -> Tie:
    """Why two reports of one origin are."""
    if (one.institute, one.series) == (other.institute, other.series):
        return Tie.SAME_SERIES
    if set(_rests_on(one)) & set(_rests_on(other)):
        return Tie.SAME_EVIDENCE
    sources, others = set(_builds_on(one)), set(_builds_on(other))
    if sources & other.names or others & one.names or sources & others:
        return Tie.DERIVED
    return Tie.THROUGH_OTHERS


def _ties(testimony: Testimony, named: set[str]) -> Iterable[str]:
    yield f"series {testimony.institute} {testimony.series}"
    yield from (f"evidence {digest}" for digest in _rests_on(testimony))
    yield from (f"name {name}" for name in _builds_on(testimony))
    # A name that nobody builds on ties nothing together: two institutes may well use one event id.
    yield from (f"name {name}" for name in testimony.names & named)


def _rests_on(testimony: Testimony) -> tuple[str, ...]:
    return testimony.facts.evidence if testimony.facts is not None else ()


def _builds_on(testimony: Testimony) -> tuple[str, ...]:
    return testimony.facts.derived_from if testimony.facts is not None else ()
