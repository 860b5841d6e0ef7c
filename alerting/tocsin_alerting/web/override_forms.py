"""A signed-in operator speaks on a severity from the alert's page: sets it, takes that back, records a dissent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from tocsin_alerting.messages import words
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.policy.dissent import DissentOutcome
from tocsin_alerting.policy.evidence_lines import evidence_of
from tocsin_alerting.policy.overrides import OverrideOutcome
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.dissents import GivenDissent, record_dissent, withdraw_dissent
from tocsin_alerting.store.overrides import GivenOverride, Wish, set_override, withdraw_override
from tocsin_alerting.web import page_words
from tocsin_alerting.web.access import SESSION_COOKIE, session
from tocsin_alerting.web.alert_pages import alert_response
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.judge_form import subject
from tocsin_alerting.web.nonces import RefusedNonce
from tocsin_alerting.web.note import note_from_form
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.problem_words import problems_said
from tocsin_alerting.web.readers import ReaderKind
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.speaking import actor, must_read
from tocsin_alerting.web.transport import RawBody, form_fields
from tocsin_schemas.errors import Problem
from tocsin_schemas.logs import get_logger
from tocsin_schemas.tokens import fingerprint
from tocsin_schemas.vocabulary import Severity

_log = get_logger()
Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the page says after a button was pressed."""

    status: int
    words: str | Markup


def routes(web: Web) -> APIRouter:
    """The addresses of the forms."""
    router = APIRouter(prefix="/alerts/{alert_id}", include_in_schema=False)

    @router.post("/overrides")
    def override(request: Request, alert_id: str, body: RawBody) -> Response:
        def act(session_: Session, form: Form) -> _Said:
            given = set_override(
                session_,
                alert_id=alert_id,
                wish=_wish(form),
                directory=web.directory,
                now=web.clock(),
                seen_revision=_revision(form),
            )
            return _overridden(reading(request).language, given)

        return _pressed(web, request, alert_id, body, "override", act)

    @router.post("/overrides/{override_id}/withdraw")
    def withdraw(request: Request, alert_id: str, override_id: str, body: RawBody) -> Response:
        def act(session_: Session, form: Form) -> _Said:
            given = withdraw_override(
                session_,
                alert_id=alert_id,
                override_id=override_id,
                why=_why(form),
                by="operator",
                directory=web.directory,
                now=web.clock(),
            )
            return _overridden(reading(request).language, given)

        return _pressed(web, request, alert_id, body, "override_withdrawn", act)

    @router.post("/dissents")
    def dissent(request: Request, alert_id: str, body: RawBody) -> Response:
        def act(session_: Session, form: Form) -> _Said:
            institute = _institute(web, form)
            given = record_dissent(session_, alert_id=alert_id, institute=institute, wish=_wish(form), now=web.clock())
            return _dissented(web, reading(request).language, given)

        return _pressed(web, request, alert_id, body, "dissent", act)

    @router.post("/dissents/withdraw")
    def agree(request: Request, alert_id: str, body: RawBody) -> Response:
        def act(session_: Session, form: Form) -> _Said:
            given = withdraw_dissent(
                session_,
                alert_id=alert_id,
                institute=_institute(web, form),
                why=note_from_form(form.get("why")),
                by="operator",
                now=web.clock(),
            )
            return _dissented(web, reading(request).language, given)

        return _pressed(web, request, alert_id, body, "dissent_withdrawn", act)

    return router


def _pressed(
    web: Web, request: Request, alert_id: str, body: bytes, what: str, act: Callable[[Session, Form], _Said]
) -> Response:
    """Let a form of this page, pressed by a signed-in operator who may read the alert, do what it is for."""
    reader = session(web, request)
    read = reading(request)
    if reader.kind is not ReaderKind.OPERATOR:
        return RedirectResponse(read.link("/sign-in"), status_code=303)
    language = read.language
    form = form_fields(body)
    must_read(web, reader, alert_id)
    try:
        web.nonces.check(form.get("nonce"), cookie=request.cookies.get(SESSION_COOKIE), subject=subject(alert_id))
    except RefusedNonce as refused:
        _log.warning("judged_without_page", alert=alert_id, fault=refused.fault.value)
        fault = language.gettext(
            "The form was open for too long, or did not come from this page. Nothing has been recorded."
        )
        return alert_response(web, request, alert_id, status=403, fault=fault, typed={**form, "form": what})
    try:
        with web.store.transaction() as session_:
            said = act(session_, form)
    except Refused as refused:
        fault = _nothing_recorded(language, refused.explained(language))
        return alert_response(web, request, alert_id, status=422, fault=fault, typed={**form, "form": what})
    _log.info(what, alert=alert_id, status=said.status, via=Via.PAGE.value, by=actor(reader))
    if said.status == 200:
        return alert_response(web, request, alert_id, said=said.words)
    fault = _nothing_recorded(language, said.words)
    return alert_response(web, request, alert_id, status=said.status, fault=fault, typed={**form, "form": what})


def _wish(form: Form) -> Wish:
    evidence, faults = evidence_of(form.get("evidence", "").splitlines())
    if faults:
        raise _refused(*faults)
    try:
        severity = Severity(form.get("severity", ""))
    except ValueError as error:
        raise _refused(Problem("severity", "is missing.", "Choose one.")) from error
    return Wish(
        severity=severity,
        why=_why(form),
        evidence=evidence,
        by="operator",
        via=Via.PAGE,
        # A page that is sent twice is one wish; another page is another.
        request=f"page:{fingerprint(form['nonce'])}:{fingerprint(repr(sorted(form.items())))}",
    )


def _why(form: Form) -> str:
    why = note_from_form(form.get("why"))
    if why is None:
        raise _refused(Problem("why", "is missing.", "Say why, for those who are told."))
    return why


def _institute(web: Web, form: Form) -> str:
    institute = form.get("institute", "")
    if institute not in web.institutes:
        raise _refused(Problem("institute", "is missing.", "Choose one."))
    return institute


def _revision(form: Form) -> int | None:
    text = form.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _refused(Problem("revision", "is not the page's.", "Open the page again."))
    return int(text)


def _refused(*problems: Problem) -> Refused:
    return Refused(422, phrase("This cannot be taken"), " ".join(str(each) for each in problems), problems=problems)


def _nothing_recorded(language: Language, why: str | Markup) -> Markup:
    return Markup("{} {}").format(why, language.say(page_words.NOTHING_RECORDED))


def _severity(language: Language, severity: Severity | None) -> str:
    return "" if severity is None else words.severity(language, severity)


def _overridden(language: Language, given: GivenOverride) -> _Said:
    gettext = language.gettext
    now = _severity(language, given.severity)
    match given.outcome:
        case OverrideOutcome.RECORDED | OverrideOutcome.REPEATED:
            return _Said(200, gettext("Recorded: the severity is {severity}.", severity=now))
        case OverrideOutcome.INVALID:
            return _Said(422, problems_said(language, given.problems))
        case OverrideOutcome.UNCHANGED:
            return _Said(409, gettext("The alert is {severity} already.", severity=now))
        case OverrideOutcome.CHANGED_SINCE:
            return _Said(409, gettext("A report that came since this page was opened outweighs it. Please look again."))
        case OverrideOutcome.RETRACTED:
            return _Said(409, gettext("The alert was retracted: there is nothing left to judge."))
        case OverrideOutcome.UNKNOWN_ALERT | OverrideOutcome.UNKNOWN_OVERRIDE:
            return _Said(404, gettext("There is no such override."))


def _dissented(web: Web, language: Language, given: GivenDissent) -> _Said:
    gettext = language.gettext
    name = web.directory.institute_name(given.institute)
    now = _severity(language, given.severity)
    match given.outcome:
        case DissentOutcome.RECORDED | DissentOutcome.REPEATED if given.dissent and given.dissent.withdrawn_at:
            return _Said(200, gettext("Recorded: {institute} no longer dissents.", institute=name))
        case DissentOutcome.RECORDED | DissentOutcome.REPEATED:
            stays = gettext(
                "Recorded: {institute} dissents. The severity stays {severity}.", institute=name, severity=now
            )
            return _Said(200, stays)
        case DissentOutcome.INVALID:
            return _Said(422, problems_said(language, given.problems))
        case DissentOutcome.AGREES:
            return _Said(409, gettext("The alert is {severity}, as {institute} says.", severity=now, institute=name))
        case DissentOutcome.NO_DISSENT:
            return _Said(409, gettext("{institute} does not dissent.", institute=name))
        case DissentOutcome.RETRACTED:
            return _Said(409, gettext("The alert was retracted: there is nothing left to differ about."))
        case DissentOutcome.UNKNOWN_ALERT:
            return _Said(404, gettext("There is no such alert."))
