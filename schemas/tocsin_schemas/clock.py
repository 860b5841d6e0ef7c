"""The one place where the time of day is read; everything else takes it as an argument or is handed a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Says what time it is, as an aware UTC instant. Edges are handed one; rules take `now` instead."""


def system_clock() -> datetime:
    """The time of day of this machine, as an aware UTC instant."""
    return datetime.now(UTC)
