"""Delivery is done when the broker says so, and is never given up in silence."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from tests.streams.reports import as_json
from tests.streams.test_decision import decide, good, message
from tocsin_schemas import ProblemCode
from tocsin_streams.delivery import EXIT_STATUS, Delivery, Sender, TooLargeError


class Died(BaseException):
    """Stands for the end of the process."""


def die(status: int) -> NoReturn:
    """End."""
    raise Died(status)


@dataclass
class RecordingSender:
    """A broker that fails as it is told and keeps what it took."""

    faults: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, bytes | None, bytes]] = field(default_factory=list)

    async def send(self, topic: str, key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Fail with the next fault, or take it."""
        assert headers
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((topic, key, value))


@dataclass
class Hand:
    """A clock that moves when somebody sleeps."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move on."""
        self.pauses.append(seconds)
        self.now += seconds


def delivery(sender: Sender, hand: Hand) -> Delivery:
    """A delivery with a minute's patience."""
    return Delivery(
        sender=sender, topic_prefix="t.", patience_seconds=60, monotonic=hand.monotonic, sleep=hand.sleep, die=die
    )


def test_a_decision_goes_to_its_topic_under_its_key() -> None:
    """The prefix of the deployment is put before the topic's name."""
    sender = RecordingSender()
    decision = decide(as_json(good()))
    asyncio.run(delivery(sender, Hand()).publish(decision, message(b"")))

    assert sender.sent == [("t.assessments", b"series-1", decision.envelope.to_json())]


def test_a_passing_fault_is_tried_again_with_growing_pauses() -> None:
    """The same bytes are sent again, so that a repeat has the same id."""
    sender, hand = RecordingSender([OSError(), TimeoutError(), OSError()]), Hand()
    decision = decide(b"{")
    asyncio.run(delivery(sender, hand).publish(decision, message(b"{")))

    assert sender.sent == [("t.dead-letters", b"k", decision.envelope.to_json())]
    assert hand.pauses == [0.1, 0.2, 0.4]


def test_what_cannot_be_delivered_in_time_ends_the_process() -> None:
    """An agent that raised or went on would acknowledge the event, and the report would be gone."""
    sender, hand = RecordingSender([OSError()] * 1000), Hand()
    with pytest.raises(Died) as died:
        asyncio.run(delivery(sender, hand).publish(decide(as_json(good())), message(b"")))

    assert died.value.args == (EXIT_STATUS,)
    assert 50 < hand.now <= 60
    assert sender.sent == []


def test_an_assessment_too_large_for_its_topic_becomes_a_dead_letter() -> None:
    """Repeating would not make it smaller; the report goes to people, whole."""
    sender = RecordingSender([TooLargeError()])
    value = as_json(good())
    published = asyncio.run(delivery(sender, Hand()).publish(decide(value), message(value)))

    assert sender.sent[0][0] == "t.dead-letters"
    assert published.refusal is not None
    assert [problem.code for problem in published.refusal.problems] == [ProblemCode.TOO_LARGE]


def test_a_dead_letter_too_large_ends_the_process() -> None:
    """The last resort failed: only people can help, and the event stays where it is."""
    sender = RecordingSender([TooLargeError()])
    with pytest.raises(Died):
        asyncio.run(delivery(sender, Hand()).publish(decide(b"{"), message(b"{")))

    assert sender.sent == []


def test_being_cancelled_is_no_fault_of_the_broker() -> None:
    """SIGTERM in the middle of a delivery goes through, so that nothing is acknowledged."""

    class Waiting:
        async def send(self, *_: object, **__: object) -> None:
            await asyncio.Event().wait()

    async def cancelled() -> bool:
        task = asyncio.create_task(delivery(Waiting(), Hand()).publish(decide(b"{"), message(b"{")))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(cancelled())
