"""Handing a report over: straight to the network, or behind those that already wait for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin_producers.logs import get_logger
from tocsin_producers.outgoing import Outgoing
from tocsin_producers.spool import Drained, Spool, Stop
from tocsin_producers.transports import Fault, Transport, TransportError
from tocsin_schemas import Clock

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)


class Outcome(StrEnum):
    """What became of a report that was right."""

    PUBLISHED = "published"
    """The network has it on disk."""
    SPOOLED = "spooled"
    """It waits on this machine's disk and is sent later."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a report is now."""

    event_id: str
    series: str
    outcome: Outcome
    reason: str | None = None
    """Why it waits, when it does."""


class Handover:
    """Keeps the order: while one report waits, all later ones wait behind it."""

    def __init__(self, transport: Transport, *, spool: Spool | None, clock: Clock) -> None:
        """Hand over by `transport`; without a spool, what cannot be handed over is raised."""
        self._transport = transport
        self._spool = spool
        self._clock = clock
        self._lock = threading.Lock()
        self._pause = _FIRST_PAUSE
        self._paused_until: datetime | None = None
        self._log = get_logger("reporter")

    def take(self, report: Outgoing) -> Receipt:
        """Hand one report over, and say where it is now.

        Raises:
            TransportError: refused for good, or there is no spool to keep it.
            SpoolError: it could neither be sent nor kept.
        """
        with self._lock:
            if self._spool is None:
                self._transport.send(report)
                return self._published(report)
            waits_for = self._obstacle(self._spool)
            if waits_for is not None:
                return self._keep(self._spool, report, waits_for)
            try:
                self._transport.send(report)
            except TransportError as error:
                if error.permanent:
                    raise
                self._note(self._spool, error)
                return self._keep(self._spool, report, str(error))
            self._resume()
            return self._published(report)

    def flush(self) -> Drained:
        """Send what waits, now.

        Raises:
            SpoolError: the spool cannot be read.
        """
        with self._lock:
            return self._drain()

    def close(self) -> None:
        """Send what waits, unless the network failed a moment ago, and let go of connections."""
        with self._lock:
            try:
                if not self._is_paused():
                    self._drain()
            finally:
                self._transport.close()

    def _obstacle(self, spool: Spool) -> str | None:
        """Why a report must wait; what waits already is sent first, where it can be."""
        until = spool.held_until()
        if until is not None:
            return f"{self._transport.destination} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
        if self._is_paused():
            return f"{self._transport.destination} did not answer a moment ago"
        drained = self._drain()
        if drained.stop is Stop.EMPTY:
            return None
        if drained.stop is Stop.SENDER_REFUSED and drained.error is not None:
            # As without a spool: the operator is told now, not when the disk is full.
            raise drained.error
        return str(drained.error) if drained.error else f"reports before it wait ({drained.stop})"

    def _drain(self) -> Drained:
        if self._spool is None:
            return Drained(Stop.EMPTY)
        drained = self._spool.drain(self._transport)
        if drained.error is not None:
            self._note(self._spool, drained.error)
        elif drained.sent:
            self._resume()
        return drained

    def _keep(self, spool: Spool, report: Outgoing, reason: str) -> Receipt:
        spool.keep(report)
        self._log.warning("report spooled", report=report.event_id, reason=reason)
        return Receipt(report.event_id, report.series, Outcome.SPOOLED, reason)

    def _published(self, report: Outgoing) -> Receipt:
        self._log.info("report published", report=report.event_id, to=self._transport.destination)
        return Receipt(report.event_id, report.series, Outcome.PUBLISHED)

    def _is_paused(self) -> bool:
        return self._paused_until is not None and self._clock() < self._paused_until

    def _note(self, spool: Spool, error: TransportError) -> None:
        """After a failure the next reports do not each wait for the same time limit."""
        spool.note(error)
        if error.fault is Fault.TEMPORARY:
            self._paused_until = self._clock() + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _resume(self) -> None:
        self._paused_until = None
        self._pause = _FIRST_PAUSE
