"""The writer after the broker has refused a record: what it refused it for must not fall upon other records."""

from __future__ import annotations

import queue
import time

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from tocsin_deploy.broker import LocalBroker
from tocsin_producers import Fault, TransportError
from tocsin_producers.transports.kafka_writer import KafkaWriter

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


@pytest.fixture
def narrow_topic(broker: LocalBroker, topic_prefix: str) -> str:
    """A topic that takes less than the writer does, as an operator's own broker may have it."""
    name = f"{topic_prefix}narrow"
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    try:
        admin.create_topics(
            [NewTopic(name, num_partitions=1, replication_factor=1, topic_configs={"max.message.bytes": "1000"})]
        )
    finally:
        admin.close()
    return name


def test_a_record_that_the_broker_refuses_does_not_cost_the_next_ones(broker: LocalBroker, narrow_topic: str) -> None:
    """The vendor's producer answers one refusal to every later record; the door would turn everybody away for ever."""
    writer = KafkaWriter(broker.bootstrap_servers, timeout_seconds=10)
    told: queue.Queue[TransportError | None] = queue.Queue()
    try:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                writer.write(narrow_topic, key=b"k", value=b"a", headers=[])
                break
            except TransportError:
                time.sleep(0.2)
        writer.submit(narrow_topic, key=b"k", value=b"x" * 5000, headers=[], done=told.put)
        refused = told.get(timeout=15)
        writer.submit(narrow_topic, key=b"k", value=b"b", headers=[], done=told.put)
        after = told.get(timeout=15)
    finally:
        writer.close()

    assert refused is not None
    assert refused.fault is Fault.REPORT
    assert after is None
