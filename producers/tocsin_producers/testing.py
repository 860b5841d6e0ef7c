"""For tests of programs that publish: a transport that records, and fails when told to."""

from __future__ import annotations

from tocsin_producers.outgoing import Outgoing
from tocsin_producers.transports import TransportError
from tocsin_schemas import Report, from_json, read_report

__all__ = ["RecordingTransport"]


class RecordingTransport:
    """Keeps what is sent in `sent`. While `failure` is set, it is raised instead."""

    def __init__(self, *, failure: TransportError | None = None) -> None:
        """Take everything, or fail from the start."""
        self.sent: list[Outgoing] = []
        self.failure = failure
        self.failures: dict[str, TransportError] = {}
        """Failures of single reports by event id; these go before `failure`."""
        self.attempts = 0
        self.closed = False

    @property
    def destination(self) -> str:
        """Nowhere."""
        return "a recording"

    @property
    def reports(self) -> list[Report]:
        """What was sent, read back as the network would read it."""
        return [read_report(from_json(one.value)) for one in self.sent]

    @property
    def ids(self) -> list[str]:
        """The ids of what was sent, in order."""
        return [one.event_id for one in self.sent]

    def send(self, report: Outgoing) -> None:
        """Record the report.

        Raises:
            TransportError: it was told to fail.
        """
        self.attempts += 1
        failure = self.failures.get(report.event_id, self.failure)
        if failure is not None:
            raise failure
        self.sent.append(report)

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
