"""Grading as a process on a real broker: what is put into its topics and what comes out."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from tests.streams.reports import FINDING, INCIDENT, NETWORK, envelope
from tests.system.processes import ServiceProcess
from tests.system.waiting import eventually
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.services import Service
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import (
    ASSESSMENTS,
    DEAD_LETTERS,
    FINDINGS,
    INCIDENTS,
    Assessment,
    DeadLetter,
    Envelope,
    ReportKind,
    from_kafka,
    limits,
)

_MEBIBYTES_8 = 8 * 1024 * 1024


class Grading:
    """A deployment of its own on the shared broker."""

    def __init__(self, broker: LocalBroker, prefix: str, folder: Path, *, wait_seconds: float = 30) -> None:
        self.servers = broker.bootstrap_servers
        self.prefix = prefix
        self.worker = ServiceProcess(
            Service("grade", (sys.executable, "-m", "tocsin_streams"), "grades"),
            environment={
                "PATH": os.environ["PATH"],
                "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": self.servers,
                "TOCSIN_TOPIC_PREFIX": prefix,
                "TOCSIN_NETWORK_DIR": str(NETWORK),
                "TOCSIN_STATE_DIR": str(folder / "state"),
                "TOCSIN_GRADE_WAIT_SECONDS": str(wait_seconds),
            },
            log=folder / "grade.log",
            folder=folder,
        )
        self.producer = KafkaProducer(bootstrap_servers=self.servers, max_request_size=_MEBIBYTES_8)
        self.out = KafkaConsumer(
            bootstrap_servers=self.servers,
            group_id=None,
            enable_auto_commit=False,
            max_partition_fetch_bytes=_MEBIBYTES_8,
            metrics_enabled=False,
        )
        self.seen: list[tuple[str, Envelope, bytes | None]] = []
        """What came out so far: topic, event, key."""

    def create_topics(self) -> None:
        """Create every topic, and read what grading writes from their beginning."""
        apply_topics(self.servers, self.prefix)
        partitions = [
            TopicPartition(topic.name(self.prefix), number)
            for topic in (ASSESSMENTS, DEAD_LETTERS)
            for number in range(topic.partitions)
        ]
        self.out.assign(partitions)
        self.out.seek_to_beginning(*partitions)

    def delete_topic(self, name: str) -> None:
        """Take a topic away from under the worker."""
        admin = KafkaAdminClient(bootstrap_servers=self.servers)
        try:
            admin.delete_topics([f"{self.prefix}{name}"])
            eventually(lambda: f"{self.prefix}{name}" not in admin.list_topics(), "the topic is gone", within=20)
        finally:
            admin.close()

    def start(self) -> None:
        """Start the worker and wait until it reads its topics."""
        before = self.worker.said().count('"ready"')
        self.worker.start()
        eventually(
            lambda: self.worker.said().count('"ready"') > before,
            "grading is ready",
            within=60,
            explain=self.worker.tail,
        )

    def put(self, value: bytes | None, *, kind: ReportKind = ReportKind.FINDING, **more: Any) -> tuple[str, int, int]:
        """Put a message into the topic of its kind; where it lies."""
        topic = FINDINGS if kind is ReportKind.FINDING else INCIDENTS
        lies = self.producer.send(topic.name(self.prefix), value=value, **more).get(30)
        return lies.topic, lies.partition, lies.offset

    def look(self) -> None:
        """Take in what came out since the last look."""
        for records in self.out.poll(200).values():
            self.seen += [(each.topic, from_kafka(each.headers, each.value), each.key) for each in records]

    def wait_for(self, condition: Callable[[], Any], what: str, *, within: float = 60) -> Any:
        """Look until the condition holds."""

        def looked() -> Any:
            self.look()
            return condition()

        return eventually(looked, what, within=within, explain=self.worker.tail)

    def assessments(self) -> list[tuple[Envelope, Assessment]]:
        """The assessments that came out so far."""
        name = ASSESSMENTS.name(self.prefix)
        return [(event, Assessment.model_validate(event.data)) for topic, event, _ in self.seen if topic == name]

    def dead_letters(self) -> list[tuple[Envelope, DeadLetter]]:
        """The dead letters that came out so far."""
        name = DEAD_LETTERS.name(self.prefix)
        return [(event, DeadLetter.model_validate(event.data)) for topic, event, _ in self.seen if topic == name]

    def close(self, *, ended_itself: bool = False) -> None:
        """Stop all that was started; a worker that ended before is a failure, unless it was to."""
        complaint = self.worker.stop()
        self.producer.close()
        self.out.close()
        assert ended_itself or complaint is None, complaint


@contextmanager
def grading(broker: LocalBroker, prefix: str, folder: Path, *, wait_seconds: float = 30) -> Iterator[Grading]:
    """A deployment whose topics are there and whose worker has not been started."""
    deployment = Grading(broker, prefix, folder, wait_seconds=wait_seconds)
    deployment.create_topics()
    try:
        yield deployment
    finally:
        deployment.close()


def good(kind: ReportKind = ReportKind.FINDING, **fields: Any) -> Envelope:
    """A good report with an id of its own."""
    data = FINDING if kind is ReportKind.FINDING else INCIDENT
    return envelope({**data, **fields}, kind=kind, event_id=str(uuid.uuid4()))


def changed(event: Envelope, **data: Any) -> bytes:
    """The event with fields of its data changed; None takes one out."""
    whole = json.loads(event.to_json())
    whole["data"] = {name: value for name, value in {**whole["data"], **data}.items() if value is not None}
    return json.dumps(whole).encode()


LARGEST = b"\xff" * (limits.RAW_BYTES - 1024)
"""A mebibyte that is no text."""
