"""Ladders that wait: while an institute is silenced, or an incident speaks for a hazard, its steps do not fire."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.store.muting import remember
from tocsin_alerting.store.muting_subjects import circumstances_of
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_muting import MutingRow

RECHECK = timedelta(minutes=5)
"""How long a step waits that an incident holds, before it is asked again: an incident has no set end."""


def holds(session: Session, alert: AlertRow, response: ResponseRow, *, directory: Directory, now: datetime) -> bool:
    """Whether a step that is due waits instead. Then the row says until when: it is never without a time.

    The caller holds the alert. A step waits as well while what kept messages back is over and those who were not told
    have not been told yet: they get their time to answer before the next are called.
    """
    circumstances = circumstances_of(session, alert, directory=directory, now=now)
    cause = None if circumstances is None else circumstances.cause_for(response.institute)
    if cause is not None and cause.effect is Effect.KEEPS_BACK:
        remember(session, alert, response.institute, cause, directory=directory, now=now, held=True)
        response.next_step_at = cause.until or now + RECHECK
        session.flush()
        return True
    going_on: set[str] = set()
    if circumstances is not None:
        going_on.update(one.cause for one in circumstances.silences)
        going_on.update(one.cause for one in circumstances.sources)
    return bool(_kept_back(session, alert.id, response.institute) - going_on)


def _kept_back(session: Session, alert: str, institute: str) -> set[str]:
    """The causes that kept something from an institute's people which has not been settled."""
    found = select(MutingRow.cause).where(
        MutingRow.alert_id == alert,
        MutingRow.institute == institute,
        MutingRow.effect == Effect.KEEPS_BACK.value,
        MutingRow.ended_at.is_(None),
    )
    return set(session.scalars(found))
