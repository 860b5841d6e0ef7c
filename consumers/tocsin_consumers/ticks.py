"""What a loop's thread does from time to time, between messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin_schemas.logs import get_logger

Monotonic = Callable[[], float]
_log = get_logger()


@dataclass(frozen=True, slots=True)
class Tick:
    """Something else that the loop's thread does from time to time, between messages."""

    name: str
    every_seconds: float
    act: Callable[[], None]


class Ticks:
    """Does each tick when its time has come."""

    def __init__(self, ticks: Sequence[Tick], monotonic: Monotonic, *, away: tuple[type[Exception], ...]) -> None:
        """Take the ticks, seconds that only grow, and what a tick may raise while store or broker are away."""
        self._ticks = tuple(ticks)
        self._monotonic = monotonic
        self._away = away
        self._due = {tick.name: monotonic() for tick in self._ticks}

    def act_if_due(self) -> None:
        """Do what is due; what cannot be done while the store is away is done at its next time."""
        for tick in self._ticks:
            now = self._monotonic()
            if now < self._due[tick.name]:
                continue
            self._due[tick.name] = now + tick.every_seconds
            try:
                tick.act()
            except self._away as error:
                _log.warning("away", at=tick.name, error=type(error).__name__)
