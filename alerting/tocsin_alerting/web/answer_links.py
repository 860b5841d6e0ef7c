"""The link in a message: opening it shows a page, pressing the page's button answers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from tocsin_alerting.links import ANSWER_LINK_AGE
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.messages.reading import language_of
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.policy.disclosure import Level, disclosure_at
from tocsin_alerting.store.answers import AnswerOutcome, GivenAnswer, Via, give_answer
from tocsin_alerting.store.tables import ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.store.view import alert_view
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.link_acts import (
    ASK_AGAIN,
    LINK_ACTS,
    NO_REMINDERS,
    SEEN,
    act,
    link_acts,
    look,
    withdrawable,
)
from tocsin_alerting.web.nonces import NONCE_AGE, PAGE_COOKIE, RefusedNonce, page_cookie
from tocsin_alerting.web.note import NOTE_CHARACTERS, note_from_form
from tocsin_alerting.web.opened_link import READ, OpenedLink
from tocsin_alerting.web.page_language import Reading, reading
from tocsin_alerting.web.pages import page
from tocsin_alerting.web.refusals import Refused
from tocsin_alerting.web.transport import RawBody, form_fields
from tocsin_schemas.logs import get_logger
from tocsin_schemas.tokens import ExpiredToken, InvalidToken, Purpose, Token, fingerprint
from tocsin_schemas.vocabulary import Answer, Tlp

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The address of answer links."""
    router = APIRouter()

    @router.api_route("/a/{token}", methods=["GET", "HEAD"], include_in_schema=False)
    def show(token: str, request: Request) -> Response:
        link = _open(web, token)
        return _page(web, request, link)

    @router.post("/a/{token}", include_in_schema=False)
    def press(token: str, request: Request, body: RawBody) -> Response:
        return _press(web, request, _open(web, token), token, form_fields(body))

    return router


def _press(web: Web, request: Request, link: OpenedLink, token: str, form: dict[str, str]) -> Response:
    log = _log.bind(alert=link.view.id, delivery=link.delivery_id, link=link.subject)
    try:
        nonce = web.nonces.check(form.get("nonce"), cookie=request.cookies.get(PAGE_COOKIE), subject=link.subject)
    except RefusedNonce as refused:
        log.warning("answer_without_page", fault=refused.fault.value)
        return _page(web, request, link, status=403, not_pressed=True)
    if nonce.round != link.view.round:
        return _page(web, request, link, status=409, raised_since=True)
    if nonce.action == READ:
        if not link.asks_before_showing:
            return _page(web, request, link)
        look(web, link)
        log.info("text_shown", contact=link.contact.id)
        return _page(web, request, _open(web, token, shown=True), text_shown=True)
    if nonce.action in LINK_ACTS:
        done = act(web, link, nonce.action, form, _reading(web, request, link).language)
        log.info(nonce.action, status=done.status, institute=link.institute, via=Via.EMAIL_LINK.value)
        return _page(web, request, _open(web, token), status=done.status, said=done.said, fault=done.fault)
    given = _give(web, link, Answer(nonce.action), note_from_form(form.get("note")), nonce.round)
    log.info("answer", outcome=given.outcome.value, institute=link.institute, via=Via.EMAIL_LINK.value)
    stale = given.outcome is AnswerOutcome.STALE_ROUND
    return _page(web, request, _open(web, token), status=409 if stale else 200, given=given, raised_since=stale)


def _give(web: Web, link: OpenedLink, answer: Answer, note: str | None, seen_round: int) -> GivenAnswer:
    with web.store.transaction() as session:
        return give_answer(
            session,
            alert_id=link.view.id,
            institute=link.institute,
            answer=answer,
            by=link.contact.id,
            via=Via.EMAIL_LINK,
            now=web.clock(),
            note=note,
            delivery_id=link.delivery_id,
            round=seen_round,
        )


def _open(web: Web, text: str, *, shown: bool = False) -> OpenedLink:
    """What a link's token leads to.

    Raises:
        Refused: 404 for a token that was not issued here, 410 for one whose time or addressee has gone.
    """
    token = _verified(web, text)
    delivery_id, alert_id, contact_id = (str(token.claims.get(name)) for name in ("d", "a", "c"))
    contact = web.directory.contacts.get(contact_id)
    with web.store.read() as session:
        delivery = session.get(DeliveryRow, delivery_id)
        if delivery is None or (delivery.alert_id, delivery.contact) != (alert_id, contact_id):
            raise _unknown()
        if contact is None:
            raise Refused(
                410,
                phrase("This link's addressee has left"),
                phrase(
                    "The contact it was sent to is no longer in the network's directory. "
                    "Ask the network's operators who answers for the institute now."
                ),
            )

        def disclosed(tlp: Tlp) -> Level:
            return disclosure_at(tlp, contact_id, delivery.channel, delivery.address, web.directory)[0]

        def level(tlp: Tlp) -> Level:
            open_to_read = disclosed(tlp) is Level.FULL or (shown and disclosed(tlp) is Level.NOTICE)
            return Level.FULL if open_to_read else Level.NOTICE

        view = alert_view(session, alert_id, directory=web.directory, level=level)
        if view is None:
            raise _unknown()
        standing = session.get(ResponseRow, (alert_id, delivery.institute, view.round))
    response = next((each for each in view.responses if each.institute == delivery.institute), None)
    if response is not None and standing is not None:
        # Whoever of one's own institute was first is no secret, whatever the label.
        response = replace(response, answered_by=standing.answered_by, answered_via=standing.answered_via)
    return OpenedLink(
        subject=fingerprint(text),
        contact=contact,
        delivery_id=delivery_id,
        institute=delivery.institute,
        institute_name=web.directory.institute_name(delivery.institute),
        disclosure=disclosed(view.tlp),
        view=view,
        response=response,
    )


def _verified(web: Web, text: str) -> Token:
    try:
        token = web.tokens.verify(Purpose.ANSWER_LINK, text)
    except ExpiredToken as error:
        raise _expired() from error
    except InvalidToken as error:
        raise _unknown() from error
    if web.clock() - token.issued_at > ANSWER_LINK_AGE:
        raise _expired()
    return token


def _unknown() -> Refused:
    return Refused(
        404,
        phrase("This link is not valid"),
        phrase(
            "It may have been cut or altered on its way. Copy the whole address from the message, "
            "or answer from the alert's page."
        ),
    )


def _expired() -> Refused:
    return Refused(
        410,
        phrase("This link has expired"),
        phrase("Links in messages work for {days} days. Answer from the alert's page or through the API."),
        values={"days": ANSWER_LINK_AGE.days},
    )


def _page(
    web: Web,
    request: Request,
    link: OpenedLink,
    *,
    status: int = 200,
    given: GivenAnswer | None = None,
    raised_since: bool = False,
    not_pressed: bool = False,
    text_shown: bool = False,
    said: str | None = None,
    fault: str | None = None,
) -> Response:
    cookie = page_cookie(request.cookies.get(PAGE_COOKIE))
    issue = partial(web.nonces.issue, cookie=cookie, subject=link.subject, shown_round=link.view.round)
    read = _reading(web, request, link)
    response = page(
        web,
        request,
        read,
        "answer.html",
        status=status,
        opened=link,
        view=translated(link.view, read.language, web.directory.sentences),
        now=web.clock(),
        given=given,
        raised_since=raised_since,
        not_pressed=not_pressed,
        said=said,
        fault=fault,
        seen_nonce=issue(action=SEEN) if SEEN in link_acts(web, link) else None,
        again_nonce=issue(action=ASK_AGAIN) if ASK_AGAIN in link_acts(web, link) else None,
        unreminded_nonce=issue(action=NO_REMINDERS) if NO_REMINDERS in link_acts(web, link) else None,
        withdrawable=withdrawable(web, link),
        note_characters=NOTE_CHARACTERS,
        buttons=[(answer, issue(action=answer.value)) for answer in link.offered],
        read_nonce=issue(action=READ) if link.asks_before_showing and not text_shown else None,
    )
    keep_page_cookie(web, response, cookie)
    return response


def _reading(web: Web, request: Request, link: OpenedLink) -> Reading:
    own = language_of(link.contact, web.directory)
    return reading(request, addressee=own.tag, zone=own.zone)


def keep_page_cookie(web: Web, response: Response, cookie: str) -> None:
    """Give the browser the cookie that the page's nonces are bound to."""
    response.set_cookie(
        PAGE_COOKIE,
        cookie,
        max_age=int(NONCE_AGE.total_seconds()),
        path="/",
        secure=web.https,
        httponly=True,
        samesite="strict",
    )
