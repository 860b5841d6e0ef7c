"""Who somebody is, for people: the names behind the ids that answers are recorded under."""

from __future__ import annotations

from dataclasses import replace

from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.view import ChangeView
from tocsin_alerting.messages.words import change_sentence
from tocsin_alerting.policy.directory import Directory


def person(by: str | None, directory: Directory) -> str:
    """The name of whoever did something; the system where nobody did."""
    if by is None:
        return "the system"
    contact = directory.contacts.get(by)
    if contact is not None:
        return contact.name
    if by.startswith("slack:"):
        user = by.removeprefix("slack:")
        known = next((each.name for each in directory.contacts.values() if each.slack_user == user), None)
        return known or f"Slack user {user.rpartition(':')[2]}"
    if by == "operator":
        return "an operator of the network"
    if by.startswith("institute:"):
        return f"a system of {directory.institute_name(by.removeprefix('institute:'))}"
    return by


def change_words(change: ChangeView, directory: Directory) -> str:
    """One line of the time line, with names instead of ids."""
    named = change if change.actor is None else replace(change, actor=person(change.actor, directory))
    return change_sentence(ENGLISH, named)
