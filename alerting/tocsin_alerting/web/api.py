"""The API of responders' programs: alerts, and answers to them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy.exc import DataError
from starlette.responses import JSONResponse, Response

from tocsin_alerting.links import alert_link
from tocsin_alerting.store.answers import AnswerOutcome, GivenAnswer, Via, give_answer
from tocsin_alerting.store.view import alert_page, alert_view, deliveries_of
from tocsin_alerting.web.access import bearer, known_bearer
from tocsin_alerting.web.alert_models import Alert, Alerts, brief, detail
from tocsin_alerting.web.answering_models import AnswerGiven, AnswerRequest
from tocsin_alerting.web.bodies import known_institute, no_such_alert, read_body
from tocsin_alerting.web.body_docs import body_of
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.people import person_in_english
from tocsin_alerting.web.problem_docs import problem
from tocsin_alerting.web.readers import Reader, ReaderKind, as_seen_by
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.transport import RawBody
from tocsin_schemas.errors import Problem
from tocsin_schemas.logs import get_logger
from tocsin_schemas.vocabulary import AlertState

_UNAUTHORISED = problem("The token is missing, or not good here.")
_NOT_FOUND = problem("There is no such alert.")
_ALSO_WITHOUT_TOKEN: dict[str, Any] = {"security": [{}]}
_BEARER = HTTPBearer(scheme_name="bearer", description="An operator's token, or an institute's key.", auto_error=False)
"""For the description only: what a token is worth is for `access` to say."""

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The API's addresses."""
    router = APIRouter(prefix="/v1", tags=["alerts"], dependencies=[Security(_BEARER)])

    @router.get(
        "/alerts",
        summary="Alerts, newest first",
        response_model=Alerts,
        responses={401: _UNAUTHORISED, 422: problem("A parameter is not valid.")},
        openapi_extra=_ALSO_WITHOUT_TOKEN,
    )
    def alerts(
        request: Request,
        state: Annotated[list[AlertState] | None, Query(description="Only alerts in one of these states.")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
    ) -> Alerts:
        reader = bearer(web, request)
        return _list(web, reader, states=tuple(state or AlertState), limit=limit, cursor=cursor)

    @router.get(
        "/alerts/{alert_id}",
        summary="One alert, with reasons, reports, deliveries, answers and time line",
        response_model=Alert,
        responses={401: _UNAUTHORISED, 404: _NOT_FOUND},
        openapi_extra=_ALSO_WITHOUT_TOKEN,
    )
    def alert(request: Request, alert_id: str) -> Alert:
        return _one(web, bearer(web, request), alert_id)

    @router.post(
        "/alerts/{alert_id}/answers",
        summary="Answer an alert on behalf of an institute",
        status_code=201,
        response_model=AnswerGiven,
        responses={
            200: {"model": AnswerGiven, "description": "The institute had answered already; this says who was first."},
            201: {"description": "The answer counts."},
            401: _UNAUTHORISED,
            403: problem("The key is another institute's."),
            404: _NOT_FOUND,
            409: problem("The alert is closed, or the institute was not asked."),
            422: problem("The answer is not valid."),
        },
        openapi_extra=body_of(AnswerRequest),
    )
    def answer(request: Request, alert_id: str, body: RawBody) -> Response:
        return _answer(web, known_bearer(web, request), alert_id, body)

    return router


def _list(web: Web, reader: Reader, *, states: tuple[AlertState, ...], limit: int, cursor: str | None) -> Alerts:
    with web.store.read() as session:
        try:
            page = alert_page(
                session, directory=web.directory, level=reader.level, states=states, limit=limit, cursor=cursor
            )
        except (ValueError, DataError) as error:  # PostgreSQL on a NUL character in the cursor
            fault = Problem("cursor", "is not a cursor of this list.", "Take it from 'next' of the page before.")
            raise Refused(422, "The request is not valid", str(fault), problems=[fault]) from error
    items = (as_seen_by(reader, view) for view in page.items)
    return Alerts(items=tuple(brief(view, reader=reader, page=_link(web, view.id)) for view in items), next=page.next)


def _one(web: Web, reader: Reader, alert_id: str) -> Alert:
    with web.store.read() as session:
        view = alert_view(session, alert_id, directory=web.directory, level=reader.level)
        if view is None:
            raise no_such_alert(alert_id)
        deliveries = () if reader.kind is ReaderKind.ANONYMOUS else deliveries_of(session, alert_id)
    return detail(as_seen_by(reader, view), deliveries, reader=reader, page=_link(web, view.id))


def _answer(web: Web, reader: Reader, alert_id: str, body: bytes) -> Response:
    asked = read_body(AnswerRequest, body, "answer", '{"institute": …, "answer": …}')
    if reader.kind is ReaderKind.INSTITUTE and asked.institute != reader.institute:
        raise Refused(403, "Forbidden", f"This key answers for '{reader.institute}' only.")
    known_institute(web, asked.institute, "answer")
    with web.store.transaction() as session:
        given = give_answer(
            session,
            alert_id=alert_id,
            institute=asked.institute,
            answer=asked.answer,
            by="operator" if reader.kind is ReaderKind.OPERATOR else f"institute:{reader.institute}",
            via=Via.API,
            now=web.clock(),
            note=asked.note,
            remind=asked.remind,
        )
    _log.info("answer", alert=alert_id, outcome=given.outcome.value, institute=asked.institute, via=Via.API.value)
    return _said(web, given)


def _said(web: Web, given: GivenAnswer) -> Response:
    match given.outcome:
        case AnswerOutcome.UNKNOWN_ALERT:
            raise no_such_alert(given.alert_id)
        case AnswerOutcome.CLOSED:
            raise Refused(409, "Conflict", "The alert is closed: it takes no further answers.")
        case AnswerOutcome.NOT_CONCERNED:
            raise Refused(409, "Conflict", f"The institute '{given.institute}' was not asked for an answer.")
        case AnswerOutcome.STALE_ROUND:
            raise Refused(409, "Conflict", "The severity has been raised since; look at the alert and answer again.")
        case _:
            by = None if given.by is None else person_in_english(given.by, web.directory)
            return JSONResponse(
                AnswerGiven.of(given, by).model_dump(mode="json"),
                status_code=201 if given.outcome is AnswerOutcome.COUNTED else 200,
            )


def _link(web: Web, alert_id: str) -> str:
    return alert_link(web.settings.public_url, alert_id)
