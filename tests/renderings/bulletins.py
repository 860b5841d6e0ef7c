"""Every bulletin in every language: what the network posts when things happen, composed as the notifiers compose it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from tests.alerting.web.network import small_directory, small_institutes
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tests.renderings.kinds import ZONES
from tocsin_alerting.messages.mail import Mail
from tocsin_alerting.messages.note import Note
from tocsin_alerting.messages.slack import SlackMessage
from tocsin_alerting.messages.webhook import WebhookMessage
from tocsin_alerting.policy.budgets import Budgets
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Address, Channel, Directory
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletin_claims import ClaimedBulletin
from tocsin_alerting.store.tables_bulletins import BulletinRow
from tocsin_consumers.notifier.bulletin_composer import BulletinComposer
from tocsin_consumers.notifier.composer import Composed

_BEGIN = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """One bulletin in one language, in every form in which it may arrive."""

    kind: BulletinKind
    mail: Mail
    slack: SlackMessage
    note: Note
    """To a chat that may carry all of it."""
    announced: Note
    """To a telephone, which may not."""
    webhook: WebhookMessage


class Gallery:
    """A small network in which bulletins are posted, and what became of each, by language and name."""

    def __init__(
        self, store: Store, tags: Iterable[str], *, habits: Mapping[str, Mapping[str, Any]], budgets: Budgets
    ) -> None:
        self.directory = _changed(small_directory(), habits, budgets)
        self.mail = Notifier(store=store, directory=self.directory, clock=HandClock(_BEGIN), name=Channel.EMAIL)
        self.store, self.clock, self.desk = store, self.mail.clock, self.mail.desk
        self.shown: dict[str, dict[str, Shown]] = {tag: {} for tag in tags}
        self._directories = {tag: _read_in(self.directory, tag) for tag in self.shown}

    def show(self, name: str, kind: BulletinKind, *, contact: str | None = None, **content: Any) -> None:
        """Compose the newest bulletin of a kind, with this in its content, in every language and form."""
        with self.store.read() as session:
            rows = session.scalars(
                select(BulletinRow).where(BulletinRow.kind == kind.value).order_by(BulletinRow.created_at.desc())
            ).all()
        row = next(each for each in rows if contact in (None, each.contact) and content.items() <= each.content.items())
        for tag, directory in self._directories.items():
            self.shown[tag][name] = Shown(kind, **self._forms(row, kind, directory))

    def _forms(self, row: BulletinRow, kind: BulletinKind, directory: Directory) -> Mapping[str, Any]:
        composer = BulletinComposer(
            store=self.store,
            directory=lambda: directory,
            public_url="https://tocsin.example",
            mail_from="alerts@tocsin.example",
        )
        found = {}
        for form, at in zip(_FORMS, directory.contacts[row.contact].addresses, strict=True):
            composed = composer.compose(_claimed(row, kind, at))
            assert isinstance(composed, Composed), (row.kind, row.content, composed)
            found[form] = composed.outgoing.message
        return found


_FORMS = ("slack", "mail", "note", "announced", "webhook")
"""Of each contact's addresses, in their order: the first two are the small network's own."""


def _read_in(directory: Directory, tag: str) -> Directory:
    """The same people, who all read one language, and are reached in every way."""
    reading = {"language": tag, "languages": (tag,), "time_zone": ZONES[tag]}
    reached = {
        contact.id: reading | {"addresses": (*contact.addresses, *_elsewhere(contact.id.upper().replace(".", "_")))}
        for contact in directory.contacts.values()
    }
    return _changed(directory, reached, directory.budgets)


def _elsewhere(entry: str) -> tuple[Address, ...]:
    return (
        Address(channel=Channel.APPRISE, address=f"{entry}_CHAT", shared=False, full_text=True),
        Address(channel=Channel.APPRISE, address=f"{entry}_SMS", shared=False),
        Address(channel=Channel.WEBHOOK, address=f"{entry}_SOC", shared=False),
    )


def _changed(directory: Directory, contacts: Mapping[str, Mapping[str, Any]], budgets: Budgets) -> Directory:
    return Directory(
        contacts=[each.model_copy(update=contacts.get(each.id, {})) for each in directory.contacts.values()],
        ladders=directory.ladders.values(),
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version=directory.version,
        budgets=budgets,
        institutes=small_institutes(),
    )


def _claimed(row: BulletinRow, kind: BulletinKind, at: Address) -> ClaimedBulletin:
    return ClaimedBulletin(
        id=f"d-{row.id}",
        bulletin_id=row.id,
        edition=row.edition,
        bulletin=kind,
        institute=row.institute,
        contact=row.contact,
        channel=at.channel,
        address=at.address,
        kind=DeliveryKind.MESSAGE,
        attempts=1,
        uncertain=False,
        created_at=row.created_at,
        anchor=None,
    )
