"""Mails: a text part with everything, an HTML part that reads well with and without eyes, and the headers.

Rendered from `templates/text/<what>.txt.j2`, and `templates/mail/<what>.html.j2` in a frame of MJML; HTML is
escaped by Jinja2.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tocsin_alerting.messages import words
from tocsin_alerting.messages.binding import template_words
from tocsin_alerting.messages.fitting import MAIL_BYTES, ROOMS, fitted, is_hopeless
from tocsin_alerting.messages.foreign import clean, isolated, one_line, shorten
from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.mjml_templates import MjmlLoader
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas.vocabulary import Severity, Status

SUBJECT_CHARACTERS = 200
"""RFC 5322 allows 998 a line; beyond some 200 no mailbox shows it."""

_TEMPLATES = {
    TellingReason.RAISED: "raised",
    TellingReason.SUBSCRIBED: "raised",
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
_OVER = frozenset({"resolved", "retracted"})
"""What asks for nothing."""
_HTML = {"raised": "base", "escalated": "base", "retracted": "resolved"}
"""Which HTML is made from another's template."""


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


def render_mail(view: AlertView | None, telling: Telling, language: Language = ENGLISH, *, domain: str) -> Mail:
    """The mail that one delivery is, from what its reader may see; of a long alert as much as `MAIL_BYTES` hold.

    Args:
        view: the alert as the reader may see it.
        telling: the delivery.
        language: the reader's, with the time zone.
        domain: of the sender's address; the root of the alert's thread lies there.

    Raises:
        ValueError: nothing may be said, so there is no mail.
    """
    if view is None:
        raise ValueError(f"delivery {telling.delivery_id}: nothing may be said, so there is no mail to render")
    subject = subject_of(view, telling, language)
    for room in ROOMS:
        cut = fitted(view, room, institute=telling.institute, revision=telling.revision)
        if room is not ROOMS[-1] and is_hopeless(cut.view):
            continue
        text, html = _parts(cut.view, telling, language, subject=subject, left_out=cut.left_out)
        if len(text.encode()) + len(html.encode()) <= MAIL_BYTES:
            break
    return Mail(subject=subject, text=text, html=html, headers=_headers(view, telling, domain=domain))


def _parts(
    view: AlertView, telling: Telling, language: Language, *, subject: str, left_out: Mapping[str, int]
) -> tuple[str, str]:
    """The text part and the HTML part."""
    full = view.level is Level.FULL
    name = _TEMPLATES.get(telling.reason, "updated") if full else "notice"
    mark = words.STATUS_MARK[view.status]
    answerable = telling.asked and words.answer_wanted(view, telling.institute)
    asks = answerable and name not in _OVER
    known = {
        "view": view,
        "telling": telling,
        "subject": subject,
        "mark": mark,
        "answerable": answerable,
        "link": telling.answer_link or telling.alert_link,
        "left_out": left_out,
        "remark": words.in_language(language, view.language),
        # What the frame of the HTML part is filled with.
        "language": language.tag,
        "direction": "ltr",
        "tlp": view.tlp.value,
        "mark_sentence": words.status_sentence(language, view.status),
        "preview": " ".join(each for each in (view.tlp.value, mark, _first_sentence(view, telling, language)) if each),
        "button": (language.say(words.BUTTON_LABEL) if asks else None) if full else language.say(words.LABELS["open"]),
    }
    environment = mail_templates()
    return (
        environment.get_template(f"text/{name}.txt.j2").render(template_words(language, html=False), **known),
        environment.get_template(f"mail/{_HTML.get(name, name)}.html.j2").render(
            template_words(language, html=True), **known
        ),
    )


def _first_sentence(view: AlertView, telling: Telling, language: Language) -> str:
    """What a mailbox shows behind the subject."""
    if view.level is Level.FULL:
        return words.told_because(language, telling, view)
    return words.notice_explained(language, view)


def subject_of(view: AlertView, telling: Telling, language: Language = ENGLISH) -> str:
    """Label first, then whether it is meant, what it is, and the title; on one line."""
    parts = [view.tlp.value]
    mark = words.STATUS_MARK[view.status]
    if mark:
        parts.append(mark)
    end = f" [{view.status.value.upper()}]" if mark else ""
    severity = words.heading(language, view)
    if view.level is not Level.FULL:
        return f"{' '.join(parts)} {words.colon(language, severity)} {words.notice(language, view)}{end}"
    prefix = words.subject_prefix(language, telling.reason)
    if prefix:
        parts.append(prefix)
    beginning = f"{' '.join(parts)} {words.colon(language, severity)} "
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
def mail_templates() -> Environment:
    """The templates of mails, with the filters that they use."""
    environment = Environment(
        loader=MjmlLoader(PackageLoader("tocsin_alerting.messages", "templates")),
        autoescape=select_autoescape(enabled_extensions=("html.j2", "mjml.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["clean"] = lambda text: clean(text or "").strip()
    environment.filters["one_line"] = lambda text: one_line(text or "")
    # For lines of plain text; HTML has `bdi`.
    environment.filters["isolated"] = lambda text: isolated(one_line(text or ""))
    return environment
