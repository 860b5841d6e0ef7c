"""Where a local broker lives, and where it listens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tocsin_deploy.ports import LOOPBACK, check_port
from tocsin_deploy.toolchain import KAFKA_LIB


@dataclass(frozen=True, kw_only=True)
class BrokerSettings:
    """Where one local broker lives and how large it may grow."""

    home: Path
    """Holds its data, its configuration and its log; the same home keeps the data from one start to the next."""
    port: int
    """For clients."""
    controller_port: int
    """For the quorum of one; nobody else connects to it."""
    heap_mb: int = 320
    """Greatest size of Java's heap, in MiB; the process takes about 150 MiB more."""
    lib: Path = KAFKA_LIB
    """Kafka's jars."""

    @property
    def bootstrap_servers(self) -> str:
        """What clients are told."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def properties_file(self) -> Path:
        """The configuration written at each start."""
        return self.home / "server.properties"

    @property
    def data_dir(self) -> Path:
        """Kafka's log directory."""
        return self.home / "data"

    @property
    def log_file(self) -> Path:
        """The broker's own log."""
        return self.home / "broker.log"

    @property
    def output_file(self) -> Path:
        """What Java prints: a crash before the log is open shows here."""
        return self.home / "broker.out"

    def check_ports(self) -> None:
        """Refuse to start where somebody listens already.

        Raises:
            PortInUseError: Names the port.
        """
        check_port(self.port, "TOCSIN_KAFKA_PORT")
        check_port(self.controller_port, "the controller's port")
