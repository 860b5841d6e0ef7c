"""How reports bear on each other, and which alerts belong together, on the page and by API."""

from __future__ import annotations

from tests.alerting.assessments import finding
from tests.alerting.web.network import Network
from tocsin_alerting.store.reports import take
from tocsin_schemas import Tlp


def confirmed_alert(network: Network, tlp: Tlp = Tlp.GREEN) -> str:
    """An alert that another institute confirmed."""
    reports = (finding(f"r-{institute}", institute=institute, tlp=tlp) for institute in ("gb", "fr"))
    first, second = (take(network.store, each, directory=network.directory, now=network.clock()) for each in reports)
    assert first.alert_id == second.alert_id
    return first.alert_id


def test_the_api_says_who_confirms_whom(network: Network) -> None:
    """With the verdict for programs and the sentence for people."""
    alert = confirmed_alert(network)
    body = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    first, second = body["corroboration"]["reports"]

    assert body["corroboration"]["reported_certainty"] != body["certainty"]
    assert len(body["corroboration"]["confirmed_by"]) == 1
    assert (first["verdict"], first["sentence"]) == ("first", None)
    assert (second["verdict"], second["other_report"]) == ("confirms", first["report"])
    assert body["changes"][-1]["reporters"] == body["corroboration"]["confirmed_by"]


def test_the_page_says_who_confirms_whom(network: Network) -> None:
    """Beside the certainty, and in a sentence for each report."""
    alert = confirmed_alert(network, tlp=Tlp.CLEAR)
    page = network.client().get(f"/alerts/{alert}").text

    assert "confirmed independently by" in page
    assert "How the reports bear on each other" in page


def test_who_may_not_read_the_alert_learns_nothing_of_it(network: Network) -> None:
    """Neither who confirms it nor what it belongs with."""
    alert = confirmed_alert(network, tlp=Tlp.RED)
    body = network.client().get(f"/v1/alerts/{alert}").json()
    page = network.client().get(f"/alerts/{alert}").text

    assert (body["corroboration"], body["related"]) == (None, [])
    assert "confirm" not in page
