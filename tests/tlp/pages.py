"""Everything that the web service shows of a day, to each kind of reader, with what that reader may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.alerting.web.network import Network
from tests.tlp.day import Day
from tests.tlp.entitled import cleared, may_carry_text
from tests.tlp.worlds import LANGUAGES
from tocsin_alerting.policy.directory import Channel
from tocsin_schemas import Purpose, Tlp


@dataclass(frozen=True, slots=True)
class Shown:
    """What one reader was shown."""

    reader: str
    path: str
    text: str


def shown(day: Day) -> Iterator[tuple[Shown, list[str]]]:
    """Each page and each answer of the API, with the protected texts in it that its reader may not read."""
    network = Network(day.store, day.clock, directory=day.directory)
    app = network.app()
    readers = {
        "anonymous": ({}, Tlp.CLEAR),
        "operator": (network.bearer(), day.directory.operator_clearance),
        "institute": (network.bearer("gb"), Tlp.AMBER),
    }
    ways = ("/v1/alerts", *(f"/v1/alerts/{alert}" for alert in day.labels))
    for reader, (headers, clearance) in readers.items():
        client = network.client(app, headers=headers)
        for path in ways:
            yield from _look(day, Shown(reader, path, client.get(path).text), clearance)
    pages = ("/?state=all", "/outbox", *(f"/alerts/{alert}" for alert in day.labels))
    for reader, cookie, clearance in (
        ("anonymous", None, Tlp.CLEAR),
        ("operator", network.tokens.issue(Purpose.SESSION, {"o": "x"}), day.directory.operator_clearance),
    ):
        client = network.client(app)
        if cookie is not None:
            client.cookies.set("tocsin_session", cookie)
        for number, path in enumerate(pages):
            language = LANGUAGES[number % len(LANGUAGES)]
            page = client.get(path, headers={"Accept-Language": language}).text
            yield from _look(day, Shown(reader, path, page), clearance)
    yield from _look(day, Shown("Prometheus", "/metrics", network.client(app).get("/metrics").text), None)
    for mail in day.mails():
        contact = day.contact_of(mail.delivery_id)
        path = network.link(mail.alert_id, contact, delivery=mail.delivery_id)
        page = network.client(app).get(path).text
        hidden = [
            secret
            for secret in day.secrets_in(page)
            if not may_carry_text(day.directory, Channel.EMAIL, mail.address, day.label_of(secret))
        ]
        yield Shown(contact, path, page), hidden


def _look(day: Day, found: Shown, clearance: Tlp | None) -> Iterator[tuple[Shown, list[str]]]:
    yield (
        found,
        [
            secret
            for secret in day.secrets_in(found.text)
            if clearance is None or not cleared(clearance, day.label_of(secret))
        ],
    )
