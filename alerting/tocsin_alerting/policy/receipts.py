"""What a provider says of a message after it took it."""

from __future__ import annotations

from enum import StrEnum


class Receipt(StrEnum):
    """A provider's word on one message, in the order in which one may follow another at the same instant."""

    DEFERRED = "deferred"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    BOUNCE = "bounce"
    SPAMREPORT = "spamreport"

    @property
    def undeliverable(self) -> bool:
        """Whether the person was not reached, or does not want to be."""
        return self in {Receipt.BOUNCE, Receipt.DROPPED, Receipt.SPAMREPORT}

    @property
    def rank(self) -> int:
        """Place in the order; of two words of the same second the higher is the later."""
        return list(Receipt).index(self)
