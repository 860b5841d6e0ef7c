"""The process: it starts, says why it does not, and stops when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.ports import free_ports
from tocsin_schemas import Purpose, Tokens

_NETWORK = Path(__file__).resolve().parents[3] / "deploy" / "network"
_KEY = "a key that is long enough for tests"
_SECONDS = 60


def _environment(folder: Path, port: int, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return {
        **kept,
        "TOCSIN_STATE_DIR": str(folder),
        "TOCSIN_NETWORK_DIR": str(_NETWORK),
        "TOCSIN_SECRET_KEYS": _KEY,
        "TOCSIN_WEB_PORT": str(port),
        **settings,
    }


def _run(environment: dict[str, str], **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tocsin_alerting.web"], env=environment, stderr=subprocess.PIPE, text=True, **options
    )


def _wait_for(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"the service did not come up: {process.communicate()[1]}")
            time.sleep(0.1)
        else:
            return


@pytest.mark.usefixtures("sqlite_store_url")
@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop_and_logs_no_token(tmp_path: Path, with_signal: int) -> None:
    """SIGTERM and SIGINT end it with status 0; its log is JSON and holds neither tokens nor addresses of pages."""
    (port,) = free_ports(1)
    token = Tokens([_KEY]).issue(Purpose.ANSWER_LINK, {"d": "x", "a": "x", "c": "x"})
    operator = Tokens([_KEY]).issue(Purpose.OPERATOR, {})
    process = _run(_environment(tmp_path, port))
    _wait_for(f"http://127.0.0.1:{port}/healthz", process)
    statuses = []
    for path in (f"/a/{token}", f"/sign-in?token={operator}"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as reply:
                statuses.append(reply.status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()
    process.send_signal(with_signal)
    _, log = process.communicate(timeout=_SECONDS)
    lines = [json.loads(line) for line in log.splitlines()]

    assert process.returncode == 0
    assert statuses == [404, 200]
    assert lines[-1]["event"] == "stopped"
    assert {line["service"] for line in lines if "service" in line} == {"web"}
    assert token not in log
    assert operator not in log


@pytest.mark.usefixtures("sqlite_store_url")
@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"TOCSIN_SECRET_KEYS": ""}, "TOCSIN_SECRET_KEYS"),
        ({"TOCSIN_NETWORK_DIR": "nowhere"}, "TOCSIN_NETWORK_DIR"),
        ({"TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY": "x"}, "TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY"),
        ({"TOCSIN_WEB_PORT": "many"}, "web_port"),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(tmp_path: Path, settings: dict[str, str], word: str) -> None:
    """It does not start half."""
    (port,) = free_ports(1)
    process = _run(_environment(tmp_path, port, **settings))
    _, log = process.communicate(timeout=_SECONDS)

    assert process.returncode not in {0, None}
    assert word in log
    assert "Traceback" not in log


def test_an_old_store_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    """A service never writes into a schema that it does not know."""
    (port,) = free_ports(1)
    process = _run(_environment(tmp_path, port))
    _, log = process.communicate(timeout=_SECONDS)

    assert process.returncode == 2
    assert "tocsinctl db upgrade" in log


@pytest.mark.usefixtures("sqlite_store_url")
def test_a_port_that_is_taken_ends_it(tmp_path: Path) -> None:
    """A supervisor sees the failure, with the reason in the log."""
    (port,) = free_ports(1)
    first = _run(_environment(tmp_path, port))
    _wait_for(f"http://127.0.0.1:{port}/healthz", first)
    second = _run(_environment(tmp_path, port))
    _, log = second.communicate(timeout=_SECONDS)
    first.terminate()
    first.communicate(timeout=_SECONDS)

    assert second.returncode not in {0, None}
    assert "address already in use" in log
