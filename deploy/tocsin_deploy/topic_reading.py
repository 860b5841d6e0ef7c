"""Reads what lies in topics now, as an onlooker: no group, nothing committed, nothing sent, and no waiting for more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition

from tocsin_deploy.broker_probe import broker_answers
from tocsin_schemas import Topic
from tocsin_streams.decision import Message

_POLL_MILLISECONDS = 1_000
_PATIENCE_POLLS = 30
"""Empty polls in a row, of a second each, after which a topic that should hold more is given up loudly."""


class ReadingError(RuntimeError):
    """The topics cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of one partition is read: from the first offset up to the one before the last."""

    topic: str
    partition: int
    first: int
    end: int

    @property
    def length(self) -> int:
        """How many offsets it covers; some may be empty."""
        return max(self.end - self.first, 0)


class Onlooker:
    """Reads topics of a deployment without leaving a trace in it."""

    def __init__(self, bootstrap_servers: str, prefix: str) -> None:
        """Connect.

        Args:
            bootstrap_servers: `host:port`, several separated by commas.
            prefix: what the topics' names begin with.

        Raises:
            ReadingError: no broker answers.
        """
        if not broker_answers(bootstrap_servers, timeout_seconds=5):
            raise ReadingError(
                f"no broker answers at {bootstrap_servers}: start one, or set TOCSIN_KAFKA_BOOTSTRAP_SERVERS"
            )
        self._prefix = prefix
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap_servers.split(","),
            client_id="tocsinctl",
            group_id=None,
            enable_auto_commit=False,
            # A broker that creates topics by itself would make one of a misspelt prefix.
            allow_auto_create_topics=False,
            # What retention takes away under the reading is gone; what is left after it is read.
            auto_offset_reset="earliest",
            fetch_max_bytes=16 * 1024 * 1024,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            max_poll_records=1_000,
            metrics_enabled=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def stretches(
        self, topics: Sequence[Topic], *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Stretch]:
        """What the topics hold now, by the time at which messages were written.

        Args:
            topics: these.
            since: the first instant that counts; None: from the beginning.
            until: the first instant that does not; None: up to now.

        Raises:
            ReadingError: a topic is not there.
        """
        partitions = [
            TopicPartition(topic.name(self._prefix), number) for topic in topics for number in self._numbers(topic)
        ]
        first = self._consumer.beginning_offsets(partitions)
        end = self._consumer.end_offsets(partitions)
        later = self._offsets_at(partitions, since)
        earlier = self._offsets_at(partitions, until)
        return [
            Stretch(
                one.topic,
                one.partition,
                max(first[one], later.get(one, first[one] if since is None else end[one])),
                min(end[one], earlier.get(one, end[one])),
            )
            for one in partitions
        ]

    def read(self, stretches: Sequence[Stretch], *, seen: Callable[[int], None]) -> Iterator[Message]:
        """The messages, partition by partition, each in its order.

        Args:
            stretches: what to read.
            seen: is told how many more offsets have been passed.

        Raises:
            ReadingError: the broker gives nothing for half a minute although there is more.
        """
        for stretch in stretches:
            if stretch.length:
                yield from self._read(stretch, seen)

    def _read(self, stretch: Stretch, seen: Callable[[int], None]) -> Iterator[Message]:
        place = TopicPartition(stretch.topic, stretch.partition)
        self._consumer.assign([place])
        self._consumer.seek(place, stretch.first)
        at, empty = stretch.first, 0
        while at < stretch.end:
            records = self._consumer.poll(_POLL_MILLISECONDS).get(place, [])
            for record in records:
                if record.offset < stretch.end:
                    yield _message(record)
            # The position and not the last record's offset: the end may be something that no reader is given.
            reached = min(self._consumer.position(place), stretch.end)
            seen(reached - at)
            empty = empty + 1 if reached == at else 0
            if empty >= _PATIENCE_POLLS:
                raise ReadingError(
                    f"{stretch.topic}[{stretch.partition}] gives nothing after offset {at}, and ends at {stretch.end}: "
                    "see to the broker, and try again"
                )
            at = reached

    def _numbers(self, topic: Topic) -> list[int]:
        numbers = self._consumer.partitions_for_topic(topic.name(self._prefix))
        if not numbers:
            raise ReadingError(
                f"there is no topic {topic.name(self._prefix)}: create it with `tocsinctl topics apply`, or set "
                "TOCSIN_TOPIC_PREFIX"
            )
        return sorted(numbers)

    def _offsets_at(self, partitions: Sequence[Any], instant: datetime | None) -> dict[Any, int]:
        """The first offset not before an instant, where there is one."""
        if instant is None:
            return {}
        asked = dict.fromkeys(partitions, int(instant.timestamp() * 1000))
        found = self._consumer.offsets_for_times(asked)
        # Where nothing is that late the client says None, or -1, by its version.
        return {place: at.offset for place, at in found.items() if at is not None and at.offset >= 0}


def _message(record: Any) -> Message:
    has_time = record.timestamp is not None and record.timestamp >= 0
    return Message(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=datetime.fromtimestamp(record.timestamp / 1000, tz=UTC) if has_time else None,
        key=record.key,
        value=record.value,
        headers=tuple((str(name), None if value is None else bytes(value)) for name, value in record.headers or ()),
    )
