"""The small network, on SQLite and where answers are taken on PostgreSQL as well."""

from __future__ import annotations

import pytest

from tests.alerting.web.network import Network
from tests.fixtures.clock import HandClock
from tocsin_alerting.store import Store
from tocsin_schemas.clock import system_clock


@pytest.fixture
def now_clock() -> HandClock:
    """A clock that begins at the time of day, by which tokens are dated, and then stands still."""
    return HandClock(system_clock())


@pytest.fixture
def network(sqlite_store: Store, now_clock: HandClock) -> Network:
    """A network on SQLite."""
    return Network(sqlite_store, now_clock)


@pytest.fixture
def network_on_each(store: Store, now_clock: HandClock) -> Network:
    """A network on SQLite, and then on PostgreSQL."""
    return Network(store, now_clock)
