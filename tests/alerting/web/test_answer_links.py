"""The link in a message."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.alerting.web.forms import buttons, press
from tests.alerting.web.network import SECRET_TITLE, Network
from tocsin_alerting.store.tables import AnswerRow, ChangeRow, ResponseRow
from tocsin_alerting.store.tables_answering import LookRow
from tocsin_schemas import Action, Severity, Status, Tlp


def _answer_of(network: Network, alert: str, institute: str = "gb") -> ResponseRow:
    with network.store.read() as session:
        rows = session.scalars(select(ResponseRow).where(ResponseRow.institute == institute)).all()
    return max((row for row in rows if row.alert_id == alert), key=lambda row: row.round)


def test_opening_the_link_changes_nothing(network_on_each: Network) -> None:
    """A scanner that opens the link again and again, by GET and HEAD, leaves every row as it was."""
    network = network_on_each
    path = network.link(network.raise_alert())
    before = network.rows()
    client = network.client()
    statuses = [client.get(path).status_code for _ in range(3)] + [client.head(path).status_code]

    assert statuses == [200, 200, 200, 200]
    assert network.rows() == before


def test_pressing_the_button_acknowledges(network_on_each: Network) -> None:
    """The answer is recorded for the addressee's institute, under the addressee's name, and the page says so."""
    network = network_on_each
    alert = network.raise_alert()
    path = network.link(alert)
    page = press(network.client(), path, "Acknowledge", note="We look into it.")
    response = _answer_of(network, alert)
    with network.store.read() as session:
        change = session.scalars(select(ChangeRow).order_by(ChangeRow.revision.desc())).first()

    assert page.status_code == 200
    assert "<bdi>UK AI Security Institute</bdi>: acknowledged" in page.text
    assert (response.answer, response.answered_by, response.answered_via) == ("acknowledge", "gb.duty", "email_link")
    assert response.next_step_at is None
    assert change is not None
    assert (change.change, change.note, change.actor) == ("acknowledged", "We look into it.", "gb.duty")


def test_a_bare_post_is_refused_and_told_what_to_do(network: Network) -> None:
    """A scanner that posts without having been shown the page does not answer; a person reads how to."""
    path = network.link(network.raise_alert())
    before = network.rows()
    page = network.client().post(path)

    assert page.status_code == 403
    assert "Open the page" in page.text
    assert "press the button" in page.text
    assert network.rows() == before


def test_a_form_replayed_without_its_cookie_is_refused(network: Network) -> None:
    """The nonce of one browser's page is worth nothing in another."""
    path = network.link(network.raise_alert())
    nonce = buttons(network.client().get(path).text)["Acknowledge"]
    before = network.rows()
    without = network.client().post(path, data={"nonce": nonce})
    other = network.client()
    other.get(path)
    with_another = other.post(path, data={"nonce": nonce})

    assert (without.status_code, with_another.status_code) == (403, 403)
    assert network.rows() == before


def test_the_nonce_of_another_links_page_is_refused(network: Network) -> None:
    """A page answers the alert it shows, not another one that the same browser was shown."""
    first = network.link(network.raise_alert(1))
    second = network.link(network.raise_alert(2), "fr.duty")
    client = network.client()
    nonce = buttons(client.get(first).text)["Acknowledge"]

    assert client.post(second, data={"nonce": nonce}).status_code == 403


def test_a_page_that_was_open_for_more_than_an_hour_is_refused(network: Network) -> None:
    """A page kept open overnight does not answer what has come since."""
    path = network.link(network.raise_alert())
    client = network.client()
    nonce = buttons(client.get(path).text)["Acknowledge"]
    network.clock.advance(timedelta(minutes=61))

    assert client.post(path, data={"nonce": nonce}).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("change", ["one character", "not ours", "cut"])
def test_an_altered_link_is_not_found(network: Network, method: str, change: str) -> None:
    """Nothing is said about a token that was not issued here."""
    path = network.link(network.raise_alert())
    head, _, signature = path.rpartition(".")
    altered = {
        # Not the last one: some of its bits say nothing.
        "one character": f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "not ours": "/a/eyJhIjoxfQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "cut": path[: len(path) // 2],
    }[change]
    page = network.client().request(method, altered)

    assert page.status_code == 404
    assert SECRET_TITLE not in page.text


def test_a_token_for_another_purpose_is_no_link(network: Network) -> None:
    """An operator's token opens no answer page."""
    token = network.bearer()["Authorization"].removeprefix("Bearer ")

    assert network.client().get(f"/a/{token}").status_code == 404


def test_a_link_works_for_thirty_days(network: Network) -> None:
    """Then it is gone, and the page says where to answer instead."""
    path = network.link(network.raise_alert())
    client = network.client()
    network.clock.advance(timedelta(days=29))
    before = client.get(path).status_code
    network.clock.advance(timedelta(days=2))
    after = client.get(path)

    assert before == 200
    assert after.status_code == 410
    assert "30 days" in after.text


def test_a_link_whose_addressee_has_left_is_gone(network: Network) -> None:
    """Whoever is no longer in the directory no longer answers for the institute."""
    path = network.link(network.raise_alert())
    del network.directory.contacts["gb.duty"]

    assert network.client().get(path).status_code == 410


def test_the_second_person_sees_who_was_first(network_on_each: Network) -> None:
    """One answer an institute counts; whoever comes second learns whose, and the first answer stands."""
    network = network_on_each
    alert = network.raise_alert()
    first = press(network.client(), network.link(alert, "gb.duty"), "Acknowledge")
    second_path = network.link(alert, "gb.lead")
    seen = network.client().get(second_path)
    response = _answer_of(network, alert)

    assert first.status_code == 200
    assert "Duty (GB)" in seen.text
    assert "acknowledged" in seen.text
    assert "Acknowledge" not in buttons(seen.text)
    assert response.answered_by == "gb.duty"


def test_a_page_opened_before_the_first_answer_says_who_was_faster(network: Network) -> None:
    """Two people with the page open: the slower one is told, not refused."""
    alert = network.raise_alert()
    slow_path = network.link(alert, "gb.lead")
    slow = network.client()
    nonce = buttons(slow.get(slow_path).text)["Acknowledge"]
    press(network.client(), network.link(alert, "gb.duty"), "Acknowledge")
    page = slow.post(slow_path, data={"nonce": nonce})

    assert page.status_code == 200
    assert "Already answered: acknowledged" in page.text
    assert "Duty (GB)" in page.text
    assert _answer_of(network, alert).answered_by == "gb.duty"


def test_pressing_twice_gives_the_same_answer(network: Network) -> None:
    """A double click changes nothing more: one answer counts, one event is published for it."""
    alert = network.raise_alert()
    path = network.link(alert)
    client = network.client()
    nonce = buttons(client.get(path).text)["Acknowledge"]
    pages = [client.post(path, data={"nonce": nonce}) for _ in range(2)]
    with network.store.read() as session:
        outcomes = session.scalars(select(AnswerRow.outcome)).all()
        changes = session.scalars(select(ChangeRow.change)).all()

    assert [page.status_code for page in pages] == [200, 200]
    assert sorted(outcomes) == ["already_answered", "counted"]
    assert sorted(changes) == ["acknowledged", "raised"]


def test_of_simultaneous_presses_exactly_one_counts(network_on_each: Network) -> None:
    """Eight people press at the same moment: one answer counts, everybody is told whose."""
    network = network_on_each
    alert = network.raise_alert()
    delivery = network.deliver(alert)
    path = network.link(alert, delivery=delivery)
    app = network.app()
    browsers = [network.client(app) for _ in range(8)]
    nonces = [buttons(browser.get(path).text)["Acknowledge"] for browser in browsers]

    def post(number: int) -> int:
        return int(browsers[number].post(path, data={"nonce": nonces[number]}).status_code)

    with ThreadPoolExecutor(8) as people:
        statuses = list(people.map(post, range(8)))
    with network.store.read() as session:
        outcomes = session.scalars(select(AnswerRow.outcome)).all()
        changes = session.scalars(select(ChangeRow.change)).all()

    assert statuses == [200] * 8
    assert outcomes.count("counted") == 1
    assert outcomes.count("already_answered") == 7
    assert changes.count("acknowledged") == 1


def test_a_raised_severity_asks_anew(network: Network) -> None:
    """A page that showed the lower severity does not answer the higher one; the page comes again and says why."""
    alert = network.raise_alert(1, severity=Severity.MODERATE)
    path = network.link(alert)
    client = network.client()
    nonce = buttons(client.get(path).text)["Acknowledge"]
    network.raise_alert(2, severity=Severity.SEVERE, series="series-1", action=Action.UPDATE, system="model-1")
    page = client.post(path, data={"nonce": nonce})
    again = client.post(path, data={"nonce": buttons(page.text)["Acknowledge"]})

    assert page.status_code == 409
    assert "the severity has been raised since" in page.text
    assert again.status_code == 200
    assert _answer_of(network, alert).round == 2
    assert _answer_of(network, alert).answer == "acknowledge"


@pytest.mark.parametrize(("button", "answer"), [("Not applicable to us", "not_applicable"), ("Decline", "decline")])
def test_other_answers_are_offered_as_well(network: Network, button: str, answer: str) -> None:
    """An institute may say that an alert is not its business."""
    alert = network.raise_alert()
    press(network.client(), network.link(alert), button)

    assert _answer_of(network, alert).answer == answer


def test_what_is_acknowledged_can_be_resolved(network: Network) -> None:
    """Resolving is offered after acknowledging, not before."""
    alert = network.raise_alert()
    path = network.link(alert)
    client = network.client()
    before = buttons(client.get(path).text)
    acknowledged = press(client, path, "Acknowledge")
    resolved = press(client, path, "Resolve")

    assert "Resolve" not in before
    assert "Resolve" in buttons(acknowledged.text)
    assert resolved.status_code == 200
    assert _answer_of(network, alert).answer == "resolve"


def test_a_note_that_is_too_long_is_refused_with_the_limit(network: Network) -> None:
    """Nothing is cut silently."""
    alert = network.raise_alert()
    page = press(network.client(), network.link(alert), "Acknowledge", note="x" * 1_001)

    assert page.status_code == 422
    assert "1000 characters" in page.text
    assert _answer_of(network, alert).answer is None


def test_red_is_shown_only_when_its_addressee_asks(network: Network) -> None:
    """Opening the link shows the notice; the text comes by a button, which a scanner does not press."""
    alert = network.raise_alert(tlp=Tlp.RED)
    path = network.link(alert, "gb.lead")
    client = network.client()
    opened = client.get(path)
    before = network.rows()
    asked = press(client, path, "Show the text")

    assert SECRET_TITLE not in opened.text
    assert "TLP:RED" in opened.text
    assert SECRET_TITLE in asked.text
    with network.store.read() as session:
        assert [(look.institute, look.by) for look in session.scalars(select(LookRow))] == [("gb", "gb.lead")]
    assert before.count("jp.lead") == network.rows().count("jp.lead")


def test_red_is_never_shown_to_a_role(network: Network) -> None:
    """A duty desk's link shows the notice, and no button leads further; it can still answer."""
    alert = network.raise_alert(tlp=Tlp.RED)
    path = network.link(alert, "gb.duty")
    client = network.client()
    opened = client.get(path)
    offered = buttons(opened.text)
    answered = press(client, path, "Acknowledge")

    assert "Show the text" not in offered
    assert SECRET_TITLE not in opened.text + answered.text
    assert _answer_of(network, alert).answer == "acknowledge"


def test_the_page_says_as_whom_one_answers(network: Network) -> None:
    """Whoever got the link forwarded sees whose name the answer will carry."""
    page = network.client().get(network.link(network.raise_alert()))

    assert "You are answering as <strong><bdi>Duty (GB)</bdi></strong>" in page.text
    assert "UK AI Security Institute" in page.text
    assert SECRET_TITLE in page.text


def test_an_exercise_is_marked(network: Network) -> None:
    """Nobody takes an exercise for the real thing."""
    page = network.client().get(network.link(network.raise_alert(status=Status.EXERCISE)))

    assert "EXERCISE EXERCISE EXERCISE" in page.text


def test_the_page_lets_nothing_out(network: Network) -> None:
    """No referrer, no cache, no index, no script, no frame; the cookie is for us alone."""
    page = network.client().get(network.link(network.raise_alert()))
    policy = page.headers["content-security-policy"]
    cookie = page.headers["set-cookie"]

    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in page.text
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


def test_the_cookie_is_secure_where_the_service_is(network: Network) -> None:
    """By https the browser sends the cookie by https only."""
    network.settings["public_url"] = "https://alerts.example"
    page = network.client().get(network.link(network.raise_alert()))

    assert "Secure" in page.headers["set-cookie"]
