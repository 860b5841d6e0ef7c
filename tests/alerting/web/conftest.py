"""The small network, on SQLite and where answers are taken on PostgreSQL as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerting.web.network import Network
from tests.fixtures.clock import HandClock
from tocsin_alerting.store import open_store
from tocsin_alerting.store.schema import upgrade
from tocsin_schemas.clock import system_clock


@pytest.fixture
def now_clock() -> HandClock:
    """A clock that begins at the time of day, by which tokens are dated, and then stands still."""
    return HandClock(system_clock())


@pytest.fixture
def network(tmp_path: Path, now_clock: HandClock) -> Iterator[Network]:
    """A network on SQLite."""
    yield from _network(f"sqlite:///{tmp_path / 'tocsin.db'}", now_clock)


@pytest.fixture
def network_on_each(database_url: str, now_clock: HandClock) -> Iterator[Network]:
    """A network on SQLite, and then on PostgreSQL."""
    yield from _network(database_url, now_clock)


def _network(url: str, clock: HandClock) -> Iterator[Network]:
    upgrade(url)
    store = open_store(url)
    try:
        yield Network(store, clock)
    finally:
        store.close()
