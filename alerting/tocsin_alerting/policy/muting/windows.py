"""Maintenance windows: silences that come again, by the local clock, as operators write them in `policy.yaml`.

A window begins when its zone's clock shows its time, and lasts as long as it says whatever that clock does meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from tocsin_alerting.policy.local_time import WallTime, Weekday, on
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.muting.silences import CauseKind, Silence
from tocsin_schemas.scalars import InstituteId, Line, Record, ZoneName


class Window(Record):
    """One entry of `maintenance`."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    institute: InstituteId | None = None
    """Whose people are left in peace; left out: everybody's."""
    match: Match
    reason: Line
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    start: WallTime
    """By the zone's clock, such as 02:00."""
    length: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=24))]
    zone: ZoneName

    def faults(self) -> Iterator[str]:
        """Why it may not be used."""
        yield from (f"maintenance ({self.id}).{problem}" for problem in self.match.problems())


@dataclass(frozen=True, slots=True)
class _Occurrence:
    begins: datetime
    ends: datetime


def occurrences(windows: Iterable[Window], at: datetime) -> tuple[Silence, ...]:
    """Windows that are open at an instant, each as a silence that ends when the window closes."""
    return tuple(
        _silence(window, one) for window in windows for one in _around(window, at) if one.begins <= at < one.ends
    )


def _around(window: Window, at: datetime) -> Iterator[_Occurrence]:
    zone = ZoneInfo(window.zone)
    today = at.astimezone(zone).date()
    # Of those that began two days ago the longest may still be open where the clock was put back meanwhile.
    for day in (today - timedelta(days=back) for back in range(3)):
        if day.weekday() in {each.number for each in window.days}:
            begins = on(day, window.start, zone)
            yield _Occurrence(begins, begins + window.length)


def _silence(window: Window, one: _Occurrence) -> Silence:
    return Silence(
        id=f"{window.id}@{one.begins:%Y-%m-%dT%H:%MZ}",
        kind=CauseKind.MAINTENANCE,
        institute=window.institute,
        match=window.match,
        by="policy",
        reason=window.reason,
        starts_at=one.begins,
        ends_at=one.ends,
    )
