"""The local stack: a broker where none was named, the topics, the store, and every service under supervision."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tocsin_alerting.store.schema import upgrade
from tocsin_deploy.broker_probe import broker_answers
from tocsin_deploy.broker_start import prepare_broker
from tocsin_deploy.channels_listed import channels_listed
from tocsin_deploy.ports import check_port, free_port
from tocsin_deploy.services import BROKER, Service, broker_service, broker_settings, services
from tocsin_deploy.settings import DeploySettings
from tocsin_deploy.supervision import ProcessStatus, SupervisionError, Supervisor
from tocsin_deploy.topics import apply_topics

_BROKER_SECONDS = 90
_SERVICES_SECONDS = 90
Say = Callable[[str], None]


class StackError(RuntimeError):
    """The stack did not come up; the message says which part and where to look."""


class LocalStack:
    """Everything on this machine, for one state folder."""

    def __init__(self, settings: DeploySettings) -> None:
        self._settings = settings
        self._supervisor = Supervisor(settings.state)

    @property
    def names(self) -> list[str]:
        """What runs, in the order of a report's way."""
        own = [BROKER] if self._settings.runs_own_broker else []
        return own + [service.name for service in self._services()]

    def _services(self) -> tuple[Service, ...]:
        return services(channels_listed(self._settings.network_dir))

    def up(self, say: Say, *, detach: bool) -> None:
        """Start everything, and return when all of it is ready.

        Args:
            say: told of each step, in one line.
            detach: whether the stack outlives this process.

        Raises:
            SupervisionError, StackError, PortInUseError, TopicError, MissingToolError, RuntimeError: with what to do.
        """
        settings = self._settings
        if self._supervisor.answers():
            raise SupervisionError(f"the stack of {settings.state} runs already: `tocsinctl down` first")
        _check_network(settings.network_dir)
        for port, setting in ((settings.web_port, "TOCSIN_WEB_PORT"), (settings.door_port, "TOCSIN_DOOR_PORT")):
            check_port(port, setting)
        environment = settings.service_environment()
        managed: list[Service] = list(self._services())
        if settings.runs_own_broker:
            broker = broker_settings(settings, controller_port=free_port())
            broker.check_ports()
            prepare_broker(broker)
            managed.insert(0, broker_service(broker))
        self._supervisor.start(managed, environment, detach=detach)
        try:
            self._start(say)
        except BaseException:
            self.down()
            raise

    def _start(self, say: Say) -> None:
        settings = self._settings
        if settings.runs_own_broker:
            say(f"starting Kafka on {settings.bootstrap_servers}")
            self._supervisor.start_service(BROKER)
        self._wait(
            lambda: broker_answers(settings.bootstrap_servers),
            _BROKER_SECONDS,
            f"no broker answers at {settings.bootstrap_servers}: see {settings.logs_dir / 'broker.log'}",
        )
        applied = apply_topics(settings.bootstrap_servers, settings.topic_prefix)
        say("topics: " + ", ".join(f"{topic.name} {topic.action}" for topic in applied))
        upgrade(settings.store_url())
        say(f"store: {'SQLite' if settings.store_url().startswith('sqlite') else 'PostgreSQL'}, schema up to date")
        for service in self._services():
            self._supervisor.start_service(service.name)
        self._wait(
            self.ready, _SERVICES_SECONDS, f"not every service came up: `tocsinctl status`, logs in {settings.logs_dir}"
        )
        say("all services run")

    def ready(self) -> bool:
        """Whether every process runs and the two HTTP services answer."""
        if any(status.state != "RUNNING" for status in self.statuses()):
            return False
        return answers(f"{self._settings.local_web_url}/healthz") and answers(f"{self._settings.door_url}/healthz")

    def statuses(self) -> list[ProcessStatus]:
        """The processes, as they are, in the order of a report's way."""
        by_name = {status.name: status for status in self._supervisor.statuses()}
        return [by_name[name] for name in self.names if name in by_name]

    def is_up(self) -> bool:
        """Whether its supervisor runs."""
        return self._supervisor.answers()

    def supervisor_ended(self) -> bool:
        """Whether the supervisor that this process started has ended under it."""
        return self._supervisor.process_ended()

    def down(self) -> None:
        """Stop everything in order: the services, then the broker."""
        self._supervisor.stop([name for name in self.names if name != BROKER])

    def _wait(self, condition: Callable[[], bool], seconds: float, failure: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if self._supervisor.process_ended():
                raise StackError("the supervisor ended: see supervisord.log in the state folder's log/")
            if time.monotonic() > deadline:
                raise StackError(failure)
            time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether an HTTP service answers a health check with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _check_network(folder: Path) -> None:
    if not folder.is_dir():
        raise StackError(f"{folder.absolute()} is no folder: set TOCSIN_NETWORK_DIR to the network's files")
