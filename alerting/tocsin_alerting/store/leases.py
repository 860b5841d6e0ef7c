"""Leases: a job that one process may do at a time, and another takes over when that one dies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from tocsin_alerting.store.tables import LeaseRow


def hold_lease(session: Session, name: str, *, owner: str, now: datetime, duration: timedelta) -> bool:
    """Take or extend a lease until `now + duration`; False while somebody else holds it."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(
        insert(LeaseRow)
        .values(name=name, owner=owner, expires_at=now)
        .on_conflict_do_nothing(index_elements=[LeaseRow.name])
    )
    taken = cast(
        "CursorResult[Any]",
        session.execute(
            update(LeaseRow)
            .where(LeaseRow.name == name, or_(LeaseRow.owner == owner, LeaseRow.expires_at <= now))
            .values(owner=owner, expires_at=now + duration)
            .execution_options(synchronize_session=False)
        ),
    )
    return taken.rowcount == 1


def release_lease(session: Session, name: str, *, owner: str) -> None:
    """Give a lease up, if it is still held, so that the next need not wait for its end."""
    session.execute(
        delete(LeaseRow)
        .where(LeaseRow.name == name, LeaseRow.owner == owner)
        .execution_options(synchronize_session=False)
    )
