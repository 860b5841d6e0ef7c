"""Reports beside a running evaluation: on the disk first, over the network from another thread."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.fixtures.clock import HandClock
from tests.producers.inspect_logs import draft, log, results, score
from tocsin_producers import Reporter, Spool
from tocsin_producers.hook.courier import Courier
from tocsin_producers.outgoing import Outgoing
from tocsin_producers.testing import RecordingTransport
from tocsin_producers.transports import Fault, TransportError

AWAY = TransportError("Kafka is away.", fault=Fault.TEMPORARY)
SECONDS = 10.0


class SlowTransport(RecordingTransport):
    """Takes each report only when it is let to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.let = threading.Event()

    def send(self, report: Outgoing) -> None:
        """Wait, then record."""
        self.asked.set()
        assert self.let.wait(SECONDS)
        super().send(report)


@pytest.fixture
def courier(transport: RecordingTransport, spool: Spool, clock: HandClock) -> Courier:
    """Sends over a recording."""
    return carrying(transport, spool, clock)


def carrying(transport: RecordingTransport, spool: Spool, clock: HandClock) -> Courier:
    """A courier with everything that it needs."""
    reporter = Reporter(transport=transport, institute="gb", spool=spool, clock=clock)
    return Courier(reporter=reporter, transport=transport, spool=spool, clock=clock)


def test_a_report_arrives_without_anybody_waiting(
    courier: Courier, transport: RecordingTransport, spool: Spool
) -> None:
    """What was kept is sent by a thread of its own, and leaves the disk when it was taken."""
    report = courier.keep(draft(log(results=results(score(accuracy=0.5)))))
    waits = courier.settle(seconds=SECONDS)

    assert waits is None
    assert transport.ids == [report]
    assert spool.is_empty()


def test_a_report_is_on_the_disk_before_it_is_sent(spool: Spool, clock: HandClock) -> None:
    """A process that dies while the network is slow loses nothing."""
    transport = SlowTransport()
    courier = carrying(transport, spool, clock)
    courier.keep(draft(log()))

    assert transport.asked.wait(SECONDS)
    assert not spool.is_empty()
    transport.let.set()
    assert courier.settle(seconds=SECONDS) is None


def test_an_evaluation_does_not_wait_for_a_slow_network(spool: Spool, clock: HandClock) -> None:
    """Settling ends after its time, says why, and the report stays on the disk."""
    transport = SlowTransport()
    courier = carrying(transport, spool, clock)
    courier.keep(draft(log()))
    waits = courier.settle(seconds=0.05)

    assert waits == "a recording takes longer than 0.05 seconds."
    assert not spool.is_empty()
    transport.let.set()
    courier.settle(seconds=SECONDS)


def test_what_a_network_that_is_away_did_not_take_waits(
    courier: Courier, transport: RecordingTransport, spool: Spool
) -> None:
    """The reason is told once, and every report is on the disk in order."""
    transport.failure = AWAY
    kept = [courier.keep(draft(log(spec={"eval_id": f"Ev{number}"}))) for number in range(3)]
    waits = courier.settle(seconds=SECONDS)

    assert waits == "Kafka is away."
    assert len(spool.folder.waiting()) == len(kept) == 3


def test_a_network_that_failed_is_left_alone_for_a_minute(
    courier: Courier, transport: RecordingTransport, clock: HandClock
) -> None:
    """Tasks that end during an outage do not each try; after a minute the next one takes all along."""
    transport.failure = AWAY
    courier.keep(draft(log(spec={"eval_id": "Ev1"})))
    courier.settle(seconds=SECONDS)
    attempts = transport.attempts
    courier.keep(draft(log(spec={"eval_id": "Ev2"})))
    courier.settle(seconds=SECONDS)
    quiet = transport.attempts - attempts
    transport.failure = None
    clock.advance(61)
    courier.keep(draft(log(spec={"eval_id": "Ev3"})))

    assert courier.settle(seconds=SECONDS) is None
    assert quiet == 0
    assert len(transport.ids) == 3


def test_without_a_disk_the_network_is_tried(tmp_path: Path, transport: RecordingTransport, clock: HandClock) -> None:
    """A spool that cannot be written is said, and the report sent straight away."""
    taken = tmp_path / "a-file"
    taken.write_text("no folder", encoding="utf-8")
    courier = carrying(transport, Spool(taken / "spool", clock=clock), clock)

    report = courier.keep(draft(log()))

    assert transport.ids == [report]


def test_with_neither_it_is_said(tmp_path: Path, transport: RecordingTransport, clock: HandClock) -> None:
    """A report that is neither kept nor sent is no silent loss."""
    taken = tmp_path / "a-file"
    taken.write_text("no folder", encoding="utf-8")
    transport.failure = AWAY
    courier = carrying(transport, Spool(taken / "spool", clock=clock), clock)

    with pytest.raises(TransportError, match="away"):
        courier.keep(draft(log()))


def test_a_wrong_key_keeps_the_report(courier: Courier, transport: RecordingTransport, spool: Spool) -> None:
    """A result is not lost because the institute's key is wrong: it waits until that is mended."""
    transport.failure = TransportError("Your key is wrong.", fault=Fault.SENDER)
    courier.keep(draft(log()))

    assert courier.settle(seconds=SECONDS) == "Your key is wrong."
    assert not spool.is_empty()
