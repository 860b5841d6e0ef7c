"""Subscriptions that would never tell anybody anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tocsin_alerting.policy.directory import Audience, Contact, Directory
from tocsin_alerting.policy.disclosure import Level, disclose
from tocsin_alerting.policy.policy_file import CONTACTS_FILE
from tocsin_alerting.policy.subscriptions import Subscription, may_be_subscribed_to
from tocsin_alerting.policy.systems import plain
from tocsin_alerting.policy.systems_file import SYSTEMS_FILE
from tocsin_deploy.policy_check.notes import Level as NoteLevel
from tocsin_deploy.policy_check.notes import Note, NoteCode
from tocsin_schemas import AlertPurpose, ReportKind, Severity, Status, Tlp


def subscription_notes(directory: Directory) -> Iterator[Note]:
    """What is wrong with each subscription."""
    for contact in directory.subscribers:
        for number, wish in enumerate(contact.subscriptions):
            field = f"contacts ({contact.id}).subscriptions.{number}"
            if not _ever_tells(contact, wish, directory):
                yield Note(
                    NoteLevel.FAULT,
                    NoteCode.SUBSCRIPTION_WITHOUT_EFFECT,
                    CONTACTS_FILE,
                    field,
                    "can never tell anything new: a ladder calls first for all of it, or none may be told",
                    "Remove it, or give the contact clearance and an address for what it asks for.",
                )
            for name in wish.systems:
                if directory.systems.names and plain(name) not in directory.systems.names:
                    yield Note(
                        NoteLevel.WARNING,
                        NoteCode.SYSTEM_UNKNOWN,
                        CONTACTS_FILE,
                        f"{field}.systems",
                        f"{SYSTEMS_FILE} does not know '{name}': only reports that write it just so match",
                        f"Correct the name, or add the system with its other names to {SYSTEMS_FILE}.",
                    )


def _ever_tells(contact: Contact, wish: Subscription, directory: Directory) -> bool:
    """Whether there is an alert that the subscription tells of and no first step would."""
    for severity, kind, status, tlp in product(Severity, ReportKind, Status, Tlp):
        if not may_be_subscribed_to(AlertPurpose.REPORT, status) or not wish.severe_enough(severity):
            continue
        if all(disclose(tlp, contact, at).level is Level.NOTHING for at in contact.addresses):
            continue
        route = next(
            route for route in directory.routes if route.matches(severity=severity, kind=kind, status=status, tlp=tlp)
        )
        first = directory.ladders[route.ladder].steps[0].team
        has_rota = (contact.institute, first) in directory.rotas
        if route.audience is not Audience.ALL or contact.team != first or has_rota:
            return True
    return False
