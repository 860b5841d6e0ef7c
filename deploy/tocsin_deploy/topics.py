"""Makes a broker's topics what the contract declares, and says what it changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from tocsin_deploy.broker_probe import broker_answers
from tocsin_schemas import TOPICS, Topic

_SEEN_SECONDS = 15


class TopicAction(StrEnum):
    """What was done with a topic."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class AppliedTopic:
    """One topic and what was done with it."""

    name: str
    action: TopicAction
    partitions: int


class TopicError(RuntimeError):
    """The topics could not be made what they should be; the message says what to do."""


def apply_topics(bootstrap_servers: str, prefix: str, *, replication_factor: int = 1) -> list[AppliedTopic]:
    """Create what is missing, configure what differs, and refuse what cannot be mended.

    Raises:
        TopicError: the broker cannot be reached, or a topic has another number of partitions than the contract says
            (which cannot be changed without moving series between partitions).
    """
    # Asked first: the client would try for half a minute, and leave its sockets open.
    if not broker_answers(bootstrap_servers, timeout_seconds=5):
        raise TopicError(f"no broker answers at {bootstrap_servers}: start one, or set TOCSIN_KAFKA_BOOTSTRAP_SERVERS")
    client = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), client_id="tocsinctl")
    try:
        present = _partitions(client, [topic.name(prefix) for topic in TOPICS])
        applied = [
            _apply(client, topic, prefix, present.get(topic.name(prefix)), replication_factor) for topic in TOPICS
        ]
        _wait_until_seen(client, applied)
    except KafkaError as error:
        raise TopicError(f"the broker at {bootstrap_servers} refused: {error}") from error
    else:
        return applied
    finally:
        client.close()


def _partitions(client: Any, names: list[str]) -> dict[str, int]:
    wanted = [name for name in client.list_topics() if name in set(names)]
    if not wanted:
        return {}
    return {description["name"]: len(description["partitions"]) for description in client.describe_topics(wanted)}


def _wait_until_seen(client: Any, applied: list[AppliedTopic]) -> None:
    """A broker takes a moment to see what its controller created; a static member that starts in it stays empty."""
    deadline = time.monotonic() + _SEEN_SECONDS
    wanted = {topic.name: topic.partitions for topic in applied}
    while _partitions(client, list(wanted)) != wanted:
        if time.monotonic() > deadline:
            raise TopicError(f"the broker does not show the topics {_SEEN_SECONDS} s after creating them: apply again")
        time.sleep(0.05)


def _apply(client: Any, topic: Topic, prefix: str, present: int | None, replication_factor: int) -> AppliedTopic:
    name = topic.name(prefix)
    wanted = topic.config()
    if present is None:
        request = {"num_partitions": topic.partitions, "replication_factor": replication_factor, "configs": wanted}
        client.create_topics({name: request})
        return AppliedTopic(name, TopicAction.CREATED, topic.partitions)
    if present != topic.partitions:
        raise TopicError(
            f"topic {name} has {present} partitions, the contract says {topic.partitions}, and a series must keep its "
            "partition: use another TOCSIN_TOPIC_PREFIX, or drain and delete the topic"
        )
    # The client lists what was set on the topic itself; what the contract declares is always set.
    described = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])["topic"][name]
    if all(described.get(key, {}).get("value") == value for key, value in wanted.items()):
        return AppliedTopic(name, TopicAction.UNCHANGED, present)
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, wanted)])
    return AppliedTopic(name, TopicAction.CONFIGURED, present)
