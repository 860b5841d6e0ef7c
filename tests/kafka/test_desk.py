"""Desk and relay as processes on a real broker: assessments in, alerts out in order, through kill -9."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from kafka import KafkaProducer
from sqlalchemy import func, select

from tests.alerting.assessments import finding, retraction
from tests.fixtures.store import NETWORK_DIR
from tests.system.processes import ServiceProcess
from tests.system.topic_contents import values_in
from tests.system.waiting import eventually
from tocsin_alerting.store import open_store
from tocsin_alerting.store.audit import audit
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.services import Service
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import (
    ALERTS,
    ASSESSMENT_TYPE,
    ASSESSMENTS,
    DEAD_LETTERS,
    Action,
    AlertChange,
    AlertEvent,
    Assessment,
    DeadLetter,
    Envelope,
    Severity,
    from_json,
    system_clock,
)

pytestmark = [pytest.mark.kafka, pytest.mark.crash]
INSTITUTES = ("au", "ca", "eu", "fr", "jp", "ke", "kr", "sg", "gb", "us")
MANY = 200


class Deciding:
    """Desks and relays on one broker and one store; in place of grading the test's own hand."""

    def __init__(self, broker: LocalBroker, prefix: str, folder: Path, database_url: str, network: Path) -> None:
        self.servers, self.prefix, self.folder = broker.bootstrap_servers, prefix, folder
        apply_topics(self.servers, prefix)
        self.store = open_store(database_url)
        self.producer = KafkaProducer(bootstrap_servers=self.servers)
        self.processes: list[ServiceProcess] = []
        self._environment = {
            "PATH": os.environ["PATH"],
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "TOCSIN_TOPIC_PREFIX": prefix,
            "TOCSIN_NETWORK_DIR": str(network),
            "TOCSIN_STATE_DIR": str(folder),
            "TOCSIN_DATABASE_URL": database_url,
        }

    def process(self, name: str, **settings: str) -> ServiceProcess:
        """A desk or a relay, started."""
        number = len(self.processes)
        process = ServiceProcess(
            Service(name, (sys.executable, "-m", f"tocsin_consumers.{name}"), "under test"),
            environment=self._environment | settings,
            log=self.folder / f"{name}-{number}.log",
            folder=self.folder,
        )
        self.processes.append(process)
        process.start()
        return process

    def put(self, *assessments: Assessment) -> None:
        """Put assessments into their topic, as grading does."""
        for assessment in assessments:
            envelope = Envelope(
                id=f"assessed-{assessment.report}",
                source="urn:tocsin:grade",
                type=ASSESSMENT_TYPE,
                subject=assessment.series,
                data=assessment.model_dump(mode="json", exclude_none=True),
            )
            self.producer.send(ASSESSMENTS.name(self.prefix), key=assessment.series.encode(), value=envelope.to_json())
        self.producer.flush(30)

    def reports(self) -> int:
        """How many reports the store has."""
        with self.store.read() as session:
            return session.scalar(select(func.count()).select_from(ReportRow)) or 0

    def alerts(self) -> dict[str, int]:
        """The revision of each alert in the store."""
        with self.store.read() as session:
            return {row.id: row.revision for row in session.execute(select(AlertRow.id, AlertRow.revision))}

    def published(self) -> list[AlertEvent]:
        """What lies in the topic of alerts, each partition in its order."""
        return [
            AlertEvent.model_validate(from_json(value).data)
            for value in values_in(self.servers, ALERTS.name(self.prefix))
        ]

    def revisions(self) -> dict[str, list[int]]:
        """The revisions of each alert in the order in which a reader meets each first."""
        met: dict[str, list[int]] = defaultdict(list)
        for event in self.published():
            if event.revision not in met[event.alert]:
                met[event.alert].append(event.revision)
        return met

    def all_published(self) -> bool:
        """Whether a reader of the topic knows all that the store knows."""
        met = self.revisions()
        return all(max(met.get(alert, [0])) == revision for alert, revision in self.alerts().items())

    def eventually(self, look: object, what: str, *, within: float = 60) -> None:
        """Wait for what must come; a failure shows what the processes said."""
        assert callable(look)
        eventually(look, what, within=within, explain=lambda: "\n".join(each.tail() for each in self.processes))

    def violations(self) -> list[object]:
        """What the auditor finds."""
        with self.store.read() as session:
            return list(audit(session, system_clock(), outbox_patience=timedelta(seconds=10)))

    def stop(self) -> list[str]:
        """Stop everything; what is to be complained of."""
        complaints = [process.stop() for process in self.processes]
        self.producer.close()
        self.store.close()
        return [complaint for complaint in complaints if complaint]


@contextmanager
def deciding(
    broker: LocalBroker, prefix: str, folder: Path, database_url: str, network: Path = NETWORK_DIR
) -> Iterator[Deciding]:
    """A deployment that is taken down again."""
    deployment = Deciding(broker, prefix, folder, database_url, network)
    try:
        yield deployment
    finally:
        complaints = deployment.stop()
    assert complaints == []


def test_assessments_become_alerts_in_the_order_of_their_revisions(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, store_url: str
) -> None:
    """Reports, a correction and a retraction of several series; what cannot be taken is a dead letter."""
    with deciding(broker, topic_prefix, tmp_path, store_url) as deployment:
        deployment.process("desk")
        deployment.process("relay")
        for number in range(5):
            series = f"s{number}"
            deployment.put(
                finding(f"{series}-1", series=series, system=series, severity=Severity.MODERATE),
                finding(f"{series}-2", series=series, system=series, action=Action.UPDATE),
                retraction(f"{series}-3", series),
            )
        deployment.put(retraction("x", "never-seen"))
        deployment.eventually(lambda: deployment.reports() == 15, "every report is taken")
        deployment.eventually(lambda: len(deployment.published()) == 15, "every change is published")
        deployment.eventually(lambda: values_in(deployment.servers, DEAD_LETTERS.name(topic_prefix)), "the dead letter")
        (letter,) = (
            DeadLetter.model_validate(from_json(value).data)
            for value in values_in(deployment.servers, DEAD_LETTERS.name(topic_prefix))
        )
        changes = [event.change for event in deployment.published() if event.alert == next(iter(deployment.alerts()))]

        assert set(map(tuple, deployment.revisions().values())) == {(1, 2, 3)}
        assert changes == [AlertChange.RAISED, AlertChange.UPDATED, AlertChange.RETRACTED]
        assert (letter.stage, letter.problems[0].code) == ("desk", "never_seen")


def test_kill_9_of_desk_and_relay_loses_nothing_and_raises_nothing_twice(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, sqlite_store_url: str
) -> None:
    """Twice in the midst of 200 assessments: each taken once, twenty systems make twenty alerts."""
    assessments = [
        finding(f"r{number}", institute=INSTITUTES[number % 10], system=f"model-{number // 10}")
        for number in range(MANY)
    ]
    with deciding(broker, topic_prefix, tmp_path, sqlite_store_url) as deployment:
        desk, relay = deployment.process("desk"), deployment.process("relay")
        for part in (assessments[:100], assessments[100:]):
            before = deployment.reports()
            deployment.put(*part)
            deployment.eventually(lambda least=before: deployment.reports() > least + 10, "the burst is under way")
            desk.kill()
            relay.kill()
            in_the_middle = deployment.reports() < before + len(part)
            desk.start()
            relay.start()

            assert in_the_middle, "the desk had finished before it was killed: make the burst larger"
        deployment.eventually(lambda: deployment.reports() == MANY, "every report is taken", within=90)
        deployment.eventually(deployment.all_published, "every change is published", within=90)

        assert set(deployment.alerts().values()) == {10}
        assert len(deployment.alerts()) == MANY // 10
        assert all(met == list(range(1, 11)) for met in deployment.revisions().values())
        assert deployment.violations() == []


def test_two_desks_and_two_relays_share_the_work(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, store_url: str
) -> None:
    """Each alert is raised once whichever desk gets which report; a standing-by relay takes over from a dead one."""
    with deciding(broker, topic_prefix, tmp_path, store_url) as deployment:
        for instance in ("1", "2"):
            deployment.process("desk", TOCSIN_DESK_INSTANCE=instance)
        first = deployment.process("relay")
        deployment.eventually(lambda: "starting" in first.said(), "the first relay runs")
        second = deployment.process("relay")
        deployment.eventually(
            lambda: "standing_by" in second.said() or "standing_by" in first.said(), "one relay stands by"
        )
        active, standby = (first, second) if "standing_by" in second.said() else (second, first)
        deployment.put(
            *(
                finding(f"r{number}", institute=INSTITUTES[number % 10], system=f"model-{number // 10}")
                for number in range(MANY // 2)
            )
        )
        deployment.eventually(lambda: deployment.reports() > 10, "the burst is under way")
        active.kill()
        deployment.eventually(lambda: deployment.reports() == MANY // 2, "every report is taken")
        deployment.eventually(deployment.all_published, "the second relay publishes the rest")

        assert "relaying" in standby.said()
        assert set(deployment.alerts().values()) == {10}
        assert all(met == list(range(1, 11)) for met in deployment.revisions().values())


def test_silence_escalates_by_the_desks_own_clock(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, sqlite_store_url: str
) -> None:
    """With waits of a second, really waited: the lead, then the coordinator, for each of ten silent institutes."""
    network = tmp_path / "network"
    shutil.copytree(NETWORK_DIR, network)
    policy = yaml.safe_load((network / "policy.yaml").read_text(encoding="utf-8"))
    for step in policy["ladders"][0]["steps"]:
        step["wait"] = "PT1S"
    (network / "policy.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    with deciding(broker, topic_prefix, tmp_path, sqlite_store_url, network) as deployment:
        deployment.process("desk")
        deployment.process("relay")
        deployment.put(finding())
        deployment.eventually(lambda: len(deployment.published()) == 21, "every ladder has run out")
        steps = [event.step for event in deployment.published() if event.change is AlertChange.ESCALATED]

        assert steps == [2] * 10 + [None] * 10
        assert deployment.violations() == []
