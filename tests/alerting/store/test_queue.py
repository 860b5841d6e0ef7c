"""One question says whether there is anything to do on a channel, and one when there may be next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.queue import has_due, next_instant
from tocsin_alerting.store.tables_bulletins import StormRow

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LOOK, DUE = NOW + timedelta(seconds=20), NOW + timedelta(seconds=60)


def _storm(store: Store) -> None:
    """One storm at a channel of Slack: it is to be looked at after 20 seconds, and its summary is sent after 60."""
    with store.transaction() as session:
        summary = post_bulletin(
            session,
            BulletinKind.STORM_SUMMARY,
            key="storm",
            institute="gb",
            contact="gb.duty",
            channel=Channel.SLACK,
            address="C0GBDUTY",
            content={},
            policy="p-1",
            now=NOW,
            due=DUE,
        )
        session.add(
            StormRow(
                id="s",
                open_key="slack:C0GBDUTY",
                channel="slack",
                address="C0GBDUTY",
                urgent=False,
                status="actual",
                bulletin_id=summary,
                began_at=NOW,
                folded_at=NOW,
                told_at=NOW,
                next_look_at=LOOK,
            )
        )


def test_a_storm_that_is_to_be_looked_at_is_something_to_do(store: Store) -> None:
    """Also where no message is due; its end would be told late otherwise. Other channels have nothing to do with it."""
    _storm(store)
    with store.read() as session:
        before = has_due(session, Channel.SLACK, LOOK - timedelta(seconds=1))
        then, elsewhere = (has_due(session, channel, LOOK) for channel in (Channel.SLACK, Channel.EMAIL))

    assert (before, then, elsewhere) == (False, True, False)


def test_whatever_comes_first_ends_the_wait(store: Store) -> None:
    """The storm's look, then its summary; a look that is overdue is not passed over."""
    _storm(store)
    with store.read() as session:
        first = next_instant(session, Channel.SLACK, NOW)
        overdue = next_instant(session, Channel.SLACK, LOOK + timedelta(seconds=1))
        elsewhere = next_instant(session, Channel.EMAIL, NOW)
    with store.transaction() as session:
        session.get_one(StormRow, "s").next_look_at = None
    with store.read() as session:
        afterwards = next_instant(session, Channel.SLACK, NOW)

    assert (first, overdue, elsewhere, afterwards) == (LOOK, LOOK, None, DUE)
