"""A store opens whoever else is opening it at the same moment."""

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import text

from tocsin_alerting.store import open_store

_TOGETHER = 6
_FILES = 100


def _open_each(folder: str, barrier: Barrier) -> None:
    for number in range(_FILES):
        store = open_store(f"sqlite:///{folder}/{number}.db")
        barrier.wait(30)
        with store.read() as session:
            mode = session.execute(text("PRAGMA journal_mode")).scalar_one()
        store.close()
        if mode != "wal":
            raise AssertionError(mode)


def test_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite answers busy without waiting to a switch to WAL beside another; no start fails by it."""
    spawning = multiprocessing.get_context("spawn")
    barrier = spawning.Barrier(_TOGETHER)
    services = [spawning.Process(target=_open_each, args=(str(tmp_path), barrier)) for _ in range(_TOGETHER)]
    for service in services:
        service.start()
    for service in services:
        service.join(90)

    assert [service.exitcode for service in services] == [0] * _TOGETHER
