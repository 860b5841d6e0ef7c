"""The supervisor keeps processes alive, and leaves none behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tocsin_deploy.services import Service
from tocsin_deploy.supervision import ProcessStatus, SupervisionError, Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
LIMIT_SECONDS = 20


@pytest.fixture(params=["plain", "with space and 100% of trouble"])
def supervisor(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Supervisor]:
    """A running supervisor with two services that do not run yet."""
    state = tmp_path / request.param
    state.mkdir()
    one = Supervisor(state)
    services = [Service("sleeper", SLEEPER, "sleeps"), Service("echo", (*SLEEPER[:2], "print('a \"b\" 5%')"), "says")]
    one.start(services, os.environ, detach=False)
    yield one
    if one.answers():
        one.stop(["sleeper", "echo"])


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, within bounds."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def sleeper(supervisor: Supervisor) -> ProcessStatus:
    """The service that does nothing for ten minutes."""
    return next(status for status in supervisor.statuses() if status.name == "sleeper")


def test_a_killed_service_is_started_again(supervisor: Supervisor) -> None:
    """What dies is started again without anybody's doing."""
    supervisor.start_service("sleeper")
    first = sleeper(supervisor).pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    until(lambda: sleeper(supervisor).pid not in (None, first) and sleeper(supervisor).state == "RUNNING")


def test_a_command_keeps_its_quotes_and_percent_signs(supervisor: Supervisor, tmp_path: Path) -> None:
    """A service is run word for word, whatever characters its command and its folder hold."""
    supervisor.start_service("echo")

    until(lambda: any('a "b" 5%' in log.read_text() for log in tmp_path.glob("*/log/echo.log")))


def test_stopping_leaves_no_process_and_no_supervisor(supervisor: Supervisor) -> None:
    """After a stop nothing runs, and asking says what to do."""
    supervisor.start_service("sleeper")
    pid = sleeper(supervisor).pid
    assert pid is not None

    supervisor.stop(["sleeper", "echo"])

    assert not psutil.pid_exists(pid)
    assert not supervisor.answers()
    with pytest.raises(SupervisionError, match="tocsinctl up"):
        supervisor.statuses()


def test_a_second_start_is_refused(supervisor: Supervisor) -> None:
    """Two supervisors never share a state folder."""
    with pytest.raises(SupervisionError, match="tocsinctl down"):
        supervisor.start([], os.environ, detach=False)


def test_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    """A state folder may lie deeper than a socket's path may be long."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)

    assert len(str(Supervisor(deep).socket)) <= 107
    assert Supervisor(deep).socket != Supervisor(deep / "f").socket
