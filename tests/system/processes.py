"""One service as a process of its own, which tests may end at any instruction."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

from tocsin_deploy.services import Service

_TAIL_LINES = 25


class ServiceProcess:
    """Starts a service as the supervisor does, and ends it as people, machines and kernels do."""

    def __init__(self, service: Service, *, environment: dict[str, str], log: Path, folder: Path) -> None:
        self.service = service
        self.log = log
        self._environment = environment
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = False

    @property
    def name(self) -> str:
        """The service's name."""
        return self.service.name

    @property
    def pid(self) -> int | None:
        """The process, while it lives."""
        return self._process.pid if self._process is not None and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether it lives; it need not be ready."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """How it ended the last time; negative for a signal."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it; whatever it says is added to its log."""
        if self.is_running:
            raise AssertionError(f"{self.name} runs already")
        command = list(self.service.command)
        setpriv = shutil.which("setpriv")
        if setpriv is not None:
            # Gone with us, should pytest be killed.
            command = [setpriv, "--pdeathsig", "KILL", "--", *command]
        self._asked = False
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at any instruction (`kill -9`)."""
        self._send(signal.SIGKILL)
        self._wait(10)

    def terminate(self) -> int:
        """Ask it to stop in order (SIGTERM), as long as the supervisor would wait; the exit status."""
        self._send(signal.SIGTERM)
        return self._wait(self.service.stop_seconds)

    def ask_to_stop(self) -> None:
        """SIGTERM, once: a second one means `at once`. `stop` waits."""
        if self._process is not None and self.is_running and not self._asked:
            self._process.send_signal(signal.SIGTERM)
            self._asked = True

    def stop(self) -> str | None:
        """Wait until it has obeyed SIGTERM, by whatever means it takes; what is to be complained of, if anything is."""
        self.ask_to_stop()
        if self._process is None:
            return None
        try:
            status = self._wait(self.service.stop_seconds)
        except AssertionError as error:
            self.kill()
            return str(error)
        return None if status in {0, -signal.SIGKILL} else f"{self.name} ended with status {status}\n{self.tail()}"

    def said(self) -> str:
        """All it has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def tail(self, lines: int = _TAIL_LINES) -> str:
        """The end of its log."""
        return "\n".join(self.said().splitlines()[-lines:])

    def _send(self, number: signal.Signals) -> None:
        if self._process is None or not self.is_running:
            raise AssertionError(f"{self.name} does not run (status {self.exit_status})\n{self.tail()}")
        self._process.send_signal(number)

    def _wait(self, seconds: float) -> int:
        assert self._process is not None
        began = time.monotonic()
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            waited = time.monotonic() - began
            raise AssertionError(f"{self.name} has not ended after {waited:.0f} s\n{self.tail()}") from None
