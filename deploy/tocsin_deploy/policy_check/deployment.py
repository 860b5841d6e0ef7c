"""Ladders, rotas ahead and channels: what is wrong beside the contacts themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.files import CONTACTS_FILE, POLICY_FILE
from tocsin_alerting.policy.oncall.faults import rota_faults
from tocsin_alerting.policy.oncall.rotas_file import ROTAS_FILE
from tocsin_deploy.policy_check.loading import notes
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode
from tocsin_deploy.settings import DeploySettings

_AHEAD = timedelta(days=7)
_KEYS = {Channel.SLACK: "TOCSIN_SLACK_BOT_TOKEN", Channel.EMAIL: "TOCSIN_SENDGRID_API_KEY"}


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


def configured(settings: DeploySettings) -> frozenset[Channel]:
    """The channels that this deployment has a key for."""
    keys = {Channel.SLACK: settings.slack_bot_token, Channel.EMAIL: settings.sendgrid_api_key}
    return frozenset(channel for channel, key in keys.items() if key is not None)


def channel_notes(directory: Directory, configured: Collection[Channel]) -> Iterator[Note]:
    """Channels that contacts name and the deployment has no key for."""
    used = {at.channel for contact in directory.contacts.values() for at in contact.addresses}
    for channel in sorted(used - set(configured)):
        count = sum(any(at.channel is channel for at in contact.addresses) for contact in directory.contacts.values())
        yield Note(
            Level.WARNING,
            NoteCode.CHANNEL_NOT_CONFIGURED,
            CONTACTS_FILE,
            f"addresses.channel: {channel.value}",
            f"{count} contacts have such an address, and the channel is not configured: messages are kept as previews",
            f"Set {_KEYS.get(channel, 'its key')} where the services run.",
        )
