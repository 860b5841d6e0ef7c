"""The buttons of Slack messages beside *Acknowledge*: undo, acting, no more reminders, and open, which is a look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.alerting.web.answering import answers, ledger, looks, resolve, stands, unreminded
from tests.alerting.web.network import Network
from tests.alerting.web.test_slack_interactions import Payload, _click, _post
from tocsin_schemas import Action, Severity

PRESSES = ("ask_again", "acting", "no_reminders", "open")
MINUTE = timedelta(minutes=1)


def _press(delivery: str, action: str, *, channel: str = "CGBDUTY", user: str = "U42") -> Payload:
    pressed = {"type": "button", "block_id": "answered", "action_id": action, "value": delivery}
    return _click(delivery, channel=channel, user=user, actions=[pressed])


def _answered(network: Network, **facts: Any) -> tuple[str, str]:
    """An alert that gb has acknowledged, and the message in gb's channel that says so."""
    alert = network.raise_alert()
    network.clock.advance(MINUTE)
    answers(network, alert)
    told: dict[str, Any] = {"revision": 2, "change": "acknowledged", "reason": "answered", "kind": "reply", **facts}
    delivery = network.deliver(alert, channel="slack", **told)
    network.clock.advance(MINUTE)
    return alert, delivery


def test_undo_takes_the_answer_back_and_asks_again(network_on_each: Network) -> None:
    """The ladder of the channel's institute begins again; the reason on record says that it was the button."""
    network = network_on_each
    alert, delivery = _answered(network)
    reply = _post(network, _press(delivery, "ask_again", user="UGBLEAD"))
    shown = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()

    assert (reply.status_code, reply.content) == (200, b"")
    assert stands(network, alert) == (None, 1)
    assert ledger(network, alert)[-1] == ("withdrawn", "acknowledge", "slack:T1:UGBLEAD", "slack")
    assert shown["changes"][-1]["reason"] == "answer_withdrawn"
    assert shown["changes"][-1]["note"] == "Undone with the button in Slack."


def test_a_repeated_undo_withdraws_once(network: Network) -> None:
    """Slack sends again what was slow to be answered; people are called once."""
    alert, delivery = _answered(network)
    _post(network, _press(delivery, "ask_again"))
    before = network.rows()
    reply = _post(network, _press(delivery, "ask_again"))

    assert reply.status_code == 200
    assert network.rows() == before
    assert stands(network, alert) == (None, 1)


def test_an_old_undo_takes_no_later_answer_back(network: Network) -> None:
    """The button stands beneath one answer; whoever answered since is not overruled by it."""
    alert, delivery = _answered(network)
    answers(network, alert, answer="acting")
    before = network.rows()
    reply = _post(network, _press(delivery, "ask_again"))

    assert reply.status_code == 200
    assert network.rows() == before
    assert stands(network, alert)[0] == "acting"


def test_acting_follows_an_acknowledgement(network: Network) -> None:
    """The answer of the institute is that it acts, said by who pressed; pressed twice it is said once."""
    alert, delivery = _answered(network)
    replies = [_post(network, _press(delivery, "acting", user=user)).status_code for user in ("U42", "U43")]

    assert replies == [200, 200]
    assert stands(network, alert)[0] == "acting"
    assert [line for line in ledger(network, alert) if line[0] == "counted"] == [
        ("counted", "acknowledge", "operator", "api"),
        ("counted", "acting", "slack:T1:U42", "slack"),
    ]


def test_no_more_reminders(network: Network) -> None:
    """The institute of the channel is reminded no more, and its answer stands; a second press changes nothing."""
    alert, delivery = _answered(network, reason="reminded", change="updated")
    first = _post(network, _press(delivery, "no_reminders"))
    before = network.rows()
    network.clock.advance(MINUTE)
    second = _post(network, _press(delivery, "no_reminders", user="U43"))

    assert (first.status_code, second.status_code) == (200, 200)
    assert unreminded(network, alert) == {"gb": "slack:T1:U42"}
    assert stands(network, alert)[0] == "acknowledge"
    assert network.rows() == before


def test_open_is_a_look(network: Network) -> None:
    """Somebody has looked; nothing is answered by it, and it is recorded once for each person."""
    alert = network.raise_alert()
    delivery = network.deliver(alert, channel="slack")
    replies = [_post(network, _press(delivery, "open", user=user)).status_code for user in ("U42", "U42", "U43")]

    assert replies == [200, 200, 200]
    assert looks(network, alert) == [("gb", "slack:T1:U42", "slack"), ("gb", "slack:T1:U43", "slack")]
    assert stands(network, alert) == (None, 1)


def test_a_user_who_is_not_in_the_messages_channel_changes_nothing(network: Network) -> None:
    """Who may press is who may read the channel of the message; from elsewhere 403, whoever it is."""
    _, delivery = _answered(network)
    before = network.rows()
    replies = [
        _post(network, press).status_code
        for action in PRESSES
        for press in (
            _press(delivery, action, channel="CFRDUTY", user="U0STRANGER"),
            _press("d-unknown", action, user="U0STRANGER"),
        )
    ]

    assert replies == [403] * 8
    assert network.rows() == before


def test_a_press_that_slack_has_not_signed_changes_nothing(network: Network) -> None:
    """401, as for every click."""
    _, delivery = _answered(network)
    before = network.rows()
    replies = [_post(network, _press(delivery, each), secret="another secret").status_code for each in PRESSES]

    assert replies == [401] * 4
    assert network.rows() == before


def test_a_closed_alert_takes_no_answer_and_gives_none_back(network: Network) -> None:
    """The buttons of old messages stay on people's screens."""
    alert = network.raise_alert()
    resolve(network, alert)
    told: dict[str, Any] = {"revision": 2, "change": "acknowledged", "reason": "answered", "kind": "reply"}
    delivery = network.deliver(alert, channel="slack", **told)
    network.clock.advance(MINUTE)
    replies = [_post(network, _press(delivery, action)).status_code for action in ("ask_again", "acting")]
    shown = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()

    assert replies == [200, 200]
    assert stands(network, alert)[0] == "resolve"
    assert shown["state"] == "resolved"


def test_acting_on_an_older_severity_does_not_answer_the_higher_one(network: Network) -> None:
    """Whoever presses has seen the lower severity only."""
    alert = network.raise_alert(1, severity=Severity.MODERATE)
    delivery = network.deliver(alert, channel="slack")
    network.raise_alert(2, severity=Severity.SEVERE, series="series-1", action=Action.UPDATE, system="model-1")
    _post(network, _press(delivery, "acting"))
    shown = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()

    assert {each["institute"]: each["answer"] for each in shown["responses"]}["gb"] is None
