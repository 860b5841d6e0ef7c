"""How long a provider asks to be left alone is kept, and not much longer: with real time, threads and a server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

from tests.alerting.assessments import finding
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tests.standins import RateLimited, SlackStandIn
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_consumers.channels.slack import SlackChannel
from tocsin_schemas import system_clock

TOKEN, ASKED = "xoxb-1-of-the-tests", 2.0


class _Now(HandClock):
    """The real clock, where the rig wants one that can be moved."""

    def __call__(self) -> object:  # type: ignore[override]
        return system_clock()


def test_retry_after_is_honoured_within_one_second(sqlite_store: Store, directory: Directory) -> None:
    """Never earlier than Slack asked, less than a second later; the others are not held up by it."""
    stop = Event()
    with SlackStandIn(token=TOKEN) as slack, ThreadPoolExecutor(16) as pool:
        slack.fail_next(RateLimited(f"{ASKED:g}"), destination="C0GBDUTY")
        notifier = Notifier(
            store=sqlite_store,
            directory=directory,
            clock=_Now(system_clock()),
            channel=SlackChannel(token=TOKEN, base_url=slack.api_url, clock=system_clock),
            pool=pool,
        )
        notifier.desk.take(finding())
        notifier.hear()
        sending = Thread(target=notifier.drain.run, args=(stop,))
        sending.start()
        try:
            slack.wait_for(lambda: len(slack.in_channel("C0GBDUTY")) == 1, within=30)
        finally:
            stop.set()
            sending.join(timeout=30)
        asked = [one.at for one in slack.requests if slack.destination_of(one) == "C0GBDUTY"]
        others = [one.at for one in slack.requests if slack.destination_of(one) != "C0GBDUTY"]
    waited = asked[1] - asked[0]

    assert len(asked) == 2
    assert ASKED <= waited < ASKED + 1
    assert max(others) < asked[1]
