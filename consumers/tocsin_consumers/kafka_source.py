"""Messages from Kafka by kafka-python: the only module that knows its consumer."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock
from typing import Any

from kafka import KafkaConsumer
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import FencedInstanceIdError, KafkaConfigurationError, KafkaError, UnknownTopicOrPartitionError
from kafka.structs import MemberState, OffsetAndMetadata, TopicPartition

from tocsin_consumers.received import Received
from tocsin_schemas.logs import get_logger

BROKER_AWAY: tuple[type[Exception], ...] = (KafkaError, OSError)
"""What a call raises while the broker cannot be reached: wait, and try again."""
HOPELESS: tuple[type[Exception], ...] = (FencedInstanceIdError, KafkaConfigurationError)
"""What no waiting mends: another process has this member's name, or a setting is wrong."""

_SESSION_MILLISECONDS = 10_000
_HEARTBEAT_MILLISECONDS = 3_000
_METADATA_SECONDS = 15.0
"""Partitions that are added after the start are found after this long."""
_log = get_logger()


class KafkaSource:
    """A static member of a consumer group: restarted within the session timeout it moves nobody's partitions.

    Offsets are committed by hand, after what they stand for has been committed to the store.
    """

    def __init__(
        self,
        *,
        bootstrap_servers: str,
        topics: tuple[str, ...],
        group: str,
        instance: str,
        max_records: int = 50,
        metadata_seconds: float = _METADATA_SECONDS,
    ) -> None:
        self._positions: dict[TopicPartition, int] = {}
        # The vendor tells of revoked partitions on a thread of its own. Never held while the vendor is called.
        self._positions_lock = Lock()
        self._max_records = max_records
        self._consumer = KafkaConsumer(
            bootstrap_servers=[server.strip() for server in bootstrap_servers.split(",")],
            client_id=f"{group}-{instance}",
            group_id=group,
            group_instance_id=f"{group}-{instance}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            session_timeout_ms=_SESSION_MILLISECONDS,
            heartbeat_interval_ms=_HEARTBEAT_MILLISECONDS,
            metadata_max_age_ms=int(metadata_seconds * 1000),
            # The vendor's own default of 30 s would keep a member away long after the broker is back.
            reconnect_backoff_max_ms=1_000,
            max_poll_records=max_records,
            metrics_enabled=False,
        )
        try:
            self._await_topics(topics)
        except BaseException:
            self._consumer.close(autocommit=False, timeout_ms=_SESSION_MILLISECONDS)
            raise
        self._consumer.subscribe(topics=list(topics), listener=_OnRebalance(self))

    def _await_topics(self, topics: tuple[str, ...]) -> None:
        """Know the topics' partitions before joining: who joins without is assigned none, and keeps none (KIP-345)."""
        missing = [topic for topic in topics if not self._consumer.partitions_for_topic(topic)]
        if missing:
            raise UnknownTopicOrPartitionError(f"not there: {', '.join(missing)}; run `tocsinctl topics apply`")

    def poll(self, wait_seconds: float) -> list[Received]:
        """The next messages; empty when none came in time.

        Raises:
            KafkaError, OSError: the broker is away.
        """
        return self._poll(wait_seconds)

    def stay(self) -> list[Received]:
        """Poll with every partition paused, so that the group keeps this member while it waits for the store."""
        assigned = self._consumer.assignment()
        self._consumer.pause(*assigned)
        try:
            return self._poll(0)
        finally:
            self._consumer.resume(*(assigned & self._consumer.assignment()))

    def done(self, record: Received) -> None:
        """Count the message and all before it in its partition as dealt with."""
        with self._positions_lock:
            self._positions[TopicPartition(record.topic, record.partition)] = record.offset + 1

    def commit(self, *, wait: bool) -> None:
        """Commit how far this member has come.

        Raises:
            KafkaError, OSError: the broker is away; only with `wait`.
        """
        with self._positions_lock:
            positions, self._positions = self._positions, {}
        if not positions:
            return
        offsets = {place: OffsetAndMetadata(offset, "", -1) for place, offset in positions.items()}
        if wait:
            self._consumer.commit(offsets, timeout_ms=_SESSION_MILLISECONDS)
        else:
            self._consumer.commit_async(offsets, callback=self._committed)

    def revoked(self) -> None:
        """Before partitions go to another member: tell how far this one came, so that it begins there.

        Without waiting: the vendor calls this on its own thread, where nothing may block. Should it come too late, the
        next member repeats some, which changes nothing.
        """
        self.commit(wait=False)

    def close(self) -> None:
        """Commit what was done, and leave. A static member keeps its partitions for the session timeout."""
        try:
            self.commit(wait=True)
        finally:
            self._consumer.close(autocommit=False, timeout_ms=_SESSION_MILLISECONDS)

    def _finish_rebalance(self) -> None:
        """Take a rebalance up again that the vendor has forgotten.

        kafka-python 3.0.12 rejoins when the topic's metadata has changed. If a poll's time runs out meanwhile, the
        reason to rejoin is gone at the next poll, and it never looks at the answer: a member without heartbeats that
        reads nothing, for ever. Asking to rejoin while it does is harmless.
        """
        if self._consumer.group_metadata().state is MemberState.REBALANCING:
            self._consumer._coordinator.request_rejoin()  # noqa: SLF001 - there is no public way

    def _committed(self, offsets: dict[TopicPartition, Any], outcome: Any) -> None:
        if isinstance(outcome, Exception):
            _log.warning("offsets_not_committed", partitions=len(offsets), error=type(outcome).__name__)
            with self._positions_lock:
                for place, committed in offsets.items():
                    # The next commit tells them again, unless the member has come further by then.
                    self._positions.setdefault(place, committed.offset)

    def _poll(self, wait_seconds: float) -> list[Received]:
        batches: dict[TopicPartition, list[Any]] = self._consumer.poll(
            timeout_ms=int(wait_seconds * 1000), max_records=self._max_records
        )
        self._finish_rebalance()
        return [
            Received(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                timestamp=datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp >= 0 else None,
                key=record.key,
                value=record.value,
                headers=[(name, content) for name, content in record.headers],
            )
            for records in batches.values()
            for record in records
        ]


class _OnRebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # the vendor has no types
    def __init__(self, source: KafkaSource) -> None:
        self._source = source

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:  # noqa: ARG002 - the vendor's signature
        self._source.revoked()

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        _log.info("partitions_assigned", partitions=sorted(f"{place.topic}/{place.partition}" for place in assigned))
