"""The relay: publishes what has been committed to the outbox, in order. Run by `tocsin-relay`; one works at a time.

A second relay may stand by: it takes over when the first has died, within the lease's few seconds. An event may be
published twice, after a crash or by a relay that was stopped in its tracks and went on; it carries its alert's
revision, by which readers take each once.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from pydantic import ValidationError

from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.leases import hold_lease, release_lease
from tocsin_alerting.store.outbox import Unpublished, mark_published, prune, unpublished
from tocsin_alerting.store.schema import check_revision
from tocsin_alerting.store.watch import OutboxWatch
from tocsin_consumers.kafka_sink import KafkaSink, Pending, Sink
from tocsin_consumers.loop import AWAY
from tocsin_consumers.patience import Patience
from tocsin_consumers.stopping import stop_on_signals
from tocsin_schemas.clock import Clock, system_clock
from tocsin_schemas.envelope import STRUCTURED_CONTENT_TYPE, from_json
from tocsin_schemas.logs import configure_logging, get_logger

LEASE = "relay"
_LEASE = timedelta(seconds=4)
_RENEW_SECONDS = 1.0
_BATCH = 200
_MARK_SECONDS = 0.1
_LOOK_SECONDS = 0.5
"""The outbox is looked at so often even when nothing seems to have changed."""
_EXACT_SECONDS = 0.004
_BUSY_SECONDS = 0.01
_IDLE_SECONDS = 0.05
_KEEP = timedelta(days=7)
_PRUNE_SECONDS = 300.0
_HEADERS = [("content-type", STRUCTURED_CONTENT_TYPE.encode())]
_log = get_logger()


class LeaseLostError(Exception):
    """Another relay has taken over; what this one has under way it leaves unmarked."""


class Relay:
    """Publishes the outbox while it holds the lease."""

    def __init__(
        self,
        *,
        store: Store,
        open_sink: Callable[[], Sink],
        topic_prefix: str,
        owner: str,
        clock: Clock,
        stop: Event,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._watch = OutboxWatch(store)
        self._open_sink = open_sink
        self._prefix = topic_prefix
        self._owner = owner
        self._clock = clock
        self._stop = stop
        self._monotonic = monotonic
        self._sink: Sink | None = None
        self._published: set[int] = set()
        """What the broker has and the store does not know of yet."""
        self._renew_due = self._mark_due = self._prune_due = monotonic()
        self._active_at = monotonic()

    def run(self) -> None:
        """Publish until asked to stop; through outages of the store and the broker."""
        patience = Patience(self._stop, longest=2.0)
        try:
            while not self._stop.is_set():
                try:
                    self._turn()
                    patience.reset()
                except LeaseLostError:
                    _log.warning("lease_lost")
                    self._drop_sink()
                except AWAY as error:
                    _log.warning("away", at="relay", error=type(error).__name__, tries=patience.tries + 1)
                    self._drop_sink()
                    patience.wait()
        finally:
            self._leave()

    def _turn(self) -> None:
        if not self._renew():
            _log.info("standing_by")
            while not self._renew():
                if self._stop.wait(_RENEW_SECONDS):
                    return
            _log.info("relaying")
        if self._publish() == 0:
            self._mark()
            self._prune()
            self._wait_for_more()

    def _publish(self) -> int:
        """Publish what waits; how many the broker has taken."""
        with self._store.read() as session:
            # What is published but not yet marked is seen again, and must not fill the view.
            rows = unpublished(session, limit=_BATCH + len(self._published))
        rows = [row for row in rows if row.number not in self._published]
        if not rows:
            return 0
        self._active_at = self._monotonic()
        if self._sink is None:
            self._sink = self._open_sink()
        sent = [(row, self._send(self._sink, row)) for row in rows]
        failure: Exception | None = None
        stuck: set[str] = set()
        for row, pending in sent:
            try:
                self._confirm(pending)
            except AWAY as error:
                failure = error
                stuck.add(row.key)
                continue
            # Behind a change that failed its alert's later ones are published again, so that readers get its order.
            if row.key not in stuck:
                self._published.add(row.number)
                _say_published(row)
        if failure is not None:
            raise failure
        self._mark(force=len(self._published) >= _BATCH)
        return len(rows)

    def _send(self, sink: Sink, row: Unpublished) -> Pending:
        return sink.send(f"{self._prefix}{row.topic}", key=row.key.encode(), value=row.value.encode(), headers=_HEADERS)

    def _confirm(self, pending: Pending) -> None:
        while not pending.wait(_RENEW_SECONDS / 2):
            if not self._renew():
                raise LeaseLostError

    def _mark(self, *, force: bool = False) -> None:
        """Tell the store what the broker has: not for each event, for every writing transaction holds up the desk."""
        now = self._monotonic()
        if not self._published or (now < self._mark_due and not force):
            return
        with self._store.transaction() as session:
            mark_published(session, self._published, now=self._clock())
        self._published.clear()
        self._mark_due = now + _MARK_SECONDS

    def _renew(self) -> bool:
        """Whether this relay holds the lease, asked of the store once in a while."""
        if self._monotonic() < self._renew_due:
            return True
        with self._store.transaction() as session:
            held = hold_lease(session, LEASE, owner=self._owner, now=self._clock(), duration=_LEASE)
        if held:
            self._renew_due = self._monotonic() + _RENEW_SECONDS
        else:
            # The other publishes and marks what this one did not mark.
            self._published.clear()
        return held

    def _wait_for_more(self) -> None:
        """Until there may be something new, the lease is due, or some marks are."""
        look_due = self._monotonic() + _LOOK_SECONDS
        while not self._stop.is_set():
            now = self._monotonic()
            if now >= min(look_due, self._renew_due) or (self._published and now >= self._mark_due):
                return
            if self._watch.is_exact:
                pause = _EXACT_SECONDS
                if self._watch.changed():
                    return
            else:
                pause = _BUSY_SECONDS if now < self._active_at + 1 else _IDLE_SECONDS
            self._stop.wait(pause)
            if not self._watch.is_exact:
                return

    def _prune(self) -> None:
        now = self._monotonic()
        if now < self._prune_due:
            return
        self._prune_due = now + _PRUNE_SECONDS
        with self._store.transaction() as session:
            dropped = prune(session, before=self._clock() - _KEEP)
        if dropped:
            _log.info("pruned", events=dropped)

    def _drop_sink(self) -> None:
        if self._sink is not None:
            sink, self._sink = self._sink, None
            sink.close()

    def _leave(self) -> None:
        try:
            self._mark(force=True)
            with self._store.transaction() as session:
                release_lease(session, LEASE, owner=self._owner)
        except AWAY as error:
            # The next relay waits for the lease's end and publishes a few events again.
            _log.warning("away", at="leave", error=type(error).__name__)
        self._drop_sink()
        self._watch.close()


def _say_published(row: Unpublished) -> None:
    envelope = from_json(row.value.encode())
    revision = envelope.data["revision"]
    _log.info("published", topic=row.topic, alert=row.key, revision=revision, trace=envelope.trace)


def main() -> None:
    """Work until told to stop by SIGTERM or SIGINT."""
    try:
        settings = AlertingSettings()
    except ValidationError as error:
        sys.exit(f"tocsin-relay: {error}")
    configure_logging("relay", level=settings.log_level)
    log = get_logger()
    stop = stop_on_signals()
    owner = f"{socket.gethostname()}-{os.getpid()}"
    store = open_store(settings.store_url())
    try:
        try:
            check_revision(store)
        except RuntimeError as error:
            log.error("not_started", reason=str(error))  # noqa: TRY400 - the message says all
            sys.exit(2)
        log.info("starting", store=store.dialect, owner=owner)
        Relay(
            store=store,
            open_sink=lambda: KafkaSink(bootstrap_servers=settings.kafka_bootstrap_servers, client_id=f"relay-{owner}"),
            topic_prefix=settings.topic_prefix,
            owner=owner,
            clock=system_clock,
            stop=stop,
        ).run()
    finally:
        store.close()
    log.info("stopped")


if __name__ == "__main__":
    main()
