"""What lies in a topic at this moment, read without a group."""

from kafka import KafkaConsumer, TopicPartition

_SECONDS = 20


def values_in(bootstrap_servers: str, topic: str) -> list[bytes]:
    """The values of all messages that are there now."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        consumer_timeout_ms=_SECONDS * 1000,
        max_partition_fetch_bytes=4 * 1024 * 1024,
        metrics_enabled=False,
    )
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        assert partitions, f"no topic {topic}"
        ends = consumer.end_offsets(partitions)
        found: list[bytes] = []
        for partition in partitions:
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            while consumer.position(partition) < ends[partition]:
                found.append(next(consumer).value)
        return found
    finally:
        consumer.close()
