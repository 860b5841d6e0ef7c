"""Two notifiers of one channel on PostgreSQL, at the instants that no schedule of threads meets reliably."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tests.fixtures.store import opened
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.claims import claim_due
from tocsin_alerting.store.queue import lock_destinations, most_pressing
from tocsin_schemas import Severity

pytestmark = pytest.mark.postgres
SLACK = Channel.SLACK


@pytest.fixture
def store(postgres_store_url: str) -> Iterator[Store]:
    """An empty store in PostgreSQL: on SQLite one worker's transaction keeps the other out."""
    with opened(postgres_store_url) as store:
        yield store


@pytest.fixture
def notifier(store: Store, directory: Directory, clock: HandClock) -> Notifier:
    """A notifier that has planned one severe alert."""
    made = Notifier(store=store, directory=directory, clock=clock)
    made.desk.take(assessments.finding())
    made.hear()
    return made


def test_what_another_worker_is_claiming_is_left_to_it(notifier: Notifier, store: Store) -> None:
    """While its transaction is open its destinations are passed over, not waited for."""
    now = notifier.clock()
    with store.transaction() as first:
        claimed = claim_due(first, SLACK, owner="first", now=now, limit=4)
        with store.transaction() as second:
            rest = claim_due(second, SLACK, owner="second", now=now, limit=16)

    assert len(claimed.claimed) == 4
    assert {one.address for one in claimed.claimed}.isdisjoint(one.address for one in rest.claimed)


def test_a_destination_that_was_taken_between_look_and_lock_is_left(notifier: Notifier, store: Store) -> None:
    """Another worker has claimed a graver message to it meanwhile: the look before the lock was too early."""
    now = notifier.clock()
    with store.transaction() as late:
        seen = most_pressing(late, SLACK, now, 16)
        notifier.desk.take(assessments.incident(severity=Severity.CRITICAL))
        notifier.hear()
        with store.transaction() as quick:
            graver = claim_due(quick, SLACK, owner="quick", now=notifier.clock(), limit=3)
        left = lock_destinations(late, SLACK, seen, now)
    taken = {one.address for one in graver.claimed}
    addresses = {row.id: row.address for row in notifier.rows()}

    assert {one.id for one in graver.claimed}.isdisjoint(seen)
    assert len(left) == 7
    assert taken.isdisjoint(addresses[one] for one in left)


def test_a_message_that_was_taken_between_look_and_lock_is_left(notifier: Notifier, store: Store) -> None:
    """The same message seen by both is claimed by one."""
    now = notifier.clock()
    with store.transaction() as late:
        seen = most_pressing(late, SLACK, now, 16)
        with store.transaction() as quick:
            claimed = claim_due(quick, SLACK, owner="quick", now=now, limit=3)
        left = lock_destinations(late, SLACK, seen, now)

    assert len(left) == 7
    assert {one.id for one in claimed.claimed}.isdisjoint(left)
