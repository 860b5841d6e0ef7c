"""The HTTP door, for institutes that do not reach the network's Kafka."""

from __future__ import annotations

from tocsin_producers.gateway.app import Taken, create_app
from tocsin_producers.gateway.publisher import KafkaPublisher, Publisher

__all__ = ["KafkaPublisher", "Publisher", "Taken", "create_app"]
