"""A real Kafka of one's own: a single KRaft node on the loopback, for the local stack and for tests."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import string
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tocsin_deploy.broker_probe import broker_answers
from tocsin_deploy.toolchain import KAFKA_DIR, KAFKA_LIB, find_java, kafka_classpath

__all__ = [
    "BrokerError",
    "BrokerSettings",
    "LocalBroker",
    "PortInUseError",
    "broker_command",
    "broker_environment",
    "check_ports",
    "prepare_broker",
]

LOOPBACK = "127.0.0.1"
_FORMAT_SECONDS = 60
_POLL_SECONDS = 0.05
_LOG_TAIL_LINES = 12


class BrokerError(RuntimeError):
    """The local broker could not be started or did not stay up; the message says why and what to do."""


class PortInUseError(BrokerError):
    """Somebody else listens on a port the broker was given."""

    def __init__(self, port: int, setting: str) -> None:
        self.port = port
        super().__init__(f"port {port} on {LOOPBACK} is in use: stop what listens there, or choose another ({setting})")


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


def broker_command(settings: BrokerSettings) -> list[str]:
    """The command that runs the broker in the foreground until SIGTERM, after `prepare_broker`.

    Raises:
        MissingToolError: Java or Kafka's jars are not there.
    """
    return [*_java(settings, heap_mb=settings.heap_mb), "kafka.Kafka", str(settings.properties_file)]


def broker_environment() -> dict[str, str]:
    """The environment for `broker_command`: this process's, without what would change the broker behind our back."""
    changed = {"CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"}
    return {name: value for name, value in os.environ.items() if name not in changed}


def check_ports(settings: BrokerSettings) -> None:
    """Refuse to start where somebody listens already.

    Raises:
        PortInUseError: Names the port.
    """
    for port, setting in (
        (settings.port, "TOCSIN_KAFKA_PORT"),
        (settings.controller_port, "the controller's port"),
    ):
        with socket.socket() as probe:
            # As Kafka binds: a connection that lingers from the last run is no obstacle, a listener is.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError as error:
                raise PortInUseError(port, setting) from error


def prepare_broker(settings: BrokerSettings) -> None:
    """Write the configuration and, the first time, format the storage; cluster id and data survive later calls.

    Raises:
        MissingToolError: Java or Kafka's jars are not there.
        BrokerError: Formatting failed; the message holds Kafka's words.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    template = string.Template((KAFKA_DIR / "server.properties").read_text(encoding="utf-8"))
    settings.properties_file.write_text(
        template.substitute(
            port=settings.port, controller_port=settings.controller_port, data_dir=settings.data_dir.resolve()
        ),
        encoding="utf-8",
    )
    if (settings.data_dir / "meta.properties").exists():
        return
    command = [
        *_java(settings, heap_mb=128),
        *("kafka.tools.StorageTool", "format", "--ignore-formatted"),
        *("--cluster-id", _cluster_id(settings.home), "--config", str(settings.properties_file)),
    ]
    done = subprocess.run(  # noqa: S603 - a command of our own
        command, env=broker_environment(), capture_output=True, text=True, timeout=_FORMAT_SECONDS, check=False
    )
    if done.returncode != 0:
        raise BrokerError(f"Kafka could not format {settings.data_dir} (it needs Java 17 or later): {done.stderr}")


def _java(settings: BrokerSettings, *, heap_mb: int) -> list[str]:
    return [
        str(find_java()),
        f"-Xmx{heap_mb}m",
        "-Xms64m",
        "-XX:+UseSerialGC",
        # Half the time to be ready and less memory; a loopback broker never runs long or hot enough to miss C2.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        f"-Dtocsin.broker.home={settings.home.resolve()}",
        f"-Dlog4j2.configurationFile={KAFKA_DIR / 'log4j2.properties'}",
        "-cp",
        kafka_classpath(settings.lib),
    ]


def _cluster_id(home: Path) -> str:
    """This home's cluster id, chosen once; written before formatting, so that a format cut short is taken up again."""
    file = home / "cluster-id"
    if not file.exists():
        file.write_text(_new_cluster_id(), encoding="ascii")
    return file.read_text(encoding="ascii")


def _new_cluster_id() -> str:
    # Kafka writes its ids in URL-safe base64 and takes one that begins with a dash for an option.
    while (chosen := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")).startswith("-"):
        pass
    return chosen


class LocalBroker:
    """A broker that this process starts and stops."""

    def __init__(
        self,
        home: Path,
        port: int,
        controller_port: int,
        *,
        heap_mb: int = 320,
        lib: Path = KAFKA_LIB,
        die_with_parent: bool = False,
    ) -> None:
        """Nothing runs yet.

        Args:
            home: Keeps data, configuration and log from one start to the next.
            port: For clients, on the loopback.
            controller_port: For the quorum of one, on the loopback.
            heap_mb: Greatest size of Java's heap, in MiB.
            lib: Kafka's jars.
            die_with_parent: Let the kernel stop the broker when the thread that started it is gone (Linux; for tests,
                which may be killed). Start it from the main thread then.
        """
        self.settings = BrokerSettings(home=home, port=port, controller_port=controller_port, heap_mb=heap_mb, lib=lib)
        self._die_with_parent = die_with_parent
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """What clients are told."""
        return self.settings.bootstrap_servers

    @property
    def pid(self) -> int | None:
        """The broker's process, while it runs."""
        return self._process.pid if self.is_running and self._process else None

    @property
    def is_running(self) -> bool:
        """Whether the process lives; it may not be ready yet."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start the process, formatting its storage the first time; returns at once (see `wait_ready`).

        Raises:
            MissingToolError: Java or Kafka's jars are not there.
            PortInUseError: Somebody listens on one of the two ports.
            BrokerError: It runs already, or its storage could not be formatted.
        """
        if self.is_running:
            raise BrokerError(f"the broker in {self.settings.home} runs already: stop it first")
        check_ports(self.settings)
        prepare_broker(self.settings)
        command = broker_command(self.settings)
        setpriv = shutil.which("setpriv") if self._die_with_parent else None
        if setpriv is not None:
            command = [setpriv, "--pdeathsig", "TERM", "--", *command]
        with self.settings.output_file.open("ab") as output:
            # A session of its own: Ctrl-C in the terminal is for whoever owns the broker, who then stops it in order.
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own
                command,
                env=broker_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self

    def wait_ready(self, timeout_seconds: float = 60) -> Self:
        """Wait until the broker takes requests.

        Raises:
            BrokerError: It ended, or did not answer in time; the message holds the end of its log.
        """
        deadline = time.monotonic() + timeout_seconds
        while not broker_answers(self.bootstrap_servers):
            if not self.is_running:
                code = self._process.returncode if self._process else None
                raise BrokerError(f"the broker is not running (exit status {code}). {self._last_words()}")
            if time.monotonic() > deadline:
                raise BrokerError(f"the broker did not answer within {timeout_seconds:g} s. {self._last_words()}")
            time.sleep(_POLL_SECONDS)
        return self

    def stop(self, timeout_seconds: float = 20) -> int | None:
        """Stop in order, and kill what has not ended in time.

        Returns:
            The exit status, which is 143 when Java obeyed SIGTERM; None if the broker never ran.
        """
        if self._process is None:
            return None
        if self.is_running:
            self._process.terminate()
        try:
            return self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int | None:
        """End the broker at any instruction, as a crash would; the exit status, None if it never ran."""
        if self._process is None:
            return None
        if self.is_running:
            self._process.send_signal(signal.SIGKILL)
        return self._process.wait()

    def __enter__(self) -> Self:
        try:
            return self.start().wait_ready()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _last_words(self) -> str:
        files = (self.settings.output_file, self.settings.log_file)
        lines = [line for file in files if file.exists() for line in _tail(file)]
        return f"The end of {self.settings.log_file}:\n" + "\n".join(lines)


def _tail(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_TAIL_LINES:]
