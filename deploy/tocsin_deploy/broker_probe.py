"""Is a broker there: asks for its API versions, the first thing every Kafka client does."""

from __future__ import annotations

import socket
import struct

__all__ = ["broker_answers"]

_API_VERSIONS = 18
_VERSION = 0
_CORRELATION = 0x746F6373
_CLIENT = b"tocsin-probe"
_HEAD = struct.Struct(">ih")
"""An answer begins with the correlation id and the error code."""
_LONGEST_ANSWER = 1 << 16


def broker_answers(bootstrap_servers: str, *, timeout_seconds: float = 1.0) -> bool:
    """Whether one of the servers answers ApiVersions without an error.

    A broker answers only when it has joined its quorum and takes requests, so that topics can be created at once.

    Args:
        bootstrap_servers: `host:port`, several separated by commas, as in TOCSIN_KAFKA_BOOTSTRAP_SERVERS.
        timeout_seconds: For each server, for connecting and for each read.

    Raises:
        ValueError: A server is not written as `host:port`.
    """
    addresses = [_address(server) for server in bootstrap_servers.split(",")]
    return any(_answers(host, port, timeout_seconds) for host, port in addresses)


def _address(server: str) -> tuple[str, int]:
    host, colon, port = server.strip().rpartition(":")
    if not (colon and host and port.isdigit()):
        raise ValueError(f"bootstrap server {server.strip()!r} is not host:port (for example 127.0.0.1:9092)")
    return host.strip("[]"), int(port)


def _answers(host: str, port: int, timeout_seconds: float) -> bool:
    body = struct.pack(">hhih", _API_VERSIONS, _VERSION, _CORRELATION, len(_CLIENT)) + _CLIENT
    try:
        with socket.create_connection((host, port), timeout=timeout_seconds) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            (size,) = struct.unpack(">i", _read(connection, 4))
            if not _HEAD.size <= size <= _LONGEST_ANSWER:
                return False
            correlation, error = _HEAD.unpack_from(_read(connection, size))
    except OSError:
        return False
    return bool(correlation == _CORRELATION and error == 0)


def _read(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise ConnectionError("the server closed the connection in the middle of its answer")
        parts += part
    return bytes(parts)
