"""Whom an institute names to be told on its behalf, where they are reached, and what they say of themselves."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from tocsin_alerting.policy.local_time import WallTime
from tocsin_alerting.policy.quiet_hours import QuietHours
from tocsin_alerting.policy.subscriptions import Subject, Subscription
from tocsin_alerting.policy.systems import Systems
from tocsin_schemas.scalars import InstituteId, LanguageTag, Line, Record, ZoneName, one_line
from tocsin_schemas.vocabulary import Tlp

PolicyId = Annotated[
    str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True), AfterValidator(one_line)
]
"""What operators call a team, a ladder or a route; the store keeps at most 80 characters of it."""

Place = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(one_line)]
"""Where a channel delivers; the store keeps at most 200 characters of it."""


class Channel(StrEnum):
    """A way to reach people; each has its own notifier."""

    SLACK = "slack"
    EMAIL = "email"
    WEBHOOK = "webhook"
    """An institute's own system."""
    APPRISE = "apprise"
    """Teams, Matrix, Mattermost, SMS gateways."""

    @property
    def names_an_entry(self) -> bool:
        """Whether an address is the name of an entry among the notifier's secrets, and never the place itself."""
        return self in {Channel.WEBHOOK, Channel.APPRISE}


_ENTRY = re.compile(r"[A-Z][A-Z0-9_]{0,59}")


class Address(Record):
    """Where a contact is reached on a channel, and what that place may carry."""

    channel: Channel
    address: Place
    """A Slack channel or user id, a mail address; for webhooks and Apprise the name of an entry, such as `KR_SOC`."""
    shared: bool
    """Whether several people read it: a Slack channel, a role mailbox."""
    internal: bool = True
    """Whether it lies within the institute's own organisation."""
    full_text: bool = False
    """For Apprise: whether what was reported may be said there; else only that an alert awaits the reader."""

    @model_validator(mode="after")
    def _names_an_entry(self) -> Address:
        if self.channel.names_an_entry and not _ENTRY.fullmatch(self.address):
            # Not repeated: it may be a secret.
            raise ValueError(
                "address: is not the name of an entry, such as KR_SOC; the place itself is a secret of the "
                f"{self.channel} notifier's environment"
            )
        if self.full_text and self.channel is not Channel.APPRISE:
            raise ValueError("full_text: is for Apprise; other channels carry what the contact may read")
        return self


class Contact(Record):
    """Somebody, or a role, that is told on behalf of an institute."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,78}$", max_length=80)]
    institute: InstituteId
    name: Line
    """For people: a role, or a person where one is named."""
    team: PolicyId
    """The team of the institute that ladders call, such as `duty` or `lead`."""
    clearance: Tlp
    named_person: bool = False
    language: LanguageTag = "en"
    """In which they are written to: the first of `languages`, of which either may be given."""
    languages: tuple[LanguageTag, ...] = ()
    """What they read, preferred first; `language` alone where it is not given."""
    time_zone: ZoneName | None = None
    """Of their clock; None: their institute's."""
    addresses: Annotated[tuple[Address, ...], Field(min_length=1)]
    """In order of preference."""
    slack_user: Line | None = None
    """Slack's `<team>:<user>` id, by which clicks are recognised."""
    subscriptions: tuple[Subscription, ...] = ()
    """Alerts they are told of beside what ladders call them for, for information."""
    quiet_hours: QuietHours | None = None
    """When what is not urgent waits."""
    digest_at: WallTime | None = None
    """When they get, once a day, what is not urgent; None: each as it happens."""

    @model_validator(mode="before")
    @classmethod
    def _one_language_or_several(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        several = given.get("languages")
        if several and "language" not in given:
            return {**given, "language": several[0]} if isinstance(several, list | tuple) else given
        return {**given, "languages": (given.get("language", "en"),)} if not several else given

    @field_validator("languages")
    @classmethod
    def _each_once(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(languages)) != len(languages):
            raise ValueError("names a language twice; keep one")
        return languages

    @model_validator(mode="after")
    def _prefers_what_it_is_written_in(self) -> Contact:
        if self.languages[0] != self.language:
            raise ValueError(f"is written to in '{self.language}' and prefers '{self.languages[0]}'; drop 'language'")
        return self

    def subscribed(self, subject: Subject, systems: Systems) -> bool:
        """Whether they asked to be told of an alert about this."""
        return any(wish.matches(subject, systems) for wish in self.subscriptions)
