"""Reports over the door: who must act when it says no."""

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from tests.fixtures.clock import HandClock
from tests.producers.test_spool import report
from tocsin_producers import Fault, TransportError
from tocsin_producers.transports.http import HttpTransport

Answer = Callable[[httpx2.Request], httpx2.Response]


def transport_that(answer: Answer, clock: HandClock, url: str = "https://door.example/") -> HttpTransport:
    """A transport whose door answers so."""
    return HttpTransport(url, key="the-key", clock=clock, transport=httpx2.MockTransport(answer))


def failure_of(answer: Answer, clock: HandClock) -> TransportError:
    """What the sender is told when the door answers so."""
    with pytest.raises(TransportError) as failed:
        transport_that(answer, clock).send(report("e-1", clock))
    return failed.value


def test_a_report_is_posted_as_a_structured_event_with_the_key(clock: HandClock) -> None:
    """The door gets the event's own bytes, at the path of its kind."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(202, json={"id": "e-1"})

    sent = report("e-1", clock)
    transport_that(answer, clock).send(sent)

    assert str(seen[0].url) == "https://door.example/v1/findings"
    assert seen[0].headers["Authorization"] == "Bearer the-key"
    assert seen[0].headers["Content-Type"].startswith("application/cloudevents+json")
    assert seen[0].content == sent.value


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (200, Fault.SENDER),
        (301, Fault.SENDER),
        (400, Fault.REPORT),
        (401, Fault.SENDER),
        (403, Fault.REPORT),
        (404, Fault.SENDER),
        (408, Fault.TEMPORARY),
        (413, Fault.REPORT),
        (415, Fault.REPORT),
        (422, Fault.REPORT),
        (429, Fault.TEMPORARY),
        (500, Fault.TEMPORARY),
        (502, Fault.TEMPORARY),
        (503, Fault.TEMPORARY),
    ],
)
def test_each_answer_says_who_must_act(status: int, fault: Fault, clock: HandClock) -> None:
    """Only 202 is a yes; a wrong key is the operator's, a wrong report its author's, the rest passes."""
    failure = failure_of(lambda _: httpx2.Response(status, text="<html>"), clock)

    assert failure.fault is fault
    assert failure.permanent is (fault is not Fault.TEMPORARY)


def test_the_doors_problems_reach_the_author(clock: HandClock) -> None:
    """Field, message, fix and code come through, those of a later version too."""
    document = {
        "detail": "tlp: is required.",
        "problems": [
            {"field": "tlp", "message": "is required.", "fix": "Label it.", "code": "missing"},
            {"field": "x", "message": "is odd.", "fix": "Mend it.", "code": "of-a-later-version"},
        ],
    }
    failure = failure_of(lambda _: httpx2.Response(422, json=document), clock)

    assert [str(one) for one in failure.problems] == ["tlp: is required. Label it.", "x: is odd. Mend it."]


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("Tue, 24 Nov 2026 09:02:00 GMT", timedelta(minutes=2)),
        ("Tue, 24 Nov 2026 08:00:00 GMT", timedelta(0)),
        ("999999999999", timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, wait: timedelta | None, clock: HandClock) -> None:
    """Seconds or a date; nonsense is as if it were not there, and an age is cut to an hour."""
    failure = failure_of(lambda _: httpx2.Response(503, headers={"Retry-After": text}), clock)

    assert failure.retry_after == wait


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError])
def test_a_door_that_does_not_answer_is_temporary(error: type[httpx2.RequestError], clock: HandClock) -> None:
    """Nobody knows whether it was taken: it goes again with the same id."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        raise error("no", request=request)

    assert failure_of(answer, clock).fault is Fault.TEMPORARY


@pytest.mark.parametrize("url", ["door.example", "ftp://door.example", "http://door.example:x"])
def test_a_wrong_address_is_the_operators(url: str, clock: HandClock) -> None:
    """A misspelt address names its variable."""
    with pytest.raises(TransportError, match="TOCSIN_DOOR_URL") as failed:
        HttpTransport(url, key="k", clock=clock).send(report("e-1", clock))

    assert failed.value.fault is Fault.SENDER
