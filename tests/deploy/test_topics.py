"""Topics are made what the contract declares, and nothing is changed that cannot be changed safely."""

from __future__ import annotations

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from tests.fixtures.ports import free_ports
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import TopicAction, TopicError, apply_topics
from tocsin_schemas import FINDINGS, TOPICS

pytestmark = pytest.mark.kafka


def test_missing_topics_are_created_and_then_left_alone(broker: LocalBroker, topic_prefix: str) -> None:
    """Applying twice creates everything once."""
    first = apply_topics(broker.bootstrap_servers, topic_prefix)
    second = apply_topics(broker.bootstrap_servers, topic_prefix)

    assert [topic.action for topic in first] == [TopicAction.CREATED] * len(TOPICS)
    assert [topic.action for topic in second] == [TopicAction.UNCHANGED] * len(TOPICS)
    assert {topic.name for topic in first} == {topic.name(topic_prefix) for topic in TOPICS}


def test_a_setting_that_drifted_is_set_again(broker: LocalBroker, topic_prefix: str) -> None:
    """A topic configured by hand is brought back to the contract."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    name = FINDINGS.name(topic_prefix)
    client = KafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "1000"})])

    applied = {topic.name: topic.action for topic in apply_topics(broker.bootstrap_servers, topic_prefix)}

    described = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])["topic"][name]
    client.close()
    assert applied[name] is TopicAction.CONFIGURED
    assert described["retention.ms"]["value"] == FINDINGS.config()["retention.ms"]


def test_another_number_of_partitions_is_refused(broker: LocalBroker, topic_prefix: str) -> None:
    """Partitions are not changed behind a series' back; the message says what can be done."""
    client = KafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    client.create_topics({FINDINGS.name(topic_prefix): {"num_partitions": 7, "replication_factor": 1}})
    client.close()

    with pytest.raises(TopicError, match=r"has 7 partitions.*TOCSIN_TOPIC_PREFIX"):
        apply_topics(broker.bootstrap_servers, topic_prefix)


def test_a_broker_that_is_not_there_is_named() -> None:
    """Whoever applies topics to nothing is told to what address."""
    (port,) = free_ports(1)

    with pytest.raises(TopicError, match=f"127.0.0.1:{port}"):
        apply_topics(f"127.0.0.1:{port}", "t.")
