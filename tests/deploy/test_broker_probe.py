"""What counts as a broker that is there."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.fixtures.ports import free_ports
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.broker_probe import broker_answers


@contextmanager
def server_that_says(answer: bytes) -> Iterator[str]:
    """A server that takes one request, says its piece, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


@pytest.mark.kafka
def test_a_running_broker_answers(broker: LocalBroker) -> None:
    """A real broker answers, also when the first of several servers is down."""
    (nobody,) = free_ports(1)

    assert broker_answers(broker.bootstrap_servers)
    assert broker_answers(f"127.0.0.1:{nobody}, {broker.bootstrap_servers}")


def test_nobody_listening_is_no_broker() -> None:
    """A closed port is no broker, and no exception."""
    (nobody,) = free_ports(1)

    assert not broker_answers(f"127.0.0.1:{nobody}")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="closes at once"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="speaks HTTP"),
        pytest.param(struct.pack(">iih", 6, 1, 0), id="answers somebody else"),
        pytest.param(struct.pack(">iih", 6, 0x746F6373, 35), id="answers with an error"),
        pytest.param(struct.pack(">ii", 6, 0x746F6373), id="breaks off"),
        pytest.param(struct.pack(">i", 2) + b"ab", id="answers too little"),
    ],
)
def test_what_is_not_kafka_is_no_broker(answer: bytes) -> None:
    """Another service on the port is not taken for a broker."""
    with server_that_says(answer) as address:
        assert not broker_answers(address)


@pytest.mark.parametrize("written", ["localhost", "127.0.0.1:", ":9092", "127.0.0.1:kafka", "", "127.0.0.1:9092,"])
def test_a_server_without_a_port_is_named(written: str) -> None:
    """A server that is not host:port is an error that shows the form."""
    with pytest.raises(ValueError, match=r"not host:port .*127\.0\.0\.1:9092"):
        broker_answers(written)
