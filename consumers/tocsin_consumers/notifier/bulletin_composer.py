"""From a claimed bulletin to the message as it is sent: written and rendered at the last moment, for its reader."""

from __future__ import annotations

from dataclasses import replace

from tocsin_alerting.messages.bulletins.mail import render_bulletin_mail
from tocsin_alerting.messages.bulletins.slack import render_bulletin_slack
from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.bulletins.writers import write
from tocsin_alerting.messages.mail import Mail
from tocsin_alerting.messages.note import Note, render_bulletin_note
from tocsin_alerting.messages.reading import language_of
from tocsin_alerting.messages.slack import SlackMessage
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.messages.webhook import WebhookMessage, render_bulletin_webhook
from tocsin_alerting.policy.directory import Channel, CurrentDirectory, Directory
from tocsin_alerting.policy.disclosure import NO_LONGER_LISTED, Level, disclosure_at
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletin_claims import ClaimedBulletin
from tocsin_alerting.store.bulletin_view import bulletin_view
from tocsin_consumers.channels.outgoing import Outgoing
from tocsin_consumers.notifier.composer import Composed, Withheld
from tocsin_schemas.vocabulary import Tlp


class BulletinComposer:
    """Renders bulletins for their channel."""

    def __init__(self, *, store: Store, directory: CurrentDirectory, public_url: str, mail_from: str) -> None:
        self._store = store
        self._directory = directory
        self._public_url = public_url
        self._domain = mail_from.rpartition("@")[2]

    def compose(self, claimed: ClaimedBulletin) -> Composed | Withheld:
        """Decide of each alert in it what may be said at the address, then write and render it."""
        directory = self._directory()

        def at(tlp: Tlp) -> tuple[Level, str]:
            return disclosure_at(tlp, claimed.contact, claimed.channel.value, claimed.address, directory)

        level, why = at(Tlp.CLEAR)
        if level is Level.NOTHING:
            return Withheld(why)
        with self._store.read() as session:
            view = bulletin_view(
                session,
                claimed.bulletin_id,
                directory=directory,
                level=lambda tlp: at(tlp)[0],
                public_url=self._public_url,
            )
        if view is None:
            return Withheld(NO_LONGER_LISTED)
        if view.holds is not None and not view.holds.total and claimed.kind is not DeliveryKind.EDIT:
            # By now nothing of what it holds may be said there.
            return Withheld(at(Tlp.RED)[1])
        contact = directory.contacts.get(claimed.contact)
        reader = language_of(contact, directory)
        alerts = tuple(translated(each, reader, directory.sentences) for each in view.alerts)
        text = write(replace(view, reader=reader, alerts=alerts))
        for label in (text.tlp, text.own_label):
            level, why = at(label)
            if level is Level.NOTHING:
                return Withheld(why)
        if level is not Level.FULL:
            text = text.announced()
        outgoing = Outgoing(
            delivery_id=claimed.id,
            alert_id=claimed.bulletin_id,
            address=claimed.address,
            kind=claimed.kind,
            message=self._rendered(claimed, view, text, directory),
            anchor=claimed.anchor,
            uncertain=claimed.uncertain,
            planned_at=claimed.created_at,
        )
        return Composed(outgoing, level, label=text.tlp)

    def _rendered(
        self, claimed: ClaimedBulletin, view: BulletinView, text: BulletinText, directory: Directory
    ) -> SlackMessage | Mail | Note | WebhookMessage:
        match claimed.channel:
            case Channel.SLACK:
                contact = directory.contacts.get(claimed.contact)
                return render_bulletin_slack(
                    text,
                    reference=view.id,
                    slack_user=None if contact is None else contact.slack_user,
                    shared=_shared(claimed, directory),
                    edited=claimed.kind is DeliveryKind.EDIT,
                )
            case Channel.EMAIL:
                return render_bulletin_mail(
                    text,
                    reference=view.id,
                    contact_name=view.contact_name,
                    institute_name=view.institute_name,
                    domain=self._domain,
                )
            case Channel.WEBHOOK:
                return render_bulletin_webhook(text, reference=view.id, timestamp=view.updated_at.isoformat())
            case Channel.APPRISE:
                return render_bulletin_note(text)


def _shared(claimed: ClaimedBulletin, directory: Directory) -> bool:
    contact = directory.contacts.get(claimed.contact)
    addresses = () if contact is None else contact.addresses
    return any(at.shared for at in addresses if at.channel is claimed.channel and at.address == claimed.address)
