"""How refusals are described to programs: problem+json, with an example."""

from __future__ import annotations

from typing import Any

_PROBLEM: dict[str, Any] = {
    "content": {
        "application/problem+json": {
            "schema": {
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
                            "properties": {
                                "field": {"type": "string"},
                                "message": {"type": "string"},
                                "fix": {"type": "string"},
                                "code": {"type": "string"},
                            },
                        },
                    },
                },
            },
            "example": {
                "type": "about:blank",
                "title": "The answer is not valid",
                "status": 422,
                "detail": "institute: is required. Give the id of the reporting institute, such as 'gb'.",
                "problems": [
                    {
                        "field": "institute",
                        "message": "is required.",
                        "fix": "Give the id of the reporting institute, such as 'gb'.",
                        "code": "missing",
                    }
                ],
            },
        }
    }
}


def problem(description: str) -> dict[str, Any]:
    """How the API's description says that a request may be refused as problem+json."""
    return {"description": description, **_PROBLEM}
