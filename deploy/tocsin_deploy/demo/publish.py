"""Publishes the demonstration: an Inspect evaluation, run there and then, and several incidents by the HTTP door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from tocsin_deploy.demo.evaluation import run_demo_evaluation
from tocsin_deploy.operator_tokens import institute_token
from tocsin_deploy.settings import DeploySettings
from tocsin_producers import Reporter
from tocsin_producers.adapters import Draft, Labels, adapter_for
from tocsin_producers.transports.http import HttpTransport
from tocsin_producers.transports.kafka import KafkaTransport
from tocsin_producers.transports.kafka_writer import KafkaWriter
from tocsin_schemas import Clock, Status, Tlp

_EVALUATING_INSTITUTE = "us"


@dataclass(frozen=True, slots=True)
class Published:
    """One report of the demonstration and the way it took."""

    institute: str
    title: str
    tlp: Tlp
    way: str
    event_id: str


def publish_demo(settings: DeploySettings, *, clock: Clock) -> Iterator[Published]:
    """Publish everything, one by one; each is acknowledged by Kafka when it is given.

    The incidents' ids are fixed: publishing the demonstration twice counts them once.

    Raises:
        TransportError: the stack does not take reports.
        InvalidEvent: a report of the demonstration is wrong.
    """
    yield from _evaluation(settings, clock=clock)
    yield from _incidents(settings, clock=clock)


def _evaluation(settings: DeploySettings, *, clock: Clock) -> Iterator[Published]:
    now = clock().astimezone(UTC)
    log = run_demo_evaluation(settings.state / "demo" / _stamp(now))
    labels = Labels(institute=_EVALUATING_INSTITUTE, tlp=Tlp.CLEAR, status=Status.EXERCISE, language="en")
    writer = KafkaWriter(settings.bootstrap_servers, timeout_seconds=20)
    transport = KafkaTransport(writer, topic_prefix=settings.topic_prefix)
    with Reporter(transport=transport, institute=_EVALUATING_INSTITUTE, clock=clock) as reporter:
        for draft in adapter_for(log).read(log, labels):
            if not isinstance(draft, Draft):
                raise TypeError(f"the demonstration's own log cannot be read: {draft.problems}")
            receipt = reporter.publish(draft)
            yield Published(
                institute=_EVALUATING_INSTITUTE,
                title=getattr(draft.body, "title", ""),
                tlp=draft.body.tlp,
                way="SDK, Kafka (an Inspect log)",
                event_id=receipt.event_id,
            )


def _incidents(settings: DeploySettings, *, clock: Clock) -> Iterator[Published]:
    text = files(__package__).joinpath("incidents.json").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text)
    for entry in entries:
        report = entry["report"]
        institute = str(report["institute"])
        transport = HttpTransport(
            settings.door_url, key=institute_token(settings, institute), clock=clock, timeout_seconds=20
        )
        with Reporter(transport=transport, institute=institute, clock=clock) as reporter:
            event_id = reporter.incident(report, event_id=str(entry["id"]))
        yield Published(
            institute=institute, title=report["title"], tlp=Tlp(report["tlp"]), way="HTTP door", event_id=event_id
        )


def _stamp(now: datetime) -> Path:
    return Path(now.strftime("%Y%m%dT%H%M%SZ"))
