"""The pages that people look at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.alerting.web.forms import buttons, hidden, press
from tests.alerting.web.network import SECRET_TITLE, Network
from tocsin_schemas import Purpose, Severity, Status, Tlp

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 9871*9887 }}'


def signed_in(network: Network) -> TestClient:
    """A browser in which an operator has signed in."""
    client = network.client()
    token = network.tokens.issue(Purpose.OPERATOR, {})
    page = client.get("/sign-in", params={"token": token})
    reply = client.post("/sign-in", data=hidden(page.text))
    assert reply.status_code == 303, reply.text
    return client


def test_the_list_shows_where_each_alert_stands(network: Network) -> None:
    """Severity in words, label, who reported, and how many have answered."""
    alert = network.raise_alert(tlp=Tlp.CLEAR)
    press(network.client(), network.link(alert), "Acknowledge")
    page = network.client().get("/").text

    assert SECRET_TITLE in page
    assert "Severity: severe" in page
    assert "TLP:CLEAR" in page
    assert "UK AI Security Institute" in page
    assert "1 of 3 institutes have answered" in page


@pytest.mark.parametrize("path", ["/", "/?state=all", "/alerts/{alert}"])
@pytest.mark.parametrize("tlp", [Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED])
def test_somebody_unknown_sees_a_protected_alert_as_a_notice(network: Network, tlp: Tlp, path: str) -> None:
    """Neither its text nor its reporter, its system or its rules; label, severity and times."""
    alert = network.raise_alert(tlp=tlp)
    page = network.client().get(path.format(alert=alert)).text

    assert tlp.value in page
    assert "Severity: severe" in page
    for hint in (SECRET_TITLE, "UK AI", "model-1", "wmdp", "biology", "baseline", "Finding"):
        assert hint not in page


def test_an_operator_reads_up_to_the_operators_clearance(network: Network) -> None:
    """Not above it: the page says so."""
    amber = network.raise_alert(1, tlp=Tlp.AMBER)
    strict = network.raise_alert(2, tlp=Tlp.AMBER_STRICT)
    client = signed_in(network)
    pages = [client.get(f"/alerts/{alert}").text for alert in (amber, strict)]

    assert SECRET_TITLE in pages[0]
    assert SECRET_TITLE not in pages[1]
    assert "labelled TLP:AMBER+STRICT" in pages[1]


def test_an_alerts_page_tells_the_whole_story(network: Network) -> None:
    """Time line, reasons with source and inputs, reports, who was told, and silence as silence."""
    alert = network.raise_alert()
    press(network.client(), network.link(alert), "Acknowledge", note="We look into it.")
    page = signed_in(network).get(f"/alerts/{alert}").text

    for words in (
        "The alert was raised as severe.",
        "UK AI Security Institute acknowledged (Duty (GB)).",
        "We look into it.",
        "biology.above-expert",
        "The score lies above the expert baseline.",
        "WMDP paper, table 2",
        "report-1",
        "silent so far",
        "Who was told",
        "Duty (GB)",
    ):
        assert words in page


def test_hostile_text_is_shown_as_text(network: Network) -> None:
    """No markup of a report, a system's name or a note reaches a page as markup."""
    alert = network.raise_alert(title=HOSTILE, system=f"model {HOSTILE}", tlp=Tlp.CLEAR)
    path = network.link(alert)
    client = signed_in(network)
    press(client, path, "Acknowledge", note=HOSTILE)
    pages = [client.get(each).text for each in ("/?state=all", f"/alerts/{alert}", path)]

    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert str(9871 * 9887) not in page  # Long enough that no time, id or token on a page holds it by chance.
        assert "&lt;script&gt;" in page


def test_text_keeps_its_language_and_direction(network: Network) -> None:
    """A title in another script carries its language, and cannot turn the words around it."""
    alert = network.raise_alert(title="نموذج يتجاوز الضوابط \u202etxet", language="ar", tlp=Tlp.CLEAR)
    page = network.client().get(f"/alerts/{alert}").text

    assert '<bdi dir="auto" lang="ar">نموذج يتجاوز الضوابط txet</bdi>' in page
    assert "\u202e" not in page


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
def test_what_is_not_real_is_marked_everywhere(network: Network, status: Status) -> None:
    """In the list and on its own page."""
    alert = network.raise_alert(status=status, tlp=Tlp.CLEAR)
    client = network.client()

    assert status.value.upper() in client.get("/").text
    assert "Nothing has happened" in client.get(f"/alerts/{alert}").text


def test_an_operator_answers_for_an_institute(network_on_each: Network) -> None:
    """The form records the answer under the operator, and a second one says who was first."""
    network = network_on_each
    alert = network.raise_alert()
    client = signed_in(network)
    fields = {"institute": "jp", "answer": "acknowledge", "note": "By telephone."}
    nonce = hidden(client.get(f"/alerts/{alert}").text)
    replies = [client.post(f"/alerts/{alert}", data={**nonce, **fields}) for _ in range(2)]

    assert "Recorded. <bdi>Japan AI Safety Institute</bdi>: acknowledged." in replies[0].text
    assert "had answered already: acknowledged" in replies[1].text
    assert "an operator of the network" in replies[1].text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"nonce": ""}, 403),
        ({"nonce": "another page's"}, 403),
        ({"answer": ""}, 422),
        ({"answer": "perhaps"}, 422),
        ({"institute": ""}, 422),
        ({"institute": "us"}, 422),
        ({"note": "x" * 1_001}, 422),
    ],
)
def test_a_form_that_is_not_right_records_nothing(network: Network, fields: dict[str, str], status: int) -> None:
    """A forged form is refused; a mistaken one is explained."""
    alert, other = network.raise_alert(1), network.raise_alert(2)
    client = signed_in(network)
    good = {**hidden(client.get(f"/alerts/{alert}").text), "institute": "jp", "answer": "acknowledge"}
    if fields.get("nonce"):
        fields = hidden(client.get(f"/alerts/{other}").text)
    before = network.rows()
    reply = client.post(f"/alerts/{alert}", data={**good, **fields})

    assert reply.status_code == status
    assert network.rows() == before


def test_a_form_posted_from_another_browser_is_refused(network: Network) -> None:
    """A nonce is bound to the session that it was made for."""
    alert = network.raise_alert()
    stolen = hidden(signed_in(network).get(f"/alerts/{alert}").text)
    network.clock.advance(1)
    other = network.client()
    other.cookies.set("tocsin_session", network.tokens.issue(Purpose.SESSION, {"o": "other"}))
    reply = other.post(f"/alerts/{alert}", data={**stolen, "institute": "jp", "answer": "acknowledge"})

    assert reply.status_code == 403


def test_somebody_unknown_cannot_answer_on_the_page(network: Network) -> None:
    """They are led to signing in."""
    alert = network.raise_alert()
    reply = network.client().post(f"/alerts/{alert}", data={"institute": "jp", "answer": "acknowledge"})

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")


def test_looking_changes_nothing(network: Network) -> None:
    """GET and HEAD of every page leave every row as it was."""
    alert = network.raise_alert()
    path = network.link(alert)
    client = signed_in(network)
    before = network.rows()
    for page in ("/", f"/alerts/{alert}", "/outbox", "/sign-in", path, "/healthz", "/metrics", "/v1/alerts"):
        client.get(page)
        client.head(page)

    assert network.rows() == before


def test_the_list_is_filtered_and_paged(network: Network) -> None:
    """Open ones unless asked otherwise; fifty at a time, older ones by a link."""
    for number in range(52):
        network.raise_alert(number, tlp=Tlp.CLEAR, severity=Severity.MINOR)
        network.clock.advance(1)
    client = network.client()
    first = client.get("/").text
    link = re.search(r'href="([^"]+)" rel="next"', first)
    assert link is not None
    second = client.get(link[1].replace("&amp;", "&")).text

    assert first.count('<h2><a href="/alerts/') == 50
    assert second.count('<h2><a href="/alerts/') == 2
    assert "no alert in this state" in client.get("/?state=resolved").text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/alerts/none", 404), ("/nowhere", 404), ("/?cursor=x", 422), ("/?state=x", 422), ("/outbox?before=x", 404)],
)
def test_errors_are_pages(network: Network, path: str, status: int) -> None:
    """People get a page that says what to do, not JSON."""
    reply = signed_in(network).get(path)

    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text.count("<h1>") == 1


def test_every_page_is_well_made(network: Network) -> None:
    """A language, a title, one heading of the first order, landmarks, labelled fields, and no script."""
    alert = network.raise_alert(tlp=Tlp.CLEAR)
    path = network.link(alert)
    client = signed_in(network)
    for page in ("/", f"/alerts/{alert}", path, "/outbox", "/sign-in", "/nowhere"):
        text = client.get(page).text
        fields = set(re.findall(r'<(?:input type="(?:text|password)"|textarea|select) id="(\w+)"', text))

        assert '<html lang="en" dir="ltr">' in text, page
        assert text.count("<h1") == 1, page
        assert "<main" in text, page
        assert "<script" not in text, page
        assert "style=" not in text, page
        assert fields <= set(re.findall(r'<label for="(\w+)"', text)), page


def _rejected(reply: Any) -> bool:
    return "tocsin_session" not in reply.headers.get("set-cookie", "")


def test_signing_in_takes_a_press_of_the_button(network: Network) -> None:
    """Opening the link signs nobody in; the button does, for twelve hours, with a cookie that scripts cannot read."""
    client = network.client()
    token = network.tokens.issue(Purpose.OPERATOR, {})
    page = client.get("/sign-in", params={"token": token})
    bare = client.post("/sign-in", data={"token": token})
    pressed = client.post("/sign-in", data=hidden(page.text))
    cookie = pressed.headers["set-cookie"]
    inside = client.get("/outbox").status_code
    network.clock.advance(12 * 3_600 + 60)

    assert _rejected(page)
    assert _rejected(bare)
    assert bare.status_code == 403
    assert pressed.status_code == 303
    assert "HttpOnly" in cookie
    assert "Max-Age=43200" in cookie
    assert inside == 200
    assert client.get("/outbox").status_code == 303


@pytest.mark.parametrize("kind", ["nonsense", "institute", "link"])
def test_only_an_operators_token_signs_in(network: Network, kind: str) -> None:
    """Neither an institute's key nor an answer link does."""
    token = {
        "nonsense": "x",
        "institute": network.tokens.issue(Purpose.INSTITUTE, {"institute": "gb"}),
        "link": network.tokens.issue(Purpose.ANSWER_LINK, {}),
    }[kind]
    client = network.client()
    page = client.get("/sign-in", params={"token": token})
    reply = client.post("/sign-in", data=hidden(page.text))

    assert reply.status_code == 403
    assert _rejected(reply)
    assert "tocsinctl token operator" in reply.text


def test_signing_out_forgets(network: Network) -> None:
    """The browser is anonymous again."""
    client = signed_in(network)
    client.post("/sign-out")

    assert client.get("/outbox").status_code == 303


def test_a_forged_session_is_nobody(network: Network) -> None:
    """A cookie that was not issued here opens nothing."""
    client = network.client()
    client.cookies.set("tocsin_session", network.tokens.issue(Purpose.OPERATOR, {}))

    assert client.get("/outbox").status_code == 303
    assert buttons(client.get("/").text) == {}
