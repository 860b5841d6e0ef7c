"""A channel without a key: what would have been sent is kept, and nothing is sent."""

from __future__ import annotations

from typing import Any, Protocol

from tocsin_consumers.channels.outgoing import Outgoing, Receipt


class Kept(Protocol):
    """A message that can be kept as data."""

    def as_dict(self) -> dict[str, Any]:
        """The message as it would have been sent."""
        ...


class PreviewChannel:
    """Takes every message and keeps it, rendered, for the outbox page."""

    def send(self, outgoing: Outgoing[Kept]) -> Receipt:
        """Keep the message."""
        return Receipt(previewed=outgoing.message.as_dict())
