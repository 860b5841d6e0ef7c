"""The small network's web service on a port of its own, for a real browser."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn

from tests.alerting.web.network import Network
from tests.fixtures.clock import HandClock
from tocsin_alerting.store import open_store
from tocsin_alerting.store.schema import upgrade
from tocsin_schemas.clock import system_clock


class Served:
    """A network whose pages a browser can open."""

    def __init__(self, network: Network, url: str) -> None:
        self.network = network
        self.url = url


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve the small network on the loopback as `tocsin-web` serves it, with its database in a folder."""
    database = f"sqlite:///{folder / 'tocsin.db'}"
    upgrade(database)
    store = open_store(database)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # From now on: a browser that is faster than the server waits instead of being refused.
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        network = Network(store, HandClock(system_clock()), settings={"public_url": url})
        config = uvicorn.Config(network.app(), access_log=False, log_config=None, server_header=False)
        server = uvicorn.Server(config)
        thread = Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
        thread.start()
        try:
            yield Served(network, url)
        finally:
            server.should_exit = True
            thread.join(20)
            store.close()
    assert not thread.is_alive()
