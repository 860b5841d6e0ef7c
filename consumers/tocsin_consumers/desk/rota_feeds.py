"""Keeps the copies of calendars fresh that rotas follow; a feed that is away, or gives nonsense, changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.calendars import CalendarError, read_calendar
from tocsin_alerting.policy.oncall.feed import Feed
from tocsin_alerting.store import Store
from tocsin_alerting.store.leases import hold_lease
from tocsin_alerting.store.rota_feeds import feed_state, record_copy, record_fault, record_unchanged
from tocsin_consumers.desk.calendar_fetch import Fetched, FetchError
from tocsin_schemas.clock import Clock
from tocsin_schemas.logs import get_logger

_BETWEEN_FETCHES = timedelta(minutes=5)
_LEASE = "rota-feeds"
_log = get_logger()


class RotaFeeds:
    """Fetches the feeds that the present rotas follow, each every few minutes."""

    def __init__(
        self,
        *,
        store: Store,
        directory: Callable[[], Directory],
        fetch: Callable[[str, str | None], Fetched],
        environment: Mapping[str, str],
        clock: Clock,
        owner: str,
    ) -> None:
        """Prepare.

        Args:
            store: keeps the copies.
            directory: the policy in force.
            fetch: what lies at an address, by the tag of the copy that is there.
            environment: holds secret addresses.
            clock: the present instant.
            owner: this desk among several; one of them fetches.
        """
        self._store = store
        self._directory = directory
        self._fetch = fetch
        self._environment = environment
        self._clock = clock
        self._owner = owner

    def refresh(self) -> None:
        """Fetch every feed whose time has come.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        feeds = {rota.feed.source: rota.feed for rota in self._directory().rotas.values() if rota.feed is not None}
        if not feeds:
            return
        with self._store.transaction() as session:
            if not hold_lease(session, _LEASE, owner=self._owner, now=self._clock(), duration=_BETWEEN_FETCHES):
                return
        for _, feed in sorted(feeds.items()):
            self._refresh(feed)

    def _refresh(self, feed: Feed) -> None:
        log = _log.bind(feed=feed.source)
        with self._store.read() as session:
            state = feed_state(session, feed.source)
        if state is not None and self._clock() < state.tried_at + _BETWEEN_FETCHES:
            return
        try:
            found = self._fetch(self._address(feed), state.etag if state is not None else None)
            if found.content is not None:
                read_calendar(found.content)
        except (FetchError, CalendarError) as error:
            fault = str(error)
            with self._store.transaction() as session:
                record_fault(session, feed.source, fault, now=self._clock())
            # Whoever is on duty by the copy is told; how old the copy is, is said each time.
            copy_of = state.changed_at if state is not None else None
            log.error("rota_feed_away", fault=fault, copy_of=copy_of and copy_of.isoformat())  # noqa: TRY400 - says all
            return
        with self._store.transaction() as session:
            if found.content is None:
                record_unchanged(session, feed.source, now=self._clock())
            elif record_copy(session, feed.source, found.content, etag=found.etag, now=self._clock()):
                log.info("rota_feed_changed", size=len(found.content))

    def _address(self, feed: Feed) -> str:
        if feed.url is not None:
            return feed.url
        address = self._environment.get(feed.source, "").strip()
        if not address:
            raise FetchError(f"has no address: set {feed.source} in the desk's environment")
        return address
