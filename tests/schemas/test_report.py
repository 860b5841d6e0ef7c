"""Reports as a whole: identity, label, size, and the way into an envelope and out again."""

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemas.reports import (
    NOON,
    bodies,
    envelope_of,
    envelopes,
    identities,
    instants,
    json_values,
    minimal_finding,
    sources,
)
from tocsin_schemas import (
    Action,
    Body,
    Envelope,
    Finding,
    InvalidEvent,
    ProblemCode,
    ReportKind,
    ReportType,
    Retraction,
    body_model,
    check_size,
    envelope_for,
    from_json,
    from_kafka,
    read_report,
)
from tocsin_schemas.limits import EVENT_BYTES

Result = TypeVar("Result")


def attempt(read: Callable[[], Result]) -> Result | InvalidEvent:
    """What reading gives: its result, or its refusal."""
    try:
        return read()
    except InvalidEvent as refusal:
        return refusal


def fields_refused(envelope: Envelope) -> set[str]:
    """The fields that a report is refused for."""
    with pytest.raises(InvalidEvent) as caught:
        read_report(envelope)
    return {problem.field for problem in caught.value.problems}


@given(envelope=envelopes)
def test_what_goes_out_comes_in_again(envelope: Envelope) -> None:
    """Any event, written and read, is the same event."""
    assert from_json(envelope.to_json()) == envelope
    assert from_kafka(list(envelope.headers()), envelope.to_json()) == envelope


@given(
    report=bodies(),
    source=sources,
    event_id=identities,
    series=st.none() | identities,
    time=instants,
    zone=st.integers(-12, 14),
)
def test_a_body_survives_its_envelope_and_the_way(
    report: tuple[ReportKind, Action, Body], source: str, event_id: str, series: str | None, time: datetime, zone: int
) -> None:
    """Whatever an institute may say arrives as it was said, with its label on the outside."""
    kind, action, body = report
    local = time.astimezone(timezone(timedelta(hours=zone)))
    envelope = envelope_for(
        body,
        kind=kind,
        action=action,
        source=source,
        event_id=event_id,
        time=local,
        series=series,
    )
    read = read_report(from_json(envelope.to_json()), expected=kind)

    assert read.body == body
    assert (read.kind, read.action) == (kind, action)
    assert read.envelope.series == (series or event_id)
    assert read.envelope.time == time
    assert read.envelope.extensions == {"tlp": body.tlp.value}


_names = ["content-type", "ce_id", "ce_time", "ce_specversion", "ce_source", "ce_type", "CE_x", "ce_"]
_contents = st.none() | st.binary(max_size=30) | st.sampled_from([b"1.0", b"application/cloudevents+json"])


@given(
    value=st.none() | st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()),
    headers=st.lists(st.tuples(st.sampled_from(_names) | st.text(max_size=8), _contents), max_size=8),
)
def test_whatever_lies_in_kafka_is_an_event_or_refused(
    value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    """No bytes and no headers make the reader stumble: an envelope, or an InvalidEvent that can be written down."""
    outcome = attempt(lambda: from_kafka(headers, value))
    if isinstance(outcome, InvalidEvent):
        assert outcome.problems
        assert all(problem.field and problem.message and problem.fix for problem in outcome.problems)
        assert str(outcome).encode("utf-8")
    else:
        assert from_json(outcome.to_json()) == outcome


@given(
    attributes=st.dictionaries(
        st.sampled_from(["specversion", "id", "source", "type", "subject", "time", "data", "data_base64", "tlp", "x"]),
        json_values,
    )
)
def test_whatever_attributes_an_object_has_it_is_an_event_or_refused(attributes: dict[str, object]) -> None:
    """The same for objects that look like events."""
    likely = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"} | attributes
    outcome = attempt(lambda: from_json(json.dumps(likely).encode()))
    if isinstance(outcome, InvalidEvent):
        assert {problem.field for problem in outcome.problems} <= likely.keys()
    else:
        assert from_json(outcome.to_json()) == outcome


@given(data=json_values, report_type=st.sampled_from([ReportType(k, a).name for k in ReportKind for a in Action]))
def test_whatever_the_data_is_a_report_or_refused(data: object, report_type: str) -> None:
    """Arbitrary JSON makes no grader stumble."""
    with pytest.raises(InvalidEvent):
        read_report(envelope_of(data, type=report_type))


@given(
    field=st.sampled_from(sorted(Finding.model_fields)),
    value=json_values,
)
def test_whatever_a_field_holds_the_finding_is_read_or_refused(field: str, value: object) -> None:
    """One wild value in an otherwise good finding is refused at that field, or taken and given back."""
    outcome = attempt(lambda: read_report(envelope_of(minimal_finding() | {field: value})))
    if isinstance(outcome, InvalidEvent):
        # Beyond twenty problems the last is about the event: how many more there are.
        assert {problem.field.split(".")[0] for problem in outcome.problems} - {"(event)"} == {field}
    else:
        assert isinstance(outcome.body, Finding)


def padded(size: int) -> Envelope:
    """A finding whose event is exactly so many bytes long."""
    evidence = [{"title": "x" * 500} for _ in range(118)]
    envelope = envelope_of(minimal_finding() | {"evidence": evidence, "summary": "x"})
    missing = size - len(envelope.to_json())
    assert 0 <= missing < 8000
    return dataclasses.replace(envelope, data={**envelope.data, "summary": "x" * (missing + 1)})


def test_an_event_may_have_64_kib_and_not_a_byte_more() -> None:
    """At the limit it is taken; one byte over, the refusal says how large it is and how large it may be."""
    largest = padded(EVENT_BYTES).to_json()
    assert len(largest) == EVENT_BYTES

    check_size(largest)
    with pytest.raises(InvalidEvent, match="is 65537 bytes; a report may have 65536") as caught:
        check_size(largest + b" ")
    assert caught.value.problems[0].code is ProblemCode.TOO_LARGE


def test_a_body_too_large_for_its_envelope_is_refused_before_it_is_sent() -> None:
    """The SDK learns of it, not the broker."""
    report = read_report(padded(EVENT_BYTES))

    def enclose(event_id: str) -> Envelope:
        return envelope_for(
            report.body,
            kind=ReportKind.FINDING,
            action=Action.REPORT,
            source=report.envelope.source,
            event_id=event_id,
            time=NOON,
        )

    # The label on the envelope, and the subject, are what `padded` left out.
    with pytest.raises(InvalidEvent) as caught:
        enclose("gb-1")
    assert caught.value.problems[0].code is ProblemCode.TOO_LARGE


@pytest.mark.parametrize("mark", [" ", "\n", "\t", "\x00", "\x7f", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff"])
@pytest.mark.parametrize("field", ["id", "subject", "source"])
def test_identities_hold_nothing_that_cannot_be_seen(field: str, mark: str) -> None:
    """Two ids that look alike are alike: no spaces, controls, direction marks or zero-width characters."""
    assert fields_refused(envelope_of(minimal_finding(), **{field: f"a{mark}b"})) == {field}


@pytest.mark.parametrize("field", ["id", "subject", "source"])
def test_identities_are_of_bounded_length(field: str) -> None:
    """Two hundred characters are taken, one more is not."""
    assert read_report(envelope_of(minimal_finding(), **{field: "a" * 200})).body.institute == "gb"
    assert fields_refused(envelope_of(minimal_finding(), **{field: "a" * 201})) == {field}


@pytest.mark.parametrize("source", ["a<b", 'a"b', "a\\b", "a{b}", "é", "a|b", "a^b", "a`b"])
def test_a_source_is_a_uri_reference(source: str) -> None:
    """As CloudEvents demands."""
    assert fields_refused(envelope_of(minimal_finding(), source=source)) == {"source"}


@pytest.mark.parametrize(
    "source", ["urn:tocsin:institute:gb", "https://aisi.example/x?y=1#z", "/a/b", "a%20b", "[::1]"]
)
def test_usual_sources_are_taken(source: str) -> None:
    """URNs, URLs and paths."""
    assert read_report(envelope_of(minimal_finding(), source=source)).envelope.source == source


def test_envelope_for_refuses_a_bad_identity_before_it_is_sent() -> None:
    """The SDK's caller is told at once."""
    body = Retraction.model_validate(
        {"institute": "gb", "tlp": "TLP:RED", "status": "test", "language": "en", "reason": "x"}
    )
    with pytest.raises(InvalidEvent, match="id: must be 1 to 200 characters"):
        envelope_for(body, kind=ReportKind.FINDING, action=Action.RETRACT, source="urn:x", event_id="a b", time=NOON)


def test_labels_inside_and_outside_must_agree() -> None:
    """A router goes by the outer label, a reader by the inner one: they are the same or the report is refused."""
    agreeing = envelope_of(minimal_finding(), extensions={"tlp": "TLP:GREEN"})
    differing = envelope_of(minimal_finding(), extensions={"tlp": "TLP:CLEAR"})
    assert read_report(agreeing).body.tlp.value == "TLP:GREEN"
    assert read_report(envelope_of(minimal_finding())).body.tlp.value == "TLP:GREEN"

    with pytest.raises(InvalidEvent) as caught:
        read_report(differing)
    assert caught.value.problems[0].code is ProblemCode.TLP_MISMATCH


def test_half_a_surrogate_pair_is_refused_where_it_stands() -> None:
    """A text that no UTF-8 can carry is refused, from JSON and from Python."""
    raw = json.dumps({**json.loads(envelope_of(minimal_finding()).to_json()), "data": {"title": "\ud800"}})
    with pytest.raises(InvalidEvent) as caught:
        from_json(raw.encode())
    assert caught.value.problems[0].field == "data.title"

    with pytest.raises(InvalidEvent):
        read_report(envelope_of(minimal_finding() | {"title": "\ud800"}))


def test_the_trace_travels_on_the_envelope() -> None:
    """A report can be followed from the institute's own trace."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    envelope = envelope_for(
        Finding.model_validate(minimal_finding()),
        kind=ReportKind.FINDING,
        action=Action.REPORT,
        source="urn:tocsin:institute:gb",
        event_id="1",
        time=NOON,
        traceparent=f"00-{trace}-00f067aa0ba902b7-01",
    )

    assert from_json(envelope.to_json()).trace == trace


def test_every_kind_and_action_has_its_body() -> None:
    """A retraction carries a retraction; an update carries the whole report anew."""
    for kind in ReportKind:
        assert body_model(kind, Action.RETRACT) is Retraction
        assert body_model(kind, Action.REPORT) is body_model(kind, Action.UPDATE)
