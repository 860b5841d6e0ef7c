"""What a rehearsal comes to: every message that would go out, and every address that none would reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.notification_plan import UnreachableReason
from tocsin_alerting.policy.routing import Plan
from tocsin_alerting.policy.telling import TellingReason
from tocsin_alerting.policy.timing import TimingReason
from tocsin_deploy.rehearsal.alert import RehearsedAlert
from tocsin_deploy.rehearsal.not_told import NotTold


@dataclass(frozen=True, slots=True)
class Told:
    """One message that would go out, if nobody answered before."""

    at: datetime
    """When it goes out."""
    after: timedelta
    """Since the alert."""
    timing: TimingReason
    """Why then."""
    institute: str
    contact: str
    channel: Channel
    address: str
    reason: TellingReason
    about: str | None
    """For silence that the coordinator is told of: whose."""
    step: int | None
    """The step of the ladder that calls them."""
    says: Level
    why: str
    """The reason for how much is said, a word of a closed set."""
    stands_by: bool = False
    """Whether it goes out only where what stands before it for the same contact fails."""
    kept_by: str | None = None
    """The maintenance window that kept it from them until then, by its id."""

    @property
    def withheld(self) -> bool:
        """Whether nothing may be said there, so that it never goes out."""
        return self.says is Level.NOTHING


@dataclass(frozen=True, slots=True)
class Gap:
    """A step that would reach nobody, and what would be done about it at once."""

    at: datetime
    institute: str
    team: str | None
    reason: UnreachableReason


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All that would follow from an alert at an instant, were it never answered."""

    at: datetime
    alert: RehearsedAlert
    policy: str
    plan: Plan
    told: tuple[Told, ...]
    """By instant, then as planned."""
    planned: tuple[Told, ...]
    """As planned, and with what may be said nowhere at its address."""
    steps: Mapping[tuple[str, int], datetime]
    """When each step of each institute's ladder is called."""
    gaps: tuple[Gap, ...]
    exhausted: tuple[tuple[str, datetime], ...]
    """Institutes whose ladder would run out, and when: the coordinator is told."""
    not_told: tuple[NotTold, ...]
    """Every other address of every contact, and why nothing would reach it."""
