"""The buttons beneath an institute's answer and beneath a reminder, in its own thread."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.messages import answering, words
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.reminders import IN_HAND
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas.vocabulary import Answer

ASK_AGAIN_ACTION = "ask_again"
ACTING_ACTION = "acting"
NO_REMINDERS_ACTION = "no_reminders"


def answered_buttons(language: Language, view: AlertView, telling: Telling) -> dict[str, Any] | None:
    """What may still be done about an answer that stands; None where there is nothing."""
    response = words.own_standing(view, telling.institute)
    if response is None or response.answer is None or words.is_closed(view):
        return None
    elements = []
    if response.answer is Answer.ACKNOWLEDGE:
        elements.append(_button(ACTING_ACTION, language.say(answering.ACTING), telling))
    if telling.reason is TellingReason.REMINDED and response.answer in IN_HAND:
        elements.append(_button(NO_REMINDERS_ACTION, language.say(answering.NO_REMINDERS), telling))
    if telling.reason is TellingReason.ANSWERED:
        undo = language.say(answering.UNDO)
        elements.append(_button(ASK_AGAIN_ACTION, undo, telling) | {"confirm": _confirmation(language, undo)})
    if not elements:
        return None
    return {"type": "actions", "block_id": "answered", "elements": elements}


def _button(action: str, said: str, telling: Telling) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": _plain(said),
        "accessibility_label": said,
        # An opaque name: who may press it is decided from who clicked, and where.
        "value": telling.delivery_id,
    }


def _confirmation(language: Language, undo: str) -> dict[str, Any]:
    """Slack asks before it tells of the press: it calls people."""
    return {
        "title": _plain(undo),
        "text": _plain(language.say(answering.UNDO_MEANS)),
        "confirm": _plain(undo),
        "deny": _plain(language.say(answering.LEAVE)),
        "style": "danger",
    }


def _plain(said: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": said, "emoji": False}
