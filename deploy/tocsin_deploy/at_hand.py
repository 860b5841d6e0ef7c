"""The deployment's store and its policy, for an operator at its own machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.files import load_directory
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_alerting.store.schema import check_revision
from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import load_institutes


@contextmanager
def store_and_policy(settings: DeploySettings) -> Iterator[tuple[Store, Directory]]:
    """The open store, and the policy that the services use: its fetched rotas as they were last good.

    Raises:
        RuntimeError: the store has another schema than this software.
        ValueError: the network's files have faults.
    """
    store = open_store(settings.store_url())
    try:
        check_revision(store)
        network = settings.network_dir
        yield store, load_directory(network, load_institutes(network), copies=StoredCopies(store).read())
    finally:
        store.close()
