"""How long a provider wants to be left alone, in all the ways in which it is said."""

import pytest

from tests.consumers.channels.outgoing import NOW
from tocsin_consumers.channels.retry_after import LONGEST_SECONDS, UNREADABLE_SECONDS, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"RETRY-AFTER": "0"}, 0.0),
        ({"Retry-After": "Tue, 24 Nov 2026 09:00:45 GMT"}, 45.0),
        ({"Retry-After": "Tue, 24 Nov 2026 08:00:00 GMT"}, 0.0),
        ({"Retry-After": "86400"}, LONGEST_SECONDS),
        ({"Retry-After": "soon"}, UNREADABLE_SECONDS),
        ({"Retry-After": ""}, UNREADABLE_SECONDS),
        ({"Retry-After": "-3"}, UNREADABLE_SECONDS),
        ({"Retry-After": "nan"}, UNREADABLE_SECONDS),
        ({"Retry-After": "inf"}, UNREADABLE_SECONDS),
        ({"Retry-After": "1" * 5_000}, UNREADABLE_SECONDS),
        ({}, UNREADABLE_SECONDS),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 12)}, 12.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) - 12)}, 0.0),
        ({"Retry-After": "nonsense", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 7)}, 7.0),
    ],
)
def test_every_spelling_gives_a_bounded_wait(headers: dict[str, str], seconds: float) -> None:
    """Seconds, fractions, dates and garbage: no exception, nothing negative, nothing beyond an hour."""
    assert retry_after(headers, NOW) == pytest.approx(seconds)
