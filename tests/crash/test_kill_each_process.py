"""Every process is killed, then asked to stop, then the broker restarts: nothing is lost, nothing is told twice."""

from __future__ import annotations

import gc
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Select, func, select

from tests.crash import accounts
from tests.crash.accounts import Death
from tests.crash.traffic import Traffic, plan
from tests.fixtures.kafka import require_kafka
from tests.fixtures.ports import free_ports
from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.harness import SENDGRID_KEY, SLACK_TOKEN, System
from tests.system.network import make_network, member_ids
from tests.system.people import answer_by_api
from tocsin_alerting.store.tables import AlertRow, OutboxRow, ReportRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.stack import answers
from tocsin_schemas import system_clock

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.crash,
    # Kafka's client leaves a socket to the garbage collector for each connection that a dead broker refuses.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]

MEMBERS = member_ids(24)
BY_DOOR = set(MEMBERS[-4:])
PROCESSES = ("door", "grade", "desk", "relay", "notify-slack", "notify-email", "web")


@pytest.fixture(autouse=True)
def _sockets_collected() -> Iterator[None]:
    """The sockets that Kafka's client has left behind are collected while their warning is ignored, not later.

    Its log lines hold on to its connections, and pytest to the lines.
    """
    lines = logging.getLogger("kafka")
    before = lines.level
    lines.setLevel(logging.CRITICAL)
    yield
    lines.setLevel(before)
    gc.collect()


class Storm:
    """A system with reports flowing through it, and what was done to it."""

    def __init__(
        self, folder: Path, broker: LocalBroker, database_url: str, slack: SlackStandIn, sendgrid: SendGridStandIn
    ) -> None:
        self.broker = broker
        self.slack = slack
        self.sendgrid = sendgrid
        self.deaths: list[Death] = []
        self.system = System(
            folder=folder / "system",
            bootstrap_servers=broker.bootstrap_servers,
            topic_prefix=f"storm{uuid.uuid4().hex[:8]}.",
            network_dir=make_network(folder / "network", members=len(MEMBERS)),
            database_url=database_url,
            slack_url=slack.api_url,
            sendgrid_url=sendgrid.url,
            supervised=True,
        )

    def run(self, reports: int, blows: list[Callable[[], str]]) -> None:
        """Let reports flow in as many stretches as there are blows, strike in the middle of each, and let all end.

        Args:
            reports: how many.
            blows: each strikes, and gives the name of what must go on afterwards.
        """
        planned = plan(reports, MEMBERS)
        traffic = Traffic(self.system, planned, by_door=BY_DOOR)
        traffic.start()
        try:
            for number, strike in enumerate(blows, start=1):
                end = reports * number // len(blows)
                traffic.allow(end)
                self._wait_for_flow(traffic, (traffic.handed_over + end) // 2)
                self._goes_on(strike())
            traffic.finish(within=60)
        finally:
            traffic.close()
        good = {report.event_id for report in planned if report.part != "broken"}
        self.system.eventually(lambda: accounts.taken(self.system) >= good, "every report is in an alert", within=60)
        self.system.eventually(lambda: accounts.is_quiet(self.system), "everything has been told", within=60)
        accounts.check_reports(self.system, planned)
        accounts.check_alerts(self.system, planned)
        repeated = accounts.check_deliveries(self.system, self.slack, self.sendgrid, self.deaths)
        print(f"repeated across a death: {repeated}; ended by themselves: {self.system.deaths}")
        accounts.check_invariants(self.system)

    def _wait_for_flow(self, traffic: Traffic, goal: int) -> None:
        self.system.eventually(lambda: traffic.handed_over >= goal, f"{goal} reports are on their way", within=60)

    def kill(self, name: str) -> Callable[[], str]:
        """A blow: `kill -9`, and started again."""

        def strike() -> str:
            before = len(self._starts(name))
            self.system.kill(name)
            gone = time.monotonic()
            self.system.restart(name)
            if name.startswith("notify-"):
                self.system.eventually(lambda: len(self._starts(name)) > before, f"{name} works again", within=60)
                ago = (system_clock() - self._starts(name)[before]).total_seconds()
                self.deaths.append(Death(name, gone, successor_at=time.monotonic() - ago))
            return name

        return strike

    def _starts(self, name: str) -> list[datetime]:
        """When each process of this name has begun to work, by its own word."""
        lines = (json.loads(line) for line in self.system.processes[name].said().splitlines() if '"starting"' in line)
        return [datetime.fromisoformat(line["timestamp"]) for line in lines]

    def terminate(self, name: str) -> Callable[[], str]:
        """A blow: SIGTERM, obeyed in order, and started again."""

        def strike() -> str:
            status = self.system.terminate(name)

            assert status == 0, f"{name} ended with status {status}\n{self.system.processes[name].tail()}"

            self.system.restart(name)
            return name

        return strike

    def restart_broker(self) -> str:
        """A blow: the broker stops and comes back, with all services running."""
        self.broker.stop()
        self.broker.start().wait_ready()
        return "notify-slack"

    def _goes_on(self, name: str) -> None:
        """Wait until a process works again, by what only it does."""
        if name == "door":
            self.system.eventually(lambda: answers(f"{self.system.door_url}/healthz"), "the door answers", within=60)
            return
        before = self._done_by(name)
        self.system.eventually(lambda: self._done_by(name) > before, f"{name} works again", within=60)

    def _done_by(self, name: str) -> int:
        if name == "web":
            return self._answer_one()
        counted = {
            "grade": select(func.count()).select_from(ReportRow),
            "desk": select(func.count()).select_from(ReportRow),
            "relay": select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_not(None)),
            "notify-slack": _sent("slack"),
            "notify-email": _sent("email"),
        }[name]
        with self.system.read() as session:
            return session.scalar(counted) or 0

    def _answer_one(self) -> int:
        """Answer an open alert; how many answers stand now, 0 while the web service is away."""
        if not answers(f"{self.system.web_url}/healthz"):
            return 0
        with self.system.read() as session:
            alert, institute = session.execute(
                select(ResponseRow.alert_id, ResponseRow.institute)
                .join(AlertRow, AlertRow.id == ResponseRow.alert_id)
                .where(ResponseRow.answer.is_(None), ResponseRow.ladder == "slow", AlertRow.state == "open")
                # The oldest: what is to be taken back soon is not among them.
                .order_by(AlertRow.raised_at)
                .limit(1)
            ).one()
        status, said = answer_by_api(self.system, alert, institute)

        assert (status, said["outcome"]) == (201, "counted")

        with self.system.read() as session:
            return session.scalar(select(func.count()).where(ResponseRow.answer.is_not(None))) or 0


def _sent(channel: str) -> Select[int]:
    return select(func.count()).where(DeliveryRow.channel == channel, DeliveryRow.outcome == "sent")


@contextmanager
def storm(folder: Path, database_url: str) -> Iterator[Storm]:
    """A running system over a broker of its own, which may be restarted."""
    require_kafka()
    port, controller_port = free_ports(2)
    with (
        LocalBroker(folder / "broker", port, controller_port, die_with_parent=True) as broker,
        SlackStandIn(token=SLACK_TOKEN) as slack,
        SendGridStandIn(key=SENDGRID_KEY) as sendgrid,
    ):
        ready = Storm(folder, broker, database_url, slack, sendgrid)
        try:
            ready.system.start()
            yield ready
        finally:
            complaints = ready.system.stop()
    assert not complaints, "\n".join(complaints)


@pytest.mark.timeout(400)
def test_500_reports_survive_the_death_of_every_process_and_of_the_broker(tmp_path: Path) -> None:
    """All are accounted for; no alert is raised twice; a message is repeated only across its notifier's death."""
    with storm(tmp_path, f"sqlite:///{tmp_path / 'tocsin.db'}") as running:
        blows = [running.kill(name) for name in PROCESSES] + [running.terminate(name) for name in PROCESSES]
        running.run(500, [*blows, running.restart_broker])


@pytest.mark.postgres
@pytest.mark.timeout(400)
def test_the_same_holds_on_postgresql(tmp_path: Path, postgres_database: str) -> None:
    """Half as many reports, and the processes that write to the store."""
    with storm(tmp_path, postgres_database) as running:
        writers = ("desk", "relay", "notify-slack", "notify-email", "web")
        running.run(200, [running.kill(name) for name in writers])
