"""Ports on the loopback: which are free, and who is told that one is not."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


class PortInUseError(RuntimeError):
    """Somebody else listens on a port that was given to us."""

    def __init__(self, port: int, setting: str) -> None:
        self.port = port
        super().__init__(f"port {port} on {LOOPBACK} is in use: stop what listens there, or choose another ({setting})")


def check_port(port: int, setting: str) -> None:
    """Refuse to start where somebody listens already.

    Args:
        port: On the loopback.
        setting: Where another one is chosen; the error names it.

    Raises:
        PortInUseError: Names the port.
    """
    with socket.socket() as probe:
        # As servers bind: a connection that lingers from the last run is no obstacle, a listener is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortInUseError(port, setting) from error


def free_port() -> int:
    """A port on the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
