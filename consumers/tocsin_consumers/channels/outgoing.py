"""The seam between the notifier and the ways to reach people: one method, one kind of error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from tocsin_alerting.policy.sending import Anchor
from tocsin_alerting.policy.telling import DeliveryKind

Message = TypeVar("Message", covariant=True)  # noqa: PLC0105 - the name reads as what it stands for
Sendable = TypeVar("Sendable", contravariant=True)  # noqa: PLC0105


@dataclass(frozen=True, slots=True)
class Outgoing(Generic[Message]):
    """A rendered message on its way to one address."""

    delivery_id: str
    alert_id: str
    """Of the alert, or of the bulletin."""
    address: str
    kind: DeliveryKind
    message: Message
    anchor: Anchor | None
    """The message that an edit changes or a reply hangs on."""
    uncertain: bool
    """Whether an earlier attempt may have been taken: where the provider can be asked, it is, before sending again."""
    planned_at: datetime
    """No earlier attempt was made before this."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message: what it calls it, and where it put it."""

    provider_id: str | None = None
    place: str | None = None
    previewed: dict[str, Any] | None = None
    """What would have been sent, from a channel that only previews."""


class DeliveryError(Exception):
    """The provider did not take the message, or nobody knows whether it did."""

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        uncertain: bool = False,
        bad_address: bool = False,
        misconfigured: bool = False,
    ) -> None:
        """Say what to do.

        Args:
            reason: the provider's own word, short; no part of the message and no address.
            permanent: the same message to the same address will never be taken.
            retry_after: seconds for which the provider wants nothing more for this destination.
            uncertain: it may have been taken all the same.
            bad_address: permanent, and because of the address.
            misconfigured: an operator must act (a key was refused); until then it is tried again.
        """
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.uncertain = uncertain
        self.bad_address = bad_address
        self.misconfigured = misconfigured


class Channel(Protocol[Sendable]):
    """A way to reach people. `send` blocks until the provider has answered, for a bounded time."""

    def send(self, outgoing: Outgoing[Sendable]) -> Receipt:
        """Hand a message to the provider.

        Raises:
            DeliveryError: it was not taken, or nobody knows.
        """
        ...
