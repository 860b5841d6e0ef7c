"""What a contact wants to know of beside what its institute's ladders call it for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pydantic import field_validator

from tocsin_alerting.policy.systems import Systems
from tocsin_schemas.evaluation import System
from tocsin_schemas.scalars import InstituteId, Line, Record
from tocsin_schemas.vocabulary import AlertPurpose, Domain, Severity, Status


def may_be_subscribed_to(purpose: AlertPurpose, status: Status) -> bool:
    """Whether subscriptions are looked at: guidance concerns whom it compares, and a test its reporter."""
    return purpose is AlertPurpose.REPORT and status is not Status.TEST


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about, as far as subscriptions look at it."""

    severity: Severity
    domain: Domain | None
    systems: Collection[str]
    """The canonical ids of the systems that its reports name."""
    reporters: Collection[str]
    """The institutes that report it."""
    regions: Collection[str]
    """The regions of those institutes."""


class Subscription(Record):
    """Alerts that a contact is told of in addition: those for which everything that is given here holds.

    Told for information: a subscriber owes no answer, and no subscription opens what its clearance does not.
    """

    severity: Severity | None = None
    """At least so severe. `unclassified` stands outside the order: it asks for what the rubric could not grade."""
    domains: tuple[Domain, ...] = ()
    systems: tuple[Line, ...] = ()
    """By any of a system's names, in any version."""
    institutes: tuple[InstituteId, ...] = ()
    """Reported by one of these."""
    regions: tuple[Line, ...] = ()
    """Reported by an institute of one of these regions, as `institutes.yaml` names them."""

    @field_validator("domains", "systems", "institutes", "regions")
    @classmethod
    def _each_once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(given)) != len(given):
            raise ValueError("names something twice; keep one")
        return given

    def matches(self, subject: Subject, systems: Systems) -> bool:
        """Whether the alert is one that was subscribed to."""
        return (
            self.severe_enough(subject.severity)
            and (not self.domains or subject.domain in self.domains)
            and (not self.systems or not self.canonical(systems).isdisjoint(subject.systems))
            and (not self.institutes or not set(self.institutes).isdisjoint(subject.reporters))
            and (not self.regions or not set(self.regions).isdisjoint(subject.regions))
        )

    def canonical(self, systems: Systems) -> frozenset[str]:
        """The canonical ids of the systems that it names."""
        return frozenset(systems.canonical(System(name=name)).id for name in self.systems)

    def severe_enough(self, severity: Severity) -> bool:
        """Whether an alert of this severity may match."""
        if self.severity is Severity.UNCLASSIFIED or severity is Severity.UNCLASSIFIED:
            # Nobody knows how severe it is: it is for who asks for such alerts, or names no severity.
            return self.severity in {None, severity}
        return self.severity is None or severity.rank >= self.severity.rank
