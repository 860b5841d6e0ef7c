"""Leases: a job that one process may do at a time, and another takes over when that one dies."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from tocsin_alerting.store.statements import changed_rows, insert_or_ignore
from tocsin_alerting.store.tables import LeaseRow


def hold_lease(session: Session, name: str, *, owner: str, now: datetime, duration: timedelta) -> bool:
    """Take or extend a lease until `now + duration`; False while somebody else holds it."""
    session.execute(insert_or_ignore(session, LeaseRow), {"name": name, "owner": owner, "expires_at": now})
    taken = (
        update(LeaseRow)
        .where(LeaseRow.name == name, or_(LeaseRow.owner == owner, LeaseRow.expires_at <= now))
        .values(owner=owner, expires_at=now + duration)
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, taken) == 1


def release_lease(session: Session, name: str, *, owner: str) -> None:
    """Give a lease up, if it is still held, so that the next need not wait for its end."""
    session.execute(
        delete(LeaseRow)
        .where(LeaseRow.name == name, LeaseRow.owner == owner)
        .execution_options(synchronize_session=False)
    )
