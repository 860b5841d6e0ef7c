"""Two institutes' results differ, a third joins, one is corrected: who is told what of it, on a real broker."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.standins import SendGridStandIn, SentMail, SlackStandIn
from tests.stories.transcript import transcript
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.people import Browser, link_in, messages_about, shown
from tests.system.reports import finding
from tests.system.test_the_main_job import DESKS, MAILBOXES
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_guidance import GuidanceRow
from tocsin_schemas import AlertPurpose

pytestmark = pytest.mark.kafka

BEST_OF_8 = "best of 8 after fine-tuning"
PLAIN = "plain prompt"


def guidance_about(system: System, evaluated: str) -> list[str]:
    """Ids of the guidance alerts about a system, oldest first."""
    with system.read() as session:
        rows = session.execute(
            select(AlertRow.id, GuidanceRow.content)
            .join(GuidanceRow, GuidanceRow.alert_id == AlertRow.id)
            .where(AlertRow.purpose == AlertPurpose.GUIDANCE.value)
            .order_by(AlertRow.raised_at)
        ).all()
    return [row.id for row in rows if row.content["system"] == evaluated]


def mails_about(sendgrid: SendGridStandIn, alert: str, institute: str) -> list[SentMail]:
    """The mails about an alert to an institute's desk, oldest first."""
    return [mail for mail in sendgrid.to(MAILBOXES[institute]) if mail.custom_args["alert"] == alert]


def _conditions(elicitation: str) -> dict[str, object]:
    return {"elicitation": elicitation, "scaffold": "generate", "judge": "rule", "languages_tested": ["en"]}


def test_results_that_differ_are_told_to_their_institutes_until_they_agree(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """Raised to both with figures and set-ups; a third is called; a correction ends it, and all of them learn so."""
    model = "example/divergent-1"
    with system.reporter("us") as us, system.reporter("fr") as fr, system.reporter("gb") as gb:
        first = us.finding(finding("us", model, value=0.85, conditions=_conditions(BEST_OF_8)))
        alert_of(system, first)
        series = fr.finding(finding("fr", model, value=0.7, conditions=_conditions(PLAIN)))
        report = alert_of(system, series)
        (guidance,) = system.eventually(lambda: guidance_about(system, model), "guidance is raised", within=30)
        system.eventually(
            lambda: all(mails_about(sendgrid, guidance, one) for one in ("us", "fr", "gb")), "the desks have mail"
        )
        settled(system, guidance)
        raised = {one: mails_about(sendgrid, guidance, one)[-1] for one in ("us", "fr")}
        posted = {one: shown(messages_about(slack, guidance, DESKS[one])[0]) for one in ("us", "fr")}
        owing = {row[0] for row in rows_of(system, guidance).responses}
        with Browser() as browser:
            browser.open(link_in(system, raised["us"])).press("Acknowledge")

        third = gb.finding(finding("gb", model, value=0.86, conditions=_conditions(BEST_OF_8)))
        alert_of(system, third)
        system.eventually(
            lambda: any("divergence_changed" in change for change in rows_of(system, guidance).changes),
            "the third result changes the guidance",
        )
        settled(system, guidance)

        fr.update(series, finding("fr", model, value=0.85, conditions=_conditions(BEST_OF_8)))
        system.eventually(lambda: rows_of(system, guidance).state == "retracted", "the divergence is gone")
        settled(system, guidance)
    lines = transcript(system, slack, sendgrid, guidance)
    page = system.api(f"/v1/alerts/{guidance}")
    with capsys.disabled():
        print(f"\n{lines}\n\n{raised['fr'].subject}\n{raised['fr'].text}")

    # To both institutes, and to the coordinator; the report's own alert goes its own way.
    assert guidance != report
    assert owing == {"us", "fr", "gb"}
    for said in (*(mail.text for mail in raised.values()), *posted.values()):
        assert "TLP:AMBER" in said
        assert "n = 1273" in said
        assert "0.85 ± 0.01" in said
        assert "0.7 ± 0.01" in said
        assert "threshold 0.0075" in said
        assert BEST_OF_8 in said
        assert PLAIN in said
        assert "What differs in the set-ups" in said
        assert "What is the same" in said
    assert all("Guidance: Results differ" in mail.subject for mail in raised.values())
    assert all(mail.headers["Importance"] == "normal" for mail in raised.values())
    # A third institute's result changes what differs; then the correction ends it.
    assert [change[2] for change in rows_of(system, guidance).changes] == [
        "divergence",
        "acknowledge",
        "divergence_changed",
        "divergence_gone",
    ]
    for institute in ("us", "fr", "gb"):
        last = mails_about(sendgrid, guidance, institute)[-1]
        assert "RETRACTED" in last.subject
        assert "Results no longer differ" in last.subject
        assert "Before the last correction or retraction it was said" in last.text
    assert page["purpose"] == "guidance"
    assert page["divergence"]["comparisons"] == 3
    assert {one.contact.split(".")[1] for one in deliveries_of(system, guidance)} == {"duty"}
    # What was reported travels to nobody else.
    elsewhere = system.said() + system.metrics() + b"".join(system.events("alerts")).decode()
    assert BEST_OF_8 not in elsewhere
    assert PLAIN not in elsewhere
