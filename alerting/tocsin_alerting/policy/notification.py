"""Who is told of a change, on which address, in which form, and how much may be said there.

Pure and repeatable: it looks at the event, at where the institutes stood in the event's round and at who was told of
earlier changes, never at what has come of those messages. What cannot be said is planned as well, as withheld, so that
"why was X not told" has an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tocsin_alerting.policy.directory import Address, Channel, Channels, Contact, Directory
from tocsin_alerting.policy.disclosure import disclosure_at, first_that_may_carry
from tocsin_alerting.policy.lanes import Lane, lane_of
from tocsin_alerting.policy.notification_plan import (
    AlertFacts,
    NotificationPlan,
    OffDuty,
    PlannedDelivery,
    Told,
    Unreachable,
    UnreachableReason,
)
from tocsin_alerting.policy.reach import can_be_told
from tocsin_alerting.policy.telling import ASKS_ANEW, UNMUTED, DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, AlertEvent, AlertState

_EDITS_ONLY = frozenset({TellingReason.REPORT_REPEATED, TellingReason.FLAPPING_EDITED, TellingReason.QUORUM_MET})
"""Only messages that can be edited say it: what was told already, and good news, are told to nobody anew."""


def plan_notification(event: AlertEvent, facts: AlertFacts, directory: Directory) -> NotificationPlan:
    """Whom a change of an alert is told, on all channels, and which steps reach nobody."""
    plan = _Plan(event, facts, directory)
    match event.change:
        case AlertChange.RAISED:
            plan.page_first_steps(TellingReason.RAISED)
            plan.tell_subscribers()
        case AlertChange.ESCALATED if event.step is None:
            plan.page_coordinator(TellingReason.LADDER_EXHAUSTED)
        case AlertChange.ESCALATED:
            withdrawn = event.reason == TellingReason.ANSWER_WITHDRAWN
            reason = TellingReason.ANSWER_WITHDRAWN if withdrawn else TellingReason.ESCALATED
            plan.page_step(event.institute, event.step, reason)
        case AlertChange.ACKNOWLEDGED:
            plan.show_answer()
        case AlertChange.RESOLVED if event.state is not AlertState.RESOLVED:
            plan.show_answer()
        case AlertChange.RESOLVED:
            plan.tell_all(TellingReason.RESOLVED)
        case AlertChange.RETRACTED:
            superseded = event.reason == TellingReason.SUPERSEDED
            plan.tell_all(TellingReason.SUPERSEDED if superseded else TellingReason.RETRACTED)
        case AlertChange.UPDATED:
            plan.tell_update()
            plan.tell_subscribers()
    return plan.result()


class _Plan:
    """Collects what follows from one event; an address gets at most one delivery of each kind."""

    def __init__(self, event: AlertEvent, facts: AlertFacts, directory: Directory) -> None:
        self._event = event
        self._facts = facts
        self._directory = directory
        self._tlp = max(event.tlp, facts.tlp, key=lambda label: label.rank)
        # The latest contact told at an address stands for it.
        self._told = {(told.channel, told.address): told for told in facts.told}
        self._paged: set[tuple[Channel, str]] = set()
        self._deliveries: dict[tuple[Channel, str, DeliveryKind], PlannedDelivery] = {}
        self._unreachable: list[Unreachable] = []
        self._off_duty: list[OffDuty] = []
        self._urgent = self._lane(edits=False, pages=True).urgent

    def result(self) -> NotificationPlan:
        return NotificationPlan(tuple(self._deliveries.values()), tuple(self._unreachable), tuple(self._off_duty))

    def page_first_steps(self, reason: TellingReason) -> None:
        for concerned in self._facts.concerned:
            self._page(concerned.institute, concerned.ladder, 1, reason, anew=True)

    def page_step(self, institute: str | None, step: int | None, reason: TellingReason) -> None:
        for concerned in self._facts.concerned:
            if concerned.institute == institute and step is not None:
                self._page(concerned.institute, concerned.ladder, step, reason)
        # An answer that no longer stands is shown so to everybody; a further step concerns its institute only.
        everywhere = reason is TellingReason.ANSWER_WITHDRAWN
        self._edit(reason, (told for told in self._told.values() if everywhere or told.institute == institute))

    def page_coordinator(self, reason: TellingReason) -> None:
        silent = self._event.institute
        ladders = {concerned.institute: concerned.ladder for concerned in self._facts.concerned}
        ladder = ladders.get(self._directory.coordinator) or ladders.get(silent or "") or ""
        if silent is None:
            ladder = ladder or next(iter(ladders.values()), "")
        step = self._first_step_that_may_be_told(self._directory.coordinator, ladder)
        self._page(self._directory.coordinator, ladder, step, reason)
        self._edit(reason, self._told.values())

    def remind(self) -> None:
        """In the threads of the institute, and by mail whoever answered; where that reaches nobody, all it was told."""
        own = [told for told in self._told.values() if told.institute == self._event.institute]
        answered_by = {each.answered_by for each in self._facts.concerned if each.institute == self._event.institute}
        reached = [told for told in own if told.channel is Channel.SLACK or told.contact in answered_by] or own
        for told in reached:
            self._follow_up(told, TellingReason.REMINDED)

    def _first_step_that_may_be_told(self, institute: str, ladder_id: str) -> int:
        """Step 1, unless its people may not be told: a label that became stricter than the ladder was made for."""
        ladder = self._directory.ladders.get(ladder_id)
        for number, step in enumerate(ladder.steps if ladder is not None else (), start=1):
            if can_be_told(self._directory, institute, step.team, self._tlp, self._event.at):
                return number
        return 1

    def show_answer(self) -> None:
        """Answers are edits everywhere and a line in the answering institute's own thread; nobody is mailed."""
        self._edit(TellingReason.ANSWERED, self._told.values())
        for told in self._told.values():
            if told.channel is Channel.SLACK and told.institute == self._event.institute:
                self._add(told, DeliveryKind.REPLY, TellingReason.ANSWERED)

    def tell_update(self) -> None:
        """Everybody who was told learns of it; who is asked anew is called as well."""
        known = {reason.value: reason for reason in TellingReason}
        reason = known.get(self._event.reason, TellingReason.UPDATED)
        if reason in UNMUTED:
            self._tell_untold(reason)
        elif reason in ASKS_ANEW:
            self.page_first_steps(reason)
            self.tell_all(TellingReason.UPDATED)
        elif reason in _EDITS_ONLY:
            self._edit(reason, self._told.values())
        elif reason.tells_of_silence:
            self.page_coordinator(reason)
        elif reason is TellingReason.REMINDED:
            self.remind()
        else:
            self.tell_all(TellingReason.UPDATED if reason.pages else reason)

    def tell_subscribers(self) -> None:
        """Who asked to be told of alerts like this, and is not told already: at the first address that may carry it."""
        subject = self._facts.subject
        if subject is None:
            return
        known = {told.contact for told in self._told.values()} | {one.contact for one in self._deliveries.values()}
        for contact in self._directory.subscribers:
            if contact.id in known or not contact.subscribed(subject, self._directory.systems):
                continue
            at = first_that_may_carry(self._tlp, contact, self._directory)
            if (at.channel, at.address) not in self._told:
                told = Told(contact.institute, contact.id, at.channel, at.address)
                self._add(told, DeliveryKind.MESSAGE, TellingReason.SUBSCRIBED)

    def _tell_untold(self, reason: TellingReason) -> None:
        """One message to each whose last one was kept back; where one stands already it goes into its thread."""
        for one in self._facts.untold:
            told = Told(one.institute, one.contact, one.channel, one.address)
            threads = one.channel is Channel.SLACK and ((one.channel, one.address) in self._told or not one.asked)
            kind = DeliveryKind.REPLY if threads else DeliveryKind.MESSAGE
            self._add(told, kind, reason if one.asked else TellingReason.UPDATED)

    def tell_all(self, reason: TellingReason) -> None:
        self._edit(reason, self._told.values())
        for told in self._told.values():
            if (told.channel, told.address) not in self._paged:
                self._follow_up(told, reason)

    def _page(self, institute: str, ladder_id: str, step: int, reason: TellingReason, *, anew: bool = False) -> None:
        ladder = self._directory.ladders.get(ladder_id)
        if ladder is None:
            # The policy has changed since the institute was asked: rather too many are told than nobody.
            self._unreachable.append(Unreachable(institute, None, UnreachableReason.LADDER_UNKNOWN))
            team, contacts, channels = None, self._directory.called(institute), Channels.EACH
        else:
            if step > len(ladder.steps):
                self._unreachable.append(Unreachable(institute, None, UnreachableReason.STEP_UNKNOWN))
            called = ladder.steps[min(step, len(ladder.steps)) - 1]
            team, channels = called.team, called.channels
            contacts = self._directory.team(institute, team, self._event.at)
            duty = self._directory.duty(institute, team, self._event.at)
            if duty.reason.gap:
                self._off_duty.append(OffDuty(institute, team, duty.reason))
        planned = [
            delivery
            for contact in contacts
            for delivery in self._page_contact(contact, reason, anew=anew, channels=channels)
        ]
        if not planned:
            self._unreachable.append(Unreachable(institute, team, UnreachableReason.TEAM_EMPTY))
        elif all(delivery.withheld for delivery in planned):
            self._unreachable.append(Unreachable(institute, team, UnreachableReason.NOBODY_MAY_BE_TOLD))

    def _page_contact(
        self, contact: Contact, reason: TellingReason, *, anew: bool, channels: Channels
    ) -> list[PlannedDelivery]:
        """At all addresses; where the first is enough, each of the others stands by for the one before it."""
        planned: list[PlannedDelivery] = []
        before: PlannedDelivery | None = None
        for address in contact.addresses:
            delivery = self._page_address(contact, address, reason, anew=anew, after=before)
            if channels is Channels.FIRST and not delivery.withheld:
                if before is None and delivery.after is not None:
                    # It stands by for somebody else who reads it; this one prefers it.
                    delivery = self._set(replace(delivery, after=None))
                before = delivery
            planned.append(delivery)
        return planned

    def _page_address(
        self,
        contact: Contact,
        address: Address,
        reason: TellingReason,
        *,
        anew: bool,
        after: PlannedDelivery | None,
    ) -> PlannedDelivery:
        told = Told(contact.institute, contact.id, address.channel, address.address)
        threads = address.channel is Channel.SLACK and not anew and (address.channel, address.address) in self._told
        delivery = self._add(told, DeliveryKind.REPLY if threads else DeliveryKind.MESSAGE, reason, after=after)
        if not delivery.withheld:
            self._paged.add((address.channel, address.address))
        return delivery

    def _follow_up(self, told: Told, reason: TellingReason) -> None:
        """In the thread of what was told before, or as a further mail."""
        self._add(told, DeliveryKind.REPLY if told.channel is Channel.SLACK else DeliveryKind.MESSAGE, reason)

    def _edit(self, reason: TellingReason, addresses: Iterable[Told]) -> None:
        for told in addresses:
            if told.channel is Channel.SLACK:
                self._add(told, DeliveryKind.EDIT, reason)

    def _set(self, delivery: PlannedDelivery) -> PlannedDelivery:
        self._deliveries[delivery.channel, delivery.address, delivery.kind] = delivery
        return delivery

    def _add(
        self, told: Told, kind: DeliveryKind, reason: TellingReason, *, after: PlannedDelivery | None = None
    ) -> PlannedDelivery:
        level, why = disclosure_at(self._tlp, told.contact, told.channel.value, told.address, self._directory)
        planned = PlannedDelivery(
            institute=told.institute,
            contact=told.contact,
            channel=told.channel,
            address=told.address,
            kind=kind,
            reason=reason,
            disclosure=level,
            disclosure_reason=why,
            lane=self._lane(edits=kind is DeliveryKind.EDIT, pages=reason.begins),
            urgent=self._urgent,
            after=after,
        )
        return self._deliveries.setdefault((told.channel, told.address, kind), planned)

    def _lane(self, *, edits: bool, pages: bool) -> Lane:
        return lane_of(
            edits=edits,
            pages=pages,
            severity=self._event.severity,
            urgency=self._facts.urgency,
            status=self._event.status,
            purpose=self._event.purpose,
        )
