"""Sends what is due, many destinations at once: claim, send, record.

One thread at a time decides and writes; a pool of threads waits for the providers. A slow destination holds one worker
and no other destination. Between the provider's yes and its record lies the one place where a death repeats a message:
the claim runs out, and the next attempt carries the same delivery id.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from concurrent.futures import Executor
from queue import Empty, SimpleQueue
from threading import Event, Lock
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel as ChannelName
from tocsin_alerting.policy.directory import CurrentDirectory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.sending import DropReason, pointless
from tocsin_alerting.store import Store
from tocsin_alerting.store.alert_claims import Claimed
from tocsin_alerting.store.bulletin_claims import ClaimedBulletin
from tocsin_alerting.store.claims import Claims, claim_due, take_back
from tocsin_alerting.store.last_look import last_look
from tocsin_alerting.store.overflow import make_room
from tocsin_alerting.store.queue import has_due, next_instant
from tocsin_alerting.store.record import AlertRecord, alert_record
from tocsin_consumers.channels.outgoing import Channel, DeliveryError
from tocsin_consumers.notifier.bulletin_composer import BulletinComposer
from tocsin_consumers.notifier.composer import Composer, Withheld
from tocsin_consumers.notifier.outcome_writer import Attempt, OutcomeWriter
from tocsin_consumers.patience import Patience
from tocsin_schemas.clock import Clock
from tocsin_schemas.logs import get_logger

_IDLE_SECONDS = 0.5
_LULL_SECONDS = 0.06
"""A rested destination or a retry may be taken up so much later than it could be."""
_SHORTEST_SECONDS = 0.005
STORE_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
"""What a look into the store raises while it cannot be had."""
_LAST_TRIES = 20
"""How often the last outcomes are still tried to be written when the process is to end and the store is away."""
_log = get_logger()


T = TypeVar("T")


def _nothing(_session: Session) -> None:
    """What a turn writes beside outcomes and claims."""


class Drain:
    """Works off the queue of one channel."""

    def __init__(
        self,
        *,
        store: Store,
        directory: CurrentDirectory,
        name: ChannelName,
        channel: Channel[Any],
        previews: bool,
        composer: Composer,
        bulletins: BulletinComposer,
        writer: OutcomeWriter,
        owner: str,
        clock: Clock,
        pool: Executor,
        workers: int,
    ) -> None:
        """Take the parts.

        Args:
            store: where the queue is.
            directory: gives names and contacts as they are now.
            name: which queue.
            channel: the way to the provider.
            previews: whether the channel only previews.
            composer: renders what tells of an alert.
            bulletins: renders the others.
            writer: records.
            owner: name of this worker's claims; its next process has the same, and no other living one has.
            clock: says what time it is.
            pool: where providers are waited for.
            workers: how many of it may be busy.
        """
        self._store = store
        self._directory = directory
        self._name = name
        self._channel = channel
        self._previews = previews
        self._composer = composer
        self._bulletins = bulletins
        self._writer = writer
        self._owner = owner
        self._clock = clock
        self._pool = pool
        self._workers = workers
        self._flying = 0
        self._back: SimpleQueue[Attempt] = SimpleQueue()
        self._unwritten: list[Attempt] = []
        self._woken = Event()
        self._one_at_a_time = Lock()
        self._ended = False

    def run(self, stop: Event) -> None:
        """Work until asked to stop; what is under way is finished and recorded first, and nothing is claimed after."""
        try:
            self._run(stop)
        finally:
            with self._one_at_a_time:
                self._ended = True

    def _run(self, stop: Event) -> None:
        patience = Patience(stop)
        left_behind = True
        while True:
            self._woken.clear()
            try:
                if left_behind:
                    self._take_back()
                    left_behind = False
                self.turn(claims=not stop.is_set())
                patience.reset()
            except STORE_AWAY as error:
                _log.warning("away", at="drain", error=type(error).__name__, tries=patience.tries + 1)
                if not patience.wait():
                    # Asked to stop, and the store is away: the claims run out, and another sends.
                    time.sleep(_SHORTEST_SECONDS)
                    if patience.tries > _LAST_TRIES:
                        return
                continue
            if stop.is_set() and self._ends():
                return
            # While messages come and go the next one wakes it; only in a lull is the store asked how long it lasts.
            if not self._woken.wait(_LULL_SECONDS):
                self._woken.wait(self._idle_seconds())

    def _ends(self) -> bool:
        """Whether nothing is under way. From then on nothing is claimed: nobody would be left to record it.

        The thread that reads events may be in the middle of a planning, and would claim what it has planned.
        """
        with self._one_at_a_time:
            self._collect()
            self._ended = not self._flying and not self._unwritten
            return self._ended

    def turn(self, *, claims: bool = True) -> bool:
        """Record what has come back, then send what is due; whether there was anything."""
        with self._one_at_a_time:
            self._collect()
            may_claim = claims and self._flying < self._workers
            if not self._unwritten and not (may_claim and self._has_due()):
                return False
            self._work(_nothing, claims=may_claim)
            return True

    def transact(self, write: Callable[[Session], T]) -> T:
        """Let a planning be written, and send what is due thereby: one transaction, and no wait for the next turn.

        Called from the thread that reads events; the two never write at the same time.
        """
        with self._one_at_a_time:
            self._collect()
            return self._work(write, claims=not self._ended and self._flying < self._workers)

    def _work(self, write: Callable[[Session], T], *, claims: bool) -> T:
        """Write, record and claim in one transaction; then hand what was claimed to the pool."""
        free = self._workers - self._flying if claims else 0
        with self._store.transaction() as session:
            written = write(session)
            self._writer.write(session, self._unwritten)
            found = self._claim(session, free) if free else Claims((), 0)
        # Only now are they committed; a failure above keeps them for the next turn.
        self._unwritten.clear()
        for claimed, record in self._with_records(found.claimed):
            self._flying += 1
            self._pool.submit(self._attempt, claimed, functools.partial(self._try, claimed, record))
        for bulletin in found.bulletins:
            self._flying += 1
            self._pool.submit(self._attempt, bulletin, functools.partial(self._try_bulletin, bulletin))
        if found.dropped or (free and found.count == free):
            # There may be more.
            self._woken.set()
        return written

    def _claim(self, session: Session, limit: int) -> Claims:
        now = self._clock()
        folded = make_room(session, self._name, directory=self._directory(), now=now)
        if folded:
            _log.warning("folded", channel=self._name.value, deliveries=folded)
        return claim_due(session, self._name, owner=self._owner, now=now, limit=limit, previews=self._previews)

    def _take_back(self) -> None:
        """What this worker's last process had in hand when it died is sent now, not when its claims run out."""
        with self._store.transaction() as session:
            ended = take_back(session, self._name, owner=self._owner, now=self._clock())
        if ended:
            _log.warning("claims_taken_back", channel=self._name.value, deliveries=ended)

    def _collect(self) -> None:
        while True:
            try:
                self._unwritten.append(self._back.get_nowait())
            except Empty:
                return
            self._flying -= 1

    def _has_due(self) -> bool:
        with self._store.read() as session:
            return has_due(session, self._name, self._clock())

    def _with_records(self, claimed: tuple[Claimed, ...]) -> list[tuple[Claimed, AlertRecord]]:
        """Each claimed delivery with its alert, read once for all who are told of it."""
        if not claimed:
            return []
        directory = self._directory()
        with self._store.read() as session:
            records = {
                alert_id: alert_record(session, alert_id, directory=directory)
                for alert_id in {one.alert_id for one in claimed}
            }
        return [(one, record) for one in claimed if (record := records[one.alert_id]) is not None]

    def _attempt(self, claimed: Claimed | ClaimedBulletin, attempted: Callable[[], Attempt]) -> None:
        """One attempt, in a worker's thread; whatever happens, something comes back."""
        try:
            attempt = attempted()
        except DeliveryError as error:
            attempt = Attempt(claimed, self._clock(), error=error)
        except STORE_AWAY as error:
            attempt = Attempt(claimed, self._clock(), error=DeliveryError(f"store_away: {type(error).__name__}"))
        except Exception as error:  # noqa: BLE001 - one delivery's fault stops no other
            # A fault of ours: it is tried again and stays visible, and takes no other delivery with it.
            _log.exception("attempt_failed", delivery=claimed.id)
            attempt = Attempt(
                claimed, self._clock(), error=DeliveryError(f"internal: {type(error).__name__}", uncertain=True)
            )
        self._back.put(attempt)
        self._woken.set()

    def _try(self, claimed: Claimed, record: AlertRecord) -> Attempt:
        with self._store.read() as session:
            seen = last_look(session, claimed)
            if seen is None:
                return Attempt(claimed, self._clock(), dropped=DropReason.ALERT_CLOSED)
            drop = pointless(seen.due)
            if drop is not None:
                return Attempt(claimed, self._clock(), dropped=drop)
            if label_of(seen.tlp).rank > record.label.rank:
                fresh = alert_record(session, claimed.alert_id, directory=self._directory())
                record = fresh or record
        composed = self._composer.compose(claimed, record)
        if isinstance(composed, Withheld):
            return Attempt(claimed, self._clock(), withheld=composed.reason)
        receipt = self._channel.send(composed.outgoing)
        return Attempt(claimed, self._clock(), receipt=receipt, disclosed=composed.disclosed)

    def _try_bulletin(self, claimed: ClaimedBulletin) -> Attempt:
        composed = self._bulletins.compose(claimed)
        if isinstance(composed, Withheld):
            return Attempt(claimed, self._clock(), withheld=composed.reason)
        receipt = self._channel.send(composed.outgoing)
        return Attempt(claimed, self._clock(), receipt=receipt, disclosed=composed.disclosed, label=composed.label)

    def _idle_seconds(self) -> float:
        now = self._clock()
        try:
            with self._store.read() as session:
                at = next_instant(session, self._name, now)
        except STORE_AWAY:
            return _IDLE_SECONDS
        wait = _IDLE_SECONDS if at is None else (at - now).total_seconds()
        return min(max(wait, _SHORTEST_SECONDS), _IDLE_SECONDS)
