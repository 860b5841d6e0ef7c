"""What the door's OpenAPI document says of its two paths: media types, schemas and examples."""

from __future__ import annotations

from typing import Any

from tocsin_producers.gateway.problems import MEDIA_TYPE
from tocsin_schemas import Action, ReportKind, ReportType
from tocsin_schemas.examples import example
from tocsin_schemas.json_schemas import json_schema


def described(kind: ReportKind) -> dict[str, Any]:
    """The parts of a path's description that come from the contract rather than from a function's signature."""
    events = {action.value: {"value": example(ReportType(kind, action).name)} for action in Action}
    body = {
        "application/cloudevents+json": {"schema": _event_schema(kind), "examples": events},
        "application/json": {
            # Its `$id` keeps its references within it, wherever it is put.
            "schema": json_schema(kind.value),
            "examples": {"report": {"value": events["report"]["value"]["data"]}},
        },
    }
    return {
        "requestBody": {
            "required": True,
            "description": (
                "A CloudEvent in structured mode; or its data as JSON, with `ce-` headers (binary mode) or without "
                "(then the door makes the event). At most 64 KiB; one report a request."
            ),
            "content": body,
        },
        "parameters": [
            _query("action", "For plain JSON: what it does to its series.", [action.value for action in Action]),
            _query("series", "For plain JSON: the series it belongs to; required of an update or a retraction.", None),
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "For plain JSON: becomes the event's id. The same id again counts once.",
                "schema": {"type": "string", "maxLength": 200},
            },
        ],
    }


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """The answers that are not 202."""
    said = {
        400: "It is no JSON, no UTF-8 or no CloudEvent.",
        401: "There is no key, or it is not good here.",
        403: "The key is another institute's.",
        413: "It is larger than 64 KiB.",
        415: "It is of a media type that the door does not take.",
        422: "A field is wrong; `problems` says which, and how to mend it.",
        503: "Kafka has not acknowledged it; send it again with the same id after `Retry-After` seconds.",
    }
    schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail", "problems"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "problems": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "message", "fix", "code"],
                    "properties": {name: {"type": "string"} for name in ("field", "message", "fix", "code")},
                },
            },
        },
    }
    return {status: {"description": text, "content": {MEDIA_TYPE: {"schema": schema}}} for status, text in said.items()}


def _event_schema(kind: ReportKind) -> dict[str, Any]:
    types = [ReportType(kind, action).name for action in Action]
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1, "maxLength": 200},
            "source": {"type": "string", "format": "uri-reference"},
            "type": {"enum": types},
            "subject": {"type": "string", "description": "The report series; the event's id where it is absent."},
            "time": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "description": f"A {kind}, or a retraction."},
        },
    }


def _query(name: str, description: str, values: list[str] | None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"} if values is None else {"type": "string", "enum": values}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
