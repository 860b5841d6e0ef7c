"""Reports straight into the network's Kafka, for institutes inside its perimeter."""

from __future__ import annotations

from tocsin_producers.outgoing import Outgoing
from tocsin_producers.transports.kafka_writer import KafkaWriter


class KafkaTransport:
    """Writes each report into its topic, keyed by its series, and waits for acks=all."""

    def __init__(self, writer: KafkaWriter, *, topic_prefix: str = "tocsin.") -> None:
        """Write with `writer` to the topics of the deployment with this prefix."""
        self._writer = writer
        self._topic_prefix = topic_prefix

    @property
    def destination(self) -> str:
        """The broker's address."""
        return f"Kafka at {self._writer.bootstrap_servers}"

    def send(self, report: Outgoing) -> None:
        """Write one report.

        Raises:
            TransportError: not acknowledged within the writer's time limit, or refused.
        """
        self._writer.write(
            report.topic.name(self._topic_prefix), key=report.key, value=report.value, headers=report.headers
        )

    def close(self) -> None:
        """Close the writer's connections."""
        self._writer.close()
