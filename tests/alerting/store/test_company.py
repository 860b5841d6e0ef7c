"""Reports in company: confirmations, repetitions, replacements, and alerts that belong together without being one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.alerting.assessments import evidence, finding, incident, retraction
from tests.alerting.store.desk import Desk
from tocsin_alerting.messages.view import AlertView, Deed
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.store.tables import RelationRow, ReportRow
from tocsin_alerting.store.view import alert_view
from tocsin_schemas import (
    Action,
    AlertChange,
    AlertState,
    Answer,
    Certainty,
    ReportKind,
    Severity,
    Status,
    Tlp,
    Urgency,
)


def _view(desk: Desk, alert: str, level: Level = Level.FULL) -> AlertView:
    with desk.store.read() as session:
        view = alert_view(session, alert, directory=desk.directory, level=lambda _: level)
    assert view is not None
    return view


def _related(desk: Desk, alert: str) -> set[tuple[str, str]]:
    with desk.store.read() as session:
        rows = session.scalars(select(RelationRow).where(RelationRow.alert_id == alert))
        return {(row.relation, row.other_id) for row in rows}


def _current(desk: Desk) -> set[tuple[str, str]]:
    """Every report that counts, with its alert."""
    with desk.store.read() as session:
        rows = session.scalars(select(ReportRow).where(ReportRow.current))
        return {(row.event_id, row.alert_id) for row in rows}


def test_a_confirmation_is_told_and_nobody_is_asked_anew(desk: Desk) -> None:
    """Certainty and urgency rise by the policy's step, the severity and the round stay, answers stand."""
    first = desk.take(finding("r1", institute="gb", certainty=Certainty.POSSIBLE, evidence=evidence("x")))
    desk.answer(first.alert_id, "fr")
    second = desk.take(finding("r2", institute="jp", certainty=Certainty.POSSIBLE, evidence=evidence("y")))
    alert = desk.alert(first.alert_id)
    view = _view(desk, first.alert_id)

    assert (second.reason, second.change) == (LifecycleReason.CORROBORATED, AlertChange.UPDATED)
    assert (alert.severity, alert.round, alert.certainty, alert.urgency) == ("severe", 1, "likely", "immediate")
    assert desk.responses(first.alert_id)["fr"].answer == Answer.ACKNOWLEDGE
    assert view.confirmed_by == ("Japan AI Safety Institute",)
    assert view.reported_certainty is Certainty.POSSIBLE
    assert [(each.verdict, each.other_report) for each in view.verdicts] == [
        (Verdict.FIRST, None),
        (Verdict.CONFIRMS, "r1"),
    ]
    assert view.changes[-1].reporters == ("Japan AI Safety Institute",)
    assert desk.violations() == []


def test_who_may_not_read_the_text_learns_nothing_of_who_confirms(desk: Desk) -> None:
    """A notice names no reporter."""
    first = desk.take(finding("r1", institute="gb"))
    desk.take(finding("r2", institute="jp"))
    view = _view(desk, first.alert_id, Level.NOTICE)

    assert (view.confirmed_by, view.verdicts, view.reported_certainty) == ((), (), None)
    assert all(change.reporters == () and change.deed is None for change in view.changes)


def test_where_the_policy_says_so_a_confirmation_asks_everybody_anew(desk: Desk) -> None:
    """Once: a further confirmation does not."""
    desk.directory.corroboration = replace(desk.directory.corroboration, page_again=frozenset({Severity.SEVERE}))
    try:
        first = desk.take(finding("r1", institute="gb"))
        second = desk.take(finding("r2", institute="jp"))
        third = desk.take(finding("r3", institute="kr"))
    finally:
        desk.directory.corroboration = replace(desk.directory.corroboration, page_again=frozenset())

    assert second.reason is LifecycleReason.CORROBORATED_ASKED_ANEW
    assert third.reason is LifecycleReason.CORROBORATED
    assert desk.alert(first.alert_id).round == 2
    assert desk.violations() == []


@pytest.mark.parametrize("named", [{"evidence": evidence("x")}, {"evidence": evidence("y"), "derived_from": ("r1",)}])
def test_a_repetition_is_counted_once(desk: Desk, named: dict[str, Any]) -> None:
    """The same evidence, or a report that says it builds on another, confirms nothing."""
    first = desk.take(finding("r1", institute="gb", evidence=evidence("x")))
    second = desk.take(finding("r2", institute="jp", **named))
    alert = desk.alert(first.alert_id)

    assert second.reason is LifecycleReason.REPORT_REPEATED
    assert (alert.certainty, alert.severity) == ("likely", "severe")
    assert len({each.verdict for each in _view(desk, first.alert_id).verdicts}) == 2


def test_a_confirmation_that_is_taken_back_no_longer_confirms(desk: Desk) -> None:
    """Certainty falls to what is left, and that is told with its reason."""
    first = desk.take(finding("r1", institute="gb"))
    desk.take(finding("r2", institute="jp"))
    taken = desk.take(retraction("r3", "r2", institute="jp"))
    alert = desk.alert(first.alert_id)
    change = _view(desk, first.alert_id).changes[-1]

    assert taken.reason is LifecycleReason.CONFIRMATION_LOST
    assert (alert.certainty, alert.urgency) == ("likely", "expected")
    assert (change.deed, change.note) == (Deed.TOOK_BACK, "A mistake.")


def test_origins_go_through_reports_of_other_alerts(desk: Desk) -> None:
    """C builds on b, which is told under another label, which builds on a."""
    first = desk.take(finding("a", institute="gb", evidence=evidence("x")))
    desk.take(finding("b", institute="fr", tlp=Tlp.GREEN, evidence=evidence("y"), derived_from=("a",)))
    third = desk.take(finding("c", institute="jp", evidence=evidence("z"), derived_from=("b",)))

    assert third.alert_id == first.alert_id
    assert third.reason is LifecycleReason.REPORT_REPEATED
    assert desk.alert(first.alert_id).certainty == "likely"


def test_a_source_that_is_told_elsewhere_and_comes_late_takes_a_confirmation_back(desk: Desk) -> None:
    """B builds on jp's a, which comes last and under another label: jp's c no longer confirms it, and that is told."""
    first = desk.take(finding("b", institute="gb", evidence=evidence("y"), derived_from=("jp a",)))
    desk.take(finding("c", institute="jp", evidence=evidence("z")))
    sure = desk.alert(first.alert_id).certainty
    desk.take(finding("a", institute="jp", tlp=Tlp.GREEN, evidence=evidence("x")))
    last = [event for event in desk.events() if event.alert == first.alert_id][-1]

    assert sure == "observed"
    assert desk.alert(first.alert_id).certainty == "likely"
    assert last.reason == LifecycleReason.CONFIRMATION_LOST


def test_certainty_and_urgency_are_of_all_reports_and_not_of_the_newest(desk: Desk) -> None:
    """The lead speaks for the alert; how sure and how soon it is follows from all."""
    first = desk.take(finding("r1", institute="gb", certainty=Certainty.LIKELY, urgency=Urgency.IMMEDIATE))
    desk.take(finding("r2", institute="gb", certainty=Certainty.POSSIBLE, urgency=Urgency.FUTURE))
    alert = desk.alert(first.alert_id)

    assert (alert.certainty, alert.urgency) == ("likely", "immediate")


def test_the_same_incident_told_by_another_institute_joins(desk: Desk) -> None:
    """By its own word or by its evidence; whichever came first."""
    first = desk.take(incident("i1", institute="gb", supporting_materials=evidence("x")))
    second = desk.take(incident("i2", institute="jp", derived_from=("i1",)))
    third = desk.take(incident("i3", institute="kr", supporting_materials=evidence("x")))
    other = desk.take(incident("i4", institute="fr", supporting_materials=evidence("y")))

    assert second.alert_id == third.alert_id == first.alert_id
    assert (second.reason, third.reason) == (LifecycleReason.REPORT_REPEATED, LifecycleReason.REPORT_REPEATED)
    assert other.alert_id != first.alert_id


def test_the_original_joins_where_its_repetition_came_first(desk: Desk) -> None:
    """The order of arrival is Kafka's."""
    second = desk.take(incident("i2", institute="jp", derived_from=("urn:tocsin:institute:gb i1",)))
    first = desk.take(incident("i1", institute="gb"))

    assert first.alert_id == second.alert_id


def test_a_name_that_two_reports_bear_says_nothing(desk: Desk) -> None:
    """Two incidents with one id of two institutes: what builds on that id joins neither."""
    gb, jp = desk.take(incident("i1", institute="gb")), desk.take(incident("i1", institute="jp"))
    third = desk.take(incident("i2", institute="kr", derived_from=("i1",)))

    assert len({gb.alert_id, jp.alert_id, third.alert_id}) == 3
    assert _related(desk, third.alert_id) == set()


@pytest.mark.parametrize("apart", [{"tlp": Tlp.RED}, {"status": Status.EXERCISE}])
def test_under_another_label_the_same_incident_stays_apart_and_is_pointed_to(desk: Desk, apart: dict[str, Any]) -> None:
    """No text becomes stricter, looser or real by the company it keeps."""
    first = desk.take(incident("i1", institute="gb"))
    second = desk.take(incident("i2", institute="jp", derived_from=("i1",), **apart))

    assert second.alert_id != first.alert_id
    assert desk.alert(first.alert_id).tlp == "TLP:AMBER"
    assert _related(desk, first.alert_id) == {("same_event", second.alert_id)}
    assert _related(desk, second.alert_id) == {("same_event", first.alert_id)}


def test_what_comes_long_after_the_last_change_raises_a_new_alert(desk: Desk) -> None:
    """The old one stays as it is, open and unanswered as it may be; each points to the other."""
    first = desk.take(finding("r1", institute="gb"))
    desk.clock.advance(timedelta(days=29))
    joined = desk.take(finding("r2", institute="jp"))
    desk.clock.advance(timedelta(days=31))
    late = desk.take(finding("r3", institute="kr"))
    further = desk.take(finding("r4", institute="fr"))
    own = desk.take(finding("r5", institute="gb", series="r1", action=Action.UPDATE))

    assert joined.alert_id == first.alert_id
    assert own.alert_id == first.alert_id
    assert late.alert_id == further.alert_id != first.alert_id
    assert late.change is AlertChange.RAISED
    assert desk.alert(first.alert_id).state == AlertState.OPEN
    assert _related(desk, first.alert_id) == {("continued_by", late.alert_id)}
    assert _related(desk, late.alert_id) == {("continues", first.alert_id)}


def test_a_report_replaces_another_series_in_its_alert(desk: Desk) -> None:
    """It is as severe as the new one; the old one stands no longer and says what took its place."""
    first = desk.take(finding("r1", severity=Severity.SEVERE))
    taken = desk.take(finding("r2", severity=Severity.MINOR, supersedes=("r1",)))
    view = _view(desk, first.alert_id)

    assert taken.alert_id == first.alert_id
    assert taken.reason is LifecycleReason.SEVERITY_LOWERED
    assert _current(desk) == {("r2", first.alert_id)}
    assert [report.superseded_by for report in view.reports] == ["r2", None]
    assert desk.violations() == []


def test_a_report_replaces_another_one_of_the_same_grade(desk: Desk) -> None:
    """That is told as what it is; nobody is asked anew."""
    first = desk.take(finding("r1"))
    taken = desk.take(finding("r2", supersedes=("urn:tocsin:institute:gb r1",)))

    assert taken.reason is LifecycleReason.REPORT_SUPERSEDED
    assert desk.alert(first.alert_id).round == 1


def test_a_report_that_is_replaced_in_another_alert_takes_that_alert_back(desk: Desk) -> None:
    """The wrong system had been named: whoever was told of it learns that it is no longer so, and where to look."""
    wrong = desk.take(finding("r1", system="model-a"))
    right = desk.take(finding("r2", system="model-b", supersedes=("r1",)))
    events = [event for event in desk.events() if event.alert == wrong.alert_id]
    change = _view(desk, wrong.alert_id).changes[-1]

    assert right.alert_id != wrong.alert_id
    assert (events[-1].change, events[-1].reason) == (AlertChange.RETRACTED, "superseded")
    assert _related(desk, wrong.alert_id) == {("superseded_by", right.alert_id)}
    assert _related(desk, right.alert_id) == {("supersedes", wrong.alert_id)}
    assert (change.reporters, change.deed) == (("UK AI Security Institute",), Deed.REPLACED)
    assert desk.violations() == []


def test_where_others_stand_a_replaced_report_lowers_its_alert(desk: Desk) -> None:
    """Severity is recomputed from what is left, and told there."""
    wrong = desk.take(finding("r1", institute="gb", system="model-a", severity=Severity.SEVERE))
    desk.take(finding("r3", institute="jp", system="model-a", severity=Severity.MINOR))
    right = desk.take(finding("r2", institute="gb", system="model-b", supersedes=("r1",)))
    alert = desk.alert(wrong.alert_id)
    last = [event for event in desk.events() if event.alert == wrong.alert_id][-1]

    assert (alert.severity, alert.state) == ("minor", "open")
    assert last.reason == "severity_lowered"
    assert _current(desk) == {("r3", wrong.alert_id), ("r2", right.alert_id)}
    assert desk.violations() == []


def test_an_incident_that_replaces_another_goes_on_in_its_alert(desk: Desk) -> None:
    """It is the same event told anew: who has answered has answered."""
    first = desk.take(incident("i1"))
    desk.answer(first.alert_id, "fr")
    second = desk.take(incident("i2", supersedes=("i1",)))

    assert second.alert_id == first.alert_id
    assert desk.responses(first.alert_id)["fr"].answer == Answer.ACKNOWLEDGE


def test_nobody_replaces_the_reports_of_another_institute(desk: Desk) -> None:
    """Series belong to the institute that opened them."""
    desk.take(finding("r1", institute="gb", system="model-a"))
    desk.take(finding("r2", institute="jp", system="model-b", supersedes=("r1", "gb r1", "urn:tocsin:institute:gb r1")))

    assert {event_id for event_id, _ in _current(desk)} == {"r1", "r2"}


def test_a_series_of_ones_own_that_bears_the_others_name_stands(desk: Desk) -> None:
    """Jp names gb's series, by whole name and by id; its own of the same name is not meant by that."""
    desk.take(finding("r1", institute="gb", system="model-a"))
    desk.take(finding("r1", institute="jp", system="model-c"))
    desk.take(finding("r2", institute="jp", system="model-b", supersedes=("gb r1", "urn:tocsin:institute:gb r1")))

    assert sorted(event_id for event_id, _ in _current(desk)) == ["r1", "r1", "r2"]


def test_what_replaces_may_come_before_what_it_replaces(desk: Desk) -> None:
    """The replaced report is kept, points to what took its place, counts nowhere, and is told to nobody."""
    right = desk.take(finding("r2", supersedes=("r1",)))
    late = desk.take(finding("r1", system="model-a"))
    later = desk.take(finding("r3", series="r1", action=Action.UPDATE, system="model-a"))
    (event,) = (event for event in desk.events() if event.alert == late.alert_id)

    assert late.reason is LifecycleReason.SUPERSEDED_BEFORE
    assert (later.reason, later.alert_id, later.change) == (LifecycleReason.ALREADY_RETRACTED, late.alert_id, None) or (
        later.reason is LifecycleReason.SUPERSEDED_BEFORE
    )
    assert event.change is AlertChange.RETRACTED
    assert _current(desk) == {("r2", right.alert_id)}
    assert _related(desk, late.alert_id) == {("superseded_by", right.alert_id)}
    assert desk.responses(late.alert_id) == {}
    assert desk.violations() == []


def test_replacements_hold_in_a_row(desk: Desk) -> None:
    """r3 replaces r2, which replaced r1: whichever comes last, only r3 counts."""
    desk.take(finding("r3", tlp=Tlp.GREEN, supersedes=("r2",)))
    desk.take(finding("r2", supersedes=("r1",)))
    desk.take(finding("r1"))

    assert {event_id for event_id, _ in _current(desk)} == {"r3"}


def test_when_what_replaced_it_is_taken_back_a_series_may_be_reported_again(desk: Desk) -> None:
    """It does not come back by itself: its institute has said that it is wrong."""
    first = desk.take(finding("r1"))
    desk.take(finding("r2", supersedes=("r1",)))
    gone = desk.take(retraction("r3", "r2"))
    again = desk.take(finding("r4", series="r1", action=Action.UPDATE))

    assert gone.change is AlertChange.RETRACTED
    assert again.reason is LifecycleReason.REPORTED_AGAIN
    assert again.alert_id != first.alert_id


def test_where_each_replaces_the_other_the_newer_word_counts(desk: Desk) -> None:
    """An institute may change its mind twice."""
    desk.take(finding("r1"))
    desk.take(finding("r2", supersedes=("r1",)))
    desk.take(finding("r3", series="r1", action=Action.UPDATE, supersedes=("r2",)))

    assert {event_id for event_id, _ in _current(desk)} == {"r3"}


def test_a_series_that_is_named_and_never_comes_is_said(desk: Desk) -> None:
    """Nothing is lost: the alert's page shows what the report says it replaces."""
    first = desk.take(finding("r1", supersedes=("never",), derived_from=("nowhere",)))
    (report,) = _view(desk, first.alert_id).reports

    assert (report.supersedes, report.derived_from) == (("never",), ("nowhere",))
    assert first.reason is LifecycleReason.FIRST_REPORT


def test_a_retraction_has_no_company(desk: Desk) -> None:
    """It takes back its own series and nothing else."""
    first = desk.take(incident("i1"))
    taken = desk.take(retraction("i2", "i1", kind=ReportKind.INCIDENT))

    assert (taken.alert_id, taken.reason) == (first.alert_id, LifecycleReason.NOTHING_CURRENT)
