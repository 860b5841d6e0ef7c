"""A report as it leaves the institute: in its envelope, as the bytes that will lie in the topic, for any transport."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from tocsin_schemas import (
    REPORT_TOPICS,
    Envelope,
    ProblemCode,
    Report,
    ReportKind,
    Topic,
    check_size,
    from_json,
    invalid,
    read_report,
)
from tocsin_schemas.signatures import ATTRIBUTE as SIGNATURE
from tocsin_schemas.trace_context import is_traceparent


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One valid report on its way."""

    kind: ReportKind
    event_id: str
    source: str
    series: str
    value: bytes
    """The CloudEvent in structured mode."""
    headers: tuple[tuple[str, bytes], ...]
    """The Kafka headers that belong to it."""

    @property
    def topic(self) -> Topic:
        """Where it goes."""
        return REPORT_TOPICS[self.kind]

    @property
    def key(self) -> bytes:
        """The Kafka key: the series, so that a correction follows its original."""
        return self.series.encode()


def outgoing(report: Report) -> Outgoing:
    """Make a valid report ready to leave: with its label on the envelope, unless it is signed as it is, and a trace.

    Raises:
        InvalidEvent: as an event it would be larger than a report may be, or cannot be written as UTF-8.
    """
    extensions = dict(report.envelope.extensions)
    if SIGNATURE not in extensions:
        extensions["tlp"] = report.body.tlp.value
    if not is_traceparent(extensions.get("traceparent", "")):
        extensions["traceparent"] = new_traceparent()
    envelope = replace(report.envelope, extensions=extensions)
    value = encode(envelope)
    return Outgoing(
        kind=report.kind,
        event_id=envelope.id,
        source=envelope.source,
        series=envelope.series,
        value=value,
        headers=tuple(envelope.headers()),
    )


def encode(envelope: Envelope) -> bytes:
    """The event as bytes, within the size of a report.

    Raises:
        InvalidEvent: too large, or it holds half a surrogate pair, which no UTF-8 can say.
    """
    try:
        value = envelope.to_json()
    except UnicodeEncodeError as error:
        raise invalid(
            "(event)",
            "holds half of a surrogate pair, which is no character.",
            "Correct the escape '\\ud8…' in the text.",
            ProblemCode.NOT_UTF8,
        ) from error
    check_size(value)
    return value


def read_outgoing(value: bytes) -> Outgoing:
    """The report that lies in these bytes, as `outgoing` made them.

    Raises:
        InvalidEvent: no whole report lies there.
    """
    return outgoing(read_report(from_json(value)))


def new_traceparent() -> str:
    """A trace of its own for one report (W3C Trace Context)."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
