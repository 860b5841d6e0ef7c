"""What the fixtures promise to every other test."""

from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from tests.fixtures.clock import HandClock
from tests.fixtures.required import not_installed


def test_the_clock_stands_still_until_it_is_moved(clock: HandClock) -> None:
    """Time passes only by the test's hand, and is always UTC."""
    start = clock()
    clock.advance(90)
    clock.advance(timedelta(minutes=1))
    moved = clock()
    east = timezone(timedelta(hours=9))

    assert start == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert moved - start == timedelta(seconds=150)
    assert clock.set(datetime(2026, 11, 24, 18, tzinfo=east)).isoformat() == "2026-11-24T09:00:00+00:00"


def test_the_clock_takes_no_time_without_a_zone(clock: HandClock) -> None:
    """A time without a zone would mean another moment on every machine."""
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2026, 11, 24, 9))  # noqa: DTZ001 - the error under test


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_has_an_empty_database(database_url: str, turn: str) -> None:
    """Nothing of one test is in the next one's database, on SQLite and on PostgreSQL alike."""
    engine = create_engine(database_url)
    before = inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alerts (turn TEXT)"))
        connection.execute(text("INSERT INTO alerts VALUES (:turn)"), {"turn": turn})
        kept = connection.execute(text("SELECT turn FROM alerts")).scalars().all()
    engine.dispose()

    assert before == []
    assert kept == [turn]


def test_both_kinds_of_store_are_tried(database_url: str, request: pytest.FixtureRequest) -> None:
    """The ids name the store that is really behind the URL."""
    driver = make_url(database_url).drivername

    assert (request.node.callspec.id, driver) in {("sqlite", "sqlite"), ("postgres", "postgresql+psycopg")}


@pytest.mark.browser
@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_browser_renders_a_page_and_forgets_cookies(chromium: webdriver.Chrome, turn: str) -> None:
    """A page of ours is rendered, its script runs, and no cookie of an earlier test is left."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Set-Cookie", f"seen={turn}")
            self.end_headers()
            cookie = self.headers.get("Cookie", "none")
            self.wfile.write(f"<h1>{cookie}</h1><script>document.title = 'alert ' + (1 + 1)</script>".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing: the test speaks."""

    # Threading: the browser opens connections ahead of need, and one that says nothing would hold up the next.
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        chromium.get(f"http://127.0.0.1:{server.server_port}/")
        heading, title = chromium.find_element(By.TAG_NAME, "h1").text, chromium.title
        server.shutdown()

    assert heading == "none"
    assert title == "alert 2"


@pytest.mark.parametrize("variable", ["CI", "TOCSIN_REQUIRE_ALL"])
def test_what_is_missing_fails_where_everything_must_be_there(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is quietly skipped in CI."""
    monkeypatch.setenv(variable, "1")

    with pytest.raises(pytest.fail.Exception, match="PostgreSQL is missing"):
        not_installed("PostgreSQL is missing")


def test_what_is_missing_is_skipped_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a laptop without PostgreSQL the other tests still run, and the skip says how to have it."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TOCSIN_REQUIRE_ALL", "")

    with pytest.raises(pytest.skip.Exception, match="make test-tools"):
        not_installed("PostgreSQL is missing")


def test_samples_are_folders(sample_data: Path, specs: Path) -> None:
    """The folders hold what the tests read from them."""
    assert (sample_data / "SOURCES.md").is_file()
    assert (specs / "slack_blocks.schema.json").is_file()
