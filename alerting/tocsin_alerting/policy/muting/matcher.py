"""Which alerts a silence means: what stands in every field that it names; never everything that may be real.

An alert that is also about something else is not meant: all its systems, evaluations and reporters must be named.

A pattern is a name, or a name with `*` (any characters) and `?` (one). Systems and evaluations are compared in their
plain form, as the network gathers them: `openai/gpt-4o` is the system `gpt-4o`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from tocsin_alerting.policy.systems import Systems, plain
from tocsin_schemas.errors import Problem
from tocsin_schemas.evaluation import System
from tocsin_schemas.scalars import InstituteId, Record, one_line
from tocsin_schemas.vocabulary import AlertPurpose, Domain, ReportKind, Severity, Status

Pattern = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(one_line)
]
_MOST = 20
"""Patterns in one field."""
_GRADED = tuple(severity for severity in Severity if severity is not Severity.UNCLASSIFIED)


@dataclass(frozen=True, slots=True)
class Subject:
    """An alert as far as silences and inhibition look at it. Holds names of systems, but none of the texts."""

    alert: str
    kind: ReportKind
    purpose: AlertPurpose
    status: Status
    severity: Severity
    urgent: bool
    """Whether its urgency is immediate."""
    domain: Domain | None
    systems: frozenset[str]
    """The current reports' systems, by their canonical ids."""
    evaluations: frozenset[str] = frozenset()
    """The current reports' evaluations, in their plain form."""
    reporters: frozenset[str] = frozenset()
    """Institutes with a current report."""
    names: frozenset[str] = field(default_factory=frozenset)
    """By which reports of other alerts may name its reports, and the digests that these rest on."""

    @property
    def too_grave(self) -> bool:
        """Whether no silence may keep it back: critical, or severe and urgent at once, and meant."""
        if self.status is not Status.ACTUAL:
            return False
        return self.severity is Severity.CRITICAL or (self.severity is Severity.SEVERE and self.urgent)


class Match(Record):
    """What a silence means. A field that is not named matches all."""

    severity_at_most: Severity | None = None
    """Alerts up to this severity; what nobody could grade is not among them."""
    kinds: tuple[ReportKind, ...] = ()
    statuses: tuple[Status, ...] = ()
    purposes: tuple[AlertPurpose, ...] = ()
    domains: Annotated[tuple[Pattern, ...], Field(max_length=_MOST)] = ()
    systems: Annotated[tuple[Pattern, ...], Field(max_length=_MOST)] = ()
    evaluations: Annotated[tuple[Pattern, ...], Field(max_length=_MOST)] = ()
    reporters: Annotated[tuple[InstituteId, ...], Field(max_length=_MOST)] = ()
    """Institutes that report."""
    contacts: Annotated[tuple[Pattern, ...], Field(max_length=_MOST)] = ()
    """Contacts that are left in peace; none named: everybody that the silence is for. Says who, and not what."""

    def means(self, subject: Subject, systems: Systems) -> bool:
        """Whether an alert is one of those that are meant."""
        if self.severity_at_most is not None and not (0 <= subject.severity.rank <= self.severity_at_most.rank):
            return False
        if any(
            named and value not in named
            for named, value in (
                (self.kinds, subject.kind),
                (self.statuses, subject.status),
                (self.purposes, subject.purpose),
            )
        ):
            return False
        return (
            _fit(self.domains, [subject.domain.value] if subject.domain is not None else [])
            and _fit([_system(each, systems) for each in self.systems], [plain(each) for each in subject.systems])
            and _fit([plain(each) for each in self.evaluations], subject.evaluations)
            and _fit(self.reporters, subject.reporters)
        )

    def means_contact(self, contact: str) -> bool:
        """Whether a contact is one of those that are left in peace."""
        return _fit(self.contacts, [contact])

    def problems(self) -> Iterator[Problem]:
        """Why it may not be used: it would keep back everything that is real."""
        if self.severity_at_most is Severity.UNCLASSIFIED:
            yield Problem(
                "match.severity_at_most",
                "is no severity of the order.",
                f"Use one of: {', '.join(severity.value for severity in _GRADED)}.",
            )
        if not self._narrows():
            yield Problem(
                "match",
                "would keep back everything.",
                "Name what is meant: systems, evaluations, domains, reporters, kinds, purposes, or a severity_at_most "
                "below severe; or, for everything of an exercise, statuses: [exercise].",
            )

    def _narrows(self) -> bool:
        if self.statuses and Status.ACTUAL not in self.statuses:
            return True
        return (
            (self.severity_at_most is not None and self.severity_at_most.rank < Severity.SEVERE.rank)
            or 0 < len(set(self.kinds)) < len(ReportKind)
            or 0 < len(set(self.purposes)) < len(AlertPurpose)
            or bool(self.reporters)
            or any(_says_something(patterns) for patterns in (self.domains, self.systems, self.evaluations))
        )


def _says_something(patterns: tuple[str, ...]) -> bool:
    return bool(patterns) and all(pattern.strip("*?") for pattern in patterns)


def _system(pattern: str, systems: Systems) -> str:
    return plain(pattern) if set("*?") & set(pattern) else plain(systems.canonical(System(name=pattern)).id)


def _fit(patterns: Sequence[str], values: Collection[str]) -> bool:
    """Whether every value fits a pattern, and there is one; where no pattern is named everything fits."""
    expressions = [re.compile(_expression(pattern)) for pattern in patterns]
    return not expressions or (
        bool(values) and all(any(one.fullmatch(value) for one in expressions) for value in values)
    )


def _expression(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
