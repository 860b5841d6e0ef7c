"""The tables of guidance: which question results answer, and what is said where they differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.store.tables import Base


class QuestionRow(Base):
    """What results of several institutes answer: one evaluation in one version, of one system. Held while compared."""

    __tablename__ = "questions"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Digest of what it asks."""
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"))
    """The guidance alert that was raised last about its results."""


class ResultRow(Base):
    """Which question a report's results answer."""

    __tablename__ = "results"

    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    question: Mapped[str] = mapped_column(ForeignKey("questions.key"), index=True)


class GuidanceRow(Base):
    """What a guidance alert says: which results differ, by how much, and what differs in the set-ups."""

    __tablename__ = "guidance"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    """A `Divergence`; protected by the alert's label."""
