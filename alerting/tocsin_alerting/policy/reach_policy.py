"""How long people wait for a channel before the next is tried, and when all contacts are tried out: `reach` in policy.

Data: the deciding is done in `policy.reaching`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.local_time import WallTime, Weekday
from tocsin_schemas.scalars import Record, ZoneName
from tocsin_schemas.vocabulary import Severity

Patience = Annotated[timedelta, Field(gt=timedelta(0))]


class WeeklyTest(Record):
    """When, once a week, every contact gets a message that is marked as a test."""

    weekday: Weekday
    time: WallTime
    zone: ZoneName
    """In which the time is meant."""


_UNTAKEN = {
    Severity.CRITICAL: timedelta(minutes=1),
    Severity.SEVERE: timedelta(minutes=2),
    Severity.UNCLASSIFIED: timedelta(minutes=10),
    Severity.MODERATE: timedelta(minutes=15),
    Severity.MINOR: timedelta(hours=2),
    Severity.NEGLIGIBLE: timedelta(hours=2),
}
_DEFERRED = {
    Severity.CRITICAL: timedelta(minutes=3),
    Severity.SEVERE: timedelta(minutes=5),
    Severity.UNCLASSIFIED: timedelta(minutes=15),
    Severity.MODERATE: timedelta(minutes=30),
    Severity.MINOR: timedelta(hours=4),
    Severity.NEGLIGIBLE: timedelta(hours=4),
}


class ReachPolicy(Record):
    """How long a message may be on its way before the next channel is tried as well. ISO 8601 durations."""

    untaken: dict[Severity, Patience] = Field(default_factory=dict)
    """No provider has taken it: the channel is down, or refuses all."""
    deferred: dict[Severity, Patience] = Field(default_factory=dict)
    """It was taken, and the mailbox puts it off."""
    test: WeeklyTest | None = None
    """None: contacts are tried out only by `tocsinctl contacts test --send`."""

    def untaken_after(self, severity: Severity) -> timedelta:
        """How long a page may wait to be taken; what the policy does not say has a usual value."""
        return self.untaken.get(severity, _UNTAKEN[severity])

    def deferred_after(self, severity: Severity) -> timedelta:
        """How long a mailbox may put a page off."""
        return self.deferred.get(severity, _DEFERRED[severity])
