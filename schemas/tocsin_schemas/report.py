"""A report: a finding, an incident or a retraction inside its envelope, checked as a whole."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from pydantic import ValidationError

from tocsin_schemas import limits
from tocsin_schemas.envelope import Envelope
from tocsin_schemas.errors import InvalidEvent, Problem, ProblemCode, invalid, problems_of
from tocsin_schemas.event_types import ReportType, report_type
from tocsin_schemas.finding import Finding
from tocsin_schemas.incident import Incident
from tocsin_schemas.retraction import Retraction
from tocsin_schemas.vocabulary import Action, ReportKind

Body: TypeAlias = Finding | Incident | Retraction
"""What a report says."""

_BODIES: dict[ReportKind, type[Finding | Incident]] = {
    ReportKind.FINDING: Finding,
    ReportKind.INCIDENT: Incident,
}
_ID_CHARACTERS = 200
_URI_REFERENCE = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


@dataclass(frozen=True, slots=True)
class Report:
    """A valid report: what it says, and what identifies it."""

    kind: ReportKind
    action: Action
    body: Body
    envelope: Envelope


def body_model(kind: ReportKind, action: Action) -> type[Body]:
    """The model that the data of such a report must fit."""
    return Retraction if action is Action.RETRACT else _BODIES[kind]


def read_report(envelope: Envelope, *, expected: ReportKind | None = None) -> Report:
    """Check an envelope's type, identity and data, and give the report.

    Args:
        envelope: the event.
        expected: the kind that the topic or path it came by is for.

    Raises:
        InvalidEvent: with every problem found, each naming its field and its fix.
    """
    kind_and_action = report_type(envelope.type)
    if expected is not None and kind_and_action.kind is not expected:
        raise invalid(
            "type",
            f"a {kind_and_action.kind} was sent to the place for {expected}s.",
            f"Send it to '{kind_and_action.kind}s'.",
            ProblemCode.WRONG_TOPIC,
        )
    problems = _identity_problems(envelope)
    model = body_model(kind_and_action.kind, kind_and_action.action)
    if not isinstance(envelope.data, dict):
        problems.append(Problem("data", "must be a JSON object.", "Put the report into 'data'.", ProblemCode.MISSING))
        raise InvalidEvent(problems)
    try:
        # As JSON, for only there strict means what the JSON Schemas say: lax mode would take `true` for one death.
        body = model.model_validate_json(json.dumps(envelope.data), strict=True)
    except ValidationError as error:
        raise InvalidEvent([*problems, *problems_of(error, model)]) from error
    label = envelope.extensions.get("tlp")
    if label is not None and label != body.tlp.value:
        problems.append(
            Problem(
                "tlp",
                "the label of the envelope differs from that of the data.",
                "Give both the same label.",
                ProblemCode.TLP_MISMATCH,
            )
        )
    if problems:
        raise InvalidEvent(problems)
    return Report(kind=kind_and_action.kind, action=kind_and_action.action, body=body, envelope=envelope)


def envelope_for(
    body: Body,
    *,
    kind: ReportKind,
    action: Action,
    source: str,
    event_id: str,
    time: datetime,
    series: str | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Put a body into its envelope; the label travels on the envelope as well.

    Raises:
        InvalidEvent: the event would be larger than a report may be, or its identity is not well-formed.
    """
    extensions = {"tlp": body.tlp.value}
    if traceparent is not None:
        extensions["traceparent"] = traceparent
    envelope = Envelope(
        id=event_id,
        source=source,
        type=ReportType(kind, action).name,
        subject=series or event_id,
        data=body.model_dump(mode="json", exclude_unset=True),
        time=time,
        extensions=extensions,
    )
    problems = _identity_problems(envelope)
    if problems:
        raise InvalidEvent(problems)
    check_size(envelope.to_json())
    return envelope


def check_size(value: bytes) -> None:
    """Refuse an event that is larger than a report may be.

    Raises:
        InvalidEvent: larger than 64 KiB.
    """
    if len(value) > limits.EVENT_BYTES:
        raise invalid(
            "(event)",
            f"is {len(value)} bytes; a report may have {limits.EVENT_BYTES}.",
            "Shorten the texts and refer to long material under 'evidence' or 'supporting_materials'.",
            ProblemCode.TOO_LARGE,
        )


def _identity_problems(envelope: Envelope) -> list[Problem]:
    found = [
        Problem(
            name,
            f"must be 1 to {_ID_CHARACTERS} characters without spaces or control characters.",
            "Use a UUID, a URN or a path.",
        )
        for name, content in (("id", envelope.id), ("subject", envelope.subject), ("source", envelope.source))
        if content is not None and not _is_identity(content)
    ]
    if not found and not _URI_REFERENCE.fullmatch(envelope.source):
        found.append(
            Problem(
                "source",
                "must be a URI reference: ASCII, without quotes, angle brackets or backslashes.",
                "Use a URN such as 'urn:tocsin:institute:gb', and percent-encode what is not ASCII.",
            )
        )
    return found


def _is_identity(content: str) -> bool:
    """Whether people see in it what machines do: no space, no control or direction mark, no unassigned character."""
    return 1 <= len(content) <= _ID_CHARACTERS and all(unicodedata.category(mark)[0] not in "CZ" for mark in content)
