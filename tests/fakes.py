"""Small in-memory stand-ins of our own seams: they record what they are given, and fail when told to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing, Receipt

P = ParamSpec("P")
T = TypeVar("T")


class RecordingChannel:
    """A channel that keeps what it was asked to send, in order, and answers as a provider would."""

    def __init__(self) -> None:
        self.attempts: list[Outgoing[Any]] = []
        """Every message handed over, those that failed included."""
        self.taken: list[Outgoing[Any]] = []
        """Those that were taken."""
        self.before: Callable[[Outgoing[Any]], None] | None = None
        """Called with each message before it is taken or refused."""
        self._faults: deque[tuple[str | None, BaseException]] = deque()

    def fail_next(self, error: BaseException, *, times: int = 1, address: str | None = None) -> None:
        """Fail the next attempts, to one address or to any."""
        self._faults.extend([(address, error)] * times)

    def send(self, outgoing: Outgoing[Any]) -> Receipt:
        """Take it, or fail as told."""
        self.attempts.append(outgoing)
        if self.before is not None:
            self.before(outgoing)
        for position, (address, error) in enumerate(self._faults):
            if address in (None, outgoing.address):
                del self._faults[position]
                if isinstance(error, DeliveryError) and error.uncertain:
                    self.taken.append(outgoing)
                raise error
        self.taken.append(outgoing)
        return Receipt(provider_id=f"{len(self.taken)}.000100", place=outgoing.address)

    def to(self, address: str) -> list[Outgoing[Any]]:
        """What was taken for one address."""
        return [outgoing for outgoing in self.taken if outgoing.address == address]


class InlineExecutor(Executor):
    """Does the work at once, in the caller's thread: nothing of a test depends on which thread came first."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call it now."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future
