"""The outbox: events that are committed and are to be published, in the order of their number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.store.statements import changed_rows
from tocsin_alerting.store.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class Unpublished:
    """One event that waits."""

    number: int
    topic: str
    key: str
    value: str


def unpublished(session: Session, *, limit: int) -> list[Unpublished]:
    """The events that wait, oldest first.

    Two changes of one alert stand in their order: both transactions held the alert. PostgreSQL may show a lower
    number of another alert later; it is found then, for all that waits is looked at, not what follows a number.
    """
    return [Unpublished(*row) for row in session.execute(_UNPUBLISHED, {"limit": limit})]


# Built once: the relay asks it for each event.
_UNPUBLISHED = (
    select(OutboxRow.number, OutboxRow.topic, OutboxRow.key, OutboxRow.value)
    .where(OutboxRow.published_at.is_(None))
    .order_by(OutboxRow.number)
    .limit(bindparam("limit", type_=Integer))
)


def mark_published(session: Session, numbers: Collection[int], *, now: datetime) -> None:
    """The broker has them."""
    if numbers:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.number.in_(numbers))
            .values(published_at=now)
            .execution_options(synchronize_session=False)
        )


def oldest_unpublished(session: Session) -> datetime | None:
    """Since when the oldest waiting event waits; None when none does."""
    return session.execute(select(func.min(OutboxRow.created_at)).where(OutboxRow.published_at.is_(None))).scalar_one()


def prune(session: Session, *, before: datetime, limit: int = 1000) -> int:
    """Drop events published before an instant, at most `limit`; how many. The time line keeps its own copy."""
    numbers = (
        select(OutboxRow.number)
        .where(OutboxRow.published_at.is_not(None), OutboxRow.published_at < before)
        .order_by(OutboxRow.published_at)
        .limit(limit)
    )
    old = delete(OutboxRow).where(OutboxRow.number.in_(numbers)).execution_options(synchronize_session=False)
    return changed_rows(session, old)
