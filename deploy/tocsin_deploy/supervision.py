"""Keeps the services alive: supervisord, configured for them and spoken to over its own socket."""

from __future__ import annotations

import configparser
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from tocsin_deploy.private_folder import private_folder
from tocsin_deploy.services import Service

_SOCKET_PATH_LIMIT = 100
"""A Unix socket's path may have about 107 bytes."""
_START_SECONDS = 15


class SupervisionError(RuntimeError):
    """The supervisor could not be started or does not answer; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """What the supervisor knows of one process."""

    name: str
    state: str
    """supervisord's word: RUNNING, STARTING, BACKOFF, STOPPED, EXITED, FATAL."""
    pid: int | None
    since: int
    """Seconds since the epoch at which it entered this state."""
    description: str


class Supervisor:
    """The supervisord of one state folder."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid_file(self) -> Path:
        """Where the supervisor's pid is kept while it runs."""
        return self._state / "run" / "supervisord.pid"

    @property
    def socket(self) -> Path:
        """Where it listens; in the temporary folder where the state folder's path is too long for a socket."""
        path = self._state / "run" / "supervisor.sock"
        if len(str(path)) <= _SOCKET_PATH_LIMIT:
            return path
        digest = sha256(str(self._state).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tocsin-{digest}.sock"

    def answers(self) -> bool:
        """Whether it runs."""
        try:
            self._call("getState")
        except SupervisionError:
            return False
        return True

    def start(self, services: Sequence[Service], environment: Mapping[str, str], *, detach: bool) -> None:
        """Start supervisord with these services configured and none of them running.

        Args:
            services: what it may be asked to run.
            environment: for all of them; secrets stay out of the configuration file that way.
            detach: whether it outlives this process.

        Raises:
            SupervisionError: it runs already, or did not come up.
        """
        if self.answers():
            raise SupervisionError(f"the stack of {self._state} runs already: `tocsinctl down` first")
        private_folder(self._state)
        for name in ("run", "log"):
            (self._state / name).mkdir(exist_ok=True)
        configuration = self._state / "run" / "supervisord.conf"
        self._write(configuration, services)
        command = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "-c", str(configuration)]
        setpriv = None if detach else shutil.which("setpriv")
        if setpriv is not None:
            # Should this process be killed outright, the kernel tells supervisord, which stops everything in order.
            command = [setpriv, "--pdeathsig", "TERM", "--", *command]
        with (self._state / "log" / "supervisord.out").open("ab") as output:
            # A session of its own: Ctrl-C reaches this process alone, which then stops the services in order.
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own
                command,
                env=dict(environment),
                cwd=self._state,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SupervisionError(f"the supervisor did not start: see {self._state / 'log' / 'supervisord.out'}")
            time.sleep(0.05)

    def start_service(self, name: str) -> None:
        """Start one service; from then on it is started again whenever it dies."""
        self._call("startProcess", name, False)

    def statuses(self) -> list[ProcessStatus]:
        """All services, as they are."""
        found: list[dict[str, Any]] = self._call("getAllProcessInfo")
        return [
            ProcessStatus(
                name=info["name"],
                state=info["statename"],
                pid=info["pid"] or None,
                since=info["start"] if info["statename"] == "RUNNING" else info["stop"],
                description=info["description"],
            )
            for info in found
        ]

    def stop(self, before: Sequence[str], timeout_seconds: float = 60) -> None:
        """Stop everything and the supervisor itself.

        Args:
            before: the services that stop first, all at once; when they have ended, the rest (a broker) follows.
            timeout_seconds: how long each half may take.
        """
        for name in before:
            # Not running, or no supervisor: nothing to stop.
            with contextlib.suppress(SupervisionError, xmlrpc.client.Fault):
                self._call("stopProcess", name, False)
        deadline = time.monotonic() + timeout_seconds
        while self._any_runs(before) and time.monotonic() < deadline:
            time.sleep(0.05)
        pid = self._pid()
        # It may be gone already.
        with contextlib.suppress(SupervisionError):
            self._call("shutdown")
        deadline = time.monotonic() + timeout_seconds
        while self._alive(pid):
            if time.monotonic() > deadline:
                raise SupervisionError(f"the supervisor (pid {pid}) did not stop within {timeout_seconds:g} s")
            time.sleep(0.05)

    def _any_runs(self, names: Sequence[str]) -> bool:
        with contextlib.suppress(SupervisionError):
            return any(status.pid is not None for status in self.statuses() if status.name in names)
        return False

    def process_ended(self) -> bool:
        """Whether the supervisor that this object started has ended."""
        return self._process is not None and self._process.poll() is not None

    def _pid(self) -> int | None:
        try:
            return int(self.pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def _alive(self, pid: int | None) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return pid is not None and Path(f"/proc/{pid}").exists()

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        # The host is not used: the transport speaks to the socket.
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except (OSError, HTTPException, xmlrpc.client.ProtocolError) as error:
            raise SupervisionError(f"no supervisor answers for {self._state}: start it with `tocsinctl up`") from error
        finally:
            transport.close()

    def _write(self, file: Path, services: Sequence[Service]) -> None:
        # No interpolation: supervisord has its own, with %% for a percent sign.
        configuration = configparser.RawConfigParser()
        log = self._state / "log"
        configuration["unix_http_server"] = {"file": _escaped(str(self.socket)), "chmod": "0700"}
        configuration["rpcinterface:supervisor"] = {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        }
        configuration["supervisord"] = {
            "logfile": _escaped(str(log / "supervisord.log")),
            "logfile_maxbytes": "5MB",
            "logfile_backups": "2",
            "pidfile": _escaped(str(self.pid_file)),
            "silent": "true",
            # Children's children (none of ours has any) and stale sockets are supervisord's to clear away.
            "nocleanup": "true",
            # Topics, store and logs are for their owner's eyes: protected texts lie in them.
            "umask": "077",
        }
        for service in services:
            configuration[f"program:{service.name}"] = {
                "command": _escaped(" ".join(_quoted(part) for part in service.command)),
                "autostart": "false",
                "autorestart": "true",
                # It never gives up: the wait between attempts grows by a second each time.
                "startretries": "1000000",
                "startsecs": "1",
                "stopwaitsecs": str(service.stop_seconds),
                "stopasgroup": "true",
                "killasgroup": "true",
                "redirect_stderr": "true",
                # Below the folder it runs in: an absolute path is expanded twice, which no percent sign survives.
                "stdout_logfile": f"log/{service.name}.log",
                "stdout_logfile_maxbytes": "20MB",
                "stdout_logfile_backups": "2",
            }
        with file.open("w", encoding="utf-8") as target:
            configuration.write(target)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(part: str) -> str:
    escaped = part.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
