"""After the storm: every report accounted for, nothing raised twice, every repeated message explained by a death."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, select

from tests.crash.traffic import Part, Planned, broken_value
from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.harness import System
from tocsin_alerting.store.audit import audit
from tocsin_alerting.store.tables import AlertRow, ChangeRow, OutboxRow, ReportRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas import system_clock

_RECORDING_SECONDS = 10.0
"""Longer than a provider's call may take: so long after the provider's yes a death may leave it unrecorded."""


@dataclass(frozen=True, slots=True)
class Death:
    """A process that was killed, and started again."""

    name: str
    at: float
    """Monotonic seconds, once it was gone."""
    successor_at: float
    """When the next process of its name began to work, as that one logged it: before then it can have sent nothing."""

    def may_have_lost(self, first: float, again: float) -> bool:
        """Whether it can be why a message that the provider took at `first` was sent `again`.

        What a stand-in reads before the successor works was sent by the dead process, however long it lay in a socket;
        the repeat can only be the successor's.
        """
        return self.at - _RECORDING_SECONDS <= first < self.successor_at <= again


def taken(system: System) -> set[str]:
    """Ids of the reports that have a row."""
    with system.read() as session:
        return set(session.scalars(select(ReportRow.event_id)))


def is_quiet(system: System) -> bool:
    """Whether nothing is under way any more: events, attempts and due steps."""
    now = system_clock()
    with system.read() as session:
        waiting = (
            select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_(None)),
            select(func.count()).select_from(DeliveryRow).where(DeliveryRow.outcome == "pending"),
            select(func.count())
            .select_from(ResponseRow)
            .join(AlertRow, AlertRow.id == ResponseRow.alert_id)
            # Not only what is due: the quick ladders' three seconds are to be over as well.
            .where(ResponseRow.next_step_at.is_not(None), ResponseRow.step == 1, ResponseRow.ladder == "quick")
            .where(AlertRow.state == "open"),
        )
        return not any(session.scalar(each) for each in waiting) and not audit(session, now)


def check_reports(system: System, reports: Iterable[Planned]) -> None:
    """Each is a row, or a dead letter with its original bytes."""
    reports = list(reports)
    good = {report.event_id for report in reports if report.part is not Part.BROKEN}
    broken = {broken_value(report) for report in reports if report.part is Part.BROKEN}
    letters = system.dead_letters()

    assert taken(system) == good
    assert {letter.value for letter in letters} == broken
    assert {letter.stage for letter in letters} <= {"grade"}


def check_alerts(system: System, reports: Iterable[Planned]) -> None:
    """One alert for each thing that reports are gathered by, raised once; one step of each quick ladder, fired once."""
    expected = {report.gathers_by for report in reports if report.part in {Part.SEVERE, Part.MODERATE, Part.SHARED}}
    with system.read() as session:
        alerts = session.scalars(select(AlertRow)).all()
        keys = Counter(alert.correlation_key for alert in alerts)
        raised = session.scalars(select(ChangeRow.alert_id).where(ChangeRow.change == "raised")).all()
        steps = session.execute(select(ChangeRow.alert_id, ChangeRow.reason).where(ChangeRow.change == "escalated"))
        escalated = Counter((alert, reason) for alert, reason in steps)
        members = session.execute(select(ReportRow.series, ReportRow.alert_id).where(ReportRow.kind == "incident"))
        alerts_of_series: dict[str, set[str]] = defaultdict(set)
        for series, alert in members:
            alerts_of_series[series].add(alert)

    assert len(alerts) == len(expected)
    assert max(keys.values()) == 1
    assert sorted(raised) == sorted(alert.id for alert in alerts)
    assert {series for series, of in alerts_of_series.items() if len(of) != 1} == set()
    assert set(escalated.values()) <= {1}
    assert {reason for _, reason in escalated} <= {"no_answer"}


def check_deliveries(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, deaths: Iterable[Death]
) -> dict[str, int]:
    """Every planned delivery has an outcome, and what the providers saw agrees; how many were repeated, by channel."""
    with system.read() as session:
        rows = session.execute(select(DeliveryRow.id, DeliveryRow.outcome))
        outcomes = dict(rows.all())
    calls = {
        "slack": [
            (call.arguments["metadata"]["event_payload"]["delivery"], call.at)
            for call in slack.calls
            if call.method in {"chat.postMessage", "chat.update"} and call.error is None
        ],
        "email": [(mail.delivery, mail.at) for mail in sendgrid.mails],
    }
    deaths = list(deaths)
    repeated = {}
    for channel, seen in calls.items():
        times = _by_delivery(seen)

        assert set(times) <= set(outcomes), f"{channel}: a message that nobody planned"

        more = {delivery: at for delivery, at in times.items() if len(at) > 1}
        unexplained = {delivery: at for delivery, at in more.items() if not _explained(at, f"notify-{channel}", deaths)}

        assert unexplained == {}, (
            f"{channel}: repeated without a death in between; deaths: {deaths}\n{_story(system, channel, unexplained)}"
        )

        repeated[channel] = len(more)
    told = {delivery for seen in calls.values() for delivery, _ in seen}

    assert set(outcomes.values()) <= {"sent", "superseded"}
    assert {delivery for delivery, outcome in outcomes.items() if outcome == "sent"} <= told
    assert slack.violations == []
    assert sendgrid.violations == []
    return repeated


def check_invariants(system: System) -> None:
    """What must always hold of the store, holds."""
    with system.read() as session:
        violations = audit(session, system_clock())

    assert violations == []


def _story(system: System, channel: str, deliveries: Iterable[str]) -> str:
    """What the notifier has said of some deliveries."""
    said = system.processes[f"notify-{channel}"].said().splitlines()
    return "\n".join(line for line in said if "starting" in line or any(one in line for one in deliveries))


def _by_delivery(seen: Iterable[tuple[str, float]]) -> Mapping[str, list[float]]:
    times: dict[str, list[float]] = defaultdict(list)
    for delivery, at in seen:
        times[delivery].append(at)
    return times


def _explained(times: list[float], notifier: str, deaths: list[Death]) -> bool:
    """Whether between each message and its repeat the notifier was killed, soon enough to have left it unrecorded."""
    return all(
        any(death.name == notifier and death.may_have_lost(first, again) for death in deaths)
        for first, again in pairwise(times)
    )
