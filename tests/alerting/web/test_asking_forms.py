"""The forms of pages by which an answer is withdrawn and reminders end: on an alert's page, and behind a link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.alerting.web.answering import answers, ledger, looks, resolve, stands, unreminded
from tests.alerting.web.forms import buttons, press
from tests.alerting.web.network import Network
from tests.alerting.web.test_alert_pages import signed_in
from tests.alerting.web.test_override_forms import _fields
from tocsin_alerting.messages.catalogues import languages

WHY = "A mail scanner pressed the button."
FORMS = ("ask-again", "no-reminders")
UNDO = "Undo / ask again"


def _send(client: TestClient, alert: str, form: str, **fields: str) -> Any:
    """Open the alert's page, fill a form and press its button."""
    action = f"/alerts/{alert}/{form}"
    return client.post(action, data={**_fields(client.get(f"/alerts/{alert}").text, action), **fields})


def _said(page: str) -> str:
    """What the page says became of the form."""
    found = re.search(r'<p class="message[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_an_operator_withdraws_an_answer_on_the_page(network: Network) -> None:
    """The page says who is called; the reason stands in the time line, the answer in the ledger."""
    alert = network.raise_alert()
    answers(network, alert, "fr")
    page = _send(signed_in(network), alert, "ask-again", institute="fr", why=WHY)

    assert page.status_code == 200
    assert "Recorded: INESIA is asked again; step 1 of its ladder is told now." in page.text
    assert WHY in page.text
    assert stands(network, alert, "fr") == (None, 1)
    assert ledger(network, alert)[-1] == ("withdrawn", "acknowledge", "operator", "page")


def test_an_operator_ends_reminders_on_the_page(network: Network) -> None:
    """For the institute that was chosen, whose answer stands."""
    alert = network.raise_alert()
    answers(network, alert, "fr")
    page = _send(signed_in(network), alert, "no-reminders", institute="fr")

    assert page.status_code == 200
    assert "Recorded: INESIA is not reminded of this alert." in page.text
    assert unreminded(network, alert) == {"fr": "operator"}
    assert stands(network, alert, "fr")[0] == "acknowledge"


@pytest.mark.parametrize("form", FORMS)
def test_only_a_button_of_the_page_does_anything(network: Network, form: str) -> None:
    """Opening changes nothing; a form's address cannot be opened; a post needs the nonce, and somebody signed in."""
    alert = network.raise_alert()
    answers(network, alert, "fr")
    client = signed_in(network)
    before = network.rows()
    path, filled = f"/alerts/{alert}/{form}", {"institute": "fr", "why": WHY}
    nonce = _fields(client.get(f"/alerts/{alert}").text, path)
    client.head(f"/alerts/{alert}")
    opened = [client.get(path).status_code, client.head(path).status_code]
    bare = [client.post(path, data={**filled, **extra}) for extra in ({}, {"nonce": ""}, {"nonce": "x"})]
    stranger = network.client().post(path, data={**filled, **nonce})
    network.clock.advance(timedelta(hours=2))
    late = client.post(path, data={**filled, **nonce})

    assert opened == [405, 405]
    assert [reply.status_code for reply in bare] == [403, 403, 403]
    assert "did not come from this page. Nothing has been recorded." in bare[0].text
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in")
    assert late.status_code in {303, 403}
    assert network.rows() == before


def test_the_nonce_of_one_alerts_page_is_no_good_on_another(network: Network) -> None:
    """What was shown is what is acted on."""
    shown, other = network.raise_alert(1), network.raise_alert(2)
    for alert in (shown, other):
        answers(network, alert, "fr")
    client = signed_in(network)
    nonce = _fields(client.get(f"/alerts/{shown}").text, f"/alerts/{shown}/ask-again")
    reply = client.post(f"/alerts/{other}/ask-again", data={**nonce, "institute": "fr", "why": WHY})

    assert reply.status_code == 403
    assert stands(network, other, "fr")[0] == "acknowledge"


def test_what_cannot_be_taken_is_said(network: Network) -> None:
    """No reason, no member, one who is being asked; nothing is recorded."""
    alert = network.raise_alert()
    answers(network, alert, "fr")
    client = signed_in(network)
    before = network.rows()
    replies = [
        _send(client, alert, "ask-again", institute="fr", why=" "),
        _send(client, alert, "ask-again", institute="fr", why="x" * 1_001),
        _send(client, alert, "ask-again", institute="zz", why=WHY),
        _send(client, alert, "ask-again", institute="gb", why=WHY),
        _send(client, alert, "no-reminders", institute="zz"),
    ]
    said = [
        "Say why, for those who are asked again.",
        "1,000",
        "Choose an institute.",
        "UK AI Security Institute has not answered: there is nothing to withdraw",
        "Choose an institute.",
    ]

    assert [reply.status_code for reply in replies] == [422, 422, 422, 409, 422]
    for reply, words in zip(replies, said, strict=True):
        assert words in reply.text
        assert "Nothing has been recorded." in reply.text
    assert network.rows() == before


def test_a_form_left_open_finds_a_closed_alert(network: Network) -> None:
    """The page offers nothing any more, and what was open calls nobody."""
    alert = network.raise_alert()
    answers(network, alert, "fr")
    client = signed_in(network)
    nonce = _fields(client.get(f"/alerts/{alert}").text, f"/alerts/{alert}/ask-again")
    resolve(network, alert)
    before = network.rows()
    reply = client.post(f"/alerts/{alert}/ask-again", data={**nonce, "institute": "fr", "why": WHY})

    assert reply.status_code == 409
    assert "The alert is closed" in reply.text
    assert "/ask-again" not in reply.text
    assert network.rows() == before


def test_behind_a_link_one_withdraws_the_answer_of_ones_own_institute(network: Network) -> None:
    """In the page's language; for another institute only the coordinator's people do. Twice changes nothing more."""
    alert = network.raise_alert()
    for institute in ("fr", "gb"):
        answers(network, alert, institute)
    client, path = network.client(), network.link(alert, "fr.duty") + "?lang=fr"
    page = client.get(path).text
    button = next(each for each in buttons(page) if each.startswith("Annuler"))
    before = network.rows()
    others = press(client, path, button, institute="gb", why=WHY)
    without = press(client, path, button, institute="fr", why="")
    unchanged = network.rows() == before
    nonce = buttons(client.get(path).text)[button]
    done = client.post(path, data={"nonce": nonce, "institute": "fr", "why": WHY})
    once = network.rows()
    again = client.post(path, data={"nonce": nonce, "institute": "fr", "why": WHY})

    assert (others.status_code, without.status_code) == (409, 422)
    assert unchanged
    assert "Choisissez un institut dont vous pouvez retirer la réponse." in others.text
    assert "Dites pourquoi" in without.text
    assert done.status_code == 200
    assert "Enregistré\u00a0: INESIA est à nouveau sollicité" in done.text
    assert stands(network, alert, "fr") == (None, 1)
    assert stands(network, alert, "gb")[0] == "acknowledge"
    assert again.status_code == 409
    assert network.rows() == once


def test_the_coordinators_people_withdraw_any_answer_behind_their_link(network: Network) -> None:
    """They hear of it when an institute's answer was a machine's."""
    alert = network.raise_alert()
    answers(network, alert, "fr")
    page = press(network.client(), network.link(alert, "gb.duty"), UNDO, institute="fr", why=WHY)

    assert page.status_code == 200
    assert stands(network, alert, "fr") == (None, 1)
    assert ledger(network, alert)[-1] == ("withdrawn", "acknowledge", "gb.duty", "email_link")


def test_behind_a_link_one_says_that_one_has_seen_it_and_wants_no_reminders(network: Network) -> None:
    """Each by its button; a look answers nothing."""
    alert = network.raise_alert()
    client, path = network.client(), network.link(alert, "gb.duty")
    seen = press(client, path, "We have seen it, and answer later").text
    unanswered = stands(network, alert)
    press(client, path, "Acknowledge")
    unwanted = press(client, path, "No more reminders").text

    assert "Recorded: your institute has seen it. It still awaits an answer." in seen
    assert unanswered == (None, 1)
    assert looks(network, alert) == [("gb", "gb.duty", "email_link")]
    assert "Recorded: your institute gets no more reminders of this alert." in unwanted
    assert unreminded(network, alert) == {"gb": "gb.duty"}


def test_the_pages_sentence_after_an_undo_is_in_each_language(network: Network) -> None:
    """As is what is said where there is nothing to withdraw; no English is left in it."""
    alert = network.raise_alert()
    client = signed_in(network)
    said: dict[str, list[str]] = {}
    for tag in languages():
        answers(network, alert, "fr")
        action = f"/alerts/{alert}/ask-again"
        page = client.get(f"/alerts/{alert}?lang={tag}").text
        nonce = _fields(page, f"{action}?lang={tag}")
        filled = {**nonce, "institute": "fr", "why": WHY}
        replies = [client.post(f"{action}?lang={tag}", data=filled).text for _ in range(2)]
        said[tag] = [_said(each) for each in replies]

    for place in (0, 1):
        assert len({each[place] for each in said.values()}) == len(languages()) == 7
    assert [tag for tag, each in said.items() if "Recorded" in each[0] or "Nothing" in each[1]] == ["en"]
