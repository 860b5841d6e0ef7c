"""From a claimed delivery to the message as it is sent: rendered at the last moment, from what is true then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin_alerting.links import alert_link, answer_link
from tocsin_alerting.messages.mail import Mail, render_mail
from tocsin_alerting.messages.note import Note, render_note
from tocsin_alerting.messages.reading import language_of
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.messages.webhook import WebhookMessage, render_webhook
from tocsin_alerting.policy.directory import Channel, CurrentDirectory, Directory
from tocsin_alerting.policy.disclosure import Level, disclosure_at
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store.alert_claims import Claimed
from tocsin_alerting.store.record import AlertRecord
from tocsin_consumers.channels.outgoing import Outgoing
from tocsin_schemas.tokens import Tokens
from tocsin_schemas.vocabulary import Tlp


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to go, and how much it says."""

    outgoing: Outgoing[Any]
    disclosed: Level
    label: Tlp | None = None
    """Of a bulletin: that of what it shows."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """By now nothing may be said there."""

    reason: str


class Composer:
    """Renders deliveries for their channel."""

    def __init__(self, *, directory: CurrentDirectory, tokens: Tokens, public_url: str, mail_from: str) -> None:
        self._directory = directory
        self._tokens = tokens
        self._public_url = public_url
        self._domain = mail_from.rpartition("@")[2]

    def compose(self, claimed: Claimed, record: AlertRecord) -> Composed | Withheld:
        """Decide once more what may be said, then render it: the label may have changed since the planning."""
        directory = self._directory()
        level, why = disclosure_at(record.label, claimed.contact, claimed.channel.value, claimed.address, directory)
        view = record.at(level)
        if view is None and claimed.kind is not DeliveryKind.EDIT:
            return Withheld(why)
        telling = self._telling(claimed, directory)
        language = language_of(directory.contacts.get(claimed.contact), directory)
        if view is not None:
            view = translated(view, language, directory.sentences)
        message: SlackMessage | Mail | Note | WebhookMessage
        match claimed.channel:
            case Channel.SLACK:
                message = render_slack(view, telling, language)
            case Channel.EMAIL:
                message = render_mail(view, telling, language, domain=self._domain)
            case Channel.WEBHOOK:
                message = render_webhook(view, telling)
            case Channel.APPRISE:
                message = render_note(view, telling, language)
        outgoing = Outgoing(
            delivery_id=claimed.id,
            alert_id=claimed.alert_id,
            address=claimed.address,
            kind=claimed.kind,
            message=message,
            anchor=claimed.anchor,
            uncertain=claimed.uncertain,
            planned_at=claimed.created_at,
        )
        return Composed(outgoing, level)

    def _telling(self, claimed: Claimed, directory: Directory) -> Telling:
        contact = directory.contacts.get(claimed.contact)
        addresses = () if contact is None else contact.addresses
        asked = claimed.reason.pages or contact is None or directory.calls(contact)
        mails = claimed.channel is Channel.EMAIL
        return Telling(
            delivery_id=claimed.id,
            alert_id=claimed.alert_id,
            revision=claimed.revision,
            institute=claimed.institute,
            institute_name=directory.institute_name(claimed.institute),
            subject_name=None if claimed.about is None else directory.institute_name(claimed.about),
            contact_name=claimed.contact if contact is None else contact.name,
            kind=claimed.kind,
            reason=claimed.reason,
            step=claimed.step,
            alert_link=alert_link(self._public_url, claimed.alert_id),
            # A mail goes to one contact, whose link it carries; in Slack the one who clicks says who it is.
            answer_link=answer_link(
                self._tokens,
                public_url=self._public_url,
                delivery_id=claimed.id,
                alert_id=claimed.alert_id,
                contact_id=claimed.contact,
            )
            if mails and asked
            else None,
            slack_user=None if contact is None else contact.slack_user,
            shared=any(
                at.shared for at in addresses if at.channel is claimed.channel and at.address == claimed.address
            ),
            asked=asked,
            moved=claimed.moved,
        )
