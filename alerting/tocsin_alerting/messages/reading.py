"""In which language and by which clock somebody is told."""

from __future__ import annotations

from tocsin_alerting.messages.language import ENGLISH, Language, language_for, preferred
from tocsin_alerting.policy.contacts import Contact
from tocsin_alerting.policy.directory import Directory


def language_of(contact: Contact | None, directory: Directory) -> Language:
    """A contact's: the first of its languages that messages are written in, and its own or its institute's zone.

    Somebody who is no longer listed is told in English, in UTC.
    """
    return ENGLISH if contact is None else language_for(preferred(contact.languages), directory.zone(contact))
