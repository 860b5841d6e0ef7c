"""A notifier of each channel, on both kinds of store, with the clock in hand."""

import pytest

from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.store import Store


@pytest.fixture
def slack(store: Store, directory: Directory, clock: HandClock) -> Notifier:
    """The notifier of Slack."""
    return Notifier(store=store, directory=directory, clock=clock)


@pytest.fixture
def email(store: Store, directory: Directory, clock: HandClock) -> Notifier:
    """The notifier of e-mail."""
    return Notifier(store=store, directory=directory, clock=clock, name=Channel.EMAIL)
