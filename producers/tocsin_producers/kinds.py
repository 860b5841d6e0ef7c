"""Telling a finding from an incident by its fields, where nobody said which it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from tocsin_producers.no_report import no_report
from tocsin_schemas import (
    Action,
    Body,
    Finding,
    Incident,
    InvalidEvent,
    ProblemCode,
    ReportKind,
    body_model,
    invalid,
)
from tocsin_schemas.errors import problems_of

_FINDING_ONLY = frozenset(Finding.model_fields) - frozenset(Incident.model_fields)
_INCIDENT_ONLY = frozenset(Incident.model_fields) - frozenset(Finding.model_fields)
_SHARED = frozenset(Finding.model_fields) & frozenset(Incident.model_fields)


def infer_kind(data: Mapping[str, Any]) -> ReportKind:
    """Which kind of report the fields belong to: the one that more of them are peculiar to.

    Raises:
        NoReport: they fit neither.
        InvalidEvent: they fit both alike.
    """
    as_finding = len(_FINDING_ONLY & data.keys())
    as_incident = len(_INCIDENT_ONLY & data.keys())
    known = as_finding + as_incident + len(_SHARED & data.keys())
    if known < len(data) - known or not known:
        raise no_report(
            "(event)",
            "is JSON, but no report: few or none of its fields are a report's.",
            "See `tocsin example finding` and `tocsin example incident`, or say --kind to have each field checked.",
        )
    if as_finding > as_incident:
        return ReportKind.FINDING
    if as_incident > as_finding:
        return ReportKind.INCIDENT
    raise invalid(
        "(event)",
        "could be a finding or an incident.",
        "Say which with --kind, or publish it as a CloudEvent with its type.",
        ProblemCode.UNKNOWN_TYPE,
    )


def read_body(data: Mapping[str, Any], *, kind: ReportKind, action: Action) -> Body:
    """What the data says, checked as strictly as the network will; dates and enums may be Python's own.

    Raises:
        InvalidEvent: with every problem found, each naming its field and its fix.
    """
    model = body_model(kind, action)
    try:
        text = to_json(dict(data), inf_nan_mode="constants")
    except ValueError as error:
        raise invalid(
            "(event)",
            "holds something that JSON cannot say.",
            "Use texts of whole characters, numbers, booleans, dates, lists and objects.",
            ProblemCode.NOT_JSON,
        ) from error
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise InvalidEvent(problems_of(error, model)) from error
