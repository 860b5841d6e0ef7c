"""What a summary holds, on its page and in the API: all of it, and to each reader what they may read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.alerting.web.network import SECRET_TITLE, Network
from tests.alerting.web.test_alert_pages import signed_in
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_schemas import Purpose, Severity, Tlp


def folded_into_summary(network: Network, alerts: list[str]) -> str:
    """A storm's summary for the British duty desk that holds these alerts."""
    with network.store.transaction() as session:
        summary = post_bulletin(
            session,
            BulletinKind.STORM_SUMMARY,
            key="storm",
            institute="gb",
            contact="gb.duty",
            channel=Channel.SLACK,
            address="CGBDUTY",
            content={
                "messages": 20,
                "window_seconds": 600,
                "began": network.clock().isoformat(),
                "status": "actual",
                "urgent": False,
            },
            policy="test:1",
            now=network.clock(),
        )
    for number, alert in enumerate(alerts):
        network.deliver(
            alert,
            channel="slack",
            id=f"folded-{number}",
            outcome="folded",
            summary_id=summary,
            folded_at=network.clock(),
            sent_at=None,
        )
    return summary


def _items(client: Any, summary: str, headers: dict[str, str], *, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = client.get(f"/v1/summaries/{summary}?limit={limit}{cursor}", headers=headers).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def _operator(network: Network) -> dict[str, str]:
    return {"Authorization": f"Bearer {network.tokens.issue(Purpose.OPERATOR, {})}"}


def test_every_alert_is_found_page_by_page(network_on_each: Network) -> None:
    """Seven alerts in pages of two are seven, the gravest first."""
    network = network_on_each
    severities = [Severity.MINOR, Severity.SEVERE, Severity.MODERATE] * 2 + [Severity.NEGLIGIBLE]
    alerts = [network.raise_alert(number, severity=each) for number, each in enumerate(severities)]
    summary = folded_into_summary(network, alerts)
    items = _items(network.client(), summary, _operator(network), limit=2)

    assert sorted(each["id"] for each in items) == sorted(alerts)
    assert [each["severity"] for each in items[:3]] == ["severe", "severe", "moderate"]


def test_the_page_shows_them_with_links(network: Network) -> None:
    """A person opens each alert from the page, which says to whom it was not sent one by one."""
    alert = network.raise_alert(1)
    summary = folded_into_summary(network, [alert, network.raise_alert(2, severity=Severity.MINOR)])
    page = signed_in(network).get(f"/summaries/{summary}").text

    assert f'href="/alerts/{alert}"' in page
    assert "Summary: 2 alerts" in page
    assert "Duty (GB)" in page
    assert SECRET_TITLE in page


def test_each_reader_reads_by_their_clearance(network: Network) -> None:
    """Somebody unknown learns label and severity, and neither title nor to whom it went."""
    summary = folded_into_summary(network, [network.raise_alert(1, tlp=Tlp.AMBER)])
    page = network.client().get(f"/summaries/{summary}").text
    said = network.client().get(f"/v1/summaries/{summary}").json()

    assert "TLP:AMBER" in page
    for protected in (SECRET_TITLE, "model-1", "wmdp", "gb.duty", "Duty (GB)", "INESIA"):
        assert protected not in page
        assert protected not in str(said)
    assert said["items"][0]["severity"] == "severe"
    assert said["contact"] is None


def test_the_alert_says_which_summary_holds_its_message(network: Network) -> None:
    """From a folded delivery one finds its summary, on the page and in the API."""
    alert = network.raise_alert(1)
    summary = folded_into_summary(network, [alert])
    said = network.client().get(f"/v1/alerts/{alert}", headers=_operator(network)).json()
    page = signed_in(network).get(f"/alerts/{alert}").text

    assert [(each["outcome"], each["summary"]) for each in said["deliveries"]] == [("folded", summary)]
    assert f'href="/summaries/{summary}"' in page


@pytest.mark.parametrize("path", ["/summaries/nothing", "/v1/summaries/nothing"])
def test_what_there_is_not_is_said(network: Network, path: str) -> None:
    """An id that was mistyped is a 404 that says so."""
    answer = network.client().get(path)

    assert answer.status_code == 404
    assert "There is no such summary" in answer.text


def test_a_cursor_of_another_list_is_refused(network: Network) -> None:
    """The refusal names the parameter and the fix."""
    summary = folded_into_summary(network, [network.raise_alert(1)])
    answer = network.client().get(f"/v1/summaries/{summary}?cursor=zzz")

    assert answer.status_code == 422
    assert "Take it from 'next'" in answer.text
