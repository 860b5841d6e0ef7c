"""Why an address would not be told: the first thing that stands in the way, in the order in which it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_alerting.policy.directory import Address, Channel, Contact, Directory
from tocsin_alerting.policy.disclosure import DisclosureReason, Level, disclose, disclosure_at
from tocsin_alerting.policy.routing import Concern, Plan
from tocsin_deploy.rehearsal.alert import RehearsedAlert
from tocsin_deploy.rehearsal.keeping import HORIZON


class NotToldReason(StrEnum):
    """Why nothing would reach an address."""

    NOT_IN_AUDIENCE = "not_in_audience"
    """The route leaves its institute out."""
    TEAM_NOT_CALLED = "team_not_called"
    """No step of the institute's ladder calls its team, and no subscription of its own matches."""
    NO_ANSWER_OWED = "no_answer_owed"
    """Its step would be called by silence only, and this alert asks for no answer."""
    NOT_ON_DUTY = "not_on_duty"
    """Another of its team is on duty when the team is called."""
    ANOTHER_ADDRESS_FIRST = "another_address_first"
    """The contact would be told at an address that it prefers."""
    NOT_CLEARED = DisclosureReason.NOT_CLEARED.value
    RED_NEEDS_A_NAMED_PERSON = DisclosureReason.RED_NEEDS_A_NAMED_PERSON.value
    RED_NEVER_ON_A_SHARED_ADDRESS = DisclosureReason.RED_NEVER_ON_A_SHARED_ADDRESS.value
    STRICT_NEVER_OUTSIDE_THE_ORGANISATION = DisclosureReason.STRICT_NEVER_OUTSIDE_THE_ORGANISATION.value
    KEPT_BACK = "kept_back"
    """One maintenance window after the other keeps it from them."""
    STEP_NEVER_CALLED = "step_never_called"
    """The ladder ends before its step."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """An address of a contact that nothing would reach, and why."""

    institute: str
    contact: str
    channel: Channel
    address: str
    reason: NotToldReason
    detail: str
    """The same in a sentence, with what would have to be otherwise."""


def not_told(
    alert: RehearsedAlert,
    directory: Directory,
    plan: Plan,
    *,
    at: datetime,
    told: Mapping[tuple[Channel, str], str],
    reached: AbstractSet[str],
    withheld: AbstractSet[tuple[Channel, str]],
    steps: Mapping[tuple[str, int], datetime],
    kept: Mapping[tuple[Channel, str], str],
) -> tuple[NotTold, ...]:
    """Every address that no message would go to, and why.

    Args:
        alert: what nobody answers.
        directory: the policy.
        plan: the route that the alert takes.
        at: when it is raised.
        told: the addresses that would be told, and the contact to whom the message goes.
        reached: the contacts that would be told somewhere.
        withheld: the addresses for which something was planned that may not be said there.
        steps: when each step of each institute's ladder would be called.
        kept: the addresses from which a maintenance window keeps it for as long as is looked at, and its id.
    """
    concerns = {concern.institute: concern for concern in plan.concerns}
    found = []
    for contact in directory.contacts.values():
        for address in contact.addresses:
            if (address.channel, address.address) in told:
                continue
            why = _Why(alert, directory, plan, concerns.get(contact.institute), at, reached, withheld, steps)
            window = kept.get((address.channel, address.address))
            reason, detail = why.of(contact, address) if window is None else _kept_back(window)
            found.append(NotTold(contact.institute, contact.id, address.channel, address.address, reason, detail))
    return tuple(found)


def _kept_back(window: str) -> tuple[NotToldReason, str]:
    lasts = f"windows follow upon each other for more than {HORIZON.days} days"
    return NotToldReason.KEPT_BACK, f"maintenance window '{window}' keeps it back, and {lasts}"


@dataclass(frozen=True, slots=True)
class _Why:
    """What is asked of one contact."""

    alert: RehearsedAlert
    directory: Directory
    plan: Plan
    concern: Concern | None
    at: datetime
    reached: AbstractSet[str]
    withheld: AbstractSet[tuple[Channel, str]]
    steps: Mapping[tuple[str, int], datetime]

    def of(self, contact: Contact, address: Address) -> tuple[NotToldReason, str]:
        """The first thing that stands in the way."""
        if (address.channel, address.address) in self.withheld:
            return self._disclosed(contact, address)
        if contact.id in self.reached:
            level, _ = self._level(contact, address)
            if level is Level.NOTHING:
                return self._disclosed(contact, address)
            return NotToldReason.ANOTHER_ADDRESS_FIRST, "is told at an address that stands before this one"
        if self.concern is None:
            return (
                NotToldReason.NOT_IN_AUDIENCE,
                f"route '{self.plan.route}' does not tell {contact.institute}{self._wishes(contact)}",
            )
        return self._by_ladder(contact, address, self.concern)

    def _by_ladder(self, contact: Contact, address: Address, concern: Concern) -> tuple[NotToldReason, str]:
        ladder = self.directory.ladders[concern.ladder]
        calling = [number for number, step in enumerate(ladder.steps, start=1) if self._may_call(contact, step.team)]
        if not calling:
            teams = ", ".join(dict.fromkeys(step.team for step in ladder.steps))
            return (
                NotToldReason.TEAM_NOT_CALLED,
                f"ladder '{ladder.id}' calls {teams}, not team {contact.team}{self._wishes(contact)}",
            )
        called = [number for number in calling if (contact.institute, number) in self.steps]
        if not called:
            if self._level(contact, address)[0] is Level.NOTHING:
                return self._disclosed(contact, address)
            if not concern.answer_required:
                waits = f"step {calling[0]} of ladder '{ladder.id}' waits for silence"
                return NotToldReason.NO_ANSWER_OWED, f"{waits}, and route '{self.plan.route}' asks for no answer"
            return NotToldReason.STEP_NEVER_CALLED, f"ladder '{ladder.id}' ends before step {calling[0]}"
        when = self.steps[contact.institute, called[0]]
        team = ladder.steps[called[0] - 1].team
        on_duty = self.directory.team(contact.institute, team, when)
        if contact not in on_duty:
            holders = ", ".join(each.id for each in on_duty) or "nobody"
            return NotToldReason.NOT_ON_DUTY, f"on duty for {team} at {when:%Y-%m-%d %H:%M} UTC: {holders}"
        return self._disclosed(contact, address)

    def _may_call(self, contact: Contact, team: str) -> bool:
        rota = self.directory.rotas.get((contact.institute, team))
        return contact.team == team or (rota is not None and contact.id in {*rota.people, *rota.always})

    def _wishes(self, contact: Contact) -> str:
        return ", and none of its subscriptions matches" if contact.subscriptions else ""

    def _level(self, contact: Contact, address: Address) -> tuple[Level, str]:
        tlp = self.alert.tlp
        return disclosure_at(tlp, contact.id, address.channel.value, address.address, self.directory)

    def _disclosed(self, contact: Contact, address: Address) -> tuple[NotToldReason, str]:
        _, why = self._level(contact, address)
        if disclose(self.alert.tlp, contact, address).level is not Level.NOTHING:
            return NotToldReason(why), "others who are listed at this address may not be told"
        said = {
            DisclosureReason.NOT_CLEARED: f"is cleared to {contact.clearance.value}, not {self.alert.tlp.value}",
            DisclosureReason.RED_NEEDS_A_NAMED_PERSON: "TLP:RED goes to named persons only",
            DisclosureReason.RED_NEVER_ON_A_SHARED_ADDRESS: "TLP:RED never goes to an address that several read",
            DisclosureReason.STRICT_NEVER_OUTSIDE_THE_ORGANISATION: (
                "TLP:AMBER+STRICT does not leave the organisation, and this address lies outside"
            ),
        }
        reason = NotToldReason(why)
        return reason, said.get(DisclosureReason(why), why)
