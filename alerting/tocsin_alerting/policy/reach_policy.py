"""How long people wait for a channel before the next is tried, and when all contacts are tried out: `reach` in policy.

Data: the deciding is done in `policy.reaching`.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from tocsin_alerting.policy.quiet_hours import WallTime
from tocsin_schemas.scalars import Line, Record
from tocsin_schemas.vocabulary import Severity

Patience = Annotated[timedelta, Field(gt=timedelta(0))]


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `datetime.weekday()` counts."""
        return list(Weekday).index(self)


class WeeklyTest(Record):
    """When, once a week, every contact gets a message that is marked as a test."""

    weekday: Weekday
    time: WallTime
    zone: Annotated[Line, Field(max_length=64)]
    """IANA zone in which the time is meant."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        # Late: the list of all zones is read from disk.
        from zoneinfo import available_timezones

        if zone not in available_timezones():
            raise ValueError("is not an IANA time zone; write it like Europe/London")
        return zone


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
