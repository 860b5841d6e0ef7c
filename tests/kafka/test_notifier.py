"""From an event on `alerts` to people: a real broker, real processes, and servers that stand in for the providers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.alerting import assessments
from tests.kafka.notifying import KEY, TOKEN, Notifying, notifying
from tests.standins import RateLimited, ServerError, TakenWithoutAnswer
from tocsin_alerting.policy.directory import Directory
from tocsin_deploy.broker import LocalBroker
from tocsin_schemas import ProblemCode

pytestmark = pytest.mark.kafka
Deploy = Callable[..., Notifying]


@pytest.fixture
def deploy(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, specs: Path, directory: Directory, sqlite_store_url: str
) -> Iterator[Deploy]:
    """Makes a deployment with settings of the test's own."""
    made = []

    def make(**settings: str) -> Notifying:
        context = notifying(
            specs=specs,
            broker=broker,
            prefix=topic_prefix,
            folder=tmp_path,
            database_url=sqlite_store_url,
            directory=directory,
            **settings,
        )
        made.append(context)
        return context.__enter__()

    yield make
    for context in made:
        context.__exit__(None, None, None)


def test_an_alert_reaches_both_channels_and_an_answer_is_shown(deploy: Deploy) -> None:
    """Every duty desk has a message and a mail; after an answer Slack shows who, and nobody is mailed again."""
    deployment = deploy()
    deployment.start()
    alert_id = deployment.desk.take(assessments.finding()).alert_id
    assert alert_id is not None
    deployment.publish()
    deployment.eventually(lambda: len(deployment.rows(outcome="sent")) == 20, "twenty are told")
    deployment.desk.answer(alert_id, "gb")
    deployment.publish()
    deployment.eventually(lambda: len(deployment.rows(outcome="sent")) == 31, "the answer is shown")
    shown = deployment.slack.in_channel("C0USDUTY")
    own = deployment.slack.in_channel("C0GBDUTY")
    said = "".join(notifier.said() for notifier in deployment.notifiers.values())

    assert len(deployment.sendgrid.mails) == 10
    assert {mail.delivery for mail in deployment.sendgrid.mails} == {row.id for row in deployment.rows(channel="email")}
    assert [message.edits for message in shown] == [1]
    assert "acknowledged by Duty desk (GB)" in json.dumps(shown[0].blocks)
    japanese = json.dumps(deployment.slack.in_channel("C0JPDUTY")[0].blocks, ensure_ascii=False)
    assert "深刻" in japanese
    assert "acknowledged by" not in japanese
    assert shown[0].button is not None
    assert own[0].button is None
    assert own[1].thread_ts == own[0].ts
    assert TOKEN not in said
    assert KEY not in said
    assert "What was found" not in said
    assert "duty@gb.example" not in said


def test_providers_that_fail_are_asked_again_and_nobody_waits_for_them(deploy: Deploy) -> None:
    """A rate limit on one channel and an outage of one mailbox: the others have theirs, and these get theirs later."""
    deployment = deploy()
    deployment.slack.fail_next(RateLimited("2"), destination="C0GBDUTY")
    deployment.slack.fail_next(TakenWithoutAnswer(), destination="C0JPDUTY")
    deployment.sendgrid.fail_next(ServerError(503), destination="duty@fr.example")
    deployment.start()
    deployment.desk.take(assessments.finding())
    deployment.publish()
    deployment.eventually(lambda: len(deployment.rows(outcome="sent")) >= 17, "the seventeen others are told")
    deployment.eventually(lambda: len(deployment.rows(outcome="sent")) == 20, "all are told")
    attempts = {row.address: row.attempts for row in deployment.rows() if row.attempts > 1}

    assert attempts == {"C0GBDUTY": 2, "C0JPDUTY": 2, "duty@fr.example": 2}
    assert len(deployment.slack.messages) == 10


def test_an_event_that_cannot_be_read_is_a_dead_letter(deploy: Deploy) -> None:
    """Garbage and alerts of another store are put aside with their reason by both; what follows is told."""
    deployment = deploy()
    deployment.start()
    deployment.desk.take(assessments.finding())
    deployment.put(b"a", b"no event")
    deployment.put(
        b"a",
        json.dumps(
            {
                "specversion": "1.0",
                "id": "e1",
                "source": "urn:tocsin:alerting",
                "type": "org.tocsin.alert.raised.v1",
                "data": {
                    "alert": "of-another-store",
                    "revision": 1,
                    "change": "raised",
                    "at": "2026-11-24T09:00:00Z",
                    "reason": "first_report",
                    "kind": "finding",
                    "state": "open",
                    "severity": "severe",
                    "oecd_class": "serious_hazard",
                    "status": "actual",
                    "tlp": "TLP:AMBER",
                },
            }
        ).encode(),
    )
    deployment.publish()
    deployment.eventually(lambda: len(deployment.rows(outcome="sent")) == 20, "twenty are told")
    letters = deployment.eventually(
        lambda: found if len(found := deployment.dead_letters()) == 4 else None, "four dead letters"
    )
    codes = Counter(problem.code for letter in letters for problem in letter.problems)

    assert {letter.stage for letter in letters} == {"notify"}
    assert codes == {ProblemCode.NOT_JSON.value: 2, ProblemCode.NEVER_SEEN.value: 2}


def test_without_keys_everything_is_kept_as_a_preview(deploy: Deploy) -> None:
    """Nothing leaves the machine, and what would have is there to be read."""
    deployment = deploy(TOCSIN_SLACK_BOT_TOKEN="", TOCSIN_SENDGRID_API_KEY="")
    deployment.start()
    deployment.desk.take(assessments.finding())
    deployment.publish()
    rows = deployment.eventually(lambda: found if len(found := deployment.rows()) == 20 else None, "twenty rows")
    deployment.eventually(lambda: len(deployment.rows(outcome="previewed")) == 20, "twenty previews")

    assert len(rows) == 20
    assert all(row.rendered for row in deployment.rows())
    assert deployment.slack.requests == deployment.sendgrid.requests == []


@pytest.mark.crash
@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_ending_in_the_middle_of_a_burst_loses_nobody(deploy: Deploy, end: str) -> None:
    """Kill -9 and SIGTERM while alerts flow: everybody is told, and a repeat carries the same delivery id."""
    deployment = deploy(TOCSIN_SLACK_SECONDS_BETWEEN_POSTS="0")
    deployment.start()
    for round_ in range(3):
        for number in range(8):
            deployment.desk.take(assessments.finding(f"r{round_}.{number}", system=f"model-{round_}-{number}"))
        deployment.publish()
        wanted = round_ * 160 + 50
        deployment.eventually(
            lambda wanted=wanted: len(deployment.slack.messages) + len(deployment.sendgrid.mails) >= wanted,
            "some are told",
        )
        # One may have told all that while the other was still loading, and a process that loads obeys any signal.
        deployment.eventually(lambda starts=round_ + 1: deployment.starts() >= starts, "both are at work")
        for notifier in deployment.notifiers.values():
            if end == "kill":
                notifier.kill()
            else:
                status = notifier.terminate()
                assert status == 0, notifier.tail()
            notifier.start()
    deployment.eventually(
        lambda: len(deployment.rows(outcome="sent")) == 3 * 8 * 20, "everybody is told of everything", within=100
    )
    posts = Counter(message.delivery for message in deployment.slack.messages)
    mails = Counter(mail.delivery for mail in deployment.sendgrid.mails)
    repeats = sum(count - 1 for count in (*posts.values(), *mails.values()))

    assert set(posts) | set(mails) == {row.id for row in deployment.rows()}
    # Of what was in hand at a kill, only mails may repeat: Slack is asked first. After SIGTERM nothing does.
    assert max(posts.values()) == 1
    assert repeats <= (3 * 16 if end == "kill" else 0)
