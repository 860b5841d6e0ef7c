"""What is urgent goes before what waited longer, and nothing else changes."""

from threading import Event

from tests.alerting.assessments import finding, incident
from tests.consumers.streams import FakeSource
from tocsin_consumers.loop import ConsumeLoop
from tocsin_consumers.precedence import urgent_assessment, urgent_event
from tocsin_consumers.received import Received
from tocsin_schemas import Assessment, InvalidEvent, ProblemCode, Severity, Urgency, invalid
from tocsin_schemas.envelope import Envelope
from tocsin_schemas.event_types import ASSESSMENT_TYPE


def _record(offset: int, key: str, *, urgent: bool = False) -> Received:
    return Received("t.assessments", 0, offset, None, key.encode(), b"urgent" if urgent else b"{}")


class Member:
    """A loop that takes what says it is urgent first."""

    def __init__(self, *records: Received) -> None:
        self.source = FakeSource(*records)
        self.stop = Event()
        self.source.when_empty = self._rest
        self.handled: list[int] = []
        self.refused: list[int] = []
        self.failures: dict[int, list[Exception]] = {}
        self.loop = ConsumeLoop(
            open_source=lambda: self.source,
            handle=self._handle,
            refuse=lambda record, _error: self.refused.append(record.offset),
            stop=self.stop,
            first=lambda record: record.value == b"urgent",
        )

    def _rest(self) -> None:
        if not self.loop._waiting:
            self.stop.set()

    def _handle(self, record: Received) -> None:
        if self.failures.get(record.offset):
            raise self.failures[record.offset].pop(0)
        self.handled.append(record.offset)


def test_what_is_urgent_is_handled_before_what_waits_and_again_in_its_turn() -> None:
    """Offsets are committed in order; the repeat changes nothing, as every repeat."""
    member = Member(_record(0, "a"), _record(1, "b"), _record(2, "c", urgent=True), _record(3, "d"))
    member.loop.run()

    assert member.handled == [2, 0, 1, 2, 3]
    assert member.source.committed == [(0, offset) for offset in range(4)]


def test_the_order_within_a_series_holds() -> None:
    """An urgent correction does not pass the report that it corrects."""
    member = Member(_record(0, "a"), _record(1, "b"), _record(2, "b", urgent=True))
    member.loop.run()

    assert member.handled == [0, 1, 2]


def test_what_cannot_be_done_ahead_is_left_for_its_turn() -> None:
    """It is tried again there, or refused with its reason; nothing is lost and nothing is refused twice."""
    member = Member(_record(0, "a"), _record(1, "b", urgent=True), _record(2, "c", urgent=True))
    fault = invalid("x", "is wrong.", "Mend it.", ProblemCode.INTERNAL)
    member.failures = {1: [ConnectionError("away")], 2: [fault, fault]}
    member.loop.run()

    assert isinstance(fault, InvalidEvent)
    assert member.handled == [0, 1]
    assert member.refused == [2]


def test_what_lies_behind_others_is_found_while_they_are_handled() -> None:
    """The next messages are read before the last ones are done."""
    member = Member(*(_record(number, f"k{number}") for number in range(5)))
    member.source.batches.append([_record(5, "k5"), _record(6, "k6", urgent=True)])
    member.loop.run()

    assert member.handled.index(6) < member.handled.index(1)
    assert sorted(set(member.handled)) == list(range(7))


def _assessed(assessment: Assessment) -> Received:
    envelope = Envelope(
        id="1",
        source="urn:tocsin:grade",
        type=ASSESSMENT_TYPE,
        subject=assessment.series,
        time=assessment.reported_at,
        data=assessment.model_dump(mode="json", exclude_none=True),
    )
    return Received("t.assessments", 0, 0, None, b"k", envelope.to_json())


def test_critical_and_immediate_are_urgent_and_nothing_else_is() -> None:
    """Not what is merely severe: of that a storm may consist. What cannot be read waits for its turn."""
    assert urgent_assessment(_assessed(incident(severity=Severity.CRITICAL)))
    assert urgent_assessment(_assessed(finding(severity=Severity.MODERATE, urgency=Urgency.IMMEDIATE)))
    assert not urgent_assessment(_assessed(finding(severity=Severity.SEVERE)))
    assert not urgent_assessment(_record(0, "a"))
    assert not urgent_event(_record(0, "a"))
