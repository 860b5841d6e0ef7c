"""How much memory each process takes while it works."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import psutil

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """The memory and the processor time of one process."""

    rss_mib: float
    """The most it had resident at any look. Pages that processes share are counted for each."""
    pss_mib: float
    """At the last look, with shared pages counted once over all who share them."""
    cpu_seconds: float
    """Since it started."""


class MemoryWatch:
    """Looks at processes once in a while, in a thread of its own."""

    def __init__(self, pids: Mapping[str, int], *, every_seconds: float = 1.0) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._every_seconds = every_seconds
        self._most = dict.fromkeys(pids, 0)
        self._most_together = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def most_together_mib(self) -> float:
        """The most that all had resident at one look."""
        return self._most_together / _MEBIBYTE

    def taken(self) -> dict[str, Taken]:
        """What each process has taken."""
        self._look()
        found = {}
        for name, process in self._processes.items():
            times = process.cpu_times()
            pss = process.memory_full_info().pss
            found[name] = Taken(self._most[name] / _MEBIBYTE, pss / _MEBIBYTE, times.user + times.system)
        return found

    def _watch(self) -> None:
        while not self._stop.wait(self._every_seconds):
            self._look()

    def _look(self) -> None:
        now = {name: process.memory_info().rss for name, process in self._processes.items()}
        self._most = {name: max(self._most[name], rss) for name, rss in now.items()}
        self._most_together = max(self._most_together, sum(now.values()))
