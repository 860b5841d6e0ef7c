"""What is wrong with the rotas in the days ahead, found before it happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.duty import Duty, DutyReason
from tocsin_alerting.policy.oncall.timeline import timeline
from tocsin_alerting.policy.reach import anybody_may_be_told
from tocsin_alerting.policy.routes import taken_by
from tocsin_schemas.vocabulary import Tlp


class RotaFaultKind(StrEnum):
    """What can be wrong."""

    GAP = "gap"
    """Nobody is on duty; the whole team would be told."""
    UNKNOWN_PERSON = "unknown_person"
    """The calendar names somebody whom the contacts do not know."""
    NO_COPY = "no_copy"
    """The calendar is not there to be followed; the whole team would be told."""
    OVERLAP = "overlap"
    """Shifts overlap: all of them are told."""
    CANNOT_BE_REACHED = "cannot_be_reached"
    """Who is on duty may be told nothing of what the team is called for."""
    LABEL_REACHES_NOBODY = "label_reaches_nobody"
    """While these people are on duty nobody on a ladder may be told of alerts with some label."""
    FEED_AWAY = "feed_away"
    """The calendar has not been reached for longer than its rota allows; its last good copy stands."""


_ADVICE = {
    RotaFaultKind.GAP: "The whole team would be told. Add a shift or an override.",
    RotaFaultKind.UNKNOWN_PERSON: "Correct the event, or add the contact with that mail address, id or name.",
    RotaFaultKind.NO_COPY: "The whole team would be told. See to the calendar.",
    RotaFaultKind.OVERLAP: "All of them would be told. Shorten one of the shifts, unless that is meant.",
    RotaFaultKind.CANNOT_BE_REACHED: "Give them clearance and an address for it, or let somebody else take the shift.",
    RotaFaultKind.LABEL_REACHES_NOBODY: (
        "Let somebody take the shift who is cleared for it; for TLP:RED that is a named person with an address that "
        "nobody shares."
    ),
    RotaFaultKind.FEED_AWAY: "The last good copy stands. See to the calendar.",
}
_GAPS = {
    DutyReason.NOBODY: RotaFaultKind.GAP,
    DutyReason.NOT_BEGUN: RotaFaultKind.GAP,
    DutyReason.NO_COPY: RotaFaultKind.NO_COPY,
}


@dataclass(frozen=True, slots=True)
class RotaFault:
    """Something wrong with a rota for some time ahead."""

    institute: str
    team: str
    kind: RotaFaultKind
    begin: datetime
    end: datetime
    """Or the end of what was looked at."""
    what: str
    """Who or what it is about."""

    @property
    def grave(self) -> bool:
        """Whether somebody must do something; shifts that overlap may be meant to."""
        return self.kind is not RotaFaultKind.OVERLAP

    def __str__(self) -> str:
        """One sentence for operators, and what to do."""
        kind, what = self.kind.value.replace("_", " "), f": {self.what}" if self.what else ""
        when = f"from {self.begin:%Y-%m-%dT%H:%MZ} to {self.end:%Y-%m-%dT%H:%MZ}"
        return f"rotas ({self.institute} {self.team}): {kind} {when}{what}. {_ADVICE[self.kind]}"


def rota_faults(directory: Directory, *, begin: datetime, end: datetime) -> tuple[RotaFault, ...]:
    """What is wrong with all rotas between two instants, the soonest first."""
    faults: list[RotaFault] = []
    served = labels_of_ladders(directory)
    for institute, team in sorted(directory.rotas):
        faults.extend(_joined(_team_faults(directory, institute, team, served, begin, end)))
    for institute in sorted({institute for institute, _ in directory.rotas}):
        faults.extend(_joined(_label_faults(directory, institute, served, begin, end)))
    return tuple(sorted(faults, key=lambda fault: (fault.begin, fault.institute, fault.team, fault.kind)))


def labels_of_ladders(directory: Directory) -> dict[str, frozenset[Tlp]]:
    """The labels of the alerts that each ladder is really called for, earlier routes considered."""
    taken = taken_by(directory.routes).labels
    return {
        ladder: frozenset(label for route in directory.routes if route.ladder == ladder for label in taken[route.id])
        for ladder in directory.ladders
    }


def _team_faults(
    directory: Directory, institute: str, team: str, served: dict[str, frozenset[Tlp]], begin: datetime, end: datetime
) -> Iterator[RotaFault]:
    labels = {
        label
        for ladder in directory.ladders.values()
        if any(step.team == team for step in ladder.steps)
        for label in served[ladder.id]
    }
    for span in timeline(directory.rotas[institute, team], begin, end):
        for kind, what in _duty_faults(directory, span.duty, labels):
            yield RotaFault(institute, team, kind, span.begin, span.end, what)


def _duty_faults(directory: Directory, duty: Duty, labels: set[Tlp]) -> Iterator[tuple[RotaFaultKind, str]]:
    if duty.reason in _GAPS:
        yield _GAPS[duty.reason], duty.detail
    for unknown in duty.unknown:
        yield RotaFaultKind.UNKNOWN_PERSON, unknown
    if duty.events > 1 and len(duty.holders) > 1:
        yield RotaFaultKind.OVERLAP, ", ".join(duty.holders)
    for holder in duty.holders:
        contact = directory.contacts[holder]
        if not any(anybody_may_be_told([contact], label) for label in labels):
            yield RotaFaultKind.CANNOT_BE_REACHED, holder


def _label_faults(
    directory: Directory, institute: str, served: dict[str, frozenset[Tlp]], begin: datetime, end: datetime
) -> Iterator[RotaFault]:
    rotas = {team: rota for (owner, team), rota in directory.rotas.items() if owner == institute}
    edges = sorted({begin, end, *(edge for rota in rotas.values() for edge in rota.changes(begin, end))})
    for first, last in pairwise(edges):
        for ladder in directory.ladders.values():
            teams = [step.team for step in ladder.steps]
            with_rota = next((team for team in teams if team in rotas), None)
            people = [contact for team in teams for contact in directory.team(institute, team, first)]
            untold = [label for label in Tlp if label in served[ladder.id] and not anybody_may_be_told(people, label)]
            if with_rota is not None and untold:
                what = f"{', '.join(untold)} ('{ladder.id}')"
                yield RotaFault(institute, with_rota, RotaFaultKind.LABEL_REACHES_NOBODY, first, last, what)


def _joined(faults: Iterable[RotaFault]) -> list[RotaFault]:
    """Faults that go on where the last left off are one."""
    found: list[RotaFault] = []
    for fault in faults:
        same = next(
            (
                number
                for number, other in enumerate(found)
                if (other.kind, other.what, other.end) == (fault.kind, fault.what, fault.begin)
            ),
            None,
        )
        if same is None:
            found.append(fault)
        else:
            found[same] = replace(found[same], end=fault.end)
    return found
