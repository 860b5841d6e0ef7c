"""How a reader shows who they are: a bearer token for programs, a session cookie for people."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from tocsin_alerting.web import readers
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.readers import Reader
from tocsin_alerting.web.refusals import Refused
from tocsin_schemas.institutes import is_revoked
from tocsin_schemas.tokens import InvalidToken, Purpose, Token, fingerprint

SESSION_COOKIE = "tocsin_session"
SESSION_AGE = timedelta(hours=12)


def bearer(web: Web, request: Request) -> Reader:
    """Who asks the API; without a token somebody anonymous.

    Raises:
        Refused: 401, the token is not good here.
    """
    header = request.headers.get("authorization")
    if header is None:
        return readers.ANONYMOUS
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise _unauthorised("The Authorization header must read 'Bearer <token>'.")
    return _holder(web, text.strip())


def known_bearer(web: Web, request: Request) -> Reader:
    """Who asks the API, where somebody anonymous may not.

    Raises:
        Refused: 401, there is no token, or it is not good here.
    """
    reader = bearer(web, request)
    if reader.kind is readers.ReaderKind.ANONYMOUS:
        raise _unauthorised("Send an operator's token or your institute's key as 'Authorization: Bearer <token>'.")
    return reader


def operator_token(web: Web, text: str) -> bool:
    """Whether a text is an operator's token of this deployment."""
    try:
        web.tokens.verify(Purpose.OPERATOR, text)
    except InvalidToken:
        return False
    return True


def session(web: Web, request: Request) -> Reader:
    """Who looks at a page; without a session, or with one that is too old, somebody anonymous."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is None:
        return readers.ANONYMOUS
    try:
        token = web.tokens.verify(Purpose.SESSION, cookie)
    except InvalidToken:
        return readers.ANONYMOUS
    if web.clock() - token.issued_at > SESSION_AGE:
        return readers.ANONYMOUS
    return readers.operator(web.directory.operator_clearance)


def begin_session(web: Web, response: Response, *, token: str) -> None:
    """Let the browser that sent an operator's token be known for twelve hours."""
    response.set_cookie(
        SESSION_COOKIE,
        web.tokens.issue(Purpose.SESSION, {"o": fingerprint(token)}),
        max_age=int(SESSION_AGE.total_seconds()),
        path="/",
        secure=web.https,
        httponly=True,
        samesite="lax",
    )


def end_session(web: Web, response: Response) -> None:
    """Let the browser be forgotten."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=web.https, httponly=True, samesite="lax")


def _holder(web: Web, text: str) -> Reader:
    try:
        web.tokens.verify(Purpose.OPERATOR, text)
    except InvalidToken:
        return _institute(web, text)
    return readers.operator(web.directory.operator_clearance)


def _institute(web: Web, text: str) -> Reader:
    try:
        token: Token = web.tokens.verify(Purpose.INSTITUTE, text)
    except InvalidToken as error:
        raise _unauthorised("This token is not valid here; ask the network's operators for a new one.") from error
    member = web.institutes.get(str(token.claims.get("institute")))
    if member is None or is_revoked(member, token.issued_at):
        raise _unauthorised("This key has been revoked; ask the network's operators for a new one.")
    return readers.institute_key(member.id)


def _unauthorised(detail: str) -> Refused:
    return Refused(401, "Unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="tocsin"'})
