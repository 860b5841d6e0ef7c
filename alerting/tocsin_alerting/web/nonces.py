"""Page nonces: proof that a button was pressed on a page that this browser was shown, and which button.

Mail scanners open links, and some post forms they have not been shown. A nonce is bound to the page's subject, to the
action of one button, to the round of the alert that the page showed, and to a cookie of the browser.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin_schemas.clock import Clock
from tocsin_schemas.tokens import InvalidToken, Purpose, Tokens, fingerprint

PAGE_COOKIE = "tocsin_page"
NONCE_AGE = timedelta(hours=1)
_COOKIE = re.compile(r"[A-Za-z0-9_-]{20,64}")


class NonceFault(StrEnum):
    """Why a form was not taken."""

    MISSING = "missing"
    NO_COOKIE = "no_cookie"
    NOT_OURS = "not_ours"
    ANOTHER_BROWSER = "another_browser"
    ANOTHER_PAGE = "another_page"
    EXPIRED = "expired"


class RefusedNonce(Exception):  # noqa: N818 - the domain's word
    """A form that did not come from a button on a page that this browser was shown within the hour."""

    def __init__(self, fault: NonceFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@dataclass(frozen=True, slots=True)
class PageNonce:
    """Which button was pressed, and which round of the alert its page showed."""

    action: str
    round: int


def page_cookie(sent: str | None) -> str:
    """The browser's cookie: the one it sent, or a new one."""
    return sent if sent is not None and _COOKIE.fullmatch(sent) else secrets.token_urlsafe(24)


class Nonces:
    """Issues and checks the nonces of one deployment's pages."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def issue(self, *, cookie: str, subject: str, action: str, shown_round: int = 0) -> str:
        """A nonce for one button of one page."""
        return self._tokens.issue(
            Purpose.PAGE_NONCE, {"k": fingerprint(cookie), "s": subject, "x": action, "r": shown_round}
        )

    def check(self, nonce: str | None, *, cookie: str | None, subject: str) -> PageNonce:
        """The button that was pressed on the page about `subject`.

        Raises:
            RefusedNonce: the form did not come from that page in this browser, or is older than an hour.
        """
        if not nonce:
            raise RefusedNonce(NonceFault.MISSING)
        if not cookie:
            raise RefusedNonce(NonceFault.NO_COOKIE)
        try:
            token = self._tokens.verify(Purpose.PAGE_NONCE, nonce)
        except InvalidToken as error:
            raise RefusedNonce(NonceFault.NOT_OURS) from error
        claims = token.claims
        if claims.get("k") != fingerprint(cookie):
            raise RefusedNonce(NonceFault.ANOTHER_BROWSER)
        if claims.get("s") != subject:
            raise RefusedNonce(NonceFault.ANOTHER_PAGE)
        if self._clock() - token.issued_at > NONCE_AGE:
            raise RefusedNonce(NonceFault.EXPIRED)
        return PageNonce(action=str(claims.get("x")), round=int(claims.get("r", 0)))
