"""What becomes of a message: hostile ones included, decided without Kafka."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.reports import FINDING, INCIDENT, NETWORK, RETRACTION, TIME, as_json, envelope, loaded
from tocsin_schemas import (
    ASSESSMENT_TYPE,
    ASSESSMENTS,
    DEAD_LETTER_TYPE,
    DEAD_LETTERS,
    Action,
    Assessment,
    DeadLetter,
    Envelope,
    InvalidEvent,
    ProblemCode,
    Report,
    ReportKind,
    from_json,
    limits,
    load_institutes,
)
from tocsin_streams.decision import Decision, Grader, Message, dead_letter_id

GRADER = Grader(rubric=loaded(), institutes=load_institutes(NETWORK))
NOW = datetime(2026, 11, 24, 9, 0, 1, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def message(value: bytes | None, *, headers: Any = (), key: bytes | None = b"k", offset: int = 41) -> Message:
    """A message in the topic of findings."""
    return Message("tocsin.findings", 2, offset, TIME, key, value, tuple(headers))


def decide(value: bytes | None, *, expected: ReportKind = ReportKind.FINDING, **rest: Any) -> Decision:
    """The decision about a value."""
    return GRADER.decide(message(value, **rest), expected=expected, now=NOW)


def good(**fields: Any) -> dict[str, Any]:
    """The CloudEvent of a good finding, as JSON."""
    parsed: dict[str, Any] = json.loads(
        envelope({**FINDING, **fields}, kind=ReportKind.FINDING, traceparent=TRACE).to_json()
    )
    return parsed


def letter(decision: Decision) -> DeadLetter:
    """The dead letter of a decision, read back from what is sent."""
    assert decision.topic is DEAD_LETTERS
    return DeadLetter.model_validate(from_json(decision.envelope.to_json()).data)


def test_a_good_report_becomes_an_assessment_of_its_series() -> None:
    """Type, source, key, label, trace and content are those that the desk reads."""
    decision = decide(as_json(good()))
    sent = from_json(decision.envelope.to_json())
    assessment = Assessment.model_validate(sent.data)

    assert decision.topic is ASSESSMENTS
    assert decision.key == b"series-1"
    assert (sent.type, sent.source, sent.subject) == (ASSESSMENT_TYPE, "urn:tocsin:service:grade", "series-1")
    assert sent.time == NOW
    assert sent.extensions == {"tlp": "TLP:AMBER", "traceparent": TRACE}
    assert decision.trace == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert (assessment.source, assessment.report, assessment.institute) == ("urn:tocsin:institute:gb", "r-1", "gb")
    assert assessment.grade is not None
    assert assessment.grade.rubric == GRADER.rubric.version


@pytest.mark.parametrize("text", ["x" * 65, f"{TRACE}-and-more", "", "a\0b", "00-0-0-00", TRACE.upper()])
def test_a_traceparent_that_is_none_is_not_carried_on(text: str) -> None:
    """Whatever an institute writes by that name, no desk has to store it; the report is graded all the same."""
    decision = decide(as_json({**good(), "traceparent": text}))

    assert decision.topic is ASSESSMENTS
    assert from_json(decision.envelope.to_json()).extensions == {"tlp": "TLP:AMBER"}


def test_a_retraction_becomes_an_assessment_without_a_grade() -> None:
    """Taking back is first-class: it follows its original."""
    value = envelope(RETRACTION, kind=ReportKind.FINDING, action=Action.RETRACT).to_json()
    assessment = decide(value).assessment

    assert assessment is not None
    assert assessment.grade is None
    assert assessment.retraction is not None


def test_binary_mode_is_the_same_report() -> None:
    """A CloudEvent in headers and data gets the assessment of the structured one."""
    event = good()
    headers = [("content-type", b"application/json")]
    headers += [(f"ce_{name}", str(event[name]).encode()) for name in event if name not in ("data", "datacontenttype")]
    binary = decide(as_json(event["data"]), headers=headers)

    assert binary.envelope == decide(as_json(event)).envelope


def test_processing_twice_says_the_same() -> None:
    """The id does not depend on when or where a report is graded, only on the report and the rubric."""
    value = as_json(good())
    again = GRADER.decide(message(value, offset=99), expected=ReportKind.FINDING, now=NOW.replace(hour=23))

    assert again.envelope.id == decide(value).envelope.id
    assert again.assessment == decide(value).assessment


def test_another_rubric_is_another_assessment() -> None:
    """A report that is graded again by a new rubric is not mistaken for a repeat."""

    class Newer:
        version = "newer"

        def assess(self, report: Report) -> Assessment:
            return GRADER.rubric.assess(report)

    newer = Grader(rubric=Newer(), institutes=GRADER.institutes)
    value = as_json(good())
    one = newer.decide(message(value), expected=ReportKind.FINDING, now=NOW)

    assert one.envelope.id != decide(value).envelope.id


def without(name: str) -> dict[str, Any]:
    """A good event whose data lacks a field."""
    event = good()
    del event["data"][name]
    return event


BAD: list[tuple[str, bytes | None, str, ProblemCode]] = [
    ("no value", None, "(event)", ProblemCode.NOT_CLOUDEVENT),
    ("empty value", b"", "(event)", ProblemCode.NOT_JSON),
    ("not JSON", b"{", "(event)", ProblemCode.NOT_JSON),
    ("not UTF-8", b'{"id": "\xff"}', "(event)", ProblemCode.NOT_UTF8),
    ("a megabyte", b'"' + b"x" * 1024 * 1024 + b'"', "(event)", ProblemCode.TOO_LARGE),
    ("deep nesting", b"[" * 30_000, "(event)", ProblemCode.NOT_JSON),
    ("a list", b"[]", "(event)", ProblemCode.NOT_CLOUDEVENT),
    ("no CloudEvent", b"{}", "id", ProblemCode.NOT_CLOUDEVENT),
    ("no TLP", as_json(without("tlp")), "tlp", ProblemCode.MISSING),
    ("no system", as_json(without("system")), "system", ProblemCode.MISSING),
    ("unknown field", as_json({**good(), "data": {**FINDING, "sumary": "x"}}), "sumary", ProblemCode.UNKNOWN_FIELD),
    ("wrong enum", as_json({**good(), "data": {**FINDING, "status": "real"}}), "status", ProblemCode.INVALID_VALUE),
    (
        "future version",
        as_json({**good(), "type": "org.tocsin.finding.reported.v9"}),
        "type",
        ProblemCode.FUTURE_VERSION,
    ),
    ("no type of ours", as_json({**good(), "type": "com.example.thing"}), "type", ProblemCode.UNKNOWN_TYPE),
    ("an incident", envelope(INCIDENT, kind=ReportKind.INCIDENT).to_json(), "type", ProblemCode.WRONG_TOPIC),
    (
        "unknown institute",
        as_json({**good(), "data": {**FINDING, "institute": "xx"}}),
        "institute",
        ProblemCode.UNKNOWN_INSTITUTE,
    ),
    ("somebody else's source", as_json({**good(), "source": "urn:x"}), "source", ProblemCode.NOT_ITS_SOURCE),
    ("two labels", as_json({**good(), "tlp": "TLP:CLEAR"}), "tlp", ProblemCode.TLP_MISMATCH),
]


@pytest.mark.parametrize(("value", "field", "code"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_message_becomes_a_dead_letter_that_says_why(value: bytes | None, field: str, code: ProblemCode) -> None:
    """The letter has the reason and, whole, what was refused."""
    headers = [("a", b"1"), ("a", b"\xff"), ("b", None)]
    refused = letter(decide(value, headers=headers))

    assert (field, code) in {(problem.field, problem.code) for problem in refused.problems}
    assert all(problem.message and problem.fix for problem in refused.problems)
    assert refused.stage == "grade"
    assert refused.value == value
    assert refused.key == b"k"
    assert [(name, base64.b64decode(content)) for name, content in refused.headers] == [
        ("a", b"1"),
        ("a", b"\xff"),
        ("b", b""),
    ]
    assert (refused.topic, refused.partition, refused.offset, refused.timestamp) == ("tocsin.findings", 2, 41, TIME)


def test_a_measurement_that_is_no_number_is_refused() -> None:
    """NaN is no JSON and no measurement."""
    event = good(measurements=[{"metric": "accuracy", "value": 0.5}])
    text = json.dumps(event).replace("0.5", "NaN")

    assert decide(text.encode()).topic is DEAD_LETTERS


def test_a_dead_letter_keeps_the_key_and_has_an_id_of_its_place() -> None:
    """The same place gives the same id; another place another."""
    refused = decide(b"{")

    assert refused.key == b"k"
    assert refused.envelope.type == DEAD_LETTER_TYPE
    assert refused.envelope.id == dead_letter_id(message(b"other bytes"))
    assert refused.envelope.id != decide(b"{", offset=42).envelope.id
    assert decide(b"{", key=None).key is None


def test_an_unsigned_report_of_an_institute_with_keys_is_refused() -> None:
    """Where an institute has registered keys, its word alone does not count."""
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    members = [
        member.model_copy(update={"keys": (key,)}) if member.id == "gb" else member for member in GRADER.institutes
    ]
    strict = Grader(rubric=GRADER.rubric, institutes=type(GRADER.institutes)(members))
    refused = letter(strict.decide(message(as_json(good())), expected=ReportKind.FINDING, now=NOW))

    assert [problem.code for problem in refused.problems] == [ProblemCode.BAD_SIGNATURE]


class Failing:
    """A rubric that fails."""

    version = "failing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def assess(self, report: Report) -> Assessment:
        """Fail."""
        self.error.add_note(report.envelope.id)
        raise self.error


@pytest.mark.parametrize("error", [RuntimeError("protected text"), RecursionError(), MemoryError()])
def test_a_fault_in_grading_costs_no_report(error: Exception) -> None:
    """Whatever goes wrong inside, the report goes to people, without the words of the fault."""
    failing = Grader(rubric=Failing(error), institutes=GRADER.institutes)
    refused = letter(failing.decide(message(as_json(good())), expected=ReportKind.FINDING, now=NOW))

    assert [problem.code for problem in refused.problems] == [ProblemCode.INTERNAL]
    assert type(error).__name__ in refused.reason
    assert "protected text" not in refused.reason


def test_a_reason_that_cannot_be_written_costs_no_report() -> None:
    """Half a surrogate pair has no form in UTF-8; the message is kept all the same."""
    broken = InvalidEvent([])
    broken.problems = (type("P", (), {"field": "\ud800", "message": "m", "fix": "f", "code": ProblemCode.MISSING})(),)
    failing = Grader(rubric=Failing(broken), institutes=GRADER.institutes)
    value = as_json(good())
    refused = letter(failing.decide(message(value), expected=ReportKind.FINDING, now=NOW))

    assert [problem.code for problem in refused.problems] == [ProblemCode.INTERNAL]
    assert refused.value == value


def test_the_largest_message_fits_into_a_dead_letter() -> None:
    """What a topic takes, a dead letter holds: in base64, with headers and reason."""
    decision = decide(b"x" * (limits.RAW_BYTES + 64 * 1024))

    assert len(decision.envelope.to_json()) < limits.DEAD_LETTER_BYTES


def test_the_largest_report_fits_into_an_assessment() -> None:
    """A report of nearly 64 KiB with every text at its limit is not refused for the size of its assessment."""
    lines = ["x" * 480] * 130
    value = as_json(good(derived_from=lines))
    decision = decide(value)

    assert 60_000 < len(value) <= limits.EVENT_BYTES
    assert decision.topic is ASSESSMENTS
    assert len(decision.envelope.to_json()) < ASSESSMENTS.max_bytes


@given(
    st.none() | st.binary(max_size=300),
    st.lists(st.tuples(st.text(max_size=10), st.none() | st.binary(max_size=20)), max_size=4),
    st.sampled_from(ReportKind),
)
def test_no_message_is_without_a_decision(value: bytes | None, headers: Any, kind: ReportKind) -> None:
    """Whatever lies in a topic becomes an assessment or a dead letter that holds it whole."""
    headers = [(name.encode("utf-8", "replace").decode(), content) for name, content in headers]
    decision = decide(value, headers=headers, expected=kind)

    assert letter(decision).value == value


def test_an_envelope_is_what_is_sent() -> None:
    """The decision's envelope reads back as it was written."""
    decision = decide(as_json(good()))

    assert isinstance(decision.envelope, Envelope)
    assert from_json(decision.envelope.to_json()) == decision.envelope
