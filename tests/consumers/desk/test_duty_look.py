"""Administrators hear of a hole in their rota a week before, once."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from tests.consumers.desk.test_rota_feeds import URL, Web, calendar
from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tests.standins.slack_checks import faults_in
from tocsin_alerting.directory_keeper import DirectoryKeeper
from tocsin_alerting.messages.bulletins.mail import render_bulletin_mail
from tocsin_alerting.messages.bulletins.slack import render_bulletin_slack
from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.bulletins.writers import write
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.oncall.faults import RotaFaultKind
from tocsin_alerting.store import Store
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_alerting.store.tables_bulletins import BulletinRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_consumers.desk.calendar_fetch import FetchError
from tocsin_consumers.desk.duty_look import DutyLook
from tocsin_consumers.desk.rota_feeds import RotaFeeds

SATURDAY = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TURNS = {"members": ["jp.lead"], "period": "daily", "handover": {"times": ["09:00"]}, "start": "2026-12-04"}


class Desk:
    """A network with one rota, and a desk that looks at it."""

    def __init__(self, store: Store, folder: Path, rota: dict[str, object], at: datetime) -> None:
        for name in ("institutes.yaml", "contacts.yaml", "policy.yaml"):
            shutil.copy(NETWORK_DIR / name, folder / name)
        entry = {"institute": "jp", "team": "lead", **rota}
        (folder / "rotas.yaml").write_text(yaml.safe_dump({"rotas": [entry]}), encoding="utf-8")
        self.store, self.clock = store, HandClock(at)
        self.keeper = DirectoryKeeper(folder, copies=StoredCopies(store))

    def look(self) -> list[BulletinRow]:
        self.keeper.look()
        self.keeper.look()
        DutyLook(store=self.store, directory=self.keeper, clock=self.clock).look()
        with self.store.read() as session:
            return list(session.scalars(select(BulletinRow).order_by(BulletinRow.created_at, BulletinRow.channel)))


def test_a_gap_is_told_to_each_address_of_the_administrators_once(store: Store, tmp_path: Path) -> None:
    """However often it is looked at; it waits in the queue like any delivery."""
    desk = Desk(store, tmp_path, {"rotation": TURNS}, SATURDAY)
    first = desk.look()
    desk.clock.advance(timedelta(hours=1))
    again = desk.look()
    with store.read() as session:
        waiting = session.scalars(select(DeliveryRow.address).where(DeliveryRow.outcome == "pending")).all()

    assert [(each.kind, each.contact, each.channel) for each in first] == [
        ("on_call", "jp.lead", "email"),
        ("on_call", "jp.lead", "slack"),
    ]
    assert first[0].content["fault"] == "gap"
    assert first[0].content["spans"] == [["2026-11-23T00:00:00+00:00", "2026-12-04T00:00:00+00:00"]]
    assert sorted(waiting) == ["U0JPLEAD", "head.of.evaluations@jp.example"]
    assert [each.id for each in again] == [each.id for each in first]


def test_what_lies_further_ahead_is_told_a_week_before(store: Store, tmp_path: Path) -> None:
    """And again in each week that it lasts."""
    gone = calendar("jp.lead").replace(b"DTEND;VALUE=DATE:20300101", b"DTEND;VALUE=DATE:20261209")
    (tmp_path / "rotas").mkdir()
    (tmp_path / "rotas" / "jp.ics").write_bytes(gone)
    desk = Desk(store, tmp_path, {"calendar": "jp.ics"}, datetime(2026, 12, 1, 14, 59, tzinfo=UTC))
    before = len(desk.look())
    told = []
    for _ in range(14):
        desk.clock.advance(DAY)
        told.append(len(desk.look()) // 2)

    assert before == 0
    assert told == [1] * 12 + [2] * 2


def test_a_calendar_that_stays_away_is_told_when_its_copy_grows_old(store: Store, tmp_path: Path) -> None:
    """Not before: a feed may be away for an hour."""
    desk = Desk(store, tmp_path, {"feed": {"url": URL}}, SATURDAY)
    web = Web()
    web.pages[URL] = calendar("jp.lead")
    feeds = RotaFeeds(store=store, directory=desk.keeper, fetch=web.fetch, environment={}, clock=desk.clock, owner="d")
    feeds.refresh()
    web.pages[URL] = FetchError("answered 503")
    desk.clock.advance(timedelta(hours=23))
    feeds.refresh()
    before = desk.look()
    desk.clock.advance(timedelta(hours=2))
    told = desk.look()

    assert before == []
    assert {(each.content["fault"], each.content["what"]) for each in told} == {
        ("feed_away", f"{URL} answered 503"),
    }


def _text(kind: RotaFaultKind, what: str, spans: int) -> BulletinText:
    return write(
        BulletinView(
            id="b",
            kind=BulletinKind.ON_CALL,
            edition=1,
            content={
                "institute": "jp",
                "team": "lead",
                "fault": kind.value,
                "what": what,
                "spans": [
                    [(SATURDAY + n * DAY).isoformat(), (SATURDAY + (n + 1) * DAY).isoformat()] for n in range(spans)
                ],
            },
            alerts=(),
            institute_name="Japan AI Safety Institute",
            contact_name="Head",
            public_url="https://tocsin.example",
            created_at=SATURDAY,
            updated_at=SATURDAY,
        )
    )


@pytest.mark.parametrize("kind", RotaFaultKind)
def test_each_warning_says_what_is_wrong_when_and_what_to_do(kind: RotaFaultKind, specs: Path) -> None:
    """In Slack and by mail; what a calendar says is text and nothing else."""
    text = _text(kind, "<!channel> (event '<b>x</b>')", 9)
    slack = render_bulletin_slack(text, reference="b")
    mail = render_bulletin_mail(text, reference="b", contact_name="Head", institute_name="jp", domain="tocsin.example")

    assert faults_in(list(slack.blocks), specs) == []
    assert "28 November 2026, 09:00 UTC" in str(slack.blocks)
    assert "<!channel>" not in str(slack.as_dict())
    assert "<b>x</b>" not in mail.html
    assert text.lead in mail.text
    assert "And 3 times more in the days ahead." in mail.text
    assert mail.subject.startswith("TLP:GREEN")
