"""Marks of addresses: one that refused is bad until something is known to have arrived there later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tocsin_alerting.store.destinations import know_destinations
from tocsin_alerting.store.statements import changed_rows
from tocsin_alerting.store.tables_deliveries import DestinationRow

_REASON_CHARACTERS = 200
UNMARKED: dict[str, Any] = {"bad_since": None, "bad_seen_at": None, "bad_reason": None, "bad_told_at": None}
"""What a destination's columns hold while nothing is known against it."""


def mark(session: Session, *, channel: str, address: str, at: datetime, reason: str) -> None:
    """An address refused: it is bad since the first time, and for the latest reason."""
    know_destinations(session, [(channel, address)])
    place = session.get(DestinationRow, (channel, address), with_for_update=True, populate_existing=True)
    if place is None:
        raise LookupError(f"destination of {channel} is gone")
    if place.bad_since is None:
        place.bad_since, place.bad_told_at = at, None
    if place.bad_seen_at is None or place.bad_seen_at <= at:
        place.bad_seen_at, place.bad_reason = at, reason[:_REASON_CHARACTERS]
    session.flush()


def unmark(session: Session, *, channel: str, address: str, arrived_at: datetime) -> bool:
    """Something arrived there: the mark goes, if nothing was refused since. Whether it went."""
    place = session.get(DestinationRow, (channel, address), with_for_update=True, populate_existing=True)
    if place is None or place.bad_since is None or arrived_at <= (place.bad_seen_at or place.bad_since):
        return False
    for name, value in UNMARKED.items():
        setattr(place, name, value)
    session.flush()
    return True


def clear(session: Session, places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Somebody says that these work again; those that were marked."""
    cleared = []
    for channel, address in sorted(set(places)):
        changed = changed_rows(
            session,
            update(DestinationRow)
            .where(
                DestinationRow.channel == channel,
                DestinationRow.address == address,
                DestinationRow.bad_since.is_not(None),
            )
            .values(**UNMARKED),
        )
        if changed:
            cleared.append((channel, address))
    return cleared


def marked(session: Session) -> dict[tuple[str, str], DestinationRow]:
    """All marked destinations, by channel and address."""
    rows = session.scalars(select(DestinationRow).where(DestinationRow.bad_since.is_not(None)))
    return {(row.channel, row.address): row for row in rows}
