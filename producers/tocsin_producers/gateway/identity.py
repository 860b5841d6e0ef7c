"""Who knocks: an institute is known by its bearer key, which is signed and not stored."""

from __future__ import annotations

from http import HTTPStatus

from tocsin_producers.gateway.problems import Refusal
from tocsin_schemas import Institute, Institutes, InvalidToken, Purpose, Tokens
from tocsin_schemas.institutes import is_revoked


def institute_of(key: str | None, *, tokens: Tokens, institutes: Institutes) -> Institute:
    """The member whose key this is.

    Raises:
        Refusal: 401 where there is no key or it is not good here; 403 where its institute is no member.
    """
    if not key:
        raise _unauthorized("There is no key. Send 'Authorization: Bearer <institute key>'.")
    try:
        token = tokens.verify(Purpose.INSTITUTE, key)
    except InvalidToken as error:
        raise _unauthorized("The key is not one of this network's door keys. Ask the operators for yours.") from error
    member = institutes.get(str(token.claims.get("institute")))
    if member is None:
        raise Refusal(
            HTTPStatus.FORBIDDEN, "not-a-member", "The key's institute is not a member of this network (any more)."
        )
    if is_revoked(member, token.issued_at):
        raise _unauthorized("The key has been revoked. Ask the operators for a new one.")
    return member


def _unauthorized(detail: str) -> Refusal:
    return Refusal(HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
