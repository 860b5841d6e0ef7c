"""From `rotas.yaml`, its calendar files and the copies of fetched calendars to rotas; every fault is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from tocsin_alerting.policy.directory import Channel, Contact
from tocsin_alerting.policy.oncall.calendar_shifts import CalendarShifts
from tocsin_alerting.policy.oncall.calendars import CalendarError, read_calendar
from tocsin_alerting.policy.oncall.people import People
from tocsin_alerting.policy.oncall.rota import NoCopy, Shifts, TeamRota
from tocsin_alerting.policy.oncall.rotas_file import CALENDARS_FOLDER, ROTAS_FILE, RotaEntry, RotasFile
from tocsin_alerting.policy.oncall.rotation import Turns
from tocsin_alerting.policy.yaml_files import read_yaml
from tocsin_schemas.institutes import FILE as INSTITUTES_FILE
from tocsin_schemas.institutes import Institutes

FeedCopies = Mapping[str, bytes]
"""The last good copy of each fetched calendar, by the feed's source."""


def read_entries(network_dir: Path, faults: list[str]) -> tuple[RotaEntry, ...]:
    """The rotas of a network directory as they are written; none where there is no `rotas.yaml`."""
    path = network_dir / ROTAS_FILE
    if not path.is_file():
        return ()
    file = read_yaml(path, RotasFile, faults)
    return file.rotas if file is not None else ()


def load_rotas(
    network_dir: Path,
    entries: Iterable[RotaEntry],
    *,
    institutes: Institutes,
    contacts: Iterable[Contact],
    teams: Collection[str],
    copies: FeedCopies,
    faults: list[str],
) -> dict[tuple[str, str], TeamRota]:
    """The rotas of a network directory, by institute and team; what is wrong is added to `faults`.

    Args:
        network_dir: has `rotas.yaml` and, for calendars, `rotas/`.
        entries: of `rotas.yaml`.
        institutes: the members, with their zones.
        contacts: of all of them.
        teams: that ladders call; a rota of another would never be asked.
        copies: of the calendars that are fetched.
        faults: gets a sentence for each fault.
    """
    by_id = {contact.id: contact for contact in contacts}
    entries = tuple(entries)
    found = [f"{network_dir / ROTAS_FILE}: {fault}" for fault in _faults(entries, institutes, by_id, teams)]
    faults.extend(found)
    rotas = {}
    for entry in entries:
        member = institutes.get(entry.institute)
        if member is None:
            continue
        zone = ZoneInfo(entry.time_zone or member.time_zone)
        people = _people(contact for contact in by_id.values() if contact.institute == entry.institute)
        try:
            shifts = _shifts(entry, zone, people, network_dir, copies)
        except CalendarError as error:
            faults.append(str(error))
            continue
        rotas[entry.key] = TeamRota(shifts, zone=zone, overrides=entry.overrides, always=entry.always, feed=entry.feed)
    faults.extend(_unused(network_dir, entries))
    return rotas


def _shifts(entry: RotaEntry, zone: ZoneInfo, people: People, network_dir: Path, copies: FeedCopies) -> Shifts:
    if entry.rotation is not None:
        return Turns(entry.rotation, zone)
    if entry.calendar is not None:
        path = network_dir / CALENDARS_FOLDER / entry.calendar
        try:
            return CalendarShifts(read_calendar(path.read_bytes()), zone=zone, people=people)
        except OSError as error:
            raise CalendarError(
                f"{network_dir / ROTAS_FILE}: {_label(entry)}.calendar: {path} cannot be read: {error.strerror}. "
                "Put the file there, or correct its name."
            ) from error
        except CalendarError as error:
            raise CalendarError(f"{path}: {error}") from error
    copy = copies.get(entry.feed.source) if entry.feed is not None else None
    if copy is None:
        return NoCopy("it has never been fetched")
    try:
        return CalendarShifts(read_calendar(copy), zone=zone, people=people)
    except CalendarError as error:
        # What somebody else publishes never stops the network; the gap is told loudly.
        return NoCopy(str(error))


def _people(contacts: Iterable[Contact]) -> People:
    contacts = tuple(contacts)
    return People(
        ids=[contact.id for contact in contacts],
        names=[(contact.name, contact.id) for contact in contacts],
        mailboxes=[
            (address.address, contact.id)
            for contact in contacts
            for address in contact.addresses
            if address.channel is Channel.EMAIL
        ],
    )


def _label(entry: RotaEntry) -> str:
    return f"rotas ({entry.institute} {entry.team})"


def _faults(
    entries: tuple[RotaEntry, ...], institutes: Institutes, contacts: Mapping[str, Contact], teams: Collection[str]
) -> Iterator[str]:
    keys = [entry.key for entry in entries]
    for institute, team in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"rotas ({institute} {team}): stands twice. Keep one, and put exceptions into its overrides."
    for entry in entries:
        member = institutes.get(entry.institute)
        if member is None:
            known = ", ".join(sorted(institute.id for institute in institutes))
            yield f"{_label(entry)}.institute: is not in {INSTITUTES_FILE}. Use one of: {known}."
            continue
        if entry.team not in teams:
            yield (
                f"{_label(entry)}.team: no ladder calls team '{entry.team}'. Use one of: {', '.join(sorted(teams))}."
            )
        for field, called in entry.called.items():
            for person in dict.fromkeys(called):
                contact = contacts.get(person)
                if contact is None:
                    yield f"{_label(entry)}.{field}: there is no contact '{person}'. Add it, or correct the id."
                elif contact.institute != entry.institute:
                    yield (
                        f"{_label(entry)}.{field}: '{person}' is a contact of '{contact.institute}'. "
                        "An institute's duty is its own: name one of its contacts."
                    )
        yield from _override_faults(entry, ZoneInfo(entry.time_zone or member.time_zone))


def _override_faults(entry: RotaEntry, zone: ZoneInfo) -> Iterator[str]:
    spans = sorted((*override.between(zone), ", ".join(override.who)) for override in entry.overrides)
    for begin, end, who in spans:
        if end <= begin:
            yield f"{_label(entry)}.overrides ({who}, from {begin:%Y-%m-%dT%H:%MZ}): ends before it begins."
    for (_, end, who), (begin, _, other) in pairwise(spans):
        if begin < end:
            yield (
                f"{_label(entry)}.overrides: those of {who} and of {other} overlap from {begin:%Y-%m-%dT%H:%MZ}. "
                "Let one end where the other begins, or name both people in one."
            )


def _unused(network_dir: Path, entries: tuple[RotaEntry, ...]) -> Iterator[str]:
    used = {entry.calendar for entry in entries}
    for path in calendar_files(network_dir):
        if path.name not in used:
            yield f"{path}: no rota uses it. Name it as a `calendar` in {ROTAS_FILE}, or remove it."


def copies_of(entries: Iterable[RotaEntry], copies: FeedCopies) -> dict[str, bytes]:
    """Those copies that rotas follow."""
    sources = {entry.feed.source for entry in entries if entry.feed is not None}
    return {source: content for source, content in copies.items() if source in sources}


def calendar_files(network_dir: Path) -> list[Path]:
    """The calendar files of a network directory, by name."""
    return sorted((network_dir / CALENDARS_FOLDER).glob("*.ics"))
