"""What follows from an override and from a dissent: who is paged, who is told, who is left in peace."""

from __future__ import annotations

from tests.alerting.assessments import finding
from tests.alerting.store.judging import WHY, dissent, override, wish, withdraw
from tests.consumers.notifier.rig import Notifier
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas import Severity, Tlp


def _kinds(notifier: Notifier, revision: int) -> set[tuple[str, str]]:
    return {(row.kind, row.reason) for row in notifier.rows(revision=revision)}


def test_an_override_up_pages_every_institute_anew(slack: Notifier, email: Notifier) -> None:
    """Also those that had answered: a new message, and the old one points to it."""
    alert_id = slack.desk.take(finding(severity=Severity.MODERATE)).alert_id
    for notifier in (slack, email):
        notifier.work()
    slack.desk.answer(alert_id, "jp")
    override(slack.desk, alert_id, wish(Severity.SEVERE, evidence=()))
    for notifier in (slack, email):
        notifier.work()
    slack.clock.advance(5)  # one call a second goes to a channel
    slack.send()

    assert _kinds(slack, 3) == {("message", "override_raised"), ("edit", "updated")}
    assert _kinds(email, 3) == {("message", "override_raised")}
    assert {row.institute for row in email.rows(revision=3)} == set(slack.desk.directory.institute_names)
    assert {row.outcome for row in (*slack.rows(revision=3), *email.rows(revision=3))} == {"sent"}
    assert all(WHY in outgoing.message.text for outgoing in email.channel.taken[-10:])


def test_an_override_down_is_told_to_all_who_were_told_and_pages_nobody(slack: Notifier, email: Notifier) -> None:
    """In place and in the thread on Slack, and by mail; nobody asks for an answer by it."""
    alert_id = slack.desk.take(finding(severity=Severity.SEVERE)).alert_id
    for notifier in (slack, email):
        notifier.work()
    told = {(row.contact, row.address) for notifier in (slack, email) for row in notifier.rows(revision=1)}
    override(slack.desk, alert_id, Severity.MINOR)
    for notifier in (slack, email):
        notifier.work()
    heard = {(row.contact, row.address) for notifier in (slack, email) for row in notifier.rows(revision=2)}

    assert _kinds(slack, 2) == {("edit", "override_lowered"), ("reply", "override_lowered")}
    assert _kinds(email, 2) == {("message", "override_lowered")}
    assert heard == told
    assert not any(outgoing.message.broadcast for outgoing in slack.channel.taken if "lowered" in outgoing.message.text)


def test_a_dissent_is_told_and_pages_nobody(slack: Notifier, email: Notifier) -> None:
    """The same ways as a correction; ladders go on as they were."""
    alert_id = slack.desk.take(finding(severity=Severity.SEVERE)).alert_id
    dissent(slack.desk, alert_id, "jp", Severity.MINOR)
    for notifier in (slack, email):
        notifier.work()

    assert _kinds(slack, 2) == {("edit", "dissent_recorded"), ("reply", "dissent_recorded")}
    assert _kinds(email, 2) == {("message", "dissent_recorded")}
    assert not TellingReason.DISSENT_RECORDED.pages


def test_withdrawing_an_override_down_pages_anew(slack: Notifier) -> None:
    """The severity is higher than people thought."""
    alert_id = slack.desk.take(finding(severity=Severity.SEVERE)).alert_id
    given = override(slack.desk, alert_id, Severity.MINOR)
    assert given.override is not None
    withdraw(slack.desk, alert_id, given.override.id)
    slack.work()

    assert _kinds(slack, 3) == {("message", "override_withdrawn_raised"), ("edit", "updated")}


def test_a_page_for_the_raised_severity_is_pointless_once_it_is_answered(slack: Notifier) -> None:
    """An answer between the planning and the sending spares the institute; the others are paged."""
    alert_id = slack.desk.take(finding(severity=Severity.MODERATE)).alert_id
    slack.work()
    override(slack.desk, alert_id, wish(Severity.SEVERE, evidence=()))
    slack.hear()
    slack.desk.answer(alert_id, "jp")
    slack.send()
    outcomes = {row.institute: row.outcome for row in slack.rows(revision=2, kind="message")}

    assert outcomes.pop("jp") == "superseded"
    assert set(outcomes.values()) == {"sent"}


def test_of_a_red_alert_messages_say_neither_who_nor_why(email: Notifier) -> None:
    """The named persons get the notice with the new severity."""
    alert_id = email.desk.take(finding(severity=Severity.SEVERE, tlp=Tlp.RED)).alert_id
    override(email.desk, alert_id, Severity.MINOR)
    dissent(email.desk, alert_id, "jp", Severity.MODERATE)
    email.work()
    texts = [f"{sent.message.subject} {sent.message.text} {sent.message.html}" for sent in email.channel.taken]

    assert texts
    english = [text for text in texts if "awaits you" in text]
    assert 0 < len(english) < len(texts)
    assert all("Minor" in text for text in english)
    for hint in (WHY, "records.example", "operator", "override", "Moderate"):
        assert not any(hint in text for text in texts), hint
