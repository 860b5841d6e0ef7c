"""The CloudEvents 1.0 envelope: structured mode out, structured and binary mode in.

The `cloudevents` library says what a valid event is; this module adds what it leaves open: the mode is told by the
content type as the Kafka protocol binding demands, an attribute that is null or absent stays absent (`time` included),
an attribute that is given twice is refused, and every fault becomes an `InvalidEvent` that names the attribute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent

from tocsin_schemas import limits
from tocsin_schemas.errors import InvalidEvent, Problem, ProblemCode, invalid, shown
from tocsin_schemas.json_text import parse_json
from tocsin_schemas.scalars import rfc3339

STRUCTURED_CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
Headers = Iterable[tuple[str, bytes | None]]
_CORE = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"}
_ATTRIBUTE_NAME = re.compile(r"[a-z0-9]{1,100}")
_TIME_FIX = "Give the time as RFC 3339 says, with its zone: '2026-11-24T09:00:00Z'."


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
    # An attribute that is null is absent, says the JSON format.
    attributes = {name: content for name, content in _json_object(value).items() if content is not None}
    data = attributes.pop("data", None)
    if "data_base64" in attributes:
        raise invalid(
            "data_base64",
            "binary data is not a report.",
            "Send the report as JSON in 'data'.",
            ProblemCode.NOT_CLOUDEVENT,
        )
    return _envelope(attributes, data)


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
    known = _once(headers)
    content_type = known.get("content-type", b"").decode("utf-8", "replace").strip().lower()
    if content_type.startswith("application/cloudevents") or not any(name.startswith("ce_") for name in known):
        return from_json(value)
    return from_attributes({name: content for name, content in known.items() if name.startswith("ce_")}, value)


def from_attributes(attributes: Mapping[str, bytes], value: bytes) -> Envelope:
    """Read an event in binary mode: `ce_` attributes beside JSON data.

    HTTP's `ce-` headers serve too, once renamed and percent-decoded.

    Raises:
        InvalidEvent: an attribute or the data is not as CloudEvents 1.0 demands.
    """
    texts: dict[str, Any] = {}
    for header, content in attributes.items():
        name = header.removeprefix("ce_")
        try:
            texts[name] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise invalid(
                shown(name), "the header is not UTF-8.", "Encode attributes as UTF-8.", ProblemCode.NOT_UTF8
            ) from error
    return _envelope(texts, parse_json(value))


def _once(headers: Headers) -> dict[str, bytes]:
    """Headers by name in lower case. Of two that differ, readers would each believe another."""
    known: dict[str, bytes] = {}
    for name, content in headers:
        if content is None:
            continue
        lower = name.lower()
        if known.setdefault(lower, content) != content and (lower == "content-type" or lower.startswith("ce_")):
            raise invalid(
                shown(lower.removeprefix("ce_")),
                "the header is given twice with different contents.",
                "Send each header once.",
                ProblemCode.NOT_CLOUDEVENT,
            )
    return known


def _require(attributes: Mapping[str, Any]) -> None:
    """The library would give an event without id a random one, and the event would count anew at every reading."""
    missing = [name for name in ("specversion", "id", "source", "type") if attributes.get(name) in (None, "")]
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
    parsed = parse_json(value)
    if not isinstance(parsed, dict):
        raise invalid(
            "(event)",
            f"is a JSON {type(parsed).__name__}, not a CloudEvent object.",
            "Send one CloudEvents 1.0 JSON object; batches are not taken.",
            ProblemCode.NOT_CLOUDEVENT,
        )
    return parsed


def _envelope(attributes: dict[str, Any], data: Any) -> Envelope:
    """The event with these attributes, none of them null, and this data."""
    _require(attributes)
    problems = [*_extension_problems(attributes)]
    time = None
    if "time" in attributes:
        try:
            time = rfc3339(attributes["time"])
        except ValueError as error:
            problems.append(Problem("time", f"{error}.", _TIME_FIX, ProblemCode.NOT_CLOUDEVENT))
    if problems:
        raise InvalidEvent(problems[: limits.PROBLEMS])
    # Without a time the library would say that it is now; what was absent stays absent, so its answer is not read.
    checked = {name: content for name, content in attributes.items() if name != "time"}
    try:
        event = CloudEvent(checked, None)
    except CloudEventValidationError as error:
        raise _not_cloudevent(error) from error
    return Envelope(
        id=event.get_id(),
        source=event.get_source(),
        type=event.get_type(),
        subject=event.get_subject(),
        data=data,
        time=time,
        dataschema=event.get_dataschema(),
        extensions={name: _canonical(content) for name, content in attributes.items() if name not in _CORE},
    )


def _extension_problems(attributes: Mapping[str, Any]) -> Iterator[Problem]:
    for name, content in attributes.items():
        if not _ATTRIBUTE_NAME.fullmatch(name) or name == "data":
            yield Problem(
                shown(name),
                "is not a name for an attribute of a CloudEvent.",
                "Use the letters a to z and digits only, and put what belongs to the report into 'data'.",
                ProblemCode.NOT_CLOUDEVENT,
            )
        elif name not in _CORE and not isinstance(content, str | int):
            yield Problem(
                name,
                f"is a JSON {type(content).__name__}; an extension attribute is a string, an integer or a boolean.",
                "Send it as a string, or put it into 'data'.",
                ProblemCode.NOT_CLOUDEVENT,
            )


def _canonical(content: str | int) -> str:
    """The string form of an attribute's value (CloudEvents 1.0, type system)."""
    if isinstance(content, bool):
        return "true" if content else "false"
    return str(content)


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
