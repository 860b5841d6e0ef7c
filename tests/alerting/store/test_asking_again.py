"""Answers that are withdrawn, looks that answer nothing, and reminders of what is in hand."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.alerting.assessments import finding, retraction
from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.policy.asking_again import AskAgainOutcome
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store import Store
from tocsin_alerting.store.answers import AnswerOutcome, Via, give_answer
from tocsin_alerting.store.looks import record_look
from tocsin_alerting.store.reminding import send_reminders, stop_reminding
from tocsin_alerting.store.tables import AnswerRow
from tocsin_alerting.store.tables_answering import LookRow, QuorumRow
from tocsin_alerting.store.view import alert_view
from tocsin_schemas import AlertChange, AlertState, Answer, Severity
from tocsin_schemas.vocabulary import InstituteState

DAY = timedelta(days=1)


@pytest.fixture
def desk(sqlite_store: Store, directory: Directory, clock: HandClock) -> Desk:
    """A desk of the shipped network: severe alerts in hand are reminded after two days, then once more after three."""
    return Desk(sqlite_store, directory, clock)


def _shown(desk: Desk, alert: str, institute: str) -> ResponseView:
    with desk.store.read() as session:
        view = alert_view(session, alert, directory=desk.directory, level=lambda _: Level.FULL)
    assert view is not None
    return next(each for each in view.responses if each.institute == institute)


def test_a_withdrawn_answer_asks_the_institute_again_from_step_one(desk: Desk) -> None:
    """The ladder begins anew, with the reason in the time line; the ledger keeps both; others are left in peace."""
    alert = desk.take(finding()).alert_id
    for institute in desk.directory.institute_names:
        desk.answer(alert, institute)
    asked = desk.ask_again(alert, "jp", "a scanner pressed the button")
    response = desk.responses(alert)["jp"]
    event = desk.events()[-1]
    with desk.store.read() as session:
        ledger = session.execute(
            select(AnswerRow.answer, AnswerRow.outcome, AnswerRow.note).where(AnswerRow.institute == "jp")
        ).all()

    assert (asked.outcome, asked.withdrawn, asked.step) == (AskAgainOutcome.ASKED_AGAIN, Answer.ACKNOWLEDGE, 1)
    assert (response.answer, response.step) == (None, 1)
    assert response.next_step_at == desk.clock() + timedelta(minutes=15)
    assert (event.change, event.reason, event.institute, event.step) == (
        AlertChange.ESCALATED,
        "answer_withdrawn",
        "jp",
        1,
    )
    assert event.state is AlertState.OPEN
    assert sorted(ledger) == [
        ("acknowledge", AnswerOutcome.COUNTED.value, None),
        ("acknowledge", AnswerOutcome.WITHDRAWN.value, "a scanner pressed the button"),
    ]
    assert desk.violations() == []


def test_after_a_withdrawal_silence_climbs_the_ladder_and_an_answer_stops_it(desk: Desk) -> None:
    """As the first time."""
    alert = desk.take(finding()).alert_id
    desk.answer(alert, "jp")
    desk.ask_again(alert, "jp")
    desk.clock.advance(timedelta(minutes=16))
    fired = [each for each in desk.escalate() if each.institute == "jp"]
    given = desk.answer(alert, "jp", by="jp.lead")

    assert [each.step for each in fired] == [2]
    assert given.outcome is AnswerOutcome.COUNTED
    assert desk.responses(alert)["jp"].next_step_at is None


def test_an_answer_is_withdrawn_once(desk: Desk) -> None:
    """Who presses twice pages once."""
    alert = desk.take(finding()).alert_id
    desk.answer(alert, "jp")
    desk.ask_again(alert, "jp")
    events = len(desk.events())

    assert desk.ask_again(alert, "jp").outcome is AskAgainOutcome.BEING_ASKED
    assert len(desk.events()) == events


def test_a_button_beneath_an_old_answer_does_not_take_back_a_new_one(desk: Desk) -> None:
    """It says what it was pressed for."""
    alert = desk.take(finding()).alert_id
    desk.answer(alert, "jp")
    seen = desk.clock()
    desk.ask_again(alert, "jp")
    desk.answer(alert, "jp", Answer.ACTING)

    assert desk.ask_again(alert, "jp", seen_at=seen).outcome is AskAgainOutcome.ANSWERED_SINCE
    assert desk.responses(alert)["jp"].answer == "acting"


def test_who_was_silent_to_the_end_of_its_ladder_may_be_asked_again(desk: Desk) -> None:
    """There is no answer to take back, and somebody may have come to the desk since."""
    alert = desk.take(finding()).alert_id
    for _ in range(3):
        desk.clock.advance(timedelta(minutes=16))
        desk.escalate()
    asked = desk.ask_again(alert, "us", "they are back")

    assert (asked.outcome, asked.withdrawn, asked.step) == (AskAgainOutcome.ASKED_AGAIN, None, 1)
    assert desk.responses(alert)["us"].exhausted_at is None
    assert desk.violations() == []


def test_nobody_is_asked_again_about_a_closed_alert(desk: Desk) -> None:
    """Or about one that there is not, or that does not concern them."""
    alert = desk.take(finding("r1")).alert_id
    desk.answer(alert, "jp")
    nowhere = desk.ask_again("none", "jp").outcome
    strange = desk.ask_again(alert, "de").outcome
    desk.take(retraction("r2", "r1"))

    assert nowhere is AskAgainOutcome.UNKNOWN_ALERT
    assert strange is AskAgainOutcome.NOT_CONCERNED
    assert desk.ask_again(alert, "jp").outcome is AskAgainOutcome.CLOSED


def test_a_withdrawal_unmakes_a_quorum_before_its_deadline(desk: Desk) -> None:
    """It may be met again, or missed; afterwards it is what it was."""
    alert = desk.take(finding()).alert_id
    for institute in ("gb", "us", "jp", "fr", "ca", "kr"):
        desk.answer(alert, institute)
    desk.ask_again(alert, "jp")
    with desk.store.read() as session:
        unmade = session.get_one(QuorumRow, (alert, 1)).met_at
    desk.clock.advance(timedelta(hours=2))
    desk.escalate()

    assert unmade is None
    assert desk.passed[0].judgement.reason == "quorum_missed"


def test_who_looks_has_seen_and_has_not_answered(desk: Desk) -> None:
    """No change, no event, and the ladder goes on."""
    alert = desk.take(finding()).alert_id
    events = len(desk.events())
    for _ in range(2):
        with desk.store.transaction() as session:
            seen = record_look(
                session, alert_id=alert, institute="jp", by="jp.duty", via=Via.SLACK, now=desk.clock.advance(5)
            )
            stranger = record_look(
                session, alert_id=alert, institute="de", by="x", via=Via.SLACK, now=desk.clock.advance(5)
            )
    with desk.store.read() as session:
        rows = session.scalar(select(func.count()).select_from(LookRow))
    shown = _shown(desk, alert, "jp")
    desk.clock.advance(timedelta(minutes=16))
    fired = [each.institute for each in desk.escalate()]

    assert (seen, stranger, rows) == (True, False, 1)
    assert (shown.state, shown.answer) == (InstituteState.SEEN, None)
    assert len(desk.events()) == events + len(fired)
    assert "jp" in fired


def _pass_days(desk: Desk, days: float) -> list[str]:
    """What was reminded; the desk looks every twelve hours."""
    before = len(desk.reminded)
    for _ in range(int(days * 2)):
        desk.clock.advance(timedelta(hours=12))
        desk.escalate()
        assert desk.violations() == []
    return [each.institute for each in desk.reminded[before:]]


def test_what_is_in_hand_is_reminded_rarely_and_not_for_ever(desk: Desk) -> None:
    """After two days, once more after three, and then no more; who did not answer is called, not reminded."""
    alert = desk.take(finding()).alert_id
    desk.answer(alert, "jp")
    early, first, between, second, after = (_pass_days(desk, days) for days in (1.5, 1, 2, 1, 10))

    assert (early, first, between, second, after) == ([], ["jp"], [], ["jp"], [])
    assert _shown(desk, alert, "jp").reminders_sent == 2


def test_acting_begins_the_wait_anew_and_a_last_word_ends_it(desk: Desk) -> None:
    """Who says that they are acting is left in peace for as long again."""
    alert = desk.take(finding()).alert_id
    desk.answer(alert, "jp")
    desk.answer(alert, "fr")
    first = _pass_days(desk, 2.5)
    desk.answer(alert, "jp", Answer.ACTING)
    desk.answer(alert, "fr", Answer.NOT_APPLICABLE)
    quiet = _pass_days(desk, 1.5)
    again = _pass_days(desk, 1)

    assert sorted(first) == ["fr", "jp"]
    assert (quiet, again) == ([], ["jp"])


def test_who_wants_no_reminder_gets_none(desk: Desk) -> None:
    """Said with the answer, or later."""
    alert = desk.take(finding()).alert_id
    with desk.store.transaction() as session:
        give_answer(
            session,
            alert_id=alert,
            institute="jp",
            answer=Answer.ACKNOWLEDGE,
            by="jp.duty",
            via=Via.API,
            now=desk.clock.advance(1),
            remind=False,
        )
    desk.answer(alert, "fr")
    with desk.store.transaction() as session:
        stopped = stop_reminding(session, alert_id=alert, institute="fr", by="fr.duty", now=desk.clock.advance(1))

    assert stopped
    assert _pass_days(desk, 6) == []
    assert _shown(desk, alert, "jp").reminders_unwanted_at is not None


def test_a_withdrawn_answer_is_reminded_of_no_more(desk: Desk) -> None:
    """Its ladder calls them."""
    alert = desk.take(finding(severity=Severity.SEVERE)).alert_id
    desk.answer(alert, "jp")
    desk.clock.advance(2 * DAY)
    desk.ask_again(alert, "jp")

    assert send_reminders(desk.store, policy=desk.directory.reminders, now=desk.clock()) == []
