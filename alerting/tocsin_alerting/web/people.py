"""Who somebody is, for people: the names behind the ids that answers are recorded under."""

from __future__ import annotations

from dataclasses import replace

from tocsin_alerting.messages.described import described, role
from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.view import ChangeView
from tocsin_alerting.messages.words import change_sentence
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.web import page_words


def person(language: Language, by: str | None, directory: Directory) -> str:
    """The name of whoever did something; the system where nobody did."""
    if by is None:
        return language.say(page_words.SYSTEM)
    contact = directory.contacts.get(by)
    if contact is not None:
        return contact.name
    if by.startswith("slack:"):
        user = by.removeprefix("slack:")
        known = next((each.name for each in directory.contacts.values() if each.slack_user == user), None)
        return known or language.say(page_words.SLACK_USER, id=user.rpartition(":")[2])
    return described(language, role(by, directory.institute_name))


def change_words(language: Language, change: ChangeView, directory: Directory) -> str:
    """One line of the time line, with names instead of ids."""
    named = change if change.actor is None else replace(change, actor=person(language, change.actor, directory))
    return change_sentence(language, named)


def person_in_english(by: str | None, directory: Directory) -> str:
    """The same for programs, which are spoken to in English."""
    return person(ENGLISH, by, directory)
