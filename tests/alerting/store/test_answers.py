"""Answers: the first counts, later ones are kept and told who was first, and from then on nobody is chased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from tests.alerting.assessments import finding, retraction
from tests.alerting.store.desk import Desk
from tocsin_alerting.store.answers import AnswerOutcome, Via, give_answer
from tocsin_alerting.store.tables import AnswerRow, ChangeRow
from tocsin_schemas import Action, AlertChange, AlertState, Answer, Severity


def test_the_first_answer_counts_and_ends_the_chase(desk: Desk) -> None:
    """Its institute's ladder stands still; the others' go on."""
    alert_id = desk.take(finding()).alert_id
    given = desk.answer(alert_id, "jp")
    responses = desk.responses(alert_id)
    event = desk.events()[-1]

    assert (given.outcome, given.standing, given.by, given.revision) == (
        AnswerOutcome.COUNTED,
        Answer.ACKNOWLEDGE,
        "jp.duty",
        2,
    )
    assert responses["jp"].next_step_at is None
    assert responses["fr"].next_step_at is not None
    assert (event.change, event.reason, event.institute, event.state) == (
        AlertChange.ACKNOWLEDGED,
        "acknowledge",
        "jp",
        AlertState.OPEN,
    )


def test_the_second_person_learns_who_was_first(desk: Desk) -> None:
    """Two people of one institute do not work on it unknown to each other; both answers are on record."""
    alert_id = desk.take(finding()).alert_id
    desk.answer(alert_id, "jp", by="slack:T1:U1")
    late = desk.answer(alert_id, "jp", by="jp.lead")
    with desk.store.read() as session:
        ledger = session.execute(select(AnswerRow.by, AnswerRow.outcome).order_by(AnswerRow.at)).all()

    assert (late.outcome, late.by, late.via, late.revision) == (
        AnswerOutcome.ALREADY_ANSWERED,
        "slack:T1:U1",
        "page",
        None,
    )
    assert [tuple(row) for row in ledger] == [("slack:T1:U1", "counted"), ("jp.lead", "already_answered")]


def test_an_acknowledgement_may_become_a_last_word_and_a_last_word_stands(desk: Desk) -> None:
    """First "we have seen it", then "it is resolved"; never back."""
    alert_id = desk.take(finding()).alert_id
    outcomes = [
        desk.answer(alert_id, "jp", answer).outcome
        for answer in (Answer.ACKNOWLEDGE, Answer.RESOLVE, Answer.DECLINE, Answer.ACKNOWLEDGE)
    ]

    assert outcomes == [
        AnswerOutcome.COUNTED,
        AnswerOutcome.COUNTED,
        AnswerOutcome.ALREADY_ANSWERED,
        AnswerOutcome.ALREADY_ANSWERED,
    ]
    assert desk.responses(alert_id)["jp"].answer == Answer.RESOLVE


def test_an_alert_is_acknowledged_when_every_institute_has_answered(desk: Desk) -> None:
    """Silence of one keeps it open."""
    alert_id = desk.take(finding()).alert_id
    *most, last = desk.directory.institute_names
    for institute in most:
        desk.answer(alert_id, institute)
    before = desk.alert(alert_id).state
    desk.answer(alert_id, last, Answer.NOT_APPLICABLE)

    assert (before, desk.alert(alert_id).state) == (AlertState.OPEN, AlertState.ACKNOWLEDGED)


def test_an_alert_is_resolved_by_last_words_of_all_and_a_resolution(desk: Desk) -> None:
    """Nine that it does not concern and one that has dealt with it; the event says that the whole alert is resolved."""
    alert_id = desk.take(finding()).alert_id
    *most, last = desk.directory.institute_names
    for institute in most:
        desk.answer(alert_id, institute, Answer.NOT_APPLICABLE)
    before = desk.alert(alert_id).state
    desk.answer(alert_id, last, Answer.RESOLVE)
    event = desk.events()[-1]

    assert before == AlertState.OPEN
    assert (event.change, event.reason, event.state) == (AlertChange.RESOLVED, "resolve", AlertState.RESOLVED)


def test_an_answer_to_what_is_closed_or_unknown_says_so(desk: Desk) -> None:
    """Nothing is written to an alert that is over; the person is told why."""
    alert_id = desk.take(finding()).alert_id
    desk.take(retraction("r2", "r1"))
    closed = desk.answer(alert_id, "jp")
    unknown = desk.answer("no-such-alert", "jp")

    assert (closed.outcome, closed.revision) == (AnswerOutcome.CLOSED, None)
    assert (unknown.outcome, unknown.round) == (AnswerOutcome.UNKNOWN_ALERT, 0)


def test_who_was_not_asked_cannot_answer(desk: Desk) -> None:
    """An unclassified report concerns its reporter and the coordinator."""
    alert_id = desk.take(finding(severity=Severity.UNCLASSIFIED)).alert_id

    assert desk.answer(alert_id, "us").outcome is AnswerOutcome.NOT_CONCERNED


def test_an_answer_to_the_lower_severity_does_not_answer_the_higher(desk: Desk) -> None:
    """A click on an old message says that it is out of date, and the ladder of the new round goes on."""
    alert_id = desk.take(finding(severity=Severity.MODERATE)).alert_id
    desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    stale = desk.answer(alert_id, "jp", round_=1)
    fresh = desk.answer(alert_id, "jp", round_=2)

    assert (stale.outcome, stale.round, stale.standing) == (AnswerOutcome.STALE_ROUND, 2, None)
    assert fresh.outcome is AnswerOutcome.COUNTED


def test_what_a_person_says_with_it_is_kept_and_not_published(desk: Desk) -> None:
    """Notes are protected like the alert's text: in the store, never in the topic."""
    alert_id = desk.take(finding()).alert_id
    with desk.store.transaction() as session:
        give_answer(
            session,
            alert_id=alert_id,
            institute="jp",
            answer=Answer.DECLINE,
            by="jp.lead",
            via=Via.EMAIL_LINK,
            now=desk.clock(),
            note="already known to us",
        )
    with desk.store.read() as session:
        change = session.get_one(ChangeRow, (alert_id, 2))

    assert (change.note, change.actor) == ("already known to us", "jp.lead")
    assert "already known" not in str(change.event)


def test_of_many_answers_at_once_one_counts(desk: Desk) -> None:
    """However many people press the button in the same second, one is first and the revisions have no gap."""
    alert_id = desk.take(finding()).alert_id
    now = desk.clock() + timedelta(seconds=1)

    def press(person: int) -> AnswerOutcome:
        with desk.store.transaction() as session:
            return give_answer(
                session,
                alert_id=alert_id,
                institute="jp",
                answer=Answer.ACKNOWLEDGE,
                by=f"slack:T1:U{person}",
                via=Via.SLACK,
                now=now,
            ).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(press, range(8)))

    assert sorted(outcomes) == [AnswerOutcome.ALREADY_ANSWERED] * 7 + [AnswerOutcome.COUNTED]
    assert desk.alert(alert_id).revision == 2
    assert desk.violations() == []
