"""The copies of fetched calendars, for commands that read the network's files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tocsin_alerting.policy.oncall.feed_faults import AwayFeed
from tocsin_alerting.policy.oncall.loading import FeedCopies, read_entries
from tocsin_alerting.store import open_store
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_alerting.store.schema import check_revision
from tocsin_deploy.settings import DeploySettings


def copies_for(settings: DeploySettings, network_dir: Path | None = None) -> tuple[FeedCopies, Mapping[str, AwayFeed]]:
    """The last good copies in the store, and the feeds that are away; no store is opened where no rota is fetched.

    Args:
        settings: say where the store is.
        network_dir: whose rotas it is about; the live one where it is left out.

    Raises:
        RuntimeError: the store has another schema than this software.
    """
    if not any(entry.feed is not None for entry in read_entries(network_dir or settings.network_dir, [])):
        return {}, {}
    store = open_store(settings.store_url())
    try:
        check_revision(store)
        stored = StoredCopies(store)
        return stored.read(), stored.away()
    finally:
        store.close()
