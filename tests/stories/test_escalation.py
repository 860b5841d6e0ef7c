"""Silence and answers, with the clock in hand: who is called when, and who is left in peace."""

from datetime import timedelta

import pytest

from tests.alerting.assessments import finding, incident
from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory, Ladder, Step
from tocsin_alerting.store import Store
from tocsin_schemas import Action, AlertChange, AlertEvent, AlertState, Answer, Severity, Tlp

EVERYBODY = 10


class Night:
    """The network from a report on, minute by minute."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seen = 0

    def pass_minutes(self, minutes: int) -> list[AlertEvent]:
        """The timer ticks each minute; what happened meanwhile."""
        for _ in range(minutes):
            self.desk.clock.advance(timedelta(minutes=1))
            self.desk.escalate()
            assert self.desk.violations() == []
        return self.news()

    def news(self) -> list[AlertEvent]:
        """What happened since it was asked last."""
        events = self.desk.events()
        fresh, self._seen = events[self._seen :], len(events)
        return fresh

    def everybody_answers(self, alert_id: str, *, but: str = "") -> None:
        """Every institute acknowledges, save one."""
        for institute in set(self.desk.directory.institute_names) - {but}:
            self.desk.answer(alert_id, institute)


@pytest.fixture
def night(store: Store, directory: Directory, clock: HandClock) -> Night:
    """A quiet network."""
    return Night(Desk(store, directory, clock))


def _calls(events: list[AlertEvent]) -> list[tuple[str | None, int | None, str]]:
    return [(event.institute, event.step, event.reason) for event in events if event.change is AlertChange.ESCALATED]


def test_nobody_answers(night: Night) -> None:
    """After a quarter of an hour the leads are called, after the next the coordinator hears of each, then of all."""
    night.desk.take(incident())
    first = night.pass_minutes(14)
    leads = night.pass_minutes(1)
    quiet = night.pass_minutes(14)
    exhausted = night.pass_minutes(1)
    after = night.pass_minutes(240)

    assert [event.change for event in first] == [AlertChange.RAISED]
    assert len(_calls(leads)) == EVERYBODY
    assert {(step, reason) for _, step, reason in _calls(leads)} == {(2, "no_answer")}
    assert quiet == []
    assert len(_calls(exhausted)) == EVERYBODY
    assert {(step, reason) for _, step, reason in _calls(exhausted)} == {(None, "ladder_exhausted")}
    assert [event.reason for event in after] == ["quorum_missed"]


def test_one_answers_in_time_and_the_others_do_not(night: Night) -> None:
    """Each institute answers for itself: its own answer spares nobody else."""
    alert_id = night.desk.take(incident()).alert_id
    night.pass_minutes(10)
    night.desk.answer(alert_id, "jp")
    calls = _calls(night.pass_minutes(60))

    assert "jp" not in {institute for institute, _, _ in calls}
    assert len(calls) == 2 * (EVERYBODY - 1)


def test_all_answer_in_time(night: Night) -> None:
    """Nobody is called a second time, that night or ever."""
    alert_id = night.desk.take(incident()).alert_id
    night.pass_minutes(5)
    night.everybody_answers(alert_id)
    calls = _calls(night.pass_minutes(120))

    assert calls == []
    assert night.desk.alert(alert_id).state == AlertState.ACKNOWLEDGED


def test_an_answer_after_the_lead_was_called_spares_the_coordinator(night: Night) -> None:
    """Late is not never."""
    alert_id = night.desk.take(incident()).alert_id
    night.everybody_answers(alert_id, but="us")
    calls = _calls(night.pass_minutes(20))
    night.desk.answer(alert_id, "us", by="us.lead")
    later = _calls(night.pass_minutes(120))

    assert calls == [("us", 2, "no_answer")]
    assert later == []


def test_an_answer_after_the_end_of_the_ladder_still_counts(night: Night) -> None:
    """An institute that comes back after a day can still say what it has to say."""
    alert_id = night.desk.take(incident()).alert_id
    night.everybody_answers(alert_id, but="us")
    night.pass_minutes(60)
    night.desk.answer(alert_id, "us", Answer.NOT_APPLICABLE)

    assert night.desk.alert(alert_id).state == AlertState.ACKNOWLEDGED


def test_a_raised_severity_calls_everybody_again(night: Night) -> None:
    """What they had acknowledged was less grave; the shorter ladder of the new severity runs from now."""
    alert_id = night.desk.take(finding("r1", severity=Severity.MODERATE)).alert_id
    night.everybody_answers(alert_id)
    night.pass_minutes(30)
    night.desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    (update,) = night.news()
    calls = _calls(night.pass_minutes(16))

    assert (update.reason, update.round, update.state) == ("severity_raised", 2, AlertState.OPEN)
    assert len(calls) == EVERYBODY


def test_a_raise_takes_the_place_of_the_ladder_under_way(night: Night) -> None:
    """The old ladder does not go on beside the new one."""
    night.desk.take(finding("r1", severity=Severity.MODERATE))
    night.pass_minutes(59)
    night.desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    night.news()
    quiet = night.pass_minutes(14)
    calls = _calls(night.pass_minutes(1))

    assert quiet == []
    assert len(calls) == EVERYBODY


def test_what_is_moderate_leaves_people_more_time(night: Night) -> None:
    """An hour for the duty desk."""
    night.desk.take(finding(severity=Severity.MODERATE))
    early = _calls(night.pass_minutes(59))
    due = _calls(night.pass_minutes(1))

    assert early == []
    assert len(due) == EVERYBODY


def test_what_is_minor_chases_nobody(night: Night) -> None:
    """It is told once."""
    night.desk.take(finding(severity=Severity.MINOR))

    assert [event.change for event in night.pass_minutes(180)] == [AlertChange.RAISED]


def test_a_policy_whose_first_step_may_not_be_told_begins_with_the_second(
    store: Store, directory: Directory, clock: HandClock
) -> None:
    """RED on a ladder that begins with a shared channel: the lead is called at once, not after a silent wait."""
    steps = (Step(team="duty", wait=timedelta(minutes=15)), Step(team="lead", wait=timedelta(minutes=15)))
    careless = Directory(
        contacts=directory.contacts.values(),
        ladders=[Ladder(id=ladder, steps=steps) for ladder in directory.ladders],
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version="careless-1",
    )
    night = Night(Desk(store, careless, clock))
    night.desk.take(incident(tlp=Tlp.RED))
    at_once = night.news()
    calls = _calls(night.pass_minutes(16))

    assert at_once[0].change is AlertChange.RAISED
    assert len(_calls(at_once)) == EVERYBODY
    assert {(step, reason) for _, step, reason in _calls(at_once)} == {(2, "step_cannot_be_told")}
    assert {(step, reason) for _, step, reason in calls} == {(None, "ladder_exhausted")}
