"""When each report passed each stage of its way, from what the topics, the store and the providers noted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.load import Sent
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow

CHANNELS = ("slack", "email")


@dataclass(frozen=True, slots=True)
class Way:
    """One report's way to one channel; seconds since the epoch."""

    event_id: str
    channel: str
    meant_at: float
    reported_at: float
    graded_at: float
    raised_at: float
    relayed_at: float
    planned_at: float
    called_at: float

    def stages(self) -> dict[str, float]:
        """Seconds in each stage; they add up to `latency`."""
        points = {
            "sending": (self.meant_at, self.reported_at),
            "grading": (self.reported_at, self.graded_at),
            "desk picks up": (self.graded_at, self.raised_at),
            "desk and relay": (self.raised_at, self.relayed_at),
            "notifier picks up": (self.relayed_at, self.planned_at),
            "notifier sends": (self.planned_at, self.called_at),
        }
        return {name: end - begin for name, (begin, end) in points.items()}

    @property
    def latency(self) -> float:
        """Seconds from the instant it was meant for to the provider's call."""
        return self.called_at - self.meant_at


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways, and what was not found at its end."""

    ways: tuple[Way, ...]
    missing: tuple[str, ...]
    """Event id and channel of what no provider was asked for."""
    repeated: int
    """Calls for a delivery that had been called already."""


def find_ways(
    sent: Iterable[Sent],
    calls: Iterable[Mapping[str, Any]],
    session: Session,
    *,
    bootstrap_servers: str,
    prefix: str,
) -> Ways:
    """Join what was sent with what the providers were asked."""
    reported = _times(bootstrap_servers, (f"{prefix}findings", f"{prefix}incidents"), _event_id)
    graded = _times(bootstrap_servers, (f"{prefix}assessments",), _graded_event)
    relayed = _times(bootstrap_servers, (f"{prefix}alerts",), _raised_alert)
    alerts = dict(session.execute(select(ReportRow.event_id, ReportRow.alert_id)).all())
    raised = dict(session.execute(select(AlertRow.id, AlertRow.raised_at)).all())
    planned = {
        (alert, channel): at
        for alert, channel, at in session.execute(
            select(DeliveryRow.alert_id, DeliveryRow.channel, DeliveryRow.created_at).where(DeliveryRow.revision == 1)
        )
    }
    called: dict[tuple[str, str], float] = {}
    seen: set[str] = set()
    repeated = 0
    for call in calls:
        repeated += call["delivery"] in seen
        seen.add(call["delivery"])
        called.setdefault((call["alert"], call["channel"]), call["at"])
    ways, missing = [], []
    for one in sent:
        alert = alerts.get(one.event_id, "")
        for channel in CHANNELS:
            at = called.get((alert, channel))
            if at is None:
                missing.append(f"{one.event_id} {channel}")
                continue
            ways.append(
                Way(
                    one.event_id,
                    channel,
                    meant_at=one.meant_at,
                    reported_at=reported[one.event_id],
                    graded_at=graded[one.event_id],
                    raised_at=raised[alert].timestamp(),
                    relayed_at=relayed[alert],
                    planned_at=planned[alert, channel].timestamp(),
                    called_at=at,
                )
            )
    return Ways(tuple(ways), tuple(missing), repeated)


def _event_id(event: dict[str, Any]) -> str:
    return str(event["id"])


def _graded_event(event: dict[str, Any]) -> str:
    return str(event["data"]["report"])


def _raised_alert(event: dict[str, Any]) -> str | None:
    return str(event["data"]["alert"]) if event["data"]["change"] == "raised" else None


def _times(bootstrap_servers: str, topics: Iterable[str], key: Any) -> dict[str, float]:
    """When the first message of each key was written, by its writer's clock, in whole milliseconds."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        consumer_timeout_ms=20_000,
        metrics_enabled=False,
    )
    found: dict[str, float] = {}
    try:
        for topic in topics:
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            ends = consumer.end_offsets(partitions)
            for partition in partitions:
                consumer.assign([partition])
                consumer.seek_to_beginning(partition)
                while consumer.position(partition) < ends[partition]:
                    record = next(consumer)
                    name = key(json.loads(record.value))
                    if name is not None:
                        found.setdefault(name, record.timestamp / 1000)
    finally:
        consumer.close()
    return found
