"""A storm at a destination: few messages, the urgent ones first, and all of the rest in one summary."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.budgets import Budget, Budgets
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store import Store
from tocsin_alerting.store.answers import AnswerOutcome
from tocsin_alerting.store.summaries import held
from tocsin_alerting.store.tables import ReportRow
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_schemas import Severity, Status

DUTY, MAILBOX = "C0GBDUTY", "duty@gb.example"
BUDGET = Budget(messages=3, urgent_messages=5)
MAIL = BUDGET.model_copy(update={"every": timedelta(hours=1)})


@pytest.fixture
def directory(directory: Directory) -> Directory:
    """The network's, with budgets that a test can exceed."""
    changed = object.__new__(Directory)
    changed.__dict__.update(directory.__dict__)
    changed.budgets = Budgets(channels={Channel.SLACK: BUDGET, Channel.EMAIL: MAIL})
    return changed


def _report(notifier: Notifier, *numbers: int, severity: Severity = Severity.MODERATE, **fields: Any) -> list[str]:
    """Findings about as many systems, planned and not sent yet; their alerts."""
    taken = [
        notifier.desk.take(
            assessments.finding(f"r{number}", system=f"model-{number}", severity=severity, **fields)
        ).alert_id
        for number in numbers
    ]
    notifier.hear()
    return [str(alert) for alert in taken]


def _settle(notifier: Notifier) -> None:
    """Ten seconds, one after another: a channel of Slack takes one message a second."""
    notifier.send()
    for _ in range(10):
        _later(notifier, 1)


def _to(notifier: Notifier, address: str = DUTY) -> list[Any]:
    return list(notifier.channel.to(address))


def _summary(notifier: Notifier, address: str = DUTY) -> str:
    (found,) = {row.summary_id for row in notifier.rows(address=address, outcome="folded")}
    return str(found)


def _later(notifier: Notifier, seconds: float) -> None:
    notifier.clock.advance(seconds)
    notifier.send()


def test_people_get_the_budget_and_one_summary(slack: Notifier) -> None:
    """Of twelve moderate alerts three come by themselves; one summary holds the other nine."""
    _report(slack, *range(12))
    _settle(slack)
    messages = _to(slack)
    outcomes = Counter(row.outcome for row in slack.rows(address=DUTY, bulletin_id=None))

    assert len(messages) == 4
    assert "9 alerts in one summary: moderate 9" in messages[-1].message.text
    assert outcomes == {"sent": 3, "folded": 9}
    assert slack.desk.violations() == []


def test_every_alert_is_found(slack: Notifier) -> None:
    """What was not sent is held by the summary: nothing is dropped."""
    alerts = _report(slack, *range(12))
    _settle(slack)
    sent = {row.alert_id for row in slack.rows(address=DUTY, outcome="sent", bulletin_id=None)}
    with slack.store.read() as session:
        holds = held(session, _summary(slack), directory=slack.desk.directory, level=lambda _: Level.FULL)

    assert sent | {each.alert_id for each in holds} == set(alerts)
    assert len(holds) == 9


def test_what_is_urgent_waits_behind_nothing(slack: Notifier) -> None:
    """A critical incident in the midst of a storm is the next message, whole, and is not folded."""
    _report(slack, *range(12))
    slack.desk.take(assessments.incident("i1", severity=Severity.CRITICAL))
    slack.hear()
    slack.send()
    first = _to(slack)[0]

    assert "What happened" in first.message.text
    assert first.message.text.startswith("TLP:AMBER")


def test_beyond_a_high_budget_urgent_ones_fold_into_a_summary_that_pages(slack: Notifier) -> None:
    """Nine criticals: five by themselves, and one summary that calls people and says how many are critical."""
    for number in range(9):
        slack.desk.take(assessments.incident(f"i{number}", severity=Severity.CRITICAL))
    slack.hear()
    _settle(slack)
    messages = _to(slack)
    (summary,) = [one for one in messages if "summary" in one.message.text]

    assert len(messages) == 6
    assert "4 alerts to act on, in one summary: critical 4" in summary.message.text
    assert "<!here>" in json.dumps(summary.message.as_dict())


def test_the_summary_is_edited_when_more_is_folded(slack: Notifier) -> None:
    """What comes later in the storm changes the same message, at most so often, and adds none."""
    _report(slack, *range(12))
    _settle(slack)
    _report(slack, *range(12, 20))
    _later(slack, 1)
    early = len(_to(slack))
    _later(slack, 30)
    _later(slack, 1)
    kinds = [one.kind.value for one in _to(slack)]

    assert early == 4
    assert kinds == ["message"] * 4 + ["edit"]
    assert "17 alerts in one summary" in _to(slack)[-1].message.text


def test_by_mail_the_next_summary_says_what_is_new_since_the_last(email: Notifier) -> None:
    """A further mail comes only after the interval, and begins with the difference."""
    _report(email, *range(12))
    email.send()
    _later(email, 5)
    for minute in range(12):
        _report(email, *range(100 + 4 * minute, 104 + 4 * minute))
        _later(email, 300)
    _later(email, 60)
    summaries = [one.message for one in _to(email, MAILBOX) if "in one summary" in one.message.subject]

    assert len(_to(email, MAILBOX)) == 3 + 2
    assert "Since the last summary" not in summaries[0].text
    assert "Since the last summary: 48 more or changed, 0 of them critical." in summaries[1].text
    assert "57 alerts in one summary" in summaries[1].subject


def test_a_storm_ends_and_says_so(slack: Notifier) -> None:
    """After a window in which nothing was folded the summary says that it is over; then the budget is whole again."""
    _report(slack, *range(12))
    _settle(slack)
    _later(slack, 600)
    over = _to(slack)[-1]
    _report(slack, 50)
    slack.send()

    assert over.kind == "edit"
    assert "The storm is over: 9 alerts in one summary" in over.message.text
    assert "model-50" in json.dumps(_to(slack)[-1].message.as_dict())


def test_a_trickle_is_not_folded_for_ever(slack: Notifier) -> None:
    """One alert every five minutes after a storm comes by itself: it is within the budget."""
    _report(slack, *range(12))
    slack.send()
    for number in range(4):
        _later(slack, 300)
        _report(slack, 50 + number)
        slack.send()
    alone = slack.rows(address=DUTY, outcome="sent", kind="message", bulletin_id=None)

    assert len(alone) == 3 + 2
    assert [row.outcome for row in slack.rows(address=DUTY, bulletin_id=None)].count("folded") == 9 + 2


def test_changes_of_what_was_folded_change_the_summary(slack: Notifier) -> None:
    """A retraction of a folded alert is told where the alert was told: in the summary, and not by itself."""
    _report(slack, *range(12))
    _settle(slack)
    folded = slack.rows(address=DUTY, outcome="folded")[0]
    number = next(n for n in range(12) if _is(slack, folded.alert_id, n))
    before = len(_to(slack))
    slack.desk.take(assessments.retraction("back", f"r{number}"))
    slack.hear()
    _later(slack, 31)
    _later(slack, 1)
    following = [row for row in slack.rows(address=DUTY, alert_id=folded.alert_id) if row.revision > 1]

    assert {(row.outcome, row.outcome_reason) for row in following} == {("folded", "follows_a_folded")}
    assert [one.kind.value for one in _to(slack)[before:]] == ["edit"]
    assert "1 of them has been resolved or retracted since." in _to(slack)[-1].message.text


def _is(notifier: Notifier, alert_id: str | None, number: int) -> bool:
    with notifier.store.read() as session:
        report = session.query(ReportRow).where(ReportRow.alert_id == alert_id).one()
    return report.event_id == f"r{number}"


def test_answers_are_still_owed(slack: Notifier) -> None:
    """A folded page asks as a sent one does: the institute's answer counts, and its ladder goes on without one."""
    _report(slack, *range(12))
    slack.send()
    first, second, *_ = [str(row.alert_id) for row in slack.rows(address=DUTY, outcome="folded")]
    given = slack.desk.answer(first, "gb")
    slack.clock.advance(3_600)
    fired = {(one.alert_id, one.institute) for one in slack.desk.escalate()}

    assert given.outcome is AnswerOutcome.COUNTED
    assert (second, "gb") in fired
    assert (first, "gb") not in fired


def test_an_exercise_uses_up_no_budget_of_the_real_thing(slack: Notifier) -> None:
    """Twelve alerts of an exercise are folded into a summary of their own; a real one comes by itself."""
    _report(slack, *range(12), status=Status.EXERCISE)
    _report(slack, 20)
    _settle(slack)
    texts = [one.message.text for one in _to(slack)]
    (summary,) = [text for text in texts if "in one summary" in text]

    assert sum("EXERCISE" not in text for text in texts) == 1
    assert summary.startswith("TLP:AMBER EXERCISE EXERCISE EXERCISE")
    assert "9 alerts in one summary" in summary


def test_what_may_have_been_sent_is_not_folded(slack: Notifier) -> None:
    """An attempt that nobody knows the end of is made again, under the same id, in a storm as well."""
    slack.channel.fail_next(DeliveryError("timed_out", uncertain=True), address=DUTY)
    (alert,) = _report(slack, 0)
    slack.send()
    _report(slack, *range(1, 12))
    for _ in range(12):
        _later(slack, 1)
    (row,) = slack.rows(address=DUTY, alert_id=alert)

    assert row.outcome == "sent"
    assert row.attempts == 2
    # It counts against the budget from its first attempt on.
    assert len(slack.rows(address=DUTY, outcome="sent", bulletin_id=None)) == 3


def test_two_channels_have_budgets_of_their_own(
    slack: Notifier, store: Store, directory: Directory, clock: HandClock
) -> None:
    """What Slack has had does not count against the mailbox."""
    email = Notifier(store=store, directory=directory, clock=clock, name=Channel.EMAIL)
    _report(slack, *range(4))
    _settle(slack)
    email.hear()
    email.send()
    outcomes = [Counter(row.outcome for row in one.rows(institute="gb", bulletin_id=None)) for one in (slack, email)]

    assert outcomes == [{"sent": 3, "folded": 1}] * 2
