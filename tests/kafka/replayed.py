"""A deployment's topics filled with reports and their assessments, and everything of it that a reader might disturb."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from sqlalchemy import select

from tests.streams.reports import FINDING, INCIDENT, NETWORK, RETRACTION, TIME, envelope
from tocsin_alerting.store import Store
from tocsin_alerting.store.tables import Base
from tocsin_schemas import (
    ASSESSMENTS,
    REPORT_TOPICS,
    Action,
    Envelope,
    ReportKind,
    load_institutes,
)
from tocsin_streams.decision import Grader, Message
from tocsin_streams.rubric import Rubric, load_rubric


@dataclass(frozen=True, slots=True)
class Put:
    """An event for a report topic."""

    kind: ReportKind
    event: Envelope


def mixed(count: int) -> Iterator[Put]:
    """So many reports of all sorts, each with an id of its own; the same ones every time."""
    for number in range(count):
        event_id = f"r-{number:05}"
        if number % 3 == 0:
            measured = {"metric": "accuracy", "value": round((number * 7919 % 1000) / 1000, 3), "samples": 1273}
            data = {**FINDING, "measurements": [measured], "title": f"Result {number}", "summary": "Text. " * 60}
            yield Put(ReportKind.FINDING, envelope(data, kind=ReportKind.FINDING, event_id=event_id))
            continue
        links = ("established", "likely", "suspected", "none")
        happened = ("occurred", "near_miss", "potential")
        data = {
            **INCIDENT,
            "title": f"Event {number}",
            "description": "What happened. " * 60,
            "relation_to_ai": {"description": "How.", "causal_link": links[number // 2 % 4]},
            "materialisation": happened[number // 3 % 3],
            "harm_quantification": {"deaths": number % 5 // 4, "people_affected": number},
            "extent": ("local", "national", "unknown")[number // 5 % 3],
            "countries": ["FR", "GB"][: number % 3],
            "aware_at": "2026-11-24T08:00:00Z",
        }
        yield Put(ReportKind.INCIDENT, envelope(data, kind=ReportKind.INCIDENT, event_id=event_id))


def retraction(event_id: str) -> Put:
    """A series taken back."""
    event = envelope(RETRACTION, kind=ReportKind.INCIDENT, action=Action.RETRACT, event_id=event_id)
    return Put(ReportKind.INCIDENT, event)


class Filling:
    """Puts reports, and what grading said about them, into a deployment's topics."""

    def __init__(self, bootstrap_servers: str, prefix: str) -> None:
        self.prefix = prefix
        self._producer = KafkaProducer(bootstrap_servers=bootstrap_servers, linger_ms=5, metrics_enabled=False)

    def reports(self, puts: Iterator[Put], *, graded_by: Rubric | None) -> None:
        """Put reports into their topics, and their assessments by this rubric; None: they are not graded yet."""
        grader = None if graded_by is None else Grader(rubric=graded_by, institutes=load_institutes(NETWORK))
        for put in puts:
            value = put.event.to_json()
            topic = REPORT_TOPICS[put.kind].name(self.prefix)
            self._send(topic, put.event.series.encode(), value, put.event.headers())
            if grader is not None:
                message = Message(topic, 0, 0, TIME, None, value, tuple(put.event.headers()))
                decision = grader.decide(message, expected=put.kind, now=TIME)
                assert decision.assessment is not None, decision.refusal
                made = decision.envelope
                self._send(ASSESSMENTS.name(self.prefix), decision.key, made.to_json(), made.headers())

    def raw(self, kind: ReportKind, value: bytes | None, *, timestamp_ms: int | None = None) -> None:
        """Put anything at all into the topic of a kind."""
        self._send(REPORT_TOPICS[kind].name(self.prefix), b"k", value, [], timestamp_ms=timestamp_ms)

    def close(self) -> None:
        """Wait until everything lies there."""
        self._producer.flush(60)
        self._producer.close()

    def _send(self, topic: str, key: bytes | None, value: bytes | None, headers: Any, **more: Any) -> None:
        self._producer.send(topic, key=key, value=value, headers=list(headers), **more)


def commit_a_group(bootstrap_servers: str, prefix: str) -> None:
    """A group that has read part of the topics, as grading would have."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=f"{prefix}grade", enable_auto_commit=False, metrics_enabled=False
    )
    try:
        places = [TopicPartition(REPORT_TOPICS[kind].name(prefix), 0) for kind in ReportKind]
        consumer.assign(places)
        for place in places:
            consumer.seek(place, 1)
        consumer.commit()
    finally:
        consumer.close()


def broker_state(bootstrap_servers: str) -> dict[str, Any]:
    """Every group with its offsets, and where every topic begins and ends, the broker's own topics included."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    reader = KafkaConsumer(bootstrap_servers=bootstrap_servers, group_id=None, metrics_enabled=False)
    try:
        groups = sorted(str(group["group_id"]) for group in admin.list_groups())
        offsets = {group: repr(sorted(admin.list_group_offsets(group).items())) for group in groups}
        places = [
            TopicPartition(topic, number)
            for topic in sorted(admin.list_topics())
            for number in sorted(reader.partitions_for_topic(topic) or ())
        ]
        return {
            "groups": offsets,
            "begin": {str(place): offset for place, offset in reader.beginning_offsets(places).items()},
            "end": {str(place): offset for place, offset in reader.end_offsets(places).items()},
        }
    finally:
        admin.close()
        reader.close()


def store_digest(store: Store) -> str:
    """A digest of every row of every table."""
    digest = hashlib.sha256()
    with store.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
            digest.update(f"{table.name} {rows}\n".encode())
    return digest.hexdigest()


def stricter_edition(folder: Path) -> Path:
    """The shipped rubric with two changes: a death argues for less, and any wide extent for more."""
    text = (NETWORK / "rubric.yaml").read_text(encoding="utf-8")
    changed = text.replace("severity: {physical: critical}", "severity: {physical: severe}", 1).replace(
        "incident.extent in lists.wide\n    severity: {reported: moderate}\n    oecd_class: incident",
        "incident.extent in lists.wide\n    severity: {reported: severe}\n    oecd_class: serious_incident",
        1,
    )
    assert changed.count("serious_incident") > text.count("serious_incident"), "the rubric's layout has changed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rubric.yaml").write_text(changed.replace("name: network-1", "name: tried"), encoding="utf-8")
    return folder


def shipped() -> Rubric:
    """The live rubric."""
    return load_rubric(NETWORK)
