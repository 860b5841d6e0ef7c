"""A signed-in operator has an institute's answer withdrawn from the alert's page, or its reminders stopped."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.asking_again import ask_again
from tocsin_alerting.store.reminding import stop_reminding
from tocsin_alerting.web.access import SESSION_COOKIE, session
from tocsin_alerting.web.alert_pages import alert_response
from tocsin_alerting.web.asked_again import not_recorded, status_and_words
from tocsin_alerting.web.asking_form import subject
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.nonces import RefusedNonce
from tocsin_alerting.web.note import note_from_form
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.readers import ReaderKind
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.transport import RawBody, form_fields
from tocsin_schemas.logs import get_logger

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The addresses of the forms."""
    router = APIRouter(prefix="/alerts/{alert_id}", include_in_schema=False)

    @router.post("/ask-again")
    def again(request: Request, alert_id: str, body: RawBody) -> Response:
        form = form_fields(body)
        refused = _refused(web, request, alert_id, form)
        return refused or _ask_again(web, request, alert_id, form)

    @router.post("/no-reminders")
    def no_reminders(request: Request, alert_id: str, body: RawBody) -> Response:
        form = form_fields(body)
        refused = _refused(web, request, alert_id, form)
        return refused or _stop(web, request, alert_id, form)

    return router


def _refused(web: Web, request: Request, alert_id: str, form: dict[str, str]) -> Response | None:
    """Why the form is not taken; None where it is."""
    read = reading(request)
    gettext = read.language.gettext
    if session(web, request).kind is not ReaderKind.OPERATOR:
        return RedirectResponse(read.link("/sign-in"), status_code=303)
    try:
        web.nonces.check(form.get("nonce"), cookie=request.cookies.get(SESSION_COOKIE), subject=subject(alert_id))
    except RefusedNonce as refused:
        _log.warning("asked_again_without_page", alert=alert_id, fault=refused.fault.value)
        fault = gettext("The form was open for too long, or did not come from this page. Nothing has been recorded.")
        return alert_response(web, request, alert_id, status=403, fault=fault)
    if form.get("institute", "") not in web.institutes:
        fault = gettext("Choose an institute. Nothing has been recorded.")
        return alert_response(web, request, alert_id, status=422, fault=fault)
    return None


def _ask_again(web: Web, request: Request, alert_id: str, form: dict[str, str]) -> Response:
    language = reading(request).language
    try:
        why = note_from_form(form.get("why"))
    except Refused as refused:
        fault = not_recorded(language, refused.explained(language))
        return alert_response(web, request, alert_id, status=422, fault=fault)
    if why is None:
        fault = not_recorded(language, language.gettext("Say why, for those who are asked again."))
        return alert_response(web, request, alert_id, status=422, fault=fault)
    with web.store.transaction() as session_:
        asked = ask_again(
            session_,
            alert_id=alert_id,
            institute=form["institute"],
            why=why,
            by="operator",
            via=Via.PAGE,
            directory=web.directory,
            now=web.clock(),
        )
    _log.info("asked_again", alert=alert_id, outcome=asked.outcome.value, institute=asked.institute, via="page")
    status, said = status_and_words(asked, web.directory.institute_name(asked.institute), language)
    if status == 200:
        return alert_response(web, request, alert_id, said=said)
    return alert_response(web, request, alert_id, status=status, fault=not_recorded(language, said))


def _stop(web: Web, request: Request, alert_id: str, form: dict[str, str]) -> Response:
    language = reading(request).language
    name = web.directory.institute_name(form["institute"])
    with web.store.transaction() as session_:
        concerned = stop_reminding(
            session_, alert_id=alert_id, institute=form["institute"], by="operator", now=web.clock()
        )
    if not concerned:
        fault = language.gettext("{institute} was not asked for an answer.", institute=name)
        return alert_response(web, request, alert_id, status=409, fault=not_recorded(language, fault))
    said = language.gettext("Recorded: {institute} is not reminded of this alert.", institute=name)
    return alert_response(web, request, alert_id, said=said)
