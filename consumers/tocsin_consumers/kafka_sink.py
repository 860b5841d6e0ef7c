"""Messages to Kafka by kafka-python: the only module that knows its producer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from kafka import KafkaProducer

from tocsin_schemas.limits import DEAD_LETTER_BYTES

_DELIVERY_MILLISECONDS = 30_000
_REQUEST_MILLISECONDS = 10_000


class Pending(Protocol):
    """A message on its way."""

    def wait(self, seconds: float) -> bool:
        """Whether the broker has it, all replicas; False when that is not known in time.

        Raises:
            KafkaError: the broker does not have it, and will not get it by this sending.
        """


class Sink(Protocol):
    """Where messages go."""

    def send(self, topic: str, *, key: bytes | None, value: bytes, headers: Iterable[tuple[str, bytes]]) -> Pending:
        """Put a message on its way."""

    def close(self) -> None:
        """Give the connections back."""


class KafkaSink:
    """An idempotent producer that waits for all replicas: what is sent stays in order and is there once."""

    def __init__(self, *, bootstrap_servers: str, client_id: str) -> None:
        self._producer = KafkaProducer(
            bootstrap_servers=[server.strip() for server in bootstrap_servers.split(",")],
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            delivery_timeout_ms=_DELIVERY_MILLISECONDS,
            request_timeout_ms=_REQUEST_MILLISECONDS,
            max_block_ms=_REQUEST_MILLISECONDS,
            max_request_size=DEAD_LETTER_BYTES,
            reconnect_backoff_max_ms=1_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )

    def send(self, topic: str, *, key: bytes | None, value: bytes, headers: Iterable[tuple[str, bytes]]) -> Pending:
        """Put a message on its way.

        Raises:
            KafkaError: the topic is not known, or the broker is away.
        """
        return _PendingKafka(self._producer.send(topic, key=key, value=value, headers=list(headers)))

    def close(self) -> None:
        """Give the connections back; what is still on its way is waited for, within limits."""
        self._producer.close(timeout=_REQUEST_MILLISECONDS / 1000)


class _PendingKafka:
    def __init__(self, future: Any) -> None:
        self._future = future

    def wait(self, seconds: float) -> bool:
        if not self._future.is_done:
            try:
                self._future.get(timeout=seconds)
            except Exception:
                if self._future.is_done:
                    raise
                return False
        if self._future.exception is not None:
            raise self._future.exception
        return True
