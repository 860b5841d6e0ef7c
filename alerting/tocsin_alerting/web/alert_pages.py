"""The pages that people look at: the open alerts, and one alert with its time line and its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.exc import DataError
from starlette.responses import RedirectResponse, Response

from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.store.answers import AnswerOutcome, GivenAnswer, Via, give_answer
from tocsin_alerting.store.view import alert_page, alert_view, deliveries_of
from tocsin_alerting.web.access import SESSION_COOKIE, session
from tocsin_alerting.web.answers import answers_after
from tocsin_alerting.web.asking_form import asking_form
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.judge_form import judge_form
from tocsin_alerting.web.nonces import RefusedNonce
from tocsin_alerting.web.note import NOTE_CHARACTERS, note_from_form
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.pages import page
from tocsin_alerting.web.readers import Reader, ReaderKind, as_seen_by, withheld
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.transport import RawBody, form_fields
from tocsin_schemas.logs import get_logger
from tocsin_schemas.tokens import fingerprint
from tocsin_schemas.vocabulary import AlertState, Answer

_PAGE_SIZE = 50

_log = get_logger()


class Shown(StrEnum):
    """Which alerts the list shows."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    RETRACTED = "retracted"
    ALL = "all"

    @property
    def states(self) -> tuple[AlertState, ...]:
        """The states of the alerts shown."""
        return tuple(AlertState) if self is Shown.ALL else (AlertState(self.value),)


def routes(web: Web) -> APIRouter:
    """The addresses of the pages."""
    router = APIRouter()

    @router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    def alerts(
        request: Request, state: Shown = Shown.OPEN, cursor: Annotated[str | None, Query(max_length=200)] = None
    ) -> Response:
        return _list(web, request, state, cursor)

    @router.api_route("/alerts/{alert_id}", methods=["GET", "HEAD"], include_in_schema=False)
    def alert(request: Request, alert_id: str) -> Response:
        return alert_response(web, request, alert_id)

    @router.post("/alerts/{alert_id}", include_in_schema=False)
    def answer(request: Request, alert_id: str, body: RawBody) -> Response:
        return _answer(web, request, alert_id, form_fields(body))

    return router


def _list(web: Web, request: Request, shown: Shown, cursor: str | None) -> Response:
    reader = session(web, request)
    with web.store.read() as session_:
        try:
            found = alert_page(
                session_,
                directory=web.directory,
                level=reader.level,
                states=shown.states,
                limit=_PAGE_SIZE,
                cursor=cursor,
            )
        except (ValueError, DataError) as error:  # PostgreSQL on a NUL character in the cursor
            raise Refused(
                422, phrase("There is no such page of the list"), phrase("Go back to the first page.")
            ) from error
    read = reading(request)
    sentences = web.directory.sentences
    alerts = [translated(as_seen_by(reader, view), read.language, sentences) for view in found.items]
    return page(
        web,
        request,
        read,
        "alerts.html",
        reader=reader,
        now=web.clock(),
        alerts=alerts,
        withheld={view.id: withheld(read.language, reader, view) for view in alerts},
        shown=shown,
        shown_choices=list(Shown),
        next=found.next,
        first=cursor is None,
    )


def alert_response(
    web: Web,
    request: Request,
    alert_id: str,
    *,
    status: int = 200,
    given: GivenAnswer | None = None,
    fault: str | None = None,
    said: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page of an alert, for whoever asks.

    Args:
        web: the deployment.
        request: whose session says who asks.
        alert_id: the alert.
        status: of the response.
        given: what became of the answer that was just given.
        fault: why nothing was recorded.
        said: what was recorded, in a sentence.
        typed: what was typed into a form that could not be taken.

    Raises:
        Refused: 404, there is no such alert.
    """
    reader = session(web, request)
    view = _view(web, reader, alert_id)
    with web.store.read() as session_:
        told = () if reader.kind is ReaderKind.ANONYMOUS else deliveries_of(session_, alert_id)
    # A change may have come between the two looks; only the label decides what may be said of a message.
    deliveries = tuple(each for each in told if reader.may_see_deliveries_of(each.institute))
    cookie = request.cookies.get(SESSION_COOKIE)
    can_answer = reader.kind is ReaderKind.OPERATOR and cookie is not None and bool(_askable(view))
    nonce = (
        web.nonces.issue(cookie=cookie, subject=_subject(alert_id), action="answer", shown_round=view.round)
        if can_answer and cookie is not None
        else None
    )
    read = reading(request)
    return page(
        web,
        request,
        read,
        "alert.html",
        status=status,
        # Forms are sent to other addresses, which cannot be opened.
        here=f"/alerts/{view.id}",
        reader=reader,
        now=web.clock(),
        view=translated(view, read.language, web.directory.sentences),
        withheld=withheld(read.language, reader, view),
        deliveries=deliveries,
        askable=_askable(view),
        nonce=nonce,
        note_characters=NOTE_CHARACTERS,
        given=given,
        fault=fault,
        said=said,
        asking=asking_form(web, reader, view, cookie=cookie),
        judge=judge_form(web, reader, view, cookie=cookie, typed=typed),
    )


def _answer(web: Web, request: Request, alert_id: str, form: dict[str, str]) -> Response:
    reader = session(web, request)
    read = reading(request)
    if reader.kind is not ReaderKind.OPERATOR:
        return RedirectResponse(read.link("/sign-in"), status_code=303)
    gettext = read.language.gettext
    view = _view(web, reader, alert_id)
    try:
        nonce = web.nonces.check(
            form.get("nonce"), cookie=request.cookies.get(SESSION_COOKIE), subject=_subject(alert_id)
        )
    except RefusedNonce as refused:
        _log.warning("answer_without_page", alert=alert_id, fault=refused.fault.value)
        fault = gettext("The form was open for too long, or did not come from this page. Nothing has been recorded.")
        return alert_response(web, request, alert_id, status=403, fault=fault)
    try:
        answer = Answer(form.get("answer", ""))
    except ValueError:
        fault = gettext("Choose an answer. Nothing has been recorded.")
        return alert_response(web, request, alert_id, status=422, fault=fault)
    institute = form.get("institute", "")
    if institute not in {response.institute for response in view.responses}:
        fault = gettext("Choose an institute. Nothing has been recorded.")
        return alert_response(web, request, alert_id, status=422, fault=fault)
    note = note_from_form(form.get("note"))
    with web.store.transaction() as session_:
        given = give_answer(
            session_,
            alert_id=alert_id,
            institute=institute,
            answer=answer,
            by="operator",
            via=Via.PAGE,
            now=web.clock(),
            note=note,
            round=nonce.round,
        )
    _log.info("answer", alert=alert_id, outcome=given.outcome.value, institute=institute, via=Via.PAGE.value)
    taken = given.outcome in {AnswerOutcome.COUNTED, AnswerOutcome.ALREADY_ANSWERED}
    return alert_response(web, request, alert_id, status=200 if taken else 409, given=given)


def _view(web: Web, reader: Reader, alert_id: str) -> AlertView:
    with web.store.read() as session_:
        view = alert_view(session_, alert_id, directory=web.directory, level=reader.level)
    if view is None:
        raise Refused(
            404, phrase("There is no such alert"), phrase("It may have been mistyped. The list has every alert.")
        )
    return as_seen_by(reader, view)


def _askable(view: AlertView) -> tuple[ResponseView, ...]:
    """The institutes whose answer would still count."""
    if view.state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        return ()
    return tuple(response for response in view.responses if answers_after(response.answer))


def _subject(alert_id: str) -> str:
    return fingerprint(f"alert:{alert_id}")
