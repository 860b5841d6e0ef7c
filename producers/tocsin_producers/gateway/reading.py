"""From a request to a report: CloudEvents in structured or binary mode, or the bare data as JSON. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from tocsin_producers.gateway.problems import Refusal
from tocsin_producers.kinds import read_body
from tocsin_schemas import (
    Action,
    Envelope,
    Institute,
    Institutes,
    InvalidEvent,
    Problem,
    ProblemCode,
    Report,
    ReportKind,
    envelope_for,
    from_json,
    from_kafka,
    invalid,
    read_report,
)
from tocsin_schemas.errors import shown
from tocsin_schemas.json_text import parse_json
from tocsin_schemas.signatures import check_signature
from tocsin_schemas.trace_context import is_traceparent

TAKEN = "application/cloudevents+json, application/json"
_QUERY = ("action", "series")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the door reads of a request."""

    kind: ReportKind
    """What the path is for."""
    headers: Sequence[tuple[str, bytes]]
    """With names in lower case."""
    query: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """A header's content, empty where it is absent."""
        return next((content.decode("latin-1").strip() for known, content in self.headers if known == name), "")


def report_in(
    request: Request, *, member: Institute, institutes: Institutes, now: datetime, new_id: uuid.UUID
) -> Report:
    """The report in a request by a member of the network.

    Args:
        request: what came.
        member: the institute whose key came with it.
        institutes: all members.
        now: becomes the time of a report that has none of its own because it is bare data.
        new_id: becomes the id of bare data without an idempotency key.

    Raises:
        InvalidEvent: with every problem found.
        Refusal: it is of a media type that the door does not take.
    """
    mode = _mode(request)
    if mode == "plain":
        report = _plain(request, member=member, now=now, new_id=new_id)
    else:
        _no_query(request)
        report = read_report(_event(request, mode), expected=request.kind)
    _check_institute(report, member, institutes)
    check_signature(member, report.envelope)
    return report


def _mode(request: Request) -> str:
    if request.header("content-encoding") not in {"", "identity"}:
        raise _unsupported("The door reads no compressed bodies. Send the report as it is.")
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type.startswith("application/cloudevents-batch"):
        raise _unsupported("The door takes one report a request, and no batches. Send each event by itself.")
    if media_type == "application/cloudevents+json":
        return "structured"
    if media_type.startswith("application/cloudevents"):
        raise _unsupported(f"The door takes CloudEvents as JSON, and not as '{shown(media_type)}'.")
    if media_type != "application/json":
        said = f"'{shown(media_type)}'" if media_type else "a body without Content-Type"
        raise _unsupported(f"The door takes JSON, and not {said}. Set Content-Type to one of: {TAKEN}.")
    return "binary" if any(name.startswith("ce-") for name, _ in request.headers) else "plain"


def _unsupported(detail: str) -> Refusal:
    return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail, headers={"Accept-Post": TAKEN})


def _event(request: Request, mode: str) -> Envelope:
    if mode == "structured":
        envelope = from_json(request.body)
    else:
        attributes = [
            (f"ce_{name.removeprefix('ce-')}", _decoded(content))
            for name, content in request.headers
            if name.startswith("ce-")
        ]
        envelope = from_kafka(attributes, request.body)
    trace = request.header("traceparent")
    if "traceparent" in envelope.extensions or not is_traceparent(trace):
        return envelope
    return replace(envelope, extensions={**envelope.extensions, "traceparent": trace})


def _decoded(content: bytes) -> bytes:
    """An attribute out of its header: HTTP protocol binding 1.0.2, 3.1.3.2: unquoted, then percent-decoded."""
    text = content.decode("latin-1").strip()
    if (quoted := _QUOTED.fullmatch(text)) is not None:
        text = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
    return unquote_to_bytes(text.encode("latin-1"))


def _plain(request: Request, *, member: Institute, now: datetime, new_id: uuid.UUID) -> Report:
    query = _query(request)
    action = _action(query.get("action", Action.REPORT.value))
    series = query.get("series")
    if not series and action is not Action.REPORT:
        raise invalid(
            "series",
            f"is required of a plain {action}.",
            f"Name the series: ?action={action}&series=<id of its first report>.",
            ProblemCode.MISSING,
        )
    data = parse_json(request.body)
    if not isinstance(data, Mapping):
        raise invalid(
            "(event)", "is JSON, but not an object.", "Send the report's data as one object.", ProblemCode.NOT_JSON
        )
    if "specversion" in data:
        raise invalid(
            "(event)",
            "is a CloudEvent, sent as plain JSON.",
            "Set Content-Type to application/cloudevents+json.",
            ProblemCode.NOT_CLOUDEVENT,
        )
    trace = request.header("traceparent")
    body = read_body(data, kind=request.kind, action=action)
    envelope = envelope_for(
        body,
        kind=request.kind,
        action=action,
        source=member.source,
        # A structured field in the IETF's draft: the quotes are not part of the key.
        event_id=request.header("idempotency-key").strip('"') or str(new_id),
        time=now,
        series=series,
        traceparent=trace if is_traceparent(trace) else None,
    )
    return Report(kind=request.kind, action=action, body=body, envelope=envelope)


def _query(request: Request) -> dict[str, str]:
    problems = [
        Problem(shown(name), "is not a parameter of the door.", f"Use: {', '.join(_QUERY)}.", ProblemCode.UNKNOWN_FIELD)
        for name, _ in request.query
        if name not in _QUERY
    ]
    names = [name for name, _ in request.query]
    problems += [Problem(name, "is given twice.", "Give it once.") for name in _QUERY if names.count(name) > 1]
    if problems:
        raise InvalidEvent(problems)
    return dict(request.query)


def _no_query(request: Request) -> None:
    if request.query:
        raise InvalidEvent(
            [
                Problem(
                    shown(name),
                    "is a parameter for plain JSON only.",
                    "Leave it out: a CloudEvent says by its type and subject what it does to which series.",
                    ProblemCode.UNKNOWN_FIELD,
                )
                for name, _ in request.query
            ]
        )


def _action(text: str) -> Action:
    try:
        return Action(text)
    except ValueError as error:
        raise invalid("action", "is no action.", f"Use one of: {', '.join(Action)}.") from error


def _check_institute(report: Report, member: Institute, institutes: Institutes) -> None:
    if report.body.institute != member.id and report.body.institute in institutes:
        raise invalid(
            "institute",
            f"is another than '{member.id}', whose key this is.",
            f"Report as '{member.id}', or use the other institute's key.",
            ProblemCode.NOT_ITS_SOURCE,
        )
    institutes.check_speaker(institute=report.body.institute, source=report.envelope.source)
