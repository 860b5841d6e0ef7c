"""Copies of fetched calendars: kept while their feed is away, given to whoever reads the network's files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.network_files import Stamps
from tocsin_alerting.policy.oncall.feed_faults import AwayFeed
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.tables_rota_feeds import RotaFeedRow


@dataclass(frozen=True, slots=True)
class FeedState:
    """How it stands with a fetched calendar."""

    source: str
    etag: str | None
    changed_at: datetime | None
    """When its copy became what it is; None: there is none."""
    reached_at: datetime | None
    tried_at: datetime
    away_since: datetime
    """When it was reached last, or tried first where it never was."""
    fault: str | None
    """Why the last try failed."""


def feed_state(session: Session, source: str) -> FeedState | None:
    """How it stands with a calendar; None where it has never been tried."""
    row = session.get(RotaFeedRow, _key(source))
    if row is None:
        return None
    return FeedState(
        source=row.source,
        etag=row.etag,
        changed_at=row.changed_at,
        reached_at=row.reached_at,
        tried_at=row.tried_at,
        away_since=row.reached_at or row.first_tried_at,
        fault=row.fault,
    )


def record_copy(session: Session, source: str, content: bytes, *, etag: str | None, now: datetime) -> bool:
    """Keep what a feed gave; whether it differs from the copy before."""
    row = _row(session, source, now)
    digest = sha256(content).hexdigest()
    changed = row.digest != digest
    if changed:
        row.content, row.digest, row.changed_at = content, digest, now
    row.etag, row.reached_at, row.fault = etag, now, None
    return changed


def record_unchanged(session: Session, source: str, *, now: datetime) -> None:
    """The feed was reached, and the copy is still what it gives."""
    row = _row(session, source, now)
    row.reached_at, row.fault = now, None


def record_fault(session: Session, source: str, fault: str, *, now: datetime) -> None:
    """The feed was not reached, or gave what cannot be followed: the copy stands."""
    _row(session, source, now).fault = fault


class StoredCopies:
    """The copies in the store, for the directory's keeper."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stamps(self) -> Stamps:
        """Equal while the copies are."""
        rows = select(RotaFeedRow.source, RotaFeedRow.digest).where(RotaFeedRow.digest.is_not(None))
        with self._store.read() as session:
            found = session.execute(rows.order_by(RotaFeedRow.key)).all()
        return tuple((f"copy of {source} {digest}", 0, 0, 0) for source, digest in found)

    def read(self) -> dict[str, bytes]:
        """The last good copy of each calendar, by its source."""
        rows = select(RotaFeedRow.source, RotaFeedRow.content).where(RotaFeedRow.content.is_not(None))
        with self._store.read() as session:
            return {source: content for source, content in session.execute(rows) if content is not None}

    def away(self) -> dict[str, AwayFeed]:
        """The feeds whose last try failed, by their source."""
        with self._store.read() as session:
            rows = session.scalars(select(RotaFeedRow).where(RotaFeedRow.fault.is_not(None))).all()
        return {row.source: AwayFeed(row.reached_at or row.first_tried_at, row.fault or "") for row in rows}


def _row(session: Session, source: str, now: datetime) -> RotaFeedRow:
    row = session.get(RotaFeedRow, _key(source), with_for_update=True)
    if row is None:
        row = RotaFeedRow(key=_key(source), source=source, first_tried_at=now, tried_at=now)
        session.add(row)
    row.tried_at = now
    return row


def _key(source: str) -> str:
    return sha256(source.encode()).hexdigest()
