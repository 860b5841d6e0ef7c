"""The local broker, as a real process."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from tests.fixtures.kafka import require_kafka
from tests.fixtures.ports import free_ports
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.broker_probe import broker_answers
from tocsin_deploy.broker_start import BrokerError, broker_environment
from tocsin_deploy.ports import PortInUseError
from tocsin_deploy.toolchain import MissingToolError

pytestmark = pytest.mark.kafka

REPORTS = [f"report {number}".encode() for number in range(50)]


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """A broker that is the test's to kill, not yet started."""
    require_kafka()
    port, controller_port = free_ports(2)
    broker = LocalBroker(tmp_path / "broker", port, controller_port, die_with_parent=True)
    yield broker
    broker.kill()


def publish(bootstrap_servers: str, topic: str) -> None:
    """Create the topic and have every report acknowledged."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers)
    admin.create_topics({topic: {"num_partitions": 2, "replication_factor": 1}})
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap_servers)
    for acknowledged in [producer.send(topic, report) for report in REPORTS]:
        acknowledged.get(timeout=20)
    producer.close()


def read(bootstrap_servers: str, topic: str) -> list[bytes]:
    """What lies in the topic, as many as were published."""
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap_servers, group_id=f"{topic}.reader", auto_offset_reset="earliest"
    )
    found: list[bytes] = []
    for _ in range(20):
        found += [record.value for records in consumer.poll(timeout_ms=1000).values() for record in records]
        if len(found) >= len(REPORTS):
            break
    consumer.close()
    return found


@pytest.mark.crash
def test_acknowledged_reports_survive_a_kill(own_broker: LocalBroker) -> None:
    """What the broker has acknowledged is there when it comes back from a kill -9, under the same cluster id."""
    own_broker.start().wait_ready()
    cluster_id = (own_broker.settings.home / "cluster-id").read_text()
    publish(own_broker.bootstrap_servers, "findings")
    status = own_broker.kill()
    own_broker.start().wait_ready()

    assert status == -9
    assert sorted(read(own_broker.bootstrap_servers, "findings")) == sorted(REPORTS)
    assert (own_broker.settings.home / "cluster-id").read_text() == cluster_id


def test_stopping_leaves_no_process_and_no_port(own_broker: LocalBroker) -> None:
    """After a stop in order, nothing of the broker runs and both ports can be had again."""
    own_broker.start().wait_ready()
    pid = own_broker.pid
    assert pid is not None
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    own_broker.stop()

    assert [process for process in family if process.is_running()] == []
    assert not broker_answers(own_broker.bootstrap_servers)
    for port in (own_broker.settings.port, own_broker.settings.controller_port):
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))


def test_the_broker_says_in_its_log_that_it_stopped_in_order(own_broker: LocalBroker) -> None:
    """The log in the broker's home tells its whole life, the end included."""
    with own_broker:
        pass
    log = own_broker.settings.log_file.read_text()

    assert "Kafka Server started" in log
    assert "shut down completed" in log


def test_the_broker_listens_on_the_loopback_only(broker: LocalBroker) -> None:
    """Nobody outside this machine reaches a local broker."""
    assert broker.pid is not None
    listening = [
        connection.laddr.ip.removeprefix("::ffff:")
        for connection in psutil.Process(broker.pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]

    assert len(listening) == 2
    assert set(listening) == {"127.0.0.1"}


def test_topics_are_never_made_by_writing_to_them(broker: LocalBroker, topic_prefix: str) -> None:
    """A misspelt topic is an error at its writer, not a new topic that nobody reads."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap_servers, max_block_ms=1500)

    with pytest.raises(Exception, match=r"(?i)timeout|unknown|metadata|topic"):
        producer.send(f"{topic_prefix}findigns", b"report").get(timeout=5)
    producer.close()

    assert f"{topic_prefix}findigns" not in admin.list_topics()
    admin.close()


@pytest.mark.parametrize("taken", ["port", "controller_port"])
def test_a_port_in_use_is_named(own_broker: LocalBroker, taken: str) -> None:
    """Where somebody listens already, the broker does not start and says on which port."""
    port = getattr(own_broker.settings, taken)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortInUseError, match=str(port)) as refused:
        own_broker.start()

    assert refused.value.port == port
    assert not own_broker.is_running


def test_starting_twice_is_refused(own_broker: LocalBroker) -> None:
    """One home, one broker: a second start of the same one is an error that says what to do."""
    own_broker.start()

    with pytest.raises(BrokerError, match="stop it first"):
        own_broker.start()


def test_a_broker_that_dies_says_why(own_broker: LocalBroker) -> None:
    """Waiting for a broker that ended fails at once, with the end of its log."""
    own_broker.start()
    own_broker.settings.log_file.write_text("ERROR the disk is full\n")
    own_broker.kill()

    with pytest.raises(BrokerError, match=r"exit status -9(.|\n)*the disk is full"):
        own_broker.wait_ready()


def test_a_broker_that_is_too_slow_is_an_error(own_broker: LocalBroker) -> None:
    """The wait for a broker ends."""
    own_broker.start()

    with pytest.raises(BrokerError, match="within 0 s"):
        own_broker.wait_ready(timeout_seconds=0)


def test_missing_jars_say_what_to_run(tmp_path: Path) -> None:
    """Without Kafka's jars, or with half of them, the broker names the command that fetches them."""
    port, controller_port = free_ports(2)
    (tmp_path / "lib").mkdir()
    broker = LocalBroker(tmp_path / "broker", port, controller_port, lib=tmp_path / "lib")

    with pytest.raises(MissingToolError, match="make install"):
        broker.start()


def test_a_broken_configuration_shows_kafkas_own_words(own_broker: LocalBroker) -> None:
    """When storage cannot be formatted the error holds what Kafka said of it."""
    own_broker.settings.home.mkdir()
    (own_broker.settings.home / "data").write_text("a file where a folder should be")

    with pytest.raises(BrokerError, match="could not format"):
        own_broker.start()


def test_no_java_option_of_the_users_reaches_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is the same on every machine, whatever the shell says to Java."""
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")

    assert "JAVA_TOOL_OPTIONS" not in broker_environment()
    assert broker_environment()["PATH"] == os.environ["PATH"]
