"""Notifiers as processes on a real broker, between a store and the servers that stand in for the providers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from sqlalchemy import select

from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.processes import ServiceProcess
from tests.system.topic_contents import values_in
from tests.system.waiting import eventually
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import open_store
from tocsin_alerting.store.tables import OutboxRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_deploy.broker import LocalBroker
from tocsin_deploy.services import Service
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import ALERTS, DEAD_LETTERS, DeadLetter, from_json, system_clock

TOKEN = "xoxb-1-of-the-tests"
KEY = "SG.of-the-tests.0123456789"


class Notifying:
    """Notifiers, and in place of desk and relay the test's own hands."""

    def __init__(
        self,
        *,
        broker: LocalBroker,
        prefix: str,
        folder: Path,
        database_url: str,
        directory: Directory,
        slack: SlackStandIn,
        sendgrid: SendGridStandIn,
        channels: Sequence[str] = ("slack", "email"),
        **settings: str,
    ) -> None:
        self.servers, self.prefix, self.slack, self.sendgrid = broker.bootstrap_servers, prefix, slack, sendgrid
        apply_topics(self.servers, prefix)
        self.store = open_store(database_url)
        self.desk = Desk(self.store, directory, HandClock(system_clock()))
        self.producer = KafkaProducer(bootstrap_servers=self.servers)
        environment = {
            "PATH": os.environ["PATH"],
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": self.servers,
            "TOCSIN_TOPIC_PREFIX": prefix,
            "TOCSIN_NETWORK_DIR": str(NETWORK_DIR),
            "TOCSIN_STATE_DIR": str(folder),
            "TOCSIN_DATABASE_URL": database_url,
            "TOCSIN_SECRET_KEYS": "secret-key-of-the-tests-0123456789",
            "TOCSIN_PUBLIC_URL": "https://tocsin.example",
            "TOCSIN_SLACK_API_URL": slack.api_url,
            "TOCSIN_SLACK_BOT_TOKEN": TOKEN,
            "TOCSIN_SENDGRID_API_URL": sendgrid.url,
            "TOCSIN_SENDGRID_API_KEY": KEY,
            **settings,
        }
        self.notifiers = {
            name: ServiceProcess(
                Service(f"notify-{name}", (sys.executable, "-m", "tocsin_consumers.notifier", name), "tells people"),
                environment={name: value for name, value in environment.items() if value},
                log=folder / f"notify-{name}.log",
                folder=folder,
            )
            for name in channels
        }
        self._published = 0

    def start(self) -> None:
        """Start them."""
        for notifier in self.notifiers.values():
            notifier.start()

    def starts(self) -> int:
        """How often every one of them has begun to work, by its own word."""
        return min(notifier.said().count('"event": "starting"') for notifier in self.notifiers.values())

    def publish(self) -> None:
        """Put what the desk has written since the last time into the topic of alerts, as the relay does."""
        with self.store.read() as session:
            rows = session.scalars(
                select(OutboxRow).where(OutboxRow.number > self._published).order_by(OutboxRow.number)
            ).all()
        for row in rows:
            self.put(row.key.encode(), row.value.encode())
            self._published = row.number
        self.producer.flush(30)

    def put(self, key: bytes, value: bytes) -> None:
        """Put one message into the topic of alerts."""
        self.producer.send(ALERTS.name(self.prefix), key=key, value=value)

    def rows(self, **wanted: Any) -> list[DeliveryRow]:
        """The deliveries with these values."""
        with self.store.read() as session:
            found = session.scalars(select(DeliveryRow)).all()
        return [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]

    def dead_letters(self) -> list[DeadLetter]:
        """What was refused."""
        values = values_in(self.servers, DEAD_LETTERS.name(self.prefix))
        return [DeadLetter.model_validate(from_json(value).data) for value in values]

    def eventually(self, look: Any, what: str, *, within: float = 60) -> Any:
        """Wait for what must come; a failure shows what the notifiers said."""
        return eventually(
            look, what, within=within, explain=lambda: "\n".join(one.tail() for one in self.notifiers.values())
        )

    def stop(self) -> list[str]:
        """Stop everything; what is to be complained of."""
        complaints = [notifier.stop() for notifier in self.notifiers.values()]
        self.producer.close()
        self.store.close()
        return [complaint for complaint in complaints if complaint]


@contextmanager
def notifying(*, specs: Path, **parts: Any) -> Iterator[Notifying]:
    """A deployment that is taken down again; every payload was one that the providers allow."""
    with SlackStandIn(token=TOKEN, specs=specs) as slack, SendGridStandIn(key=KEY, specs=specs) as sendgrid:
        deployment = Notifying(slack=slack, sendgrid=sendgrid, **parts)
        try:
            yield deployment
        finally:
            complaints = deployment.stop()
        assert complaints == []
        assert slack.violations == []
        assert sendgrid.violations == []
