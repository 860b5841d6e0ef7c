"""A member of a group reads what is there, whatever happens to its topic meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import UnknownTopicOrPartitionError

from tocsin_consumers.kafka_source import KafkaSource
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import ASSESSMENTS

pytestmark = pytest.mark.kafka

SECONDS = 30


def test_added_partitions_are_read_however_short_the_polls(broker: LocalBroker, topic_prefix: str) -> None:
    """A rebalance that outlasts a poll is finished by later ones: the member does not fall silent for ever."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    topic = ASSESSMENTS.name(topic_prefix)
    source = KafkaSource(
        bootstrap_servers=broker.bootstrap_servers,
        topics=(topic,),
        group=f"{topic_prefix}desk",
        instance="1",
        metadata_seconds=0.3,
    )
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    wanted = set(range(ASSESSMENTS.partitions + 2))
    try:
        send_to(broker, topic, range(ASSESSMENTS.partitions))
        first = read(source, set(range(ASSESSMENTS.partitions)))
        admin.create_partitions({topic: len(wanted)})
        # Nothing tells when the member has begun to rejoin; the polls are so short that it cannot do so within one.
        read(source, wanted, seconds=3)
        send_to(broker, topic, wanted)
        then = read(source, wanted)
    finally:
        admin.close()
        source.close()

    assert first == set(range(ASSESSMENTS.partitions))
    assert then == wanted


def send_to(broker: LocalBroker, topic: str, partitions: Iterable[int]) -> None:
    """One message to each partition."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap_servers)
    try:
        for partition in partitions:
            producer.send(topic, partition=partition, value=b"{}").get(10)
    finally:
        producer.close()


def read(source: KafkaSource, partitions: set[int], *, seconds: float = SECONDS) -> set[int]:
    """Poll in a thousandth of a second at a time until something came from each partition, or time is up."""
    seen: set[int] = set()
    deadline = time.monotonic() + seconds
    while seen != partitions and time.monotonic() < deadline:
        for record in source.poll(0.001):
            seen.add(record.partition)
            source.done(record)
    return seen


def test_a_topic_that_is_not_there_is_named_before_joining(broker: LocalBroker, topic_prefix: str) -> None:
    """Nobody joins for a topic that does not exist: a static member would keep its empty assignment."""
    with pytest.raises(UnknownTopicOrPartitionError, match=r"tocsinctl topics apply"):
        KafkaSource(
            bootstrap_servers=broker.bootstrap_servers,
            topics=(f"{topic_prefix}nothing",),
            group=f"{topic_prefix}desk",
            instance="1",
        )
