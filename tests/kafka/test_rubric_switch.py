"""Two rubrics live at once, as during a switch: both are taken, each grade says whose it is, no report counts twice."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from kafka import KafkaProducer
from sqlalchemy import func, select

from tests.kafka.replayed import stricter_edition
from tests.streams.reports import INCIDENT, NETWORK, envelope
from tests.system.processes import ServiceProcess
from tests.system.topic_contents import values_in
from tests.system.waiting import eventually
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.audit import audit
from tocsin_alerting.store.schema import upgrade
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.services import Service
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import ASSESSMENTS, INCIDENTS, Assessment, Envelope, ReportKind, from_json, system_clock
from tocsin_streams.rubric import load_rubric

pytestmark = pytest.mark.kafka


def new_edition(folder: Path) -> Path:
    """The network with another rubric: a death argues for severe."""
    shutil.copytree(NETWORK, folder)
    stricter_edition(folder)
    return folder


def death(event_id: str) -> Envelope:
    """An incident that the old rubric grades critical and the new one severe, in a series of its own."""
    data = {**INCIDENT, "title": f"Event {event_id}", "harm_quantification": {"deaths": 1}}
    event = envelope(data, kind=ReportKind.INCIDENT, event_id=event_id)
    return from_json(event.to_json().replace(b'"series-1"', f'"{event_id}"'.encode()))


class Switching:
    """Grading workers with rubrics of their own, and a desk, on one broker and one store."""

    def __init__(self, broker: LocalBroker, prefix: str, folder: Path, held: ExitStack) -> None:
        self.servers, self.prefix, self.folder = broker.bootstrap_servers, prefix, folder
        database_url = f"sqlite:///{folder / 'tocsin.db'}"
        upgrade(database_url)
        apply_topics(self.servers, prefix)
        self.store: Store = open_store(database_url)
        held.callback(self.store.close)
        self._producer = KafkaProducer(bootstrap_servers=self.servers, metrics_enabled=False)
        held.callback(self._producer.close)
        self._held = held
        self._environment = {
            "PATH": os.environ["PATH"],
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "TOCSIN_TOPIC_PREFIX": prefix,
            "TOCSIN_STATE_DIR": str(folder),
            "TOCSIN_DATABASE_URL": database_url,
        }

    def desk(self) -> None:
        """Start a desk."""
        self._start("desk", "tocsin_consumers.desk", TOCSIN_NETWORK_DIR=str(NETWORK))

    def grade(self, instance: str, network: Path) -> ServiceProcess:
        """Start a grading worker with the rubric of a network directory; it is ready."""
        worker = self._start(
            f"grade-{instance}",
            "tocsin_streams",
            TOCSIN_NETWORK_DIR=str(network),
            TOCSIN_GRADE_INSTANCE=f"grade-{instance}",
        )
        eventually(lambda: '"ready"' in worker.said(), "the worker is ready", within=90, explain=worker.tail)
        return worker

    def _start(self, name: str, module: str, **settings: str) -> ServiceProcess:
        process = ServiceProcess(
            Service(name, (sys.executable, "-m", module), "under test"),
            environment=self._environment | settings,
            log=self.folder / f"{name}.log",
            folder=self.folder,
        )
        process.start()
        self._held.callback(process.stop)
        return process

    def put(self, *events: Envelope) -> None:
        """Put reports into their topic."""
        for event in events:
            topic = INCIDENTS.name(self.prefix)
            self._producer.send(topic, key=event.series.encode(), value=event.to_json(), headers=event.headers())
        self._producer.flush(30)

    def rubrics_of(self, report: str) -> list[str]:
        """The rubrics of the assessments of a report, in their order."""
        made = [
            Assessment.model_validate(from_json(value).data)
            for value in values_in(self.servers, ASSESSMENTS.name(self.prefix))
        ]
        return [one.grade.rubric for one in made if one.report == report and one.grade is not None]

    def alert_of(self, report: Envelope) -> AlertRow | None:
        """The alert that a report raised, once the desk has taken it."""
        with self.store.read() as session:
            return session.scalars(
                select(AlertRow)
                .join(ReportRow, ReportRow.alert_id == AlertRow.id)
                .where(ReportRow.series == report.series)
            ).one_or_none()

    def reports(self) -> int:
        """How many reports the store has."""
        with self.store.read() as session:
            return session.scalar(select(func.count()).select_from(ReportRow)) or 0


@contextmanager
def switching(broker: LocalBroker, prefix: str, folder: Path) -> Iterator[Switching]:
    """A deployment without services; what is started in it is stopped."""
    with ExitStack() as held:
        yield Switching(broker, prefix, folder, held)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_rubrics_are_live_during_a_switch_and_no_report_counts_twice(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """Old, both, new: every assessment and alert says its rubric, and a report delivered again changes nothing."""
    new_dir = new_edition(tmp_path / "new")
    old, new = load_rubric(NETWORK).version, load_rubric(new_dir).version
    first, last = death(f"first-{uuid.uuid4()}"), death(f"last-{uuid.uuid4()}")
    between: list[Envelope] = []
    with switching(broker, topic_prefix, tmp_path) as deployment:
        deployment.desk()
        old_worker = deployment.grade("old", NETWORK)
        deployment.put(first)
        before = eventually(lambda: deployment.alert_of(first), "the first alert", within=60)
        deployment.grade("new", new_dir)

        def both_have_graded() -> bool:
            batch = [death(str(uuid.uuid4())) for _ in range(8)]
            between.extend(batch)
            deployment.put(*batch)
            eventually(lambda: all(deployment.alert_of(one) for one in batch), "a batch is at the desk", within=60)
            return {alert.rubric for one in between if (alert := deployment.alert_of(one))} == {old, new}

        eventually(both_have_graded, "both rubrics have graded", within=120)
        assert old_worker.terminate() == 0
        deployment.put(first)
        eventually(lambda: deployment.rubrics_of(first.id) == [old, new], "it is graded again", within=90)
        deployment.put(last)
        after_switch = eventually(lambda: deployment.alert_of(last), "the last alert", within=60)
        after = deployment.alert_of(first)
        alerts = [deployment.alert_of(one) for one in between]
        with deployment.store.read() as session:
            violations = audit(session, system_clock())

        assert (before.severity, before.rubric) == ("critical", old)
        assert (after_switch.severity, after_switch.rubric) == ("severe", new)
        assert after is not None
        assert (after.id, after.revision, after.severity, after.rubric) == (before.id, before.revision, "critical", old)
        assert {(alert.severity, alert.rubric) for alert in alerts if alert} == {("critical", old), ("severe", new)}
        assert deployment.reports() == len(between) + 2
        assert violations == []
