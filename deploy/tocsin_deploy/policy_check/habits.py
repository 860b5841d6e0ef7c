"""Languages, quiet hours, digests: what contacts say of themselves, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from babel import Locale, UnknownLocaleError

from tocsin_alerting.messages.catalogues import languages
from tocsin_alerting.policy.directory import Contact, Directory
from tocsin_alerting.policy.policy_file import CONTACTS_FILE
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode

_MOST = timedelta(hours=16)


def habit_notes(directory: Directory) -> Iterator[Note]:
    """What is wrong with each contact's languages and hours."""
    for contact in directory.contacts.values():
        yield from _languages(contact)
        yield from _quiet(contact, directory)


def _languages(contact: Contact) -> Iterator[Note]:
    for number, tag in enumerate(contact.languages):
        try:
            Locale.parse(tag.partition("-")[0])
        except (UnknownLocaleError, ValueError):
            yield _note(
                Level.FAULT,
                NoteCode.LANGUAGE_UNKNOWN,
                contact,
                f"languages.{number}",
                f"'{tag}' is no language that is known",
                "Write its ISO 639 code, such as en, fr-CA or sw.",
            )
            return
    if all(tag.partition("-")[0] not in languages() for tag in contact.languages):
        yield _note(
            Level.WARNING,
            NoteCode.LANGUAGE_UNWRITTEN,
            contact,
            "languages",
            f"there are no messages in {', '.join(contact.languages)}: they come in English",
            f"Add a language of: {', '.join(sorted(languages()))}.",
        )


def _quiet(contact: Contact, directory: Directory) -> Iterator[Note]:
    quiet = contact.quiet_hours
    if quiet is None:
        return
    if quiet.length > _MOST:
        yield _note(
            Level.FAULT,
            NoteCode.QUIET_FOR_TOO_LONG,
            contact,
            "quiet_hours",
            f"swallow {_hours(quiet.length)} of each day: hardly anything that is not severe would be told in time",
            f"Leave at least {_hours(timedelta(days=1) - _MOST)} of the day free.",
        )
    waits = [
        (step.wait, ladder.id)
        for ladder in directory.ladders.values()
        for step in ladder.steps
        if step.team == contact.team and step.wait < quiet.length
    ]
    if waits:
        wait, ladder_id = min(waits)
        yield _note(
            Level.WARNING,
            NoteCode.QUIET_FOR_TOO_LONG,
            contact,
            "quiet_hours",
            f"last {_hours(quiet.length)}, longer than ladder '{ladder_id}' waits for team {contact.team} "
            f"({_hours(wait)}): by night the next step is called for silence before this one has been told",
            "Shorten them, or let somebody of the team be told at night.",
        )
    if contact.digest_at is not None and _within(contact):
        yield _note(
            Level.WARNING,
            NoteCode.DIGEST_IN_QUIET_HOURS,
            contact,
            "digest_at",
            f"{contact.digest_at:%H:%M} lies in the contact's own quiet hours",
            "Choose a time outside them.",
        )


def _within(contact: Contact) -> bool:
    at, quiet = contact.digest_at, contact.quiet_hours
    if at is None or quiet is None:
        return False
    if quiet.start < quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def _note(level: Level, code: NoteCode, contact: Contact, field: str, what: str, fix: str) -> Note:
    return Note(level, code, CONTACTS_FILE, f"contacts ({contact.id}).{field}", what, fix)
