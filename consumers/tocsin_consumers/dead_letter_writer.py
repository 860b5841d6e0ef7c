"""Writes dead letters: what a consumer refused, whole, with its reason, and only then is it done with."""

from __future__ import annotations

from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5

from tocsin_consumers.kafka_sink import Sink
from tocsin_consumers.received import Received
from tocsin_schemas.clock import Clock
from tocsin_schemas.dead_letters import Stage, dead_letter
from tocsin_schemas.envelope import Envelope
from tocsin_schemas.errors import InvalidEvent
from tocsin_schemas.event_types import DEAD_LETTER_TYPE

_WAIT_SECONDS = 35.0


class DeadLetterWriter:
    """Puts what was refused into the topic of dead letters and waits until it is there."""

    def __init__(self, *, open_sink: Callable[[], Sink], topic: str, stage: Stage, source: str, clock: Clock) -> None:
        """Take the parts.

        Args:
            open_sink: connects; called at the first dead letter, and again after a failure.
            topic: full name of the topic.
            stage: where in a report's way the refusal happened.
            source: CloudEvents source of the dead letters.
            clock: says what time it is.
        """
        self._open_sink = open_sink
        self._sink: Sink | None = None
        self._topic = topic
        self._stage = stage
        self._source = source
        self._clock = clock

    def write(self, record: Received, error: InvalidEvent) -> None:
        """Write the dead letter. Written twice, it carries the same id.

        Raises:
            KafkaError, OSError: the broker does not have it.
        """
        letter = dead_letter(
            error,
            stage=self._stage,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp=record.timestamp,
            key=record.key,
            value=record.value,
            headers=record.headers,
        )
        place = f"{record.topic}/{record.partition}@{record.offset}"
        envelope = Envelope(
            id=str(uuid5(NAMESPACE_URL, f"{self._source}:{self._stage}:{place}")),
            source=self._source,
            type=DEAD_LETTER_TYPE,
            subject=place,
            data=letter.model_dump(mode="json"),
            time=self._clock(),
        )
        if self._sink is None:
            self._sink = self._open_sink()
        confirmed = False
        try:
            pending = self._sink.send(self._topic, key=record.key, value=envelope.to_json(), headers=envelope.headers())
            confirmed = pending.wait(_WAIT_SECONDS)
        finally:
            if not confirmed:
                # A producer that failed once may fail for ever: the next try gets a new one.
                self.close()
        if not confirmed:
            raise TimeoutError(f"the broker did not confirm the dead letter for {place}")

    def close(self) -> None:
        """Give the connection back, if there is one."""
        if self._sink is not None:
            sink, self._sink = self._sink, None
            sink.close()
