"""People set a severity, dissent from it and are outweighed by new evidence: who is told what, on a real broker."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx2
import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SentMail, SlackStandIn
from tests.stories.transcript import transcript
from tests.system.alerts import rows_of, settled
from tests.system.harness import System
from tests.system.people import Browser, link_in, messages_about, shown
from tests.system.reports import incident
from tests.system.test_the_main_job import DESKS, MAILBOXES, told

pytestmark = pytest.mark.kafka

UP = "Four wards share the assistant, and two have not been looked at."
DISSENT = "We know the assistant: it only ranks, nurses decide."
DOWN = "All four wards were looked at; nobody was hurt."
EVIDENCE = "https://records.example/wards"
BACK = "The wards were those of another hospital."


def _speak(system: System, path: str, key: str | None = None, **body: Any) -> Any:
    """Speak on a severity by program: with an institute's key, or as an operator."""
    headers = system.operator if key is None else {"Authorization": f"Bearer {system.key_of(key)}"}
    reply = httpx2.post(f"{system.web_url}/v1/alerts/{path}", json=body, headers=headers, timeout=20)
    assert reply.status_code in {200, 201}, reply.text
    return reply.json()


def _command(system: System, *words: str) -> str:
    """What an operator's command prints."""
    environment = {**system.environment, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", "from tocsin_deploy.cli import main; main()", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _mails(sendgrid: SendGridStandIn, alert: str, institute: str) -> list[SentMail]:
    return [mail for mail in sendgrid.to(MAILBOXES[institute]) if mail.custom_args["alert"] == alert]


def _everybody_has(system: System, sendgrid: SendGridStandIn, alert: str, count: int) -> list[SentMail]:
    """Wait until every mailbox has so many mails about the alert; the newest of each."""
    system.eventually(
        lambda: all(len(_mails(sendgrid, alert, member)) == count for member in MEMBERS),
        f"every mailbox has {count} mails about {alert}",
        within=40,
    )
    settled(system, alert)
    return [_mails(sendgrid, alert, member)[-1] for member in MEMBERS]


def _newest_posts(slack: SlackStandIn, alert: str) -> list[str]:
    """What stands in each desk's channel in the newest message of its own, as it reads now."""
    return [
        shown([one for one in messages_about(slack, alert, desk) if one.thread_ts is None][-1])
        for desk in DESKS.values()
    ]


def test_an_override_up_a_dissent_an_override_down_and_new_evidence(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """Raised: all are asked anew. Dissent: told, nobody paged. Lowered: told. A graver report: all are asked anew."""
    with system.reporter("gb") as reporter:
        series = reporter.incident(incident("gb", "A ward's assistant ranked patients too low", severity="minor"))
        alert = told(system, slack, sendgrid, series)
        settled(system, alert)
        (first,) = _mails(sendgrid, alert, "fr")
        with Browser() as browser:
            browser.open(link_in(system, first)).press("Acknowledge")
        settled(system, alert)

        raised = _speak(system, f"{alert}/overrides", severity="severe", why=UP)
        paging = _everybody_has(system, sendgrid, alert, 2)
        asked = _newest_posts(slack, alert)
        rounds = rows_of(system, alert).responses

        _speak(system, f"{alert}/dissents", "us", institute="us", severity="minor", why=DISSENT)
        dissenting = _everybody_has(system, sendgrid, alert, 3)
        beside = _newest_posts(slack, alert)
        unpaged = rows_of(system, alert).responses

        printed = _command(system, "override", alert, "--severity", "negligible", "--why", DOWN, "--evidence", EVIDENCE)
        lowering = _everybody_has(system, sendgrid, alert, 4)
        lowered = _newest_posts(slack, alert)

        reporter.update(series, incident("gb", "A ward's assistant ranked patients too low", severity="critical"))
        outweighing = _everybody_has(system, sendgrid, alert, 5)
        outweighed = _newest_posts(slack, alert)
    back = _speak(system, f"{alert}/overrides/{raised['override']['id']}/withdraw", why=BACK)
    withdrawing = _everybody_has(system, sendgrid, alert, 6)
    lines = transcript(system, slack, sendgrid, alert)
    with capsys.disabled():
        print(f"\n{lines}")

    # Up: a new message to every desk, in which the person's reason stands beside the shared grade.
    assert [mail.subject.split(": A ward")[0] for mail in paging] == ["TLP:AMBER Severity raised: Severe"] * 3
    for said in (*(mail.text for mail in paging), *asked):
        assert UP in said
        assert "Set to severe by an operator of the network" in said
        assert "Shared grade: minor." in said
        assert "What was answered before does not answer this." in said
    assert all(mail.answer_path for mail in paging)
    assert [row[1] for row in rounds if row[0] == "fr"] == ["acknowledge", None]

    # Dissent: told in the threads and by mail, beside the severity, and nobody is asked anew.
    assert {mail.subject.split(": A ward")[0] for mail in dissenting} == {"TLP:AMBER Dissent: Severe"}
    for said in (*(mail.text for mail in dissenting), *beside):
        assert "US" in said
        assert "holds minor" in said
        assert DISSENT in said
    assert unpaged == rounds
    assert all(mail.headers["Importance"] == "normal" for mail in dissenting)

    # Down, by command and with evidence: told to all who were told.
    assert "severity: negligible" in printed
    assert {mail.subject.split(": A ward")[0] for mail in lowering} == {"TLP:AMBER Severity lowered: Negligible"}
    for said in (*(mail.text for mail in lowering), *lowered):
        assert DOWN in said
        assert EVIDENCE in said

    # New evidence beats it, and the message says so.
    assert {mail.subject.split(": A ward")[0] for mail in outweighing} == {"TLP:AMBER Severity raised: Critical"}
    for said in (*(mail.text for mail in outweighing), *outweighed):
        assert "a later report is graver" in said

    # To withdraw an override that decides nothing is told, and moves nothing.
    assert (back["outcome"], back["severity"]) == ("recorded", "critical")
    assert {mail.subject.split(": A ward")[0] for mail in withdrawing} == {"TLP:AMBER Override withdrawn: Critical"}
    assert [change[2] for change in rows_of(system, alert).changes] == [
        "first_report",
        "acknowledge",
        "override_raised",
        "dissent_recorded",
        "override_lowered",
        "severity_raised",
        "override_withdrawn",
    ]
    # What people said went to those who may read the alert, and nowhere else.
    elsewhere = system.said() + system.metrics() + b"".join(system.events("alerts")).decode()
    for said in (UP, DISSENT, DOWN, EVIDENCE, BACK):
        assert said not in elsewhere
