"""Another institute confirms a finding, a third only repeats it: who is told what, on a real broker."""

from __future__ import annotations

import pytest

from tests.standins import SendGridStandIn, SlackStandIn
from tests.stories.correcting import Told
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.reports import digest, finding
from tests.system.test_the_main_job import told

pytestmark = pytest.mark.kafka


def test_corroborate(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """What gb found, us finds with evidence of its own: surer and more urgent, told to all, nobody is asked anew.

    fr publishes gb's evidence again: counted once, shown in place, and nobody has a mail for it.
    """
    with system.reporter("gb") as reporter:
        first = reporter.finding(finding("gb", "example/corroborated-1"))
    alert = told(system, slack, sendgrid, first)
    settled(system, alert)
    people = Told(system, slack, sendgrid, alert)
    before = system.api(f"/v1/alerts/{alert}")

    # Another name of the same system.
    with system.reporter("us") as reporter:
        second = reporter.finding(finding("us", "Example/Corroborated 1", value=0.84))
    confirmed = people.everybody_has(2)
    replies, posts = people.replies(), people.posts()
    after = system.api(f"/v1/alerts/{alert}")

    evidence = [{"title": "Log of the run", "digest": digest("gb", "example/corroborated-1", "0.85")}]
    with system.reporter("fr") as reporter:
        third = reporter.finding(finding("fr", "example/corroborated-1", evidence=evidence))
    assert alert_of(system, third) == alert
    settled(system, alert)
    page = system.api(f"/v1/alerts/{alert}")
    people.show(capsys, confirmed[0])

    assert alert_of(system, second) == alert
    assert [change[2] for change in rows_of(system, alert).changes] == [
        "first_report",
        "corroborated",
        "report_repeated",
    ]
    assert (before["certainty"], after["certainty"], page["certainty"]) == ("likely", "observed", "observed")
    assert (before["urgency"], after["urgency"], page["urgency"]) == ("future", "expected", "expected")
    assert (before["severity"], after["severity"], page["severity"]) == ("severe", "severe", "severe")
    assert after["corroboration"]["confirmed_by"] == ["US Center for AI Standards and Innovation"]
    assert [one["verdict"] for one in page["corroboration"]["reports"]] == ["first", "confirms", "same_evidence"]
    assert all(mail.subject.startswith("TLP:AMBER Confirmed: Severe") for mail in confirmed)
    for said in (*(mail.text for mail in confirmed), *posts):
        assert "confirmed independently by US Center for AI Standards and Innovation" in said
        assert "US Center for AI Standards and Innovation confirms report" in said
    for said in (*(mail.text for mail in confirmed), *replies):
        assert "US Center for AI Standards and Innovation confirmed it independently." in said
    assert all(mail.headers["Importance"] == "normal" for mail in confirmed)
    # Nobody is asked anew, and what is only repeated is told to nobody: it is shown in place.
    assert people.messages_of_their_own() == 3
    assert all(len(people.mails(member)) == 2 for member in ("fr", "gb", "us"))
    assert {one.kind for one in deliveries_of(system, alert) if one.reason == "report_repeated"} == {"edit"}
    assert all("the same evidence as report" in post for post in people.posts())
