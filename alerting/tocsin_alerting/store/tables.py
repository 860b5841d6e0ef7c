"""The tables: reports, alerts and their changes, what institutes answered, what was sent, and what is still to be sent.

Every state that must survive a `kill -9` is a row here. Closed sets are stored as their words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tocsin_alerting.policy.lanes import Lane
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


class DeliveryRow(Base):
    """One message to one contact on one channel: planned, attempted, and what came of it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("alert_id", "revision", "contact", "channel", "address", "kind"),
        Index(None, "channel", "outcome", "next_attempt_at"),
        # One destination's queue in its order, its open claims, and what it was sent lately.
        Index(
            "ix_deliveries_waiting",
            *("channel", "address", "lane", "next_attempt_at"),
            sqlite_where=text("outcome = 'pending'"),
            postgresql_where=text("outcome = 'pending'"),
        ),
        Index(
            "ix_deliveries_claimed",
            *("channel", "address", "claimed_until"),
            sqlite_where=text("claimed_until IS NOT NULL"),
            postgresql_where=text("claimed_until IS NOT NULL"),
        ),
        Index(None, "channel", "address", "sent_at"),
        # What is still to be judged: few at any time.
        Index(
            "ix_deliveries_doubted",
            "doubt_at",
            sqlite_where=text("judged_at IS NULL AND doubt_at IS NOT NULL"),
            postgresql_where=text("judged_at IS NULL AND doubt_at IS NOT NULL"),
        ),
        Index(None, "provider_id"),
        Index(None, "bulletin_id"),
        Index(None, "summary_id", "folded_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID5 of the unique columns: planning twice gives the same id, and every attempt carries it."""
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"))
    """None: it is a bulletin's."""
    bulletin_id: Mapped[str | None] = mapped_column(ForeignKey("bulletins.id"))
    revision: Mapped[int]
    """The change it tells of; of a bulletin the edition."""
    round: Mapped[int]
    change: Mapped[str] = mapped_column(String(16))
    institute: Mapped[str] = mapped_column(String(40))
    contact: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    """`message` (new), `edit` (the first message, in place) or `reply` (in its thread)."""
    reason: Mapped[str] = mapped_column(String(64))
    """Why this contact is told; of a bulletin its kind."""
    lane: Mapped[int] = mapped_column(default=Lane.ASKED.value)
    """Its place in the order of what waits (`Lane`)."""
    disclosure: Mapped[str] = mapped_column(String(16))
    """How much may be said: `full`, `notice` or `nothing`."""
    policy: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(16))
    """An `Outcome`: `pending`, `sent`, `previewed`, `failed`, `superseded`, `withheld`, `folded`, `standby`…"""
    outcome_reason: Mapped[str | None] = mapped_column(String(200))
    summary_id: Mapped[str | None] = mapped_column(ForeignKey("bulletins.id"))
    """The bulletin in which it is found, where it was folded."""
    folded_at: Mapped[datetime | None]
    timing: Mapped[str | None] = mapped_column(String(24))
    """Why it goes out when it does (`TimingReason`)."""
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    """When it is due; None once it has an outcome."""
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_until: Mapped[datetime | None]
    """A worker that holds the claim and dies gives it up at this instant."""
    provider_id: Mapped[str | None] = mapped_column(String(200))
    """Slack's `ts`, or SendGrid's X-Message-Id."""
    provider_place: Mapped[str | None] = mapped_column(String(200))
    """Slack's channel id of the message."""
    rendered: Mapped[dict[str, Any] | None]
    """The message as it would have been sent; kept for previews only."""
    receipt: Mapped[str | None] = mapped_column(String(24))
    """The provider's last word after acceptance: delivered, deferred, bounce, dropped, spamreport."""
    receipt_at: Mapped[datetime | None]
    stands_by_for: Mapped[str | None] = mapped_column(String(36))
    """The delivery after whose failure this one goes out; it may not be planned yet."""
    stood_in: Mapped[str | None] = mapped_column(String(24))
    """Why it went out in that one's place (`ReachReason`)."""
    doubt_at: Mapped[datetime | None]
    """Unless it is known by then to have been taken, or to have arrived, people are told otherwise."""
    judged_at: Mapped[datetime | None]
    """When that was seen to."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class DestinationRow(Base):
    """What is known of an address: when it takes the next message, and whether it works."""

    __tablename__ = "destinations"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    address: Mapped[str] = mapped_column(String(200), primary_key=True)
    not_before: Mapped[datetime | None]
    """The provider's rate limit or Retry-After."""
    bad_since: Mapped[datetime | None]
    """Since when it is known not to work; None: nothing is known against it."""
    bad_seen_at: Mapped[datetime | None]
    """When it refused last; only what arrives later clears the mark."""
    bad_reason: Mapped[str | None] = mapped_column(String(200))
    bad_told_at: Mapped[datetime | None]
    """When its institute's administrators were told of the mark."""


class ReceiptRow(Base):
    """A provider's event that has been taken: providers repeat themselves up to dozens of times."""

    __tablename__ = "receipts"

    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    delivery_id: Mapped[str | None] = mapped_column(String(36), index=True)
    event: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime]
    received_at: Mapped[datetime]


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
