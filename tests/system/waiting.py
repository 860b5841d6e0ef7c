"""Waiting for what must come, for a bounded time, and never by sleeping a fixed one."""

import time
from collections.abc import Callable
from typing import TypeVar

_POLL_SECONDS = 0.05
T = TypeVar("T")


def eventually(
    look: Callable[[], T | None],
    what: str,
    *,
    within: float,
    explain: Callable[[], str] = str,
    every: float = _POLL_SECONDS,
) -> T:
    """What `look` gives as soon as it gives something true.

    Args:
        look: looks again at each call; false or None: not yet.
        what: what is awaited, for the failure's message.
        within: seconds.
        explain: what else a reader of the failure should see.
        every: seconds between looks.

    Raises:
        AssertionError: it has not come in time; the message holds the last look and what `explain` says.
    """
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}; last seen: {found!r}\n{explain()}")
        time.sleep(every)
