"""The tables beside responses: who has looked, the quorum of a round with its deadline, and reminders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.store.tables import Base


class LookRow(Base):
    """Somebody of an institute has looked at an alert in a round. It answers nothing and stops nothing."""

    __tablename__ = "looks"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    institute: Mapped[str] = mapped_column(String(40), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(200), primary_key=True)
    """A contact id, `slack:<team>:<user>`, `institute:<id>` or `operator`. Their first look is kept."""
    via: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class QuorumRow(Base):
    """How many institutes must have answered an alert in a round by when, and what has come of it."""

    __tablename__ = "quorums"
    __table_args__ = (Index(None, "next_at"),)

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    institutes: Mapped[str] = mapped_column(String(8))
    """The policy's rule when the round began: a number, a share or `all`."""
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    """When the deadline is to be looked at; None: it is over, or the round is."""
    met_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]
    """When the deadline was found to have passed: from then on silence is silence."""


class ReminderRow(Base):
    """When an institute that has an alert in hand is reminded of it, and how often it has been."""

    __tablename__ = "reminders"
    __table_args__ = (Index(None, "next_at"),)

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    institute: Mapped[str] = mapped_column(String(40), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    next_at: Mapped[datetime | None]
    """None: there is none to come."""
    sent: Mapped[int]
    """Since the answer that stands was given."""
    unwanted_at: Mapped[datetime | None]
    """When its people asked not to be reminded."""
    unwanted_by: Mapped[str | None] = mapped_column(String(200))
