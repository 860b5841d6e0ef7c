"""Writing to Kafka with a time limit: the one place in this room that knows the vendor."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kafka import KafkaProducer
from kafka.errors import (
    AuthorizationError,
    BrokerResponseError,
    ClusterAuthorizationFailedError,
    KafkaConfigurationError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from tocsin_producers.transports.protocol import Fault, TransportError

Done = Callable[[TransportError | None], None]
"""Is told, from another thread, that a record is on disk (None) or why it is not."""
Headers = Sequence[tuple[str, bytes]]

_SENDER_FAULTS: tuple[type[Exception], ...] = (
    AuthorizationError,
    ClusterAuthorizationFailedError,
    KafkaConfigurationError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
_REPORT_FAULTS = (MessageSizeTooLargeError, RecordListTooLargeError)
_PROBE_SECONDS = 3.0


class KafkaWriter:
    """One shared, idempotent producer that waits for all in-sync replicas (acks=all).

    It connects at the first use and anew after a failure, so that it may be made before its broker is there. Safe to
    use from several threads.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        timeout_seconds: float = 10.0,
        client_id: str = "tocsin-reporter",
        security: Mapping[str, Any] | None = None,
    ) -> None:
        """Connect to nothing yet.

        Args:
            bootstrap_servers: comma-separated `host:port` list.
            timeout_seconds: after this long without an acknowledgement a record counts as not written.
            client_id: name in the broker's logs.
            security: further settings of kafka-python, such as `security_protocol` and `sasl_mechanism`.
        """
        self.bootstrap_servers = bootstrap_servers
        self.timeout_seconds = timeout_seconds
        self._client_id = client_id
        self._security = dict(security or {})
        self._lock = threading.Lock()
        self._producer: Any = None
        self._distrusted: Any = None

    def write(self, topic: str, *, key: bytes, value: bytes, headers: Headers) -> None:
        """Write one record; on return it is on the disks of all in-sync replicas.

        Raises:
            TransportError: not acknowledged within the time limit, or refused.
        """
        producer = self._connected()
        try:
            producer.send(topic, key=key, value=value, headers=list(headers)).get(timeout=self.timeout_seconds)
        except (KafkaError, OSError, ValueError) as error:
            raise self._failed(producer, error) from error

    def submit(self, topic: str, *, key: bytes, value: bytes, headers: Headers, done: Done) -> None:
        """Begin to write one record; `done` is told, from another thread, how it went.

        May take up to the time limit before the first record of a topic, while its partitions are looked up.

        Raises:
            TransportError: it could not be begun; `done` is not told.
        """
        producer = self._connected()
        try:
            future = producer.send(topic, key=key, value=value, headers=list(headers))
        except (KafkaError, OSError, ValueError) as error:
            raise self._failed(producer, error) from error
        future.add_callback(lambda _metadata: done(None))
        future.add_errback(lambda error: self._told_later(producer, error, done))

    def distrust(self) -> None:
        """Begin anew at the next write: an acknowledgement is overdue, and the producer may not mend by itself."""
        self._distrusted = self._producer

    def check(self, topic: str) -> None:
        """Find out whether the broker answers and has the topic.

        Raises:
            TransportError: it does not, within the time limit.
        """
        self._probe()
        producer = self._connected()
        try:
            producer.partitions_for(topic)
        except (KafkaError, OSError) as error:
            raise self._failed(producer, error) from error

    def close(self) -> None:
        """Close the connections; what is still unacknowledged is told so."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            _close(producer)

    def _told_later(self, producer: Any, error: Exception, done: Done) -> None:
        failure = translate(error, self.bootstrap_servers)
        # Whatever the fault: after one refusal the vendor's idempotent producer may answer it to every later record.
        # Not closed here: this is the producer's own thread.
        self._distrusted = producer
        done(failure)

    def _connected(self) -> Any:
        with self._lock:
            if self._producer is not None and self._producer is self._distrusted:
                _close(self._producer)
                self._producer = None
            self._distrusted = None
            if self._producer is None:
                # The vendor retries a refused connection until its time is up; asking first answers at once.
                self._probe()
                try:
                    self._producer = self._connect()
                except (KafkaError, OSError, ValueError) as error:
                    raise translate(error, self.bootstrap_servers) from error
            return self._producer

    def _connect(self) -> Any:
        milliseconds = int(self.timeout_seconds * 1000)
        return KafkaProducer(
            bootstrap_servers=[server.strip() for server in self.bootstrap_servers.split(",")],
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            linger_ms=0,
            # Half a minute by default: a broker that is back would go unnoticed for as long.
            reconnect_backoff_max_ms=500,
            bootstrap_timeout_ms=milliseconds,
            max_block_ms=milliseconds,
            request_timeout_ms=max(milliseconds - 100, 100),
            delivery_timeout_ms=milliseconds,
            metrics_enabled=False,
            **self._security,
        )

    def _probe(self) -> None:
        refused: Exception | None = None
        for server in self.bootstrap_servers.split(","):
            host, _, port = server.strip().rpartition(":")
            try:
                address = (host.strip("[]"), int(port))
            except ValueError as error:
                raise TransportError(
                    f"'{server.strip()}' is not host:port; correct TOCSIN_KAFKA_BOOTSTRAP_SERVERS.", fault=Fault.SENDER
                ) from error
            try:
                socket.create_connection(address, timeout=min(_PROBE_SECONDS, self.timeout_seconds)).close()
            except OSError as error:
                refused = error
            else:
                return
        raise TransportError(f"Kafka at {self.bootstrap_servers} is not there.", fault=Fault.TEMPORARY) from refused

    def _failed(self, producer: Any, error: Exception) -> TransportError:
        """After a failure nobody knows what the producer still holds: it is let go, and the next write begins anew."""
        with self._lock:
            if self._producer is producer:
                self._producer = None
        _close(producer)
        return translate(error, self.bootstrap_servers)


def translate(error: Exception, bootstrap_servers: str) -> TransportError:
    """What a vendor's error means for the sender."""
    name = type(error).__name__
    if isinstance(error, _REPORT_FAULTS):
        return TransportError(f"Kafka refuses a record of this size ({name}).", fault=Fault.REPORT)
    if isinstance(error, _SENDER_FAULTS):
        return TransportError(
            f"Kafka at {bootstrap_servers} does not let this sender write ({name}); check its credentials.",
            fault=Fault.SENDER,
        )
    if isinstance(error, ValueError):
        return TransportError(f"Kafka's settings are not usable: {error}.", fault=Fault.SENDER)
    said = name if isinstance(error, BrokerResponseError) else f"{name}: {error}"
    return TransportError(
        f"Kafka at {bootstrap_servers} did not acknowledge the report in time ({said}).", fault=Fault.TEMPORARY
    )


def _close(producer: Any) -> None:
    try:
        producer.close(timeout=0.5)
    except KafkaError:
        # It gave up on what it held; whoever sent that has been told. A second close does not wait.
        producer._sender.force_close()  # noqa: SLF001 - the vendor leaves its thread running after this error
