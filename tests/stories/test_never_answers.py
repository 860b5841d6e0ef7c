"""Institutes that never answer: who is told what and when, and who is left in peace. The hours pass by hand.

Ladders, quorum and waits are those of the network's own policy: a severe finding calls the duty desk, after a quarter
of an hour the lead, after another the coordinator; 60% must have answered within two hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alerting.assessments import finding
from tests.fixtures.samples import specs_if_there
from tests.stories.by_hand import ByHand, by_hand
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import TellingReason
from tocsin_alerting.store.view import alert_view
from tocsin_deploy.broker import LocalBroker
from tocsin_schemas.vocabulary import InstituteState

pytestmark = pytest.mark.kafka

START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SILENT = ("jp", "ke", "us")
ANSWERED = ("fr", "gb")
NAMES = ("Japan AI Safety Institute", "Kenya AI Safety Institute", "US Center for AI Standards and Innovation")


def test_never_answers(
    broker: LocalBroker, topic_prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ladders run out, the coordinator hears of each and of the quorum; whoever has answered is called no more."""
    with by_hand(
        servers=broker.bootstrap_servers,
        prefix=topic_prefix,
        folder=tmp_path,
        members=(*ANSWERED, *SILENT),
        start=START,
        specs=specs_if_there(),
        one_by_one=False,
    ) as network:
        network.report(finding(institute="fr"))
        network.until(START + 5 * MINUTE, step=5 * MINUTE)
        network.answers("fr.duty", "Accuser réception")
        network.until(START + 15 * MINUTE, step=10 * MINUTE)
        network.answers("gb.lead")
        network.until(START + 30 * MINUTE, step=15 * MINUTE)
        network.until(START + 119 * MINUTE, step=89 * MINUTE)
        early = network.rows(reason="quorum_missed")
        network.until(START + 121 * MINUTE, step=MINUTE)
        network.until(START + timedelta(hours=12), step=timedelta(hours=4))
        story = network.transcript(UTC)
        missed = network.rows(reason="quorum_missed")
        states, missed_at = _standing(network)
        calls = {institute: _calls(network, institute) for institute in (*ANSWERED, *SILENT)}
        mails = [mail for mail in network.sendgrid.mails if mail.delivery in {row.id for row in missed}]
        posts = [
            str(call.arguments["text"])
            for call in network.slack.calls
            if call.method == "chat.postMessage"
            and call.arguments["metadata"]["event_payload"].get("delivery") in {row.id for row in missed}
        ]
    with capsys.disabled():
        print(f"\nA finding of fr at 09:00 UTC; jp, ke and us never answer\n{story}")
        print(f"\nThe coordinator's Slack at the deadline:\n{posts[0]}")
        print(f"\nThe coordinator's mail at the deadline: {mails[0].subject}\n{mails[0].text}")

    assert states == dict.fromkeys(SILENT, InstituteState.SILENT) | dict.fromkeys(ANSWERED, InstituteState.ACKNOWLEDGED)
    assert calls == {
        "fr": ["09:00 fr.duty raised"],
        # The coordinator hears of each silence, and of them all at the deadline: not a minute early, and once.
        "gb": [
            "09:00 gb.duty raised",
            "09:15 gb.lead escalated",
            "09:30 gb.duty ladder_exhausted",
            "11:00 gb.duty quorum_missed",
        ],
        **{one: [f"09:00 {one}.duty raised", f"09:15 {one}.lead escalated"] for one in SILENT},
    }
    assert early == []
    assert missed_at == START + 120 * MINUTE
    assert [len(mails), len(posts)] == [1, 1]
    for told in (mails[0].text, mails[0].html, posts[0]):
        assert [name for name in NAMES if name not in told] == []
    assert mails[0].to == "duty@gb.example"


def _standing(network: ByHand) -> tuple[dict[str, InstituteState], datetime | None]:
    """Where institutes stand, and when the quorum was missed."""
    (alert,) = {row.alert_id for row in network.rows()}
    with network.store.read() as session:
        view = alert_view(session, str(alert), directory=network.directory, level=lambda _: Level.FULL)
    assert view is not None
    assert view.quorum is not None
    return {each.institute: each.state for each in view.responses}, view.quorum.missed_at


def _calls(network: ByHand, institute: str) -> list[str]:
    """When, whom and by what reason people of an institute were called, over all channels; an edit calls nobody."""
    called = [
        f"{row.sent_at:%H:%M} {row.contact} {row.reason}"
        for row in network.rows(institute=institute, outcome="sent")
        if row.kind != "edit" and TellingReason(row.reason).pages
    ]
    return list(dict.fromkeys(called))
