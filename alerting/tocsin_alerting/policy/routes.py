"""Ladders and routes as operators write them: which alerts are told to whom, and how long an answer is awaited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product
from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.contacts import PolicyId
from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import AlertPurpose, ReportKind, Severity, Status, Tlp


class Channels(StrEnum):
    """By which of their addresses the people of a step are told."""

    EACH = "each"
    """By all of them at once."""
    FIRST = "first"
    """By the one that stands first; by the next when that one does not reach them."""


class Step(Record):
    """One step of a ladder: who is told, and how long an answer is awaited before the next step."""

    team: PolicyId
    channels: Channels = Channels.EACH
    wait: Annotated[timedelta, Field(gt=timedelta(0))]
    """As ISO 8601 writes durations: `PT15M` is a quarter of an hour."""


class Ladder(Record):
    """Who is told next inside an institute if nobody answers."""

    id: PolicyId
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Audience(StrEnum):
    """Which institutes a route tells."""

    ALL = "all"
    REPORTER = "reporter"
    REPORTER_AND_COORDINATOR = "reporter_and_coordinator"


class Route(Record):
    """What happens with alerts of some kind. Routes are tried in order; the first that matches is taken."""

    id: PolicyId
    purposes: tuple[AlertPurpose, ...] = tuple(AlertPurpose)
    """Guidance concerns the institutes whose results it compares, and with any other audience the coordinator too."""
    severities: tuple[Severity, ...] = tuple(Severity)
    kinds: tuple[ReportKind, ...] = tuple(ReportKind)
    statuses: tuple[Status, ...] = tuple(Status)
    tlps: tuple[Tlp, ...] = tuple(Tlp)
    audience: Audience
    ladder: PolicyId
    answer_required: bool = True
    """Whether silence moves the ladder on."""

    def matches(
        self,
        *,
        severity: Severity,
        kind: ReportKind,
        status: Status,
        tlp: Tlp,
        purpose: AlertPurpose = AlertPurpose.REPORT,
    ) -> bool:
        """Whether alerts like this take the route, if no earlier one does."""
        if purpose not in self.purposes:
            return False
        return severity in self.severities and kind in self.kinds and status in self.statuses and tlp in self.tlps


@dataclass(frozen=True, slots=True)
class Taken:
    """What routes really take, earlier ones considered."""

    labels: Mapping[str, frozenset[Tlp]]
    """Of the alerts that each route takes, by its id; none where earlier ones take all it would."""
    gaps: tuple[str, ...]
    """Alerts that no route takes, as operators would write them."""


def taken_by(routes: tuple[Route, ...]) -> Taken:
    """Which alerts each route really takes, and which none takes."""
    labels: dict[str, set[Tlp]] = {route.id: set() for route in routes}
    gaps = []
    for severity, kind, status, tlp, purpose in product(Severity, ReportKind, Status, Tlp, AlertPurpose):
        for route in routes:
            if route.matches(severity=severity, kind=kind, status=status, tlp=tlp, purpose=purpose):
                labels[route.id].add(tlp)
                break
        else:
            gaps.append(f"severity={severity} kind={kind} status={status} tlp={tlp} purpose={purpose}")
    return Taken({route: frozenset(found) for route, found in labels.items()}, tuple(gaps))
