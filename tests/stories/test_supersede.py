"""A report takes the place of one that named the wrong system: who is told what, on a real broker."""

from __future__ import annotations

import pytest

from tests.standins import SendGridStandIn, SlackStandIn
from tests.stories.correcting import Told
from tests.system.alerts import rows_of, settled
from tests.system.harness import System
from tests.system.reports import finding
from tests.system.test_the_main_job import told

pytestmark = pytest.mark.kafka


def test_supersede(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alert about the wrong system is taken back and points to the right one; everybody told there learns it."""
    with system.reporter("us") as reporter:
        wrong = reporter.finding(finding("us", "example/mistaken-1"))
        mistaken = told(system, slack, sendgrid, wrong)
        settled(system, mistaken)
        right = reporter.finding(finding("us", "example/meant-1", supersedes=[wrong]))
        meant = told(system, slack, sendgrid, right)
        settled(system, meant)
    people = Told(system, slack, sendgrid, mistaken)
    gone = people.everybody_has(2)
    people.show(capsys, gone[0])
    Told(system, slack, sendgrid, meant).show(capsys, Told(system, slack, sendgrid, meant).mails("gb")[0])
    page = system.api(f"/v1/alerts/{mistaken}")

    assert meant != mistaken
    assert rows_of(system, mistaken).changes[-1][1:] == ("retracted", "superseded")
    for mail in gone:
        assert mail.subject.startswith("TLP:AMBER RETRACTED:")
        assert "RETRACTED: please go by the newer alert." in mail.text
        assert "US Center for AI Standards and Innovation replaced what it rested on by a newer report" in mail.text
        assert f"/alerts/{meant}" in mail.text
    assert all(f"/alerts/{meant}" in reply for reply in people.replies())
    assert [(one["relation"], one["alert"]) for one in page["related"]] == [("superseded_by", meant)]
    assert [report["superseded_by"] for report in page["reports"]] == [right]
    assert [one["relation"] for one in system.api(f"/v1/alerts/{meant}")["related"]] == ["supersedes"]
