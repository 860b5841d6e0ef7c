"""Refusals: what a request got instead, said as a page to people and as problem+json to programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.phrases import Phrase, phrase
from tocsin_alerting.web import page_words
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.pages import page
from tocsin_alerting.web.problem_words import problems_said
from tocsin_schemas.errors import Problem
from tocsin_schemas.logs import get_logger

_PROGRAMS = ("/v1/", "/slack/", "/sendgrid/", "/healthz", "/metrics", "/openapi.json")

_log = get_logger()


class Refused(Exception):  # noqa: N818 - what happened to the request
    """A request that is not done, with what its sender can do about it."""

    def __init__(
        self,
        status: int,
        title: str | Phrase,
        detail: str | Phrase,
        *,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        """A refusal in English for programs, and in the reader's language for people.

        Args:
            status: of the response.
            title: what happened; marked where people see it on a page.
            detail: what its sender can do, likewise.
            problems: the faults, where there are several fields.
            headers: of the response.
            extra: further fields for programs.
            values: what stands in the places of `detail`.
        """
        self.status = status
        self._title = title
        self._detail = detail
        self._values = dict(values or {})
        self.title = said(title, ENGLISH)
        self.detail = said(detail, ENGLISH, **self._values)
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(f"{status} {self.title}: {self.detail}")

    def title_for(self, language: Language) -> str:
        """What happened, for people."""
        return said(page_words.HTTP.get(self.status, self._title) if self._is_the_servers else self._title, language)

    def explained(self, language: Language) -> Markup:
        """What its sender can do, for people; what has no translation stays English and is marked as English."""
        if isinstance(self._detail, Phrase):
            return escape(said(self._detail, language, **self._values))
        if self.problems:
            return problems_said(language, self.problems)
        return Markup("") if self._is_the_servers else Markup('<span lang="en" dir="ltr">{}</span>').format(self.detail)

    @property
    def _is_the_servers(self) -> bool:
        return not isinstance(self._title, Phrase) and self.status in page_words.HTTP


def said(text: str | Phrase, language: Language, **values: object) -> str:
    """A marked sentence in a language; one that is not marked stays as it is."""
    return language.say(text, **values) if isinstance(text, Phrase) else text


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


def handle_refusals(app: FastAPI, web: Web) -> None:
    """Answer every refusal of the application in the form its sender reads."""

    def answer(request: Request, refused: Refused) -> Response:
        if is_for_programs(request.url.path):
            return problem_response(refused)
        read = reading(request)
        return page(
            web,
            request,
            read,
            "refused.html",
            status=refused.status,
            headers=refused.headers,
            # What was sent by a form cannot be opened again by its address.
            here=None if request.method in {"GET", "HEAD"} else "/",
            title=refused.title_for(read.language),
            detail=refused.explained(read.language),
        )

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
        return answer(request, Refused(422, phrase("The request is not valid"), detail, problems=problems))

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        _log.error("request_failed", method=request.method, error=type(error).__name__)
        return answer(
            request,
            Refused(
                500,
                phrase("Something went wrong here"),
                phrase("The fault is ours and has been logged. Please try again."),
            ),
        )
