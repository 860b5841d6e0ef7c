"""The consume loop that every consumer shares: poll, handle each message, then let the broker know. Nothing is skipped.

A message is done when its handler has returned (its writes are committed), or when it has been put among the dead
letters with its reason. Whatever else happens to it, it is tried again: after a wait while the store or the broker is
away, and by the next process when this one had to give up. Offsets are committed after that, in the background and
not for each message alone: a crash repeats some, and handlers are written so that a repeat changes nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Event

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tocsin_consumers.kafka_source import BROKER_AWAY, HOPELESS
from tocsin_consumers.patience import Patience
from tocsin_consumers.precedence import IsUrgent, Precedence
from tocsin_consumers.received import Received, RecordSource
from tocsin_consumers.ticks import Monotonic, Tick, Ticks
from tocsin_schemas.errors import InvalidEvent, ProblemCode, invalid
from tocsin_schemas.logs import get_logger

AWAY: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeoutError, *BROKER_AWAY)
"""Store or broker cannot be reached, or a lock could not be had: wait, and try again, however long it takes."""

_COMMIT_SECONDS = 0.15
_POLL_SECONDS = 0.2
_LOOK_SECONDS, _GLANCE_SECONDS = 0.25, 0.001
_TOGETHER = 100
"""So many at once at most: what comes meanwhile waits for no longer than they take."""
_MOST_WAITING = 5_000
_BLUNDERS = 3
_log = get_logger()

Handle = Callable[[Received], None]
HandleMany = Callable[[Sequence[Received]], None]
Refuse = Callable[[Received, InvalidEvent], None]


class ConsumeLoop:
    """Runs one member of a consumer group until it is asked to stop."""

    def __init__(
        self,
        *,
        open_source: Callable[[], RecordSource],
        handle: Handle,
        refuse: Refuse,
        stop: Event,
        ticks: Sequence[Tick] = (),
        commit_seconds: float = _COMMIT_SECONDS,
        poll_seconds: float = _POLL_SECONDS,
        monotonic: Monotonic = time.monotonic,
        handle_many: HandleMany | None = None,
        first: IsUrgent | None = None,
    ) -> None:
        """Take the parts.

        Args:
            open_source: connects; called again when it fails.
            handle: deals with one message and commits its writes. `InvalidEvent` sends the message to `refuse`.
            refuse: writes the dead letter and waits until the broker has it.
            stop: set when the process is to end: the message in hand is finished first.
            ticks: what else is to be done, at least so often while the source is quiet.
            commit_seconds: how often offsets are committed, at most.
            poll_seconds: how long to wait for messages at a time, at most.
            monotonic: seconds that only grow.
            handle_many: deals with several messages, in their order, and commits the writes of all or of none. Asked
                where several wait; whatever it raises, each of them is then handled by itself.
            first: whether a message goes before those that wait. It is handled a second time when its turn comes.
        """
        self._open_source = open_source
        self._handle = handle
        self._handle_many = handle_many
        self._refuse = refuse
        self._ahead = None if first is None else Precedence(first, handle)
        self._stop = stop
        self._ticks = Ticks(ticks, monotonic, away=AWAY)
        self._commit_seconds = commit_seconds
        self._poll_seconds = min([poll_seconds, *(tick.every_seconds for tick in ticks)])
        self._monotonic = monotonic
        self._commit_due = self._look_due = monotonic()
        self._waiting: deque[Received] = deque()

    def run(self) -> None:
        """Consume until asked to stop.

        Raises:
            Exception: what the loop cannot mend; the process ends with it, its supervisor starts the next, and that
                one begins with the message this one could not do.
        """
        source = self._connect()
        if source is None:
            return
        try:
            away = Patience(self._stop)
            while not self._stop.is_set():
                if self._waiting or self._poll(source, away):
                    self._work_through(source)
                self._commit_if_due(source)
                self._ticks.act_if_due()
        finally:
            self._leave(source)

    def _connect(self) -> RecordSource | None:
        patience = Patience(self._stop)
        while not self._stop.is_set():
            try:
                return self._open_source()
            except HOPELESS:
                raise
            except BROKER_AWAY as error:
                _log.warning("broker_away", at="connect", error=type(error).__name__, tries=patience.tries + 1)
                self._ticks.act_if_due()
                patience.wait()
        return None

    def _poll(self, source: RecordSource, away: Patience) -> bool:
        """Whether there are messages now. During an outage `poll` raises; it is asked again until it does not."""
        try:
            self._take(source.poll(self._poll_seconds))
        except HOPELESS:
            raise
        except BROKER_AWAY as error:
            _log.warning("broker_away", at="poll", error=type(error).__name__, tries=away.tries + 1)
            away.wait()
            return False
        away.reset()
        return bool(self._waiting)

    def _take(self, new: list[Received]) -> None:
        if self._ahead is not None:
            self._ahead.let_pass(self._waiting, new)
        self._waiting.extend(new)

    def _work_through(self, source: RecordSource) -> None:
        while self._waiting and not self._stop.is_set():
            together = tuple(islice(self._waiting, _TOGETHER))
            if len(together) > 1 and self._settle_together(together):
                for record in together:
                    self._waiting.popleft()
                    source.done(record)
                self._between(source)
            elif not self._one_by_one(source, len(together) if self._handle_many else 1):
                return

    def _one_by_one(self, source: RecordSource, most: int) -> bool:
        for _ in range(most):
            record = self._waiting[0]
            if self._stop.is_set() or not self._settle(source, record):
                return False
            self._waiting.popleft()
            source.done(record)
            self._between(source)
        return True

    def _between(self, source: RecordSource) -> None:
        self._commit_if_due(source)
        self._ticks.act_if_due()
        now = self._monotonic()
        if self._ahead is None or now < self._look_due or len(self._waiting) >= _MOST_WAITING:
            return
        # What is urgent may lie behind thousands: they are read while the ones before them are handled.
        self._look_due = now + _LOOK_SECONDS
        try:
            self._take(source.poll(_GLANCE_SECONDS))
        except HOPELESS:
            raise
        except BROKER_AWAY as error:
            _log.warning("broker_away", at="look", error=type(error).__name__)

    def _settle_together(self, records: tuple[Received, ...]) -> bool:
        """Whether these have been handled at once, which is quicker: the longer the queue, the more so."""
        if self._handle_many is None:
            return False
        try:
            self._handle_many(records)
        except Exception as error:  # noqa: BLE001 - whatever it was, it comes again where it is told apart
            _log.info("one_by_one", messages=len(records), error=type(error).__name__)
            return False
        return True

    def _settle(self, source: RecordSource, record: Received) -> bool:
        """Handle a message or put it among the dead letters, however often that must be tried; False: asked to stop."""
        patience, blunders = Patience(self._stop), 0
        hopeless: InvalidEvent | None = None
        while True:
            try:
                if hopeless is None:
                    self._once(record)
                else:
                    self._refuse(record, hopeless)
            except AWAY as error:
                _log.warning("away", at="handle", error=type(error).__name__, tries=patience.tries + 1, **record.place)
            except Exception as error:
                if hopeless is not None:
                    error.add_note(f"while refusing {record.topic}/{record.partition}@{record.offset}")
                    raise
                blunders += 1
                _log.exception("handler_failed", tries=blunders, **record.place)
                if blunders >= _BLUNDERS:
                    hopeless = _internal(error)
                    continue
            else:
                return True
            if not patience.wait():
                return False
            self._stay(source)

    def _stay(self, source: RecordSource) -> None:
        """Keep the group's membership while a message waits to be tried again."""
        try:
            self._waiting.extend(source.stay())
        except HOPELESS:
            raise
        except BROKER_AWAY as error:
            _log.warning("broker_away", at="stay", error=type(error).__name__)

    def _once(self, record: Received) -> None:
        try:
            self._handle(record)
        except InvalidEvent as error:
            codes = sorted({problem.code.value for problem in error.problems})
            _log.warning("refused", codes=codes, **record.place)
            self._refuse(record, error)

    def _commit_if_due(self, source: RecordSource) -> None:
        now = self._monotonic()
        if now < self._commit_due:
            return
        self._commit_due = now + self._commit_seconds
        try:
            source.commit(wait=False)
        except BROKER_AWAY as error:
            _log.warning("broker_away", at="commit", error=type(error).__name__)

    def _leave(self, source: RecordSource) -> None:
        try:
            source.close()
        except BROKER_AWAY as error:
            # What was done is not committed, and will be repeated, which changes nothing.
            _log.warning("broker_away", at="close", error=type(error).__name__)


def _internal(error: Exception) -> InvalidEvent:
    """One message that this software cannot do must not keep all the later ones from people."""
    return invalid(
        "(event)",
        f"could not be handled here: {type(error).__name__}.",
        "Nothing is wrong with it as far as is known: the operators find the cause in the log, and publish it again.",
        ProblemCode.INTERNAL,
    )
