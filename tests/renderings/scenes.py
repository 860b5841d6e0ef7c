"""The pages with something on them: a small network in which things have happened, and where to look."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files

from tests.alerting.assessments import retraction
from tests.alerting.measured import measured
from tests.alerting.web.answering import resolve
from tests.alerting.web.network import Network
from tests.alerting.web.test_alert_pages import signed_in
from tests.alerting.web.test_compared import exercise_alert
from tests.alerting.web.test_summary_pages import folded_into_summary
from tests.alerting.web.test_weighed import confirmed_alert
from tests.consumers.notifier.rig import Notifier
from tests.renderings.mails import mails
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.store.reports import take
from tocsin_alerting.web.page_language import with_language
from tocsin_schemas import Assessment, Purpose, Severity, Status, Tlp


@dataclass(frozen=True, slots=True)
class Scene:
    """A page to look at."""

    name: str
    path: str
    """Without the language."""
    signed_in: bool = False


def scenes(network: Network) -> list[Scene]:
    """Let things happen in an empty network, and name the pages that show them."""
    network.raise_alert(1, tlp=Tlp.CLEAR, severity=Severity.MINOR, title="A public matter")
    network.raise_alert(2, tlp=Tlp.GREEN, status=Status.EXERCISE, title="Exercise: a lost key")
    alert = network.raise_alert(3, tlp=Tlp.AMBER, title="نموذج يتجاوز الضوابط", language="ar")
    red = network.raise_alert(4, tlp=Tlp.RED)
    answer = network.link(alert, "gb.lead")
    asks = network.link(red, delivery=network.deliver(red, "gb.lead", revision=4), contact="gb.lead")
    _mail = next(mail for name, mail in mails("en") if name == "raised")
    network.deliver(alert, "jp.duty", outcome="previewed", rendered=_mail.as_dict())
    client = network.client()
    said = {"severity": "minor", "why": "The judge was wrong.", "evidence": [{"title": "A review"}]}
    for path, body in (("overrides", said), ("dissents", {**said, "institute": "fr", "severity": "moderate"})):
        reply = client.post(f"/v1/alerts/{alert}/{path}", json=body, headers=network.bearer())
        assert reply.status_code == 201, reply.text
    client.post(
        f"/v1/alerts/{alert}/answers", json={"institute": "jp", "answer": "acknowledge"}, headers=network.bearer()
    )
    for number, (institute, value) in enumerate((("gb", 0.57), ("jp", 0.32))):
        report = measured(f"m-{number}", value, institute=institute, elicitation="best of 8")
        guidance = take(network.store, report, directory=network.directory, now=network.clock.advance(1))
    summary = folded_into_summary(network, [alert, red])
    silenced, closed, back = _silenced(network), network.raise_alert(6), network.raise_alert(7)
    resolve(network, closed)
    take(network.store, _taken_back(7), directory=network.directory, now=network.clock.advance(1))
    return [
        Scene("alerts", "/"),
        Scene("alert-stranger", f"/alerts/{alert}"),
        Scene("answer", answer),
        Scene("answer-red", asks),
        Scene("sign-in", "/sign-in"),
        Scene("refused", "/a/nonsense"),
        Scene("alerts-operator", "/?state=all", signed_in=True),
        Scene("alert", f"/alerts/{alert}", signed_in=True),
        Scene("result", f"/alerts/{guidance.alert_id}", signed_in=True),
        Scene("outbox", "/outbox", signed_in=True),
        Scene("confirmed", f"/alerts/{confirmed_alert(network)}", signed_in=True),
        Scene("exercise", f"/alerts/{exercise_alert(network, status=Status.EXERCISE)}", signed_in=True),
        Scene("silenced", f"/alerts/{silenced}", signed_in=True),
        Scene("resolved", f"/alerts/{closed}", signed_in=True),
        Scene("retracted", f"/alerts/{back}", signed_in=True),
        Scene("answered", network.link(alert, "jp.lead")),
        Scene("summary", f"/summaries/{summary}", signed_in=True),
        Scene("summary-stranger", f"/summaries/{summary}"),
    ]


def _silenced(network: Network) -> str:
    """An alert of which French people are told nothing: a system of their institute has asked for quiet."""
    wish = {
        "institute": "fr",
        "match": {"systems": ["quiet-model"]},
        "reason": "It is being taken down.",
        "ends_at": (network.clock() + timedelta(hours=1)).isoformat(),
    }
    reply = network.client().post("/v1/silences", json=wish, headers=network.bearer("fr"))
    assert reply.status_code == 201, reply.text
    alert = network.raise_alert(5, severity=Severity.MODERATE, system="quiet-model")
    Notifier(store=network.store, directory=network.directory, clock=network.clock, name=Channel.EMAIL).hear()
    return alert


def _taken_back(number: int) -> Assessment:
    return retraction("taken-back", f"series-{number}", tlp=Tlp.GREEN)


def documents(network: Network, places: list[Scene], tag: str, *, inline: bool = False) -> dict[str, str]:
    """The HTML of pages in a language, by name.

    Args:
        network: whose pages they are.
        places: what to look at.
        tag: the language.
        inline: put the sheet into each page, so that it needs nothing else.
    """
    clients = {False: network.client(), True: signed_in(network)}
    found = {}
    for scene in places:
        reply = clients[scene.signed_in].get(with_language(scene.path, tag))
        assert f'<html lang="{tag}" dir="ltr">' in reply.text, scene
        found[scene.name] = reply.text.replace(_LINK, f"<style>{_sheet()}</style>") if inline else reply.text
    return found


_LINK = '<link rel="stylesheet" href="/static/tocsin.css">'


@functools.cache
def _sheet() -> str:
    return (files("tocsin_alerting.web") / "static" / "tocsin.css").read_text(encoding="utf-8")


def sign_in_path(network: Network) -> str:
    """Where an operator signs in with a link."""
    return f"/sign-in?token={network.tokens.issue(Purpose.OPERATOR, {})}"
