"""Alerts for institutes' own systems: JSON with a versioned type, at the reader's level, under 20 kB.

Standard Webhooks 1.0 asks for the type, the timestamp and the size.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView

ALERT_TYPE = "tocsin.alert.v1"
BULLETIN_TYPE = "tocsin.bulletin.v1"
MOST_BYTES = 20_000
_SHORTENED = (4_000, 1_000, 200, 50, 0)
"""How many characters of each text are kept, and how many entries of each list, until the whole fits."""


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What is posted to one endpoint."""

    body: dict[str, Any]

    def encoded(self) -> bytes:
        """The bytes that are signed and sent."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def as_dict(self) -> dict[str, Any]:
        """The body as it would have been sent, for the outbox of previews."""
        return self.body


def render_webhook(view: AlertView | None, telling: Telling) -> WebhookMessage:
    """The body that one delivery is; what its reader may not see is null, and what did not fit is named in `left_out`.

    Raises:
        ValueError: nothing may be said, so there is nothing to post.
    """
    if view is None:
        raise ValueError(f"delivery {telling.delivery_id}: nothing may be said, so there is nothing to post")
    return _fitting({"type": ALERT_TYPE, "timestamp": view.updated_at.isoformat(), "data": _alert(view, telling)})


def render_bulletin_webhook(text: BulletinText, *, reference: str, timestamp: str) -> WebhookMessage:
    """A bulletin as a body."""
    data = {
        "bulletin": reference,
        "tlp": text.tlp.value,
        "status": text.status.value,
        "heading": text.heading,
        "lead": text.lead,
        "facts": [{"name": name, "value": value} for name, value in text.facts],
        "items": [
            {
                "text": item.text,
                "reported": item.foreign or None,
                "language": item.language,
                "tlp": item.tlp.value if item.tlp is not None else None,
                "link": item.link,
            }
            for item in text.items
        ],
        "notes": list(text.notes),
        "link": text.link[1] if text.link is not None else None,
    }
    return _fitting({"type": BULLETIN_TYPE, "timestamp": timestamp, "data": data})


def _alert(view: AlertView, telling: Telling) -> dict[str, Any]:
    return {
        "tlp": view.tlp.value,
        "status": view.status.value,
        "alert": view.id,
        "revision": telling.revision,
        "delivery": telling.delivery_id,
        "institute": telling.institute,
        "reason": telling.reason.value,
        "step": telling.step,
        "answer_wanted": telling.reason.pages and telling.asked,
        "disclosure": view.level.value,
        "kind": view.kind.value,
        "purpose": view.purpose.value,
        "state": view.state.value,
        "severity": view.severity.value,
        "oecd_class": view.oecd_class.value,
        "certainty": view.certainty.value,
        "urgency": view.urgency.value,
        "domain": view.domain,
        "raised_at": view.raised_at.isoformat(),
        "reporters": list(view.reporters),
        "title": view.title,
        "summary": view.summary,
        "language": view.language,
        "system": view.system,
        "evaluation": view.evaluation,
        "measurements": list(view.measurements),
        "reasons": [{"rule": one.rule, "sentence": one.sentence, "source": one.source} for one in view.reasons],
        "answers": [
            {
                "institute": one.institute,
                "required": one.answer_required,
                "answer": one.answer.value if one.answer is not None else None,
                "at": one.answered_at.isoformat() if one.answered_at is not None else None,
            }
            for one in view.responses
        ],
        "rubric": view.rubric,
        "policy": view.policy,
        "link": telling.alert_link,
    }


def _fitting(body: dict[str, Any]) -> WebhookMessage:
    message = WebhookMessage(body)
    for limit in _SHORTENED:
        if len(message.encoded()) < MOST_BYTES:
            return message
        left_out: set[str] = set()
        data = {name: _shorter(value, limit, name, left_out) for name, value in body["data"].items()}
        message = WebhookMessage({**body, "data": {**data, "left_out": sorted(left_out)}})
    return message


_WHOLE = frozenset({"alert", "bulletin", "delivery", "link", "raised_at"})
"""What a program needs whole; all of it is short."""


def _shorter(value: Any, limit: int, name: str, left_out: set[str]) -> Any:
    if name in _WHOLE:
        return value
    if isinstance(value, str) and len(value) > max(limit, 80):
        left_out.add(name)
        return f"{value[:limit]}…"
    if isinstance(value, list):
        most = max(limit // 40, 0)
        if len(value) > most:
            left_out.add(name)
        return [_shorter(each, limit, name, left_out) for each in value[:most]]
    if isinstance(value, dict):
        return {key: _shorter(each, limit, name, left_out) for key, each in value.items()}
    return value
