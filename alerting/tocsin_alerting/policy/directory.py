"""The people of the network and the rules for telling them: a snapshot of the policy files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from tocsin_alerting.policy.budgets import Budget, Budgets
from tocsin_alerting.policy.contacts import Address, Channel, Contact, PolicyId
from tocsin_alerting.policy.correlation import WINDOW
from tocsin_alerting.policy.corroboration import CorroborationRule
from tocsin_alerting.policy.muting.rules import MutingPolicy
from tocsin_alerting.policy.oncall.duty import Duty, DutyReason, Rota
from tocsin_alerting.policy.quorum import Quorums
from tocsin_alerting.policy.reach_policy import ReachPolicy
from tocsin_alerting.policy.reminders import ReminderPolicy
from tocsin_alerting.policy.routes import Audience, Channels, Ladder, Route, Step
from tocsin_alerting.policy.systems import Systems
from tocsin_schemas.institutes import Institutes
from tocsin_schemas.scalars import Record
from tocsin_schemas.sentences import NO_SENTENCES, Sentences
from tocsin_schemas.vocabulary import Tlp


class Gathering(Record):
    """How long an alert takes further reports."""

    window: Annotated[timedelta, Field(gt=timedelta(0))] = WINDOW
    """After its last change; a report of another series that comes later raises a new alert."""


ADMINISTRATORS = "lead"
"""The team that is told of faults of its institute's contacts, where the policy names no other."""


class Directory:
    """Everything that says who is told: a snapshot of the policy files, with its version."""

    def __init__(
        self,
        *,
        contacts: Iterable[Contact],
        ladders: Iterable[Ladder],
        routes: Iterable[Route],
        coordinator: str,
        institute_names: dict[str, str],
        operator_clearance: Tlp,
        version: str,
        systems: Systems | None = None,
        gathering: Gathering | None = None,
        corroboration: CorroborationRule | None = None,
        budgets: Budgets | None = None,
        rotas: Mapping[tuple[str, str], Rota] | None = None,
        administrators: str = ADMINISTRATORS,
        institutes: Institutes | None = None,
        muting: MutingPolicy | None = None,
        sentences: Sentences = NO_SENTENCES,
        reach: ReachPolicy | None = None,
        quorums: Quorums | None = None,
        reminders: ReminderPolicy | None = None,
    ) -> None:
        self.contacts = {contact.id: contact for contact in contacts}
        self.ladders = {ladder.id: ladder for ladder in ladders}
        self.routes = tuple(routes)
        self.coordinator = coordinator
        """The institute that coordinates the network: it learns of silence and of what nobody could grade."""
        self.institute_names = dict(institute_names)
        self.operator_clearance = operator_clearance
        """What the holder of an operator's token may read."""
        self.version = version
        """Name and content digest; every delivery records it."""
        self.systems = systems if systems is not None else Systems()
        """Which names mean one AI system."""
        self.gathering = gathering if gathering is not None else Gathering()
        self.corroboration = corroboration if corroboration is not None else CorroborationRule()
        self.muting = muting if muting is not None else MutingPolicy()
        self.budgets = budgets if budgets is not None else Budgets()
        """How many new messages each destination takes before the rest is folded."""
        self.reach = reach if reach is not None else ReachPolicy()
        """How long a channel is waited for before the next is tried."""
        self.rotas = dict(rotas) if rotas is not None else {}
        """Who is on duty, by institute and team; a team that is not here is told as a whole."""
        self.administrators_team = administrators
        """The team of each institute that is told of faults of its own contacts."""
        self.institutes = institutes if institutes is not None else Institutes(())
        """The members, with their zones and regions."""
        self.subscribers = tuple(contact for contact in self.contacts.values() if contact.subscriptions)
        """Who is told of more than ladders call them for."""
        self.sentences = sentences
        """The rubric's sentences in the languages of the network; no part of the version, as nobody is told by them."""
        self.quorums = dict(quorums) if quorums is not None else {}
        """How many institutes must answer by when, by severity."""
        self.reminders = dict(reminders) if reminders is not None else {}
        """How forgotten acknowledgements are reminded, by severity."""
        self._teams: dict[tuple[str, str], tuple[Contact, ...]] = {}
        self._readers: dict[tuple[str, str], tuple[tuple[Contact, Address], ...]] = {}
        self._called = self._who_is_called()
        # Asked for every address of every message: a network may list thousands.
        for contact in self.contacts.values():
            team = (contact.institute, contact.team)
            self._teams[team] = (*self._teams.get(team, ()), contact)
            for address in contact.addresses:
                place = (address.channel.value, address.address)
                self._readers[place] = (*self._readers.get(place, ()), (contact, address))

    def _who_is_called(self) -> frozenset[str]:
        teams = {step.team for ladder in self.ladders.values() for step in ladder.steps}
        members = {each.id for each in self.contacts.values() if each.team in teams}
        # A rota may name people of other teams.
        rotas = [rota for (_, team), rota in self.rotas.items() if team in teams]
        return frozenset(members.union(*((*rota.people, *rota.always) for rota in rotas)))

    def calls(self, contact: Contact) -> bool:
        """Whether any step of any ladder may call a contact, or whether it is only told what it subscribed to."""
        return contact.id in self._called

    def members(self, institute: str, team: str) -> tuple[Contact, ...]:
        """Everybody in an institute's team, on duty or not, in the order of the file."""
        return self._teams.get((institute, team), ())

    def team(self, institute: str, team: str, at: datetime) -> tuple[Contact, ...]:
        """Who of an institute's team is told at an instant: whom its rota names, or else everybody in it.

        In a gap of the rota the step falls to the whole team: never to nobody.
        """
        rota = self.rotas.get((institute, team))
        if rota is None:
            return self.members(institute, team)
        duty = rota.duty(at)
        if duty.reason.gap:
            everybody = (*(contact.id for contact in self.members(institute, team)), *rota.people)
        else:
            everybody = duty.holders
        return tuple(self.contacts[contact] for contact in dict.fromkeys((*everybody, *rota.always)))

    def duty(self, institute: str, team: str, at: datetime) -> Duty:
        """Who of a team is on duty at an instant, and why."""
        rota = self.rotas.get((institute, team))
        if rota is None:
            return Duty(tuple(contact.id for contact in self.members(institute, team)), DutyReason.NO_ROTA)
        return rota.duty(at)

    def readers(self, channel: str, address: str) -> tuple[tuple[Contact, Address], ...]:
        """Everybody who lists an address of a channel, each with how it is listed."""
        return self._readers.get((channel, address), ())

    def budget(self, channel: Channel, address: str) -> Budget:
        """How many new messages a destination takes."""
        readers = (contact.id for contact, _ in self.readers(channel.value, address))
        return self.budgets.of(channel, address, readers)

    def institute_name(self, institute: str) -> str:
        """An institute's present name, or its id where it has none."""
        return self.institute_names.get(institute, institute)

    def called(self, institute: str) -> tuple[Contact, ...]:
        """Everybody of an institute whom any step of any ladder may call, in the order of the file."""
        return tuple(each for each in self.contacts.values() if each.institute == institute and each.id in self._called)

    def administrators(self, institute: str) -> tuple[Contact, ...]:
        """Who looks after an institute's contacts, and is told when one of them cannot be reached."""
        return self.members(institute, self.administrators_team)

    def zone(self, contact: Contact) -> ZoneInfo:
        """The zone of a contact's clock: its own, or its institute's."""
        member = self.institutes.get(contact.institute)
        return ZoneInfo(contact.time_zone or (member.time_zone if member is not None else "UTC"))

    def regions(self, institutes: Iterable[str]) -> frozenset[str]:
        """The regions in which institutes lie; one without a region adds none."""
        found = (self.institutes.get(institute) for institute in institutes)
        return frozenset(member.region for member in found if member is not None and member.region is not None)


CurrentDirectory = Callable[[], Directory]
"""Gives the directory that is in force now. Whoever decides asks once and goes by that to the end of the decision."""

__all__ = [
    "ADMINISTRATORS",
    "Address",
    "Audience",
    "Channel",
    "Channels",
    "Contact",
    "CurrentDirectory",
    "Directory",
    "Gathering",
    "Ladder",
    "PolicyId",
    "Route",
    "Step",
]
