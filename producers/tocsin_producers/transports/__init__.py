"""Ways from an institute to the network: its Kafka, or its HTTP door."""

from __future__ import annotations

from tocsin_producers.transports.protocol import Fault, Transport, TransportError

__all__ = ["Fault", "Transport", "TransportError"]
