"""An exercise and a real incident about one system at one time: whoever is on duty can tell them apart, and so do we.

The waits are those of the tests' network: six seconds and three for what is moderate, half an hour for an exercise.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import RateLimited, SendGridStandIn, SlackStandIn
from tests.stories.test_diverge import mails_about
from tests.stories.transcript import transcript
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.people import Browser, answer_by_api, link_in, messages_about
from tests.system.reports import finding, incident
from tests.system.test_the_main_job import DESKS
from tocsin_alerting.store.tables import ResponseRow

pytestmark = pytest.mark.kafka

ASSISTANT = "example/ward-assistant"
MARK = "EXERCISE EXERCISE EXERCISE"
DOMAIN = "chemical_biological"


def test_exercise_beside_real(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alerts, ladders and answers of their own; the real one first; the exercise keeps nothing real from anybody."""
    about: dict[str, Any] = {"systems": [{"name": ASSISTANT}], "domain": DOMAIN, "tlp": "TLP:GREEN"}
    with system.reporter("gb") as gb, system.reporter("fr") as fr, system.reporter("us") as us:
        # One desk's channel takes nothing for a while: there the exercise and what is real wait side by side.
        slack.fail_next(RateLimited("2"), times=100, destination=DESKS["gb"])
        drill = alert_of(
            system, gb.incident(incident("gb", "Drill: the assistant mixed up doses", status="exercise", **about))
        )
        system.eventually(
            lambda: [one for one in slack.calls if one.error == "ratelimited"], "the desk's channel waits"
        )
        before = alert_of(system, us.finding(finding("us", ASSISTANT, value=0.7)))
        system.eventually(lambda: _sent(system, before), "the finding is told")
        for member in MEMBERS:
            assert answer_by_api(system, before, member)[0] == 201
        real = alert_of(system, fr.incident(incident("fr", "The assistant mixed up doses", **about)))
        system.eventually(lambda: _waits(system, real, DESKS["gb"]), "both wait for the desk's channel")
        slack.heal()
        after = alert_of(system, us.finding(finding("us", ASSISTANT, value=0.71, tlp="TLP:GREEN")))
        drilled = alert_of(system, fr.finding(finding("fr", ASSISTANT, value=0.7, status="exercise", tlp="TLP:GREEN")))
    for alert in (drill, real):
        settled(system, alert)
    kept_back = system.eventually(lambda: _muted(system, after), "calls about the hazard are kept back")
    kept_in_drill = system.eventually(lambda: _muted(system, drilled), "so are those about the drill's hazard")

    # The people of one institute answer the exercise, those of another the real thing.
    with Browser() as browser:
        browser.open(link_in(system, mails_about(sendgrid, drill, "us")[0])).press("Acknowledge")
    assert answer_by_api(system, real, "gb")[0] == 201
    answers = {alert: _answers(system, alert) for alert in (drill, real)}

    for member in MEMBERS:
        assert answer_by_api(system, real, member, "resolve")[0] == 201
    system.eventually(lambda: _told_late(system, after), "the hazard is told afterwards")
    for member in MEMBERS:
        assert answer_by_api(system, after, member)[0] == 201
    for alert in (real, after, before):
        settled(system, alert)
    with capsys.disabled():
        for name, alert in (
            ("The exercise", drill),
            ("The real incident", real),
            ("A finding that came before the real incident", before),
            ("A finding that came after it", after),
            ("A finding of the exercise", drilled),
        ):
            print(f"\n{name}\n{transcript(system, slack, sendgrid, alert)}")

    assert len({drill, real, before, after, drilled}) == 5
    assert {(_ladders(system, drill), _ladders(system, real))} == {("exercise", "urgent")}
    for member in MEMBERS:
        pretended, meant = (_first_post(slack, alert, DESKS[member]) for alert in (drill, real))
        assert MARK in pretended
        assert MARK not in meant
        assert "<!here>" in meant
        assert "<!here>" not in pretended
        mail = mails_about(sendgrid, drill, member)[0]
        assert mail.subject.count("EXERCISE") >= 2
        assert mail.headers["Importance"] == "normal"
        assert mails_about(sendgrid, real, member)[0].headers["Importance"] == "high"
    # Both waited for one desk: what is real went first, although it came later.
    waiting = {
        alert: min(one.posted_at for one in messages_about(slack, alert, DESKS["gb"])) for alert in (drill, real)
    }
    assert waiting[real] < waiting[drill]
    assert answers == {drill: {"us": "acknowledge"}, real: {"gb": "acknowledge"}}
    assert rows_of(system, drill).state == "open"
    # The exercise was confirmed and live when the first finding came, and kept nothing back; the real incident did.
    assert not [one for one in deliveries_of(system, before) if one.revision == 1 and one.outcome == "muted"]
    assert kept_back == {f"inhibition:{real}"}
    assert kept_in_drill == {f"inhibition:{drill}"}
    assert system.api(f"/v1/alerts/{before}")["corroboration"]["confirmed_by"] == []
    assert not [one for one in deliveries_of(system, drilled) if one.outcome == "sent"]


def _muted(system: System, alert: str) -> set[str | None]:
    """What keeps calls about an alert back, once both notifiers have planned it."""
    found = [one for one in deliveries_of(system, alert) if one.revision == 1 and one.outcome == "muted"]
    return {one.outcome_reason for one in found} if {one.channel for one in found} == {"slack", "email"} else set()


def _waits(system: System, alert: str, address: str) -> bool:
    return any(one.address == address and one.outcome == "pending" for one in deliveries_of(system, alert, "slack"))


def _sent(system: System, alert: str) -> bool:
    return any(one.outcome == "sent" for one in deliveries_of(system, alert))


def _told_late(system: System, alert: str) -> bool:
    """Whether every duty desk was told on both channels once nothing kept the calls back."""
    found = [one for one in deliveries_of(system, alert) if one.reason == "inhibition_ended"]
    return len(found) == 2 * len(MEMBERS) and {one.outcome for one in found} == {"sent"}


def _first_post(slack: SlackStandIn, alert: str, channel: str) -> str:
    """What was posted first about an alert, as it was posted then."""
    posts = [call for call in list(slack.calls) if call.arguments.get("channel") == channel and not call.error]
    return str(next(call.arguments for call in posts if alert in str(call.arguments.get("metadata", ""))))


def _answers(system: System, alert: str) -> dict[str, str]:
    return {institute: answer for institute, answer, _, _ in rows_of(system, alert).responses if answer is not None}


def _ladders(system: System, alert: str) -> str:
    with system.read() as session:
        (ladder,) = {row.ladder for row in session.query(ResponseRow).where(ResponseRow.alert_id == alert)}
    return ladder
