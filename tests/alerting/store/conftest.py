"""The desk for the tests of the store."""

import pytest

from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store


@pytest.fixture
def desk(store: Store, directory: Directory, clock: HandClock) -> Desk:
    """A desk on an empty store, with the shipped policy and the clock in hand."""
    return Desk(store, directory, clock)
