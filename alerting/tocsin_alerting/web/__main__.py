"""Runs the web service: `tocsin-web`."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import uvicorn
from pydantic import ValidationError

from tocsin_alerting.directory_keeper import DirectoryKeeper
from tocsin_alerting.kept_network import KeptNetwork
from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_alerting.store.schema import check_revision
from tocsin_alerting.web.app import create_app
from tocsin_schemas.clock import system_clock
from tocsin_schemas.logs import configure_logging, get_logger
from tocsin_schemas.tokens import Tokens

_GRACE_SECONDS = 5


def main() -> None:
    """Serve until told to stop by SIGTERM or SIGINT; then finish what is under way and leave with status 0."""
    try:
        settings = AlertingSettings()
    except ValidationError as error:
        sys.exit(f"tocsin-web: {error}")
    configure_logging("web", level=settings.log_level)
    log = get_logger()
    store = open_store(settings.store_url())
    try:
        check_revision(store)
        keeper = DirectoryKeeper(
            settings.network_dir, copies=StoredCopies(store), kept=KeptNetwork(settings.kept_network_dir())
        )
        server = uvicorn.Server(_config(settings, store, keeper))
    except (ValueError, RuntimeError, OSError) as error:
        log.error("not_started", reason=str(error))  # noqa: TRY400 - the message says all
        store.close()
        sys.exit(2)
    # uvicorn gives the signal on to the former handler once it has shut down; by default that would kill us.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _already_stopped)
    log.info("starting", host=settings.web_host, port=settings.web_port, store=store.dialect)
    try:
        with keeper.watching():
            server.run()
    finally:
        store.close()
        log.info("stopped")
    if not server.started:
        sys.exit(1)


def _config(settings: AlertingSettings, store: Store, keeper: DirectoryKeeper) -> uvicorn.Config:
    tokens = Tokens(settings.plain_secret_keys())
    app = create_app(
        store=store,
        directory=keeper,
        directory_refused=lambda: keeper.refused is not None,
        institutes=keeper().institutes,
        tokens=tokens,
        settings=settings,
        clock=system_clock,
    )
    return uvicorn.Config(
        app,
        host=settings.web_host,
        port=settings.web_port,
        # Addresses of pages hold tokens.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _already_stopped(_number: int, _frame: FrameType | None) -> None:
    """Nothing is left to do."""


if __name__ == "__main__":
    main()
