"""Kafka in memory: a source that is read, a sink that is written, and the outages of both."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tocsin_consumers.kafka_sink import Pending
from tocsin_consumers.received import Received


def received(value: bytes, offset: int = 0, partition: int = 0) -> Received:
    """A message in the topic of assessments."""
    return Received("tocsin.assessments", partition, offset, None, b"key", value)


class FakeSource:
    """Messages that a test has put there; remembers what was committed."""

    def __init__(self, *records: Received) -> None:
        self.batches: deque[list[Received] | Exception] = deque([list(records)])
        self.on_stay: deque[list[Received] | Exception] = deque()
        self.when_empty: Callable[[], None] = lambda: None
        self.finished: list[tuple[int, int]] = []
        self.committed: list[tuple[int, int]] = []
        self.commits = 0
        self.closed = False
        self.commit_fails = False

    def poll(self, wait_seconds: float) -> list[Received]:
        """The next batch, or what fails."""
        assert 0 < wait_seconds <= 1
        if not self.batches:
            self.when_empty()
            return []
        batch = self.batches.popleft()
        if isinstance(batch, Exception):
            raise batch
        return batch

    def stay(self) -> list[Received]:
        """What came from partitions newly given."""
        batch = self.on_stay.popleft() if self.on_stay else []
        if isinstance(batch, Exception):
            raise batch
        return batch

    def done(self, record: Received) -> None:
        """Remember it."""
        self.finished.append((record.partition, record.offset))

    def commit(self, *, wait: bool) -> None:
        """Commit what is done."""
        assert isinstance(wait, bool)
        if self.commit_fails:
            raise ConnectionError("the broker is away")
        self.commits += 1
        self.committed = list(self.finished)

    def close(self) -> None:
        """Commit and leave."""
        self.closed = True
        self.commit(wait=True)


@dataclass
class FakePending:
    """A message on its way: there, lost, or not yet known."""

    answers: deque[bool | Exception]

    def wait(self, seconds: float) -> bool:
        """The next answer; the last one stays."""
        assert seconds > 0
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeSink:
    """Keeps what it was given, and answers as told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes | None, bytes]] = []
        self.answers: dict[int, list[bool | Exception]] = {}
        """By the number of the sending, from 0; True where nothing is said."""
        self.closed = 0

    def send(self, topic: str, *, key: bytes | None, value: bytes, headers: Iterable[tuple[str, bytes]]) -> Pending:
        """Take a message."""
        assert dict(headers)["content-type"].startswith(b"application/cloudevents+json")
        answers = self.answers.get(len(self.sent), [True])
        self.sent.append((topic, key, value))
        return FakePending(deque(answers))

    def close(self) -> None:
        """Count it."""
        self.closed += 1
