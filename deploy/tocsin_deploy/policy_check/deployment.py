"""Ladders, rotas ahead and channels: what is wrong beside the contacts themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Address, Channel, Directory
from tocsin_alerting.policy.oncall.faults import rota_faults
from tocsin_alerting.policy.oncall.rotas_file import ROTAS_FILE
from tocsin_alerting.policy.policy_file import CONTACTS_FILE, POLICY_FILE
from tocsin_consumers.notifier.channels import ENTRIES, entries_of, previews
from tocsin_consumers.notifier.settings import NotifierSettings
from tocsin_deploy.policy_check.loading import notes
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode

_AHEAD = timedelta(days=7)
_NAMED = 3
_KEYS = {
    Channel.SLACK: "TOCSIN_SLACK_BOT_TOKEN",
    Channel.EMAIL: "TOCSIN_SENDGRID_API_KEY",
    Channel.WEBHOOK: "TOCSIN_WEBHOOK_{address}_URL and TOCSIN_WEBHOOK_{address}_SECRETS",
    Channel.APPRISE: "TOCSIN_APPRISE_{address}",
}
IsConfigured = Callable[[Address], bool]
"""Whether the deployment has what it takes to deliver at an address."""


def ladder_notes(directory: Directory) -> Iterator[Note]:
    """Ladders that call a team twice: whoever did not answer the first time is asked again, and nobody else."""
    for ladder in directory.ladders.values():
        seen: set[str] = set()
        for number, step in enumerate(ladder.steps):
            if step.team in seen:
                yield Note(
                    Level.WARNING,
                    NoteCode.STEP_REPEATED,
                    POLICY_FILE,
                    f"ladders ({ladder.id}).steps.{number}.team",
                    f"team '{step.team}' has been called by an earlier step",
                    "Name another team, unless it is meant to be reminded.",
                )
            seen.add(step.team)


def rota_notes(directory: Directory, *, now: datetime) -> Iterator[Note]:
    """What is wrong with the rotas in the coming week."""
    for fault in rota_faults(directory, begin=now, end=now + _AHEAD):
        if fault.grave:
            (said,) = notes([f"{ROTAS_FILE}: {fault}"])
            yield Note(Level.WARNING, NoteCode.ROTA_AHEAD, ROTAS_FILE, said.field, said.what, said.fix)


def configured(settings: NotifierSettings) -> IsConfigured:
    """By the keys and entries of this environment.

    Raises:
        ValueError: the file of secrets cannot be read, or others may read it.
    """
    entries = entries_of(settings)

    def has(at: Address) -> bool:
        if not at.channel.names_an_entry:
            return not previews(settings, at.channel, entries)
        return entries.names(f"{ENTRIES[at.channel]}{at.address}")

    return has


def channel_notes(directory: Directory, is_configured: IsConfigured) -> Iterator[Note]:
    """Addresses that the deployment has no key or entry for: by channel, or by name where an address is one."""
    without: dict[tuple[Channel, str], set[str]] = {}
    for contact in directory.contacts.values():
        for at in contact.addresses:
            if not is_configured(at):
                name = at.address if at.channel.names_an_entry else ""
                without.setdefault((at.channel, name), set()).add(contact.id)
    for (channel, name), contacts in sorted(without.items()):
        who = ", ".join(sorted(contacts)) if len(contacts) <= _NAMED else f"{len(contacts)} contacts"
        yield Note(
            Level.WARNING,
            NoteCode.CHANNEL_NOT_CONFIGURED,
            CONTACTS_FILE,
            f"addresses: {channel.value} {name}".strip(),
            f"{channel.value} {name}".strip() + f" is not configured: messages for {who} are kept as previews",
            f"Set {_KEYS[channel].format(address=name)} where the services run.",
        )
