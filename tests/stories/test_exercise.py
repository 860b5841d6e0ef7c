"""A joint exercise: one alert for one joint test, its results by language, marked as an exercise from end to end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SlackStandIn
from tests.stories.test_diverge import guidance_about, mails_about
from tests.stories.transcript import transcript
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.people import messages_about, shown
from tests.system.reports import finding
from tests.system.test_the_main_job import DESKS

pytestmark = pytest.mark.kafka

EXERCISE = "Fourth joint testing exercise"
MARK = "EXERCISE EXERCISE EXERCISE"


def _tested(institute: str, system: str, language: str, value: float) -> dict[str, Any]:
    return finding(
        institute,
        system,
        value=value,
        status="exercise",
        exercise=EXERCISE,
        conditions={"scaffold": "generate", "judge": "rule", "languages_tested": [language]},
    )


def test_a_joint_test_is_one_alert_with_a_table_by_language(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two systems in three languages by three institutes; English results that differ raise guidance."""
    with system.reporter("gb") as gb, system.reporter("fr") as fr, system.reporter("us") as us:
        alerts = [alert_of(system, gb.finding(_tested("gb", "example/joint-a", "en", 0.85)))]
        alerts.append(alert_of(system, fr.finding(_tested("fr", "example/joint-a", "fr", 0.70))))
        alerts.append(alert_of(system, us.finding(_tested("us", "example/joint-a", "es", 0.84))))
        alerts.append(alert_of(system, fr.finding(_tested("fr", "example/joint-b", "fr", 0.50))))
        alert = alerts[0]
        system.eventually(lambda: len(rows_of(system, alert).changes) >= len(alerts), "all reports are gathered")
        settled(system, alert)
        calm = guidance_about(system, "example/joint-a")

        alerts.append(alert_of(system, us.finding(_tested("us", "example/joint-a", "en", 0.70))))
        (guidance,) = system.eventually(
            lambda: guidance_about(system, "example/joint-a"), "English results differ", within=30
        )
        settled(system, alert)
        settled(system, guidance)
    lines = transcript(system, slack, sendgrid, alert)
    mails = {member: mails_about(sendgrid, alert, member)[-1] for member in MEMBERS}
    posts = {member: shown(messages_about(slack, alert, DESKS[member])[0]) for member in MEMBERS}
    api = system.api(f"/v1/alerts/{alert}")
    with capsys.disabled():
        print(f"\n{lines}\n\n{mails['fr'].subject}\n{mails['fr'].text}")
        print(f"\n{transcript(system, slack, sendgrid, guidance)}")

    assert len(set(alerts)) == 1
    # Languages that differ are what the exercise is about; they are no divergence.
    assert calm == []
    for mail in mails.values():
        assert mail.subject.count("EXERCISE") >= 2
        assert mail.text.count(MARK) == 2
        assert f"Results by language ({EXERCISE})" in mail.text
        assert "fr: 0.7 ± 0.01 (n = 1273)" in mail.text
        assert "differs from English of UK AI Security Institute" in mail.text
        assert "<li>fr: <bdi>0.7 ± 0.01 (n = 1273)" in mail.html
    for post in posts.values():
        assert MARK in post
        assert "Results by language" in post
        assert "fr 0.7†" in post
    assert api["comparison"]["languages"] == ["en", "es", "fr"]
    assert [row["system"] for row in api["comparison"]["rows"]] == ["example/joint-a", "example/joint-b"]
    # Guidance of an exercise is an exercise too, and pages nobody as the real thing.
    assert system.api(f"/v1/alerts/{guidance}")["status"] == "exercise"
    for member in ("gb", "us"):
        said = mails_about(sendgrid, guidance, member)[-1]
        assert MARK in said.text
        assert said.headers["Importance"] == "normal"
    assert all(one.outcome == "sent" for one in deliveries_of(system, guidance) if one.outcome != "withheld")
