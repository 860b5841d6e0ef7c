"""A signed-in operator speaks on a severity from the alert's page: sets it, takes that back, records a dissent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from tocsin_alerting.messages import words
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.policy.dissent import DissentOutcome
from tocsin_alerting.policy.evidence_lines import evidence_of
from tocsin_alerting.policy.overrides import OverrideOutcome
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.dissents import GivenDissent, record_dissent, withdraw_dissent
from tocsin_alerting.store.overrides import GivenOverride, Wish, set_override, withdraw_override
from tocsin_alerting.web.access import SESSION_COOKIE, session
from tocsin_alerting.web.alert_pages import alert_response
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.judge_form import subject
from tocsin_alerting.web.nonces import RefusedNonce
from tocsin_alerting.web.note import note_from_form
from tocsin_alerting.web.readers import ReaderKind
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.speaking import actor, must_read
from tocsin_alerting.web.transport import RawBody, form_fields
from tocsin_schemas.errors import Problem
from tocsin_schemas.logs import get_logger
from tocsin_schemas.tokens import fingerprint
from tocsin_schemas.vocabulary import Severity

_NOTHING = "Nothing has been recorded."
_log = get_logger()
Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the page says after a button was pressed."""

    status: int
    words: str


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
            return _overridden(given)

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
            return _overridden(given)

        return _pressed(web, request, alert_id, body, "override_withdrawn", act)

    @router.post("/dissents")
    def dissent(request: Request, alert_id: str, body: RawBody) -> Response:
        def act(session_: Session, form: Form) -> _Said:
            institute = _institute(web, form)
            given = record_dissent(session_, alert_id=alert_id, institute=institute, wish=_wish(form), now=web.clock())
            return _dissented(web, given)

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
            return _dissented(web, given)

        return _pressed(web, request, alert_id, body, "dissent_withdrawn", act)

    return router


def _pressed(
    web: Web, request: Request, alert_id: str, body: bytes, what: str, act: Callable[[Session, Form], _Said]
) -> Response:
    """Let a form of this page, pressed by a signed-in operator who may read the alert, do what it is for."""
    reader = session(web, request)
    if reader.kind is not ReaderKind.OPERATOR:
        return RedirectResponse("/sign-in", status_code=303)
    form = form_fields(body)
    must_read(web, reader, alert_id)
    try:
        web.nonces.check(form.get("nonce"), cookie=request.cookies.get(SESSION_COOKIE), subject=subject(alert_id))
    except RefusedNonce as refused:
        _log.warning("judged_without_page", alert=alert_id, fault=refused.fault.value)
        fault = f"The form was open for too long, or did not come from this page. {_NOTHING}"
        return alert_response(web, request, alert_id, status=403, fault=fault, typed={**form, "form": what})
    try:
        with web.store.transaction() as session_:
            said = act(session_, form)
    except Refused as refused:
        fault = f"{refused.detail} {_NOTHING}"
        return alert_response(web, request, alert_id, status=422, fault=fault, typed={**form, "form": what})
    _log.info(what, alert=alert_id, status=said.status, via=Via.PAGE.value, by=actor(reader))
    if said.status == 200:
        return alert_response(web, request, alert_id, said=said.words)
    fault = f"{said.words} {_NOTHING}"
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
    return Refused(422, "This cannot be taken", " ".join(str(each) for each in problems), problems=problems)


def _overridden(given: GivenOverride) -> _Said:
    now = words.severity(ENGLISH, given.severity) if given.severity is not None else ""
    match given.outcome:
        case OverrideOutcome.RECORDED | OverrideOutcome.REPEATED:
            return _Said(200, f"Recorded: the severity is {now}.")
        case OverrideOutcome.INVALID:
            return _Said(422, " ".join(str(problem) for problem in given.problems))
        case OverrideOutcome.UNCHANGED:
            return _Said(409, f"The alert is {now} already.")
        case OverrideOutcome.CHANGED_SINCE:
            return _Said(409, "A report that came since this page was opened outweighs it. Please look again.")
        case OverrideOutcome.RETRACTED:
            return _Said(409, "The alert was retracted: there is nothing left to judge.")
        case OverrideOutcome.UNKNOWN_ALERT | OverrideOutcome.UNKNOWN_OVERRIDE:
            return _Said(404, "There is no such override.")


def _dissented(web: Web, given: GivenDissent) -> _Said:
    name = web.directory.institute_name(given.institute)
    now = words.severity(ENGLISH, given.severity) if given.severity is not None else ""
    match given.outcome:
        case DissentOutcome.RECORDED | DissentOutcome.REPEATED if given.dissent and given.dissent.withdrawn_at:
            return _Said(200, f"Recorded: {name} no longer dissents.")
        case DissentOutcome.RECORDED | DissentOutcome.REPEATED:
            return _Said(200, f"Recorded: {name} dissents. The severity stays {now}.")
        case DissentOutcome.INVALID:
            return _Said(422, " ".join(str(problem) for problem in given.problems))
        case DissentOutcome.AGREES:
            return _Said(409, f"The alert is {now}, as {name} says.")
        case DissentOutcome.NO_DISSENT:
            return _Said(409, f"{name} does not dissent.")
        case DissentOutcome.RETRACTED:
            return _Said(409, "The alert was retracted: there is nothing left to differ about.")
        case DissentOutcome.UNKNOWN_ALERT:
            return _Said(404, "There is no such alert.")
