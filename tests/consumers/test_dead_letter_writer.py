"""A dead letter holds what was refused, whole, and counts only once the broker has it."""

import pytest
from kafka.errors import KafkaTimeoutError

from tests.consumers.streams import FakeSink, received
from tests.fixtures.clock import HandClock
from tocsin_consumers.dead_letter_writer import DeadLetterWriter
from tocsin_schemas import DeadLetter, ProblemCode, from_json, invalid

ERROR = invalid("subject", "is unknown.", "Report first.", ProblemCode.NEVER_SEEN)


class Writing:
    """A writer whose sinks are all at hand."""

    def __init__(self, clock: HandClock) -> None:
        self.sinks: list[FakeSink] = []
        self.next = FakeSink()
        self.writer = DeadLetterWriter(
            open_sink=self._open, topic="tocsin.dead-letters", stage="desk", source="urn:tocsin:desk", clock=clock
        )

    def _open(self) -> FakeSink:
        self.sinks.append(self.next)
        self.next = FakeSink()
        return self.sinks[-1]


def test_what_was_refused_is_there_to_the_byte(clock: HandClock) -> None:
    """With its place, its reason and its key; no JSON is needed to keep it."""
    writing = Writing(clock)
    writing.writer.write(received(b"\xff no json", offset=7, partition=3), ERROR)
    ((topic, key, value),) = writing.sinks[0].sent
    letter = DeadLetter.model_validate(from_json(value).data)

    assert (topic, key) == ("tocsin.dead-letters", b"key")
    assert (letter.value, letter.stage, letter.offset, letter.partition) == (b"\xff no json", "desk", 7, 3)
    assert [(each.field, each.code) for each in letter.problems] == [("subject", ProblemCode.NEVER_SEEN)]


def test_written_twice_it_has_the_same_id(clock: HandClock) -> None:
    """A crash between the letter and the offset makes no second case of it."""
    writing = Writing(clock)
    for _ in range(2):
        writing.writer.write(received(b"{}", offset=7), ERROR)
    ids = {from_json(value).id for _, _, value in writing.sinks[0].sent}

    assert len(ids) == 1
    assert len(writing.sinks) == 1


@pytest.mark.parametrize("answer", [False, KafkaTimeoutError()])
def test_what_is_not_confirmed_is_an_error_and_the_next_try_gets_a_new_producer(
    clock: HandClock, answer: bool | Exception
) -> None:
    """An idempotent producer that has failed may fail for ever."""
    writing = Writing(clock)
    writing.next.answers[0] = [answer]
    with pytest.raises((TimeoutError, KafkaTimeoutError)):
        writing.writer.write(received(b"{}"), ERROR)
    writing.writer.write(received(b"{}"), ERROR)

    assert len(writing.sinks) == 2
    assert writing.sinks[0].closed == 1
