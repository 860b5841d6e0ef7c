"""Refusals: what a request got instead, said as a page to people and as problem+json to programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from tocsin_schemas.errors import Problem
from tocsin_schemas.logs import get_logger

_PROGRAMS = ("/v1/", "/slack/", "/sendgrid/", "/healthz", "/metrics", "/openapi.json")

_log = get_logger()


class Refused(Exception):  # noqa: N818 - what happened to the request
    """A request that is not done, with what its sender can do about it."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(f"{status} {title}: {detail}")


def is_for_programs(path: str) -> bool:
    """Whether what lies at a path is called by programs rather than looked at by people."""
    return path.startswith(_PROGRAMS)


def problem_response(refused: Refused) -> JSONResponse:
    """A refusal as RFC 9457 `application/problem+json`, with the faults listed as the HTTP door lists them."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": refused.title,
        "status": refused.status,
        "detail": refused.detail,
        "problems": [
            {"field": problem.field, "message": problem.message, "fix": problem.fix, "code": problem.code.value}
            for problem in refused.problems
        ],
        **refused.extra,
    }
    return JSONResponse(
        content, status_code=refused.status, headers=refused.headers, media_type="application/problem+json"
    )


def _parameter(place: Sequence[str | int]) -> str:
    """The name of a parameter; of one that may be given several times FastAPI says which one, too."""
    return next((str(part) for part in reversed(place) if isinstance(part, str)), "(request)")


def handle_refusals(app: FastAPI, templates: Environment) -> None:
    """Answer every refusal of the application in the form its sender reads."""

    def answer(request: Request, refused: Refused) -> Response:
        if is_for_programs(request.url.path):
            return problem_response(refused)
        page = templates.get_template("refused.html").render(refused=refused)
        return HTMLResponse(page, status_code=refused.status, headers=refused.headers)

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        title = HTTPStatus(error.status_code).phrase
        details = {
            404: "There is nothing at this address.",
            405: "This address does not take requests of this kind.",
            413: "The request is too large.",
        }
        detail = details.get(error.status_code, str(error.detail))
        return answer(request, Refused(error.status_code, title, detail, headers=error.headers))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        problems = [
            Problem(
                field=_parameter(fault["loc"]), message=f"{fault['msg']}.", fix="Correct the value or leave it out."
            )
            for fault in error.errors()
        ]
        detail = "; ".join(str(problem) for problem in problems)
        return answer(request, Refused(422, "The request is not valid", detail, problems=problems))

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        _log.error("request_failed", method=request.method, error=type(error).__name__)
        return answer(
            request,
            Refused(500, "Something went wrong here", "The fault is ours and has been logged. Please try again."),
        )
