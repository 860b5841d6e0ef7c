"""Committed events wait in order until the broker has them; one relay at a time takes them there."""

from datetime import timedelta

import pytest

from tests.alerting.assessments import finding
from tests.alerting.store.desk import Desk
from tocsin_alerting.store import Store
from tocsin_alerting.store.audit import Invariant, audit
from tocsin_alerting.store.leases import hold_lease, release_lease
from tocsin_alerting.store.outbox import mark_published, oldest_unpublished, prune, unpublished
from tocsin_alerting.store.watch import OutboxWatch
from tocsin_schemas import ALERTS


def test_events_wait_in_the_order_they_were_committed(desk: Desk) -> None:
    """And wait no longer once they are published."""
    alert_id = desk.take(finding("r1")).alert_id
    desk.take(finding("r2", institute="jp"))
    desk.answer(alert_id, "jp")
    with desk.store.transaction() as session:
        waiting = unpublished(session, limit=10)
        since = oldest_unpublished(session)
        mark_published(session, [waiting[0].number], now=desk.clock())
        left = unpublished(session, limit=10)

    assert [row.number for row in waiting] == sorted(row.number for row in waiting)
    assert {(row.topic, row.key) for row in waiting} == {(ALERTS.base_name, alert_id)}
    assert since == desk.clock() - timedelta(seconds=2)
    assert left == waiting[1:]


def test_only_what_was_published_long_ago_is_dropped(desk: Desk) -> None:
    """What the broker does not have stays, however old."""
    desk.take(finding("r1"))
    desk.take(finding("r2", institute="jp"))
    with desk.store.transaction() as session:
        first, second = unpublished(session, limit=10)
        mark_published(session, [first.number], now=desk.clock())
        early = prune(session, before=desk.clock())
        late = prune(session, before=desk.clock() + timedelta(seconds=1))
        left = unpublished(session, limit=10)

    assert (early, late, left) == (0, 1, [second])


def test_a_lease_is_held_by_one_and_taken_over_when_it_ends(desk: Desk) -> None:
    """A relay that dies is replaced after the lease's time; one that lives extends it."""
    length = timedelta(seconds=4)

    def hold(owner: str) -> bool:
        with desk.store.transaction() as session:
            return hold_lease(session, "relay", owner=owner, now=desk.clock(), duration=length)

    assert (hold("a"), hold("b")) == (True, False)
    desk.clock.advance(3)
    assert (hold("a"), hold("b")) == (True, False)
    desk.clock.advance(4)
    assert (hold("b"), hold("a")) == (True, False)


def test_a_lease_that_is_given_up_is_free_at_once(desk: Desk) -> None:
    """And nobody gives up another's."""
    length = timedelta(seconds=4)
    with desk.store.transaction() as session:
        hold_lease(session, "relay", owner="a", now=desk.clock(), duration=length)
        release_lease(session, "relay", owner="b")
        still = hold_lease(session, "relay", owner="b", now=desk.clock(), duration=length)
        release_lease(session, "relay", owner="a")
        free = hold_lease(session, "relay", owner="b", now=desk.clock(), duration=length)

    assert (still, free) == (False, True)


def test_the_auditor_sees_a_relay_that_does_not_run(desk: Desk) -> None:
    """An event that waits longer than it should is named."""
    desk.take(finding())
    with desk.store.read() as session:
        soon = audit(session, desk.clock())
        late = audit(session, desk.clock() + timedelta(seconds=31))

    assert soon == []
    assert [violation.invariant for violation in late] == [Invariant.OUTBOX_DRAINS]


def test_the_watch_notices_every_event_of_another_and_nothing_else(store: Store, desk: Desk) -> None:
    """On SQLite a no is a no, also after a commit without an event; on PostgreSQL it never says no."""
    watch = OutboxWatch(store)
    watch.changed()
    quiet = watch.changed()
    desk.take(finding())
    event = watch.changed()
    with store.transaction() as session:
        numbers = [row.number for row in unpublished(session, limit=10)]
        mark_published(session, numbers, now=desk.clock())
    marked = watch.changed()
    watch.close()

    assert event
    assert numbers
    assert [quiet, marked] == [not watch.is_exact] * 2


@pytest.mark.parametrize("broken", ["next_step_at", "revision"])
def test_the_auditor_finds_what_a_bug_would_leave(desk: Desk, broken: str) -> None:
    """A silent institute without a next step, and a revision without its change, are both named."""
    alert_id = desk.take(finding()).alert_id
    with desk.store.transaction() as session:
        if broken == "revision":
            session.get_one(type(desk.alert(alert_id)), alert_id).revision = 7
        else:
            response = desk.responses(alert_id)["jp"]
            session.merge(response).next_step_at = None
    found = desk.violations()

    assert [violation.invariant for violation in found] == [
        Invariant.REVISIONS_HAVE_NO_GAPS if broken == "revision" else Invariant.SILENCE_HAS_A_NEXT_STEP
    ]
    assert alert_id in found[0].subject
