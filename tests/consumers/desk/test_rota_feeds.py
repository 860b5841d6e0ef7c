"""Copies of calendars are kept fresh; a feed that is away or gives nonsense leaves the copy that stands."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tocsin_alerting.directory_keeper import DirectoryKeeper
from tocsin_alerting.policy.oncall.duty import DutyReason
from tocsin_alerting.store import Store
from tocsin_alerting.store.rota_feeds import FeedState, StoredCopies, feed_state
from tocsin_consumers.desk.calendar_fetch import Fetched, FetchError
from tocsin_consumers.desk.rota_feeds import RotaFeeds

URL = "https://calendar.example/jp.ics"
SECRET = "https://calendar.example/private-s3cret/kr.ics"
MINUTES = timedelta(minutes=5)


def calendar(who: str) -> bytes:
    """Somebody on duty all the time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z"]
    lines += [
        "DTSTART;VALUE=DATE:20260101",
        "DTEND;VALUE=DATE:20300101",
        f"SUMMARY:{who}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join([*lines, ""]).encode()


class Web:
    """What lies where, and who asked for it."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | FetchError] = {}
        self.asked: list[tuple[str, str | None]] = []

    def fetch(self, url: str, etag: str | None) -> Fetched:
        self.asked.append((url, etag))
        page = self.pages[url]
        if isinstance(page, FetchError):
            raise page
        tag = str(hash(page))
        return Fetched(None, tag) if etag == tag else Fetched(page, tag)


class Office:
    """A network with two fetched calendars, and the desk that keeps their copies."""

    def __init__(self, store: Store, folder: Path, clock: HandClock) -> None:
        for name in ("institutes.yaml", "contacts.yaml", "policy.yaml"):
            shutil.copy(NETWORK_DIR / name, folder / name)
        rotas = [
            {"institute": "jp", "team": "duty", "feed": {"url": URL}},
            {"institute": "kr", "team": "duty", "feed": {"url_from": "TOCSIN_ROTA_KR"}},
        ]
        (folder / "rotas.yaml").write_text(yaml.safe_dump({"rotas": rotas}), encoding="utf-8")
        self.store, self.clock, self.web = store, clock, Web()
        self.web.pages = {URL: calendar("jp.duty"), SECRET: calendar("kr.duty")}
        self.environment = {"TOCSIN_ROTA_KR": SECRET}
        self.keeper = DirectoryKeeper(folder, copies=StoredCopies(store))

    def desk(self, owner: str = "desk-1") -> RotaFeeds:
        return RotaFeeds(
            store=self.store,
            directory=self.keeper,
            fetch=self.web.fetch,
            environment=self.environment,
            clock=self.clock,
            owner=owner,
        )

    def reason(self, institute: str) -> DutyReason:
        self.keeper.look()
        self.keeper.look()
        return self.keeper().duty(institute, "duty", self.clock()).reason

    def state(self, source: str) -> FeedState:
        with self.store.read() as session:
            state = feed_state(session, source)
        assert state is not None
        return state


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    """An office on a Saturday."""
    return Office(store, tmp_path, HandClock(datetime(2026, 11, 28, 9, 0, tzinfo=UTC)))


def test_what_is_fetched_is_taken_over_by_every_process(office: Office) -> None:
    """Without a restart, and as another version of the policy."""
    before, reason = office.keeper().version, office.reason("jp")
    office.desk().refresh()

    assert reason is DutyReason.NO_COPY
    assert office.reason("jp") is DutyReason.CALENDAR_EVENT
    assert office.reason("kr") is DutyReason.CALENDAR_EVENT
    assert office.keeper().version != before
    assert [contact.id for contact in office.keeper().team("kr", "duty", office.clock())] == ["kr.duty"]


def test_a_feed_that_is_away_leaves_the_last_good_copy(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """For as long as it takes; how long it has been away is known, and each try is told."""
    office.desk().refresh()
    office.web.pages[URL] = FetchError("answered 503")
    office.clock.advance(MINUTES)
    office.desk().refresh()
    state = office.state(URL)

    assert office.reason("jp") is DutyReason.CALENDAR_EVENT
    assert (state.fault, state.away_since) == ("answered 503", office.clock() - MINUTES)
    assert "rota_feed_away" in capsys.readouterr().out


@pytest.mark.parametrize("nonsense", [b"<html>Sign in</html>", calendar("x").replace(b"20260101\r", b"soon\r")])
def test_nonsense_is_not_taken(office: Office, nonsense: bytes) -> None:
    """A page to sign in at, say, instead of the calendar."""
    office.desk().refresh()
    office.web.pages[URL] = nonsense
    office.clock.advance(MINUTES)
    office.desk().refresh()

    assert office.reason("jp") is DutyReason.CALENDAR_EVENT
    assert office.state(URL).fault is not None


def test_the_tag_of_the_copy_is_shown_and_an_unchanged_calendar_counts_as_reached(office: Office) -> None:
    """Another one that follows it is taken."""
    office.desk().refresh()
    version = office.keeper().version
    office.clock.advance(MINUTES)
    office.desk().refresh()
    unchanged = office.state(URL)
    office.web.pages[URL] = calendar("jp.lead")
    office.clock.advance(MINUTES)
    office.desk().refresh()
    tags = [etag for url, etag in office.web.asked if url == URL]

    assert (unchanged.reached_at, unchanged.fault) == (office.clock() - MINUTES, None)
    assert office.keeper().version == version
    assert tags == [None, str(hash(calendar("jp.duty"))), str(hash(calendar("jp.duty")))]
    assert office.reason("jp") is DutyReason.CALENDAR_EVENT
    assert office.keeper().duty("jp", "duty", office.clock()).holders == ("jp.lead",)


def test_feeds_are_not_asked_more_often_than_every_five_minutes(office: Office) -> None:
    """By whichever of several desks, however often they look."""
    office.desk().refresh()
    office.desk("desk-2").refresh()
    office.clock.advance(timedelta(minutes=4))
    office.desk().refresh()
    asked = len(office.web.asked)
    office.clock.advance(timedelta(minutes=6))
    office.desk("desk-2").refresh()

    assert asked == 2
    assert len(office.web.asked) == 4


def test_a_secret_address_is_neither_kept_nor_told(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """The store and the log know the name of the variable."""
    office.web.pages[SECRET] = FetchError("answered 401")
    office.desk().refresh()
    del office.environment["TOCSIN_ROTA_KR"]
    office.clock.advance(MINUTES)
    office.desk().refresh()
    logged = capsys.readouterr().out

    assert office.state("TOCSIN_ROTA_KR").fault == "has no address: set TOCSIN_ROTA_KR in the desk's environment"
    assert "answered 401" in logged
    assert "s3cret" not in logged
    assert StoredCopies(office.store).read().keys() == {URL}
