"""What becomes of a message: an assessment, or a dead letter that says why. Pure: no Kafka, no clock."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin_schemas import (
    ASSESSMENT_TYPE,
    ASSESSMENTS,
    DEAD_LETTER_TYPE,
    DEAD_LETTERS,
    Assessment,
    Envelope,
    Institutes,
    InvalidEvent,
    ProblemCode,
    Report,
    ReportKind,
    Topic,
    check_signature,
    check_size,
    dead_letter,
    from_kafka,
    invalid,
    read_report,
)
from tocsin_schemas.trace_context import is_traceparent

SOURCE = "urn:tocsin:service:grade"
"""The CloudEvents source of everything that grading says."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, SOURCE)


class Assessor(Protocol):
    """Grades valid reports: the rubric."""

    @property
    def version(self) -> str:
        """Version of the rubric."""

    def assess(self, report: Report) -> Assessment:
        """The report with its grade."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it lies in a topic."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime | None
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be published about a message, where and under which key."""

    topic: Topic
    key: bytes | None
    envelope: Envelope
    assessment: Assessment | None = None
    """What was made of it; None for a dead letter."""
    refusal: InvalidEvent | None = None
    """Why it is a dead letter."""
    trace: str | None = None
    """Trace id of the report, where it could be read."""


@dataclass(frozen=True, slots=True)
class Grader:
    """Decides about messages with one rubric and one list of members."""

    rubric: Assessor
    institutes: Institutes

    def decide(self, message: Message, *, expected: ReportKind, now: datetime) -> Decision:
        """An assessment, or a dead letter with every problem that was found; never raises.

        Args:
            message: as it lies in the topic.
            expected: the kind of report that the topic is for.
            now: the time of the decision; goes into the envelope and decides nothing.
        """
        try:
            return self._assessed(message, expected, now)
        except InvalidEvent as error:
            return refuse(message, error, now=now)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the report must go somewhere where people see it
            return refuse(message, _internal(error), now=now)

    def _assessed(self, message: Message, expected: ReportKind, now: datetime) -> Decision:
        if message.value is not None:
            check_size(message.value)
        envelope = from_kafka(message.headers, message.value)
        report = read_report(envelope, expected=expected)
        institute = self.institutes.check_speaker(institute=report.body.institute, source=envelope.source)
        check_signature(institute, envelope)
        assessment = self.rubric.assess(report)
        extensions = {"tlp": report.body.tlp.value}
        traceparent = envelope.extensions.get("traceparent", "")
        # Who writes to Kafka directly may send any text by this name, and one too long for the store would stop desks.
        if is_traceparent(traceparent):
            extensions["traceparent"] = traceparent
        made = Envelope(
            id=assessment_id(envelope, self.rubric.version),
            source=SOURCE,
            type=ASSESSMENT_TYPE,
            subject=envelope.series,
            data=assessment.model_dump(mode="json"),
            time=now,
            extensions=extensions,
        )
        made.to_json()
        return Decision(ASSESSMENTS, envelope.series.encode(), made, assessment=assessment, trace=envelope.trace)


def assessment_id(report: Envelope, rubric_version: str) -> str:
    """The id of an assessment: the same for the same report and rubric, however often it is graded.

    A blank parts the three, which none of them can hold.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{report.source} {report.id} {rubric_version}"))


def dead_letter_id(message: Message) -> str:
    """The id of a dead letter: the same for the same place in a topic."""
    return str(uuid.uuid5(_NAMESPACE, f"{message.topic} {message.partition} {message.offset}"))


def refuse(message: Message, error: InvalidEvent, *, now: datetime) -> Decision:
    """The dead letter for a message: original bytes, key and headers, where it lay, and why."""
    try:
        return _refused(message, error, now)
    except Exception as fault:  # noqa: BLE001 - a reason that cannot be written down must not cost the message
        return _refused(message, _internal(fault), now)


def _refused(message: Message, error: InvalidEvent, now: datetime) -> Decision:
    letter = dead_letter(
        error,
        stage="grade",
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=message.timestamp,
        key=message.key,
        value=message.value,
        headers=list(message.headers),
    )
    envelope = Envelope(
        id=dead_letter_id(message),
        source=SOURCE,
        type=DEAD_LETTER_TYPE,
        subject=f"{message.topic}-{message.partition}-{message.offset}",
        data=letter.model_dump(mode="json"),
        time=now,
    )
    # Half a surrogate pair, say, is text in Python and has no form in UTF-8: found here and not on the way out.
    envelope.to_json()
    return Decision(DEAD_LETTERS, message.key, envelope, refusal=error)


def _internal(error: Exception) -> InvalidEvent:
    return invalid(
        "(event)",
        f"could not be graded because of a fault in grading itself ({type(error).__name__}).",
        "Nothing is wrong with sending it; the network's operators see this and grade it again.",
        ProblemCode.INTERNAL,
    )
