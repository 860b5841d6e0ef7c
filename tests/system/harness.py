"""The whole system for a test: every service a process of its own on free ports, over a real broker and store."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx2
from sqlalchemy.orm import Session

from tests.fixtures.ports import free_ports
from tests.system.processes import ServiceProcess
from tests.system.topic_contents import values_in
from tests.system.waiting import eventually
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.schema import upgrade
from tocsin_deploy.operator_tokens import institute_token, operator_token
from tocsin_deploy.services import services
from tocsin_deploy.settings import DeploySettings
from tocsin_deploy.stack import answers
from tocsin_deploy.topics import apply_topics
from tocsin_producers import Reporter, Spool
from tocsin_producers.transports.http import HttpTransport
from tocsin_producers.transports.kafka import KafkaTransport
from tocsin_producers.transports.kafka_writer import KafkaWriter
from tocsin_schemas import DeadLetter, from_json, system_clock

SLACK_TOKEN = "xoxb-1-standin"
SLACK_SECRET = "slack-signing-secret-of-the-tests"
SENDGRID_KEY = "SG.standin.key-of-the-tests"
SECRET_KEY = "secret-key-of-the-tests-0123456789"
_READY_SECONDS = 60
T = TypeVar("T")


class System:
    """One deployment of Tocsin, started and stopped by a test."""

    def __init__(
        self,
        *,
        folder: Path,
        bootstrap_servers: str,
        topic_prefix: str,
        network_dir: Path,
        database_url: str,
        slack_url: str,
        sendgrid_url: str,
        sendgrid_public_key: str = "",
        supervised: bool = False,
    ) -> None:
        """Nothing runs yet.

        Args:
            folder: an empty folder for state, spools and logs.
            bootstrap_servers: a running broker.
            topic_prefix: a beginning for topics and groups that no other test has.
            network_dir: the network's files.
            database_url: an empty database.
            slack_url: what stands in for Slack's API.
            sendgrid_url: what stands in for SendGrid's.
            sendgrid_public_key: with which SendGrid's events are verified; empty: they are not set up.
            supervised: start a service again that ends by itself, as the supervisor does, instead of failing the test.
        """
        web_port, door_port = free_ports(2)
        self.folder = folder
        self.bootstrap_servers = bootstrap_servers
        self.topic_prefix = topic_prefix
        self.settings = DeploySettings(
            kafka_bootstrap_servers=bootstrap_servers,
            topic_prefix=topic_prefix,
            network_dir=network_dir,
            state_dir=folder / "state",
            database_url=database_url,
            public_url=f"http://127.0.0.1:{web_port}",
            web_port=web_port,
            door_port=door_port,
            secret_keys=SECRET_KEY,
        )
        self.settings.logs_dir.mkdir(parents=True)
        self.environment = _own(self.settings.service_environment()) | {
            "TOCSIN_TOPIC_PREFIX": topic_prefix,
            "TOCSIN_SLACK_API_URL": slack_url,
            "TOCSIN_SLACK_BOT_TOKEN": SLACK_TOKEN,
            "TOCSIN_SLACK_SIGNING_SECRET": SLACK_SECRET,
            "TOCSIN_SENDGRID_API_URL": sendgrid_url,
            "TOCSIN_SENDGRID_API_KEY": SENDGRID_KEY,
            "TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY": sendgrid_public_key,
        }
        """Of the services, and of an institute's commands."""
        self.processes = {
            service.name: ServiceProcess(
                service,
                environment=self.environment,
                log=self.settings.logs_dir / f"{service.name}.log",
                folder=folder,
            )
            for service in services()
        }
        self.store: Store = open_store(database_url)
        self.deaths: list[tuple[str, int]] = []
        """Services that ended by themselves and were started again, with their exit status."""
        self._supervised = supervised
        self._ended_by_test: set[str] = set()

    @property
    def web_url(self) -> str:
        """Where the web service listens."""
        return self.settings.web_url

    @property
    def door_url(self) -> str:
        """Where the door listens."""
        return self.settings.door_url

    def start(self) -> Self:
        """Make topics and tables, start every service, and wait until all are there."""
        apply_topics(self.bootstrap_servers, self.topic_prefix)
        upgrade(self.settings.store_url())
        for process in self.processes.values():
            process.start()
        self.wait_ready()
        return self

    def wait_ready(self) -> None:
        """Wait until every process lives and the two HTTP services answer."""
        self.eventually(
            lambda: (
                all(process.is_running for process in self.processes.values())
                and answers(f"{self.web_url}/healthz")
                and answers(f"{self.door_url}/healthz")
            ),
            "every service is up",
            within=_READY_SECONDS,
        )

    def stop(self) -> list[str]:
        """Stop everything; what is to be complained of."""
        for process in self.processes.values():
            process.ask_to_stop()
        complaints = [process.stop() for process in self.processes.values()]
        self.store.close()
        return [complaint for complaint in complaints if complaint]

    def eventually(self, look: Callable[[], T | None], what: str, *, within: float = 20) -> T:
        """What `look` gives as soon as it gives something; the services' logs are shown when it does not in time."""

        def checked() -> T | None:
            self.check_alive()
            return look()

        return eventually(checked, what, within=within, explain=self.tails)

    def check_alive(self) -> None:
        """Fail when a service that was started has ended by itself; where supervised, start it again."""
        for process in self.processes.values():
            status = process.exit_status
            if status is None or process.name in self._ended_by_test:
                continue
            if not self._supervised:
                raise AssertionError(f"{process.name} ended by itself with status {status}\n{process.tail()}")
            self.deaths.append((process.name, status))
            process.start()

    def kill(self, name: str) -> None:
        """`kill -9` a service."""
        self._ended_by_test.add(name)
        self.processes[name].kill()

    def terminate(self, name: str) -> int:
        """SIGTERM a service and wait for its end; the exit status."""
        self._ended_by_test.add(name)
        return self.processes[name].terminate()

    def restart(self, name: str) -> None:
        """Start a service that was ended."""
        self.processes[name].start()
        self._ended_by_test.discard(name)

    def tails(self) -> str:
        """The ends of all logs, for a failure's message."""
        return "\n".join(f"--- {process.name} ---\n{process.tail()}" for process in self.processes.values())

    def said(self) -> str:
        """Everything that every service has logged."""
        return "\n".join(process.said() for process in self.processes.values())

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A look into the store."""
        with self.store.read() as session:
            yield session

    def reporter(self, institute: str | None = None, *, spool: bool = False, timeout_seconds: float = 10) -> Reporter:
        """An institute's SDK over Kafka."""
        writer = KafkaWriter(self.bootstrap_servers, timeout_seconds=timeout_seconds)
        return Reporter(
            transport=KafkaTransport(writer, topic_prefix=self.topic_prefix),
            institute=institute,
            spool=self._spool("kafka", institute) if spool else None,
        )

    def door_reporter(self, institute: str, *, spool: bool = False) -> Reporter:
        """An institute's SDK over the HTTP door."""
        transport = HttpTransport(self.door_url, key=self.key_of(institute), clock=system_clock)
        return Reporter(
            transport=transport, institute=institute, spool=self._spool("door", institute) if spool else None
        )

    def _spool(self, way: str, institute: str | None) -> Spool:
        return Spool(self.folder / f"spool-{way}-{institute}", clock=system_clock)

    def key_of(self, institute: str) -> str:
        """An institute's bearer key."""
        return institute_token(self.settings, institute)

    @property
    def operator(self) -> dict[str, str]:
        """The operator's authorisation, as a header."""
        return {"Authorization": f"Bearer {operator_token(self.settings)}"}

    def api(self, path: str, **parameters: Any) -> Any:
        """What the responders' API gives the operator."""
        response = httpx2.get(f"{self.web_url}{path}", headers=self.operator, params=parameters, timeout=20)
        response.raise_for_status()
        return response.json()

    def metrics(self) -> str:
        """The web service's metrics."""
        with urllib.request.urlopen(f"{self.web_url}/metrics", timeout=20) as response:
            return str(response.read().decode())

    def dead_letters(self) -> list[DeadLetter]:
        """All dead letters that are there now."""
        return [DeadLetter.model_validate(from_json(value).data) for value in self.events("dead-letters")]

    def events(self, topic: str) -> list[bytes]:
        """Everything that lies in a topic now, in no order across partitions."""
        return values_in(self.bootstrap_servers, f"{self.topic_prefix}{topic}")


def _own(described: dict[str, str]) -> dict[str, str]:
    """An environment without the settings that whoever runs the tests has made for a deployment of their own."""
    return {
        name: text
        for name, text in described.items()
        if name not in os.environ or os.environ[name] != text or not name.startswith("TOCSIN_")
    }
