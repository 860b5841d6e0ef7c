"""The forms on an alert's page by which an operator speaks on its severity."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.alerting.measured import measured
from tests.alerting.web.network import Network
from tests.alerting.web.test_alert_pages import HOSTILE, signed_in
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.web.judge_form import subject
from tocsin_alerting.web.nonces import Nonces
from tocsin_schemas import Severity, Tlp

WHY = "The judge was wrong in forty samples."


def _fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to a place."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}">(.*?)</form>', page, re.DOTALL)
    assert form is not None, action
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form.group(1)))


def _send(client: TestClient, alert: str, form: str, path: str | None = None, **fields: str) -> Any:
    """Open the page, fill a form and press its button."""
    action = f"/alerts/{alert}/{path or form}"
    return client.post(action, data={**_fields(client.get(f"/alerts/{alert}").text, action), **fields})


def test_an_operator_sets_withdraws_and_records_dissent(network_on_each: Network) -> None:
    """The page says what was recorded, shows who, when, why and the shared grade, and keeps what was withdrawn."""
    network = network_on_each
    alert = network.raise_alert()
    client = signed_in(network)
    evidence = "https://records.example/7\r\nsha256:" + "0" * 64 + "\r\nMinutes of the review"
    lowered = _send(client, alert, "overrides", severity="minor", why=WHY, evidence=evidence).text
    dissenting = _send(client, alert, "dissents", institute="fr", severity="severe", why="We reproduced it.").text
    (place,) = re.findall(rf'action="/alerts/{alert}/(overrides/[^/]+/withdraw)"', dissenting)
    withdrawn = _send(client, alert, "overrides", place, why="The review was of another run.").text
    agreed = _send(client, alert, "dissents", "dissents/withdraw", institute="fr").text

    assert "Recorded: the severity is minor." in lowered
    for said in (
        "Severity: minor",
        "Shared grade: <strong>severe</strong>",
        "by an operator of the network",
        "This decides.",
        WHY,
        "https://records.example/7",
        "Minutes of the review",
        "An override by an operator of the network lowered the severity to minor.",
    ):
        assert said in lowered
    assert "Recorded: INESIA dissents. The severity stays minor." in dissenting
    assert "INESIA holds severe" in dissenting
    assert "Recorded: the severity is severe." in withdrawn
    assert "The review was of another run." in withdrawn
    assert "Recorded: INESIA no longer dissents." in agreed


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"severity": "minor", "why": WHY}, "Evidence: is needed to go below severe."),
        ({"severity": "minor", "why": " ", "evidence": "x"}, "Why: is missing."),
        ({"severity": "", "why": WHY, "evidence": "x"}, "Severity: is missing."),
        ({"severity": "critical", "why": WHY}, "above what a finding can be"),
        ({"severity": "severe", "why": WHY}, "The alert is severe already."),
        ({"severity": "minor", "why": WHY, "evidence": "sha256:12"}, "evidence.0"),
        ({"severity": "minor", "why": "x" * 1_001, "evidence": "x"}, "1000"),
        ({"severity": "minor", "why": WHY, "evidence": "x", "revision": "-1"}, "revision: is not the page"),
    ],
)
def test_what_cannot_be_taken_is_said_and_what_was_typed_is_kept(
    network: Network, fields: dict[str, str], fault: str
) -> None:
    """Nothing is recorded; the form stands open with the words in it."""
    alert = network.raise_alert()
    client = signed_in(network)
    before = network.rows()
    reply = _send(client, alert, "overrides", **fields)

    assert reply.status_code in {409, 422}
    assert fault in reply.text
    assert "Nothing has been recorded." in reply.text
    assert "<details open>" in reply.text
    assert fields["why"].strip()[:30] in reply.text
    assert network.rows() == before


def test_a_page_that_is_sent_twice_is_one_wish(network: Network) -> None:
    """A reload of the page after the button changes nothing."""
    alert = network.raise_alert()
    client = signed_in(network)
    action = f"/alerts/{alert}/overrides"
    data = {**_fields(client.get(f"/alerts/{alert}").text, action), "severity": "minor", "why": WHY, "evidence": "x"}
    first = client.post(action, data=data)
    before = network.rows()
    again = client.post(action, data=data)

    assert "Recorded: the severity is minor." in first.text
    assert (again.status_code, "Recorded: the severity is minor." in again.text) == (200, True)
    assert network.rows() == before


def test_a_report_that_came_while_the_page_was_open_is_not_overridden(network: Network) -> None:
    """The operator is asked to look again."""
    alert = network.raise_alert(1, system="model-x")
    client = signed_in(network)
    action = f"/alerts/{alert}/overrides"
    shown = _fields(client.get(f"/alerts/{alert}").text, action)
    network.raise_alert(1, system="model-x", report="later", series="later")
    reply = client.post(action, data={**shown, "severity": "minor", "why": WHY, "evidence": "x"})

    assert reply.status_code == 409
    assert "A report that came since this page was opened outweighs it." in reply.text


@pytest.mark.parametrize("path", ["overrides", "overrides/x/withdraw", "dissents", "dissents/withdraw"])
def test_a_form_from_elsewhere_records_nothing(network: Network, path: str) -> None:
    """Without a nonce, with one of another page, of another alert, of another browser; and not without signing in."""
    alert, other = network.raise_alert(1), network.raise_alert(2)
    client, stranger = signed_in(network), network.client()
    answer = re.search(r'name="nonce" value="([^"]+)"', client.get(f"/alerts/{alert}").text)
    elsewhere = _fields(client.get(f"/alerts/{other}").text, f"/alerts/{other}/overrides")["nonce"]
    assert answer is not None
    other_browser = _nonce(network, "the cookie of another browser", alert)
    before = network.rows()
    fields = {"institute": "fr", "severity": "minor", "why": WHY, "evidence": "x", "revision": "1"}
    replies = [
        client.post(f"/alerts/{alert}/{path}", data={**fields, **nonce})
        for nonce in ({}, {"nonce": answer.group(1)}, {"nonce": elsewhere}, {"nonce": other_browser})
    ]
    unknown = stranger.post(f"/alerts/{alert}/{path}", data={**fields, "nonce": other_browser})

    assert [reply.status_code for reply in replies] == [403, 403, 403, 403]
    assert (unknown.status_code, unknown.headers["location"]) == (303, "/sign-in")
    assert network.rows() == before


def test_an_old_page_records_nothing(network: Network) -> None:
    """A nonce is good for an hour."""
    alert = network.raise_alert()
    client = signed_in(network)
    action = f"/alerts/{alert}/overrides"
    data = {**_fields(client.get(f"/alerts/{alert}").text, action), "severity": "minor", "why": WHY, "evidence": "x"}
    network.clock.advance(3_700)
    reply = client.post(action, data=data)

    assert reply.status_code == 403
    assert "open for too long" in reply.text


def test_hostile_words_are_shown_as_text(network: Network) -> None:
    """Why, evidence and what was typed in vain: no markup of theirs reaches the page as markup."""
    alert = network.raise_alert(severity=Severity.MODERATE, tlp=Tlp.CLEAR)
    client = signed_in(network)
    typed = _send(client, alert, "overrides", severity="critical", why=HOSTILE, evidence=HOSTILE).text
    _send(client, alert, "overrides", severity="severe", why=HOSTILE, evidence=HOSTILE)
    _send(client, alert, "dissents", institute="fr", severity="minor", why=HOSTILE, evidence=HOSTILE)
    pages = [typed, client.get(f"/alerts/{alert}").text, network.client().get(f"/alerts/{alert}").text]

    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert str(9871 * 9887) not in page
    assert "&lt;script&gt;" in pages[0]
    assert "&lt;script&gt;" in pages[1]


@pytest.mark.parametrize("tlp", [Tlp.AMBER_STRICT, Tlp.RED])
def test_what_the_operator_may_not_read_has_no_form_and_takes_none(network: Network, tlp: Tlp) -> None:
    """Above the operator's clearance."""
    alert = network.raise_alert(tlp=tlp)
    client = signed_in(network)
    page = client.get(f"/alerts/{alert}").text
    cookie = str(client.cookies["tocsin_session"])
    nonce = _nonce(network, cookie, alert)
    reply = client.post(
        f"/alerts/{alert}/overrides",
        data={"nonce": nonce, "severity": "minor", "why": WHY, "evidence": "x", "revision": "1"},
    )

    assert "Override the severity" not in page
    assert reply.status_code == 403


def _nonce(network: Network, cookie: str, alert: str) -> str:
    return Nonces(network.tokens, network.clock).issue(cookie=cookie, subject=subject(alert), action="judge")


def test_guidance_has_no_grade_to_speak_on(network: Network) -> None:
    """Neither a form nor a shared grade, and what is sent all the same is refused with the reason."""
    for report, value, institute in (("gb-1", 0.57, "gb"), ("jp-1", 0.32, "jp")):
        measures = measured(report, value, institute=institute)
        take(network.store, measures, directory=network.directory, now=network.clock())
    with network.store.read() as session:
        alert = session.scalars(select(AlertRow.id).where(AlertRow.purpose == "guidance")).one()
    client = signed_in(network)
    page = client.get(f"/alerts/{alert}").text
    shown = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    said = {"severity": "minor", "why": WHY, "evidence": [{"title": "x"}]}
    replies = [
        network.client().post(f"/v1/alerts/{alert}/{path}", json=body, headers=network.bearer())
        for path, body in (("overrides", said), ("dissents", {**said, "institute": "fr"}))
    ]

    assert "Speak on the severity" not in page
    assert shown["shared_severity"] is None
    assert [reply.status_code for reply in replies] == [422, 422]
    assert all("grades nothing" in reply.json()["detail"] for reply in replies)


def test_somebody_unknown_sees_that_there_was_an_override_and_no_form(network: Network) -> None:
    """Of a public alert: the severities and times; neither who nor why."""
    alert = network.raise_alert(tlp=Tlp.CLEAR)
    _send(signed_in(network), alert, "overrides", severity="minor", why=WHY, evidence="https://records.example/7")
    page = network.client().get(f"/alerts/{alert}").text

    assert "Set to minor" in page
    assert "Shared grade: <strong>severe</strong>" in page
    for hint in (WHY, "records.example", "operator of the network", "<form method", "Override the severity"):
        assert hint not in page


def test_whoever_is_asked_for_an_answer_sees_what_was_said(network: Network) -> None:
    """The list shows the shared grade beside the severity; the page behind a link who set it, why, and who dissents."""
    alert = network.raise_alert()
    path = network.link(alert)
    client = signed_in(network)
    _send(client, alert, "overrides", severity="minor", why=f"{WHY} {HOSTILE}", evidence="https://records.example/7")
    _send(client, alert, "dissents", institute="fr", severity="moderate", why="We reproduced a third.")
    listed, asked, unknown = client.get("/").text, client.get(path).text, network.client().get("/").text

    assert "Shared grade: severe" in listed
    assert "Shared grade" not in unknown
    for said in (WHY, "Set to minor by an operator of the network", "This decides.", "INESIA holds moderate"):
        assert said in asked
    assert "<script" not in asked


def test_every_field_has_a_label(network: Network) -> None:
    """Each id is on the page once, and each field that people fill has a label with its id."""
    alert = network.raise_alert()
    client = signed_in(network)
    _send(client, alert, "overrides", severity="minor", why=WHY, evidence="x")
    page = _send(client, alert, "dissents", institute="fr", severity="moderate", why=WHY).text
    ids = re.findall(r'\bid="([^"]+)"', page)
    fields = re.findall(r'<(?:select|textarea) id="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert len(fields) >= 8
    assert set(fields) <= set(re.findall(r'<label for="([^"]+)"', page))
