"""Calendars that have been away for too long: their copies stand, and may no longer be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.faults import RotaFault, RotaFaultKind


@dataclass(frozen=True, slots=True)
class AwayFeed:
    """A feed whose last try failed."""

    since: datetime
    """When it was reached last, or tried first where it never was."""
    fault: str


def feed_faults(directory: Directory, away: Mapping[str, AwayFeed], *, now: datetime) -> Iterator[RotaFault]:
    """The rotas whose calendar has been away for longer than they say it may.

    Args:
        directory: with the rotas.
        away: the feeds that were not reached the last time, by their source.
        now: the present instant.
    """
    for (institute, team), rota in sorted(directory.rotas.items()):
        found = away.get(rota.feed.source) if rota.feed is not None else None
        if rota.feed is not None and found is not None and now - found.since > rota.feed.stale_after:
            what = f"{rota.feed.source} {found.fault}"
            yield RotaFault(institute, team, RotaFaultKind.FEED_AWAY, found.since, now, what)
