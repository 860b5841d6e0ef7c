"""How long to wait before trying again what has failed: longer each time, never at the same instant as the others."""

from __future__ import annotations

import random
from threading import Event

_FIRST_SECONDS = 0.1
_LONGEST_SECONDS = 5.0


class Patience:
    """Waits between tries; ends at once when the process is asked to stop."""

    def __init__(self, stop: Event, *, first: float = _FIRST_SECONDS, longest: float = _LONGEST_SECONDS) -> None:
        self._stop = stop
        self._first = first
        self._longest = longest
        self.tries = 0
        """How often in a row it has failed."""

    def wait(self) -> bool:
        """Wait before the next try; False when the process is to stop instead."""
        # Capped before the power is taken: an outage of days would overflow it.
        seconds = min(self._longest, self._first * 2 ** min(self.tries, 16))
        self.tries += 1
        # Spread, so that processes that failed together do not try together.
        return not self._stop.wait(seconds * (0.5 + random.random() / 2))  # noqa: S311 - no secret

    def reset(self) -> None:
        """It has worked: the next failure is a first one."""
        self.tries = 0
