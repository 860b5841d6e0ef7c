"""The API beside answers: that somebody has looked, that an answer is withdrawn, that reminders are not wanted."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Security
from fastapi.security import HTTPBearer
from starlette.responses import JSONResponse, Response

from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.asking_again import ask_again
from tocsin_alerting.store.looks import record_look
from tocsin_alerting.store.reminding import stop_reminding
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.web.access import known_bearer
from tocsin_alerting.web.answering_models import LookRequest, NoReminders, Withdrawal, WithdrawalRequest
from tocsin_alerting.web.asked_again import status_and_words
from tocsin_alerting.web.bodies import known_institute, no_such_alert, read_body
from tocsin_alerting.web.body_docs import body_of
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.problem_docs import problem
from tocsin_alerting.web.readers import Reader
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.speaking import actor, may_speak_for
from tocsin_alerting.web.transport import RawBody
from tocsin_schemas.logs import get_logger

_BEARER = HTTPBearer(scheme_name="bearer", description="An operator's token, or an institute's key.", auto_error=False)
"""For the description only: what a token is worth is for `access` and `speaking` to say."""
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: problem("The token is missing, or not good here."),
    403: problem("The key is another institute's."),
    404: problem("There is no such alert."),
    409: problem("The institute was not asked, or there is nothing to withdraw."),
    422: problem("The request is not valid."),
}

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The API's addresses."""
    router = APIRouter(prefix="/v1/alerts/{alert_id}", tags=["alerts"], dependencies=[Security(_BEARER)])

    @router.post(
        "/withdrawals",
        summary="Withdraw an institute's answer and ask it again",
        status_code=201,
        response_model=Withdrawal,
        responses=_REFUSALS,
        openapi_extra=body_of(WithdrawalRequest),
    )
    def withdraw(request: Request, alert_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(WithdrawalRequest, body, "withdrawal", '{"institute": …, "why": …}')
        if reader.institute != web.directory.coordinator:
            may_speak_for(reader, asked.institute)
        known_institute(web, asked.institute, "withdrawal")
        with web.store.transaction() as session:
            again = ask_again(
                session,
                alert_id=alert_id,
                institute=asked.institute,
                why=asked.why,
                by=actor(reader),
                via=Via.API,
                directory=web.directory,
                now=web.clock(),
            )
        _log.info("asked_again", alert=alert_id, outcome=again.outcome.value, institute=asked.institute, via="api")
        status, said = status_and_words(again, web.directory.institute_name(asked.institute))
        if status == 404:
            raise no_such_alert(alert_id)
        if status != 200:
            raise Refused(status, "Conflict", said)
        return JSONResponse(Withdrawal.of(again).model_dump(mode="json"), status_code=201)

    @router.post(
        "/looks",
        summary="Say that somebody of an institute has looked; it answers nothing",
        status_code=204,
        response_class=Response,
        responses=_REFUSALS,
        openapi_extra=body_of(LookRequest),
    )
    def look(request: Request, alert_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(LookRequest, body, "look", '{"institute": …}')
        _must_speak_for(web, reader, asked.institute, alert_id)
        with web.store.transaction() as session:
            concerned = record_look(
                session,
                alert_id=alert_id,
                institute=asked.institute,
                by=actor(reader),
                via=Via.API,
                now=web.clock(),
            )
        return _done(concerned, asked.institute)

    @router.post(
        "/no-reminders",
        summary="Send an institute no more reminders of an alert",
        status_code=204,
        response_class=Response,
        responses=_REFUSALS,
        openapi_extra=body_of(NoReminders),
    )
    def no_reminders(request: Request, alert_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(NoReminders, body, "request", '{"institute": …}')
        _must_speak_for(web, reader, asked.institute, alert_id)
        with web.store.transaction() as session:
            concerned = stop_reminding(
                session, alert_id=alert_id, institute=asked.institute, by=actor(reader), now=web.clock()
            )
        _log.info("reminders_unwanted", alert=alert_id, institute=asked.institute, via="api")
        return _done(concerned, asked.institute)

    return router


def _must_speak_for(web: Web, reader: Reader, institute: str, alert_id: str) -> None:
    may_speak_for(reader, institute)
    known_institute(web, institute, "request")
    with web.store.read() as session:
        if session.get(AlertRow, alert_id) is None:
            raise no_such_alert(alert_id)


def _done(concerned: bool, institute: str) -> Response:
    if not concerned:
        raise Refused(409, "Conflict", f"The institute '{institute}' was not asked for an answer.")
    return Response(status_code=204)
