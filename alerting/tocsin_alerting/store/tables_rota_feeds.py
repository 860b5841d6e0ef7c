"""The table of fetched calendars: the last good copy of each, and how it went since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin_alerting.store.tables import Base


class RotaFeedRow(Base):
    """A calendar that rotas follow and that lies elsewhere."""

    __tablename__ = "rota_feeds"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of its source."""
    source: Mapped[str] = mapped_column(Text)
    """Its address, or the name of the variable that holds a secret one."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The last good copy; None while there has been none."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the copy."""
    etag: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime | None]
    """When the copy became what it is."""
    reached_at: Mapped[datetime | None]
    """When the feed was reached last and what it gave was good, changed or not."""
    first_tried_at: Mapped[datetime]
    tried_at: Mapped[datetime]
    fault: Mapped[str | None] = mapped_column(Text)
    """Why the last try failed; None where it did not. Never repeats a secret address."""
