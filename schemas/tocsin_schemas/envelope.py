"""The CloudEvents 1.0 envelope: structured mode out, structured and binary mode in.

The `cloudevents` library does the work; this module adds what it leaves open: the mode is told by the content type as
the Kafka protocol binding demands, NaN is no JSON, `time` stays absent where it was absent, and every fault becomes an
`InvalidEvent` that names the attribute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tocsin_schemas.errors import InvalidEvent, Problem, ProblemCode, invalid

STRUCTURED_CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
Headers = Iterable[tuple[str, bytes | None]]
_CORE = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """One CloudEvent. `source` and `id` identify it for ever; `subject` is the series it belongs to."""

    id: str
    source: str
    type: str
    subject: str | None
    data: Any
    """The payload as parsed JSON; None when there is none."""
    time: datetime | None = None
    dataschema: str | None = None
    extensions: Mapping[str, str] = field(default_factory=dict)
    """Extension attributes, such as `tlp`, `traceparent`, `partitionkey`."""

    @property
    def series(self) -> str:
        """The report series: the subject, or the event's own id where it has none."""
        return self.subject or self.id

    @property
    def trace(self) -> str | None:
        """The trace id of `traceparent` (W3C Trace Context), for logs."""
        parts = self.extensions.get("traceparent", "").split("-")
        return parts[1] if len(parts) >= 4 and len(parts[1]) == 32 else None

    def to_json(self) -> bytes:
        """The event in structured mode, UTF-8."""
        attributes: dict[str, Any] = {"specversion": "1.0", "id": self.id, "source": self.source, "type": self.type}
        if self.subject is not None:
            attributes["subject"] = self.subject
        if self.time is not None:
            attributes["time"] = self.time.astimezone(UTC).isoformat().replace("+00:00", "Z")
        attributes["datacontenttype"] = "application/json"
        if self.dataschema is not None:
            attributes["dataschema"] = self.dataschema
        attributes.update(self.extensions)
        attributes["data"] = self.data
        return json.dumps(attributes, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers that go with `to_json`."""
        return [("content-type", STRUCTURED_CONTENT_TYPE.encode())]


def from_json(value: bytes) -> Envelope:
    """Read an event in structured mode.

    Raises:
        InvalidEvent: not UTF-8, not JSON, or not a CloudEvent 1.0.
    """
    attributes = _json_object(value)
    data = attributes.get("data")
    if "data_base64" in attributes:
        raise invalid(
            "data_base64",
            "binary data is not a report.",
            "Send the report as JSON in 'data'.",
            ProblemCode.NOT_CLOUDEVENT,
        )
    _require(attributes)
    has_time = "time" in attributes
    try:
        event = JSONFormat().read(CloudEvent, value)
    except CloudEventValidationError as error:
        raise _not_cloudevent(error) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise _not_cloudevent_at("time" if has_time else "(event)", error) from error
    return _envelope(event, data, has_time=has_time)


def from_kafka(headers: Headers, value: bytes | None) -> Envelope:
    """Read an event as it lies in Kafka, in either mode.

    Structured when the content type starts with `application/cloudevents`, binary when there are `ce_` headers; a
    message with neither is tried as structured, so that a plain producer need not set headers.

    Raises:
        InvalidEvent: what lies there is no CloudEvent; the problems say why.
    """
    if value is None:
        raise invalid(
            "(event)", "the message has no value.", "Send the event as the message's value.", ProblemCode.NOT_CLOUDEVENT
        )
    known = {name.lower(): content for name, content in headers if content is not None}
    content_type = known.get("content-type", b"").decode("utf-8", "replace").lower()
    if content_type.startswith("application/cloudevents") or not any(name.startswith("ce_") for name in known):
        return from_json(value)
    return from_attributes({name: content for name, content in known.items() if name.startswith("ce_")}, value)


def from_attributes(attributes: Mapping[str, bytes], value: bytes) -> Envelope:
    """Read an event in binary mode: `ce_` attributes beside JSON data (HTTP's `ce-` headers, renamed, serve too).

    Raises:
        InvalidEvent: an attribute or the data is not as CloudEvents 1.0 demands.
    """
    _require({name.removeprefix("ce_"): content for name, content in attributes.items()})
    data = _json(value)
    try:
        # The library turns the key into `partitionkey`; an event is the same whatever its key, so none is passed.
        event = from_binary(KafkaMessage(headers=dict(attributes), key=None, value=b"{}"), JSONFormat(), CloudEvent)
    except CloudEventValidationError as error:
        raise _not_cloudevent(error) from error
    except UnicodeDecodeError as error:
        raise invalid(
            "(headers)", "an attribute is not UTF-8.", "Encode attributes as UTF-8.", ProblemCode.NOT_UTF8
        ) from error
    except (ValueError, TypeError) as error:
        raise _not_cloudevent_at("time", error) from error
    return _envelope(event, data, has_time="ce_time" in attributes)


def _require(attributes: Mapping[str, Any]) -> None:
    """The library would give an event without id a random one, and the event would count anew at every reading."""
    missing = [name for name in ("specversion", "id", "source", "type") if attributes.get(name) in (None, "", b"")]
    if missing:
        raise InvalidEvent(
            [
                Problem(
                    name,
                    "is required of a CloudEvent.",
                    "Send a CloudEvents 1.0 event with specversion '1.0', id, source and type.",
                    ProblemCode.NOT_CLOUDEVENT,
                )
                for name in missing
            ]
        )


def _json_object(value: bytes) -> dict[str, Any]:
    parsed = _json(value)
    if not isinstance(parsed, dict):
        raise invalid(
            "(event)",
            f"is a JSON {type(parsed).__name__}, not a CloudEvent object.",
            "Send one CloudEvents 1.0 JSON object; batches are not taken.",
            ProblemCode.NOT_CLOUDEVENT,
        )
    return parsed


def _json(value: bytes) -> Any:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid(
            "(event)", f"is not UTF-8 (byte {error.start}).", "Encode the event as UTF-8.", ProblemCode.NOT_UTF8
        ) from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise invalid(
            "(event)",
            f"is not JSON (line {error.lineno}, column {error.colno}: {error.msg}).",
            "Send CloudEvents JSON.",
            ProblemCode.NOT_JSON,
        ) from error
    except RecursionError as error:
        raise invalid("(event)", "is nested too deeply.", "Flatten it.", ProblemCode.NOT_JSON) from error


def _envelope(event: CloudEvent | Any, data: Any, *, has_time: bool) -> Envelope:
    attributes = event.get_attributes()
    extensions = {
        name: str(content) for name, content in attributes.items() if name not in _CORE and content is not None
    }
    return Envelope(
        id=event.get_id(),
        source=event.get_source(),
        type=event.get_type(),
        subject=event.get_subject(),
        data=data,
        time=event.get_time() if has_time else None,
        dataschema=event.get_dataschema(),
        extensions=extensions,
    )


def _not_cloudevent(error: CloudEventValidationError) -> InvalidEvent:
    return InvalidEvent(
        [
            Problem(
                name,
                "; ".join(str(fault) for fault in faults) + ".",
                "Send a CloudEvents 1.0 event with id, source, specversion '1.0' and type.",
                ProblemCode.NOT_CLOUDEVENT,
            )
            for name, faults in error.errors.items()
            if faults
        ]
    )


def _not_cloudevent_at(name: str, error: Exception) -> InvalidEvent:
    return invalid(
        name, f"cannot be read ({type(error).__name__}).", "Use RFC 3339 for 'time'.", ProblemCode.NOT_CLOUDEVENT
    )
