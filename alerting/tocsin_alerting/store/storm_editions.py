"""The editions of a storm's summary: told again when it holds more, at most so often, and once more when it is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.store.bulletins import BULLETINS, revise_bulletin
from tocsin_alerting.store.queue import STORMS

_storm = STORMS.c


def touch(session: Session, summary: str, *, directory: Directory, now: datetime) -> None:
    """Something was folded into a summary: it is told as soon as its last edition is old enough, also after the end."""
    storm = session.execute(select(*_storm).where(_storm.bulletin_id == summary)).one_or_none()
    if storm is None:
        return
    budget = directory.budget(Channel(storm.channel), storm.address)
    look = max(now, storm.told_at + budget.every)
    if storm.next_look_at is not None:
        look = min(look, storm.next_look_at)
    session.execute(update(STORMS).where(_storm.id == storm.id).values(folded_at=now, next_look_at=look))


def attend(session: Session, channel: Channel, *, directory: Directory, now: datetime) -> int:
    """Look at the storms whose time has come: tell what is new, and that a storm is over; how many were looked at.

    Call it inside `store.transaction()`.
    """
    due = (
        select(*_storm)
        .where(_storm.channel == channel.value, _storm.next_look_at <= now)
        .order_by(_storm.id)
        .with_for_update(skip_locked=True)
    )
    storms = session.execute(due).all()
    for storm in storms:
        budget = directory.budget(channel, storm.address)
        if storm.ended_at is None and storm.folded_at + budget.window <= now:
            end_storm(session, storm, directory=directory, now=now)
            continue
        changed = storm.folded_at > storm.told_at
        again = storm.told_at + budget.every
        if changed and again <= now:
            _tell(session, storm, directory=directory, now=now)
            again, changed = now + budget.every, False
        quiet_at = storm.folded_at + budget.window
        if storm.ended_at is not None:
            look = again if changed else None
        else:
            look = min(again, quiet_at) if changed else quiet_at
        session.execute(update(STORMS).where(_storm.id == storm.id).values(next_look_at=look))
    return len(storms)


def end_storm(session: Session, storm: Any, *, directory: Directory, now: datetime) -> None:
    """A storm is over: its summary says so, and what comes next is sent by itself."""
    session.execute(update(STORMS).where(_storm.id == storm.id).values(ended_at=now, open_key=None, next_look_at=None))
    _tell(session, storm, directory=directory, now=now, ended=now)


def _tell(session: Session, storm: Any, *, directory: Directory, now: datetime, ended: datetime | None = None) -> None:
    content = session.execute(select(BULLETINS.c.content).where(BULLETINS.c.id == storm.bulletin_id)).scalar_one()
    if ended is not None:
        content = {**content, "ended": ended.isoformat()}
    revise_bulletin(session, storm.bulletin_id, content=content, policy=directory.version, now=now)
    session.execute(update(STORMS).where(_storm.id == storm.id).values(told_at=now))
