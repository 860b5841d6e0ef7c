"""The hook as an institute installs it: in an environment of its own, which has what the distributions declare."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.fixtures.clock import HandClock
from tests.producers.inspect_project import Project
from tests.system.topic_contents import values_in
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import apply_topics
from tocsin_producers import Spool
from tocsin_schemas import FINDINGS, Finding, RunOutcome, from_json, read_report

CHECKOUT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = [f"{CHECKOUT / 'schemas'}", f"{CHECKOUT / 'producers'}[inspect]"]

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter of a fresh environment with `tocsin-producers[inspect]` and what it declares, and no more."""
    home = tmp_path_factory.mktemp("institute") / "venv"
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    venv.EnvBuilder(with_pip=uv is None, symlinks=True).create(home)
    interpreter = str(home / "bin" / "python")
    # Without the workspace's sources, which would link to the checkout: as pip does, and as institutes have it.
    by_uv = [uv, "pip", "install", "--no-sources", "--python", interpreter]
    install = by_uv if uv else [interpreter, "-m", "pip", "install"]
    ended = subprocess.run(
        [*install, "--quiet", *DISTRIBUTIONS],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=800,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return interpreter


@pytest.fixture
def variables(broker: LocalBroker, topic_prefix: str, tmp_path: Path) -> dict[str, str]:
    """The three variables, and what keeps this test apart from others."""
    apply_topics(broker.bootstrap_servers, topic_prefix)
    return {
        "TOCSIN_INSTITUTE": "gb",
        "TOCSIN_TLP": "TLP:AMBER",
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "TOCSIN_TOPIC_PREFIX": topic_prefix,
        "TOCSIN_SPOOL_DIR": str(tmp_path / "spool"),
    }


def test_only_what_institutes_need_is_installed(python: str) -> None:
    """The environment has our two distributions, not the server's, and none of them from the checkout."""
    code = (
        "import importlib.metadata as m, tocsin_producers, tocsin_schemas\n"
        "print(sorted(d.name for d in m.distributions() if d.name.startswith('tocsin')))\n"
        "print(tocsin_producers.__file__, tocsin_schemas.__file__)"
    )
    said = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout

    assert "['tocsin-producers', 'tocsin-schemas']" in said
    assert str(CHECKOUT) not in said


def test_evaluations_of_an_institute_are_published(
    python: str, variables: dict[str, str], tmp_path: Path, clock: HandClock
) -> None:
    """A result and a crash arrive; what a dead broker did not take waits, and `tocsin spool send` delivers it."""
    project = Project(tmp_path / "project", python=python)
    project.evaluate("answering", variables)
    project.evaluate("crashing", variables)
    away = project.evaluate("answering", {**variables, "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"})
    spool = Spool(Path(variables["TOCSIN_SPOOL_DIR"]), clock=clock)
    waited = len(spool.folder.waiting())
    sent = subprocess.run(
        [str(Path(python).with_name("tocsin")), "spool", "send"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    topic = FINDINGS.name(variables["TOCSIN_TOPIC_PREFIX"])
    bodies = [
        read_report(from_json(value)).body for value in values_in(variables["TOCSIN_KAFKA_BOOTSTRAP_SERVERS"], topic)
    ]

    assert away.status == 0, away.said
    assert waited == 1
    assert sent.returncode == 0, sent.stdout
    assert sorted(body.run.outcome for body in bodies if isinstance(body, Finding) and body.run) == [
        RunOutcome.ERROR,
        RunOutcome.SUCCESS,
        RunOutcome.SUCCESS,
    ]
