"""Every kind of message in a language, by name: about an alert, and bulletins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from tests.renderings.happenings import bulletins
from tests.renderings.kinds import in_language, kinds, reader
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.mail import Mail, render_mail
from tocsin_alerting.messages.note import Note, render_note
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.messages.webhook import WebhookMessage, render_webhook
from tocsin_schemas.sentences import NO_SENTENCES, Sentences

M = TypeVar("M")


def _of_alerts(
    tag: str, sentences: Sentences, render: Callable[[AlertView, Telling, Language], M]
) -> Iterator[tuple[str, M]]:
    language = reader(tag)
    for name, (shown, told) in kinds().items():
        yield name, render(in_language(shown, language, sentences), told, language)


def mails(tag: str, sentences: Sentences = NO_SENTENCES) -> Iterator[tuple[str, Mail]]:
    """Every mail."""
    yield from _of_alerts(tag, sentences, lambda *said: render_mail(*said, domain="tocsin.example"))
    for name, shown in bulletins()[tag].items():
        yield name, shown.mail


def slack_messages(tag: str, sentences: Sentences = NO_SENTENCES) -> Iterator[tuple[str, SlackMessage]]:
    """Every Slack message."""
    yield from _of_alerts(tag, sentences, render_slack)
    for name, shown in bulletins()[tag].items():
        yield name, shown.slack


def notes(tag: str, sentences: Sentences = NO_SENTENCES) -> Iterator[tuple[str, Note]]:
    """Every note; of a bulletin also what an address gets that takes no text."""
    yield from _of_alerts(tag, sentences, render_note)
    for name, shown in bulletins()[tag].items():
        yield name, shown.note
        yield f"{name}_announced", shown.announced


def webhooks(tag: str, sentences: Sentences = NO_SENTENCES) -> Iterator[tuple[str, WebhookMessage]]:
    """Everything that institutes' own systems get."""
    yield from _of_alerts(tag, sentences, lambda view, told, _: render_webhook(view, told))
    for name, shown in bulletins()[tag].items():
        yield name, shown.webhook
