"""The tables of what people hold about an alert's severity: overrides that decide it, and dissents that do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.store.tables import Base


class OverrideRow(Base):
    """A person's word on an alert's severity: who, when, why, and for which reports. Kept when it is withdrawn."""

    __tablename__ = "overrides"
    __table_args__ = (Index(None, "alert_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID5 of alert, actor and the request's own id, where it had one: asking twice gives one override."""
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"))
    revision: Mapped[int]
    """The change that tells of it; of two overrides of an alert the later one is newer."""
    severity: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16))
    """How severe the alert was until then."""
    shared: Mapped[str] = mapped_column(String(16))
    """The grade by the rubric alone, at that time."""
    seen: Mapped[list[Any]]
    """Ids of the reports that it looked at."""
    why: Mapped[str] = mapped_column(Text)
    """Protected like the alert's text; so is the evidence."""
    evidence: Mapped[list[Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    via: Mapped[str] = mapped_column(String(16))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)


class DissentRow(Base):
    """What an institute holds against an alert's severity. An institute's newest row is its word; all are kept."""

    __tablename__ = "dissents"
    __table_args__ = (UniqueConstraint("alert_id", "revision"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID5 of alert, institute, actor and the request's own id, where it had one."""
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"))
    revision: Mapped[int]
    """The change that tells of it."""
    institute: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(16))
    against: Mapped[str] = mapped_column(String(16))
    """How severe the alert was then."""
    why: Mapped[str] = mapped_column(Text)
    """Protected like the alert's text; so is the evidence."""
    evidence: Mapped[list[Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    via: Mapped[str] = mapped_column(String(16))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)
