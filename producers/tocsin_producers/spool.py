"""The spool: reports that could not be handed over wait here, in order, and are handed over later, across restarts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from tocsin_producers.logs import get_logger
from tocsin_producers.outgoing import Outgoing, read_outgoing
from tocsin_producers.spool_folder import Refused, SpoolError, SpoolFolder
from tocsin_producers.transports import Fault, Transport, TransportError
from tocsin_schemas import Clock, InvalidEvent, Problem, ProblemCode

__all__ = ["Drained", "Refused", "Spool", "SpoolError", "Stop"]

_TURN_SECONDS = 5.0
"""How long one process waits for another that is sending."""


class Stop(StrEnum):
    """Why sending from the spool ended."""

    EMPTY = "empty"
    """Nothing waits any more."""
    HELD = "held"
    """The receiver asked to be left alone for a while."""
    UNREACHABLE = "unreachable"
    """The receiver could not take a report; it and those behind it wait."""
    SENDER_REFUSED = "sender_refused"
    """Key, address or permission are wrong; all wait until that is mended."""
    BUSY = "busy"
    """Another process is sending."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What sending from the spool came to."""

    stop: Stop
    sent: int = 0
    refused: tuple[Refused, ...] = ()
    """Moved aside, each with its reason."""
    error: TransportError | None = None
    """What stopped it, where something did."""
    until: datetime | None = None
    """When the receiver may be asked again, where it said so."""


@dataclass
class _Tally:
    sent: int = 0
    refused: list[Refused] = field(default_factory=list)

    def ended(self, stop: Stop, error: TransportError | None = None, until: datetime | None = None) -> Drained:
        return Drained(stop, sent=self.sent, refused=tuple(self.refused), error=error, until=until)


class Spool:
    """Reports that wait, in a folder that several processes may share."""

    def __init__(self, path: Path, *, clock: Clock) -> None:
        """Use the folder at `path`, which is made when first needed."""
        self.folder = SpoolFolder(path)
        self._clock = clock
        self._log = get_logger("spool")

    def keep(self, report: Outgoing) -> None:
        """Keep a report behind all that wait; on return it is on the disk.

        Raises:
            SpoolError: it could not be kept.
        """
        self.folder.append(report.value)

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self.folder.is_empty()

    def held_until(self) -> datetime | None:
        """Until when nothing may be sent, because the receiver said so; None when it may."""
        until = self.folder.held_until()
        return until if until is not None and until > self._clock() else None

    def note(self, error: TransportError) -> None:
        """Remember, over restarts too, how long the receiver asked to be left alone."""
        if error.retry_after is not None:
            self.folder.hold(self._clock() + error.retry_after)

    def drain(self, transport: Transport) -> Drained:
        """Send what waits, first first, until nothing does or something stops it.

        A report that will never be taken, or a file that holds none, is moved aside and stops nothing. A process that
        dies between the receiver's yes and the removal sends that report again: it has the same id and counts once.

        Raises:
            SpoolError: the folder cannot be read or written.
        """
        try:
            return self._drain(transport)
        except OSError as error:
            raise SpoolError(
                f"the spool at {self.folder.path} cannot be worked on ({error.strerror}); make the folder and its "
                "files readable and writable for this user"
            ) from error

    def _drain(self, transport: Transport) -> Drained:
        if self.is_empty():
            return Drained(Stop.EMPTY)
        if (until := self.held_until()) is not None:
            return Drained(Stop.HELD, until=until)
        with self.folder.sending(wait_seconds=_TURN_SECONDS) as turn:
            if not turn:
                return Drained(Stop.BUSY)
            self.folder.sweep()
            return self._send_all(transport)

    def _send_all(self, transport: Transport) -> Drained:
        tally = _Tally()
        # Looked at anew until it is empty: others may add while this one sends.
        while waiting := self.folder.waiting():
            for path in waiting:
                stopped = self._send_one(path, transport, tally)
                if stopped is not None:
                    return stopped
        return tally.ended(Stop.EMPTY)

    def _send_one(self, path: Path, transport: Transport, tally: _Tally) -> Drained | None:
        try:
            report = read_outgoing(path.read_bytes())
        except FileNotFoundError:
            # Somebody removed it by hand: that is theirs to decide.
            return None
        except InvalidEvent as error:
            self._aside(path, error.problems, tally)
            return None
        try:
            transport.send(report)
        except TransportError as error:
            if error.fault is Fault.REPORT:
                self._aside(path, error.problems or (_refusal(error),), tally)
                return None
            self.note(error)
            stop = Stop.UNREACHABLE if error.fault is Fault.TEMPORARY else Stop.SENDER_REFUSED
            return tally.ended(stop, error, self.held_until())
        self.folder.remove(path)
        tally.sent += 1
        self._log.info("spooled report sent", report=report.event_id, to=transport.destination)
        return None

    def _aside(self, path: Path, problems: tuple[Problem, ...], tally: _Tally) -> None:
        refused = self.folder.set_aside(path, problems)
        tally.refused.append(refused)
        self._log.warning(
            "spooled report moved aside", file=str(refused.path), codes=[problem.code.value for problem in problems]
        )


def _refusal(error: TransportError) -> Problem:
    return Problem("(event)", str(error), "Correct the report and publish it anew.", ProblemCode.INVALID_VALUE)
