"""The tables of sending: messages, what is known of their destinations, and what providers said afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.store.tables import Base


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
