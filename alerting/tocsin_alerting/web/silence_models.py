"""What programs send to ask for quiet, and what they are shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.store.tables_muting import SilenceChangeRow, SilenceRow
from tocsin_alerting.web.people import person_in_english
from tocsin_alerting.web.shown import Shown
from tocsin_schemas.scalars import Instant, InstituteId, Line
from tocsin_schemas.vocabulary import Severity


class SilenceChange(Shown):
    """What was done to a silence."""

    what: str
    """`created`, `extended` or `ended`."""
    at: datetime
    by: str
    why: str
    ends_at: datetime
    """When it ends from then on."""


class Silence(Shown):
    """A silence, as it stands."""

    id: str
    institute: str | None
    """Whose people are left in peace; null: everybody's."""
    match: Match
    by: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    over: bool
    ended_early: bool
    gravest: Severity | None
    """The gravest that it has kept back so far."""
    changes: tuple[SilenceChange, ...]


class Silences(Shown):
    """Silences, those that end first first."""

    items: tuple[Silence, ...]
    next: None = None
    """There are never so many that they need pages."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class SilenceRequest(_Asked):
    """A wish for quiet."""

    institute: InstituteId | None = None
    """Whose people are left in peace; left out: everybody's, which the coordinator and operators may ask for."""
    match: Match
    reason: Line
    starts_at: Instant | None = None
    """Left out: now."""
    ends_at: Instant


class SilenceExtension(_Asked):
    """Another end."""

    ends_at: Instant
    why: Line


class SilenceEnd(_Asked):
    """An early end."""

    why: Line


def shown(row: SilenceRow, changes: Sequence[SilenceChangeRow], directory: Directory, now: datetime) -> Silence:
    """A silence for whoever may see it."""
    return Silence(
        id=row.id,
        institute=row.institute,
        match=Match.model_validate(row.match),
        by=person_in_english(row.by, directory),
        reason=row.reason,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        over=row.ends_at <= now,
        ended_early=row.ended_early,
        gravest=None if row.gravest is None else Severity(row.gravest),
        changes=tuple(
            SilenceChange(
                what=one.what,
                at=one.at,
                by=person_in_english(one.by, directory),
                why=one.why,
                ends_at=one.ends_at,
            )
            for one in changes
        ),
    )
