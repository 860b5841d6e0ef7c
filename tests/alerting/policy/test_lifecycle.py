"""What is current decides how severe an alert is, in whatever order, and however often, it came to be known."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.lifecycle import (
    AlertNow,
    Arriving,
    Decision,
    LifecycleReason,
    Standing,
    decide,
    lead_of,
)
from tocsin_alerting.policy.raising import raise_alert
from tocsin_schemas import Action, AlertChange, AlertState, Severity

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
GRADES = [severity for severity in Severity if severity is not Severity.UNCLASSIFIED]


def _report(number: int, series: str, severity: Severity | None, at: int | None = None) -> Arriving:
    action = Action.RETRACT if severity is None else Action.UPDATE
    received = START + timedelta(seconds=number if at is None else at)
    return Arriving(f"r{number:03}", series, action, severity, received)


def _after(decision: Decision, before: AlertNow | None) -> AlertNow:
    state = before.state if before is not None else AlertState.OPEN
    if decision.change is AlertChange.RETRACTED:
        state = AlertState.RETRACTED
    return AlertNow(state, decision.severity, decision.current)


def _run(reports: list[Arriving]) -> tuple[AlertNow | None, list[Decision]]:
    """One alert's life without a store: events are taken once."""
    alert: AlertNow | None = None
    taken: set[str] = set()
    decisions = []
    for report in reports:
        if report.id in taken:
            continue
        if alert is None or alert.state is AlertState.RETRACTED:
            if report.severity is None:
                # Of a series that is known, it is recorded; it changes nothing, and its repeats change nothing.
                taken.add(report.id)
                continue
            decision = raise_alert(report)
            alert = None
        else:
            decision = decide(alert, report)
        taken.add(report.id)
        decisions.append(decision)
        alert = _after(decision, alert)
    return alert, decisions


_histories = st.lists(
    st.tuples(st.sampled_from("abc"), st.none() | st.sampled_from(list(Severity))), min_size=1, max_size=10
)


@given(_histories, st.data())
def test_neither_the_order_of_series_nor_repeats_change_the_end(
    history: list[tuple[str, Severity | None]], data: st.DataObject
) -> None:
    """Series keep their own order, as Kafka does; how they interleave, and what comes twice, is nobody's promise.

    Every series is opened first: a retraction that overtook its report would be refused.
    """
    opened = [("a", Severity.MINOR), ("b", Severity.MINOR), ("c", Severity.MINOR), *history]
    reports = [_report(number, series, severity) for number, (series, severity) in enumerate(opened)]
    by_series = {
        key: list(group) for key, group in groupby(sorted(reports, key=lambda r: r.series), lambda r: r.series)
    }
    turns = data.draw(st.permutations([report.series for report in reports]))
    queues = {series: iter(queue) for series, queue in by_series.items()}
    shuffled = [next(queues[series]) for series in turns]
    position = data.draw(st.integers(0, len(shuffled)))
    repeated = [*shuffled[:position], *shuffled[:position], *shuffled[position:]]
    last = {report.series: report.severity for report in reports}
    expected = [severity for severity in last.values() if severity is not None]
    end, _ = _run(repeated)

    assert end is not None
    assert {(standing.series, standing.severity) for standing in end.current} == {
        (series, severity) for series, severity in last.items() if severity is not None
    }
    if expected:
        assert end.severity is max(expected, key=lambda severity: severity.rank)
        assert end.state is AlertState.OPEN
    else:
        assert end.state is AlertState.RETRACTED


@given(_histories)
def test_every_decision_fits_what_it_says(history: list[tuple[str, Severity | None]]) -> None:
    """A round begins exactly when the severity is raised; the lead is as severe as the alert and current."""
    severity: Severity | None = None
    _, decisions = _run([_report(number, *each) for number, each in enumerate(history)])
    for decision in decisions:
        if decision.change is AlertChange.RAISED:
            severity = None
        raised = severity is not None and decision.severity.rank > severity.rank
        leads = [standing for standing in decision.current if standing.id == decision.lead]

        assert decision.new_round is raised is (decision.reason is LifecycleReason.SEVERITY_RAISED)
        assert (decision.change is AlertChange.RETRACTED) is (decision.reason is LifecycleReason.NOTHING_CURRENT)
        assert not decision.current or leads[0].severity is decision.severity
        severity = decision.severity


@pytest.mark.parametrize("grade", GRADES)
def test_any_grade_outweighs_unclassified(grade: Severity) -> None:
    """What the rubric does not know hides nothing that it knows, and a first grade asks everybody anew."""
    alert = AlertNow(AlertState.OPEN, Severity.UNCLASSIFIED, (Standing("r0", "a", Severity.UNCLASSIFIED, START),))
    decision = decide(alert, _report(1, "b", grade))

    assert (decision.severity, decision.lead, decision.new_round) == (grade, "r001", True)


def test_of_equally_severe_reports_the_newest_speaks() -> None:
    """Readers see the latest word on what is worst."""
    reports = [
        Standing("r1", "a", Severity.SEVERE, START),
        Standing("r2", "b", Severity.SEVERE, START + timedelta(seconds=1)),
        Standing("r3", "c", Severity.MINOR, START + timedelta(seconds=2)),
    ]

    assert lead_of(reports) == "r2"


def test_taking_back_what_is_not_current_changes_nothing() -> None:
    """It is recorded, and nobody is told twice."""
    alert = AlertNow(AlertState.OPEN, Severity.MINOR, (Standing("r0", "a", Severity.MINOR, START),))
    decision = decide(alert, _report(1, "b", None))

    assert (decision.change, decision.reason) == (None, LifecycleReason.ALREADY_RETRACTED)
    assert decision.current == alert.current
