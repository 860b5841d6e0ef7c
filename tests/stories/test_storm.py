"""A storm on the real broker: thousands of findings in a minute, one critical incident among them, failing providers.

People get few messages, the critical incident's at once, and every finding is found in a summary. The network is the
shipped one with three members; budgets, windows and intervals are shortened to seconds and are printed.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
import yaml

from tests.fixtures.samples import specs_if_there
from tests.fixtures.system import MEMBERS
from tests.standins import RateLimited, SendGridStandIn, SlackStandIn, Slow, TakenWithoutAnswer
from tests.stories.storm_watch import (
    arrived,
    editions_waiting,
    held_by,
    most_within,
    outcomes,
    rests,
    sent_by_itself,
    stages,
    storms_open,
    summaries,
)
from tests.system.alerts import alert_of
from tests.system.harness import SENDGRID_KEY, SLACK_TOKEN, System
from tests.system.network import copy_network
from tests.system.reports import finding, incident
from tests.system.test_the_main_job import DESKS, MAILBOXES
from tocsin_deploy.broker import LocalBroker
from tocsin_producers import Reporter

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(1_800)]

FINDINGS = int(os.environ.get("TOCSIN_STORM_FINDINGS", "200"))
"""How many; `make story STORY=storm` takes 5,000."""
SLACK_MESSAGES, MAILS, WINDOW = 5, 3, 10.0
BUDGETS = {
    "channels": {
        "slack": {
            "messages": SLACK_MESSAGES,
            "window": "PT10S",
            "urgent_messages": 60,
            "gather": "PT2S",
            "every": "PT15S",
        },
        "email": {"messages": MAILS, "window": "PT10S", "urgent_messages": 30, "gather": "PT2S", "every": "PT1H"},
    }
}
RETRY_AFTER, SLOW_SECONDS = 3.0, 5.0
LIMITED, SLOW = DESKS["fr"], DESKS["us"]


@pytest.fixture
def providers() -> Iterator[tuple[SlackStandIn, SendGridStandIn]]:
    """Slack and SendGrid of this story's own."""
    with (
        SlackStandIn(token=SLACK_TOKEN, specs=specs_if_there()) as slack,
        SendGridStandIn(key=SENDGRID_KEY, specs=specs_if_there()) as sendgrid,
    ):
        yield slack, sendgrid
        assert slack.violations == []
        assert sendgrid.violations == []


@pytest.fixture
def network(tmp_path: Path, broker: LocalBroker, providers: tuple[SlackStandIn, SendGridStandIn]) -> Iterator[System]:
    """A deployment of this story's own."""
    slack, sendgrid = providers
    folder = copy_network(tmp_path / "network", members=MEMBERS)
    policy = yaml.safe_load((folder / "policy.yaml").read_text(encoding="utf-8"))
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy | {"budgets": BUDGETS}), encoding="utf-8")
    running = System(
        folder=tmp_path,
        bootstrap_servers=broker.bootstrap_servers,
        topic_prefix="storm.",
        network_dir=folder,
        database_url=f"sqlite:///{tmp_path / 'tocsin.db'}",
        slack_url=slack.api_url,
        sendgrid_url=sendgrid.url,
    )
    try:
        yield running.start()
    finally:
        complaints = running.stop()
    assert not complaints, "\n".join(complaints)


def test_a_storm_of_findings(
    network: System, providers: tuple[SlackStandIn, SendGridStandIn], capsys: pytest.CaptureFixture[str]
) -> None:
    """Few messages, the critical one at once, everything found, Retry-After kept, nobody held up by the slow one."""
    slack, sendgrid = providers
    slack.fail_next(RateLimited(f"{RETRY_AFTER:g}"), times=2, destination=LIMITED)
    slack.fail_always(Slow(SLOW_SECONDS), destination=SLOW)
    slack.fail_next(TakenWithoutAnswer(), destination=DESKS["gb"])
    sendgrid.fail_next(TakenWithoutAnswer(), destination=MAILBOXES["gb"])
    began = time.monotonic()
    with network.reporter() as reporter:
        events, critical, published = _publish(reporter)
    minute = time.monotonic() - began
    alert = alert_of(network, critical, within=1_500)
    network.eventually(
        lambda: outcomes(network).total() >= 2 * len(MEMBERS) * (FINDINGS + 1), "all is planned", within=1_500
    )
    planned = time.monotonic() - began
    network.eventually(lambda: not outcomes(network)["pending"], "nothing about an alert waits", within=120)
    network.eventually(lambda: not storms_open(network), "every storm is over and was told", within=120)
    network.eventually(lambda: not editions_waiting(network), "the last editions of all summaries went out", within=60)
    destinations = (*DESKS.values(), *MAILBOXES.values())
    places = {each: arrived(slack, sendgrid, each) for each in destinations}
    latency = {
        destination: next(one.at for one in messages if one.about == alert) - published
        for destination, messages in places.items()
    }
    bulletins = summaries(network)
    storms = Counter(bulletins.values())
    holds: dict[str, set[str]] = {destination: set() for destination in destinations}
    for summary, address in bulletins.items():
        holds[address] |= held_by(network, summary)
    honoured = _rests_after_a_limit(slack)
    # Of those that waited for each other: what comes later came when it came.
    gaps = {desk: rests(places[desk][:SLACK_MESSAGES]) for desk in (DESKS["fr"], DESKS["gb"])}
    with capsys.disabled():
        print(f"\n{len(events)} findings in {minute:.1f} s, one critical incident after half of them; window 10 s")
        print(f"all planned {planned:.1f} s after the first was sent ({stages(network)}): {dict(outcomes(network))}")
        for destination, messages in places.items():
            own = [one for one in messages if one.about in bulletins]
            print(
                f"  {destination}: {storms[destination]} storms, {len(messages) - len(own)} + {len(own)} messages, "
                f"critical after {latency[destination]:.2f} s; {len(holds[destination])} held"
            )
        again = ", ".join(f"{seconds:.2f}" for seconds in honoured)
        print(f"  429 with Retry-After {RETRY_AFTER:g}: asked again after {again} s")
        print(
            f"  calls to {SLOW} take {SLOW_SECONDS:g} s; others' longest rest between two messages: "
            + ", ".join(f"{desk} {max(each):.2f} s (median {median(each):.2f})" for desk, each in gaps.items())
        )

    alerts = set().union(*holds.values())
    for destination, messages in places.items():
        limit = MAILS if "@" in destination else SLACK_MESSAGES
        own = [one for one in messages if one.about in bulletins]

        # Those of the budget, the critical one, and a summary: by mail one more, when the storm is over. On a machine
        # that stands still for a whole window the storm ends, and a second one begins.
        assert len(messages) - len(own) <= limit * storms[destination] + 1
        assert 1 <= len(own) <= (2 if "@" in destination else 1) * storms[destination]
        assert most_within([one for one in messages if one.about not in {alert, *bulletins}], WINDOW - 1) <= limit
        # Every finding is found: told by itself, or held by the destination's summary.
        assert len(holds[destination] | sent_by_itself(network, destination)) == FINDINGS + 1
        # The critical one comes before any summary that was made after it was known, and is in none.
        assert alert not in holds[destination]
    assert alert not in alerts
    # Each in its reader's language.
    assert any("The storm is over" in one.text for one in slack.in_channel(DESKS["gb"]))
    assert any("L'afflux est terminé" in one.text for one in slack.in_channel(DESKS["fr"]))
    assert all(RETRY_AFTER <= seconds <= RETRY_AFTER + 1 for seconds in honoured)
    assert len(honoured) == 2
    assert all(max(each) < SLOW_SECONDS for each in gaps.values())
    _assert_taken_once(slack, sendgrid)


def _publish(reporter: Reporter) -> tuple[list[str], str, float]:
    """The findings, spread over the minute, and the incident in their midst; ids, and when the incident was sent."""
    pace = 60.0 / 5_000
    began = time.monotonic()

    def send(number: int) -> str:
        time.sleep(max(0.0, began + number * pace - time.monotonic()))
        member = MEMBERS[number % len(MEMBERS)]
        return reporter.finding(finding(member, f"example/storm-{number}", value=0.70))

    with ThreadPoolExecutor(8) as senders:
        first = list(senders.map(send, range(FINDINGS // 2)))
        published = time.monotonic()
        critical = reporter.incident(incident("gb", "One death in a storm", severity="critical"))
        return [*first, *senders.map(send, range(FINDINGS // 2, FINDINGS))], critical, published


def _rests_after_a_limit(slack: SlackStandIn) -> list[float]:
    """How long after each 429 its channel was asked again."""
    calls = [call for call in slack.calls if call.arguments.get("channel") == LIMITED]
    return [later.at - call.at for call, later in pairwise(calls) if call.error == "ratelimited"]


def _assert_taken_once(slack: SlackStandIn, sendgrid: SendGridStandIn) -> None:
    """What was taken without an answer: in Slack it is found, by mail it is repeated under the same delivery id."""
    posted = [one.delivery for one in slack.messages if one.thread_ts is None]
    mails = [mail.delivery for mail in sendgrid.mails]

    assert len(posted) == len(set(posted))
    assert len(mails) == len(set(mails)) + 1
