"""The wall clocks of the members' zones, and the instants at which they are changed: found by stepping, not by rule."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.fixtures.store import NETWORK_DIR
from tocsin_schemas.institutes import load_institutes

MEMBERS = {member.id: member.time_zone for member in load_institutes(NETWORK_DIR)}
ZONES = sorted(set(MEMBERS.values()))
BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)


@cache
def changes_of(zone: str) -> tuple[tuple[datetime, timedelta], ...]:
    """Each change of a zone's clocks from 2024 to 2032: the instant, and by how much the clock is moved."""
    return tuple(_changes(ZoneInfo(zone)))


def _changes(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    step = timedelta(minutes=15)
    at, offset = BEGIN, BEGIN.astimezone(zone).utcoffset()
    while at < END:
        at += step
        now = at.astimezone(zone).utcoffset()
        assert now is not None
        assert offset is not None
        if now != offset:
            yield at, now - offset
            offset = now


CHANGES = [(institute, *change) for institute, zone in MEMBERS.items() for change in changes_of(zone)]
"""Institute, instant and by how much, for all members."""
