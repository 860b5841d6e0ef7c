"""Reports into a real broker: by the SDK, by the command and by the door; with the broker up, away and back."""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from kafka import KafkaConsumer, TopicPartition

from tests.fixtures.clock import HandClock
from tests.fixtures.kafka import require_kafka
from tests.fixtures.ports import free_ports
from tests.producers.reports import event, finding, incident
from tests.producers.test_spool import report
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import apply_topics
from tocsin_producers import Fault, Outcome, Reporter, Spool, TransportError
from tocsin_producers.adapters import Draft
from tocsin_producers.gateway import KafkaPublisher
from tocsin_producers.transports.http import HttpTransport
from tocsin_producers.transports.kafka import KafkaTransport
from tocsin_producers.transports.kafka_writer import KafkaWriter
from tocsin_schemas import (
    FINDINGS,
    INCIDENTS,
    Action,
    Finding,
    Purpose,
    Report,
    ReportKind,
    Tlp,
    Tokens,
    Topic,
    from_kafka,
    read_report,
    system_clock,
)

pytestmark = [
    pytest.mark.kafka,
    # kafka-python leaves the sockets of connections that failed to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

SECRET = "a-secret-of-the-tests"
NETWORK = """
institutes:
  - {id: gb, name: UK, languages: [en], time_zone: UTC}
  - {id: fr, name: FR, languages: [fr], time_zone: UTC}
"""


@pytest.fixture(autouse=True)
def _vendors_sockets() -> Iterator[None]:
    """Collected here, where they are excused, and not in a test that has nothing to do with them."""
    yield
    gc.collect()


@dataclass(frozen=True)
class Lying:
    """A record as it lies in a topic."""

    partition: int
    key: bytes
    report: Report


def lying_in(servers: str, topic: Topic, prefix: str) -> list[Lying]:
    """Everything in a topic, by partition and offset, as its readers read it."""
    consumer = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    try:
        name = topic.name(prefix)
        partitions = [TopicPartition(name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Lying] = []
        deadline = time.monotonic() + 20
        while len(found) < sum(ends.values()):
            assert time.monotonic() < deadline
            for records in consumer.poll(timeout_ms=500).values():
                found += [
                    Lying(record.partition, record.key, read_report(from_kafka(record.headers, record.value)))
                    for record in records
                ]
        return found
    finally:
        consumer.close()


@contextmanager
def kafka_reporter(servers: str, prefix: str, spool: Path, *, timeout_seconds: float = 10) -> Iterator[Reporter]:
    """A reporter straight into Kafka."""
    writer = KafkaWriter(servers, timeout_seconds=timeout_seconds)
    transport = KafkaTransport(writer, topic_prefix=prefix)
    with Reporter(transport=transport, spool=Spool(spool, clock=system_clock)) as reporter:
        yield reporter


@pytest.fixture
def topics(broker: LocalBroker, topic_prefix: str) -> str:
    """The prefix of topics that are there."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    return topic_prefix


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """A broker that is the test's to stop, not yet started."""
    require_kafka()
    broker = LocalBroker(tmp_path / "broker", *free_ports(2), die_with_parent=True)
    yield broker
    broker.kill()


def test_reports_lie_keyed_and_readable_in_their_topics(broker: LocalBroker, topics: str, tmp_path: Path) -> None:
    """A series lies in one partition under its key, in the order in which it was said."""
    with kafka_reporter(broker.bootstrap_servers, topics, tmp_path) as reporter:
        series = reporter.finding(finding())
        others = [reporter.finding(finding(title=f"EXERCISE: {number}")) for number in range(8)]
        reporter.update(series, finding(title="EXERCISE: corrected"))
        reporter.retract(series, reason="Broken.", kind=ReportKind.FINDING, tlp=Tlp.AMBER, institute="gb")
        of_fr = reporter.incident(incident())
    findings = lying_in(broker.bootstrap_servers, FINDINGS, topics)
    ours = [one for one in findings if one.key == series.encode()]

    assert [one.report.action for one in ours] == [Action.REPORT, Action.UPDATE, Action.RETRACT]
    assert len({one.partition for one in ours}) == 1
    assert {one.key.decode() for one in findings} == {series, *others}
    assert [one.report.envelope.id for one in lying_in(broker.bootstrap_servers, INCIDENTS, topics)] == [of_fr]


def test_after_an_outage_reports_lie_in_the_order_in_which_they_were_said(
    own_broker: LocalBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """Said before, during and after an outage, over a restart of the institute's program: none lost, none overtaken."""
    servers = own_broker.bootstrap_servers
    said = [
        Draft(body=Finding.model_validate(finding()), kind=ReportKind.FINDING, event_id=f"e-{number}", series="s")
        for number in range(9)
    ]
    own_broker.start().wait_ready()
    apply_topics(servers, topic_prefix)
    with kafka_reporter(servers, topic_prefix, tmp_path / "spool", timeout_seconds=3) as reporter:
        before = [reporter.publish(draft).outcome for draft in said[:3]]
        own_broker.stop()
        during = [reporter.publish(draft).outcome for draft in said[3:5]]
    with kafka_reporter(servers, topic_prefix, tmp_path / "spool", timeout_seconds=3) as reporter:
        during += [reporter.publish(draft).outcome for draft in said[5:7]]
    own_broker.start().wait_ready()
    with kafka_reporter(servers, topic_prefix, tmp_path / "spool") as reporter:
        after = [reporter.publish(draft).outcome for draft in said[7:]]
    ids = [one.report.envelope.id for one in lying_in(servers, FINDINGS, topic_prefix)]

    assert before == [Outcome.PUBLISHED] * 3
    assert during == [Outcome.SPOOLED] * 4
    assert after == [Outcome.PUBLISHED] * 2
    assert list(dict.fromkeys(ids)) == [draft.event_id for draft in said]


def _stand_still(pid: int) -> None:
    """Stop a process, and wait until each of its threads has."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + 20
    while any(_state(stat) != "T" for stat in Path(f"/proc/{pid}/task").glob("*/stat")):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _state(stat: Path) -> str:
    return stat.read_text().rpartition(")")[2].split()[0]


def test_a_broker_that_hangs_costs_no_more_than_the_time_limit(
    own_broker: LocalBroker, topic_prefix: str, clock: HandClock
) -> None:
    """A broker that takes connections and says nothing is away, and is used again once it speaks."""
    own_broker.start().wait_ready()
    servers = own_broker.bootstrap_servers
    apply_topics(servers, topic_prefix)
    transport = KafkaTransport(KafkaWriter(servers, timeout_seconds=2), topic_prefix=topic_prefix)
    transport.send(report("e-0", clock))
    assert own_broker.pid is not None
    _stand_still(own_broker.pid)
    try:
        for _ in range(2):
            with pytest.raises(TransportError) as failed:
                transport.send(report("e-1", clock))

            assert failed.value.fault is Fault.TEMPORARY
    finally:
        os.kill(own_broker.pid, signal.SIGCONT)
    transport.send(report("e-2", clock))
    transport.close()
    ids = [one.report.envelope.id for one in lying_in(servers, FINDINGS, topic_prefix)]

    assert {"e-0", "e-2"} <= set(ids)


def test_a_topic_that_is_not_there_is_not_made(broker: LocalBroker, topic_prefix: str, clock: HandClock) -> None:
    """A misspelt prefix keeps reports on the spool instead of hiding them in a topic that nobody reads."""
    transport = KafkaTransport(KafkaWriter(broker.bootstrap_servers, timeout_seconds=1), topic_prefix=topic_prefix)

    with pytest.raises(TransportError) as failed:
        transport.send(report("e-0", clock))

    assert failed.value.fault is Fault.TEMPORARY
    transport.close()


@dataclass
class RunningDoor:
    """A door in a process of its own."""

    url: str
    key: str
    process: subprocess.Popen[bytes]

    def post(self, content: object, *, path: str = "/v1/findings") -> httpx2.Response:
        """An event."""
        return httpx2.post(
            f"{self.url}{path}",
            content=json.dumps(content).encode(),
            headers={"Content-Type": "application/cloudevents+json", "Authorization": f"Bearer {self.key}"},
            timeout=30,
        )


@contextmanager
def running_door(servers: str, prefix: str, folder: Path) -> Iterator[RunningDoor]:
    """A door before this broker, ready."""
    folder.mkdir(exist_ok=True)
    (folder / "institutes.yaml").write_text(NETWORK)
    (port,) = free_ports(1)
    environment = {
        **os.environ,
        "TOCSIN_DOOR_PORT": str(port),
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": servers,
        "TOCSIN_TOPIC_PREFIX": prefix,
        "TOCSIN_NETWORK_DIR": str(folder),
        "TOCSIN_SECRET_KEYS": SECRET,
        "TOCSIN_DOOR_KAFKA_TIMEOUT_SECONDS": "3",
    }
    with (folder / "door.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "tocsin_producers.gateway"], env=environment, stderr=log)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_it_listens(url, process)
            yield RunningDoor(url, Tokens([SECRET]).issue(Purpose.INSTITUTE, {"institute": "gb"}), process)
        finally:
            process.kill()
            process.wait(timeout=10)


def _wait_until_it_listens(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx2.get(f"{url}/openapi.json", timeout=5)
        except httpx2.HTTPError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_the_doors_yes_means_that_the_report_is_in_kafka(broker: LocalBroker, topics: str, tmp_path: Path) -> None:
    """Each 202 is a record in the topic; refusals are none; the door ends in order when told to."""
    with running_door(broker.bootstrap_servers, topics, tmp_path / "door") as door:
        healthy = httpx2.get(f"{door.url}/healthz", timeout=10)
        taken = [door.post(event(id=f"e-{number}", subject=f"s-{number % 3}")) for number in range(9)]
        refused = door.post(event(id="e-9", data=finding(status="real")))
        log = (tmp_path / "door" / "door.log").read_text()
        door.process.send_signal(signal.SIGTERM)
        status = door.process.wait(timeout=20)
    lie = lying_in(broker.bootstrap_servers, FINDINGS, topics)

    assert healthy.status_code == 200
    assert {answer.status_code for answer in taken} == {202}
    assert refused.status_code == 422
    assert sorted(one.report.envelope.id for one in lie) == [f"e-{number}" for number in range(9)]
    assert all(one.key.decode() == one.report.envelope.subject for one in lie)
    assert door.key not in log
    assert finding()["title"] not in log
    assert status == 0


def test_without_a_broker_the_door_says_503_and_recovers(
    own_broker: LocalBroker, topic_prefix: str, tmp_path: Path, clock: HandClock
) -> None:
    """Before the broker's start, and while it is away, 503 with Retry-After; then 202 without a restart of the door."""
    servers = own_broker.bootstrap_servers
    with running_door(servers, topic_prefix, tmp_path / "door") as door:
        away = door.post(event(id="e-0"))
        ill = httpx2.get(f"{door.url}/healthz", timeout=10)
        own_broker.start().wait_ready()
        apply_topics(servers, topic_prefix)
        up = door.post(event(id="e-1"))
        own_broker.stop()
        down = door.post(event(id="e-2"))
        transport = HttpTransport(door.url, key=door.key, clock=clock)
        with pytest.raises(TransportError) as failed:
            transport.send(report("e-3", clock))
        transport.close()
        own_broker.start().wait_ready()
        back = door.post(event(id="e-4"))
    ids = {one.report.envelope.id for one in lying_in(servers, FINDINGS, topic_prefix)}

    assert (away.status_code, ill.status_code, up.status_code) == (503, 503, 202)
    assert (down.status_code, back.status_code) == (503, 202)
    assert int(down.headers["Retry-After"]) > 0
    assert failed.value.fault is Fault.TEMPORARY
    assert failed.value.retry_after is not None
    assert {"e-1", "e-4"} <= ids


def test_the_command_publishes_over_the_door(broker: LocalBroker, topics: str, tmp_path: Path) -> None:
    """With an address and a key an institute needs nothing else, its own id included."""
    data = finding()
    del data["institute"]
    (tmp_path / "f.json").write_text(json.dumps(data))
    with running_door(broker.bootstrap_servers, topics, tmp_path / "door") as door:
        environment = {**os.environ, "TOCSIN_DOOR_URL": door.url, "TOCSIN_DOOR_KEY": door.key}
        environment["TOCSIN_SPOOL_DIR"] = str(tmp_path / "spool")
        command = [sys.executable, "-c", "from tocsin_producers.cli import main; main()", "publish", "--json"]
        done = subprocess.run(
            [*command, str(tmp_path / "f.json")], env=environment, capture_output=True, timeout=60, check=False
        )
    row = json.loads(done.stdout)["reports"][0]
    lie = lying_in(broker.bootstrap_servers, FINDINGS, topics)

    assert (done.returncode, row["outcome"]) == (0, "published")
    assert [one.report.envelope.id for one in lie] == [row["id"]]
    assert lie[0].report.body.institute == "gb"


def test_many_requests_wait_for_kafka_at_once(broker: LocalBroker, topics: str, clock: HandClock) -> None:
    """A hundred reports at once are each acknowledged; none waits for another's turn on a thread."""

    async def publish() -> None:
        writer = KafkaWriter(broker.bootstrap_servers, timeout_seconds=10, client_id="tocsin-door")
        publisher = KafkaPublisher(writer, timeout_seconds=10)
        reports = [report(f"e-{number}", clock) for number in range(100)]
        await asyncio.gather(*(publisher.publish(FINDINGS.name(topics), one) for one in reports))
        await publisher.close()

    asyncio.run(publish())

    assert len(lying_in(broker.bootstrap_servers, FINDINGS, topics)) == 100
