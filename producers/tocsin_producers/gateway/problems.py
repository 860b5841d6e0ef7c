"""What the door answers when it does not take a report: problem details (RFC 9457) with every field and its fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from tocsin_schemas import Problem, ProblemCode, limits

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:tocsin:problem:"
_NOT_AN_EVENT = {ProblemCode.NOT_JSON, ProblemCode.NOT_UTF8, ProblemCode.NOT_CLOUDEVENT}
_NOT_YOURS = {ProblemCode.NOT_ITS_SOURCE, ProblemCode.UNKNOWN_INSTITUTE}
RETRY_AFTER_SECONDS = 5


class Refusal(Exception):  # noqa: N818 - it is an answer
    """An answer other than 202."""

    def __init__(
        self,
        status: HTTPStatus,
        kind: str,
        detail: str,
        *,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer `status`.

        Args:
            status: HTTP status.
            kind: stable name of the kind of problem; the end of its `type`.
            detail: what is wrong and what to do, in a sentence or two.
            problems: each fault of the report.
            headers: further headers.
        """
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.problems = tuple(problems)
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer itself."""
        return JSONResponse(
            document(self.status, self.kind, self.detail, self.problems),
            status_code=self.status,
            headers=self.headers,
            media_type=MEDIA_TYPE,
        )


def document(status: HTTPStatus, kind: str, detail: str, problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """The problem document."""
    listed = [{"field": one.field, "message": one.message, "fix": one.fix, "code": one.code.value} for one in problems]
    return {
        "type": f"{_TYPE}{kind}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "problems": listed,
    }


def refusal_of(problems: Sequence[Problem]) -> Refusal:
    """The answer to a report with these problems; the gravest gives the status."""
    codes = {problem.code for problem in problems}
    detail = "; ".join(str(problem) for problem in problems)
    if ProblemCode.TOO_LARGE in codes:
        return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail, problems=problems)
    if codes & _NOT_AN_EVENT:
        return Refusal(HTTPStatus.BAD_REQUEST, "not-an-event", detail, problems=problems)
    if codes & _NOT_YOURS:
        return Refusal(HTTPStatus.FORBIDDEN, "not-your-institute", detail, problems=problems)
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-report", detail, problems=problems)


def too_large() -> Refusal:
    """The answer to a body that was not read to its end."""
    return refusal_of(
        [
            Problem(
                "(event)",
                f"is larger than the {limits.EVENT_BYTES} bytes that a report may have.",
                "Shorten the texts and refer to long material under 'evidence' or 'supporting_materials'.",
                ProblemCode.TOO_LARGE,
            )
        ]
    )


def unavailable(detail: str) -> Refusal:
    """The answer while Kafka does not take reports."""
    return Refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not-acknowledged",
        f"{detail} Send the report again with the same id: it counts once.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
