"""Which reports rest on one origin: what is told by many is no more certain than what it all goes back to.

Reports are of one origin when they are of one series, rest on the same evidence (its digest), or one repeats or builds
on the other (`derived_from`); and so on through any number of them. Two that name the same source are of one origin
even where that source was never reported here. The order in which they came plays no part.

Behind an origin stand the institutes whose reports of it build on no other report of it. Who publishes another's
evidence and does not say so stands behind it too: nothing else tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin_alerting.policy.testimony import Witness


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
    behind: dict[str, frozenset[str]]
    """By origin: the institutes that stand behind it."""

    @property
    def groups(self) -> frozenset[frozenset[str]]:
        """The reports of each origin."""
        found: dict[str, set[str]] = {}
        for report, origin in self.of.items():
            found.setdefault(origin, set()).add(report)
        return frozenset(frozenset(group) for group in found.values())

    def one_behind_both(self, one: str, other: str) -> bool:
        """Whether one institute stands behind the origins of both reports."""
        return bool(self.behind[self.of[one]] & self.behind[self.of[other]])

    def same(self, one: str, other: str) -> bool:
        """Whether two reports are of one origin."""
        return self.of[one] == self.of[other]


def origins_of(testimonies: Iterable[Witness]) -> Origins:
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
    by_id = {each.report: each for each in found}
    groups = {min(group): [by_id[report] for report in group] for group in reports.values()}
    return Origins(
        of={each.report: origin for origin, group in groups.items() for each in group},
        behind={origin: _behind(group) for origin, group in groups.items()},
    )


def _behind(group: Sequence[Witness]) -> frozenset[str]:
    """Whoever builds on no other report of the origin; where all do, whoever builds on themselves in a circle."""
    sources = {
        each.report: {
            other.report for other in group if other.report != each.report and set(_builds_on(each)) & other.names
        }
        for each in group
    }
    first = [each for each in group if not sources[each.report]]
    circle = first or [each for each in group if each.report in _goes_back_to(each.report, sources)]
    return frozenset(each.institute for each in circle)


def _goes_back_to(report: str, sources: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(sources[report])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(sources[one])
    return found


def tie_between(one: Witness, other: Witness) -> Tie:
    """Why two reports of one origin are."""
    if (one.institute, one.series) == (other.institute, other.series):
        return Tie.SAME_SERIES
    if set(_rests_on(one)) & set(_rests_on(other)):
        return Tie.SAME_EVIDENCE
    sources, others = set(_builds_on(one)), set(_builds_on(other))
    if sources & other.names or others & one.names or sources & others:
        return Tie.DERIVED
    return Tie.THROUGH_OTHERS


def _ties(testimony: Witness, named: set[str]) -> Iterable[str]:
    yield f"series {testimony.institute} {testimony.series}"
    yield from (f"evidence {digest}" for digest in _rests_on(testimony))
    yield from (f"name {name}" for name in _builds_on(testimony))
    # A name that nobody builds on ties nothing together: two institutes may well use one event id.
    yield from (f"name {name}" for name in testimony.names & named)


def _rests_on(testimony: Witness) -> tuple[str, ...]:
    return testimony.facts.evidence if testimony.facts is not None else ()


def _builds_on(testimony: Witness) -> tuple[str, ...]:
    return testimony.facts.derived_from if testimony.facts is not None else ()
