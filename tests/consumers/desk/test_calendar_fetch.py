"""A calendar is fetched within limits, from the host that was named, and an error never says from where."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from tocsin_consumers.desk import calendar_fetch
from tocsin_consumers.desk.calendar_fetch import Fetched, FetchError, fetch

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


class _Calendars(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/moved":
            self._redirect("/plain?key=s3cret")
        elif path == "/elsewhere":
            self._redirect("http://localhost:1/plain")
        elif path == "/round":
            self._redirect("/round")
        elif path == "/missing":
            self.send_error(404)
        elif path == "/large":
            self._answer(b"x" * (calendar_fetch.MOST_BYTES + 1))
        elif path == "/broken":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CALENDAR)))
            self.end_headers()
            self.wfile.write(CALENDAR[:10])
        elif path == "/tagged" and self.headers.get("If-None-Match") == '"1"':
            self.send_response(304)
            self.end_headers()
        else:
            self._answer(CALENDAR)

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _redirect(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Where calendars lie."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Calendars) as server:
        worker = threading.Thread(target=server.serve_forever)
        worker.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        worker.join()


def test_a_calendar_and_its_tag(host: str) -> None:
    """And nothing anew where the tag still holds."""
    first = fetch(f"{host}/tagged?key=s3cret")

    assert first == Fetched(CALENDAR, '"1"')
    assert fetch(f"{host}/tagged", etag=first.etag) == Fetched(None, '"1"')
    assert fetch(f"{host}/tagged", etag='"0"') == first


def test_a_redirect_within_the_host_is_followed(host: str) -> None:
    """Services move calendars about."""
    assert fetch(f"{host}/moved").content == CALENDAR


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/elsewhere?key=s3cret", "redirects to another host"),
        ("/round?key=s3cret", "redirects more than 3 times"),
        ("/missing?key=s3cret", "answered 404"),
        ("/large?key=s3cret", "gives more than 2000000 bytes"),
        ("/broken?key=s3cret", "broke off in the middle"),
    ],
)
def test_what_is_not_taken(host: str, path: str, said: str) -> None:
    """With the reason, and without the address."""
    with pytest.raises(FetchError, match=said) as refused:
        fetch(host + path)

    assert "s3cret" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://calendar.example/s3cret", "ftp://s3cret", "file:///s3cret", "s3cret", "https://"]
)
def test_only_https_leaves_this_machine(url: str) -> None:
    """Also where a variable says otherwise."""
    with pytest.raises(FetchError, match="the address is no") as refused:
        fetch(url)

    assert "s3cret" not in str(refused.value)


def test_a_host_that_does_not_answer_or_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up soon."""
    monkeypatch.setattr(calendar_fetch, "_SECONDS_PER_STEP", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(FetchError, match="did not answer in time"):
            fetch(f"http://127.0.0.1:{port}/s3cret")
    with pytest.raises(FetchError, match="was not reached"):
        fetch(f"http://127.0.0.1:{port}/s3cret")


def test_a_host_that_drips_is_given_up(host: str) -> None:
    """The whole of it has a limit, beside each step."""
    seconds = count(step=15.0)
    with pytest.raises(FetchError, match="did not answer in time"):
        fetch(f"{host}/large", monotonic=lambda: next(seconds))
