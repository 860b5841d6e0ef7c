"""The tables of bulletins: messages that are not about one alert, and the storms that some of them sum up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.store.tables import Base


class BulletinRow(Base):
    """One bulletin for one address. Its deliveries, one for each edition, go through the same queue as all others."""

    __tablename__ = "bulletins"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID5 of the key."""
    key: Mapped[str] = mapped_column(String(400), unique=True)
    """What it is posted for: posting for the same key again changes nothing."""
    kind: Mapped[str] = mapped_column(String(32))
    edition: Mapped[int]
    """From 1; grows when it is revised."""
    institute: Mapped[str] = mapped_column(String(40))
    contact: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    urgent: Mapped[bool]
    content: Mapped[dict[str, Any]]
    """What its words are made from: ids, labels, numbers and times; never a text that was reported."""
    alerts: Mapped[list[Any]]
    """Ids of alerts that it names. What of each is said is decided when it is rendered."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StormRow(Base):
    """More for one destination than its budget takes: what overflows is folded into one summary until it is over."""

    __tablename__ = "storms"
    __table_args__ = (Index(None, "channel", "next_look_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """UUID5 of the open key and when it began."""
    open_key: Mapped[str | None] = mapped_column(String(260), unique=True)
    """Channel, address, lane and status while it lasts, else None: at most one storm is open for each."""
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    urgent: Mapped[bool]
    """Whether it is of the urgent lane."""
    status: Mapped[str] = mapped_column(String(16))
    """Of the alerts: an exercise is never summed up with the real thing."""
    bulletin_id: Mapped[str] = mapped_column(ForeignKey("bulletins.id"))
    began_at: Mapped[datetime]
    folded_at: Mapped[datetime]
    """When something was folded last."""
    told_at: Mapped[datetime]
    """When the last edition of its summary went into the queue, or is to go out: the first one gathers for a while."""
    next_look_at: Mapped[datetime | None]
    """When an edition is due or its end may be seen; None: it is over, and all of it was told."""
    ended_at: Mapped[datetime | None]
