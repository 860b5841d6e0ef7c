"""Guidance and exercise tables on the page and in the API: for readers who may, and for nobody else."""

import re
from typing import Any

from sqlalchemy import select

from tests.alerting.measured import measured
from tests.alerting.web.network import Network
from tests.alerting.web.test_alert_pages import signed_in
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.tables import AlertRow
from tocsin_schemas import AlertPurpose, Assessment, Tlp

HOSTILE = "<script>alert(1)</script> best of 8"


def _take(network: Network, *reports: Assessment) -> str:
    for report in reports:
        last = take(network.store, report, directory=network.directory, now=network.clock.advance(1)).alert_id
    return last


def _guidance(network: Network) -> str:
    _take(
        network,
        measured("gb-1", 0.57, institute="gb", elicitation=HOSTILE),
        measured("jp-1", 0.32, institute="jp"),
    )
    with network.store.read() as session:
        return session.scalars(select(AlertRow.id).where(AlertRow.purpose == AlertPurpose.GUIDANCE.value)).one()


def test_the_page_of_a_guidance_alert_shows_figures_and_setups(network: Network) -> None:
    """Both n and standard errors, the test, what differs; what was reported is escaped; no severity is claimed."""
    page = signed_in(network).get(f"/alerts/{_guidance(network)}").text

    for said in (
        "Results differ",
        "0.57 \u00b1 0.025 (n = 400)",
        "0.32 \u00b1 0.023 (n = 400)",
        "p &lt; 0.0001",
        "threshold",
    ):
        assert said in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "Severity: severe" not in page
    assert "not stated" in page


def test_the_api_gives_the_figures_to_programs(network: Network) -> None:
    """`purpose` says what it is; `divergence` holds all that the test looked at."""
    alert = _guidance(network)
    found = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    (difference,) = found["divergence"]["differences"]

    assert found["purpose"] == "guidance"
    assert difference["diverges"] is True
    assert (difference["one"]["samples"], difference["other"]["samples"]) == (400, 400)
    assert difference["p"] <= difference["threshold"]
    assert found["comparison"] is None


def test_a_stranger_learns_nothing_of_what_differs(network: Network) -> None:
    """Neither by the page nor by the API, in lists or alone."""
    alert = _guidance(network)
    client = network.client()

    for path in (f"/alerts/{alert}", f"/v1/alerts/{alert}", "/v1/alerts", "/"):
        said = client.get(path).text
        assert "Results differ" not in said
        assert "best of 8" not in said
        # As a number of its own: the microseconds of an instant may hold the same digits.
        assert not re.search(r"(?<![\d.])0\.57", said)
    assert client.get(f"/v1/alerts/{alert}").json()["divergence"] is None


def exercise_alert(network: Network, **more: Any) -> str:
    """An alert of a joint exercise in two languages."""
    facts: dict[str, Any] = {"exercise": "Joint test", "tlp": Tlp.GREEN, "samples": 300, **more}
    return _take(
        network,
        measured("gb-joint", 0.57, institute="gb", **facts),
        measured("jp-joint", 0.32, institute="jp", languages=("ja",), **facts),
    )


def test_an_exercise_shows_its_results_by_language(network: Network) -> None:
    """A table with headings for both directions; what differs from English is said in words, not by colour."""
    alert = exercise_alert(network)
    page = signed_in(network).get(f"/alerts/{alert}").text
    table = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()["comparison"]

    assert '<th scope="col">ja</th>' in page
    assert "differs from English" in page
    assert table["languages"] == ["en", "ja"]
    assert [cell["differs"] for cell in table["rows"][0]["cells"]] == [False, True]
    assert network.client().get(f"/v1/alerts/{alert}").json()["comparison"] is None
