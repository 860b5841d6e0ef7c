"""A notifier without Kafka and without threads: the desk's events in, messages to a recording channel out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerting.store.desk import Desk
from tests.fakes import InlineExecutor, RecordingChannel
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.tables import OutboxRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_consumers.notifier.bulletin_composer import BulletinComposer
from tocsin_consumers.notifier.composer import Composer
from tocsin_consumers.notifier.drain import Drain
from tocsin_consumers.notifier.outcome_writer import OutcomeWriter
from tocsin_consumers.notifier.planner import Planner
from tocsin_consumers.received import Received
from tocsin_schemas.tokens import Tokens

PAUSE = timedelta(seconds=1)
T = TypeVar("T")


class Notifier:
    """The notifier of one channel, and the desk whose events it reads."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Directory,
        clock: HandClock,
        name: Channel = Channel.SLACK,
        channel: Any = None,
        previews: bool = False,
        owner: str = "test:1",
        workers: int = 16,
        pause: timedelta = PAUSE,
        pool: Executor | None = None,
    ) -> None:
        self.store, self.clock, self.name = store, clock, name
        self.desk = Desk(store, directory, clock)
        self.channel: Any = RecordingChannel() if channel is None else channel
        self.drain = Drain(
            store=store,
            directory=lambda: directory,
            name=name,
            channel=self.channel,
            previews=previews,
            composer=Composer(
                directory=lambda: directory,
                tokens=Tokens(["secret-key-of-the-tests-0123456789"]),
                public_url="https://tocsin.example",
                mail_from="alerts@tocsin.example",
            ),
            bulletins=BulletinComposer(
                store=store,
                directory=lambda: directory,
                public_url="https://tocsin.example",
                mail_from="alerts@tocsin.example",
            ),
            writer=OutcomeWriter(owner=owner, pause=pause),
            owner=owner,
            clock=clock,
            pool=InlineExecutor() if pool is None else pool,
            workers=workers,
        )
        self.planner = Planner(
            store=store, directory=lambda: directory, channel=name, clock=clock, transact=self._write
        )
        self._read = 0

    def _write(self, write: Callable[[Session], T]) -> T:
        """Planning alone, so that a test can look between planning and sending."""
        with self.store.transaction() as session:
            return write(session)

    def hear(self) -> None:
        """Read what the desk has written since the last time."""
        for number, value in self._unheard():
            self.planner.handle(received(value))
            self._read = number

    def hear_together(self) -> None:
        """Read it in one go, as when it has waited; it can be read again."""
        self.planner.handle_many([received(value) for _, value in self._unheard()])

    def _unheard(self) -> list[tuple[int, str]]:
        with self.store.read() as session:
            rows = session.execute(
                select(OutboxRow.number, OutboxRow.value)
                .where(OutboxRow.number > self._read)
                .order_by(OutboxRow.number)
            )
            return [(number, value) for number, value in rows]

    def send(self) -> None:
        """Send everything that is due now, and record what came of it."""
        for _ in range(200):
            if not self.drain.turn():
                return
        raise AssertionError("the queue does not come to rest")

    def work(self) -> None:
        """Hear and send."""
        self.hear()
        self.send()

    def rows(self, **wanted: Any) -> list[DeliveryRow]:
        """The channel's deliveries with these values, in the order of changes."""
        with self.store.read() as session:
            found = session.scalars(
                select(DeliveryRow)
                .where(DeliveryRow.channel == self.name.value)
                .order_by(DeliveryRow.revision, DeliveryRow.institute, DeliveryRow.address, DeliveryRow.kind)
            ).all()
        return [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]


def received(value: str, *, offset: int = 0) -> Received:
    """An event as it would lie in the topic of alerts."""
    return Received("t.alerts", 0, offset, None, b"key", value.encode(), [])
