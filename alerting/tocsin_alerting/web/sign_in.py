"""Signing in: an operator's token becomes a session of the browser, by a button."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from tocsin_alerting.messages.phrases import Phrase, phrase
from tocsin_alerting.web.access import begin_session, end_session, operator_token
from tocsin_alerting.web.answer_links import keep_page_cookie
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.nonces import PAGE_COOKIE, RefusedNonce, page_cookie
from tocsin_alerting.web.page_language import reading
from tocsin_alerting.web.pages import page
from tocsin_alerting.web.transport import RawBody, form_fields
from tocsin_schemas.logs import get_logger
from tocsin_schemas.tokens import fingerprint

_SUBJECT = "sign-in"

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The addresses for signing in and out."""
    router = APIRouter()

    @router.api_route("/sign-in", methods=["GET", "HEAD"], include_in_schema=False)
    def show(request: Request, token: Annotated[str, Query(max_length=1_000)] = "") -> Response:
        return _page(web, request, token=token)

    @router.post("/sign-in", include_in_schema=False)
    def press(request: Request, body: RawBody) -> Response:
        form = form_fields(body)
        token = form.get("token", "").strip()
        try:
            web.nonces.check(form.get("nonce"), cookie=request.cookies.get(PAGE_COOKIE), subject=_SUBJECT)
        except RefusedNonce as refused:
            _log.warning("sign_in_refused", fault=refused.fault.value)
            fault = phrase("This page was open for too long, or in another browser. Press the button again.")
            return _page(web, request, token=token, fault=fault, status=403)
        if not operator_token(web, token):
            _log.warning("sign_in_refused", fault="not_an_operators_token")
            fault = phrase("This is not an operator's token of this deployment. Get one with: tocsinctl token operator")
            return _page(web, request, token="", fault=fault, status=403)
        _log.info("signed_in", by=fingerprint(token))
        response = RedirectResponse(reading(request).link("/"), status_code=303)
        begin_session(web, response, token=token)
        return response

    @router.post("/sign-out", include_in_schema=False)
    def leave(request: Request) -> Response:
        # No nonce: the worst that a foreign page can do here is to have somebody sign in again.
        response = RedirectResponse(reading(request).link("/"), status_code=303)
        end_session(web, response)
        return response

    return router


def _page(web: Web, request: Request, *, token: str, fault: Phrase | None = None, status: int = 200) -> Response:
    cookie = page_cookie(request.cookies.get(PAGE_COOKIE))
    read = reading(request)
    response = page(
        web,
        request,
        read,
        "sign_in.html",
        status=status,
        token=token,
        fault=None if fault is None else read.language.say(fault),
        nonce=web.nonces.issue(cookie=cookie, subject=_SUBJECT, action="sign-in"),
    )
    keep_page_cookie(web, response, cookie)
    return response
