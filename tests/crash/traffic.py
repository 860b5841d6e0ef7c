"""Reports that flow while processes die: their senders keep what they cannot hand over and send it later."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from tests.system.harness import System
from tests.system.reports import finding, incident
from tocsin_producers import Reporter
from tocsin_producers.transports import TransportError
from tocsin_producers.transports.kafka_writer import KafkaWriter
from tocsin_schemas import ReportKind, Tlp

_PAUSE_SECONDS = 0.05
_TIMEOUT_SECONDS = 4.0


class Part(StrEnum):
    """What a report is good for."""

    SEVERE = "severe"
    """Raises an alert of its own that waits an hour."""
    MODERATE = "moderate"
    """Raises an alert of its own whose ladder moves on after three seconds."""
    SHARED = "shared"
    """Joins the alert about its institute's system."""
    UPDATE = "update"
    RETRACTION = "retraction"
    BROKEN = "broken"
    """Is no report at all."""


_PARTS = (
    Part.SEVERE,
    Part.SEVERE,
    Part.SEVERE,
    Part.SEVERE,
    Part.SEVERE,
    Part.MODERATE,
    Part.SHARED,
    Part.SHARED,
    Part.UPDATE,
)
"""By the last digit of a report's number; nine is a retraction and a broken message in turn."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One report of the storm, decided by its number."""

    number: int
    part: Part
    institute: str
    series: str
    """For an update or a retraction: the severe report's that it is about."""

    @property
    def event_id(self) -> str:
        """The report's id."""
        return f"storm-{self.number:04d}"

    @property
    def gathers_by(self) -> str:
        """What one alert is raised for."""
        return f"system of {self.institute}" if self.part is Part.SHARED else self.series


def plan(count: int, members: list[str]) -> list[Planned]:
    """The storm's reports, in the order of their sending."""
    planned: list[Planned] = []
    for number in range(count):
        digit = number % 10
        part = _PARTS[digit] if digit < 9 else (Part.BROKEN if number % 20 == 9 else Part.RETRACTION)
        about = {Part.UPDATE: number - 8, Part.RETRACTION: number - 5}.get(part, number)
        institute = members[about % len(members)]
        planned.append(Planned(number, part, institute, f"storm-{about:04d}"))
    return planned


class Traffic:
    """Sends the storm's reports in the background, as far as it is allowed to."""

    def __init__(self, system: System, reports: list[Planned], *, by_door: set[str]) -> None:
        """Nothing is sent yet.

        Args:
            system: where to.
            reports: what.
            by_door: institutes whose reports go through the HTTP door; those of all others go to Kafka.
        """
        self._system = system
        self._by_door = by_door
        ways = {
            "kafka": [one for one in reports if one.institute not in by_door or one.part is Part.BROKEN],
            "door": [one for one in reports if one.institute in by_door and one.part is not Part.BROKEN],
        }
        self._allowed = 0
        self._handed_over = 0
        self._moved = threading.Condition()
        self._stopped = False
        self._failures: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(way, mine), name=f"traffic-{way}", daemon=True)
            for way, mine in ways.items()
        ]
        self._reporters: dict[str, Reporter] = {}
        self._raw = KafkaWriter(system.bootstrap_servers, timeout_seconds=_TIMEOUT_SECONDS)

    def start(self) -> None:
        """Begin, with nothing allowed."""
        for thread in self._threads:
            thread.start()

    def allow(self, number: int) -> None:
        """Let reports below this number flow."""
        with self._moved:
            self._allowed = number
            self._moved.notify_all()

    @property
    def handed_over(self) -> int:
        """How many the senders have taken: sent, or kept on their spools."""
        if self._failures:
            raise AssertionError("a sender failed") from self._failures[0]
        return self._handed_over

    def finish(self, *, within: float) -> None:
        """Wait until everything is handed over and no spool holds anything any more."""
        self._system.eventually(
            lambda: self.handed_over >= 0 and not any(thread.is_alive() for thread in self._threads),
            "every report is handed over",
            within=within,
        )
        self._system.eventually(
            lambda: all(reporter.flush().stop == "empty" for reporter in self._reporters.values()),
            "every spool is empty",
            within=within,
        )

    def close(self) -> None:
        """Stop sending and let go of connections."""
        with self._moved:
            self._stopped = True
            self._moved.notify_all()
        for thread in self._threads:
            thread.join(30)
        for reporter in self._reporters.values():
            reporter.close()
        self._raw.close()

    def _run(self, way: str, mine: list[Planned]) -> None:
        try:
            for report in mine:
                if not self._may_go(report.number):
                    return
                self._send(way, report)
                with self._moved:
                    self._handed_over += 1
                time.sleep(_PAUSE_SECONDS)
        except BaseException as error:  # noqa: BLE001 - shown where the test looks
            self._failures.append(error)

    def _may_go(self, number: int) -> bool:
        """Wait until this report may be sent; False: no more are."""
        with self._moved:
            self._moved.wait_for(lambda: number < self._allowed or self._stopped)
            return not self._stopped

    def _send(self, way: str, report: Planned) -> None:
        if report.part is Part.BROKEN:
            self._send_broken(report)
            return
        reporter = self._reporter(way, report.institute)
        title = f"Storm report {report.series}"
        match report.part:
            case Part.SEVERE:
                reporter.incident(incident(report.institute, title), event_id=report.event_id)
            case Part.MODERATE:
                reporter.incident(incident(report.institute, title, severity="moderate"), event_id=report.event_id)
            case Part.SHARED:
                reporter.finding(finding(report.institute, report.gathers_by), event_id=report.event_id)
            case Part.UPDATE:
                changed = incident(report.institute, f"{title}, corrected")
                reporter.update(report.series, changed, event_id=report.event_id)
            case Part.RETRACTION:
                reporter.retract(
                    report.series,
                    reason="A mistake.",
                    kind=ReportKind.INCIDENT,
                    tlp=Tlp.AMBER,
                    event_id=report.event_id,
                )

    def _send_broken(self, report: Planned) -> None:
        """Whoever writes past the SDK has no spool: it tries until Kafka has it."""
        deadline = time.monotonic() + 60
        while True:
            try:
                self._raw.write(
                    f"{self._system.topic_prefix}incidents",
                    key=report.event_id.encode(),
                    value=broken_value(report),
                    headers=[],
                )
            except TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def _reporter(self, way: str, institute: str) -> Reporter:
        if institute not in self._reporters:
            self._reporters[institute] = (
                self._system.door_reporter(institute, spool=True)
                if way == "door"
                else self._system.reporter(institute, spool=True, timeout_seconds=_TIMEOUT_SECONDS)
            )
        return self._reporters[institute]


def broken_value(report: Planned) -> bytes:
    """What lies in Kafka of a broken report."""
    return f"{report.event_id} is no report".encode()
