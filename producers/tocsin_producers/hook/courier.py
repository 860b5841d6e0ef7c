"""Hands reports over beside a running evaluation: on the disk first, over the network from a thread of its own."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from tocsin_producers.adapters.protocol import Draft
from tocsin_producers.reporter import Reporter
from tocsin_producers.spool import Spool, SpoolError, Stop
from tocsin_producers.transports import Transport, TransportError
from tocsin_schemas import Clock
from tocsin_schemas.logs import get_logger

_PAUSE_AFTER_FAILURE = timedelta(seconds=60)


class Courier:
    """Keeps each report on the spool, then sends what waits there without anybody waiting for it.

    The thread that sends is a daemon: an evaluation that ends is not held up, and what was not sent by then is still
    on the spool.
    """

    def __init__(self, *, reporter: Reporter, transport: Transport, spool: Spool, clock: Clock) -> None:
        """Use a reporter that publishes over `transport` and keeps on `spool`."""
        self._reporter = reporter
        self._transport = transport
        self._spool = spool
        self._clock = clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = False
        self._rests_until: datetime | None = None
        self._obstacle: str | None = None
        self._log = get_logger()

    def keep(self, draft: Draft) -> str:
        """Put a report on the disk and have it sent; gives its id.

        Raises:
            InvalidEvent: the report is wrong.
            TransportError: the disk did not take it, and neither did the network.
        """
        report = self._reporter.prepare(draft)
        try:
            self._spool.keep(report)
        except SpoolError as error:
            # The disk is full or not ours: the network is all that is left.
            self._log.warning("Tocsin's spool cannot be used", reason=str(error))
            self._transport.send(report)
            return report.event_id
        self.send()
        return report.event_id

    def send(self) -> None:
        """Begin to send what waits, unless the network failed a moment ago."""
        with self._lock:
            if self._rests_until is not None and self._clock() < self._rests_until:
                return
            self._wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tocsin-courier", daemon=True)
                self._thread.start()

    def settle(self, *, seconds: float) -> str | None:
        """Wait for the sending under way, no longer than this; says why reports still wait, where some do."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
            if thread.is_alive():
                return f"{self._transport.destination} takes longer than {seconds:g} seconds."
        try:
            empty = self._spool.is_empty()
        except SpoolError as error:
            return f"{error}."
        return None if empty else self._obstacle or "another process is sending them."

    def close(self) -> None:
        """Let go of connections. What waits stays on the disk."""
        self._transport.close()

    def _work(self) -> None:
        while self._is_wanted():
            obstacle = self._flush()
            with self._lock:
                self._obstacle = obstacle
                self._rests_until = self._clock() + _PAUSE_AFTER_FAILURE if obstacle else None
                self._wanted = self._wanted and obstacle is None

    def _is_wanted(self) -> bool:
        with self._lock:
            wanted, self._wanted = self._wanted, False
            if not wanted:
                self._thread = None
            return wanted

    def _flush(self) -> str | None:
        """Send what waits; says what stands in the way, where something does."""
        try:
            drained = self._reporter.flush()
        except (SpoolError, TransportError, OSError) as error:
            # The spool's folder cannot be read, say: the reports stay where they are.
            return f"{error}."
        if drained.error is not None:
            return str(drained.error)
        return None if drained.stop in {Stop.EMPTY, Stop.BUSY} else f"the network asked to wait ({drained.stop})."
