"""Ladders move on by silence: once each, whoever looks, and never past an answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.alerting.assessments import finding, retraction
from tests.alerting.store.desk import Desk
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.ladders import LadderReason
from tocsin_alerting.store.escalations import Fired, due_steps, fire, fire_due
from tocsin_schemas import AlertChange, Answer


def test_nothing_fires_before_its_time(desk: Desk) -> None:
    """People have the whole wait to answer."""
    desk.take(finding())
    desk.clock.advance(timedelta(minutes=15) - timedelta(seconds=1))

    assert desk.escalate() == []


def test_silence_calls_the_next_step_of_each_silent_institute(desk: Desk) -> None:
    """Nine are silent, nine move on; who answered is left alone."""
    alert_id = desk.take(finding()).alert_id
    desk.answer(alert_id, "jp")
    desk.clock.advance(timedelta(minutes=15))
    fired = desk.escalate()

    assert {each.institute for each in fired} == set(desk.directory.institute_names) - {"jp"}
    assert {(each.step, each.reason) for each in fired} == {(2, LadderReason.NO_ANSWER)}
    assert desk.escalate() == []


def test_a_ladder_that_runs_out_says_so_once(desk: Desk) -> None:
    """The coordinator is told of the institute that never answered."""
    alert_id = desk.take(finding()).alert_id
    for institute in set(desk.directory.institute_names) - {"ke"}:
        desk.answer(alert_id, institute)
    desk.clock.advance(timedelta(minutes=15))
    desk.escalate()
    desk.clock.advance(timedelta(minutes=15))
    fired = desk.escalate()
    event = desk.events()[-1]
    desk.clock.advance(timedelta(days=30))

    assert fired == [Fired(alert_id, "ke", None, LadderReason.LADDER_EXHAUSTED, event.revision)]
    assert (event.change, event.reason, event.institute, event.step) == (
        AlertChange.ESCALATED,
        "ladder_exhausted",
        "ke",
        None,
    )
    assert desk.responses(alert_id)["ke"].exhausted_at is not None
    assert desk.escalate() == []
    assert desk.violations() == []


def test_an_answer_between_the_look_and_the_step_wins(desk: Desk) -> None:
    """A step that was seen due does not fire once the institute has answered."""
    alert_id = desk.take(finding()).alert_id
    now = desk.clock.advance(timedelta(minutes=20))
    with desk.store.read() as session:
        due = next(step for step in due_steps(session, now) if step.institute == "jp")
    desk.answer(alert_id, "jp", Answer.DECLINE)
    with desk.store.transaction() as session:
        fired = fire(session, due, directory=desk.directory, now=now)

    assert fired is None


def test_a_retracted_alert_chases_nobody(desk: Desk) -> None:
    """What was taken back needs no answer."""
    desk.take(finding())
    desk.take(retraction("r2", "r1"))
    desk.clock.advance(timedelta(days=1))

    assert desk.escalate() == []


def test_after_an_outage_people_get_their_time(desk: Desk) -> None:
    """A timer that comes a day late fires one step, not the whole ladder at once."""
    alert_id = desk.take(finding()).alert_id
    now = desk.clock.advance(timedelta(days=1))
    fired = desk.escalate()

    assert {each.step for each in fired} == {2}
    assert desk.responses(alert_id)["jp"].next_step_at == now + timedelta(minutes=15)


def test_several_desks_fire_each_step_once(desk: Desk) -> None:
    """Four timers that tick in the same instant move ten ladders ten times."""
    alert_id = desk.take(finding()).alert_id
    now = desk.clock.advance(timedelta(minutes=15))
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: fire_due(desk.store, directory=desk.directory, now=now), range(4)))
    fired = [each.institute for run in runs for each in run]

    assert sorted(fired) == sorted(desk.directory.institute_names)
    assert desk.alert(alert_id).revision == 11
    assert desk.violations() == []


def test_a_ladder_that_the_policy_dropped_is_exhausted_loudly(desk: Desk) -> None:
    """An alert whose ladder is no longer in the files is not forgotten: the coordinator is told."""
    desk.take(finding())
    now = desk.clock.advance(timedelta(minutes=15))
    shipped = desk.directory
    without = Directory(
        contacts=shipped.contacts.values(),
        ladders=[ladder for ladder in shipped.ladders.values() if ladder.id != "urgent"],
        routes=shipped.routes,
        coordinator=shipped.coordinator,
        institute_names=shipped.institute_names,
        operator_clearance=shipped.operator_clearance,
        version="later",
    )
    fired = fire_due(desk.store, directory=without, now=now)

    assert {each.reason for each in fired} == {LadderReason.LADDER_EXHAUSTED}
    assert len(fired) == 10
