"""Mails: a text part with everything, an HTML part that reads well with and without eyes, and the headers.

Rendered from `templates/<language>/<what>.txt.j2` and `.html.j2`; HTML is escaped by Jinja2.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tocsin_alerting.messages import comparison, judged, weighed, words
from tocsin_alerting.messages.foreign import clean, one_line, shorten
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.notification import TellingReason
from tocsin_schemas.vocabulary import Severity, Status

SUBJECT_CHARACTERS = 200
"""RFC 5322 allows 998 a line; beyond some 200 no mailbox shows it."""

_TEMPLATES = {
    TellingReason.RAISED: "raised",
    TellingReason.SEVERITY_RAISED: "raised",
    TellingReason.OVERRIDE_RAISED: "raised",
    TellingReason.OVERRIDE_WITHDRAWN_RAISED: "raised",
    TellingReason.CORROBORATED_ASKED_ANEW: "raised",
    TellingReason.ESCALATED: "escalated",
    TellingReason.LADDER_EXHAUSTED: "escalated",
    TellingReason.RESOLVED: "resolved",
    TellingReason.SUPERSEDED: "retracted",
    TellingReason.RETRACTED: "retracted",
}
"""Which words open a mail; the others are updates."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is sent to one address."""

    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The mail as it would have been sent, for the outbox of previews."""
        return {"subject": self.subject, "text": self.text, "html": self.html, "headers": self.headers}


def render_mail(view: AlertView | None, telling: Telling, *, domain: str) -> Mail:
    """The mail that one delivery is, from what its reader may see.

    Args:
        view: the alert as the reader may see it.
        telling: the delivery.
        domain: of the sender's address; the root of the alert's thread lies there.

    Raises:
        ValueError: nothing may be said, so there is no mail.
    """
    if view is None:
        raise ValueError(f"delivery {telling.delivery_id}: nothing may be said, so there is no mail to render")
    subject = subject_of(view, telling)
    full = view.level is Level.FULL
    name = _TEMPLATES.get(telling.reason, "updated") if full else "notice"
    known = {
        "view": view,
        "telling": telling,
        "subject": subject,
        "words": words,
        "comparison": comparison,
        "judged": judged,
        "weighed": weighed,
        "mark": words.STATUS_MARK[view.status],
        "answerable": words.answer_wanted(view, telling.institute),
        "link": telling.answer_link or telling.alert_link,
    }
    environment = _environment()
    return Mail(
        subject=subject,
        text=environment.get_template(f"{words.LANGUAGE}/{name}.txt.j2").render(known),
        html=environment.get_template(f"{words.LANGUAGE}/{name}.html.j2").render(known),
        headers=_headers(view, telling, domain=domain),
    )


def subject_of(view: AlertView, telling: Telling) -> str:
    """Label first, then whether it is meant, what it is, and the title; on one line."""
    parts = [view.tlp.value]
    mark = words.STATUS_MARK[view.status]
    if mark:
        parts.append(mark)
    end = f" [{view.status.value.upper()}]" if mark else ""
    severity = words.heading(view)
    if view.level is not Level.FULL:
        return f"{' '.join(parts)} {severity}: {words.notice(view)}{end}"
    prefix = words.SUBJECT_PREFIX.get(telling.reason)
    if prefix is not None:
        parts.append(f"{prefix}:")
    beginning = f"{' '.join(parts)} {severity}: "
    return beginning + shorten(one_line(view.title or ""), SUBJECT_CHARACTERS - len(beginning) - len(end)) + end


def _headers(view: AlertView, telling: Telling, *, domain: str) -> dict[str, str]:
    # A root that no mail bears: every mail about the alert is an answer to it, so clients show them as one thread.
    root = f"<alert-{telling.alert_id}@{domain}>"
    pressing = (
        telling.reason.pages
        and not words.is_guidance(view)
        and view.status is Status.ACTUAL
        and view.severity in {Severity.SEVERE, Severity.CRITICAL}
    )
    return {
        "References": root,
        "In-Reply-To": root,
        # RFC 3834: no machine answers this.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Importance": "high" if pressing else "normal",
        "X-Priority": "1" if pressing else "3",
    }


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tocsin_alerting.messages", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["clean"] = lambda text: clean(text or "").strip()
    environment.filters["one_line"] = lambda text: one_line(text or "")
    return environment
