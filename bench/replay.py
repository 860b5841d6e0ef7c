"""How long `tocsinctl replay` takes over many reports on a real broker: `python -m bench.replay`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.fixtures.ports import free_ports
from tests.kafka.replayed import Filling, broker_state, mixed, shipped, stricter_edition
from tests.streams.reports import NETWORK
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.topics import apply_topics

_PREFIX = "bench."
_AIM_SECONDS = 60.0


def main(
    *,
    reports: Annotated[int, typer.Option(min=1, help="How many reports lie in the topics.")] = 10_000,
    graded: Annotated[bool, typer.Option(help="Whether their assessments lie there too.")] = True,
) -> None:
    """Fill the topics of a broker of its own, replay another rubric over them, and say how long that took."""
    console = Console(soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        with LocalBroker(folder / "broker", *free_ports(2), die_with_parent=True) as broker:
            apply_topics(broker.bootstrap_servers, _PREFIX)
            console.print(f"Filling the topics with {reports} reports …")
            filling = Filling(broker.bootstrap_servers, _PREFIX)
            filling.reports(mixed(reports), graded_by=shipped() if graded else None)
            filling.close()
            tried = stricter_edition(folder / "tried")
            before = broker_state(broker.bootstrap_servers)
            began = time.monotonic()
            said = _replay(broker, tried, folder)
            seconds = time.monotonic() - began
            untouched = broker_state(broker.bootstrap_servers) == before
    counts = said["counts"]
    console.print(
        f"{counts['reports']} reports replayed in {seconds:.1f} s, the command's start and its JSON included "
        f"({said['seconds']:.1f} s without), on {os.cpu_count()} processors; {counts['changed']} grades would change; "
        f"groups, offsets and topics {'untouched' if untouched else 'CHANGED'}. The aim: {_AIM_SECONDS:g} s for 10,000."
    )
    if counts["reports"] != reports or not untouched or (reports <= 10_000 and seconds > _AIM_SECONDS):
        raise typer.Exit(1)


def _replay(broker: LocalBroker, tried: Path, folder: Path) -> dict[str, dict[str, int]]:
    """As operators run it; what it prints."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("tocsinctl")),
            "replay",
            "--rubric",
            str(tried),
            "--json",
        ],
        env={
            **os.environ,
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "TOCSIN_TOPIC_PREFIX": _PREFIX,
            "TOCSIN_NETWORK_DIR": str(NETWORK),
            "TOCSIN_STATE_DIR": str(folder / "state"),
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    said: dict[str, dict[str, int]] = json.loads(done.stdout)
    return said


if __name__ == "__main__":
    typer.run(main)
