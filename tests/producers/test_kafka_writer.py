"""What a vendor's error means for the sender: wait, mend the settings, or mend the report."""

import pytest
from kafka.errors import (
    KafkaConnectionError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotEnoughReplicasError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
)

from tocsin_producers import Fault, TransportError
from tocsin_producers.transports.kafka_writer import KafkaWriter, translate


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (KafkaTimeoutError("late"), Fault.TEMPORARY),
        (KafkaConnectionError("gone"), Fault.TEMPORARY),
        (NotEnoughReplicasError(), Fault.TEMPORARY),
        (OSError("no route"), Fault.TEMPORARY),
        (MessageSizeTooLargeError(), Fault.REPORT),
        (TopicAuthorizationFailedError(), Fault.SENDER),
        (SaslAuthenticationFailedError(), Fault.SENDER),
        (ValueError("no such codec"), Fault.SENDER),
    ],
)
def test_an_error_says_who_must_act(error: Exception, fault: Fault) -> None:
    """Only what will pass by itself keeps a report waiting."""
    failure = translate(error, "broker.example:9092")

    assert failure.fault is fault


@pytest.mark.parametrize("servers", ["broker", "broker:port", ""])
def test_a_wrong_address_names_its_variable(servers: str) -> None:
    """A misspelt list of servers is told before anything is connected."""
    with pytest.raises(TransportError, match="TOCSIN_KAFKA_BOOTSTRAP_SERVERS") as failed:
        KafkaWriter(servers).write("findings", key=b"k", value=b"v", headers=[])

    assert failed.value.fault is Fault.SENDER
