"""Silences: asked for, extended and ended; each time it is kept who did it, when and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid4, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.muting.silences import CauseKind, Silence, span_problems, why_problems
from tocsin_alerting.policy.muting.windows import occurrences
from tocsin_alerting.store.tables_muting import SilenceChangeRow, SilenceRow
from tocsin_schemas.errors import Problem


class SilenceOutcome(StrEnum):
    """What became of the wish to silence, to extend or to end."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """It had been done before under the same request; nothing changes."""
    UNKNOWN = "unknown"
    OVER = "over"
    """The silence is over: what is over is neither extended nor ended."""
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class SilenceWish:
    """What somebody asks for."""

    institute: str | None
    """Whose people are left in peace; None: everybody's."""
    match: Match
    reason: str
    by: str
    starts_at: datetime
    ends_at: datetime
    request: str | None = None
    """The request's own id: the same wish sent again under it changes nothing."""

    @property
    def row_id(self) -> str:
        """The id of what is recorded: of the request where it has an id, else a new one."""
        if self.request is None:
            return str(uuid4())
        return str(uuid5(NAMESPACE_URL, f"tocsin:silence:{json.dumps([self.by, self.request])}"))


@dataclass(frozen=True, slots=True)
class GivenSilence:
    """What became of it."""

    outcome: SilenceOutcome
    silence: SilenceRow | None = None
    problems: tuple[Problem, ...] = ()


def create_silence(session: Session, wish: SilenceWish, *, directory: Directory, now: datetime) -> GivenSilence:
    """Keep a silence that somebody asks for, in the caller's transaction; who may ask is for the caller to say."""
    problems = (
        *wish.match.problems(),
        *why_problems("reason", wish.reason),
        *span_problems(wish.starts_at, wish.ends_at, now=now, longest=directory.muting.longest_silence),
    )
    if problems:
        return GivenSilence(SilenceOutcome.INVALID, None, problems)
    known = session.get(SilenceRow, wish.row_id) if wish.request is not None else None
    if known is not None:
        return GivenSilence(SilenceOutcome.REPEATED, known)
    row = SilenceRow(
        id=wish.row_id,
        institute=wish.institute,
        match=wish.match.model_dump(mode="json", exclude_defaults=True),
        reason=wish.reason.strip(),
        by=wish.by,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        created_at=now,
        ended_early=False,
    )
    session.add(row)
    session.flush()
    _keep(session, row, "created", by=wish.by, why=wish.reason, now=now)
    return GivenSilence(SilenceOutcome.RECORDED, row)


def extend_silence(
    session: Session, silence_id: str, *, ends_at: datetime, by: str, why: str, directory: Directory, now: datetime
) -> GivenSilence:
    """Let a silence that is not over end later, or sooner; counted from now it may be as long as a new one."""
    row = _held(session, silence_id)
    if row is None:
        return GivenSilence(SilenceOutcome.UNKNOWN)
    if row.ends_at <= now:
        return GivenSilence(SilenceOutcome.OVER, row)
    problems = (
        *why_problems("why", why),
        *span_problems(max(row.starts_at, now), ends_at, now=now, longest=directory.muting.longest_silence),
    )
    if problems:
        return GivenSilence(SilenceOutcome.INVALID, row, problems)
    row.ends_at = ends_at
    _keep(session, row, "extended", by=by, why=why, now=now)
    return GivenSilence(SilenceOutcome.RECORDED, row)


def end_silence(session: Session, silence_id: str, *, by: str, why: str, now: datetime) -> GivenSilence:
    """End a silence before its time; those who were not told are told as when it ends by itself."""
    row = _held(session, silence_id)
    if row is None:
        return GivenSilence(SilenceOutcome.UNKNOWN)
    if row.ends_at <= now:
        return GivenSilence(SilenceOutcome.OVER, row)
    problems = tuple(why_problems("why", why))
    if problems:
        return GivenSilence(SilenceOutcome.INVALID, row, problems)
    row.ends_at, row.ended_early = now, True
    row.starts_at = min(row.starts_at, now)
    _keep(session, row, "ended", by=by, why=why, now=now)
    return GivenSilence(SilenceOutcome.RECORDED, row)


def silence_of(row: SilenceRow) -> Silence:
    """As it is applied."""
    return Silence(
        id=row.id,
        kind=CauseKind.SILENCE,
        institute=row.institute,
        match=Match.model_validate(row.match),
        by=row.by,
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def in_force(session: Session, directory: Directory, *at: datetime) -> tuple[Silence, ...]:
    """Silences and maintenance windows that are in force at every one of some instants."""
    rows = session.scalars(
        select(SilenceRow).where(SilenceRow.starts_at <= min(at), SilenceRow.ends_at > max(at)).order_by(SilenceRow.id)
    )
    windows = occurrences(directory.muting.maintenance, max(at))
    return (*map(silence_of, rows), *(one for one in windows if one.in_force(min(at))))


def silences(session: Session, *, now: datetime, past: bool = False, limit: int = 200) -> list[SilenceRow]:
    """Silences that are not over, those that end first first; with `past` also those that are."""
    query = select(SilenceRow).order_by(SilenceRow.ends_at, SilenceRow.id).limit(limit)
    return list(session.scalars(query if past else query.where(SilenceRow.ends_at > now)))


def silence_changes(session: Session, ids: Iterable[str]) -> dict[str, list[SilenceChangeRow]]:
    """What was done to silences, in order."""
    found: dict[str, list[SilenceChangeRow]] = {one: [] for one in ids}
    rows = session.scalars(
        select(SilenceChangeRow)
        .where(SilenceChangeRow.silence_id.in_(found))
        .order_by(SilenceChangeRow.silence_id, SilenceChangeRow.number)
    )
    for row in rows:
        found[row.silence_id].append(row)
    return found


def _held(session: Session, silence_id: str) -> SilenceRow | None:
    return session.scalars(
        select(SilenceRow)
        .where(SilenceRow.id == silence_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _keep(session: Session, row: SilenceRow, what: str, *, by: str, why: str, now: datetime) -> None:
    before = session.scalar(select(func.max(SilenceChangeRow.number)).where(SilenceChangeRow.silence_id == row.id))
    session.add(
        SilenceChangeRow(
            silence_id=row.id,
            number=(before or 0) + 1,
            what=what,
            at=now,
            by=by,
            why=why.strip(),
            ends_at=row.ends_at,
        )
    )
    session.flush()
