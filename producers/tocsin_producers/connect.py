"""Which way reports take: the network's door where its address is set, its Kafka otherwise."""

from __future__ import annotations

from tocsin_producers.settings import ProducerSettings, SettingsError
from tocsin_producers.transports import Transport
from tocsin_schemas import Clock


def connect(settings: ProducerSettings, *, clock: Clock) -> Transport:
    """The transport that the settings describe; nothing is connected before the first report.

    Raises:
        SettingsError: the door's address is set and its key is not.
    """
    if settings.door_url is not None:
        if settings.door_key is None:
            raise SettingsError("TOCSIN_DOOR_URL is set and TOCSIN_DOOR_KEY is not: ask the operators for your key")
        # Late, both: each way has a vendor that the other does without.
        from tocsin_producers.transports.http import HttpTransport

        return HttpTransport(
            settings.door_url,
            key=settings.door_key.get_secret_value(),
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
        )
    from tocsin_producers.transports.kafka import KafkaTransport
    from tocsin_producers.transports.kafka_writer import KafkaWriter

    writer = KafkaWriter(
        settings.kafka_bootstrap_servers,
        timeout_seconds=settings.timeout_seconds,
        security=settings.kafka_security(),
    )
    return KafkaTransport(writer, topic_prefix=settings.topic_prefix)
