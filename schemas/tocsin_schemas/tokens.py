"""Bearer tokens and link tokens: signed, purpose-bound, rotatable, and never stored.

A token is an itsdangerous payload signed with the newest of the deployment's secret keys; older keys still verify, so
that keys can be rotated. The salt binds a token to its purpose: a door key is no acknowledgement link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from tocsin_schemas.clock import Clock, system_clock


class Purpose(StrEnum):
    """What a token is good for; the value is the salt of its signature."""

    OPERATOR = "tocsin.operator.v1"
    INSTITUTE = "tocsin.institute.v1"
    ANSWER_LINK = "tocsin.answer-link.v1"
    PAGE_NONCE = "tocsin.page-nonce.v1"
    SESSION = "tocsin.session.v1"


class InvalidToken(Exception):  # noqa: N818 - the domain's word
    """A token that this deployment did not issue for this purpose, or that was altered."""


class ExpiredToken(InvalidToken):
    """A token that was good once."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a verified token says."""

    claims: Mapping[str, Any]
    issued_at: datetime


class Tokens:
    """Issues and verifies the tokens of one deployment."""

    def __init__(self, secret_keys: Sequence[str], *, clock: Clock = system_clock) -> None:
        """Take the deployment's secret keys, newest first, and the clock by which tokens are issued and expire.

        Raises:
            ValueError: there is no key, or one is shorter than 16 characters.
        """
        if not secret_keys or any(len(key) < 16 for key in secret_keys):
            raise ValueError("TOCSIN_SECRET_KEYS must hold at least one key of 16 characters or more, newest first")
        # itsdangerous signs with the last key of its list.
        self._keys = list(reversed(secret_keys))

        class Signer(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(clock().timestamp())

        self._signer = Signer

    def issue(self, purpose: Purpose, claims: Mapping[str, Any]) -> str:
        """A token for `purpose` that carries `claims` readably: put nothing secret in them."""
        return str(self._serializer(purpose).dumps(dict(claims)))

    def verify(self, purpose: Purpose, token: str, *, max_age: timedelta | None = None) -> Token:
        """What `token` says, if it was issued here for `purpose` and is not too old.

        Raises:
            ExpiredToken: older than `max_age`.
            InvalidToken: not issued here for this purpose, or altered.
        """
        seconds = None if max_age is None else int(max_age.total_seconds())
        try:
            claims, issued_at = self._serializer(purpose).loads(token, max_age=seconds, return_timestamp=True)
        except SignatureExpired as error:
            raise ExpiredToken("this token has expired; ask for a new one") from error
        except (BadSignature, UnicodeError) as error:
            raise InvalidToken("this token is not valid here") from error
        if not isinstance(claims, dict):
            raise InvalidToken("this token is not valid here")
        return Token(claims=claims, issued_at=issued_at)

    def _serializer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._keys,
            salt=purpose.value,
            signer=self._signer,
            signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"},
        )


def fingerprint(token: str) -> str:
    """A short name for a token that may be logged."""
    return sha256(token.encode()).hexdigest()[:12]
