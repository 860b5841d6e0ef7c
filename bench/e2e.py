"""Time from publishing a report to the call of the provider, and each process's memory: `python -m bench.e2e`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import func, select

from bench import results
from bench.load import publish
from bench.memory import MemoryWatch
from bench.stages import CHANNELS, find_ways
from tests.fixtures.ports import free_ports
from tests.fixtures.postgres import running_postgres
from tests.system.network import make_network, member_ids
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_deploy.settings import DeploySettings
from tocsin_deploy.stack import LocalStack
from tocsin_producers import Reporter
from tocsin_producers.transports.kafka import KafkaTransport
from tocsin_producers.transports.kafka_writer import KafkaWriter
from tocsin_schemas import system_clock

RESULTS = Path(__file__).resolve().parent / "results"
_WARM_UP_SECONDS = 8.0
_DRAIN_SECONDS = 60.0
_PER_CHANNEL_RATE = 0.25
"""Reports a second for each member, so that Slack's one message a second and channel does not bind."""


def main(
    *,
    rate: Annotated[float, typer.Option(min=0.1, max=500, help="Reports a second.")] = 20.0,
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure.")] = 60.0,
    database: Annotated[str, typer.Option(help="sqlite or postgres.")] = "sqlite",
    keep_logs: Annotated[bool, typer.Option(help="Leave the stack's folder, to read its logs.")] = False,
) -> None:
    """Run the whole stack, publish at a steady rate, and say how long each report took to reach the providers."""
    if database not in {"sqlite", "postgres"}:
        raise typer.BadParameter("is sqlite or postgres", param_hint="--database")
    console = Console(soft_wrap=True)
    members = member_ids(min(676, max(20, round(rate / _PER_CHANNEL_RATE))))
    with ExitStack() as held:
        folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-"))
        if keep_logs:
            console.print(f"logs stay in {folder}/state/log")
        else:
            held.callback(shutil.rmtree, folder)
        url = held.enter_context(_database(database))
        providers = held.enter_context(_providers(folder))
        settings = _settings(folder, members=len(members), database_url=url, providers=providers)
        stack = LocalStack(settings)
        stack.up(lambda line: console.print(f"· {line}", highlight=False), detach=False)
        held.callback(stack.down)
        store = open_store(settings.store_url())
        held.callback(store.close)
        reporter = held.enter_context(_reporter(settings))

        console.print(f"· warming up for {_WARM_UP_SECONDS:g} s")
        warm = publish(reporter, members=members, rate=rate, seconds=_WARM_UP_SECONDS, name="warm")
        _drained(store, len(warm))
        console.print(f"· measuring for {seconds:g} s")
        with MemoryWatch(_pids(stack, settings)) as memory:
            sent = publish(reporter, members=members, rate=rate, seconds=seconds, name="run")
            _drained(store, len(warm) + len(sent))
            taken = memory.taken()
        with store.read() as session:
            found = find_ways(
                sent,
                _calls(providers),
                session,
                bootstrap_servers=settings.bootstrap_servers,
                prefix=settings.topic_prefix,
            )
        run = results.summary(
            found,
            taken=taken,
            most_together_mib=memory.most_together_mib,
            asked={"database": database, "rate": rate, "seconds": seconds, "reports": len(sent)},
            at=system_clock().isoformat(timespec="seconds"),
        )
    results.show(run, console)
    console.print(f"written to {results.write(run, RESULTS)}")
    if run["missing"]:
        raise typer.Exit(1)


def _settings(folder: Path, *, members: int, database_url: str | None, providers: str) -> DeploySettings:
    kafka_port, web_port, door_port = free_ports(3)
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        # Of a deployment of one's own: nothing measured here may reach it.
        del os.environ[name]
    os.environ |= {
        "TOCSIN_STATE_DIR": str(folder / "state"),
        "TOCSIN_NETWORK_DIR": str(make_network(folder / "network", members=members)),
        "TOCSIN_KAFKA_PORT": str(kafka_port),
        "TOCSIN_WEB_PORT": str(web_port),
        "TOCSIN_DOOR_PORT": str(door_port),
        "TOCSIN_SLACK_API_URL": f"{providers}/api/",
        "TOCSIN_SLACK_BOT_TOKEN": "xoxb-1-bench",
        "TOCSIN_SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "TOCSIN_SENDGRID_API_URL": providers,
        "TOCSIN_SENDGRID_API_KEY": "SG.bench.bench",
    }
    if database_url is not None:
        os.environ["TOCSIN_DATABASE_URL"] = database_url
    return DeploySettings()


@contextmanager
def _reporter(settings: DeploySettings) -> Iterator[Reporter]:
    writer = KafkaWriter(settings.bootstrap_servers)
    with Reporter(transport=KafkaTransport(writer, topic_prefix=settings.topic_prefix)) as reporter:
        yield reporter


@contextmanager
def _database(kind: str) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    with running_postgres(durable=True) as url:
        yield f"{url.replace('postgresql://', 'postgresql+psycopg://')}/postgres"


@contextmanager
def _providers(folder: Path) -> Iterator[str]:
    """The stand-ins' address."""
    file = folder / "providers"
    with subprocess.Popen([sys.executable, "-m", "bench.providers", str(file)]) as process:
        try:
            deadline = time.monotonic() + 30
            while not file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the stand-ins for Slack and SendGrid did not start")
                time.sleep(0.05)
            yield file.read_text(encoding="ascii")
        finally:
            process.terminate()


def _calls(providers: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{providers}/calls", timeout=30) as response:
        calls: list[dict[str, Any]] = json.load(response)
    return calls


def _drained(store: Store, reports: int) -> None:
    """Wait until every report's two messages have an outcome, or no longer than a minute: what is missing is shown."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    settled = select(func.count()).where(DeliveryRow.outcome == "sent", DeliveryRow.revision == 1)
    while time.monotonic() < deadline:
        with store.read() as session:
            if (session.scalar(settled) or 0) >= reports * len(CHANNELS):
                return
        time.sleep(0.5)


def _pids(stack: LocalStack, settings: DeploySettings) -> dict[str, int]:
    pids = {status.name: status.pid for status in stack.statuses() if status.pid is not None}
    supervisor = settings.state / "run" / "supervisord.pid"
    return {"supervisor": int(supervisor.read_text(encoding="ascii")), **pids}


if __name__ == "__main__":
    typer.run(main)
