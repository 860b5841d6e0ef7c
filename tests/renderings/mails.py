"""Mails and Slack messages of every kind in a language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.alerting.messages.test_bulletins import TEXT
from tests.renderings.kinds import in_language, kinds, reader
from tocsin_alerting.messages.bulletins.mail import render_bulletin_mail
from tocsin_alerting.messages.bulletins.slack import render_bulletin_slack
from tocsin_alerting.messages.mail import Mail, render_mail
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_schemas.sentences import NO_SENTENCES, Sentences


def mails(tag: str, sentences: Sentences = NO_SENTENCES) -> Iterator[tuple[str, Mail]]:
    """Every mail, by name."""
    language = reader(tag)
    for name, (shown, told) in kinds().items():
        yield name, render_mail(in_language(shown, language, sentences), told, language, domain="tocsin.example")
    institute = "UK AI Security Institute"
    text = replace(TEXT, reader=language)
    addressee = {"contact_name": "Duty desk", "institute_name": institute}
    yield "bulletin", render_bulletin_mail(text, reference="b1", domain="tocsin.example", **addressee)


def slack_messages(tag: str, sentences: Sentences = NO_SENTENCES) -> Iterator[tuple[str, SlackMessage]]:
    """Every Slack message, by name."""
    language = reader(tag)
    for name, (shown, told) in kinds().items():
        yield name, render_slack(in_language(shown, language, sentences), told, language)
    yield "bulletin", render_bulletin_slack(replace(TEXT, reader=language), reference="b1")
