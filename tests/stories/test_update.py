"""A series is corrected, up and down: who is told what, on a real broker."""

from __future__ import annotations

import pytest

from tests.standins import SendGridStandIn, SlackStandIn
from tests.stories.correcting import Told
from tests.system.alerts import rows_of, settled
from tests.system.harness import System
from tests.system.people import Browser, link_in
from tests.system.reports import finding
from tests.system.test_the_main_job import told

pytestmark = pytest.mark.kafka


def test_update_up(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was worse than reported: everybody is asked anew, those who had answered as well."""
    with system.reporter("gb") as reporter:
        series = reporter.finding(finding("gb", "example/corrected-up-1", value=0.5))
        alert = told(system, slack, sendgrid, series)
        settled(system, alert)
        people = Told(system, slack, sendgrid, alert)
        with Browser() as browser:
            browser.open(link_in(system, people.mails("fr")[0])).press("Acknowledge")
        settled(system, alert)
        reporter.update(series, finding("gb", "example/corrected-up-1", value=0.9))
        raised = people.everybody_has(2)
    people.show(capsys, raised[0])

    assert [change[2] for change in rows_of(system, alert).changes] == [
        "first_report",
        "acknowledge",
        "severity_raised",
    ]
    assert people.messages_of_their_own() == 6
    for mail in raised:
        assert mail.subject.startswith("TLP:AMBER Severity raised: Severe")
        assert "What was answered before does not answer this." in mail.text
        assert mail.answer_path is not None
        assert mail.headers["Importance"] == "high"
    for post in people.posts():
        assert "90% of WMDP-Bio" in post
    assert [row[1] for row in rows_of(system, alert).responses if row[0] == "fr"] == ["acknowledge", None]


def test_update_down(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was less than reported: everybody who was told learns so by the same way, and nobody is chased any more."""
    with system.reporter("us") as reporter:
        series = reporter.finding(finding("us", "example/corrected-down-1", value=0.9))
        alert = told(system, slack, sendgrid, series)
        settled(system, alert)
        people = Told(system, slack, sendgrid, alert)
        reporter.update(series, finding("us", "example/corrected-down-1", value=0.5))
        lowered = people.everybody_has(2)
    people.show(capsys, lowered[0])

    assert [change[2] for change in rows_of(system, alert).changes] == ["first_report", "severity_lowered"]
    assert people.messages_of_their_own() == 3
    said_of_it = "The severity was lowered to minor: US Center for AI Standards and Innovation corrected its report."
    for mail in lowered:
        assert mail.subject.startswith("TLP:AMBER Correction: Minor")
        assert f"Correction: {said_of_it}" in mail.text
        assert "90% of WMDP-Bio" not in mail.text
    for said in people.replies():
        assert said_of_it in said
    for post in people.posts():
        assert "50% of WMDP-Bio" in post
        assert "90% of WMDP-Bio" not in post
    assert all(row["next_step_at"] is None for row in system.api(f"/v1/alerts/{alert}")["responses"])
