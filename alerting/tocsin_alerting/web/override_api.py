"""The API for speaking on a severity: overrides, and the dissents of institutes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Security
from fastapi.security import HTTPBearer
from starlette.responses import JSONResponse, Response

from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.dissent import DissentOutcome
from tocsin_alerting.policy.overrides import OverrideOutcome
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.dissents import GivenDissent, record_dissent, withdraw_dissent
from tocsin_alerting.store.overrides import GivenOverride, Wish, set_override, withdraw_override
from tocsin_alerting.store.view import alert_view
from tocsin_alerting.web.access import known_bearer
from tocsin_alerting.web.bodies import known_institute, no_such_alert, not_valid, read_body
from tocsin_alerting.web.body_docs import body_of
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.override_models import (
    Dissent,
    DissentGiven,
    DissentRequest,
    DissentWithdrawal,
    Override,
    OverrideGiven,
    OverrideRequest,
    OverrideWithdrawal,
)
from tocsin_alerting.web.problem_docs import problem
from tocsin_alerting.web.readers import Reader
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.speaking import actor, may_override, may_speak_for, must_read
from tocsin_alerting.web.transport import RawBody
from tocsin_schemas.logs import get_logger

_BEARER = HTTPBearer(scheme_name="bearer", description="An operator's token, or an institute's key.", auto_error=False)
"""For the description only: what a token is worth is for `access` and `speaking` to say."""
IdempotencyKey = Annotated[
    str | None, Header(max_length=200, description="The request's own id: sent again under it, it changes nothing.")
]
_RETRACTED = "The alert was retracted: what it rested on was taken back."

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The API's addresses."""
    router = APIRouter(prefix="/v1/alerts/{alert_id}", tags=["severity"], dependencies=[Security(_BEARER)])

    @router.post("/overrides", summary="Set an alert's severity", **_described(OverrideRequest, OverrideGiven))
    def override(request: Request, alert_id: str, body: RawBody, idempotency_key: IdempotencyKey = None) -> Response:
        reader = known_bearer(web, request)
        may_override(web, reader)
        asked = read_body(OverrideRequest, body, "override", '{"severity": …, "why": …}')
        must_read(web, reader, alert_id)
        wish = _wish(asked, reader, idempotency_key)
        with web.store.transaction() as session:
            given = set_override(
                session,
                alert_id=alert_id,
                wish=wish,
                directory=web.directory,
                now=web.clock(),
                seen_revision=asked.revision,
            )
        _log.info("override", alert=alert_id, outcome=given.outcome.value, via=Via.API.value)
        return _overridden(web, given)

    @router.post(
        "/overrides/{override_id}/withdraw",
        summary="Take an override back",
        **_described(OverrideWithdrawal, OverrideGiven, repeats_only=True),
    )
    def withdraw(request: Request, alert_id: str, override_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        may_override(web, reader)
        asked = read_body(OverrideWithdrawal, body, "withdrawal", '{"why": …}')
        must_read(web, reader, alert_id)
        with web.store.transaction() as session:
            given = withdraw_override(
                session,
                alert_id=alert_id,
                override_id=override_id,
                why=asked.why,
                by=actor(reader),
                directory=web.directory,
                now=web.clock(),
            )
        _log.info("override_withdrawn", alert=alert_id, outcome=given.outcome.value, via=Via.API.value)
        return _overridden(web, given, status=200)

    @router.post(
        "/dissents", summary="Hold another severity, as an institute", **_described(DissentRequest, DissentGiven)
    )
    def dissent(request: Request, alert_id: str, body: RawBody, idempotency_key: IdempotencyKey = None) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(DissentRequest, body, "dissent", '{"institute": …, "severity": …, "why": …}')
        may_speak_for(reader, asked.institute)
        known_institute(web, asked.institute, "dissent")
        must_read(web, reader, alert_id)
        wish = _wish(asked, reader, idempotency_key)
        with web.store.transaction() as session:
            given = record_dissent(session, alert_id=alert_id, institute=asked.institute, wish=wish, now=web.clock())
        _log.info("dissent", alert=alert_id, outcome=given.outcome.value, institute=asked.institute)
        return _dissented(web, given)

    @router.post(
        "/dissents/withdraw",
        summary="Take an institute's dissent back",
        **_described(DissentWithdrawal, DissentGiven, repeats_only=True),
    )
    def agree(request: Request, alert_id: str, body: RawBody) -> Response:
        reader = known_bearer(web, request)
        asked = read_body(DissentWithdrawal, body, "withdrawal", '{"institute": …}')
        may_speak_for(reader, asked.institute)
        known_institute(web, asked.institute, "withdrawal")
        must_read(web, reader, alert_id)
        with web.store.transaction() as session:
            given = withdraw_dissent(
                session,
                alert_id=alert_id,
                institute=asked.institute,
                why=asked.why,
                by=actor(reader),
                now=web.clock(),
            )
        _log.info("dissent_withdrawn", alert=alert_id, outcome=given.outcome.value, institute=asked.institute)
        return _dissented(web, given, status=200)

    return router


def _described(asked: type[Any], given: type[Any], *, repeats_only: bool = False) -> dict[str, Any]:
    """How an address is described: what it takes and gives, and how it may refuse."""
    responses: dict[int | str, dict[str, Any]] = {
        401: problem("The token is missing, or not good here."),
        403: problem("This is not for the token's holder to say, or they may not read the alert."),
        404: problem("There is no such alert, or nothing to withdraw."),
        409: problem("The alert does not take it: it was retracted, or is as severe as that already."),
        422: problem("It is not valid."),
    }
    if not repeats_only:
        responses[200] = {"model": given, "description": "It had been recorded before; nothing has changed."}
        responses[201] = {"description": "It is recorded."}
    return {
        "status_code": 200 if repeats_only else 201,
        "response_model": given,
        "responses": responses,
        "openapi_extra": body_of(asked),
    }


def _wish(asked: OverrideRequest | DissentRequest, reader: Reader, key: str | None) -> Wish:
    return Wish(
        severity=asked.severity, why=asked.why, evidence=asked.evidence, by=actor(reader), via=Via.API, request=key
    )


def _overridden(web: Web, given: GivenOverride, *, status: int = 201) -> Response:
    match given.outcome:
        case OverrideOutcome.UNKNOWN_ALERT:
            raise no_such_alert(given.alert_id)
        case OverrideOutcome.UNKNOWN_OVERRIDE:
            raise Refused(404, "Not Found", "The alert has no such override.")
        case OverrideOutcome.RETRACTED:
            raise Refused(409, "Conflict", _RETRACTED)
        case OverrideOutcome.UNCHANGED:
            raise Refused(409, "Conflict", f"The alert is {given.severity} already.")
        case OverrideOutcome.CHANGED_SINCE:
            detail = (
                "A report that came since outweighs it; look at the alert, and send the revision that you looked at."
            )
            raise Refused(409, "Conflict", detail)
        case OverrideOutcome.INVALID:
            raise not_valid("override", given.problems)
        case OverrideOutcome.RECORDED | OverrideOutcome.REPEATED:
            view = _seen(web, given.alert_id)
            shown = next(each for each in view.overrides if given.override is not None and each.id == given.override.id)
            said = OverrideGiven(
                outcome=given.outcome.value,
                alert=given.alert_id,
                severity=view.severity,
                override=Override.model_validate(shown),
            )
            return JSONResponse(said.model_dump(mode="json"), status_code=_status(given.outcome, status))


def _dissented(web: Web, given: GivenDissent, *, status: int = 201) -> Response:
    match given.outcome:
        case DissentOutcome.UNKNOWN_ALERT:
            raise no_such_alert(given.alert_id)
        case DissentOutcome.NO_DISSENT:
            raise Refused(404, "Not Found", f"The institute '{given.institute}' has no dissent to withdraw.")
        case DissentOutcome.RETRACTED:
            raise Refused(409, "Conflict", _RETRACTED)
        case DissentOutcome.AGREES:
            raise Refused(409, "Conflict", f"The alert is {given.severity}, as the institute says.")
        case DissentOutcome.INVALID:
            raise not_valid("dissent", given.problems)
        case DissentOutcome.RECORDED | DissentOutcome.REPEATED:
            view = _seen(web, given.alert_id)
            shown = next(each for each in view.dissents if given.dissent is not None and each.id == given.dissent.id)
            said = DissentGiven(
                outcome=given.outcome.value,
                alert=given.alert_id,
                severity=view.severity,
                dissent=Dissent.model_validate(shown),
            )
            return JSONResponse(said.model_dump(mode="json"), status_code=_status(given.outcome, status))


def _status(outcome: OverrideOutcome | DissentOutcome, recorded: int) -> int:
    return recorded if outcome in {OverrideOutcome.RECORDED, DissentOutcome.RECORDED} else 200


def _seen(web: Web, alert_id: str) -> AlertView:
    """The alert in full: all that is given back is what its reader has just said of it, and the severity."""
    with web.store.read() as session:
        view = alert_view(session, alert_id, directory=web.directory, level=lambda _: Level.FULL)
    if view is None:
        raise no_such_alert(alert_id)
    return view
