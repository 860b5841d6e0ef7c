"""The tables of what keeps messages back: silences, what was done to them, and which alerts they kept from whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.store.tables import Base


class SilenceRow(Base):
    """A silence: whose people are left in peace about what, until when, by whom and why. Kept when it is over."""

    __tablename__ = "silences"
    __table_args__ = (Index(None, "ends_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    institute: Mapped[str | None] = mapped_column(String(40))
    """None: everybody's."""
    match: Mapped[dict[str, Any]]
    """A `Match`."""
    reason: Mapped[str] = mapped_column(String(300))
    by: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """When it ends by itself; an extension puts it later, an early end to that instant."""
    created_at: Mapped[datetime]
    ended_early: Mapped[bool]
    gravest: Mapped[str | None] = mapped_column(String(16))
    """The gravest that it has kept back so far."""
    gravest_alert: Mapped[str | None] = mapped_column(String(36))
    """Which alert that was."""
    begun_told_at: Mapped[datetime | None]
    """When people were told that it has begun."""
    over_told_at: Mapped[datetime | None]
    """When people were told that it is over."""


class SilenceChangeRow(Base):
    """What was done to a silence: asked for, extended, ended; who did it, when, and why."""

    __tablename__ = "silence_changes"

    silence_id: Mapped[str] = mapped_column(ForeignKey("silences.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(String(300))
    ends_at: Mapped[datetime]
    """When the silence ends from then on."""


class FlappingRow(Base):
    """An alert that goes up and down; the row goes when it has been quiet for long enough, which is said then."""

    __tablename__ = "flapping"
    __table_args__ = (Index(None, "last_at"),)

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    """When it last turned."""


class MutingRow(Base):
    """One alert that something kept from an institute's people, or failed to because it was too grave."""

    __tablename__ = "mutings"
    __table_args__ = (Index(None, "ended_at", "kind"), Index(None, "source_id"))

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    institute: Mapped[str] = mapped_column(String(40), primary_key=True)
    cause: Mapped[str] = mapped_column(String(120), primary_key=True)
    """As its deliveries name it: `silence:<id>`, `maintenance:<window>@<begin>` or `inhibition:<alert>`."""
    effect: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`keeps_back` or `broken_through`."""
    kind: Mapped[str] = mapped_column(String(16))
    source_id: Mapped[str | None] = mapped_column(String(36))
    """Id of the silence, or of the incident's alert."""
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    """When a window closes."""
    alert_revision: Mapped[int]
    """The alert's when it was last made sure that the cause holds; once it has another one it is looked at again."""
    source_revision: Mapped[int | None]
    """The incident's, likewise."""
    policy: Mapped[str] = mapped_column(String(80))
    """Version of the policy by which it was made sure."""
    held: Mapped[bool]
    """Whether the institute's ladder waits for it."""
    ended_at: Mapped[datetime | None]
    """When those who were not told were, or it was found that nobody need be."""
    aftermath: Mapped[str | None] = mapped_column(String(24))
    revision: Mapped[int | None]
    """The change by which they were told."""
