"""Slack is down for an hour: mail takes over, and when Slack is back nobody who has answered is called again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alerting.assessments import finding, incident
from tests.fixtures.samples import specs_if_there
from tests.standins import RateLimited, ServerError, TakenWithoutAnswer
from tests.stories.by_hand import ByHand, by_hand
from tocsin_deploy.broker import LocalBroker

pytestmark = pytest.mark.kafka

START = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HANGS = 0.9
"""Seconds for which one destination keeps silent in the end; less than the client waits."""


def _pages(network: ByHand, contact: str) -> list[tuple[str, str]]:
    """When and by which channel somebody was asked for an answer."""
    return [
        (f"{row.sent_at:%H:%M}", row.channel)
        for row in network.rows(contact=contact, outcome="sent")
        if row.sent_at is not None and row.reason in {"raised", "escalated", "ladder_exhausted"} and row.kind != "edit"
    ]


def _others_waited(network: ByHand) -> dict[str, float]:
    """One more report, and one destination that keeps silent: how long after it the others were asked, in seconds."""
    before = len(network.slack.requests)
    network.slack.fail_next(TakenWithoutAnswer(seconds=HANGS), destination="C0FRDUTY")
    network.report(finding("later", system="another-model", evaluation="another"))
    asked: dict[str, float] = {}
    for request in network.slack.requests[before:]:
        asked.setdefault(str(network.slack.destination_of(request)), request.at)
    hung = asked.pop("C0FRDUTY")
    return {channel: max(at - hung, 0.0) for channel, at in asked.items() if channel.endswith("DUTY")}


def test_slack_is_down_for_an_hour(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """503, 429 and silence at once; after a minute mail is there, and the hour's end brings no stale call."""
    with by_hand(
        servers=broker.bootstrap_servers,
        prefix=topic_prefix,
        folder=tmp_path,
        members=("fr", "gb", "us"),
        start=START,
        specs=specs_if_there(),
    ) as network:
        slack = network.slack
        slack.fail_always(ServerError(503))
        slack.fail_always(RateLimited("120"), destination="C0USDUTY")
        slack.fail_next(TakenWithoutAnswer(), destination="C0GBDUTY")
        network.report(incident(institute="us"))
        network.until(START + MINUTE / 2, step=MINUTE)
        early = list(network.sendgrid.mails)
        network.until(START + MINUTE, step=MINUTE)
        network.until(START + 10 * MINUTE, step=3 * MINUTE)
        network.answers("gb.duty")
        network.until(START + 15 * MINUTE, step=5 * MINUTE)
        network.until(START + 20 * MINUTE, step=MINUTE)
        network.answers("us.lead")
        network.until(START + 31 * MINUTE, step=MINUTE * 5)
        network.until(START + 60 * MINUTE, step=10 * MINUTE)
        during = len(network.rows(channel="slack", outcome="sent"))
        slack.heal()
        slack.fail_next(TakenWithoutAnswer(), destination="C0FRDUTY")
        network.until(START + 75 * MINUTE, step=5 * MINUTE)
        story = network.transcript(UTC)
        people = sorted(network.directory.contacts)
        pages = {contact: _pages(network, contact) for contact in people}
        posts = {channel: slack.in_channel(channel) for channel in ("C0FRDUTY", "C0GBDUTY", "C0USDUTY")}
        superseded = {
            (row.contact, row.outcome_reason)
            for row in network.rows(channel="slack", outcome="superseded")
            if row.kind != "edit"
        }
        waited = _others_waited(network)
    with capsys.disabled():
        print(f"\nSlack is down from 20:00 to 21:00 UTC\n{story}")
        for channel, seconds in sorted(waited.items()):
            print(f"while C0FRDUTY kept silent for {HANGS} s, {channel} was asked {seconds * 1000:.0f} ms after it")

    assert early == []
    # The two who are asked first have the mail a minute after the report; each mail once.
    assert {contact: pages[contact][0] for contact in ("fr.duty", "gb.duty", "us.duty")} == {
        "fr.duty": ("20:01", "email"),
        "gb.duty": ("20:01", "email"),
        "us.duty": ("20:01", "email"),
    }
    assert max(len([mail for mail in network.sendgrid.mails if mail.to == to]) for to in ("duty@gb.example",)) <= 2
    # What had been taken without an answer is the only one that Slack has from that hour.
    assert during == 0
    # Who has answered is left alone: no call by Slack after the hour.
    assert [page for page in pages["us.duty"] + pages["us.lead"] if page[1] == "slack"] == []
    assert {contact for contact, reason in superseded if reason == "answered"} >= {"us.duty"}
    # Who has not is asked there as well, in one message that shows how things stand, with what follows in its thread.
    assert [message.thread_ts for message in posts["C0FRDUTY"]] == [None]
    assert "Duty desk (GB)" in json.dumps(posts["C0FRDUTY"][0].blocks, ensure_ascii=False)
    assert set(waited) == {"C0GBDUTY", "C0USDUTY"}
    assert max(waited.values()) < HANGS / 2
