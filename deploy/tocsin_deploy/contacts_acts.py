"""What `tocsinctl contacts` does: looks contacts up, tries them out, and takes marks away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tocsin_alerting.policy.contacts import Channel, Contact
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.reach_test import Reached
from tocsin_alerting.store import Store
from tocsin_alerting.store.marks import clear, mark
from tocsin_alerting.store.reachability import Reachability, post_trials, reachability
from tocsin_consumers.channels.slack_check import SlackChecker
from tocsin_deploy.at_hand import store_and_policy
from tocsin_deploy.settings import DeploySettings
from tocsin_schemas.clock import Clock, system_clock

_MAILBOX = re.compile(r"[^\s@<>,;]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What a look at an address found, without sending anything."""

    contact: str
    channel: str
    address: str
    fault: str


@contextmanager
def contacts_at_hand(settings: DeploySettings, clock: Clock = system_clock) -> Iterator[ContactsAtHand]:
    """The deployment's contacts and store.

    Raises:
        RuntimeError, ValueError: see `store_and_policy`.
    """
    with store_and_policy(settings) as (store, directory):
        yield ContactsAtHand(store, directory, clock)


class ContactsAtHand:
    """Does what the commands say; a refusal is a ValueError that says what to do."""

    def __init__(self, store: Store, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def chosen(self, *, institute: str | None, contact: str | None) -> list[Contact]:
        """The contacts that are meant; all where nothing narrows it.

        Raises:
            ValueError: there is no such institute or contact.
        """
        if institute is not None and institute not in self._directory.institute_names:
            known = ", ".join(sorted(self._directory.institute_names))
            raise ValueError(f"--institute: '{institute}' is no member; use one of: {known}")
        if contact is not None and contact not in self._directory.contacts:
            raise ValueError(f"--contact: there is no contact '{contact}'; `tocsinctl contacts list` shows them")
        return [
            each
            for each in self._directory.contacts.values()
            if institute in (None, each.institute) and contact in (None, each.id)
        ]

    def known(self, contacts: Iterable[Contact]) -> list[Reachability]:
        """What is known of each address."""
        with self._store.read() as session:
            return reachability(session, contacts)

    def clear(self, contacts: Iterable[Contact], *, channel: str | None) -> list[tuple[str, str]]:
        """Take the marks of addresses away; those that were marked."""
        places = [
            (at.channel.value, at.address)
            for contact in contacts
            for at in contact.addresses
            if channel in (None, at.channel.value)
        ]
        with self._store.transaction() as session:
            return clear(session, places)

    def look(self, contacts: Iterable[Contact], slack: SlackChecker | None) -> list[Fault]:
        """What is wrong with addresses as far as it shows without sending; what is surely dead is marked."""
        faults: list[Fault] = []
        token = slack.token_fault() if slack is not None else None
        if token is not None:
            faults.append(Fault("(all)", Channel.SLACK.value, "TOCSIN_SLACK_BOT_TOKEN", token))
        for contact in contacts:
            for at in contact.addresses:
                fault = None
                if at.channel is Channel.EMAIL and _MAILBOX.fullmatch(at.address) is None:
                    fault = "is no mail address"
                elif at.channel is Channel.SLACK and slack is not None and token is None:
                    found = slack.check(at.address)
                    fault = found.fault
                    if found.dead and fault is not None:
                        self._mark(at.channel.value, at.address, fault)
                if fault is not None:
                    faults.append(Fault(contact.id, at.channel.value, at.address, fault))
        return faults

    def _mark(self, channel: str, address: str, fault: str) -> None:
        with self._store.transaction() as session:
            mark(session, channel=channel, address=address, at=self._clock(), reason=f"{fault} (looked up)")

    def send(
        self,
        contacts: Collection[Contact],
        *,
        seconds: float,
        pause: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> list[Reachability]:
        """Send each address a test through the queue, wait for what becomes of it, and say what is known then."""
        now = self._clock()
        with self._store.transaction() as session:
            post_trials(
                session,
                contacts,
                run=f"by-hand-{now.isoformat()}",
                policy=self._directory.version,
                now=now,
            )
        end = monotonic() + seconds
        while True:
            found = self.known(contacts)
            if all(one.test not in {Reached.WAITING, Reached.TAKEN} for one in found) or monotonic() >= end:
                return found
            pause(_LOOK_SECONDS)
