"""The relay publishes what is committed, in order, while it holds the lease, and nothing else."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest
from kafka.errors import KafkaTimeoutError
from structlog.testing import capture_logs

from tests.alerting.assessments import finding, incident
from tests.alerting.store.desk import Desk
from tests.consumers.streams import FakeSink
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.leases import hold_lease
from tocsin_alerting.store.outbox import unpublished
from tocsin_consumers import relay as relay_module
from tocsin_consumers.relay import LEASE, Relay
from tocsin_schemas import AlertEvent, from_json
from tocsin_schemas.logs import get_logger


class StopAfter(Event):
    """Asks the process to stop after so many waits, and does something at each: time passes only here."""

    def __init__(self, relaying: "Relaying", waits: int) -> None:
        super().__init__()
        self._relaying, self._left = relaying, waits

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        self._relaying.pass_time(timeout or 0)
        if self._left <= 0:
            self.set()
        return self.is_set()


class Relaying:
    """A relay in the test's thread."""

    def __init__(self, store: Store, directory: Directory, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self.desk = Desk(store, directory, clock)
        self.sink = FakeSink()
        self.opened = 0
        self.seconds = 0.0
        self.meanwhile: deque[Callable[[], object]] = deque()

    def pass_time(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.advance(seconds)
        if self.meanwhile:
            self.meanwhile.popleft()()

    def run(self, *, waits: int = 3, owner: str = "a") -> None:
        Relay(
            store=self.store,
            open_sink=self._open,
            topic_prefix="tocsin.",
            owner=owner,
            clock=self.clock,
            stop=StopAfter(self, waits),
            monotonic=lambda: self.seconds,
        ).run()

    def _open(self) -> FakeSink:
        self.opened += 1
        return self.sink

    def published(self) -> list[tuple[str, int]]:
        events = [AlertEvent.model_validate(from_json(value).data) for _, _, value in self.sink.sent]
        return [(event.alert, event.revision) for event in events]

    def waiting(self) -> int:
        with self.store.read() as session:
            return len(unpublished(session, limit=1000))


@pytest.fixture
def relaying(store: Store, directory: Directory, clock: HandClock) -> Relaying:
    """A relay on an empty store."""
    return Relaying(store, directory, clock)


def test_what_is_committed_is_published_in_order_and_once(relaying: Relaying) -> None:
    """Under the alert's id, to the topic of the deployment, what came later included."""
    alert = relaying.desk.take(finding("r1")).alert_id
    relaying.desk.take(finding("r2", institute="jp"))
    relaying.meanwhile.extend([lambda: relaying.desk.answer(alert, "jp")])
    relaying.run(waits=40)

    assert relaying.published() == [(alert, 1), (alert, 2), (alert, 3)]
    assert {(topic, key) for topic, key, _ in relaying.sink.sent} == {("tocsin.alerts", alert.encode())}
    assert relaying.waiting() == 0


def test_what_the_broker_does_not_have_is_published_again_in_its_alerts_order(relaying: Relaying) -> None:
    """What follows a failure within its alert is repeated after it; other alerts are not."""
    first = relaying.desk.take(finding("r1")).alert_id
    relaying.desk.take(finding("r2", institute="jp"))
    other = relaying.desk.take(incident()).alert_id
    relaying.sink.answers[0] = [KafkaTimeoutError()]
    relaying.run(waits=40)

    assert relaying.published() == [(first, 1), (first, 2), (other, 1), (first, 1), (first, 2)]
    assert relaying.opened == 2
    assert relaying.waiting() == 0


def test_a_slow_broker_is_waited_for_while_the_lease_is_kept(relaying: Relaying) -> None:
    """Confirmation may take long; nothing is sent a second time meanwhile."""
    alert = relaying.desk.take(finding()).alert_id
    relaying.sink.answers[0] = [False, False, False, True]
    relaying.run(waits=40)

    assert relaying.published() == [(alert, 1)]


def test_a_second_relay_stands_by_and_takes_over_when_the_first_is_gone(relaying: Relaying) -> None:
    """Within five seconds of the last sign of life."""
    alert = relaying.desk.take(finding()).alert_id
    with relaying.store.transaction() as session:
        hold_lease(session, LEASE, owner="dead", now=relaying.clock(), duration=timedelta(seconds=4))
    relaying.run(waits=3, owner="b")
    early = relaying.published()
    relaying.run(waits=6, owner="b")

    assert early == []
    assert relaying.published() == [(alert, 1)]
    assert relaying.seconds < 10


def test_a_relay_that_leaves_gives_the_lease_up(relaying: Relaying) -> None:
    """Its successor begins at once."""
    relaying.run(waits=1, owner="a")
    alert = relaying.desk.take(finding()).alert_id
    relaying.run(waits=1, owner="b")

    assert relaying.published() == [(alert, 1)]
    assert relaying.waiting() == 0


def test_what_was_published_long_ago_is_dropped(relaying: Relaying) -> None:
    """The outbox does not grow for ever."""
    relaying.desk.take(finding())
    relaying.run(waits=40)
    relaying.clock.advance(timedelta(days=8))
    relaying.run(waits=2)

    assert relaying.desk.events() == []


def test_each_published_event_is_said_with_its_trace(relaying: Relaying, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line for each, at a level that is kept; without a trace where its change has none."""
    monkeypatch.setattr(relay_module, "_log", get_logger())
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    first = relaying.desk.take(finding("r1"), traceparent=f"00-{trace}-00f067aa0ba902b7-01").alert_id
    other = relaying.desk.take(incident()).alert_id
    with capture_logs() as logs:
        relaying.run(waits=40)
    said = [line for line in logs if line["event"] == "published"]

    assert [(line["alert"], line["revision"], line["trace"]) for line in said] == [(first, 1, trace), (other, 1, None)]
    assert {line["log_level"] for line in said} == {"info"}
