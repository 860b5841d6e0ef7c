"""Quorums and their deadlines in the store: once for each round, however late and however many look."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.alerting.assessments import finding, incident, retraction
from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.quorum import QuorumReason
from tocsin_alerting.store import Store
from tocsin_alerting.store.deadlines import pass_deadlines
from tocsin_alerting.store.tables_answering import QuorumRow
from tocsin_alerting.store.view import alert_view
from tocsin_schemas import Action, AlertChange, AlertState, Answer, Severity
from tocsin_schemas.vocabulary import InstituteState

SIX = ("gb", "us", "jp", "fr", "ca", "kr")
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(sqlite_store: Store, directory: Directory, clock: HandClock) -> Desk:
    """A desk of the shipped network: of a critical incident eight answer within an hour, of a severe one six in two."""
    return Desk(sqlite_store, directory, clock)


def _reasons(desk: Desk) -> list[str]:
    return [event.reason for event in desk.events() if event.reason in set(QuorumReason)]


def _severe(desk: Desk) -> str:
    return desk.take(finding(severity=Severity.SEVERE)).alert_id


def test_a_quorum_is_met_by_the_answer_that_makes_it(desk: Desk) -> None:
    """With the sixth of ten, and not told again by the seventh."""
    alert = _severe(desk)
    for institute in SIX[:5]:
        desk.answer(alert, institute)
    before = _reasons(desk)
    desk.answer(alert, SIX[5], Answer.ACTING)
    desk.answer(alert, "ke")

    assert before == []
    assert _reasons(desk) == ["quorum_met"]
    assert desk.events()[-2].change is AlertChange.UPDATED


def test_a_quorum_is_missed_once_and_says_who_is_silent(desk: Desk) -> None:
    """At the deadline, though ladders have long run out or are still running."""
    alert = _severe(desk)
    for institute in SIX[:5]:
        desk.answer(alert, institute)
    desk.clock.advance(2 * HOUR)
    desk.escalate()
    desk.clock.advance(HOUR)
    desk.escalate()

    assert _reasons(desk) == ["quorum_missed"]
    assert set(desk.passed[0].judgement.silent) == set(desk.directory.institute_names) - set(SIX[:5])
    assert desk.violations() == []


def test_a_quorum_that_was_met_tells_of_silence_at_the_deadline(desk: Desk) -> None:
    """Enough is not all."""
    alert = _severe(desk)
    for institute in SIX:
        desk.answer(alert, institute)
    desk.clock.advance(2 * HOUR)
    desk.escalate()

    assert _reasons(desk) == ["quorum_met", "silent_at_deadline"]


def test_where_everybody_has_answered_nothing_is_told_at_the_deadline(desk: Desk) -> None:
    """Nobody is woken to hear that all is well."""
    alert = _severe(desk)
    for institute in desk.directory.institute_names:
        desk.answer(alert, institute)
    desk.clock.advance(2 * HOUR)
    desk.escalate()

    assert _reasons(desk) == ["quorum_met"]
    assert [passed.revision for passed in desk.passed] == [None]
    assert desk.violations() == []


def test_after_an_outage_a_deadline_passes_late_and_once(desk: Desk) -> None:
    """What was answered after it, while nobody looked, does not make the quorum after the fact."""
    alert = _severe(desk)
    for institute in SIX[:5]:
        desk.answer(alert, institute)
    desk.clock.advance(5 * HOUR)
    desk.answer(alert, SIX[5])
    desk.escalate()
    desk.escalate()

    assert _reasons(desk) == ["quorum_missed"]


def test_of_several_desks_one_finds_the_deadline_passed(store: Store, directory: Directory, clock: HandClock) -> None:
    """On SQLite and on PostgreSQL alike."""
    desk = Desk(store, directory, clock)
    _severe(desk)
    now = clock.advance(2 * HOUR)
    with ThreadPoolExecutor(4) as desks:
        found = list(desks.map(lambda _: pass_deadlines(store, now=now), range(4)))

    assert sum(len(passed) for passed in found) == 1
    assert _reasons(desk) == ["quorum_missed"]


def test_a_raised_severity_begins_a_new_deadline(desk: Desk) -> None:
    """The old one is looked at no more; the shorter one of the graver alert counts from now."""
    alert = desk.take(finding("r1", severity=Severity.MODERATE)).alert_id
    desk.clock.advance(HOUR)
    desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    with desk.store.read() as session:
        first, second = (session.get_one(QuorumRow, (alert, round_)) for round_ in (1, 2))

    assert first.next_at is None
    assert second.due_at == desk.clock() + 2 * HOUR
    assert desk.violations() == []


def test_a_retracted_alert_has_no_deadline(desk: Desk) -> None:
    """Nobody is asked any more."""
    desk.take(finding("r1", severity=Severity.SEVERE))
    desk.take(retraction("r2", "r1"))
    desk.clock.advance(3 * HOUR)
    desk.escalate()

    assert _reasons(desk) == []
    assert desk.violations() == []


def test_what_is_minor_has_no_deadline(desk: Desk) -> None:
    """Where nobody owes an answer nobody is silent."""
    alert = desk.take(finding(severity=Severity.MINOR)).alert_id
    with desk.store.read() as session:
        view = alert_view(session, alert, directory=desk.directory, level=lambda _: Level.FULL)

    assert view is not None
    assert (view.quorum, view.tally.silent) == (None, ())


def test_who_is_silent_at_the_deadline_is_shown_so(desk: Desk) -> None:
    """Beside how many answered; a late answer takes the silence away, and not the missed quorum."""
    alert = desk.take(incident()).alert_id
    desk.answer(alert, "jp", Answer.ACTING)
    desk.clock.advance(HOUR)
    desk.escalate()
    desk.answer(alert, "fr")
    with desk.store.read() as session:
        view = alert_view(session, alert, directory=desk.directory, level=lambda _: Level.FULL)

    assert view is not None
    assert view.quorum is not None
    states = {each.institute: each.state for each in view.responses}
    assert (states["jp"], states["fr"], states["us"]) == (
        InstituteState.ACTING,
        InstituteState.ACKNOWLEDGED,
        InstituteState.SILENT,
    )
    assert (view.tally.answered, view.tally.owing, len(view.tally.silent)) == (2, 10, 8)
    assert view.quorum.missed_at is not None
    assert view.state is AlertState.OPEN
