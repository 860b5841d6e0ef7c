"""Silences from the report to the message that is not sent, and to the one that is sent when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.alerting.assessments import finding, incident
from tests.consumers.notifier.rig import Notifier
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.muting.keeping_back import Aftermath
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.store.audit import Invariant
from tocsin_alerting.store.silences import SilenceWish, create_silence, end_silence, extend_silence
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow
from tocsin_alerting.store.unmuting import settle_due
from tocsin_alerting.store.view import alert_view
from tocsin_schemas import Action, Answer, Severity, Status, Urgency

HOUR = timedelta(hours=1)


def silence(
    notifier: Notifier, *, hours: float = 1, institute: str | None = "au", by: str = "au.lead", **match: Any
) -> str:
    """A silence from now on, for the system of the tests unless told otherwise; its id."""
    with notifier.store.transaction() as session:
        given = create_silence(
            session,
            SilenceWish(
                institute=institute,
                match=Match(**(match or {"systems": ("example-model-4",)})),
                reason="the model is being taken down",
                by=by,
                starts_at=notifier.clock(),
                ends_at=notifier.clock() + hours * HOUR,
            ),
            directory=notifier.desk.directory,
            now=notifier.clock(),
        )
    assert given.silence is not None, given.problems
    return given.silence.id


def settle(notifier: Notifier) -> list[Aftermath]:
    """The desk's timer ticks."""
    found = settle_due(notifier.store, directory=notifier.desk.directory, now=notifier.clock())
    return [one.aftermath for one in found]


def outcomes(notifier: Notifier, institute: str) -> list[tuple[str, str, str]]:
    """Kind, reason and outcome of an institute's deliveries."""
    return [(row.kind, row.reason, row.outcome) for row in about_alerts(notifier, institute)]


def about_alerts(notifier: Notifier, institute: str) -> list[DeliveryRow]:
    """An institute's deliveries, the bulletins about its silences aside."""
    return [row for row in notifier.rows(institute=institute) if row.alert_id is not None]


def test_what_is_silenced_is_not_told_and_says_why(slack: Notifier) -> None:
    """Only to the people of the institute that asked for it; the delivery names the silence."""
    known = silence(slack)
    slack.desk.take(finding())
    slack.work()
    (row,) = about_alerts(slack, "au")

    assert (row.outcome, row.outcome_reason) == ("muted", f"silence:{known}")
    assert row.next_attempt_at is None
    assert outcomes(slack, "gb") == [("message", "raised", "sent")]
    assert "C0AUDUTY" not in [sent.address for sent in slack.channel.taken]


def test_when_it_ends_those_who_were_not_told_are_told_once(slack: Notifier, email: Notifier) -> None:
    """While the alert is open and unanswered: one message to each address, on every channel."""
    silence(slack)
    slack.desk.take(finding())
    slack.work()
    email.work()
    during = settle(slack)
    slack.clock.advance(HOUR)
    after = settle(slack)
    again = settle(slack)
    slack.work()
    email.work()

    assert (during, after, again) == ([], [Aftermath.TELL], [])
    for notifier in (slack, email):
        assert outcomes(notifier, "au") == [("message", "raised", "muted"), ("message", "silence_ended", "sent")]
        assert len(outcomes(notifier, "gb")) == 1


def test_what_was_answered_meanwhile_is_told_to_nobody_later(slack: Notifier) -> None:
    """Somebody of the institute saw it on the page."""
    silence(slack)
    taken = slack.desk.take(finding())
    slack.work()
    slack.desk.answer(taken.alert_id, "au")
    slack.clock.advance(HOUR)

    assert settle(slack) == [Aftermath.ANSWERED]
    slack.work()
    assert [row.outcome for row in slack.rows(institute="au", reason="raised")] == ["muted"]
    assert slack.rows(reason="silence_ended") == []


def test_an_early_end_tells_at_once_and_an_extension_later(slack: Notifier) -> None:
    """What counts is when it ends, and not when it was to end."""
    longer, shorter = silence(slack), silence(slack, institute="fr")
    slack.desk.take(finding())
    slack.work()
    with slack.store.transaction() as session:
        now = slack.clock.advance(60)
        end_silence(session, shorter, by="fr.lead", why="done", now=now)
        extend_silence(
            session,
            longer,
            ends_at=now + 2 * HOUR,
            by="au.lead",
            why="it takes longer",
            directory=slack.desk.directory,
            now=now,
        )
    early = settle_due(slack.store, directory=slack.desk.directory, now=slack.clock())
    slack.clock.advance(HOUR)

    assert [one.institute for one in early] == ["fr"]
    assert settle(slack) == []
    slack.clock.advance(2 * HOUR)
    assert settle(slack) == [Aftermath.TELL]


@pytest.mark.parametrize(
    "report",
    [
        incident(systems=[{"name": "example-model-4"}]),
        finding(severity=Severity.SEVERE, urgency=Urgency.IMMEDIATE),
    ],
    ids=["critical", "severe and immediate"],
)
def test_the_gravest_breaks_through_and_says_so(slack: Notifier, report: Any) -> None:
    """No silence keeps it back, and people learn that one would have."""
    silence(slack)
    slack.desk.take(report)
    slack.work()
    (said,) = [sent for sent in slack.channel.taken if sent.address == "C0AUDUTY"]

    assert outcomes(slack, "au") == [("message", "raised", "sent")]
    assert "A silence by Head of evaluations (AU) would have kept this from you" in said.message.text
    assert "the model is being taken down" in said.message.text


def test_an_exercise_may_be_silenced_whole(slack: Notifier) -> None:
    """However grave it pretends to be: the one thing of which everything may be kept back."""
    silence(slack, statuses=(Status.EXERCISE,))
    slack.desk.take(incident(status=Status.EXERCISE))
    slack.desk.take(incident("real"))
    slack.work()

    assert sorted(outcomes(slack, "au")) == [("message", "raised", "muted"), ("message", "raised", "sent")]


def test_what_becomes_too_grave_under_a_silence_is_told(slack: Notifier) -> None:
    """The raise calls everybody, the silenced included."""
    silence(slack)
    slack.desk.take(finding(severity=Severity.MODERATE))
    slack.work()
    slack.desk.take(
        finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE, urgency=Urgency.IMMEDIATE)
    )
    slack.work()
    settled = settle(slack)
    slack.work()

    assert outcomes(slack, "au") == [("message", "raised", "muted"), ("message", "severity_raised", "sent")]
    assert settled == [Aftermath.TOLD_SINCE]


def test_the_ladder_of_a_silenced_institute_waits_and_is_never_without_a_time(slack: Notifier) -> None:
    """Its step fires a whole wait after its people were told; others' ladders go on."""
    silence(slack)
    taken = slack.desk.take(finding())
    slack.work()
    for _ in range(4):
        slack.clock.advance(timedelta(minutes=14))
        fired = {one.institute for one in slack.desk.escalate()}
        slack.work()
        assert "au" not in fired
        # No notifier of mails runs here, so the bulletin about the silence waits.
        assert {one.invariant for one in slack.desk.violations()} <= {Invariant.ATTEMPTS_ARE_MADE}
    held = slack.desk.responses(taken.alert_id)["au"].next_step_at
    with slack.store.read() as session:
        (row,) = session.query(SilenceRow).all()
        view = alert_view(session, taken.alert_id, directory=slack.desk.directory, level=lambda _: Level.FULL)
    assert view is not None
    muted = next(one.muted for one in view.responses if one.institute == "au")
    slack.clock.set(row.ends_at)
    at_the_end = [one.institute for one in slack.desk.escalate()]
    told = settle(slack)
    slack.clock.advance(timedelta(minutes=14))
    early = [one.institute for one in slack.desk.escalate()]
    slack.clock.advance(timedelta(minutes=1))
    due = [one.institute for one in slack.desk.escalate()]

    assert held == row.ends_at
    assert muted is not None
    assert (muted.by, muted.reason, muted.until) == ("Head of evaluations (AU)", row.reason, row.ends_at)
    assert "au" not in at_the_end
    assert told == [Aftermath.TELL]
    assert early == []
    assert due == ["au"]


def test_a_ladder_that_was_told_before_goes_on_when_the_silence_is_ended(slack: Notifier) -> None:
    """Nothing was kept back, so nobody is told again; the step that waited fires."""
    taken = slack.desk.take(finding())
    slack.work()
    known = silence(slack, hours=5)
    slack.clock.advance(timedelta(minutes=20))
    fired = {one.institute for one in slack.desk.escalate()}
    with slack.store.transaction() as session:
        end_silence(session, known, by="au.lead", why="done", now=slack.clock.advance(60))

    assert "au" not in fired
    held = slack.desk.responses(taken.alert_id)["au"].next_step_at
    assert held is not None
    assert held > slack.clock()
    assert settle(slack) == [Aftermath.TOLD_SINCE]
    assert [one.institute for one in slack.desk.escalate()] == ["au"]


def test_what_stands_in_a_channel_is_put_right_and_its_end_is_told_in_spite_of_a_silence(slack: Notifier) -> None:
    """An edit makes no noise; whoever was told learns that it was retracted."""
    taken = slack.desk.take(finding())
    slack.work()
    silence(slack)
    slack.desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.MODERATE))
    slack.work()
    slack.desk.answer(taken.alert_id, "au", Answer.ACKNOWLEDGE)
    slack.work()

    assert ("edit", "severity_lowered", "sent") in outcomes(slack, "au")
    assert ("reply", "severity_lowered", "muted") in outcomes(slack, "au")
    slack.clock.advance(HOUR)
    # It was answered, so nobody is asked; what was corrected they still learn.
    assert settle(slack) == [Aftermath.TELL]
    slack.work()
    assert outcomes(slack, "au")[-1] == ("reply", "updated", "sent")


def test_a_silence_for_one_contact_leaves_the_others_and_the_ladder_alone(slack: Notifier) -> None:
    """Quiet for the duty desk's mailbox and channel is no quiet for the institute."""
    silence(slack, systems=("example-model-4",), contacts=("au.duty",))
    slack.desk.take(finding())
    slack.work()
    slack.clock.advance(timedelta(minutes=16))
    fired = {one.institute for one in slack.desk.escalate()}
    slack.work()

    assert "au" in fired
    assert [(row.contact, row.outcome) for row in about_alerts(slack, "au") if row.kind == "message"] == [
        ("au.duty", "muted"),
        ("au.lead", "sent"),
    ]


def test_a_muting_is_settled_by_one_desk_only(slack: Notifier) -> None:
    """However many look: the second finds it settled."""
    silence(slack)
    slack.desk.take(finding())
    slack.work()
    slack.clock.advance(HOUR)
    first, second = settle(slack), settle(slack)
    with slack.store.read() as session:
        (row,) = session.query(MutingRow).all()

    assert (first, second) == ([Aftermath.TELL], [])
    assert row.revision == 2


def test_the_auditor_finds_who_stays_untold_and_what_was_kept_back_for_nothing(slack: Notifier) -> None:
    """A silence that is over and was not settled; a delivery whose silence is not there."""
    silence(slack)
    slack.desk.take(finding(severity=Severity.MINOR))
    slack.work()
    calm = slack.desk.violations()
    slack.clock.advance(HOUR + timedelta(minutes=1))
    late = [one.invariant for one in slack.desk.violations()]
    with slack.store.transaction() as session:
        session.query(MutingRow).update({MutingRow.cause: "silence:another"})
    lost = {one.invariant for one in slack.desk.violations()}

    assert calm == []
    assert late == [Invariant.NOBODY_STAYS_UNTOLD]
    assert Invariant.WHAT_IS_KEPT_BACK_HAS_A_CAUSE in lost
