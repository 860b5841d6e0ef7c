"""The ways to reach people: one module each behind one method."""

from __future__ import annotations

from tocsin_consumers.channels.outgoing import Channel, DeliveryError, Outgoing, Receipt

__all__ = ["Channel", "DeliveryError", "Outgoing", "Receipt"]
