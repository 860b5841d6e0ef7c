"""Three in the morning when clocks change: a mail bounces late, and nobody waits an hour too long for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.alerting.assessments import incident
from tests.fixtures.samples import specs_if_there
from tests.standins import ApiError
from tests.stories.by_hand import ByHand, by_hand
from tocsin_deploy.broker import LocalBroker

pytestmark = pytest.mark.kafka

PARIS = ZoneInfo("Europe/Paris")
SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
"""Two in the morning in Paris is three: the hour between does not exist."""
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""Three in the morning in Paris is two again: the hour before comes twice."""
MINUTE = timedelta(minutes=1)


def _called(network: ByHand, contact: str) -> list[tuple[str, str]]:
    """When somebody was asked for an answer, by their own clock, and by which channel."""
    return [
        (f"{row.sent_at.astimezone(PARIS):%H:%M %Z}", row.channel)
        for row in network.rows(contact=contact, outcome="sent")
        if row.sent_at is not None and row.reason in {"raised", "escalated"} and row.kind != "edit"
    ]


@pytest.mark.parametrize(
    ("change", "paged", "bounced", "exhausted"),
    [
        (SPRING, "03:00 CEST", "03:07 CEST", "03:22 CEST"),
        # Seven minutes after 02:55 summer time it is 02:02 winter time.
        (AUTUMN, "02:55 CEST", "02:02 CET", "02:17 CET"),
    ],
    ids=["the-hour-that-is-missing", "the-hour-that-comes-twice"],
)
def test_a_mail_bounces_late(
    change: datetime,
    paged: str,
    bounced: str,
    exhausted: str,
    broker: LocalBroker,
    topic_prefix: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The desk's channel is gone, its mail bounces, the leads are called that minute, then the coordinator in time."""
    start = change if change is SPRING else change - 5 * MINUTE
    late = start + 7 * MINUTE
    with by_hand(
        servers=broker.bootstrap_servers,
        prefix=topic_prefix,
        folder=tmp_path,
        members=("fr", "gb", "us"),
        start=start,
        specs=specs_if_there(),
    ) as network:
        network.slack.fail_always(ApiError("is_archived"), destination="C0FRDUTY")
        network.report(incident(institute="us"))
        network.until(start + 2 * MINUTE)
        network.answers("gb.duty")
        network.answers("us.duty")
        network.until(late)
        (mail,) = network.sendgrid.to("duty@fr.example")
        at = int(late.timestamp())
        bounce = network.sendgrid.event(mail, "bounce", at=at, reason="550 5.1.1 no such user", type="bounce")
        older = network.sendgrid.event(mail, "deferred", at=at - 60, response="451 try later", attempt="1")
        said = [network.hears_from_sendgrid(bounce, bounce), network.hears_from_sendgrid(older, bounce)]
        network.until(late + 20 * MINUTE)
        print_ = network.transcript(PARIS)
        exhausted_at = [
            f"{row.sent_at.astimezone(PARIS):%H:%M %Z}"
            for row in network.rows(contact="gb.duty", reason="ladder_exhausted", outcome="sent")
            if row.sent_at is not None and row.kind != "edit"
        ]
        marked = network.rows(reason="not_reached", outcome="sent")
        leads = [_called(network, contact) for contact in ("fr.lead", "fr.deputy")]
        desk = _called(network, "fr.duty")
    with capsys.disabled():
        print(f"\nThe clocks of Paris change at {change:%H:%M} UTC, {change:%d %B %Y}\n{print_}")

    assert desk == [(paged, "email")]
    assert sorted(lead for lead in leads if lead) == [[(bounced, "slack")]] * sum(bool(lead) for lead in leads)
    assert any(leads)
    assert exhausted_at == [exhausted]
    # A repeat, and an older word that comes later, change nothing.
    assert said == [{"brought_forward": 1, "repeated": 1}, {"late": 1, "repeated": 1}]
    # Each mark once to each administrator, and never at the address itself.
    told = [(row.contact, row.address) for row in marked]
    assert set(told) <= {("fr.lead", "U0FRLEAD"), ("fr.deputy", "U0FRDEPUTY")}
    assert {told.count(one) for one in set(told)} == {2}
