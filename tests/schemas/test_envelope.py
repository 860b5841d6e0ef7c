"""The CloudEvents envelope: what is read in either mode, and what is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin_schemas import Envelope, InvalidEvent, Problem, ProblemCode, from_json, from_kafka
from tocsin_schemas.envelope import STRUCTURED_CONTENT_TYPE, from_attributes

STRUCTURED = [("content-type", STRUCTURED_CONTENT_TYPE.encode())]


def event(**attributes: Any) -> bytes:
    """A structured event with these attributes besides, or instead of, the required ones."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": "1",
            "source": "urn:tocsin:institute:gb",
            "type": "org.tocsin.finding.reported.v1",
            **attributes,
        }
    ).encode()


def binary(**attributes: bytes | None) -> list[tuple[str, bytes | None]]:
    """The headers of a binary event."""
    required: dict[str, bytes | None] = {
        "ce_specversion": b"1.0",
        "ce_id": b"1",
        "ce_source": b"urn:tocsin:institute:gb",
        "ce_type": b"org.tocsin.finding.reported.v1",
        "content-type": b"application/json",
    }
    return list((required | attributes).items())


def problems(value: bytes | None, headers: list[tuple[str, bytes | None]] | None = None) -> dict[str, Problem]:
    """The problems of what lies in Kafka, by field."""
    with pytest.raises(InvalidEvent) as caught:
        from_kafka(headers or [], value)
    return {problem.field: problem for problem in caught.value.problems}


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize("absent", [None, ""])
def test_what_identifies_an_event_is_never_made_up(name: str, absent: str | None) -> None:
    """An event without one of the required attributes is refused in both modes, and told which."""
    headers = binary(**{f"ce_{name}": None if absent is None else absent.encode()})

    assert set(problems(event(**{name: absent}))) == {name}
    assert set(problems(b"{}", headers)) == {name}


def test_all_missing_attributes_are_told_at_once() -> None:
    """An empty object learns all that it lacks in one go."""
    assert set(problems(b"{}")) == {"specversion", "id", "source", "type"}


@pytest.mark.parametrize("specversion", ["1.1", "0.3", "2.0", "1", 1.0])
def test_other_versions_of_cloudevents_are_refused(specversion: object) -> None:
    """Only version 1.0 is spoken here, and the refusal says so."""
    problem = problems(event(specversion=specversion))["specversion"]

    assert problem.code is ProblemCode.NOT_CLOUDEVENT
    assert "'1.0'" in problem.fix
    if isinstance(specversion, str):
        assert "specversion" in problems(b"{}", binary(ce_specversion=specversion.encode()))


def test_time_that_is_absent_stays_absent() -> None:
    """Nobody claims that an event without a time happened just now."""
    structured = from_json(event())
    null = from_json(event(time=None))

    assert structured.time is None
    assert null.time is None
    assert from_kafka(binary(), b"{}").time is None
    assert b'"time"' not in structured.to_json()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24T09:00:00Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24t09:00:00z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24T10:30:00.25+01:30", datetime(2026, 11, 24, 9, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-24T09:00:00.123456789Z", datetime(2026, 11, 24, 9, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_time_is_read_with_its_zone(text: str, instant: datetime) -> None:
    """Every form of RFC 3339 is the same instant in structured and binary mode."""
    assert from_json(event(time=text)).time == instant
    assert from_kafka(binary(ce_time=text.encode()), b"{}").time == instant


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-11-24", "2026-11-24T09:00:00", "2026-W48-2", "1700000000", "2026-13-24T09:00:00Z",
     "0001-01-01T00:00:00+14:00", "2026-11-24T09:00:00Z\n", "٢٠٢٦-11-24T09:00:00Z"],
)  # fmt: skip
def test_what_is_no_instant_is_refused_with_an_example_of_one(text: str) -> None:
    """A local time or a week is no instant; the refusal shows how to write one."""
    for found in (problems(event(time=text)), problems(b"{}", binary(ce_time=text.encode()))):
        assert "2026-11-24T09:00:00Z" in found["time"].fix


@pytest.mark.parametrize("number", [1700000000, 1.5, True, {"year": 2026}])
def test_time_as_a_number_is_refused(number: object) -> None:
    """Seconds since 1970 are no RFC 3339."""
    assert "time" in problems(event(time=number))


@pytest.mark.parametrize("name", ["id", "source", "type", "subject", "dataschema", "datacontenttype"])
@pytest.mark.parametrize("value", [7, 1.5, True, ["x"], {"x": 1}])
def test_attributes_are_texts(name: str, value: object) -> None:
    """An id that is a number would be another id to the next reader."""
    assert set(problems(event(**{name: value}))) == {name}


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), ("", ""), (5, "5"), (-1, "-1"), (True, "true"), (False, "false")]
)
def test_extension_values_take_their_canonical_text(value: object, text: str) -> None:
    """Numbers and booleans become the strings that CloudEvents prescribes, the same as in a header."""
    assert from_json(event(weight=value)).extensions == {"weight": text}


@pytest.mark.parametrize("value", [1.5, float("nan"), ["x"], {"x": 1}])
def test_extension_values_that_cloudevents_does_not_know_are_refused(value: object) -> None:
    """Fractions, lists and objects have no form as an attribute."""
    problem = problems(event(weight=value))["weight"]

    assert problem.code is ProblemCode.NOT_CLOUDEVENT


@pytest.mark.parametrize("name", ["Weight", "my_weight", "my-weight", "wäight", "weight\n", "", "x" * 101])
def test_extension_names_are_lower_case_letters_and_digits(name: str) -> None:
    """A name that a header could not carry is refused, cut to what a log can bear."""
    (field,) = problems(event(**{name: "x"}))

    assert len(field) <= 61
    assert field.isprintable()


def test_an_extension_that_is_null_is_absent() -> None:
    """As the JSON format of CloudEvents says."""
    assert from_json(event(weight=None, subject=None)).extensions == {}


@pytest.mark.parametrize("data", ["e30=", "", 5])
def test_binary_data_is_no_report(data: object) -> None:
    """`data_base64` is named, with what to send instead."""
    assert problems(event(data_base64=data))["data_base64"].fix == "Send the report as JSON in 'data'."


@pytest.mark.parametrize("value", [b"[]", b'"x"', b"5", b"null", b"true", b"[{}]"])
def test_what_is_no_object_is_no_event(value: bytes) -> None:
    """A batch is refused as a whole, saying that batches are not taken."""
    assert "batches are not taken" in problems(value)["(event)"].fix


def test_a_tombstone_is_no_event() -> None:
    """A message without a value is refused, whatever its headers."""
    assert "(event)" in problems(None, binary())


def test_headers_without_content_are_absent() -> None:
    """Kafka's null header is as good as none."""
    envelope = from_kafka(binary(ce_subject=None, ce_tlp=None), b"{}")

    assert envelope.subject is None
    assert envelope.extensions == {}


def test_a_header_given_twice_alike_is_taken_once() -> None:
    """A proxy that repeats headers does no harm."""
    assert from_kafka([*binary(), ("CE_Id", b"1")], b"{}").id == "1"


@pytest.mark.parametrize("name", ["ce_id", "CE_TLP", "content-type"])
def test_a_header_given_twice_otherwise_is_refused(name: str) -> None:
    """Of two labels each reader could believe another: neither is believed."""
    headers: list[tuple[str, bytes | None]] = [*binary(ce_tlp=b"TLP:RED"), (name, b"other")]
    (field,) = problems(b"{}", headers)

    assert field == name.lower().removeprefix("ce_")


def test_foreign_headers_are_let_be() -> None:
    """Headers that are not of CloudEvents may be anything, repeated or not UTF-8."""
    headers: list[tuple[str, bytes | None]] = [*binary(), ("x", b"\xff"), ("x", b"1"), ("__TypeId__", b"Report")]

    assert from_kafka(headers, b"{}").extensions == {}


def test_an_attribute_that_is_not_utf8_is_named() -> None:
    """A header in another encoding is refused by its name."""
    assert problems(b"{}", binary(ce_subject=b"s\xe9rie"))["subject"].code is ProblemCode.NOT_UTF8


def test_binary_data_must_be_json() -> None:
    """The data of a binary event is the report as JSON, whatever its content type says."""
    headers = binary(**{"content-type": b"application/xml"})

    assert problems(b"<finding/>", headers)["(event)"].code is ProblemCode.NOT_JSON


@pytest.mark.parametrize(
    "content_type",
    [b"application/cloudevents+json", b"Application/CloudEvents+JSON; charset=utf-8", b" application/cloudevents"],
)
def test_the_content_type_tells_the_mode_before_the_headers_do(content_type: bytes) -> None:
    """A structured event that also carries attributes as headers is what its value says."""
    headers = binary(ce_id=b"header", **{"content-type": content_type})

    assert from_kafka(headers, event(id="value")).id == "value"


def test_a_message_without_headers_is_tried_as_structured() -> None:
    """A console producer need not know of headers."""
    assert from_kafka([], event(id="plain")).id == "plain"


def test_the_key_of_a_message_is_no_part_of_the_event() -> None:
    """Binary and structured mode give the same event."""
    structured = from_json(event(subject="s", tlp="TLP:RED", data={"x": 1}))
    headers = binary(ce_subject=b"s", ce_tlp=b"TLP:RED")

    assert from_kafka(headers, b'{"x": 1}') == structured


def test_reserved_names_cannot_come_in_by_a_header() -> None:
    """`data` is the value of the message and not a header."""
    assert "data" in problems(b"{}", binary(ce_data=b"x"))


def test_attributes_of_http_serve_too() -> None:
    """The door renames `ce-` headers and reads them with the same eyes."""
    attributes = {name: content for name, content in binary(ce_tlp=b"TLP:CLEAR") if content is not None}
    envelope = from_attributes({name: attributes[name] for name in attributes if name.startswith("ce_")}, b"{}")

    assert envelope.extensions == {"tlp": "TLP:CLEAR"}


def test_series_is_the_subject_or_the_event_itself() -> None:
    """An original without subject opens the series that bears its id."""
    assert from_json(event()).series == "1"
    assert from_json(event(subject="s")).series == "s"


@pytest.mark.parametrize(
    ("traceparent", "trace"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("00-4bf9-00f067aa0ba902b7-01", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_the_trace_is_taken_from_traceparent(traceparent: str, trace: str | None) -> None:
    """A malformed trace is no trace, and no error."""
    assert from_json(event(traceparent=traceparent)).trace == trace


def test_an_event_goes_out_as_utf8_with_its_content_type() -> None:
    """Texts are not escaped, and the header says how to read them."""
    envelope = Envelope(id="1", source="s", type="t", subject=None, data={"title": "Évaluation 警鐘"})

    assert "Évaluation 警鐘" in envelope.to_json().decode("utf-8")
    assert envelope.headers() == [("content-type", b"application/cloudevents+json; charset=UTF-8")]


def test_nan_never_goes_out() -> None:
    """NaN is no JSON: who builds an envelope with it learns so before anything is sent."""
    envelope = Envelope(id="1", source="s", type="t", subject=None, data={"value": float("nan")})

    with pytest.raises(ValueError, match="JSON compliant"):
        envelope.to_json()


def test_no_more_problems_are_told_than_one_can_read() -> None:
    """Ten thousand bad attributes do not make ten thousand problems."""
    assert len(problems(event(**{f"BAD{number}": 1 for number in range(1000)}))) == 20
