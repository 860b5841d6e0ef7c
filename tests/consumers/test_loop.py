"""The loop loses nothing: not a message, not an outage, not a blunder of a handler."""

from collections.abc import Callable, Sequence
from threading import Event

import pytest
from kafka.errors import FencedInstanceIdError, KafkaConnectionError
from sqlalchemy.exc import OperationalError

from tests.consumers.streams import FakeSource, received
from tocsin_consumers.loop import ConsumeLoop
from tocsin_consumers.received import Received
from tocsin_consumers.ticks import Tick
from tocsin_schemas import InvalidEvent, ProblemCode, invalid

DATABASE_AWAY = OperationalError("SELECT 1", {}, Exception("database is locked"))


class Member:
    """A loop on a fake source, with a handler that records, and fails where the test says so."""

    def __init__(self, source: FakeSource, **parts: object) -> None:
        self.source = source
        self.handled: list[int] = []
        self.refused: list[tuple[int, InvalidEvent]] = []
        self.failures: dict[int, list[Exception]] = {}
        self.refusing_fails: list[Exception] = []
        self.stop = Event()
        self.openings: list[Exception] = []
        self.now = 0.0
        self.after: Callable[[Received], None] = lambda _: None
        source.when_empty = self.stop.set
        self.loop = ConsumeLoop(
            open_source=self._open,
            handle=self._handle,
            refuse=self._refuse,
            stop=self.stop,
            monotonic=self._monotonic,
            **parts,  # type: ignore[arg-type]
        )

    def _open(self) -> FakeSource:
        if self.openings:
            raise self.openings.pop(0)
        return self.source

    def _monotonic(self) -> float:
        self.now += 0.01
        return self.now

    def _handle(self, record: Received) -> None:
        if self.failures.get(record.offset):
            raise self.failures[record.offset].pop(0)
        self.handled.append(record.offset)
        self.after(record)

    def _refuse(self, record: Received, error: InvalidEvent) -> None:
        if self.refusing_fails:
            raise self.refusing_fails.pop(0)
        self.refused.append((record.offset, error))


def _five() -> FakeSource:
    return FakeSource(*(received(b"{}", offset) for offset in range(5)))


def test_messages_are_handled_in_order_and_committed() -> None:
    """What was done is known to the broker when the member leaves."""
    member = Member(_five())
    member.loop.run()

    assert member.handled == [0, 1, 2, 3, 4]
    assert member.source.committed == [(0, offset) for offset in range(5)]
    assert member.source.closed


def test_offsets_are_not_committed_for_each_message() -> None:
    """A commit is a round trip; repeats change nothing."""
    source = FakeSource(*(received(b"{}", offset) for offset in range(100)))
    member = Member(source, commit_seconds=1.0)
    member.loop.run()

    assert 1 < source.commits < 12


@pytest.mark.parametrize("away", [DATABASE_AWAY, KafkaConnectionError(), ConnectionRefusedError()])
def test_a_message_waits_for_the_store_and_is_never_skipped(away: Exception) -> None:
    """It is tried until it is done, and those behind it wait for it."""
    member = Member(_five())
    member.failures[1] = [away] * 3
    member.source.on_stay.extend([[], KafkaConnectionError(), [received(b"{}", 7, partition=1)]])
    member.loop.run()

    assert member.handled == [0, 1, 2, 3, 4, 7]


def test_what_is_refused_goes_to_the_dead_letters_and_is_done_with() -> None:
    """With its error; the next message is handled."""
    member = Member(_five())
    error = invalid("subject", "is unknown.", "Report first.", ProblemCode.NEVER_SEEN)
    member.failures[2] = [error]
    member.loop.run()

    assert member.refused == [(2, error)]
    assert member.handled == [0, 1, 3, 4]
    assert (0, 2) in member.source.committed


def test_a_dead_letter_that_cannot_be_written_is_tried_again() -> None:
    """Nothing is done with before its dead letter is there."""
    member = Member(_five())
    error = invalid("subject", "is unknown.", "Report first.", ProblemCode.NEVER_SEEN)
    member.failures[2] = [error, error]
    member.refusing_fails = [TimeoutError("not confirmed")]
    member.loop.run()

    assert [offset for offset, _ in member.refused] == [2]


def test_a_blunder_is_tried_again_and_then_put_among_the_dead_letters() -> None:
    """A message that the software cannot do is kept with its reason, and keeps no later one from people."""
    member = Member(_five())
    member.failures[3] = [ZeroDivisionError()] * 3
    member.refusing_fails = [TimeoutError("not confirmed")]
    member.loop.run()

    assert member.handled == [0, 1, 2, 4]
    ((offset, refused),) = member.refused
    assert offset == 3
    assert refused.problems[0].code is ProblemCode.INTERNAL
    assert "ZeroDivisionError" in str(refused)
    assert member.source.committed[-1] == (0, 4)


def test_a_blunder_whose_dead_letter_fails_too_ends_the_process_at_that_message() -> None:
    """What can neither be done nor kept is left for the next process, which begins with it."""
    member = Member(_five())
    member.failures[3] = [ZeroDivisionError()] * 3
    member.refusing_fails = [ValueError("no dead letter")]

    with pytest.raises(ValueError, match="no dead letter") as blunder:
        member.loop.run()
    assert "tocsin.assessments/0@3" in str(blunder.value.__notes__)
    assert member.source.committed == [(0, 0), (0, 1), (0, 2)]


def test_a_blunder_that_passes_is_survived() -> None:
    """Twice is no reason to die."""
    member = Member(_five())
    member.failures[3] = [ZeroDivisionError(), ZeroDivisionError()]
    member.loop.run()

    assert member.handled == [0, 1, 2, 3, 4]


def test_an_outage_of_the_broker_is_waited_out() -> None:
    """At the start, while polling, and at a commit."""
    source = _five()
    source.batches.extendleft([KafkaConnectionError(), ConnectionRefusedError()])
    source.commit_fails = True
    member = Member(source)
    member.openings = [KafkaConnectionError()]
    member.loop.run()

    assert member.handled == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("at", ["open", "poll"])
def test_a_name_that_another_process_uses_ends_it(at: str) -> None:
    """Two members of one name would throw each other out for ever."""
    member = Member(_five())
    if at == "open":
        member.openings = [FencedInstanceIdError()]
    else:
        member.source.batches.appendleft(FencedInstanceIdError())

    with pytest.raises(FencedInstanceIdError):
        member.loop.run()


def test_asked_to_stop_it_finishes_the_message_in_hand_and_leaves() -> None:
    """And commits that, and no more."""
    member = Member(_five())
    member.after = lambda record: member.stop.set() if record.offset == 1 else None
    member.loop.run()

    assert member.handled == [0, 1]
    assert member.source.committed == [(0, 0), (0, 1)]


def test_asked_to_stop_during_an_outage_it_leaves_the_message_undone() -> None:
    """It does not wait for a store that may not come back."""
    member = Member(_five())

    def away(_: Received) -> None:
        member.stop.set()
        raise DATABASE_AWAY

    member.after = away
    member.loop.run()

    assert member.source.committed == []


def test_ticks_run_between_messages_and_while_it_is_quiet() -> None:
    """A long queue does not keep the escalation timer waiting; a store that is away does not end the process."""
    ticks: list[float] = []
    member = Member(_five())

    def tick() -> None:
        ticks.append(member.now)
        if len(ticks) == 2:
            raise DATABASE_AWAY

    member.loop = ConsumeLoop(
        open_source=member._open,
        handle=member._handle,
        refuse=member._refuse,
        stop=member.stop,
        ticks=(Tick("timer", 0.03, tick),),
        monotonic=member._monotonic,
    )
    member.loop.run()

    assert len(ticks) >= 4
    assert member.handled == [0, 1, 2, 3, 4]


def test_messages_that_wait_together_are_handled_together() -> None:
    """In one go and in their order, and the broker learns of all of them."""
    together: list[list[int]] = []
    member = Member(_five(), handle_many=lambda records: together.append([record.offset for record in records]))
    member.loop.run()

    assert together == [[0, 1, 2, 3, 4]]
    assert member.handled == []
    assert member.source.committed == [(0, offset) for offset in range(5)]


def test_what_cannot_be_handled_together_is_handled_one_by_one() -> None:
    """Whatever went wrong with all of them, each is dealt with by itself, and the one at fault is told apart."""

    def handle_many(_: Sequence[Received]) -> None:
        raise invalid("type", "is not an alert's.", "Send alerts.", ProblemCode.UNKNOWN_TYPE)

    member = Member(_five(), handle_many=handle_many)
    member.failures[2] = [invalid("type", "is not an alert's.", "Send alerts.", ProblemCode.UNKNOWN_TYPE)]
    member.loop.run()

    assert member.handled == [0, 1, 3, 4]
    assert [offset for offset, _ in member.refused] == [2]
    assert member.source.committed == [(0, offset) for offset in range(5)]
