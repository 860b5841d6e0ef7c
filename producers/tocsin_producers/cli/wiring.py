"""A reporter for one command: the environment, and what the command line says instead."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from tocsin_producers.connect import connect
from tocsin_producers.reporter import Reporter
from tocsin_producers.settings import ProducerSettings, SettingsError, load_settings
from tocsin_producers.spool import Spool
from tocsin_producers.transports import Transport
from tocsin_schemas import Clock, load_institutes, system_clock
from tocsin_schemas.logs import configure_logging

Connect = Callable[[ProducerSettings], Transport]


class Wiring:
    """What commands are made of; tests hand in their own transport and clock."""

    def __init__(self, *, clock: Clock = system_clock, connect_to: Connect | None = None) -> None:
        """Use this clock, and this way to the network instead of the one that the settings describe."""
        self.clock = clock
        self._connect_to = connect_to

    def settings(self, *, spool_dir: Path | None = None) -> ProducerSettings:
        """The environment's settings with the command line's folder; a fault ends the command with status 2."""
        configure_logging("tocsin", level="ERROR")
        with _usage_errors():
            settings = load_settings()
        return settings if spool_dir is None else settings.model_copy(update={"spool_dir": spool_dir})

    def spool(self, settings: ProducerSettings) -> Spool:
        """The spool that the settings name."""
        return Spool(settings.spool_path(), clock=self.clock)

    def transport(self, settings: ProducerSettings) -> Transport:
        """The way to the network."""
        if self._connect_to is not None:
            return self._connect_to(settings)
        with _usage_errors():
            return connect(settings, clock=self.clock)

    def reporter(self, settings: ProducerSettings, *, institute: str | None, spooled: bool = True) -> Reporter:
        """A reporter for the institute; one without its spool sends nothing by being closed."""
        with _usage_errors():
            return Reporter(
                transport=self.transport(settings),
                institute=institute,
                spool=self.spool(settings) if spooled else None,
                clock=self.clock,
                source=settings.source,
                institutes=None if settings.network_dir is None else load_institutes(settings.network_dir),
                signing_key=settings.signing_key(),
            )


@contextlib.contextmanager
def _usage_errors() -> Iterator[None]:
    try:
        yield
    except (SettingsError, ValueError) as error:
        typer.echo(f"tocsin: {error}", err=True)
        raise typer.Exit(2) from error
