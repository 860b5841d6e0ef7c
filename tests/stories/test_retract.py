"""Reports are taken back, first one of two, then the last: who is told what, on a real broker."""

from __future__ import annotations

import pytest

from tests.standins import SendGridStandIn, SlackStandIn
from tests.stories.correcting import Told
from tests.system.alerts import rows_of, settled
from tests.system.harness import System
from tests.system.reports import finding
from tests.system.test_the_main_job import told
from tocsin_schemas import ReportKind, Tlp

pytestmark = pytest.mark.kafka


def test_retract(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """The graver report goes, the other decides; that goes too, and the alert with it. All who were told learn why."""
    with system.reporter("fr") as fr, system.reporter("gb") as gb:
        milder = gb.finding(finding("gb", "example/retracted-1", value=0.7))
        alert = told(system, slack, sendgrid, milder)
        settled(system, alert)
        people = Told(system, slack, sendgrid, alert)
        graver = fr.finding(finding("fr", "example/retracted-1", value=0.9))
        people.everybody_has(2)
        fr.retract(graver, reason="The judge had scored refusals.", kind=ReportKind.FINDING, tlp=Tlp.AMBER)
        lowered = people.everybody_has(3)
        replies = people.replies()
        gb.retract(milder, reason="The sandbox had no network.", kind=ReportKind.FINDING, tlp=Tlp.AMBER)
        gone = people.everybody_has(4)
    people.show(capsys, gone[0])

    assert [change[2] for change in rows_of(system, alert).changes] == [
        "first_report",
        "severity_raised",
        "severity_lowered",
        "nothing_current",
    ]
    for mail in lowered:
        assert mail.subject.startswith("TLP:AMBER Correction: Moderate")
        assert "took its report back" in mail.text
        assert "The judge had scored refusals." in mail.text
    assert all("The judge had scored refusals." in reply for reply in replies)
    for mail in gone:
        assert mail.subject.startswith("TLP:AMBER RETRACTED:")
        assert "RETRACTED: please disregard this alert." in mail.text
        assert "UK AI Security Institute took back what it rested on." in mail.text
        assert "The sandbox had no network." in mail.text
        assert mail.answer_path is None
    assert all("The sandbox had no network." in reply for reply in people.replies())
    assert all("RETRACTED" in post for post in people.posts())
    assert rows_of(system, alert).state == "retracted"
