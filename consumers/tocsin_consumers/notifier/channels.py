"""Which way leads to which channel: the provider's, where there is a key or an entry for it, else the preview."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from tocsin_alerting.policy.directory import Channel as ChannelName
from tocsin_consumers.channels.email import EmailChannel
from tocsin_consumers.channels.entries import Entries
from tocsin_consumers.channels.outgoing import Channel
from tocsin_consumers.channels.preview import PreviewChannel
from tocsin_consumers.channels.slack import SlackChannel
from tocsin_consumers.notifier.settings import NotifierSettings
from tocsin_schemas.clock import system_clock

ENTRIES = {ChannelName.WEBHOOK: "TOCSIN_WEBHOOK_", ChannelName.APPRISE: "TOCSIN_APPRISE_"}
"""How the names of a channel's entries begin."""


def entries_of(settings: NotifierSettings, environment: Mapping[str, str] = os.environ) -> Entries:
    """The places that contacts name.

    Raises:
        ValueError: the file of secrets cannot be read, or others may read it.
    """
    return Entries(environment, file=settings.secrets_file)


def previews(settings: NotifierSettings, name: ChannelName, entries: Entries) -> bool:
    """Whether nothing is sent on a channel, and every message kept instead."""
    match name:
        case ChannelName.SLACK:
            return settings.slack_bot_token is None
        case ChannelName.EMAIL:
            return settings.sendgrid_api_key is None
        case ChannelName.WEBHOOK | ChannelName.APPRISE:
            return not entries.names(ENTRIES[name])


def channel_for(settings: NotifierSettings, name: ChannelName, entries: Entries) -> Channel[Any]:
    """The way to the provider, or the preview."""
    if previews(settings, name, entries):
        return PreviewChannel()
    match name:
        case ChannelName.SLACK:
            token = settings.slack_bot_token
            assert token is not None
            return SlackChannel(token=token.get_secret_value(), base_url=settings.slack_api_url, clock=system_clock)
        case ChannelName.EMAIL:
            key = settings.sendgrid_api_key
            assert key is not None
            return EmailChannel(
                api_key=key.get_secret_value(),
                host=settings.sendgrid_api_url,
                sender=settings.mail_from,
                sender_name=settings.mail_from_name,
                clock=system_clock,
            )
        case ChannelName.WEBHOOK:
            # Late, as below: a notifier loads its own channel's library alone.
            from tocsin_consumers.channels.webhook import WebhookChannel

            return WebhookChannel(entries=entries, clock=system_clock, private=settings.private_destinations)
        case ChannelName.APPRISE:
            from tocsin_consumers.channels.apprise import AppriseChannel

            return AppriseChannel(entries=entries, private=settings.private_destinations)
