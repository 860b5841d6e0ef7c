"""A real Kafka of one's own: a single KRaft node on the loopback, for the local stack and for tests."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from tocsin_deploy.broker_probe import broker_answers
from tocsin_deploy.broker_settings import BrokerSettings
from tocsin_deploy.broker_start import BrokerError, broker_command, broker_environment, prepare_broker
from tocsin_deploy.toolchain import KAFKA_LIB

_POLL_SECONDS = 0.05
_LOG_TAIL_LINES = 12


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
        self.settings.check_ports()
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
