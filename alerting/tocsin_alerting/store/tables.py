"""The tables of reports and alerts: what is gathered, how it changed, what was answered, and what is to be published.

Every state that must survive a `kill -9` is a row, here or in the modules beside. Closed sets are stored as words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tocsin_alerting.store.columns import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of the mapped tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class ReportRow(Base):
    """One graded report, as it came from grading. Its source and event id are taken once."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index(None, "institute", "series"),
        Index(None, "alert_id"),
        Index(None, "event_id"),
        Index(None, "series"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID5 of source and event id."""
    source: Mapped[str] = mapped_column(String(200))
    event_id: Mapped[str] = mapped_column(String(200))
    series: Mapped[str] = mapped_column(String(200))
    institute: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(16))
    tlp: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str | None] = mapped_column(String(16))
    """None for a retraction."""
    current: Mapped[bool]
    """Whether it counts towards the alert's severity: the newest of its series, and not retracted."""
    assessment: Mapped[dict[str, Any]]
    """The whole assessment."""
    facts: Mapped[dict[str, Any] | None]
    """What it says that other reports are weighed against (`Facts`); None for a retraction."""
    superseded_by: Mapped[str | None] = mapped_column(String(200))
    """The series of its institute that took its place."""
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"))
    trace: Mapped[str | None] = mapped_column(String(64))
    """W3C traceparent."""
    reported_at: Mapped[datetime | None]
    received_at: Mapped[datetime]


class MentionRow(Base):
    """What a report names: evidence that it rests on, reports that it builds on or replaces, come or yet to come."""

    __tablename__ = "report_mentions"
    __table_args__ = (Index(None, "name", "kind"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`evidence`, `derived_from` or `supersedes`."""
    name: Mapped[str] = mapped_column(String(500), primary_key=True)
    """A digest, or a name by which reports are named."""


class AlertRow(Base):
    """One alert: what people are told about; it gathers reports."""

    __tablename__ = "alerts"
    __table_args__ = (Index(None, "state", "updated_at"), Index(None, "raised_at"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    correlation_key: Mapped[str] = mapped_column(String(64), index=True)
    """Digest of what reports must share to be gathered here."""
    open_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The correlation key while the alert takes further reports, else None: at most one alert is open for a key."""
    kind: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(16), server_default="report")
    """`report`, or `guidance`: then `guidance` says what it compares, and no report is gathered here."""
    status: Mapped[str] = mapped_column(String(16))
    tlp: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    oecd_class: Mapped[str] = mapped_column(String(20))
    certainty: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(16))
    domain: Mapped[str | None] = mapped_column(String(32))
    revision: Mapped[int]
    round: Mapped[int]
    lead_report: Mapped[str] = mapped_column(String(36))
    """Id of the report that the title and the reasons are taken from: the most severe current one, newest first."""
    route: Mapped[str] = mapped_column(String(80))
    """Id of the policy's route that was taken."""
    policy: Mapped[str] = mapped_column(String(80))
    """Version of the policy that decided."""
    rubric: Mapped[str] = mapped_column(String(80))
    override: Mapped[str | None] = mapped_column(String(36))
    """Id of the override that stands: the newest that was not withdrawn. None: the reports alone decide."""
    weighing: Mapped[dict[str, Any] | None]
    """What the current reports come to together: who confirms whom, and what is counted once; ids and words of sets."""
    raised_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RelationRow(Base):
    """Another alert that people who look at one should look at as well, and why."""

    __tablename__ = "alert_relations"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(24), primary_key=True)
    at: Mapped[datetime]


class ChangeRow(Base):
    """One change of an alert, for its time line. `revision` counts them without gaps."""

    __tablename__ = "alert_changes"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    event: Mapped[dict[str, Any]]
    """The `AlertEvent` as published."""
    note: Mapped[str | None] = mapped_column(Text)
    """What a person said with it; protected like the alert's text."""
    actor: Mapped[str | None] = mapped_column(String(200))
    """Who did it: a contact id, `slack:<team>:<user>`, `operator`, or None for the system."""


class ResponseRow(Base):
    """What one institute owes or has given one alert in one round, and when its ladder moves on."""

    __tablename__ = "responses"
    __table_args__ = (Index(None, "next_step_at"),)

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    institute: Mapped[str] = mapped_column(String(40), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    ladder: Mapped[str] = mapped_column(String(80))
    answer_required: Mapped[bool]
    answer: Mapped[str | None] = mapped_column(String(16))
    """None: silent so far."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(200))
    answered_via: Mapped[str | None] = mapped_column(String(16))
    first_answered_at: Mapped[datetime | None]
    """When it broke its silence, whatever it has added since."""
    step: Mapped[int]
    """The step of the ladder that was taken last, from 1."""
    hurried: Mapped[str | None] = mapped_column(String(24))
    """Why the next step fires before its time: what became of the messages of this one (`ReachReason`)."""
    next_step_at: Mapped[datetime | None]
    """When the next step fires. None: answered, no answer required, closed, or exhausted."""
    exhausted_at: Mapped[datetime | None]
    """When the ladder ran out without an answer."""


class AnswerRow(Base):
    """Every answer that was given, the first and the late ones: the ledger behind `responses`."""

    __tablename__ = "answers"
    __table_args__ = (Index(None, "alert_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"))
    institute: Mapped[str] = mapped_column(String(40))
    round: Mapped[int]
    answer: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(24))
    """Whether it counted, and if not, why."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    via: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    delivery_id: Mapped[str | None] = mapped_column(String(36))


class OutboxRow(Base):
    """An event that has been committed and is to be published, in the order of its number."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "published_at", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(40))
    """Base name of the topic."""
    key: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text)
    """The CloudEvent in structured mode."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class LeaseRow(Base):
    """Who does a job that only one process may do at a time, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]
