"""A message as it lay in Kafka, and where consumers get theirs: the seam between the loop and the vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tocsin_schemas.envelope import Envelope, from_kafka


@dataclass(frozen=True, slots=True)
class Received:
    """One message, with its place: topic, partition and offset name it for ever."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime | None
    """The broker's time of it."""
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)

    @property
    def place(self) -> dict[str, object]:
        """What names it for ever, for a line of the log."""
        return {"topic": self.topic, "partition": self.partition, "offset": self.offset}

    def envelope(self) -> Envelope:
        """The CloudEvent in it.

        Raises:
            InvalidEvent: it holds none.
        """
        return from_kafka(self.headers, self.value)


class RecordSource(Protocol):
    """Messages of a consumer group's member, and the record of how far it has come."""

    def poll(self, wait_seconds: float) -> list[Received]:
        """The next messages; empty when none came in time. May raise while the broker is away."""

    def stay(self) -> list[Received]:
        """Tell the group that this member lives although it takes nothing new.

        What comes is from partitions newly given to it.
        """

    def done(self, record: Received) -> None:
        """The message has been dealt with, and so have all before it in its partition."""

    def commit(self, *, wait: bool) -> None:
        """Tell the broker how far the member has come; without `wait` in the background."""

    def close(self) -> None:
        """Give the connections back. What was done is committed before, where the broker can be reached."""
