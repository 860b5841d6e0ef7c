"""The network with the clock in hand: every service in this process, on the real broker, between the stand-ins.

Services as processes have clocks of their own. Where an hour matters (three in the morning when the clocks change, or
an outage of an hour) desk, relay, notifiers and web run here with one clock, and time passes when the story says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import yaml
from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tests.alerting.web.forms import press
from tests.fixtures.clock import HandClock
from tests.standins import SendGridStandIn, SlackStandIn
from tests.stories.transcript import first_words
from tests.system.network import copy_network
from tests.system.waiting import eventually
from tocsin_alerting.links import answer_link
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.files import load_directory
from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import open_store
from tocsin_alerting.store.schema import upgrade
from tocsin_alerting.store.tables import ChangeRow, OutboxRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.web import create_app
from tocsin_consumers.channels.email import EmailChannel
from tocsin_consumers.channels.slack import SlackChannel
from tocsin_consumers.desk.desk import Desk
from tocsin_consumers.kafka_sink import KafkaSink
from tocsin_consumers.kafka_source import KafkaSource
from tocsin_consumers.notifier.bulletin_composer import BulletinComposer
from tocsin_consumers.notifier.composer import Composer
from tocsin_consumers.notifier.drain import Drain
from tocsin_consumers.notifier.outcome_writer import OutcomeWriter
from tocsin_consumers.notifier.planner import Planner
from tocsin_consumers.relay import Relay
from tocsin_deploy.topics import apply_topics
from tocsin_schemas import (
    ALERTS,
    ASSESSMENT_TYPE,
    ASSESSMENTS,
    Assessment,
    Envelope,
    Tokens,
    load_institutes,
)

TOKEN, KEY, SECRET = "xoxb-1-of-the-stories", "SG.of-the-stories.0123456789", "secret-key-of-the-tests-0123456789"
_WORKERS = 16
_TIMEOUT_SECONDS = 1


class _Pool(ThreadPoolExecutor):
    """Where providers are waited for, all at once; the story goes on when none is waited for any more."""

    def __init__(self) -> None:
        super().__init__(_WORKERS)
        self._open: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it in a thread."""
        self._open.append(super().submit(fn, *args, **kwargs))
        return self._open[-1]

    def settle(self) -> None:
        """Wait for all that was asked for."""
        going, self._open = self._open, []
        wait(going, timeout=60)


class _Notifier:
    """One channel's notifier: its source on the broker, its planner, and its drain with threads."""

    def __init__(self, network: ByHand, name: Channel, channel: Any) -> None:
        self.pool = _Pool()
        directory = network.current
        self.drain = Drain(
            store=network.store,
            directory=directory,
            name=name,
            channel=channel,
            previews=False,
            composer=Composer(
                directory=directory,
                tokens=Tokens([SECRET]),
                public_url="https://tocsin.example",
                mail_from="alerts@tocsin.example",
            ),
            bulletins=BulletinComposer(
                store=network.store,
                directory=directory,
                public_url="https://tocsin.example",
                mail_from="alerts@tocsin.example",
            ),
            writer=OutcomeWriter(owner=f"{name}-story", pause=timedelta(0)),
            owner=f"{name}-story",
            clock=network.clock,
            pool=self.pool,
            workers=_WORKERS,
        )
        self.planner = Planner(
            store=network.store,
            directory=directory,
            channel=name,
            clock=network.clock,
            transact=self.drain.transact,
        )
        self.source = KafkaSource(
            bootstrap_servers=network.servers,
            topics=(ALERTS.name(network.prefix),),
            group=f"{network.prefix}notify-{name}",
            instance="story",
        )
        self.heard: set[tuple[str, int]] = set()

    def hear(self, wanted: int) -> None:
        """Plan every event that has been published."""
        while len(self.heard) < wanted:
            records = self.source.poll(0.2)
            if records:
                self.planner.handle_many(records)
            for record in records:
                event = record.envelope().data
                self.heard.add((str(event["alert"]), int(event["revision"])))
                self.source.done(record)

    def send(self) -> None:
        """Send what is due, until nothing is."""
        self.pool.settle()
        while self.drain.turn():
            self.pool.settle()


class ByHand:
    """A deployment whose time passes only by the story's hand."""

    def __init__(
        self,
        *,
        servers: str,
        prefix: str,
        folder: Path,
        members: Sequence[str],
        start: datetime,
        slack: SlackStandIn,
        sendgrid: SendGridStandIn,
        one_by_one: bool = True,
    ) -> None:
        """Begin it.

        Args:
            servers: the broker.
            prefix: of the topics.
            folder: for the network's files and the store.
            members: who is in the network.
            start: what the clock says.
            slack: where Slack would be.
            sendgrid: where SendGrid would be.
            one_by_one: whether people are told by one channel after the other; otherwise by all at once.
        """
        self.servers, self.prefix, self.slack, self.sendgrid = servers, prefix, slack, sendgrid
        self.clock = HandClock(start)
        files = copy_network(folder / "network", members=members)
        policy = yaml.safe_load((files / "policy.yaml").read_text(encoding="utf-8"))
        for ladder in policy["ladders"]:
            for step in ladder["steps"]:
                step["channels"] = "first" if one_by_one else "each"
        (files / "policy.yaml").write_text(yaml.safe_dump(policy, sort_keys=False), encoding="utf-8")
        institutes = load_institutes(files)
        self.directory = load_directory(files, institutes)
        url = f"sqlite:///{folder / 'tocsin.db'}"
        upgrade(url)
        apply_topics(servers, prefix)
        self.store = open_store(url)
        self.desk = Desk(store=self.store, directory=self.current, clock=self.clock)
        self.reports = KafkaSource(
            bootstrap_servers=servers,
            topics=(ASSESSMENTS.name(prefix),),
            group=f"{prefix}desk",
            instance="story",
        )
        self._sink = KafkaSink(bootstrap_servers=servers, client_id=f"{prefix}story")
        self.notifiers = [
            _Notifier(
                self,
                Channel.SLACK,
                SlackChannel(token=TOKEN, base_url=slack.api_url, clock=self.clock, timeout_seconds=_TIMEOUT_SECONDS),
            ),
            _Notifier(
                self,
                Channel.EMAIL,
                EmailChannel(
                    api_key=KEY,
                    host=sendgrid.url,
                    sender="alerts@tocsin.example",
                    sender_name="Tocsin",
                    clock=self.clock,
                    timeout_seconds=_TIMEOUT_SECONDS,
                ),
            ),
        ]
        self.web = TestClient(
            create_app(
                store=self.store,
                directory=self.current,
                institutes=institutes,
                tokens=Tokens([SECRET]),
                settings=AlertingSettings(
                    database_url=url,
                    network_dir=files,
                    secret_keys=(SecretStr(SECRET),),
                    public_url="https://tocsin.example",
                    sendgrid_webhook_public_key=sendgrid.public_key,
                ),
                clock=self.clock,
            ),
            base_url="https://tocsin.example",
            follow_redirects=False,
        )
        self._stop = Event()
        relay = Relay(
            store=self.store,
            open_sink=lambda: KafkaSink(bootstrap_servers=servers, client_id=f"{prefix}relay"),
            topic_prefix=prefix,
            owner="story",
            clock=self.clock,
            stop=self._stop,
        )
        self._relay = Thread(target=relay.run, name="relay", daemon=True)
        self._relay.start()

    def current(self) -> Any:
        """The directory, as services ask for it."""
        return self.directory

    def report(self, assessment: Assessment) -> None:
        """Grading has graded a report: the desk takes it from the broker."""
        envelope = Envelope(
            id=f"assessed-{assessment.report}",
            source="urn:tocsin:grade",
            type=ASSESSMENT_TYPE,
            subject=assessment.series,
            data=assessment.model_dump(mode="json", exclude_none=True),
        )
        self._sink.send(
            ASSESSMENTS.name(self.prefix), key=assessment.series.encode(), value=envelope.to_json(), headers=[]
        ).wait(20)
        taken = False
        while not taken:
            for record in self.reports.poll(0.2):
                self.desk.handle(record)
                self.reports.done(record)
                taken = True
        self.settle()

    def settle(self) -> None:
        """Everybody looks, at this very instant, until nobody has anything to do."""
        for _ in range(20):
            before = self._state()
            self.desk.unmute()
            self.desk.reach()
            self.desk.escalate()
            self.desk.pass_deadlines()
            self.desk.remind()
            wanted = eventually(self._published, "the relay publishes", within=30)
            for notifier in self.notifiers:
                notifier.hear(wanted - 1)
            for notifier in self.notifiers:
                notifier.send()
            if self._state() == before:
                return
        raise AssertionError("the network does not come to rest")

    def until(self, at: datetime, *, step: timedelta = timedelta(seconds=30)) -> None:
        """Time passes; everybody looks every so often."""
        while self.clock() < at:
            self.clock.set(min(self.clock() + step, at))
            self.settle()

    def hears_from_sendgrid(self, *events: dict[str, Any]) -> Any:
        """SendGrid posts events, signed, in the order given."""
        body, headers = self.sendgrid.signed(list(events), at=int(self.clock().timestamp()))
        reply = self.web.post("/sendgrid/events", content=body, headers=headers)
        assert reply.status_code == 200, reply.text
        self.settle()
        return reply.json()

    def answers(self, contact: str, button: str = "Acknowledge") -> None:
        """Somebody follows the link in the latest message to them and presses the button, as it is called there."""
        row = [one for one in self.rows(contact=contact, outcome="sent") if one.alert_id is not None][-1]
        link = answer_link(
            Tokens([SECRET]),
            public_url="https://tocsin.example",
            delivery_id=row.id,
            alert_id=str(row.alert_id),
            contact_id=contact,
        )
        reply = press(self.web, link.removeprefix("https://tocsin.example"), button)
        assert reply.status_code < 400, reply.text
        self.settle()

    def rows(self, **wanted: Any) -> list[DeliveryRow]:
        """Deliveries with these values, in the order in which they went out."""
        with self.store.read() as session:
            found = list(session.scalars(select(DeliveryRow)).all())
        found.sort(key=lambda row: (row.sent_at or row.created_at, row.revision, row.channel, row.address))
        return [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]

    def transcript(self, zone: Any) -> str:
        """Who was told what and when, by the clock on somebody's wall; changes of the alert between."""
        with self.store.read() as session:
            changes = list(session.scalars(select(ChangeRow)).all())
        said = first_words(self.slack, self.sendgrid)
        lines = [
            (
                change.at,
                f"       {change.revision}. {change.change}: {change.reason} {change.event.get('institute') or ''}",
            )
            for change in changes
        ]
        for row in self.rows():
            at = row.sent_at or row.created_at
            why = f" [{row.outcome_reason}]" if row.outcome_reason else ""
            instead = f" in place of another: {row.stood_in}" if row.stood_in else ""
            word = f"; receipt {row.receipt}" if row.receipt else ""
            what = f"{row.channel} {row.kind} to {row.contact}, {row.reason}"
            words = f"  | {said[row.id]}" if said.get(row.id) else ""
            lines.append((at, f"  {what}: {row.outcome}{why}{instead}{word}{words}"))
        lines.sort(key=lambda line: line[0])
        return "\n".join(f"{at.astimezone(zone):%a %H:%M:%S %Z}{text}" for at, text in lines)

    def close(self) -> None:
        """Take everything down."""
        self._stop.set()
        self._relay.join(timeout=20)
        for notifier in self.notifiers:
            notifier.source.close()
            notifier.pool.shutdown()
        self.reports.close()
        self._sink.close()
        self.web.close()
        self.store.close()

    def _published(self) -> int:
        """One more than the events there are, once all are published; so that none is something too."""
        with self.store.read() as session:
            waiting = session.scalar(select(func.count()).where(OutboxRow.published_at.is_(None)))
            return 0 if waiting else (session.scalar(select(func.count()).select_from(OutboxRow)) or 0) + 1

    def _state(self) -> tuple[Any, ...]:
        with self.store.read() as session:
            return (
                session.scalar(select(func.count()).select_from(OutboxRow)),
                *session.execute(
                    select(DeliveryRow.outcome, func.count(), func.sum(DeliveryRow.attempts)).group_by(
                        DeliveryRow.outcome
                    )
                ).all(),
            )


@contextmanager
def by_hand(*, specs: Path | None, **parts: Any) -> Iterator[ByHand]:
    """A deployment that is taken down again; every payload was one that the providers allow."""
    with SlackStandIn(token=TOKEN, specs=specs) as slack, SendGridStandIn(key=KEY, specs=specs) as sendgrid:
        network = ByHand(slack=slack, sendgrid=sendgrid, **parts)
        try:
            yield network
        finally:
            network.close()
        assert slack.violations == []
        assert sendgrid.violations == []
