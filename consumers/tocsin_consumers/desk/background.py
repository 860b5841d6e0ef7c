"""Work that the desk does from time to time beside its messages, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from tocsin_schemas.logs import get_logger

_log = get_logger()


@contextmanager
def repeating(name: str, act: Callable[[], None], *, seconds: float) -> Iterator[None]:
    """Do something now and every so many seconds while the block lasts; a failure is logged, and it is tried anew."""
    stop = Event()

    def work() -> None:
        while True:
            try:
                act()
            except Exception:  # noqa: BLE001 - the store may be away: the next try may do better
                _log.exception("background_failed", work=name)
            if stop.wait(seconds):
                return

    worker = Thread(target=work, name=name, daemon=True)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        # What is under way may wait for somebody else's server: the thread is a daemon, and each write a transaction.
        worker.join(timeout=1)
