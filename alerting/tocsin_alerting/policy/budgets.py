"""How many new messages a destination takes before the rest is folded into one summary, as operators write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.contacts import Channel, Place
from tocsin_schemas.scalars import Line, Record

_Count = Annotated[int, Field(ge=1, le=10_000)]
_Span = Annotated[timedelta, Field(gt=timedelta(0))]


class Budget(Record):
    """What one destination takes. Durations as ISO 8601 writes them."""

    messages: _Count = 20
    """New messages in a window, urgent ones aside."""
    window: _Span = timedelta(minutes=10)
    urgent_messages: _Count = 60
    """Of the urgent lane (severe, critical, to be acted on immediately), which has a budget of its own."""
    gather: _Span = timedelta(seconds=5)
    """How long the first summary waits for what else comes."""
    every: _Span = timedelta(seconds=30)
    """How long at least lies between two editions of a summary: edits in Slack, further mails."""

    def limit(self, *, urgent: bool) -> int:
        """How many new messages of a lane a window takes."""
        return self.urgent_messages if urgent else self.messages


class BudgetFor(Record):
    """Another budget for a contact or an address; what is not given is as for the channel."""

    contact: Line | None = None
    address: Place | None = None
    channel: Channel | None = None
    """Only by this channel; None: by all."""
    messages: _Count | None = None
    window: _Span | None = None
    urgent_messages: _Count | None = None
    gather: _Span | None = None
    every: _Span | None = None


SLACK = Budget()
MAIL = Budget(messages=10, urgent_messages=30, gather=timedelta(minutes=1), every=timedelta(hours=1))
"""A mail cannot be edited: a further one is a further message, and says only what is new."""


class Budgets(Record):
    """The budgets of all destinations: by channel, with exceptions."""

    channels: Mapping[Channel, Budget] = {}
    exceptions: tuple[BudgetFor, ...] = ()

    def of(self, channel: Channel, address: str, contacts: Iterable[str]) -> Budget:
        """The budget of one destination: of its address, else of a contact who reads it, else of its channel."""
        readers = set(contacts)
        found = self.channels.get(channel, SLACK if channel is Channel.SLACK else MAIL)
        fitting = [each for each in self.exceptions if each.channel in (None, channel)]
        chosen = next((each for each in fitting if each.address == address), None) or next(
            (each for each in fitting if each.contact in readers), None
        )
        if chosen is None:
            return found
        given = {name: value for name in Budget.model_fields if (value := getattr(chosen, name)) is not None}
        return found.model_copy(update=given)

    def faults(self, contacts: Iterable[str], addresses: Iterable[str]) -> Iterator[str]:
        """What cannot be meant, with the fix."""
        contacts, addresses = set(contacts), set(addresses)
        for number, each in enumerate(self.exceptions, start=1):
            at = f"budgets.exceptions ({number})"
            if (each.contact is None) is (each.address is None):
                yield f"{at}: names {'neither' if each.contact is None else 'both'}. Give a contact or an address."
            elif each.contact is not None and each.contact not in contacts:
                yield f"{at}.contact: there is no contact '{each.contact}'. Use the id of one in contacts.yaml."
            elif each.address is not None and each.address not in addresses:
                yield f"{at}.address: no contact lists '{each.address}'. Use an address of one in contacts.yaml."
