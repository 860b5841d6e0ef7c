"""Reads the dead letters as they lie in the topic, without a group and without committing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kafka import KafkaConsumer, TopicPartition
from pydantic import ValidationError

from tocsin_schemas import DEAD_LETTERS, DeadLetter, InvalidEvent, from_kafka
from tocsin_schemas.errors import problems_of

_IDLE_MILLISECONDS = 5_000


@dataclass(frozen=True, slots=True)
class KeptDeadLetter:
    """A dead letter and where it lies."""

    offset: int
    recorded_at: datetime | None
    letter: DeadLetter | None
    """None: what lies there is no dead letter of ours, and hides none that is."""
    fault: str | None = None
    """Why it is none."""


def read_dead_letters(bootstrap_servers: str, prefix: str) -> Iterator[KeptDeadLetter]:
    """All dead letters that are there now, oldest first.

    Raises:
        KafkaError: the broker cannot be reached.
    """
    topic = DEAD_LETTERS.name(prefix)
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers.split(","),
        group_id=None,
        enable_auto_commit=False,
        consumer_timeout_ms=_IDLE_MILLISECONDS,
        fetch_max_bytes=16 * 1024 * 1024,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        ends = {partition: end for partition, end in consumer.end_offsets(partitions).items() if end > 0}
        for partition, end in ends.items():
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            if consumer.position(partition) >= end:
                continue
            for record in consumer:
                yield _kept(record.offset, record.value)
                if record.offset + 1 >= end:
                    break
    finally:
        consumer.close()


def _kept(offset: int, value: bytes | None) -> KeptDeadLetter:
    try:
        envelope = from_kafka((), value)
        return KeptDeadLetter(offset, envelope.time, DeadLetter.model_validate(envelope.data))
    except InvalidEvent as error:
        return KeptDeadLetter(offset, None, None, str(error))
    except ValidationError as error:
        return KeptDeadLetter(offset, None, None, str(InvalidEvent(problems_of(error, DeadLetter))))
