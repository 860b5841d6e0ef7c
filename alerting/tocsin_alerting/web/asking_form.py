"""The form by which a signed-in operator has institutes asked again, on the page of an alert."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.reminders import IN_HAND
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.readers import Reader, ReaderKind
from tocsin_schemas.tokens import fingerprint
from tocsin_schemas.vocabulary import AlertState

ASK_AGAIN = "ask_again"


@dataclass(frozen=True, slots=True)
class AskingForm:
    """What the page needs to show it."""

    nonce: str
    institutes: tuple[ResponseView, ...]
    """Those that may be asked again."""
    reminded: tuple[ResponseView, ...]
    """Those that have it in hand, and may want no reminders."""


def subject(alert_id: str) -> str:
    """What the nonces of the form are bound to."""
    return fingerprint(f"asking:{alert_id}")


def may_be_asked_again(response: ResponseView) -> bool:
    """Whether there is an answer to withdraw, or a ladder that has run out."""
    return response.answer is not None or response.exhausted_at is not None


def asking_form(web: Web, reader: Reader, view: AlertView, *, cookie: str | None) -> AskingForm | None:
    """The form, where the reader may use it and there is somebody to ask."""
    if reader.kind is not ReaderKind.OPERATOR or cookie is None:
        return None
    if view.state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        return None
    institutes = tuple(each for each in view.responses if may_be_asked_again(each))
    if not institutes:
        return None
    nonce = web.nonces.issue(cookie=cookie, subject=subject(view.id), action=ASK_AGAIN, shown_round=view.round)
    return AskingForm(nonce, institutes, tuple(each for each in institutes if each.answer in IN_HAND))
