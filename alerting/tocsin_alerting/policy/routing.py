"""Which institutes an alert concerns, by which ladder each is called, and whether it owes an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from tocsin_alerting.policy.directory import Audience, Directory
from tocsin_schemas.vocabulary import AlertPurpose, ReportKind, Severity, Status, Tlp


class ConcernReason(StrEnum):
    """Why an institute is concerned."""

    REPORTER = "reporter"
    """It reported."""
    COORDINATOR = "coordinator"
    """It coordinates the network."""
    MEMBER = "member"
    """The route tells every member."""


@dataclass(frozen=True, slots=True)
class RoutedAlert:
    """What routes look at."""

    kind: ReportKind
    status: Status
    tlp: Tlp
    severity: Severity
    reporters: Collection[str]
    """Of a guidance alert the institutes whose results it compares."""
    purpose: AlertPurpose = AlertPurpose.REPORT


@dataclass(frozen=True, slots=True)
class Concern:
    """An institute that is told, and what it owes."""

    institute: str
    ladder: str
    answer_required: bool
    reason: ConcernReason


@dataclass(frozen=True, slots=True)
class Plan:
    """The route that was taken and whom it concerns, by institute."""

    route: str
    concerns: tuple[Concern, ...]


def plan_route(alert: RoutedAlert, directory: Directory) -> Plan:
    """Whom an alert concerns: the first route that matches decides.

    Raises:
        LookupError: no route does. `load_directory` refuses such a policy.
    """
    for route in directory.routes:
        if route.matches(
            severity=alert.severity, kind=alert.kind, status=alert.status, tlp=alert.tlp, purpose=alert.purpose
        ):
            return Plan(
                route=route.id,
                concerns=tuple(
                    Concern(institute, route.ladder, route.answer_required, reason)
                    for institute, reason in sorted(_audience(route.audience, alert, directory).items())
                ),
            )
    raise LookupError(
        f"policy {directory.version}: no route takes severity={alert.severity} kind={alert.kind} "
        f"status={alert.status} tlp={alert.tlp} purpose={alert.purpose}; add one at the end of policy.yaml"
    )


def _audience(audience: Audience, alert: RoutedAlert, directory: Directory) -> dict[str, ConcernReason]:
    concerned: dict[str, ConcernReason] = {}
    if audience is Audience.ALL and alert.purpose is not AlertPurpose.GUIDANCE:
        concerned |= dict.fromkeys(directory.institute_names, ConcernReason.MEMBER)
    if audience in {Audience.ALL, Audience.REPORTER_AND_COORDINATOR}:
        concerned[directory.coordinator] = ConcernReason.COORDINATOR
    return concerned | dict.fromkeys(alert.reporters, ConcernReason.REPORTER)
