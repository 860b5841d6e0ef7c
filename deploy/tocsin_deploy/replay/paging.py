"""Who would be asked, had a report been graded otherwise: by the present policy, one report by itself."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.routing import RoutedAlert, plan_route
from tocsin_deploy.replay.regrading import Identity
from tocsin_schemas import Severity


@dataclass(frozen=True, slots=True)
class Paging:
    """Institutes by what would become of them, each in the order of their ids."""

    newly_asked: tuple[str, ...] = ()
    """Would owe an answer and did not, or would owe it anew because the severity is raised."""
    newly_told: tuple[str, ...] = ()
    """Would be told without owing an answer, and were not told at all."""
    no_longer_asked: tuple[str, ...] = ()
    """Owed an answer and would not."""


def paging(report: Identity, before: Severity, after: Severity, directory: Directory) -> Paging:
    """Whom the present policy would ask and tell at `after`, beyond whom it asks and tells at `before`."""
    if before is after:
        return Paging()
    asked_before, told_before = _concerned(report, before, directory)
    asked_after, told_after = _concerned(report, after, directory)
    # A raised severity begins a new round: what was answered before does not answer it.
    anew = asked_after if after.rank > before.rank else asked_after - asked_before
    return Paging(
        newly_asked=tuple(sorted(anew)),
        newly_told=tuple(sorted(told_after - asked_after - told_before)),
        no_longer_asked=tuple(sorted(asked_before - asked_after)),
    )


def _concerned(report: Identity, severity: Severity, directory: Directory) -> tuple[set[str], set[str]]:
    routed = RoutedAlert(
        kind=report.kind, status=report.status, tlp=report.tlp, severity=severity, reporters=[report.institute]
    )
    concerns = plan_route(routed, directory).concerns
    told = {concern.institute for concern in concerns}
    return {concern.institute for concern in concerns if concern.answer_required}, told
